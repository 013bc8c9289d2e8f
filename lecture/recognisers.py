"""The recognisers: each turns windows of speech into segments of text."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np

import models
from lecture.audio import SAMPLE_RATE
from lecture.transcript import Segment, Word
from lecture.windows import Window, WindowLimits

WHISPER_LIMITS = WindowLimits(first=6.0, comfortable=20.0, longest=30.0, packed=True)
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

    language: str | None
    """The lecture's language: the chosen one, or what was heard in the first window."""

    @property
    def limits(self) -> WindowLimits:
        """How long its windows may be."""
        ...

    @property
    def batch(self) -> int:
        """How many windows it is best given together."""
        ...

    @property
    def at_once(self) -> int:
        """How many such batches it recognises at the same time, each asked for in a thread of its own."""
        ...

    def hear_language(self, window: Window) -> str:
        """The language spoken in a window."""
        ...

    def recognise(self, windows: Sequence[Window]) -> Iterator[list[Segment]]:
        """Give one list of segments for each window, in order, with times from the start of the recording."""
        ...


@dataclass
class _Whisper:
    """What both Whispers have in common: the language, found out where none was chosen."""

    model: Any
    language: str | None = None
    vocabulary: str = ""
    limits: ClassVar[WindowLimits] = WHISPER_LIMITS

    def __post_init__(self) -> None:
        self.chosen = self.language

    def _spoken(self, heard: str, probability: float) -> str:
        """What a window is recognised in: the lecture's language, unless it is surely in the one that was heard."""
        self.language = self.language or heard
        return heard if probability >= _SWITCH else self.language


@dataclass
class FasterWhisper(_Whisper):
    """Whisper through CTranslate2, several windows at a time."""

    batch: int = 4
    beam: ClassVar[int] = 5
    """Hypotheses followed at once, as faster-whisper does by itself; openai-whisper's function follows one."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._kept: tuple[Window | None, Any] = (None, None)
        """The window whose language was heard, encoded: its words are heard in the same encoding."""

    @property
    def at_once(self) -> int:
        """As many batches as the model has workers."""
        return int(self.model.model.num_workers)

    def hear_language(self, window: Window) -> str:
        """As Whisper hears it; an English-only model knows but one."""
        encoded = self._encode([window])
        self._kept = (window, encoded)
        return self._heard(encoded, 1)[0][0]

    def recognise(self, windows: Sequence[Window]) -> Iterator[list[Segment]]:
        """Recognise windows together, each in its language; a doubtful one again, alone and with more variety."""
        (kept, encoded), self._kept = self._kept, (None, None)
        if len(windows) > 1 or windows[0] is not kept:
            encoded = self._encode(windows)
        languages = self._languages(encoded, len(windows))
        together = self._together(windows, encoded, languages)
        for window, language, found in zip(windows, languages, together, strict=True):
            if any(_doubtful(segment) for segment in found):
                yield self._alone(window, language)
            else:
                yield _placed(found, window)

    def _encode(self, windows: Sequence[Window]) -> Any:
        from faster_whisper.audio import pad_or_trim

        features = [self.model.feature_extractor(window.samples)[..., :-1] for window in windows]
        return self.model.encode(np.stack([pad_or_trim(feature) for feature in features]))

    def _languages(self, encoded: Any, windows: int) -> list[str]:
        """What each of some encoded windows is recognised in."""
        if self.chosen:
            return [self.chosen] * windows
        return [self._spoken(*heard) for heard in self._heard(encoded, windows)]

    def _heard(self, encoded: Any, windows: int) -> list[tuple[str, float]]:
        """The likeliest language of each window, and its probability."""
        if not self.model.model.is_multilingual:
            return [("en", 1.0)] * windows
        found = self.model.model.detect_language(encoded)
        return [(likeliest[0][0][2:-2], likeliest[0][1]) for likeliest in found]  # "<|en|>"

    def _together(self, windows: Sequence[Window], encoded: Any, languages: Sequence[str]) -> list[list[_Found]]:
        """Segments of each window, as faster-whisper's own batches would give them."""
        from faster_whisper.tokenizer import Tokenizer
        from faster_whisper.transcribe import get_suppressed_tokens

        whisper = self.model.model
        tokenizers = {
            language: Tokenizer(self.model.hf_tokenizer, whisper.is_multilingual, "transcribe", language)
            for language in languages
        }
        tokenizer = tokenizers[languages[0]]
        vocabulary = tokenizer.encode(self.vocabulary) if self.vocabulary else []
        results = whisper.generate(
            encoded,
            [self.model.get_prompt(tokenizers[language], vocabulary) for language in languages],
            beam_size=self.beam,
            max_length=self.model.max_length,
            suppress_tokens=get_suppressed_tokens(tokenizer, [-1]),
            return_scores=True,
            return_no_speech_prob=True,
        )
        return [self._found(window, tokenizer, result) for window, result in zip(windows, results, strict=True)]

    def _found(self, window: Window, tokenizer: Any, result: Any) -> list[_Found]:
        from faster_whisper.transcribe import get_compression_ratio

        tokens, length = result.sequences_ids[0], len(window.samples) / SAMPLE_RATE
        pieces, _, _ = self.model._split_segments_by_timestamps(
            tokenizer=tokenizer,
            tokens=tokens,
            time_offset=0.0,
            segment_size=math.ceil(length) * self.model.frames_per_second,
            segment_duration=length,
            seek=0,
        )
        if rest := tokens[sum(len(piece["tokens"]) for piece in pieces) :]:  # faster-whisper would leave it out
            pieces.append({"start": pieces[-1]["end"], "end": length, "tokens": rest})
        texts = [tokenizer.decode(piece["tokens"]) for piece in pieces]
        probability = result.scores[0] * len(tokens) / (len(tokens) + 1)
        return [
            _Found(piece["start"], piece["end"], text, probability, result.no_speech_prob, get_compression_ratio(text))
            for piece, text in zip(pieces, texts, strict=True)
            if text.strip()
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
        return _placed(found, window)


class OpenAIWhisper(_Whisper):
    """openai-whisper, the reference: one window at a time."""

    batch = 1
    at_once = 1
    one_at_a_time: ClassVar[threading.Lock] = threading.Lock()
    """openai-whisper installs hooks on the model while it decodes: two calls at once would mix their caches."""

    def recognise(self, windows: Sequence[Window]) -> Iterator[list[Segment]]:
        """Recognise each window by itself, with Whisper's own fall-back to higher temperatures."""
        import torch

        for window in windows:
            with self.one_at_a_time:
                language = self.chosen or self._spoken(*self._heard(window))
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
            found = (_Found(**{key: s[key] for key in _Found.__annotations__}) for s in result["segments"])
            yield _placed(found, window)

    def hear_language(self, window: Window) -> str:
        """As Whisper hears it; an English-only model knows but one."""
        with self.one_at_a_time:
            return self._heard(window)[0]

    def _heard(self, window: Window) -> tuple[str, float]:
        """The likeliest language of a window, and its probability."""
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
    batch = 1

    @property
    def at_once(self) -> int:
        """As many windows as there are processes to recognise them."""
        return int(self.model.processes)

    def hear_language(self, window: Window) -> str:
        """There is only one."""
        return "en"

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


def recogniser_for(choice: models.Choice, model: Any, language: str | None = None, vocabulary: str = "") -> Recogniser:
    """The recogniser that was chosen, around its loaded model.

    Args:
        choice: which one.
        model: what `models.Models.recogniser` loaded for it.
        language: the lecture's language, None to find it out; PocketSphinx knows only English.
        vocabulary: names and terms to expect, separated by commas; PocketSphinx cannot use them.
    """
    match choice.recogniser:
        case "faster-whisper":
            return FasterWhisper(model, language, vocabulary, models.fitting_batch(choice.model, model))
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


def _placed(found: Iterable[Any], window: Window) -> list[Segment]:
    """Whisper's segments with times from the start of the recording, without what it invented."""
    return [
        Segment(round(window.begins_at(segment.start), 3), round(window.ends_at(segment.end), 3), segment.text.strip())
        for segment in found
        if not _invented(segment)
    ]


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
