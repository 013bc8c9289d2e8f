"""The recognisers: each turns windows of speech into segments of text."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np

from lecture.audio import SAMPLE_RATE
from lecture.transcript import Segment, Word
from lecture.windows import Window, WindowLimits

WHISPER_LIMITS = WindowLimits(first=6.0, comfortable=20.0, longest=30.0)
"""Whisper computes 30 seconds whatever it is given, so windows are filled; the first one is short for early text."""
POCKETSPHINX_LIMITS = WindowLimits(first=8.0, comfortable=12.0, longest=20.0)
"""Whole utterances: on short pieces its word error rate grows (0.36 instead of 0.18 on an 11-second speech)."""

_COMPRESSION_LIMIT = 2.4
_LOG_PROBABILITY_LIMIT = -1.0
_NO_SPEECH_LIMIT = 0.6
"""Whisper's own thresholds (Radford et al. 2022, section 4.5): text that compresses better than this is a loop, text
less probable than this is doubtful, and doubtful text in a probably silent window is invented."""
_WARMER = (0.2, 0.4, 0.6, 0.8, 1.0)
_SWITCH = 0.8
"""Probability from which a window is taken to be in another language than the lecture began in."""


class Recogniser(Protocol):
    """Turns windows into segments. The same window gives the same segments, whatever was recognised before."""

    limits: ClassVar[WindowLimits]
    language: str | None
    """The lecture's language: the chosen one, or what was heard in the first window."""

    @property
    def batch(self) -> int:
        """How many windows it recognises together at most."""
        ...

    def find_language(self, window: Window) -> None:
        """Take the language heard in a window for the lecture's, unless one is known."""
        ...

    def recognise(self, windows: Sequence[Window]) -> Iterator[list[Segment]]:
        """Give one list of segments for each window, in order, with times from the start of the recording."""
        ...


@dataclass
class _Whisper(ABC):
    """What both Whispers have in common: the language, found out where none was chosen."""

    model: Any
    language: str | None = None
    vocabulary: str = ""
    limits: ClassVar[WindowLimits] = WHISPER_LIMITS

    def __post_init__(self) -> None:
        self.chosen = self.language

    def find_language(self, window: Window) -> None:
        """Take the language heard in a window for the lecture's, unless one is known."""
        if self.language is None:
            self.language, _ = self.hear_language(window)

    def language_of(self, window: Window) -> str:
        """The chosen language; else the lecture's, unless the window is surely in another one."""
        if self.chosen:
            return self.chosen
        self.find_language(window)
        heard, probability = self.hear_language(window)
        return heard if probability >= _SWITCH or self.language is None else self.language

    @abstractmethod
    def hear_language(self, window: Window) -> tuple[str, float]:
        """The likeliest language of a window, and its probability."""


class FasterWhisper(_Whisper):
    """Whisper through CTranslate2, several windows at a time."""

    batch = 8

    def recognise(self, windows: Sequence[Window]) -> Iterator[list[Segment]]:
        """Recognise windows of one language together; a doubtful one again, alone and with more variety."""
        for language, group in _runs_of(windows, [self.language_of(window) for window in windows]):
            for window, found in zip(group, self._together(group, language), strict=True):
                yield found if found is not None else self._alone(window, language)

    def hear_language(self, window: Window) -> tuple[str, float]:
        """As Whisper hears it; an English-only model knows but one."""
        if not self.model.model.is_multilingual:
            return "en", 1.0
        heard, probability, _ = self.model.detect_language(window.samples)
        return heard, probability

    def _together(self, windows: Sequence[Window], language: str) -> list[list[Segment] | None]:
        """Segments of each window; None where they are doubtful."""
        from faster_whisper import BatchedInferencePipeline

        clips, at = [], 0.0
        for window in windows:
            length = len(window.samples) / SAMPLE_RATE
            clips.append({"start": at, "end": at + length})
            at += length
        found, _ = BatchedInferencePipeline(self.model).transcribe(
            np.concatenate([window.samples for window in windows]),
            clip_timestamps=clips,
            language=language,
            initial_prompt=self.vocabulary or None,
            without_timestamps=False,
            batch_size=self.batch,
        )
        by_window: list[list[Any]] = [[] for _ in windows]
        for segment in found:
            middle = (segment.start + segment.end) / 2
            by_window[next((i for i, clip in enumerate(clips) if middle < clip["end"]), len(clips) - 1)].append(segment)
        return [
            None if any(_doubtful(segment) for segment in segments) else _placed(segments, window.start - clip["start"])
            for window, clip, segments in zip(windows, clips, by_window, strict=True)
        ]

    def _alone(self, window: Window, language: str) -> list[Segment]:
        import ctranslate2

        ctranslate2.set_random_seed(0)
        found, _ = self.model.transcribe(
            window.samples,
            language=language,
            initial_prompt=self.vocabulary or None,
            condition_on_previous_text=False,
            temperature=(0.0, *_WARMER),
        )
        return _placed(found, window.start)


class OpenAIWhisper(_Whisper):
    """openai-whisper, the reference: one window at a time."""

    batch = 1
    one_at_a_time: ClassVar[threading.Lock] = threading.Lock()
    """openai-whisper installs hooks on the model while it decodes: two calls at once would mix their caches."""

    def recognise(self, windows: Sequence[Window]) -> Iterator[list[Segment]]:
        """Recognise each window by itself, with Whisper's own fall-back to higher temperatures."""
        import torch

        for window in windows:
            with self.one_at_a_time:
                language = self.language_of(window)
                torch.manual_seed(0)  # higher temperatures sample
                result = self.model.transcribe(
                    window.samples,
                    language=language,
                    initial_prompt=self.vocabulary or None,
                    condition_on_previous_text=False,
                    temperature=(0.0, *_WARMER),
                    fp16=self.model.device.type == "cuda",
                    verbose=None,
                )
            yield _placed(
                (_Found(**{key: s[key] for key in _Found.__annotations__}) for s in result["segments"]),
                window.start,
            )

    def hear_language(self, window: Window) -> tuple[str, float]:
        """As Whisper hears it; an English-only model knows but one."""
        import whisper

        if not self.model.is_multilingual:
            return "en", 1.0
        mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(window.samples), self.model.dims.n_mels)
        _, probabilities = self.model.detect_language(mel.to(self.model.device))
        heard = max(probabilities, key=probabilities.get)
        return heard, probabilities[heard]


@dataclass
class PocketSphinx:
    """CMU PocketSphinx with the English model from its wheel: works at once on any machine, makes many mistakes."""

    model: Any
    language: str | None = "en"
    limits: ClassVar[WindowLimits] = POCKETSPHINX_LIMITS

    def find_language(self, window: Window) -> None:
        """There is only one."""

    @property
    def batch(self) -> int:
        """As many windows as there are processes to recognise them."""
        return int(self.model.processes)

    def recognise(self, windows: Sequence[Window]) -> Iterator[list[Segment]]:
        """Recognise each window as one whole utterance; segments end where the speaker pauses."""
        utterances = [(np.clip(window.samples, -1, 1) * 32_767).astype(np.int16).tobytes() for window in windows]
        for window, heard in zip(windows, self.model.recognise(utterances), strict=True):
            words = [
                Word(
                    round(window.start + word.start, 3),
                    round(window.start + word.end, 3),
                    word.text,
                    round(word.probability, 3),
                )
                for word in heard
            ]
            yield [_joined(group) for group in _by_pauses(words)]


def recogniser_for(name: str, model: Any, language: str | None = None, vocabulary: str = "") -> Recogniser:
    """The recogniser of this name around a loaded model.

    Args:
        name: one of `models.RECOGNISERS`.
        model: what `models.Models.recogniser` loaded for it.
        language: the lecture's language, None to find it out; PocketSphinx knows only English.
        vocabulary: names and terms to expect, separated by commas; PocketSphinx cannot use them.
    """
    match name:
        case "faster-whisper":
            return FasterWhisper(model, language, vocabulary)
        case "whisper":
            return OpenAIWhisper(model, language, vocabulary)
        case _:
            return PocketSphinx(model)


@dataclass(frozen=True)
class _Found:
    """A segment as both Whispers report it, times in seconds from the start of what they were given."""

    start: float
    end: float
    text: str
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float


def _doubtful(segment: Any) -> bool:
    return bool(segment.compression_ratio > _COMPRESSION_LIMIT or segment.avg_logprob < _LOG_PROBABILITY_LIMIT)


def _invented(segment: Any) -> bool:
    return bool(segment.no_speech_prob > _NO_SPEECH_LIMIT and segment.avg_logprob < _LOG_PROBABILITY_LIMIT)


def _placed(found: Iterable[Any], offset: float) -> list[Segment]:
    """Whisper's segments with times from the start of the recording, without what it invented."""
    return [
        Segment(round(segment.start + offset, 3), round(segment.end + offset, 3), segment.text.strip())
        for segment in found
        if not _invented(segment)
    ]


def _runs_of(windows: Sequence[Window], languages: Sequence[str]) -> Iterator[tuple[str, list[Window]]]:
    group: list[Window] = []
    for at, window in enumerate(windows):
        group.append(window)
        if at + 1 == len(windows) or languages[at + 1] != languages[at]:
            yield languages[at], group
            group = []


_PAUSE = 0.45
"""Seconds of silence between words that end a segment."""
_LONGEST_SEGMENT = 12.0
"""Seconds; a speaker who never pauses still gets lines one can read."""


def _by_pauses(words: Iterable[Word]) -> Iterator[list[Word]]:
    group: list[Word] = []
    for word in words:
        if group and (word.start - group[-1].end >= _PAUSE or word.end - group[0].start > _LONGEST_SEGMENT):
            yield group
            group = []
        group.append(word)
    if group:
        yield group


def _joined(words: Sequence[Word]) -> Segment:
    return Segment(words[0].start, words[-1].end, " ".join(word.text for word in words), tuple(words))
