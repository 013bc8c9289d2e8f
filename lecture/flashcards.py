"""Sentences + Notes → Flashcards."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from lecture.definitions import Definition, definitions
from lecture.notes import Evidence, Notes
from lecture.ranking import alike, term_weights, terms
from lecture.sentences import Sentence

Kind = Literal["definition", "question", "cloze", "own"]


@dataclass(frozen=True)
class Flashcard:
    """A question, its answer, and the words of the lecture that the answer rests on.

    Attributes:
        question: with `GAP` in it where it is a cloze.
        answer: what is to be remembered.
        evidence: of a card that the student added, its quote is empty and its times are the moment it belongs to.
        kind: what it asks for; "own" for the student's cards.
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
    return hashlib.sha256(f"{card.question}\n{card.answer}".encode()).hexdigest()[:16]


GAP = "_____"
"""What stands in a question for the words to be remembered."""

_TOPICS = 25
"""Of the lecture's terms, the weightiest: only they are worth asking for in a gap."""
_MOST = 24
"""Cards of one lecture; more are not learnt in one sitting."""
_NUMBER = re.compile(r"\b\d[\d.,]*(?:\s?%|\b)")
_LONGEST_ANSWER = 40
"""Words; a longer answer is more than one idea."""


def quoting_cards(sentences: Sequence[Sentence], notes: Notes) -> tuple[Flashcard, ...]:
    """Cards in the lecture's own words: what it defines, and gaps in its key points.

    Args:
        sentences: the whole lecture.
        notes: the notes made of it; their statements are what gaps are made in.

    Returns:
        At most two dozen cards in the lecture's order, no two asking for the same.
    """
    weights = term_weights([sentence.text for sentence in sentences])
    topics = dict(sorted(weights.items(), key=lambda item: -item[1])[:_TOPICS])
    gaps = (_gap(statement.evidence, topics) for statement in (*notes.key_points, *notes.summary))
    asked = (_asking(found) for found in definitions(sentences) if len(found.meaning.split()) <= _LONGEST_ANSWER)
    return spread(_distinct([*asked, *(card for card in gaps if card)]))


def spread(cards: Sequence[Flashcard]) -> tuple[Flashcard, ...]:
    """At most as many as one learns, in the lecture's order, taken from all of it."""
    ordered = sorted(cards, key=lambda card: card.evidence.start)
    if len(ordered) <= _MOST:
        return tuple(ordered)
    return tuple(ordered[len(ordered) * i // _MOST] for i in range(_MOST))


def _asking(definition: Definition) -> Flashcard:
    """A card that asks for a term's meaning."""
    verb = "are" if definition.verb == "are" else "is"
    meaning = definition.meaning
    return Flashcard(
        question=f"What {verb} {definition.article}{definition.term}?",
        answer=meaning[:1].upper() + meaning[1:] + ".",
        evidence=definition.evidence,
    )


def _gap(evidence: Evidence, topics: dict[str, float]) -> Flashcard | None:
    """A card that leaves out a sentence's number, or what it says about one of the lecture's topics."""
    hidden = _number_in(evidence.quote) or _weightiest(evidence.quote, topics)
    if not hidden or len(evidence.quote.split()) < 7:
        return None
    question = re.sub(rf"(?<!\w){re.escape(hidden)}(?!\w)", GAP, evidence.quote, flags=re.IGNORECASE)
    if question.count(GAP) != 1:
        return None
    return Flashcard(question[:1].upper() + question[1:], hidden, evidence)


def _number_in(text: str) -> str | None:
    found = _NUMBER.findall(text)
    return found[0].rstrip(".,") if len(found) == 1 else None


def _weightiest(text: str, topics: dict[str, float]) -> str | None:
    words = [word for word in re.findall(r"[^\W\d_]{4,}", text) if topics.keys() & terms(word)]
    return max(words, key=lambda word: topics[terms(word)[0]], default=None)


def _distinct(cards: Iterable[Flashcard]) -> list[Flashcard]:
    kept: list[Flashcard] = []
    for card in cards:
        same_words = any(card.evidence.quote == other.evidence.quote for other in kept)
        same_question = any(alike(terms(card.question), terms(other.question)) >= 0.8 for other in kept)
        if not same_words and not same_question:
            kept.append(card)
    return kept
