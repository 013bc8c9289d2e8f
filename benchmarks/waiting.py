"""How long a student waits: for the first text, for what comes after recognition, for the page, and for a search.

python benchmarks/waiting.py                              # all four
python benchmarks/waiting.py --only search --lectures 200
python benchmarks/waiting.py --only text --recording long.mp3

The first text is that of the built-in recogniser, on the demonstration lecture repeated to the length of --hours. The
other lectures are made of the project's own texts. A rerun is the page's script with a lecture of that length open, on
the server; drawing it is the browser's. The clock's seconds are printed, and the processor's in this process: where
nothing else runs, the others take no longer than that. The first text is recognised in other processes, so there only
the clock counts. The exit status is 1 where the median of what counts is longer than it should be.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.memory import make
from benchmarks.report import own_texts, spoken
from lecture.errors import Cancelled
from lecture.library import Hit, Library
from lecture.process import Earlier, Lecture, Record, Settings, process
from lecture.quiz import make_quiz
from lecture.sentences import sentences
from lecture.source import Source, on_disk, store
from lecture.transcribe import Recognised
from lecture.transcript import Transcript
from report import study_report

NOW = datetime(2026, 1, 1, tzinfo=UTC)
APP = Path(__file__).parent.parent / "app3.py"
SRT = "1\n00:00:01,000 --> 00:00:04,000\nLecture {}.\n"
QUERIES = ("memory", "the", "memory sleep", "th", "working mem", "photosynthesis")
LIMITS = {"text": 8.0, "after": 10.0, "page": 0.15, "search": 0.1}
"""Seconds."""
Took = tuple[float, float]
"""The clock's seconds and the processor's."""


class _UntilText(Record):
    """Gives up as soon as something was said."""

    def on_recognised(self, window: Recognised) -> None:
        if window.segments:
            raise Cancelled("That was the first text.")


class _GoneOn(Record):
    """Everything was said already."""

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript

    def earlier(self) -> Earlier:
        return Earlier(transcript=self.transcript)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=LIMITS, default=list(LIMITS))
    parser.add_argument("--hours", type=float, default=3.0, help="how long the lecture is")
    parser.add_argument("--recording", type=Path, help="in place of one made for the first text")
    parser.add_argument("--lectures", type=int, default=1_000, help="that are searched")
    parser.add_argument("--minutes", type=float, default=50.0, help="how long each of these is")
    options = parser.parse_args()
    measured: Mapping[str, Callable[[Path], list[Took]]] = {
        "text": lambda folder: first_text(options.recording or make(folder / "long.mp3", options.hours * 3600)),
        "after": lambda folder: after_recognition(folder, options.hours),
        "page": lambda folder: reruns(folder, options.hours),
        "search": lambda folder: searches(folder, options.lectures, options.minutes),
    }
    print(f"load {os.getloadavg()[0]:.1f}\n{'':8}{'min s':>9}{'median s':>9}{'max s':>9}{'CPU s':>9}{'limit':>9}")
    slow = False
    for name in options.only:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            took = measured[name](Path(folder))
        clock, processor = ([one[at] for one in took] for at in (0, 1))
        slow |= median(clock if name == "text" else processor) > LIMITS[name]
        figures = (min(clock), median(clock), max(clock), median(processor), LIMITS[name])
        print(f"{name:8}" + "".join(f"{figure:9.3f}" for figure in figures), flush=True)
    return slow


def first_text(recording: Path) -> list[Took]:
    """From the moment the recording is there; the first time, PocketSphinx's processes are started too."""
    return [timed(lambda: until_text(recording)) for _ in range(3)]


def until_text(recording: Path) -> None:
    try:
        process(on_disk(recording), Settings(recogniser="pocketsphinx", language="en"), _UntilText())
    except Cancelled:
        return
    raise RuntimeError("Nothing was said.")


def after_recognition(folder: Path, hours: float) -> list[Took]:
    """Notes, cards, quiz and the PDF report."""
    transcript, source = spoken(own_texts(), "en", hours * 3600), captions(folder, 0)

    def work() -> None:
        made = process(source, Settings(), _GoneOn(transcript))
        questions = make_quiz(sentences(transcript), made.notes, made.flashcards)
        study_report("Long", "long.mp3", transcript, made.notes, made.flashcards, NOW, questions=questions)

    return [timed(work) for _ in range(3)]


def reruns(folder: Path, hours: float) -> list[Took]:
    """The page's script with a long lecture open, after the first time."""
    from streamlit.testing.v1 import AppTest

    os.environ["LECTURE_DATA"], os.environ["LECTURE_OFFLINE"] = str(folder), "1"
    library, transcript = Library(folder=folder), spoken(own_texts(), "en", hours * 3600)
    source = captions(folder, 0)
    lecture_id = kept(library, process(source, Settings(), _GoneOn(transcript)))
    page = AppTest.from_file(str(APP), default_timeout=120)
    page.query_params["lecture"] = lecture_id
    page.run()
    if page.exception or page.session_state.transcription is None:
        raise RuntimeError("The lecture is not on the page.")
    return [timed(page.run) for _ in range(7)]


def searches(folder: Path, lectures: int, minutes: float) -> list[Took]:
    """Each query several times, in lectures of the same sentences in other orders."""
    library, texts, chance = Library(folder=folder), own_texts(), Random(1)
    made = process(captions(folder, 0), Settings(), Record())
    for number in range(lectures):
        transcript = spoken(chance.sample(texts, len(texts)), "en", minutes * 60)
        kept(library, Lecture(captions(folder, number), transcript, made.notes, made.flashcards))
    took = []
    for query in QUERIES:
        for _ in range(5):
            found: list[Hit] = []
            took.append(timed(lambda query=query, found=found: found.extend(library.search(query))))  # type: ignore[misc]
        print(f"  {query:16}{took[-1][0]:8.3f} s{took[-1][1]:8.3f} s CPU{len(found):4} found")
    return took


def captions(folder: Path, number: int) -> Source:
    return Source(captions=store(io.BytesIO(SRT.format(number).encode()), f"{number}.srt", folder / "incoming"))


def kept(library: Library, lecture: Lecture) -> str:
    library.add(lecture.source, Settings(), NOW)
    entry = library.take_next()
    if entry is None:
        raise RuntimeError("The library did not take the lecture.")
    library.finish(entry.id, lecture, NOW)
    return entry.id


def timed(work: Callable[[], object]) -> Took:
    began, worked = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - worked


if __name__ == "__main__":
    sys.exit(main())
