"""What this machine has to work with: cores and memory, a container's share considered."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import psutil

__all__ = ["cores", "free_memory"]

_CONTAINER = Path("/sys/fs/cgroup")
"""Where Linux says what a container may use (cgroup, version 2)."""


def cores() -> int:
    """CPU cores that this process may use."""
    count = os.cpu_count() or 1
    with contextlib.suppress(AttributeError):  # not on macOS and Windows
        count = len(os.sched_getaffinity(0))
    with contextlib.suppress(OSError, ValueError):  # no such file, or it says "max"
        quota, period = map(int, (_CONTAINER / "cpu.max").read_text().split())
        count = min(count, max(1, quota // period))
    return count


def free_memory() -> int:
    """Bytes that are free."""
    free = [psutil.virtual_memory().available]
    with contextlib.suppress(OSError, ValueError):  # no such file, or it says "max"
        limit, used = (int((_CONTAINER / f"memory.{name}").read_text()) for name in ("max", "current"))
        free.append(max(0, limit - used + _given_back()))
    return min(free)


def _given_back() -> int:
    """Bytes of files that were read and are only kept in case: the system lets go of them for whoever needs memory."""
    with contextlib.suppress(OSError, StopIteration, ValueError):
        lines = (_CONTAINER / "memory.stat").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("inactive_file "))
    return 0
