"""Audio → windows: where the speech is, and what a recogniser takes at once.

Nothing here holds more than one window and one detector chunk of audio.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from lecture.audio import SAMPLE_RATE, Samples

_FRAME = 512
"""Samples (32 ms) that the speech detector judges at a time."""
_CHUNK = 320
"""Frames (10.24 s) judged together. Fixed, so that the same audio gives the same windows however it arrives."""
_WARM_UP = 64
"""Frames of the previous chunk heard again, since the detector starts each chunk without memory."""
_ENTER, _STAY = 0.5, 0.35
"""Probability from which a frame starts speech, and from which it continues it (Silero's own defaults)."""

_PAD = round(0.2 * SAMPLE_RATE / _FRAME)
"""Frames kept around speech: word onsets are softer than the detector's threshold."""
_PAUSE = round(0.3 * SAMPLE_RATE / _FRAME)
"""Frames of silence between which a window may be cut."""
_LONG_PAUSE = round(3.0 * SAMPLE_RATE / _FRAME)
"""Frames of silence that always end a window: nothing is to be recognised there."""
_LEAST_SPEECH = round(0.2 * SAMPLE_RATE / _FRAME)
"""Frames of speech that a window needs; less is a click or a cough."""
_PIECE_S = 3.0
"""Seconds from which a piece of a packed window may end."""


@dataclass(frozen=True)
class WindowLimits:
    """How long the windows are that a recogniser takes, in seconds.

    Attributes:
        first: the first window ends at the first pause after this, so that text appears early.
        comfortable: later ones end at the first pause after this.
        longest: none is longer.
        packed: fill windows with speech up to `longest` instead, leaving out the silences between: for a recogniser
            that computes the longest window whatever it is given.
    """

    first: float = 6.0
    comfortable: float = 20.0
    longest: float = 30.0
    packed: bool = False


@dataclass(frozen=True)
class Window:
    """What a recogniser takes at once.

    Attributes:
        start: seconds from the start of the recording; likewise `end`.
        samples: 16 kHz mono, between -1 and 1.
        speech: (start, end) in seconds of the recording, where somebody speaks.
        gaps: what was left out of `samples`: (where in them, how long), in seconds.
    """

    start: float
    end: float
    samples: Samples = field(repr=False, compare=False)
    speech: tuple[tuple[float, float], ...]
    gaps: tuple[tuple[float, float], ...] = ()

    def begins_at(self, seconds: float) -> float:
        """The recording's time of what begins so many seconds into the samples."""
        return self.start + seconds + sum(length for at, length in self.gaps if at <= seconds)

    def ends_at(self, seconds: float) -> float:
        """The recording's time of what ends so many seconds into the samples."""
        return self.start + seconds + sum(length for at, length in self.gaps if at < seconds)


def windows(blocks: Iterable[Samples], limits: WindowLimits) -> Generator[Window, None, None]:
    """Cut a stream of audio at its silences, as it comes.

    A window is given out as soon as its end is known: at most `limits.longest` plus one detector chunk behind the
    audio. Stretches without speech belong to no window. The result depends on the audio alone, not on the size of
    the blocks it arrives in.

    Args:
        blocks: 16 kHz mono float32, any lengths.
        limits: how long the windows may be.

    Yields:
        Windows in order of time, never overlapping.
    """
    if limits.packed:
        pieces = replace(limits, first=_PIECE_S, comfortable=_PIECE_S, packed=False)
        yield from _packed(windows(blocks, pieces), limits)
        return
    planner = _Planner(limits)
    for frames, probabilities in _judged(blocks):
        yield from planner.hear(frames, probabilities)
    yield from planner.finish()


def _packed(pieces: Iterable[Window], limits: WindowLimits) -> Iterator[Window]:
    """As few windows as the pieces fit into, in order; the first one is given out early."""
    held: list[Window] = []
    enough = limits.first
    for piece in pieces:
        if held and _sound(held) + _sound([piece]) > limits.longest:
            yield _joined(held)
            held, enough = [], limits.longest
        held.append(piece)
        if _sound(held) >= enough:
            yield _joined(held)
            held, enough = [], limits.longest
    if held:
        yield _joined(held)


def _sound(pieces: Sequence[Window]) -> float:
    return sum(len(piece.samples) for piece in pieces) / SAMPLE_RATE


def _joined(pieces: Sequence[Window]) -> Window:
    """One window of several, without the silences between them."""
    gaps: list[tuple[float, float]] = []
    for number, (before, after) in enumerate(pairwise(pieces), start=1):
        if after.start > before.end:
            gaps.append((round(_sound(pieces[:number]), 3), round(after.start - before.end, 3)))
    return Window(
        start=pieces[0].start,
        end=pieces[-1].end,
        samples=np.concatenate([piece.samples for piece in pieces]),
        speech=tuple(stretch for piece in pieces for stretch in piece.speech),
        gaps=tuple(gaps),
    )


def _judged(blocks: Iterable[Samples]) -> Iterator[tuple[Samples, Samples]]:
    """Chunks of frames with the probability of speech in each: (frames × 512 samples, frames)."""
    from faster_whisper.vad import get_vad_model

    detector = get_vad_model()
    before = np.zeros((0, _FRAME), np.float32)
    for chunk in _chunks(blocks, _CHUNK * _FRAME):
        frames = np.pad(chunk, (0, -len(chunk) % _FRAME)).reshape(-1, _FRAME)
        # The detector blanks the end of the last frame it is given: give it one more.
        heard = np.concatenate([before, frames, np.zeros((1, _FRAME), np.float32)])
        probabilities = np.asarray(detector(heard.reshape(-1))).reshape(-1)
        yield frames, probabilities[len(before) : len(before) + len(frames)]
        before = frames[-_WARM_UP:]


def _chunks(blocks: Iterable[Samples], size: int) -> Iterator[Samples]:
    waiting: list[Samples] = []
    length = 0
    for block in blocks:
        waiting.append(block)
        length += len(block)
        while length >= size:
            joined = np.concatenate(waiting)
            yield joined[:size]
            waiting, length = [joined[size:]], length - size
    if length:
        yield np.concatenate(waiting)


class _Planner:
    """Decides where windows begin and end. All positions are in frames from the start of the recording."""

    def __init__(self, limits: WindowLimits) -> None:
        per_second = SAMPLE_RATE / _FRAME
        self.first = int(limits.first * per_second)
        self.comfortable = int(limits.comfortable * per_second)
        self.longest = int(limits.longest * per_second)
        self.frames = np.zeros((0, _FRAME), np.float32)
        """Audio from `origin` on; what lies before can no longer be part of a window."""
        self.speaking: list[bool] = []
        self.certainty: list[float] = []
        self.origin = 0
        self.talking = False
        self.given = 0

    def hear(self, frames: Samples, probabilities: Samples) -> Iterator[Window]:
        self.frames = np.concatenate([self.frames, frames])
        for probability in probabilities.tolist():
            self.talking = probability >= (_STAY if self.talking else _ENTER)
            self.speaking.append(self.talking)
            self.certainty.append(probability)
        yield from self._cut(last=False)

    def finish(self) -> Iterator[Window]:
        yield from self._cut(last=True)

    def _cut(self, last: bool) -> Iterator[Window]:
        while self.speaking:
            begin = self._next_speech()
            if begin is None:
                self._forget(len(self.speaking) - _PAD)
                return
            self._forget(begin - _PAD)
            end = self._end(last)
            if end is None:
                return
            window = self._window(end)
            self._forget(end)
            if window:
                self.given += 1
                yield window

    def _next_speech(self) -> int | None:
        return self.speaking.index(True) if True in self.speaking else None

    def _end(self, last: bool) -> int | None:
        """Frames that the window beginning at `origin` takes, or None while that cannot be known."""
        enough = self.comfortable if self.given else self.first
        quiet = 0
        pauses: list[tuple[int, int]] = []
        for at, talking in enumerate(self.speaking[: self.longest]):
            if talking:
                if quiet >= _PAUSE and at > quiet + _PAD:
                    pauses.append((quiet, at))
                quiet = 0
                continue
            quiet += 1
            if quiet >= _LONG_PAUSE or (quiet >= _PAUSE and at - quiet >= enough):
                return at + 1 - quiet + min(quiet // 2, _PAD)
        if len(self.speaking) < self.longest:
            return len(self.speaking) if last else None
        return self._end_in(pauses)

    def _end_in(self, pauses: list[tuple[int, int]]) -> int:
        """Where to cut when the longest window is full: a pause, the longest of the later half; else a dip."""
        later = [pause for pause in pauses if pause[1] > self.longest // 2] or pauses
        if later:
            length, stop = max(later)
            return stop - length // 2
        dip = self.longest - self.longest // 3
        return dip + int(np.argmin(self.certainty[dip : self.longest]))

    def _window(self, length: int) -> Window | None:
        speaking = self.speaking[:length]
        if sum(speaking) < _LEAST_SPEECH:
            return None
        return Window(
            start=self._seconds(0),
            end=self._seconds(length),
            samples=self.frames[:length].reshape(-1).copy(),
            speech=tuple((self._seconds(begin), self._seconds(stop)) for begin, stop in _runs(speaking)),
        )

    def _seconds(self, frame: int) -> float:
        return round((self.origin + frame) * _FRAME / SAMPLE_RATE, 3)

    def _forget(self, frames: int) -> None:
        if frames > 0:
            self.frames = self.frames[frames:]
            self.speaking = self.speaking[frames:]
            self.certainty = self.certainty[frames:]
            self.origin += frames


def _runs(flags: list[bool]) -> Iterator[tuple[int, int]]:
    begin = None
    for at, flag in enumerate([*flags, False]):
        if flag and begin is None:
            begin = at
        elif not flag and begin is not None:
            yield begin, at
            begin = None
