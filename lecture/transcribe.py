"""Audio → Segments, window by window, through one of the recognisers."""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import closing, nullcontext
from dataclasses import dataclass
from itertools import islice, takewhile
from queue import SimpleQueue

from lecture.audio import Samples
from lecture.recognisers import Recogniser
from lecture.threads import DaemonThreads
from lecture.transcript import Segment
from lecture.windows import Window, windows

_ONSET = 0.5
"""Seconds of silence that a segment may not begin in: Whisper dates the first word after a pause too early."""
_TOUCH = 0.1
"""Seconds of speech a segment must overlap; one that lies in silence was invented."""


Borders = tuple[float, float]
"""Start and end of a window, in seconds of the recording."""
OnPlanned = Callable[[Mapping[int, Borders], str | None], None]
"""Told the borders of windows by number, and the lecture's language, before they are recognised."""


@dataclass(frozen=True)
class Recognised:
    """A window that was recognised: the how manieth it is, its borders in seconds, and what was said in it."""

    number: int
    start: float
    end: float
    segments: tuple[Segment, ...]

    def is_of(self, window: Window) -> bool:
        """Whether this is what was recognised in `window`."""
        return (self.start, self.end) == (window.start, window.end)


def transcribe(
    blocks: Iterable[Samples],
    recogniser: Recogniser,
    done: Mapping[int, Recognised] | None = None,
    on_planned: OnPlanned = lambda borders, language: None,
    *,
    live: bool = False,
    executor: Executor | None = None,
) -> Iterator[Recognised]:
    """Recognise a recording as it is read.

    Windows are recognised in batches whose borders follow from their numbers and the recogniser alone, so that work
    which was interrupted mostly goes on with the same batches, and always ends with the same result. The recording is
    read ahead in a thread of its own, and where the recogniser works at several batches, others are under way while a
    result is taken; all of it ends with this iteration. What `blocks` raises is raised here, after the batches before.

    Args:
        blocks: 16 kHz mono audio, such as a `Recording`.
        recogniser: who does the work.
        done: windows that were recognised before an interruption, by number; they are not recognised again, unless
            they share a batch with one that was not.
        on_planned: told about windows before they are recognised.
        live: whether the sound comes no faster than it is spoken: a window then waits for no other, and the recording
            is read in this thread.
        executor: where `recognise` and `hear_language` run; by default threads of this process.

    Yields:
        Each window as soon as it and those before it are recognised: times never run backwards.
    """
    window_by_window = windows(blocks, recogniser.limits) if live else _ahead(blocks, recogniser)
    together, at_once = (1, 1) if live else (recogniser.batch, recogniser.at_once)
    under_way = at_once + 1 if at_once > 1 else 1  # where several work, none waits for the slowest
    with (
        closing(window_by_window) as waiting,
        nullcontext(executor) if executor else DaemonThreads(recogniser.at_once) as running,
    ):
        batches = _Batches(waiting, recogniser, running, done or {}, on_planned, together)
        yield from _in_turn(batches, under_way)


def recognise(recogniser: Recogniser, batch: Sequence[Window]) -> list[list[Segment]]:
    """What is said in windows, as a task for an executor."""
    return list(recogniser.recognise(batch))


def hear_language(recogniser: Recogniser, window: Window) -> str:
    """The language spoken in a window, as a task for an executor."""
    return recogniser.hear_language(window)


@dataclass(frozen=True)
class _Batch:
    """Windows by number; those of them that are known; what will be heard in each of the windows."""

    windows: Mapping[int, Window]
    known: Mapping[int, Recognised]
    heard: Future[list[list[Segment]]]

    def recognised(self, last: float) -> Iterator[Recognised]:
        """The windows, once all of them are recognised; `last` is the end of the segment before, in seconds."""
        for (number, window), found in zip(self.windows.items(), self.heard.result(), strict=True):
            result = self.known.get(number) or Recognised(
                number, window.start, window.end, tuple(tidy(found, window, last))
            )
            last = result.segments[-1].end if result.segments else last
            yield result


@dataclass
class _Batches:
    """Batches of windows, each handed in when it is asked for; where reading fails, a last one whose result that is."""

    waiting: Iterator[Window]
    recogniser: Recogniser
    executor: Executor
    done: Mapping[int, Recognised]
    on_planned: OnPlanned
    together: int

    def __iter__(self) -> Iterator[_Batch]:
        number, size = 0, 1
        while True:
            try:
                batch = dict(enumerate(islice(self.waiting, size), number))
            except Exception as error:  # noqa: BLE001 (it is raised when it is its turn)
                yield _Batch({}, {}, _already(error))
                return
            if not batch:
                return
            yield self._begun(batch)
            number += len(batch)
            size = min(2 * size, self.together)  # the first text comes early, full batches come later

    def _begun(self, batch: Mapping[int, Window]) -> _Batch:
        known = {n: self.done[n] for n, window in batch.items() if n in self.done and self.done[n].is_of(window)}
        if len(known) == len(batch):
            return _Batch(batch, known, _already([[]] * len(batch)))
        if self.recogniser.language is None:
            first = next(iter(batch.values()))
            self.recogniser.language = self.executor.submit(hear_language, self.recogniser, first).result()
        self.on_planned({n: (window.start, window.end) for n, window in batch.items()}, self.recogniser.language)
        return _Batch(batch, known, self.executor.submit(recognise, self.recogniser, list(batch.values())))


def _in_turn(batches: Iterable[_Batch], most: int) -> Iterator[Recognised]:
    """The windows of batches, of which at `most` so many are under way; those are given up where this is."""
    under_way, last = deque[_Batch](), 0.0

    def first() -> Iterator[Recognised]:
        nonlocal last
        for result in under_way.popleft().recognised(last):
            last = result.segments[-1].end if result.segments else last
            yield result

    try:
        for batch in batches:
            under_way.append(batch)
            while under_way and (len(under_way) == most or under_way[0].heard.done()):
                yield from first()
        while under_way:
            yield from first()
    finally:
        for batch in under_way:
            batch.heard.cancel()


def _already(result: list[list[Segment]] | Exception) -> Future[list[list[Segment]]]:
    future: Future[list[list[Segment]]] = Future()
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
    return future


def _ahead(blocks: Iterable[Samples], recogniser: Recogniser) -> Generator[Window, None, None]:
    """The windows of a recording, of which a batch is read while another one is recognised."""
    ready: SimpleQueue[Window | BaseException | None] = SimpleQueue()
    room, stopped = threading.Semaphore(recogniser.batch), threading.Event()

    def read() -> None:
        try:
            for window in windows(takewhile(lambda _: not stopped.is_set(), blocks), recogniser.limits):
                room.acquire()
                if stopped.is_set():
                    return
                ready.put(window)
            ready.put(None)
        except BaseException as error:  # noqa: BLE001 (it is raised where the windows are waited for)
            ready.put(error)

    reader = threading.Thread(target=read, name="reading ahead", daemon=True)
    reader.start()
    try:
        while (window := ready.get()) is not None:
            if isinstance(window, BaseException):
                raise window
            room.release()
            yield window
    finally:
        stopped.set()
        room.release()
        reader.join()


def tidy(segments: Sequence[Segment], window: Window, not_before: float = 0.0) -> list[Segment]:
    """Keep what a recogniser said within its window and within speech.

    Args:
        segments: what was recognised in `window`.
        window: the window, with its stretches of speech.
        not_before: seconds; the end of the segment before.

    Returns:
        Segments in order, without empty ones, invented ones and loops; each starts no earlier than the last one ended.
    """
    kept: list[Segment] = []
    for segment in sorted(segments, key=lambda segment: segment.start):
        text = without_loops(segment.text).strip()
        start = max(segment.start, window.start, not_before)
        end = max(min(segment.end, window.end), start)
        if not text or _speech_within(start, end, window) < _TOUCH:
            continue
        start = _at_onset(start, end, window)
        kept.append(Segment(start, end, text, segment.words))
        not_before = end
    return kept


def _speech_within(start: float, end: float, window: Window) -> float:
    return sum(max(0.0, min(end, stop) - max(start, begin)) for begin, stop in window.speech)


def _at_onset(start: float, end: float, window: Window) -> float:
    """The next onset of speech, where `start` lies in a silence well before it."""
    for begin, stop in window.speech:
        if start < stop:
            return begin if begin - start > _ONSET and begin < end else start
    return start


_LOOP = re.compile(r"\b(\w[^.!?]{0,60}?)(?:[\s,.!?]+\1\b){3,}", re.IGNORECASE)
"""A phrase of up to some ten words said four times or more in a row: nobody does, but recognisers get stuck so."""


def without_loops(text: str) -> str:
    """Text in which a phrase repeated four times or more in a row stands once."""
    return _LOOP.sub(r"\1", text)
