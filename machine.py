"""What this machine has to work with: cores and memory, a container's share considered."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

__all__ = ["cores", "free_memory"]


def cores() -> int:
    """CPU cores that this process may use."""
    count = os.cpu_count() or 1
    with contextlib.suppress(AttributeError):  # not on macOS and Windows
        count = len(os.sched_getaffinity(0))
    with contextlib.suppress(OSError, ValueError):  # no such file, or it says "max"
        quota, period = map(int, Path("/sys/fs/cgroup/cpu.max").read_text().split())
        count = min(count, max(1, quota // period))
    return count


def free_memory() -> int | None:
    """Bytes that are free; None where nobody says."""
    free: list[int] = []
    with contextlib.suppress(OSError, StopIteration, ValueError):
        lines = Path("/proc/meminfo").read_text().splitlines()
        free.append(next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")))
    with contextlib.suppress(OSError, ValueError):  # no such file, or it says "max"
        limit, used = (int(Path(f"/sys/fs/cgroup/memory.{name}").read_text()) for name in ("max", "current"))
        free.append(limit - used)
    return min(free, default=None)
