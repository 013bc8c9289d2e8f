"""Notes in another language: translated by a model, and kept only where the way back leads to what was said.

What is checked against the lecture is worded in the lecture's language. The model translates it, and translates its
translation back in a request of its own, which does not contain the original. What comes back must say the same, by
the check that every claim has to pass, and with the same numbers; otherwise the original wording stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from lecture.checking.support import supports
from lecture.languages import LANGUAGES
from lecture.sentences import Sentence
from lecture.transcript import one_line
from lecture.writing.language_model import CannotReply, Claim, LanguageModel, OnTick, TranslationRequest
from lecture.writing.shares import step_of

_BATCH = 8
"""Texts of one request: small models lose count of more."""
_LONGEST = 4
"""Times as long as the original, in letters: a longer translation says more than the original."""
_DIGITS = re.compile(r"\d+(?:[.,'’\u00a0\u202f]\d+)*")


@dataclass(frozen=True)
class Translator:
    """Translates from one language into another, both given by their codes."""

    model: LanguageModel
    spoken: str
    language: str

    def translated(self, texts: Sequence[str], on_tick: OnTick) -> Mapping[str, str]:
        """Translate texts, and check every translation.

        Returns:
            Each text that has a reliable translation, and this; the others are missing.

        Raises:
            Cancelled: `on_tick` raised it.
        """
        found: dict[str, str] = {}
        batches = [texts[i : i + _BATCH] for i in range(0, len(texts), _BATCH)]
        for i, batch in enumerate(batches):
            for original, there in self._round_trip(batch, step_of(on_tick, i, len(batches))):
                found[original] = there
        return found

    def _round_trip(self, texts: Sequence[str], on_tick: OnTick) -> list[tuple[str, str]]:
        there = self._asked(texts, self.language, step_of(on_tick, 0, 2))
        known = [(text, there[i]) for i, text in enumerate(texts) if i in there]
        back = self._asked([said for _, said in known], self.spoken, step_of(on_tick, 1, 2))
        return [
            (original, said)
            for i, (original, said) in enumerate(known)
            if i in back and _says_the_same(original, said, back[i])
        ]

    def _asked(self, texts: Sequence[str], language: str, on_tick: OnTick) -> dict[int, str]:
        """What the model translates, by the texts' indices; what it translates twice, or has no number, is missing."""
        found: dict[int, list[str]] = {}

        def take(claim: Claim) -> None:
            if len(claim.sentences) == 1 and (text := one_line(claim.text)):
                found.setdefault(claim.sentences[0], []).append(text)

        if texts:
            with suppress(CannotReply):  # what was translated before counts; the rest keeps its wording
                self.model.reply(TranslationRequest(tuple(texts), LANGUAGES[language]), take, on_tick)
        return {i: said[0] for i, said in found.items() if len(said) == 1}


def _says_the_same(original: str, there: str, back: str) -> bool:
    if len(there) > _LONGEST * len(original) + 20 or one_line(original).casefold() == there.casefold():
        return False
    if not _numbers(there) <= _numbers(back) | _numbers(original) or not _numbers(original) <= _numbers(there):
        return False
    said, returned = (Sentence(text, 0.0, 0.0) for text in (original, back))
    return supports(back, [said], [said]) and supports(original, [returned], [returned])


def _numbers(text: str) -> set[str]:
    """The numbers written in digits, without the separators that languages set differently."""
    return {re.sub(r"\D", "", number) for number in _DIGITS.findall(text)}
