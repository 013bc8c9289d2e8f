"""The cluster: other machines that recognise windows and write notes, through Dask's scheduler.

`LECTURE_CLUSTER` names the scheduler, as in tcp://scheduler:8786. Everything a worker needs travels with its task, so
that no disk is shared, and what it finds out comes back as the task's result. Certificates and keys for tls://
addresses are Dask's own settings (`DASK_DISTRIBUTED__COMM__TLS__…`).
"""

from __future__ import annotations

import os
import socket
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from lecture.errors import Cancelled, ClusterError, ModelError

if TYPE_CHECKING:
    from distributed import Client

PORT = 8786
"""Where a scheduler listens, unless told otherwise."""
CONNECT_S = 5.0
"""Seconds to wait for a scheduler's answer."""
_MOST_LECTURES = 32
"""Lectures that one process feeds to a cluster at once: each takes some of its time, and 70 MB here and there."""
_MOST_TASKS = 8
"""Tasks of one lecture that wait or are worked at together, beside the one that is prepared."""
_RETRIES = 1
"""How often a task that failed is tried once more, perhaps by a worker whose disk, memory or GPU is in order."""
_TICK_S = 0.5
"""Seconds between two looks whether somebody still wants what is waited for."""
_LARGE = "1GB"
"""From when on Dask complains of a task's size: half a minute of sound is 2 MB, and is to travel with its task."""
NOT_INSTALLED = "The packages for a cluster are not installed. Run: pip install -r requirements-cluster.txt"

Given = ParamSpec("Given")
Result = TypeVar("Result")


class WorkersLost(ModelError):
    """Worker after worker ended while it was at the same task."""


class Cluster:
    """A scheduler and its workers; connected to when first needed, and again whenever it was lost."""

    def __init__(self, address: str) -> None:
        """Connect to nothing yet.

        Args:
            address: of the scheduler, such as tcp://scheduler:8786.
        """
        self.address = address
        self._lock = threading.Lock()
        self._client: Client | None = None

    def threads(self) -> int:
        """How many tasks the workers of now can work at together, at least one.

        Raises:
            ClusterError: the scheduler does not answer, or no worker has joined it.
        """
        with self._plain_errors():
            client = self._connected()
            threads = sum(client.sync(client.scheduler.ncores, callback_timeout=CONNECT_S).values())  # type: ignore[union-attr]
        if not threads:
            raise ClusterError(
                f"No worker has joined the cluster at {self.address}. Start one with: "
                f"python -m lecture worker {self.address}"
            )
        return threads

    def lectures(self) -> int:
        """How many lectures are to be worked at together: enough to keep all workers busy.

        Raises:
            ClusterError: the scheduler does not answer, or no worker has joined it.
        """
        return lectures_together(self.threads())

    def share(self) -> Share:
        """What one lecture gets of the cluster.

        Raises:
            ClusterError: the scheduler does not answer, or no worker has joined it.
        """
        at_once = tasks_together(self.threads())
        with self._plain_errors():
            return Share(self.address, self._connected(), at_once)

    def close(self) -> None:
        """Let go of the scheduler."""
        with self._lock:
            if self._client:
                self._client.close()
            self._client = None

    def _connected(self) -> Client:
        with self._lock:
            if self._client is None or self._client.status != "running":
                if self._client:
                    self._client.close()
                self._client = None
                self._client = self._connect()
            return self._client

    def _connect(self) -> Client:
        try:
            import dask
            from distributed import Client, Security
        except ImportError as error:
            raise ClusterError(NOT_INSTALLED) from error
        self._ring()
        if self.address.startswith("tls") and Security().get_connection_args("client")["ssl_context"] is None:
            raise ClusterError(
                f"The cluster at {self.address} wants certificates, and none are named here. Set Dask's "
                "DASK_DISTRIBUTED__COMM__TLS__CA_FILE, …TLS__CLIENT__CERT and …TLS__CLIENT__KEY."
            )
        dask.config.set({"distributed.admin.large-graph-warning-threshold": _LARGE})
        return Client(self.address, timeout=CONNECT_S, set_as_default=False)

    def _ring(self) -> None:
        """See whether anybody is there at all: a client of Dask's that finds nobody leaves threads behind."""
        address = self.address if "://" in self.address else f"tcp://{self.address}"
        place = urlsplit(address)
        if place.scheme not in ("tcp", "tls") or not place.hostname:
            raise ValueError(f"{self.address} is no address of a scheduler")
        socket.create_connection((place.hostname, place.port or PORT), CONNECT_S).close()

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except ValueError as error:
            raise ClusterError(
                f"“{self.address}” is no address of a scheduler. Give one such as tcp://scheduler:{PORT}."
            ) from error
        except (OSError, CancelledError, RuntimeError) as error:  # Dask's errors of connections are OSErrors
            raise lost(self.address) from error


class Share(Executor):
    """What one lecture gets of a cluster: an executor with a bounded number of tasks under way.

    The scheduler works tasks off in the order in which they came. As no lecture has more than `at_once` of them (and
    one that is being prepared) in that queue, and hands in the next one only when one is done, each lecture gets the
    same part of the workers however long it is: the queue is a fair one.

    Attributes:
        at_once: how many tasks are to be under way together.
    """

    def __init__(self, address: str, client: Client, at_once: int) -> None:
        """Hand nothing in yet; see `Cluster.share`."""
        self.at_once = at_once
        self._address = address
        self._dask = client.get_executor(pure=False, retries=_RETRIES)
        self._client = client
        self._under_way: weakref.WeakSet[Future[Any]] = weakref.WeakSet()
        self._withdrawn = False

    def submit(self, fn: Callable[Given, Result], /, *args: Given.args, **kwargs: Given.kwargs) -> Future[Result]:
        """Hand a task in; function and arguments are pickled.

        Raises:
            Cancelled: the lecture's tasks were withdrawn.
            ClusterError: the scheduler was lost.
        """
        if self._withdrawn:
            raise _cancelled()
        if self._client.status != "running":
            raise lost(self._address)
        future: Future[Result] = self._dask.submit(fn, *args, **kwargs)
        self._under_way.add(future)
        return future

    def done(self, tell: Callable[[], None], function: Callable[..., Result], *args: Any) -> Result:
        """The result of a task, waited for.

        Args:
            tell: called a few times a second meanwhile; what it raises ends the waiting, and withdraws the task.
            function: a module's function.
            *args: for it.
        """
        future = self.submit(function, *args)
        try:
            while True:
                try:
                    return future.result(_TICK_S)
                except TimeoutError:
                    if future.done():  # it was the task that raised this
                        raise
                    tell()
        finally:
            future.cancel()

    def withdraw(self) -> None:
        """Take back all tasks that have not begun, and listen no longer to the others."""
        self._withdrawn = True
        for future in list(self._under_way):
            future.cancel()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Withdraw what is under way; the cluster goes on."""
        self.withdraw()

    @contextmanager
    def plain_errors(self) -> Iterator[None]:
        """What becomes of tasks, in the user's words.

        Raises:
            Cancelled: they were withdrawn.
            ClusterError: the scheduler was lost, or has not the same program.
            WorkersLost: worker after worker ended while it was at one of them.
        """
        from distributed import KilledWorker

        try:
            yield
        except CancelledError as error:
            raise (_cancelled() if self._withdrawn else lost(self._address)) from error
        except KilledWorker as error:
            raise WorkersLost(
                "Several workers of the cluster ended while they were at this lecture, perhaps because memory ran "
                "out. Try a smaller model."
            ) from error
        except RuntimeError as error:
            if "deserialization" not in str(error):
                raise
            raise ClusterError(
                f"The cluster at {self._address} does not run the same version of this program. "
                "Start its scheduler and its workers with the version that runs here."
            ) from error


def lectures_together(threads: int) -> int:
    """How many lectures are at work where workers work at so many tasks: so many that no worker waits for one."""
    return max(2, min(threads // 4, _MOST_LECTURES))


def tasks_together(threads: int) -> int:
    """How many tasks each of these lectures has under way: one lecture alone spreads over some workers, too."""
    return max(2, min(threads, _MOST_TASKS))


def named_cluster() -> Cluster | None:
    """The cluster that `LECTURE_CLUSTER` names, one object for each process; None where it names none."""
    address = os.environ.get("LECTURE_CLUSTER", "").strip()
    return _cluster(address) if address else None


_cluster = lru_cache(maxsize=1)(Cluster)


def lost(address: str) -> ClusterError:
    """The scheduler does not answer."""
    return ClusterError(
        f"The cluster's scheduler at {address} does not answer. Check that it runs, and that this machine reaches it."
    )


def _cancelled() -> Cancelled:
    return Cancelled("This lecture was cancelled.")
