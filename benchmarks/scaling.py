"""What many machines carry: what a lecture costs the page's process, what a task costs, and what workers add.

python benchmarks/scaling.py                       # measures here, then simulates with what was measured
python benchmarks/scaling.py --only day            # a teaching day alone, with the figures below
python benchmarks/scaling.py --only day --worker-speed 30 --wait 10

Measured are: the seconds of processor time that the page's process, with its decoder, spends on an hour of lecture when
others recognise it; the time from handing a task in to its result where nothing is done; and minutes of speech in a
minute of time, with one worker and two that have one task each, beside one process without a cluster. The weights are
of Whisper's base dimensions, never trained, and say as many words in every window: computing is measured, not words.

The day: lectures end at the full hour, from 9 to 18, and are handed in within a quarter of an hour, 45 to 90 minutes
long. As in the program, some lectures are at work together, each with some tasks of two minutes of sound under way,
which workers take in the order they came. What nobody measured here is a parameter: how fast a worker is
(--worker-speed, in seconds of lecture for a second of time), and after how many minutes a lecture should be ready
(--wait, for 95 of 100).
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from pathlib import Path
from random import Random
from statistics import median

sys.path.insert(0, str(Path(__file__).parent.parent))

import machine
from benchmarks.memory import make
from benchmarks.speed import untrained
from lecture.cluster import Share, lectures_together, tasks_together
from lecture.process import Record, Settings, process
from lecture.source import Source, StoredFile
from tests.fixtures.cluster import LocalCluster

TASK_S = 120.0
"""Seconds of sound in a task: four full windows."""
AFTER_S = 3.0
"""Seconds from the last window to the notes: they are a task as well, of milliseconds to seconds."""
TASKS = 200
"""Tasks that do nothing, for what a task costs."""
DAYS = (100, 1_000, 10_000)
SHARES = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
"""How many workers are tried, of those that would do the day's work in ten hours without a break."""


# --------------------------------------------------------------------------------------------- measured here


def measure(seconds: float) -> float:
    """Print what was measured; returns the processor's seconds that an hour of lecture costs the page's process."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LECTURE_MODELS"] = str(untrained(Path(folder), "base", 100))
        os.environ["LECTURE_OFFLINE"] = "1"
        lecture = make(Path(folder) / "lecture.mp3", seconds)
        source = Source(recording=StoredFile(lecture, lecture.name))
        parts = LocalCluster(Path(folder) / "cluster")
        try:
            parts.start_scheduler()
            for workers in (1, 2):
                parts.started("lecture", "worker", parts.address, "--tasks", "1")
                parts.wait_for_workers(workers)
                if workers == 1:
                    _print_task_cost(parts.cluster.share())
                page = _print_cost(source, seconds, f"workers with one task at a time: {workers}", parts)
        finally:
            parts.stop()
        _print_cost(source, seconds, "no cluster, all cores", None)
    return page


def _print_task_cost(share: Share) -> None:
    share.submit(int).result()
    costs = []
    for _ in range(TASKS):
        began = time.monotonic()
        share.submit(int).result()
        costs.append(time.monotonic() - began)
    print(f"a task that does nothing: {1000 * median(costs):.1f} ms, at worst {1000 * max(costs):.1f} ms")


def _print_cost(source: Source, seconds: float, how: str, parts: LocalCluster | None) -> float:
    """Print what a recording costs the second time, when all models are loaded; gives the page's seconds an hour."""
    settings = Settings(recogniser="faster-whisper", model="base", language="en")
    for _ in range(2):
        began, before, theirs = time.monotonic(), _processor_seconds(), parts.processor_seconds() if parts else 0.0
        process(source, settings, Record(), share=parts.cluster.share() if parts else None)
        took, after = time.monotonic() - began, _processor_seconds()
    here, decoder = ((now - then) * 3600 / seconds for now, then in zip(after, before, strict=True))
    print(f"{how}: {seconds / took:.1f} times real time; processor time for an hour of lecture:")
    there = f", scheduler and workers {(parts.processor_seconds() - theirs) * 3600 / seconds:.0f} s" if parts else ""
    print(f"   this process {here:.1f} s, its decoder {decoder:.1f} s{there}")
    return here + decoder


def _processor_seconds() -> tuple[float, float]:
    """Of this process, and of those of its children that have ended, as a decoder has."""
    mine, theirs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return mine.ru_utime + mine.ru_stime, theirs.ru_utime + theirs.ru_stime


# --------------------------------------------------------------------------------------------- a teaching day


@dataclass(frozen=True)
class Department:
    """What there is to work with.

    Attributes:
        workers: tasks that are worked at together.
        speed: seconds of lecture that one of them recognises in a second.
        page_s: seconds of a core that an hour of lecture costs the page's process and its decoder.
        page_cores: how many cores they have.
    """

    workers: int
    speed: float
    page_s: float
    page_cores: int


def arrivals(lectures: int, seed: int = 0) -> list[tuple[float, float]]:
    """When the lectures of a day are handed in, and how long they are, in seconds."""
    chance = Random(seed)
    return sorted(
        (3600.0 * chance.randint(9, 18) + chance.uniform(0, 900), chance.uniform(45, 90) * 60) for _ in range(lectures)
    )


def waits(day: Sequence[tuple[float, float]], department: Department) -> list[float]:
    """Seconds from handing in to the notes, for each lecture: a simulation of events."""
    events = [(moment, number, "comes") for number, (moment, _) in enumerate(day)]
    tasks_left = [max(1, round(length / TASK_S)) for _, length in day]
    unfinished = list(tasks_left)
    under_way = [0] * len(day)
    waiting, queue = deque[int](), deque[int]()
    at_work, idle, result = 0, department.workers, [0.0] * len(day)
    page_free = [0.0] * department.page_cores
    """When each of the page's cores is free."""
    most_at_work = lectures_together(department.workers)
    most_under_way = tasks_together(department.workers) + 1
    prepare = department.page_s * TASK_S / 3600

    while events:
        now, lecture, what = heappop(events)
        if what == "comes":
            waiting.append(lecture)
        elif what == "prepared":
            queue.append(lecture)
        elif what == "done":
            idle += 1
            under_way[lecture] -= 1
            unfinished[lecture] -= 1
            if not unfinished[lecture]:
                at_work -= 1
                result[lecture] = now + AFTER_S - day[lecture][0]
        begun = []
        while waiting and at_work < most_at_work:
            begun.append(waiting.popleft())
            at_work += 1
        for one in begun:
            _hand_in(one, now, page_free, prepare, most_under_way, under_way, tasks_left, events)
        if what == "done":
            _hand_in(lecture, now, page_free, prepare, most_under_way, under_way, tasks_left, events)
        while queue and idle:
            idle -= 1
            heappush(events, (now + TASK_S / department.speed, queue.popleft(), "done"))
    return result


def _hand_in(
    lecture: int,
    now: float,
    page_free: list[float],
    prepare: float,
    most: int,
    under_way: list[int],
    left: list[int],
    events: list[tuple[float, int, str]],
) -> None:
    """Prepare as many of a lecture's tasks as may be under way, each on the core that is free first."""
    while left[lecture] and under_way[lecture] < most:
        left[lecture] -= 1
        under_way[lecture] += 1
        ready = max(heappop(page_free), now) + prepare
        heappush(page_free, ready)
        heappush(events, (ready, lecture, "prepared"))


def simulate(speed: float, page_s: float, page_cores: int, agreed: float) -> None:
    """Print how long lectures wait on days of different sizes, by the number of workers, and how many it takes."""
    print(f"\na worker recognises {speed:g} s of lecture in a second; an hour of lecture costs the page {page_s:.1f} s")
    print(f"of a core, of which it has {page_cores}")
    print("lectures   workers   median min   95 of 100 min   longest min")
    for lectures in DAYS:
        day = arrivals(lectures)
        even = sum(length for _, length in day) / speed / 36_000
        tried: dict[int, list[float]] = {}
        for share in SHARES:
            workers = max(1, round(even * share))
            if workers not in tried:
                tried[workers] = sorted(waits(day, Department(workers, speed, page_s, page_cores)))
                _row(lectures, workers, tried[workers])
        needed = fewest(day, agreed, lambda workers: Department(workers, speed, page_s, page_cores))
        enough = f"{needed} workers" if needed else "no number of workers, with one page's process"
        print(f"{lectures:8}   ready within {agreed:g} minutes, 95 of 100: {enough}")


def fewest(day: Sequence[tuple[float, float]], agreed: float, department: Callable[[int], Department]) -> int | None:
    """With how many workers 95 of 100 lectures are ready within so many minutes; None where more do not help."""

    def good(workers: int) -> bool:
        return _part(sorted(waits(day, department(workers))), 0.95) <= 60 * agreed

    low, high = 0, 1
    while not good(high):
        low, high = high, 2 * high
        if high > 1024:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if good(middle) else (middle, high)
    return high


def _part(ordered: Sequence[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def _row(lectures: int, workers: int, ordered: Sequence[float]) -> None:
    middle, most, longest = (_part(ordered, part) / 60 for part in (0.5, 0.95, 1.0))
    print(f"{lectures:8}{workers:10}{middle:13.1f}{most:16.1f}{longest:14.1f}")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=("measured", "day"))
    parser.add_argument("--seconds", type=float, default=600.0, help="of speech that are measured")
    parser.add_argument("--worker-speed", type=float, default=10.0, help="of a worker, times real time (an assumption)")
    parser.add_argument("--page", type=float, default=10.0, help="seconds an hour costs the page, where not measured")
    parser.add_argument("--wait", type=float, default=30.0, help="minutes after which 95 of 100 lectures are ready")
    parser.add_argument("--page-cores", type=int, default=machine.cores(), help="that the page's process has")
    options = parser.parse_args()
    page_s = options.page if options.only == "day" else measure(options.seconds)
    if options.only != "measured":
        simulate(options.worker_speed, page_s, options.page_cores, options.wait)


if __name__ == "__main__":
    main()
