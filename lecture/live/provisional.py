"""Captions of what was said just now, before its window has ended: shown in grey, since they may still change."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from lecture.audio import SAMPLE_RATE, Samples
from lecture.recognisers import Recogniser
from lecture.transcribe import tidy
from lecture.transcript import Segment
from lecture.windows import Window, WindowLimits, windows

_PIECES = WindowLimits(first=4.0, comfortable=4.0, longest=10.0)
"""The open window is recognised in pieces, so that only the last one has to be recognised again when it has grown."""
_AGAIN = 15.0
"""Seconds after whose end a piece is not listened to any more: a window may hold half a minute of speech, and the
silences in it, and the speech detector would go through all of it each time."""
_LONGEST = 120.0
"""Seconds kept at most, while older sound is still to be recognised."""
_NEWS = 0.5
"""Seconds of new sound from which it is worth while to recognise again."""

OnProvisional = Callable[[Sequence[Segment]], None]
"""Told the segments of what belongs to no finished window yet, in order of time."""


class Provisional:
    """Recognises the end of a recording as it grows, while nothing else is to be done."""

    def __init__(self, recogniser: Recogniser, on_provisional: OnProvisional, segments: Sequence[Segment] = ()) -> None:
        """Begin to listen.

        Args:
            recogniser: of its own: what it takes for the language does not bind the one of the finished windows.
            on_provisional: told whenever the provisional segments have changed.
            segments: those told before an interruption; they stay until their window has ended, or they are heard anew.
        """
        self._recogniser = recogniser
        self._on_provisional = on_provisional
        self._sound: deque[Samples] = deque()
        self._begin = self._end = 0  # of `_sound`, in samples of the recording
        self._recognised_until = 0
        self._pieces: dict[float, tuple[Window, list[Segment]]] = {}
        self._over: list[Segment] = []
        """What was said in pieces that are not listened to any more, though their window has not ended."""
        self._segments = list(segments)

    def heard(self, blocks: Iterable[Samples]) -> Iterator[Samples]:
        """Pass blocks of the recording on, and listen to them."""
        for block in blocks:
            self._sound.append(block)
            self._end += len(block)
            self._let_go_before(self._end - round(_LONGEST * SAMPLE_RATE))
            yield block

    def finished_until(self, seconds: float) -> None:
        """Let go of what is before: its window was recognised."""
        self._let_go_before(round(seconds * SAMPLE_RATE))
        self._over = [segment for segment in self._over if segment.start >= seconds]
        self._tell([segment for segment in self._segments if segment.start >= seconds])

    def recognise(self) -> None:
        """Recognise what has come since the last time, if that is worth while."""
        if self._end - self._recognised_until < _NEWS * SAMPLE_RATE:
            return
        self._recognised_until = self._end
        at = self._begin / SAMPLE_RATE
        pieces = [_later(piece, at) for piece in windows(self._sound, _PIECES)]
        new = [piece for piece in pieces if self._known(piece) is None]
        found = self._recogniser.recognise(new) if new else ()
        fresh = {piece.start: (piece, tidy(said, piece)) for piece, said in zip(new, found, strict=True)}
        known = {piece.start: self._pieces[piece.start] for piece in pieces if piece.start not in fresh}
        self._pieces = known | fresh
        self._tell([*self._over, *(segment for piece in pieces for segment in self._pieces[piece.start][1])])
        for piece in pieces:
            if piece.end < self._end / SAMPLE_RATE - _AGAIN:
                self._over += self._pieces.pop(piece.start)[1]
                self._let_go_before(round(piece.end * SAMPLE_RATE))

    def _known(self, piece: Window) -> list[Segment] | None:
        """What was said in a piece that was recognised before, and has not grown since."""
        before, said = self._pieces.get(piece.start, (None, None))
        return said if before == piece else None

    def _tell(self, segments: list[Segment]) -> None:
        if segments != self._segments:
            self._segments = segments
            self._on_provisional(segments)

    def _let_go_before(self, sample: int) -> None:
        while self._sound and self._begin < sample:
            block = self._sound.popleft()
            left = block[max(0, sample - self._begin) :]
            self._begin += len(block) - len(left)
            if len(left):
                self._sound.appendleft(left)


def _later(window: Window, seconds: float) -> Window:
    """A window that was found in a part of the recording, where it lies in the whole."""
    speech = tuple((round(begin + seconds, 3), round(end + seconds, 3)) for begin, end in window.speech)
    return replace(window, start=round(window.start + seconds, 3), end=round(window.end + seconds, 3), speech=speech)
