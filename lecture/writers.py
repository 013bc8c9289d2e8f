"""Writers: who words the notes. The extractive one is built in and quotes; a local model rephrases and is checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal, Protocol

from lecture.flashcards import Flashcard, quoting_cards
from lecture.notes import Evidence, Notes, Statement
from lecture.ranking import alike, importance, stands_alone, terms
from lecture.sentences import Sentence

Length = Literal["short", "medium", "long"]

_SENTENCES_PER_SUMMARY: dict[Length, tuple[int, int]] = {"short": (3, 5), "medium": (5, 10), "long": (8, 20)}
"""Least and most sentences of a summary."""
_SENTENCES_PER_STATEMENT: dict[Length, int] = {"short": 20, "medium": 11, "long": 7}
"""Sentences of the lecture for each one of the summary, between these bounds."""
TOO_ALIKE = 0.7
"""Share of common terms from which two statements say the same."""

OnShare = Callable[[float], None]
"""Told the share of the work that is done, from 0 to 1; may raise `Cancelled`."""


class Writer(Protocol):
    """Words notes and cards from a lecture's sentences."""

    def notes(self, sentences: Sequence[Sentence], length: Length, on_share: OnShare) -> Notes:
        """Word the summary and key points."""
        ...

    def flashcards(self, sentences: Sequence[Sentence], notes: Notes, on_share: OnShare) -> tuple[Flashcard, ...]:
        """Word the flashcards."""
        ...


@dataclass(frozen=True)
class Extractive:
    """The built-in writer: chooses the lecture's most important sentences and quotes them as they were said."""

    reason: str = "The built-in writer needs no download and invents nothing."
    name: str = "extractive"

    def notes(self, sentences: Sequence[Sentence], length: Length, on_share: OnShare) -> Notes:
        """Choose the summary from every part of the lecture, and the key points from what it leaves."""
        scores = importance([sentence.text for sentence in sentences])
        wanted = summary_size(len(sentences), length)
        summary = _best_of_each_part(sentences, scores, wanted)
        key_points = _best(sentences, scores, points_beside(wanted), without=summary)
        on_share(1.0)
        return Notes(
            summary=tuple(quoted(sentences[i]) for i in summary),
            key_points=tuple(quoted(sentences[i]) for i in key_points),
            writer=self.name,
            reason=self.reason,
        )

    def flashcards(self, sentences: Sequence[Sentence], notes: Notes, on_share: OnShare) -> tuple[Flashcard, ...]:
        """Ask for what the lecture defines, and for the gaps in its key points."""
        cards = quoting_cards(sentences, notes)
        on_share(1.0)
        return cards


def summary_size(sentences: int, length: Length) -> int:
    """How many sentences a summary of so many sentences gets."""
    least, most = _SENTENCES_PER_SUMMARY[length]
    return min(most, max(least, sentences // _SENTENCES_PER_STATEMENT[length]))


def points_beside(summary: int) -> int:
    """How many key points go with a summary of so many sentences."""
    return summary + ceil(summary / 2)


def quoted(sentence: Sentence) -> Statement:
    """A sentence of the lecture as a statement: it is its own evidence."""
    text = sentence.text[:1].upper() + sentence.text[1:]
    return Statement(text, Evidence(sentence.text, sentence.start, sentence.end))


def _best_of_each_part(sentences: Sequence[Sentence], scores: Sequence[float], wanted: int) -> list[int]:
    """The best sentence of each of `wanted` equal parts, so that no part of the lecture is left out."""
    chosen: list[int] = []
    for part in range(wanted):
        begin, end = (len(sentences) * part // wanted, len(sentences) * (part + 1) // wanted)
        ranked = sorted(range(begin, end), key=lambda i: (not stands_alone(sentences[i].text), -scores[i]))
        chosen += [i for i in ranked if not _repeats(sentences, i, chosen)][:1]
    return chosen


def _best(sentences: Sequence[Sentence], scores: Sequence[float], wanted: int, without: Sequence[int]) -> list[int]:
    """The best sentences that stand alone and say something new, in the lecture's order."""
    chosen: list[int] = []
    for i in sorted(range(len(sentences)), key=lambda i: -scores[i]):
        if len(chosen) == wanted:
            break
        if stands_alone(sentences[i].text) and not _repeats(sentences, i, [*without, *chosen]):
            chosen.append(i)
    return sorted(chosen)


def _repeats(sentences: Sequence[Sentence], i: int, chosen: Sequence[int]) -> bool:
    mine = terms(sentences[i].text)
    return not mine or any(alike(mine, terms(sentences[j].text)) >= TOO_ALIKE for j in chosen)
