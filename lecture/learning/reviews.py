"""Reviews: which cards of the library are to be seen when, and how they were remembered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import cast

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from lecture.database import CardStateRow, RatingRow, lecture_row
from lecture.errors import LectureError
from lecture.learning.scheduled import (
    Showing,
    as_stored,
    begun_today,
    cards_by_id,
    lectures,
    ratings_after,
    seen,
    there,
    unseen,
)
from lecture.library import Library
from lecture.review import (
    RATINGS,
    REMEMBERED,
    Rating,
    Schedule,
    day_of,
    end_of_day,
    is_due,
    is_learnt,
    rated,
    retrievability,
)

NEW_A_DAY = 20
"""New cards of all lectures that are shown in a day: each comes back for weeks."""
FIVE_MINUTES = 20
"""Cards that are reviewed in five minutes, at a quarter of a minute each."""

_AHEAD = timedelta(minutes=20)
"""How much earlier a card that is still being learnt may come, when nothing else is left to do."""


@dataclass(frozen=True)
class Given:
    """A rating that was given."""

    lecture_id: str
    card_id: str
    rating: Rating


@dataclass(frozen=True)
class Counts:
    """How many cards are to be seen now (new ones among them), were never seen yet, and are learnt."""

    due: int
    new: int
    learnt: int


@dataclass(frozen=True)
class Recall:
    """How many learnt cards were asked for on some days, the first of which is named, and how many were remembered."""

    day: date
    remembered: int
    asked: int


class Reviews:
    """The cards of all lectures of a library, or of one. What is deleted vanishes; what comes back is still known."""

    def __init__(self, library: Library) -> None:
        self._library = library

    # ----------------------------------------------------------------------------------------- what is to be seen

    def due(self, now: datetime, limit: int | None = None, lecture_id: str | None = None) -> list[Showing]:
        """The cards to be seen now, in their order.

        Args:
            now: the time, in the student's zone.
            limit: at most so many.
            lecture_id: of this lecture only.

        Returns:
            What has been due longest; then new cards, those of the lecture studied last first; then what is still
            being learnt and would be due in some minutes. Of all lectures there are `NEW_A_DAY` new cards a day; who
            asks for one lecture gets all of its.
        """
        with self._library.transaction() as session:
            among = lectures(session, lecture_id)
            soon = list(seen(session, among, until=max(end_of_day(now), now.astimezone(UTC) + _AHEAD)))
            allowed = None if lecture_id else max(0, NEW_A_DAY - begun_today(session, among, now))
            new = list(islice(unseen(session, among), allowed))
        ready = [showing for showing, schedule in soon if is_due(schedule, now)]
        early = [
            showing for showing, schedule in soon if not is_due(schedule, now) and is_due(schedule, now, ahead=_AHEAD)
        ]
        return [*ready, *new, *early][:limit]

    def weakest(
        self, now: datetime, limit: int = FIVE_MINUTES, without: Collection[tuple[str, str]] = ()
    ) -> list[Showing]:
        """The cards seen before that are the least likely to be remembered now, whenever they are due.

        Args:
            now: the time, in the student's zone.
            limit: at most so many.
            without: keys of those to be left out.
        """
        with self._library.transaction() as session:
            known = [pair for pair in seen(session, lectures(session)) if pair[0].key not in without]
        known.sort(key=lambda pair: (retrievability(pair[1], now), pair[1].stability or 0.0))
        return [showing for showing, _ in known[:limit]]

    def counts(self, now: datetime, lecture_id: str | None = None) -> Counts:
        """How many cards are due now, were never seen, and are learnt."""
        due = len(self.due(now, lecture_id=lecture_id))
        with self._library.transaction() as session:
            among = lectures(session, lecture_id)
            new = sum(1 for _ in unseen(session, among))
            learnt = sum(is_learnt(schedule) for _, schedule in seen(session, among))
        return Counts(due, new, learnt)

    # ----------------------------------------------------------------------------------------- rating

    def rate(self, lecture_id: str, card_id: str, rating: int, now: datetime, shown: str | None) -> bool:
        """Note how well a card was remembered, and when it is to be seen again.

        Args:
            lecture_id: whose card.
            card_id: which one.
            rating: from 1, Again, to 4, Easy.
            now: the time, in the student's zone.
            shown: the state that it was shown with.

        Returns:
            Whether the rating counts: not where the card was rated elsewhere since it was shown, or is gone.

        Raises:
            LectureError: there is no such rating.
        """
        if rating not in RATINGS:
            raise LectureError("A card is rated from 1, Again, to 4, Easy. Choose one of these.")
        after = rated(Schedule.from_json(shown) if shown else None, rating, now)
        try:
            with self._library.transaction() as session:
                row = lecture_row(session, lecture_id)
                if row is None or card_id not in cards_by_id(row.flashcards or "[]"):
                    return False
                if not _replace(session, row.number, card_id, shown, after):
                    return False
                at = as_stored(now)
                session.add(RatingRow(lecture=row.number, card=card_id, rating=rating, rated=at, before=shown))
                return True
        except IntegrityError:  # somebody else was the first to rate a new card
            return False

    def undo(self, after: int = 0, lecture_id: str | None = None) -> bool:
        """Take the last rating back: everything is again as it was before it.

        Args:
            after: ratings up to this number stay; see `latest`.
            lecture_id: of this lecture only.

        Returns:
            Whether there was one.
        """
        with self._library.transaction() as session:
            among = lectures(session, lecture_id)
            last = next((row for row in ratings_after(session, after, lecture_id) if there(among, row)), None)
            if last is None:
                return False
            later = aliased(RatingRow)
            newer = select(later.number).where(
                later.lecture == last.lecture, later.card == last.card, later.number > last.number
            )
            gone = delete(RatingRow).where(RatingRow.number == last.number, ~newer.exists())
            if not session.execute(gone.returning(RatingRow.number)).all():  # another tab was quicker
                return False
            this = (CardStateRow.lecture == last.lecture, CardStateRow.card == last.card)
            if last.before is None:
                session.execute(delete(CardStateRow).where(*this))
            else:
                due = as_stored(Schedule.from_json(last.before).due)
                session.execute(update(CardStateRow).where(*this).values(state=last.before, due=due))
            return True

    def latest(self) -> int:
        """The number of the last rating; those of a sitting that begins now have higher ones, whatever clocks say."""
        with self._library.transaction() as session:
            return session.scalar(select(func.max(RatingRow.number))) or 0

    def given(self, after: int, lecture_id: str | None = None) -> list[Given]:
        """The ratings given after the one of this number, the last one first."""
        with self._library.transaction() as session:
            among = lectures(session, lecture_id)
            return [
                Given(among[row.lecture].lecture_id, row.card, cast(Rating, row.rating))
                for row in ratings_after(session, after, lecture_id)
                if there(among, row)
            ]

    # ----------------------------------------------------------------------------------------- how it goes

    def forecast(self, now: datetime, days: int = 14, lecture_id: str | None = None) -> list[tuple[date, int]]:
        """How many cards seen before are due on each of the coming days, the first being today with all overdue."""
        until = end_of_day(now) + timedelta(days=days - 1)
        due = self._due_days(now, until, lecture_id)
        coming = [day_of(now, now) + timedelta(days=ahead) for ahead in range(days)]
        return [(day, due[day]) for day in coming]

    def next_due(self, now: datetime, lecture_id: str | None = None) -> tuple[date, int] | None:
        """The next day after today on which cards are due, and how many; None where there is none."""
        due = self._due_days(now, None, lecture_id)
        return min(((day, cards) for day, cards in due.items() if day > day_of(now, now)), default=None)

    def retention(self, now: datetime, days: int = 30, step: int = 1, lecture_id: str | None = None) -> list[Recall]:
        """How many learnt cards were remembered when they were asked for; new cards are met, not remembered.

        Args:
            now: the time, in the student's zone.
            days: how far back.
            step: days to be taken together, such as 7.
            lecture_id: of this lecture only.

        Returns:
            The oldest first; without days on which nothing was asked.
        """
        first = day_of(now, now) - timedelta(days=days - 1)
        since = as_stored(end_of_day(now) - timedelta(days=days))
        asked: Counter[date] = Counter()
        remembered: Counter[date] = Counter()
        with self._library.transaction() as session:
            among = lectures(session, lecture_id)
            ratings = select(RatingRow).where(RatingRow.rated >= since, RatingRow.before.is_not(None))
            for row in session.scalars(ratings):
                if there(among, row) and is_learnt(Schedule.from_json(row.before or "")):
                    steps = (day_of(datetime.fromisoformat(row.rated), now) - first) // timedelta(days=step)
                    day = first + steps * timedelta(days=step)
                    asked[day] += 1
                    remembered[day] += row.rating >= REMEMBERED
        return [Recall(day, remembered[day], asked[day]) for day in sorted(asked)]

    def _due_days(self, now: datetime, until: datetime | None, lecture_id: str | None) -> Counter[date]:
        """How many cards are due by day; what is overdue is due today."""
        today = day_of(now, now)
        with self._library.transaction() as session:
            found = seen(session, lectures(session, lecture_id), until)
            return Counter(max(today, day_of(schedule.due, now)) for _, schedule in found)


def _replace(session: Session, lecture: int, card_id: str, shown: str | None, after: Schedule) -> bool:
    """Let a schedule take the place of the one that was shown, in one step; says whether it was still there.

    Raises:
        IntegrityError: the card was shown as a new one, and is none any more.
    """
    values = {"state": after.to_json(), "due": as_stored(after.due)}
    if shown is None:
        session.add(CardStateRow(lecture=lecture, card=card_id, **values))
        session.flush()
        return True
    this = (CardStateRow.lecture == lecture, CardStateRow.card == card_id, CardStateRow.state == shown)
    return bool(session.execute(update(CardStateRow).where(*this).values(values).returning(CardStateRow.card)).all())
