"""Audio → Segments, window by window, through one of the recognisers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from lecture.audio import Samples
from lecture.recognisers import Recogniser
from lecture.transcript import Segment
from lecture.windows import Window, windows

_ONSET = 0.5
"""Seconds of silence that a segment may not begin in: Whisper dates the first word after a pause too early."""
_TOUCH = 0.1
"""Seconds of speech a segment must overlap; one that lies in silence was invented."""


def transcribe(blocks: Iterable[Samples], recogniser: Recogniser) -> Iterator[tuple[Window, list[Segment]]]:
    """Recognise a recording as it is read.

    Args:
        blocks: 16 kHz mono audio, such as a `Recording`.
        recogniser: who does the work.

    Yields:
        Each window with its segments, as soon as they are known: in order of time, times never running backwards.
    """
    waiting = windows(blocks, recogniser.limits)
    size, last = 1, 0.0
    while batch := list(islice(waiting, size)):
        for window, found in zip(batch, recogniser.recognise(batch), strict=True):
            segments = tidy(found, window, last)
            if segments:
                last = segments[-1].end
            yield window, segments
        size = min(2 * size, recogniser.batch)  # the first text comes early, full batches come later


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
