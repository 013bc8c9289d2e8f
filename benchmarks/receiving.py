"""What a long live recording costs while it arrives: seconds for each chunk, memory, and growth on the disk.

python benchmarks/receiving.py                              # three hours at 32 kbit/s, in chunks of two seconds
python benchmarks/receiving.py --hours 1 --recordings 4     # four at once, into the same library
python benchmarks/receiving.py --folder /mnt/slow           # on the disk that is meant

Every chunk is on the disk before the next one is sent. The exit status is 1 where memory or the disk grow by more than
they should.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent.parent))

from lecture.library import Library
from lecture.process import Settings
from lecture.takes import Takes

BITS = 32_000
CHUNK_S = 2.0
MEMORY_MB, DISK_MB = 10.0, 6.0
"""What may come on top, whatever the length: of memory, and of the database and its log."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=float, default=3.0, help="of each recording")
    parser.add_argument("--recordings", type=int, default=1, help="at once")
    parser.add_argument("--folder", type=Path, help="where to write; by default where temporary files go")
    options = parser.parse_args()
    number = round(options.hours * 3_600 / CHUNK_S)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        library = Library(folder=Path(folder))
        record(library, 100)
        gc.collect()
        memory, disk, began = resident(), size(Path(folder)), time.perf_counter()
        with ThreadPoolExecutor(options.recordings) as threads:
            each = [threads.submit(record, library, number) for _ in range(options.recordings)]
            took = sorted(seconds for one in each for seconds in one.result())
        whole = time.perf_counter() - began
        gc.collect()
        more_memory = resident() - memory
        sound = options.recordings * number * BITS / 8 * CHUNK_S / 1e6
        more_disk = size(Path(folder)) - disk - sound
        library.close()
    print(f"{options.recordings} × {options.hours:g} h: {len(took)} chunks, {sound:.1f} MB, in {whole:.1f} s")
    print(f"a chunk: median {median(took) * 1e3:.1f} ms, 99 % {took[len(took) * 99 // 100] * 1e3:.1f} ms, ", end="")
    print(f"worst {took[-1] * 1e3:.1f} ms")
    print(f"memory grew by {more_memory:.1f} MB, the disk by {more_disk:.2f} MB beyond the sound itself")
    return int(more_memory > MEMORY_MB or more_disk > DISK_MB)


def record(library: Library, number: int) -> list[float]:
    """Send a recording of so many chunks; gives the seconds that each took."""
    takes, content = Takes(library), os.urandom(round(BITS / 8 * CHUNK_S))
    begun = takes.begin("A long lecture", "live", Settings(), datetime.now(UTC))
    took = []
    for chunk in range(number):
        began = time.perf_counter()
        takes.store(begun.lecture_id, begun.key, 0, chunk, "audio/webm", content, datetime.now(UTC))
        took.append(time.perf_counter() - began)
    return took


def size(folder: Path) -> float:
    """Megabytes of all that lies in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def resident() -> float:
    """Megabytes of this process in memory now (Linux), or at most so far (elsewhere)."""
    if Path("/proc/self/statm").exists():
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6


if __name__ == "__main__":
    sys.exit(main())
