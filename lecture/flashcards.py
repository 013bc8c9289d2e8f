"""Sentences + Notes → Flashcards."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from lecture.learning.gaps import GAP
from lecture.learning.questions import questions
from lecture.learning.usability import least_usable, places
from lecture.learning.vocabulary import vocabulary
from lecture.notes import Chapter, Evidence, Notes
from lecture.ranking import alike, terms
from lecture.sentences import Sentence
from lecture.transcript import encodable

__all__ = ["GAP", "Flashcard", "Kind", "identified", "quoting_cards", "spread"]

Kind = Literal["definition", "question", "cloze", "why", "how", "compare", "own"]


@dataclass(frozen=True)
class Flashcard:
    """A question, its answer, and the words of the lecture that the answer rests on.

    Attributes:
        question: with `GAP` in it where it is a cloze.
        answer: what is to be remembered.
        evidence: of a card that the student added, its quote is empty and its times are the moment it belongs to.
        kind: what it asks for; "why", "how" and "compare" by a language model only; "own" for the student's cards.
        id: stays the same when the card is edited; see `identified`.
        starred: the student marked it.
        edited: the student changed it.
    """

    question: str
    answer: str
    evidence: Evidence
    kind: Kind = "question"
    id: str = ""
    starred: bool = False
    edited: bool = False


def identified(cards: Iterable[Flashcard]) -> tuple[Flashcard, ...]:
    """The cards with an id each, made from what they ask and answer: the same card gets the same id again."""
    return tuple(card if card.id else replace(card, id=_id(card)) for card in cards)


def _id(card: Flashcard) -> str:
    return hashlib.sha256(encodable(f"{card.question}\n{card.answer}").encode()).hexdigest()[:16]


_MOST = 24
"""Cards for each hour; more are not learnt in one sitting."""
_SENTENCES_PER_CARD = 4
"""Of a short lecture; so it has not a card for every sentence."""
_LEAST = 12
_FEW, _LESS = 1, 0.4
"""A lecture with fewer cards than that gets its best ones among those that are worth so much less."""


def quoting_cards(sentences: Sequence[Sentence], notes: Notes) -> tuple[Flashcard, ...]:
    """Cards in the lecture's own words: what it defines, reasons, names and years that it gives, and gaps.

    Args:
        sentences: the whole lecture.
        notes: the notes made of it; the cards are spread over their chapters.

    Returns:
        Cards in the lecture's order, no two asking for the same: at most two dozen for each hour, and fewer where few
        of its sentences can be understood alone.
    """
    found = list(_candidates(sentences))
    words = vocabulary(tuple(sentence.text for sentence in sentences))
    if words.is_spoken:
        found = _usable(found, words.garbled)
    return _best_of_chapters(found, notes.chapters, _carried(sentences))


def spread(cards: Sequence[Flashcard], most: int = _MOST) -> tuple[Flashcard, ...]:
    """At most as many as one learns, in the lecture's order, taken from all of it."""
    ordered = sorted(cards, key=lambda card: card.evidence.start)
    if len(ordered) <= most:
        return tuple(ordered)
    return tuple(ordered[len(ordered) * i // most] for i in range(most))


def _carried(sentences: Sequence[Sentence]) -> int:
    """How many cards a lecture carries at most."""
    hours = sentences[-1].end / 3600 if sentences else 0.0
    return min(max(_LEAST, len(sentences) // _SENTENCES_PER_CARD), round(_MOST * max(1.0, hours)))


def _candidates(sentences: Sequence[Sentence]) -> Iterator[tuple[float, Flashcard]]:
    """The best card of each sentence that makes one, and what it is worth."""
    texts = tuple(sentence.text for sentence in sentences)
    words = vocabulary(texts)
    for sentence, place in zip(sentences, places(texts), strict=True):
        asked = max(questions(sentence.text, words, place), key=lambda one: one.worth, default=None)
        if asked:
            evidence = Evidence(sentence.text, sentence.start, sentence.end)
            yield (
                asked.worth + (0 if words.is_spoken else place.rank),
                Flashcard(asked.question, asked.answer, evidence, asked.kind),
            )


def _usable(found: Sequence[tuple[float, Flashcard]], garbled: float) -> list[tuple[float, Flashcard]]:
    """The cards of free speech that are usable, and a few of the better ones at least."""
    least = least_usable(garbled)
    ranked = sorted(found, key=lambda one: -one[0])
    return [one for place, one in enumerate(ranked) if one[0] >= (least - _LESS if place < _FEW else least)]


def _best_of_chapters(
    found: Sequence[tuple[float, Flashcard]], chapters: Sequence[Chapter], most: int
) -> tuple[Flashcard, ...]:
    """The best card of each stretch of a chapter in turn, then the second best, … until there are enough."""
    starts = [chapter.start for chapter in chapters]
    stretch = 2 * max((card.evidence.end for _, card in found), default=0.0) / most

    def place(card: Flashcard) -> tuple[int, int]:
        at = card.evidence.start
        return sum(start <= at for start in starts), int(at // stretch)

    left: defaultdict[tuple[int, int], list[Flashcard]] = defaultdict(list)
    for _, card in sorted(found, key=lambda one: -one[0]):
        left[place(card)].append(card)
    kept: list[Flashcard] = []
    for turn in range(max(map(len, left.values()), default=0)):
        in_turn = [left[key][turn] for key in sorted(left) if turn < len(left[key])]
        kept += _distinct(in_turn, kept)
        if len(kept) >= most:
            break
    return spread(kept, most)


def _distinct(cards: Iterable[Flashcard], others: Sequence[Flashcard]) -> list[Flashcard]:
    kept: list[Flashcard] = []
    for card in cards:
        if not any(_repeats(card, other) for other in (*others, *kept)):
            kept.append(card)
    return kept


def _repeats(card: Flashcard, other: Flashcard) -> bool:
    return (
        card.evidence.quote == other.evidence.quote
        or _says(card) == _says(other)
        or alike(_says(card), _says(other)) >= 0.8
    )


def _says(card: Flashcard) -> frozenset[str]:
    return frozenset(terms(f"{card.question.replace(GAP, ' ')} {card.answer}"))
