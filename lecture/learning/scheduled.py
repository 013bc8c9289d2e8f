"""The cards of the library's lectures with their schedules, as reviews find them in the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from sqlalchemy import ScalarResult, func, select
from sqlalchemy.orm import Session

from lecture.database import CardStateRow, LectureRow, RatingRow
from lecture.flashcards import Flashcard
from lecture.learning.deck import cards_of
from lecture.review import Schedule, end_of_day


@dataclass(frozen=True)
class Showing:
    """A card as it is to be shown: with what is known of it at this moment.

    Attributes:
        lecture_id: whose card it is.
        title: that lecture's.
        card: what it asks and answers.
        state: its schedule as it is stored, None for a new card. A rating names it, and counts only as long as it
            holds: a card that is shown in two tabs is rated once.
    """

    lecture_id: str
    title: str
    card: Flashcard
    state: str | None

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from all other cards: its lecture's id, and its own."""
        return self.lecture_id, self.card.id

    @property
    def schedule(self) -> Schedule | None:
        """When it was seen, and is to be seen again."""
        return Schedule.from_json(self.state) if self.state else None


@dataclass(frozen=True)
class Cards:
    """The cards of a lecture, by their ids."""

    lecture_id: str
    title: str
    by_id: Mapping[str, Flashcard]

    def showing(self, card_id: str, state: str | None) -> Showing:
        """One of them, as it is to be shown."""
        return Showing(self.lecture_id, self.title, self.by_id[card_id], state)


Lectures = Mapping[int, Cards]
"""By the numbers of the lectures' rows."""


def lectures(session: Session, lecture_id: str | None = None) -> Lectures:
    """The cards of all lectures, or of one, the latest lecture first."""
    found = select(LectureRow.number, LectureRow.id, LectureRow.title, LectureRow.flashcards)
    found = found.where(LectureRow.proposal_for.is_(None), LectureRow.flashcards.is_not(None))
    if lecture_id is not None:
        found = found.where(LectureRow.id == lecture_id)
    rows = session.execute(found.order_by(LectureRow.number.desc()))
    return {number: Cards(id_, title, cards_by_id(cards or "[]")) for number, id_, title, cards in rows}


@lru_cache(maxsize=2_000)
def cards_by_id(flashcards: str) -> Mapping[str, Flashcard]:
    """A lecture's cards as its row holds them, parsed once: whoever changes them, other cards are another text."""
    return {card.id: card for card in cards_of(LectureRow(flashcards=flashcards))}


def there(among: Lectures, row: RatingRow) -> bool:
    """Whether the card that was rated is still there."""
    return row.lecture in among and row.card in among[row.lecture].by_id


def seen(session: Session, among: Lectures, until: datetime | None = None) -> Iterator[tuple[Showing, Schedule]]:
    """The cards that were seen before, in the order they are due; only those due before a moment, where one is named.

    The index finds them, so that what is due later costs nothing.
    """
    found = select(CardStateRow.lecture, CardStateRow.card, CardStateRow.state)
    if len(among) == 1:
        found = found.where(CardStateRow.lecture.in_(among))
    if until is not None:
        found = found.where(CardStateRow.due < as_stored(until))
    for number, card, state in session.execute(found.order_by(CardStateRow.due, CardStateRow.lecture)):
        if number in among and card in among[number].by_id:
            yield among[number].showing(card, state), Schedule.from_json(state)


def unseen(session: Session, among: Lectures) -> Iterator[Showing]:
    """The cards that were never seen: those of the lecture studied last first, each lecture's in its order."""
    known = {(number, card) for number, card in session.execute(select(CardStateRow.lecture, CardStateRow.card))}
    last = select(RatingRow.lecture, func.max(RatingRow.number)).group_by(RatingRow.lecture)
    studied = {number: rating for number, rating in session.execute(last)}  # noqa: C416
    for number, cards in sorted(among.items(), key=lambda item: (-studied.get(item[0], 0), -item[0])):
        for card_id in cards.by_id:
            if (number, card_id) not in known:
                yield cards.showing(card_id, None)


def begun_today(session: Session, among: Lectures, now: datetime) -> int:
    """How many cards were seen for the first time today."""
    end = end_of_day(now)
    first = select(RatingRow).where(RatingRow.before.is_(None))
    today = (RatingRow.rated >= as_stored(end - timedelta(days=1)), RatingRow.rated < as_stored(end))
    return sum(there(among, row) for row in session.scalars(first.where(*today)))


def ratings_after(session: Session, number: int, lecture_id: str | None) -> ScalarResult[RatingRow]:
    """The ratings after the one of this number, the last one first."""
    found = select(RatingRow).where(RatingRow.number > number).order_by(RatingRow.number.desc())
    if lecture_id is not None:
        found = found.join(LectureRow, LectureRow.number == RatingRow.lecture).where(LectureRow.id == lecture_id)
    return session.scalars(found)


def as_stored(moment: datetime) -> str:
    """A moment in UTC, as text that sorts."""
    return moment.astimezone(UTC).isoformat()
