"""Several lectures at once: each worker is a process with models of its own, loaded once, and a share of the cores."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from datetime import datetime
from typing import Any

import machine
from lecture.cluster import named_cluster
from lecture.command_line.bars import KEY
from lecture.command_line.made import Task
from lecture.command_line.making import Result, make
from lecture.errors import ModelError
from lecture.process import Progress, Record, Settings
from lecture.threads import end_with_parent

MEMORY_EACH = 2 << 30
"""Bytes of free memory that a worker is to have: a model of medium size and a long lecture."""
_MEMORY_WITHOUT_MODEL = 512 << 20
"""The same where a cluster does the work."""
_PER_CORE = 2
"""Lectures at once for each core of this machine where a cluster does the work: much of the time they wait for it."""
_TELL_S = 0.2
"""Seconds between two words about a lecture's progress."""
_SHARE_S = 1.0
"""Seconds that a worker waits to be told which cores are its own."""

OnProgress = Callable[[Task, Progress | None], None]
"""Told how far a lecture is; None when nobody is at work on it any more."""

_told: Any = None
"""In a worker: where progress goes."""


def fitting_workers(asked: int, lectures: int) -> int:
    """How many lectures at once this machine carries: at least one, at most as many as were asked for."""
    distant = named_cluster() is not None
    most = min(asked, lectures, machine.cores() * (_PER_CORE if distant else 1))
    each = _MEMORY_WITHOUT_MODEL if distant else MEMORY_EACH
    return max(1, min(most, machine.free_memory() // each))


def made_by_workers(
    tasks: Sequence[Task], settings: Settings, workers: int, on_progress: OnProgress
) -> Iterator[tuple[Task, Result | Exception]]:
    """Make lectures in processes of their own; gives each when it is made, or what stood in its way.

    Where a worker is stopped from outside, as when memory runs out, nobody can say which lecture that was: those that
    were at work are made once more at the end, one at a time.
    """
    doubtful: list[Task] = []
    yield from _made(deque(tasks), settings, workers, on_progress, doubtful)
    for task in doubtful:
        lost: list[Task] = []
        yield from _made(deque([task]), settings, 1, on_progress, lost)
        if lost:
            said = f"{task.name} could not be finished: its worker was stopped, perhaps because memory ran out."
            yield task, ModelError(f"{said} Try a smaller model.")


def _made(
    waiting: deque[Task], settings: Settings, workers: int, on_progress: OnProgress, lost: list[Task]
) -> Iterator[tuple[Task, Result | Exception]]:
    from loky.process_executor import BrokenProcessPool

    while waiting:
        at_work: dict[Future[Result], Task] = {}
        with _workers(workers, on_progress) as executor, contextlib.suppress(BrokenProcessPool):
            while waiting or at_work:
                while waiting and len(at_work) < workers:
                    at_work[executor.submit(_make_here, waiting[0], settings, datetime.now().astimezone())] = waiting[0]
                    waiting.popleft()
                for future in wait(at_work, return_when=FIRST_COMPLETED).done:
                    error = future.exception()
                    if isinstance(error, BrokenProcessPool):
                        raise error
                    task = at_work.pop(future)
                    yield task, error if isinstance(error, Exception) else future.result()
        for task in at_work.values():
            on_progress(task, None)
            lost.append(task)


@contextlib.contextmanager
def _workers(number: int, on_progress: OnProgress) -> Iterator[Any]:
    """Workers that live as long as they are needed, and whose progress is passed on."""
    from loky import ProcessPoolExecutor
    from loky.backend import get_context

    # Its own process complains of what workers that were killed could not put away, which is of no use to the reader.
    os.environ["PYTHONWARNINGS"] = ",".join(filter(None, (os.environ.get("PYTHONWARNINGS"), "ignore:resource_tracker")))
    context = get_context("loky")
    told, shares = context.SimpleQueue(), context.Queue()
    for share in _shares_of_cores(number):
        shares.put(share)
    # loky's processes, unlike the standard library's, do not run the main module again.
    executor = ProcessPoolExecutor(number, context=context, initializer=_begin, initargs=(told, shares))
    ended = threading.Event()
    listening = threading.Thread(target=_listen, args=(told, ended, on_progress), daemon=True)
    listening.start()
    finished = False
    try:
        yield executor
        finished = True
    finally:
        executor.shutdown(kill_workers=not finished)
        ended.set()
        listening.join(1)  # it may wait for the rest of what a killed worker was telling


def _listen(told: Any, ended: threading.Event, on_progress: OnProgress) -> None:
    while not ended.wait(0 if not told.empty() else _TELL_S):
        while not told.empty():
            on_progress(*told.get())


def _shares_of_cores(workers: int) -> list[list[int]]:
    """The cores of each worker; none where this system does not let a process choose."""
    if not hasattr(os, "sched_setaffinity"):
        return []
    cores = sorted(os.sched_getaffinity(0))
    return [cores[worker::workers] for worker in range(workers)] if len(cores) >= workers else []


def _begin(told: Any, shares: Any) -> None:
    """Set a worker up: its cores, which decide how many threads its models take; Ctrl-C is its parent's to heed."""
    global _told  # noqa: PLW0603 - a worker process has one
    _told = told
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
    with contextlib.suppress(queue.Empty):  # one that takes another's place has all cores
        os.sched_setaffinity(0, shares.get(timeout=_SHARE_S))


def _make_here(task: Task, settings: Settings, moment: datetime) -> Result:
    try:
        return make(task, settings, _Telling(task), moment)
    finally:
        _told.put((task, None))


class _Telling(Record):
    """Passes progress on to the parent process, not more often than one can read."""

    def __init__(self, task: Task) -> None:
        self._task, self._step, self._told_at = task, "", 0.0

    def on_progress(self, progress: Progress) -> None:
        """Tell it, unless something was told a moment ago."""
        now = time.monotonic()
        if progress.step != self._step or now - self._told_at > _TELL_S:
            self._step, self._told_at = progress.step, now
            _told.put((self._task, progress))

    def key(self) -> str | None:
        """The key of the endpoint that writes."""
        return os.environ.get(KEY)
