"""Threads that never keep the program from ending: an executor of such, and one that ends it with its parent."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class DaemonThreads(Executor):
    """Runs so many tasks at once.

    At its end a program waits for `ThreadPoolExecutor`'s threads, which may be in the midst of minutes of recognition.
    """

    def __init__(self, at_once: int) -> None:
        """Begin with no thread: each task gets its own."""
        self._room = threading.Semaphore(at_once)
        self._threads: set[threading.Thread] = set()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Hand a task in; it runs as soon as there is room.

        Raises:
            RuntimeError: there is no memory for another thread.
        """
        future: Future[T] = Future()

        def run() -> None:
            with self._room:
                if future.set_running_or_notify_cancel():
                    try:
                        future.set_result(fn(*args, **kwargs))
                    except BaseException as error:  # noqa: BLE001 (it is raised where the result is waited for)
                        future.set_exception(error)

        thread = threading.Thread(target=run, name="recognising", daemon=True)
        thread.start()  # there may be no memory for one more
        self._threads = {one for one in self._threads if one.is_alive()} | {thread}
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: Any = False) -> None:
        """Wait for the tasks that were handed in."""
        while wait and self._threads:
            self._threads.pop().join()


def end_with_parent() -> None:
    """From now on, end this process as soon as the one that started it is gone, whatever took that down."""
    threading.Thread(target=_end_after, args=(os.getppid(),), name="looking after the parent", daemon=True).start()


def _end_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)
