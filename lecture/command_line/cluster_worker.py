"""A worker of a cluster: `python -m lecture worker ADDRESS`, one on each machine that is to help.

Dask's own `dask worker` would do, but its defaults are made for other work: a share of the memory after which it kills
the process (a large model needs more), one thread for every numeric library, a process that may have no children (and
PocketSphinx works in such), and an end when the scheduler ends. This one takes as many tasks as a recogniser works at
on this machine, looks for a scheduler that is away, and is started again when something takes its process down.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from types import FrameType
from typing import TYPE_CHECKING

import machine
import models
from lecture.threads import end_with_parent

if TYPE_CHECKING:
    from distributed import Worker

AGAIN_S = 1.0
"""Seconds before a worker that has ended, as when it lost its scheduler, is started again."""
END_S = 5.0
"""Seconds that a worker has to take leave of its scheduler."""
_LOOK_S = 0.5
"""Seconds between two looks whether the scheduler is still there."""


def work_for(address: str, tasks: int | None) -> int:
    """Work for a scheduler until somebody ends this; returns the exit status.

    Args:
        address: of the scheduler.
        tasks: to be worked at together; by default as many as a recogniser takes on this machine.
    """
    number = tasks or min(machine.cores(), models.MOST_TASKS)
    return keep_running([sys.executable, "-m", "lecture.command_line.cluster_worker", address, str(number)])


def keep_running(command: Sequence[str]) -> int:
    """Run a program, again and again whatever ends it, until this process is told to end (Ctrl-C, or SIGTERM)."""
    told = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        told.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        while not told.is_set():
            with subprocess.Popen(command) as child:  # noqa: S603 (this program itself)
                while child.poll() is None and not told.wait(0.2):
                    pass
                _end(child)
            told.wait(AGAIN_S)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(END_S)
        child.kill()


def main(address: str, tasks: str) -> None:
    """Be a worker, in a process that has a parent to start it again."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is the parent's to heed
    end_with_parent()
    asyncio.run(_work(address, int(tasks)))
    os._exit(0)  # a task that is being worked at would be waited for


async def _work(address: str, tasks: int) -> None:
    """Take tasks until SIGTERM, or until the scheduler is lost: what is being worked at is of no use then."""
    from distributed import Worker
    from distributed.core import Status

    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    worker = Worker(address, nthreads=tasks, memory_limit=0, dashboard=False)
    joining = asyncio.ensure_future(_joined(worker))  # waits for a scheduler that is not there yet
    while not told.is_set() and worker.status not in (Status.closing, Status.closed, Status.failed):
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), _LOOK_S)
    joining.cancel()
    if told.is_set() and worker.status == Status.running:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(worker.close(executor_wait=False), END_S / 2)


async def _joined(worker: Worker) -> None:
    with contextlib.suppress(OSError):  # its status says so
        await worker


if __name__ == "__main__":
    main(*sys.argv[1:])
