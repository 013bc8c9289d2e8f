"""When to see a card again: FSRS-6, through the `fsrs` package (Ye, Su and Cao, KDD 2022).

Pure: time comes in as a parameter, always with its zone, and nothing is random.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from fsrs import Card, Scheduler, State
from fsrs import Rating as _Grade

Schedule = Card
"""How well a card is known, and when it was seen and is to be seen again: what FSRS calls a card."""

Rating = Literal[1, 2, 3, 4]
"""How well a card was remembered."""

RATINGS: dict[Rating, str] = {1: "Again", 2: "Hard", 3: "Good", 4: "Easy"}
REMEMBERED: Rating = 2
"""The lowest rating that means that the answer was known."""

DAY_BEGINS = timedelta(hours=4)
"""After midnight: who learns past midnight still learns on the day before."""

_STEP = timedelta(minutes=10)
"""Until a card is seen again that was not known."""

# One step instead of the package's two: a new card that is known is done for today.
# Without fuzz the interval on a button is the one that it gives.
_scheduler = Scheduler(learning_steps=[_STEP], relearning_steps=[_STEP], enable_fuzzing=False)


def rated(before: Schedule | None, rating: Rating, now: datetime) -> Schedule:
    """A card's schedule after a rating.

    Args:
        before: its schedule until now; None for a new card.
        rating: how well it was remembered.
        now: the time, in the student's zone: FSRS counts days, and whether one has passed is for calendars to say.
            Who learns at nine one evening and at eight the next has slept over it.
    """
    now_utc, today = now.astimezone(UTC), _noon_of_day(now, now)
    if before is None:
        before = Schedule(card_id=0, due=today)  # without a due time or an id the package asks the clock
    elif before.last_review:
        before = replace(before, last_review=_noon_of_day(before.last_review, now))
    after, _ = _scheduler.review_card(before, _Grade(rating), today)
    return replace(after, last_review=now_utc, due=now_utc + (after.due - today))


def intervals(before: Schedule | None, now: datetime) -> dict[Rating, timedelta]:
    """How long until a card would be seen again, for each rating."""
    return {rating: rated(before, rating, now).due - now.astimezone(UTC) for rating in RATINGS}


def retrievability(schedule: Schedule, now: datetime) -> float:
    """How probable it is, from 0 to 1, that a card is remembered now."""
    if schedule.last_review is None:
        return 0.0
    on_days = replace(schedule, last_review=_noon_of_day(schedule.last_review, now))
    return float(_scheduler.get_card_retrievability(on_days, _noon_of_day(now, now)))


def is_learnt(schedule: Schedule) -> bool:
    """Whether a card was remembered the last time, so that days lie between its reviews; else it is minutes."""
    return schedule.state == State.Review


def is_due(schedule: Schedule, now: datetime, ahead: timedelta = timedelta(0)) -> bool:
    """Whether a card is to be seen now.

    Args:
        schedule: the card's.
        now: the time, in the student's zone.
        ahead: how much earlier a card that is still being learnt may come, when there is nothing else to do.

    Returns:
        A learnt card is due from the morning of its day on, whatever the hour it was learnt at.
    """
    if is_learnt(schedule):
        return day_of(schedule.due, now) <= day_of(now, now)
    return schedule.due <= now + ahead


def day_of(moment: datetime, now: datetime) -> date:
    """The student's day that a moment belongs to, in the zone of `now`."""
    return (moment.astimezone(now.tzinfo) - DAY_BEGINS).date()


def end_of_day(now: datetime) -> datetime:
    """When the student's day is over, in UTC."""
    tomorrow = datetime.combine(day_of(now, now) + timedelta(days=1), time(), now.tzinfo) + DAY_BEGINS
    return tomorrow.astimezone(UTC)


def in_words(interval: timedelta) -> str:
    """An interval as buttons say it: "10 min", "3 days", "2 months"."""
    minutes, days = interval / timedelta(minutes=1), interval / timedelta(days=1)
    if minutes < 59.5:
        return f"{max(1, round(minutes))} min"
    if days < 0.98:
        return f"{round(minutes / 60)} h"
    if days < 30.5:
        return _counted(round(days), "day")
    if days < 350:
        return _counted(round(days / 30.44, 1), "month")
    return _counted(round(days / 365.25, 1), "year")


def _counted(number: float, unit: str) -> str:
    return f"{number:g} {unit}" if number == 1 else f"{number:g} {unit}s"


def _noon_of_day(moment: datetime, now: datetime) -> datetime:
    """The student's day that a moment belongs to, as FSRS can count days: its noon, whatever the zone."""
    return datetime.combine(day_of(moment, now), time(12), UTC)
