"""A sitting: one go at reviewing, from its first card to the last. All that is known of it is in the library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lecture.learning.reviews import FIVE_MINUTES, Reviews
from lecture.learning.scheduled import Showing
from lecture.review import REMEMBERED


@dataclass(frozen=True)
class Sitting:
    """What is reviewed, and since when.

    Attributes:
        cards: those that are due, or the weakest ones.
        after: the number of the last rating before it began.
        lecture_id: of this lecture only; None for all.
    """

    cards: Literal["due", "weakest"]
    after: int
    lecture_id: str | None = None


@dataclass(frozen=True)
class Standing:
    """How far a sitting is.

    Attributes:
        showing: the card to be shown now; None when it is over.
        done: cards that are not asked for again in it.
        left: cards that are, the one to be shown among them.
        known: of the cards that were asked for, those that were known at once.
        rated: whether any rating was given in it.
    """

    showing: Showing | None
    done: int
    left: int
    known: int
    rated: bool


def standing(reviews: Reviews, sitting: Sitting, now: datetime) -> Standing:
    """Say how far a sitting is, from the ratings given in it and what is left to be seen."""
    given = reviews.given(sitting.after, sitting.lecture_id)
    first = {(one.lecture_id, one.card_id): one.rating for one in given}  # the first rating of a card comes last
    if sitting.cards == "weakest":
        left = reviews.weakest(now, max(0, FIVE_MINUTES - len(first)), without=first)
    else:
        left = reviews.due(now, lecture_id=sitting.lecture_id)
    return Standing(
        showing=left[0] if left else None,
        done=len(first.keys() - {showing.key for showing in left}),
        left=len(left),
        known=sum(rating >= REMEMBERED for rating in first.values()),
        rated=bool(given),
    )
