"""The sound of a lecture's moments: short MP3 files, cut from the recording in one pass.

MP3, since Opus and Vorbis do not play in Anki on an iPhone or, on some browsers, on AnkiWeb; Anki's manual names MP3
as the format that plays most widely.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import av
import numpy as np

from lecture.audio import SAMPLE_RATE, Samples
from lecture.notes import Evidence

BEFORE_S, AFTER_S = 0.3, 0.5
"""Seconds of sound before and after the words: recognisers date them a little late or early."""
LONGEST_S = 12.0
"""Seconds of a clip; longer evidence is cut off there."""
MOMENT_S = 8.0
"""Seconds of a clip for a moment of which no words are known."""
BIT_RATE = 32_000
"""Bits per second: good for the speech of one voice at 16 kHz, 4 KB a second."""


@dataclass(frozen=True, order=True)
class Span:
    """From when to when, in seconds from the start of the recording."""

    start: float
    end: float


def span_of(evidence: Evidence) -> Span:
    """What to hear of some evidence: its words, with a little air around them."""
    start = max(0.0, evidence.start - BEFORE_S)
    end = evidence.end + AFTER_S if evidence.quote else start + MOMENT_S
    return Span(start, min(end, start + LONGEST_S))


def cut(recording: Iterable[Samples], spans: Iterable[Span]) -> Iterator[tuple[Span, bytes]]:
    """Cut clips out of a recording while it is read, once and no further than the last of them.

    Only the clips that sound at the same moment are held. Of a span beyond the recording's end, there is none.

    Args:
        recording: 16 kHz mono, in blocks.
        spans: which parts; the same one twice is one clip.

    Yields:
        A span and its sound as MP3, in the order of their ends.
    """
    waiting = sorted(set(spans), reverse=True)
    begun: list[_Clip] = []
    at = 0
    for block in recording if waiting else ():
        first, at = at, at + len(block)
        while waiting and waiting[-1].start * SAMPLE_RATE < at:
            begun.append(_Clip(waiting.pop()))
        for clip in begun:
            clip.hear(block, first)
        for clip in sorted((clip for clip in begun if clip.last <= at), key=lambda clip: clip.last):
            begun.remove(clip)
            yield clip.span, clip.finished()
        if not waiting and not begun:
            return
    for clip in begun:
        yield clip.span, clip.finished()


class _Clip:
    """A clip being cut; `first` and `last` are samples of the recording."""

    def __init__(self, span: Span) -> None:
        self.span = span
        self.first, self.last = round(span.start * SAMPLE_RATE), round(span.end * SAMPLE_RATE)
        self._file = io.BytesIO()
        self._container = av.open(self._file, "w", format="mp3")
        self._stream = self._container.add_stream("libmp3lame", rate=SAMPLE_RATE)
        self._stream.layout, self._stream.bit_rate = "mono", BIT_RATE

    def hear(self, block: Samples, at: int) -> None:
        """Take from a block, which begins at the sample `at`, what belongs to the clip."""
        part = block[max(0, self.first - at) : max(0, self.last - at)]
        if len(part):
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(part[None, :]), format="flt", layout="mono")
            frame.sample_rate = SAMPLE_RATE
            self._container.mux(self._stream.encode(frame))

    def finished(self) -> bytes:
        """The whole file."""
        self._container.mux(self._stream.encode(None))
        self._container.close()
        return self._file.getvalue()
