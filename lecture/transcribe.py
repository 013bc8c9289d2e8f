"""Audio → Segments, window by window, through one of the recognisers."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice, repeat, takewhile
from queue import SimpleQueue

from lecture.audio import Samples
from lecture.recognisers import Recogniser
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
    together: int | None = None,
) -> Iterator[Recognised]:
    """Recognise a recording as it is read.

    Windows are recognised in batches whose borders follow from their numbers alone, so that work which was
    interrupted goes on with the same batches, and ends with the same result.

    Unless `together` is given, the recording is read ahead, one batch at most, in a thread of its own that ends with
    this iteration; what `blocks` raises is raised here, after the windows before it.

    Args:
        blocks: 16 kHz mono audio, such as a `Recording`; mostly read in another thread.
        recogniser: who does the work.
        done: windows that were recognised before an interruption, by number; they are not recognised again, unless
            they share a batch with one that was not.
        on_planned: told about windows before they are recognised.
        together: how many windows are recognised at once at most; by default as many as the recogniser can. One, where
            the sound comes no faster than it is spoken: a window then waits for no other.

    Yields:
        Each window as soon as it is recognised: in order of time, times never running backwards.
    """
    if together:
        return _recognised(windows(blocks, recogniser.limits), recogniser, done or {}, on_planned, together)
    return _recognised(_ahead(blocks, recogniser), recogniser, done or {}, on_planned, recogniser.batch)


def _recognised(
    waiting: Generator[Window, None, None],
    recogniser: Recogniser,
    done: Mapping[int, Recognised],
    on_planned: OnPlanned,
    together: int,
) -> Iterator[Recognised]:
    number, size, last = 0, 1, 0.0
    with closing(waiting):
        while batch := dict(enumerate(islice(waiting, size), number)):
            known = {n: done[n] for n, window in batch.items() if n in done and done[n].is_of(window)}
            fresh: Iterable[list[Segment]] = repeat([])
            if len(known) < len(batch):
                recogniser.find_language(batch[number])
                on_planned({n: (window.start, window.end) for n, window in batch.items()}, recogniser.language)
                fresh = recogniser.recognise(list(batch.values()))
            for (n, window), found in zip(batch.items(), fresh, strict=False):
                result = known.get(n) or Recognised(n, window.start, window.end, tuple(tidy(found, window, last)))
                if result.segments:
                    last = result.segments[-1].end
                yield result
            number += len(batch)
            size = min(2 * size, together)  # the first text comes early, full batches come later


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
