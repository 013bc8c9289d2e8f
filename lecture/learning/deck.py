"""A lecture's flashcards as the student changes them: edited, starred, deleted, added."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace

from lecture.columns import CARDS
from lecture.database import LectureRow, lecture_row
from lecture.errors import LectureError
from lecture.flashcards import Flashcard, identified
from lecture.library import Library
from lecture.notes import Evidence
from lecture.transcript import one_line

_LONGEST = 1_000
"""Letters of a question or an answer."""


class Deck:
    """The cards of the lectures in a library."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def edit(self, lecture_id: str, card_id: str, question: str, answer: str) -> None:
        """Change what a card asks and answers; its schedule stays.

        Raises:
            LectureError: question or answer is empty, or far too long.
        """
        question, answer = _worded(question, answer)
        self._change(lecture_id, card_id, lambda card: replace(card, question=question, answer=answer, edited=True))

    def star(self, lecture_id: str, card_id: str, starred: bool) -> None:
        """Mark a card, or take its mark away."""
        self._change(lecture_id, card_id, lambda card: replace(card, starred=starred))

    def delete(self, lecture_id: str, card_id: str) -> None:
        """Take a card out of the deck."""
        with self._library.transaction() as session:
            if row := lecture_row(session, lecture_id):
                store_cards(row, [card for card in cards_of(row) if card.id != card_id])

    def add(self, lecture_id: str, question: str, answer: str, moment: float, card_id: str | None = None) -> None:
        """Add a card of the student's own.

        Args:
            lecture_id: whose deck.
            question: what it asks.
            answer: what is to be remembered.
            moment: seconds that it belongs to.
            card_id: where it must be known before.

        Raises:
            LectureError: question or answer is empty, or far too long.
        """
        question, answer = _worded(question, answer)
        card = Flashcard(question, answer, Evidence("", moment, moment), "own", card_id or secrets.token_hex(8))
        with self._library.transaction() as session:
            if row := lecture_row(session, lecture_id):
                store_cards(row, [*cards_of(row), card])

    def _change(self, lecture_id: str, card_id: str, change: Callable[[Flashcard], Flashcard]) -> None:
        with self._library.transaction() as session:
            if row := lecture_row(session, lecture_id):
                store_cards(row, [change(card) if card.id == card_id else card for card in cards_of(row)])


def cards_of(row: LectureRow) -> tuple[Flashcard, ...]:
    """The cards of a lecture, in its order."""
    return identified(CARDS.validate_json(row.flashcards or "[]"))


def with_kept(new: Sequence[Flashcard], old: Sequence[Flashcard]) -> list[Flashcard]:
    """Newly made cards together with those of before that the student starred, edited or added."""
    kept = {card.id: card for card in old if card.starred or card.edited or card.kind == "own"}
    made = {card.id for card in new}
    return [kept.get(card.id, card) for card in new] + [card for id_, card in kept.items() if id_ not in made]


def store_cards(row: LectureRow, cards: Sequence[Flashcard]) -> None:
    """Let these be the cards of a lecture."""
    ordered = tuple(sorted(cards, key=lambda card: card.evidence.start))
    row.flashcards = CARDS.dump_json(ordered).decode()


def _worded(question: str, answer: str) -> tuple[str, str]:
    question, answer = one_line(question), one_line(answer)
    if not question or not answer:
        raise LectureError("A card needs a question and an answer. Fill in both.")
    if len(question) > _LONGEST or len(answer) > _LONGEST:
        raise LectureError(f"A card holds at most {_LONGEST:,} letters on each side. Shorten it, or make two.")
    return question, answer
