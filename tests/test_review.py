"""Spaced review: months of it, with the time as a parameter."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from lecture.columns import CARDS
from lecture.database import CardStateRow, LectureRow, RatingRow, lecture_row
from lecture.errors import LectureError
from lecture.flashcards import Flashcard
from lecture.learning.deck import Deck, store_cards
from lecture.learning.reviews import FIVE_MINUTES, NEW_A_DAY, Counts, Recall, Reviews
from lecture.learning.scheduled import Showing, as_stored, cards_by_id
from lecture.learning.sitting import Sitting, standing
from lecture.library import Library
from lecture.notes import Evidence
from lecture.process import Settings
from lecture.proposals import Proposals
from lecture.review import (
    RATINGS,
    Rating,
    Schedule,
    day_of,
    end_of_day,
    in_words,
    intervals,
    is_due,
    rated,
    retrievability,
)
from tests.fixtures.lectures import said

NOW = datetime(2026, 3, 4, 18, 0, tzinfo=UTC)
DAY = timedelta(days=1)
AGAIN, HARD, GOOD, EASY = RATINGS


@pytest.fixture
def library(tmp_path, database) -> Library:
    return Library(folder=tmp_path / "library")


@pytest.fixture
def reviews(library) -> Reviews:
    return Reviews(library)


def taught(library: Library, *cards: str) -> str:
    """A lecture with these cards; its id."""
    lecture_id = said(library, f"Everything about {cards[0]} was said.", name=f"{cards[0]}.srt").id
    hold(library, lecture_id, *cards)
    return lecture_id


def hold(library: Library, lecture_id: str, *cards: str) -> None:
    """Let a lecture have these cards and no others."""
    made = [Flashcard(f"{id_}?", f"{id_}!", Evidence(f"{id_}.", i, i + 1.0), id=id_) for i, id_ in enumerate(cards)]
    with library.transaction() as session:
        store_cards(lecture_row(session, lecture_id), made)


def ids(showings: list[Showing]) -> list[str]:
    return [showing.card.id for showing in showings]


def rate(reviews: Reviews, card_id: str, rating: Rating, now: datetime = NOW) -> None:
    """Rate a card of any lecture, due or not."""
    everything = [*reviews.due(now), *reviews.weakest(now, 1000)]
    showing = next(showing for showing in everything if showing.card.id == card_id)
    assert reviews.rate(*showing.key, rating, now, showing.state)


def after(*ratings: Rating, now: datetime = NOW) -> Schedule:
    """A card's schedule, each rating given when it was due."""
    schedule = None
    for rating in ratings:
        schedule = rated(schedule, rating, schedule.due if schedule else now)
    return schedule


def everything_stored(library: Library) -> tuple[list[tuple], list[tuple]]:
    with library.transaction() as session:
        states = [(row.lecture, row.card, row.state, row.due) for row in session.query(CardStateRow)]
        ratings = [(row.number, row.card, row.rating, row.rated, row.before) for row in session.query(RatingRow)]
    return sorted(states), sorted(ratings)


# ------------------------------------------------------------------------------------------- when to see a card again


def test_what_is_known_is_asked_less_and_less_often():
    spans, schedule, now = [], None, NOW
    for _ in range(7):
        schedule = rated(schedule, GOOD, now)
        spans.append(schedule.due - now)
        now = schedule.due
    assert all(later > 1.2 * earlier for earlier, later in pairwise(spans))
    assert DAY <= spans[0] <= 4 * DAY
    assert spans[-1] > 365 * DAY


def test_what_was_forgotten_comes_back_at_once_and_then_sooner_than_before():
    known = after(GOOD, GOOD, GOOD)
    forgotten = rated(known, AGAIN, known.due)
    assert forgotten.due - known.due == timedelta(minutes=10)
    learnt_again = rated(forgotten, GOOD, forgotten.due)
    assert DAY <= learnt_again.due - forgotten.due < (known.due - known.last_review) / 2
    assert rated(learnt_again, GOOD, learnt_again.due).due - learnt_again.due > DAY  # and grows anew


@pytest.mark.parametrize("ratings", [(), (AGAIN,), (GOOD,), (GOOD, GOOD, GOOD), (GOOD, EASY, AGAIN)])
def test_the_better_a_card_was_known_the_longer_until_it_is_asked_again(ratings):
    before = after(*ratings) if ratings else None
    now = before.due if before else NOW
    spans = intervals(before, now)
    assert list(spans) == [1, 2, 3, 4]
    assert spans[AGAIN] < spans[HARD] < spans[GOOD] <= spans[EASY]
    assert all(rated(before, rating, now).due == now + span for rating, span in spans.items())


def test_a_rating_changes_no_schedule_but_gives_another():
    known = after(GOOD)
    before = known.to_json()
    assert rated(known, EASY, known.due).to_json() != before
    assert known.to_json() == before == after(GOOD).to_json()  # nothing random


def test_memory_fades_from_day_to_day_and_the_slower_the_more_often_it_was_asked():
    once, thrice = after(GOOD), after(GOOD, GOOD, GOOD)
    fading = [retrievability(once, once.last_review + days * DAY) for days in range(60)]
    assert fading == sorted(fading, reverse=True)
    assert fading[0] == 1.0
    assert 0.85 < retrievability(once, once.due) < 0.95
    assert retrievability(thrice, thrice.last_review + 30 * DAY) > fading[30]


def test_who_learns_a_little_earlier_every_evening_has_slept_over_it_all_the_same():
    now, schedule = NOW, after(HARD, GOOD)
    assert schedule.due - schedule.last_review < 3 * DAY
    earlier = schedule.due - timedelta(hours=3)
    assert is_due(schedule, earlier)
    assert rated(schedule, GOOD, earlier).stability == rated(schedule, GOOD, schedule.due).stability
    assert rated(schedule, GOOD, earlier).due.date() == rated(schedule, GOOD, schedule.due).due.date()
    assert not is_due(schedule, now)


def test_a_learnt_card_is_due_from_the_morning_on_and_the_morning_is_the_students_own():
    tokyo = ZoneInfo("Asia/Tokyo")
    schedule = rated(None, EASY, datetime(2026, 3, 4, 21, 0, tzinfo=tokyo))
    day = day_of(schedule.due, datetime.now(tokyo))
    assert not is_due(schedule, datetime(day.year, day.month, day.day, 3, 59, tzinfo=tokyo))
    assert is_due(schedule, datetime(day.year, day.month, day.day, 4, 0, tzinfo=tokyo))
    # At that moment it is still the evening before in New York, where it is no new day yet.
    assert not is_due(schedule, datetime(day.year, day.month, day.day, 4, 0, tzinfo=tokyo).astimezone(UTC))


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "Pacific/Kiritimati", "UTC"])
def test_schedules_are_kept_in_utc_whatever_the_students_zone(zone):
    here = rated(after(GOOD), GOOD, (NOW + 3 * DAY).astimezone(ZoneInfo(zone)))
    assert here.due.utcoffset() == here.last_review.utcoffset() == timedelta(0)
    assert here.last_review == NOW + 3 * DAY
    assert Schedule.from_json(here.to_json()) == here


def test_a_clock_that_was_set_back_breaks_nothing():
    schedule = after(GOOD, GOOD)
    before = schedule.last_review - 30 * DAY
    assert retrievability(schedule, before) == 1.0
    for rating in RATINGS:
        again = rated(schedule, rating, before)
        assert before < again.due < before + 100 * DAY
        assert again.last_review == before


def test_the_days_of_a_summer_time_change_are_days():
    berlin = ZoneInfo("Europe/Berlin")
    evening = datetime(2026, 3, 28, 22, 0, tzinfo=berlin)
    assert end_of_day(evening) == datetime(2026, 3, 29, 2, 0, tzinfo=UTC)
    assert day_of(datetime(2026, 3, 29, 1, 30, tzinfo=UTC), evening) == date(2026, 3, 28)


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        (timedelta(seconds=20), "1 min"),
        (timedelta(minutes=10), "10 min"),
        (timedelta(minutes=59.8), "1 h"),
        (timedelta(hours=5), "5 h"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=3), "3 days"),
        (timedelta(days=30), "30 days"),
        (timedelta(days=31), "1 month"),
        (timedelta(days=61), "2 months"),
        (timedelta(days=75), "2.5 months"),
        (timedelta(days=351), "1 year"),
        (timedelta(days=800), "2.2 years"),
    ],
)
def test_intervals_are_said_in_words(interval, words):
    assert in_words(interval) == words


# ------------------------------------------------------------------------------------------- what is due


def test_months_of_studying_two_lectures(library, reviews):
    """A student who sits down every evening, and forgets one card in eight."""
    taught(library, *(f"cell {i}" for i in range(15)))
    taught(library, *(f"lever {i}" for i in range(15)))
    shown, waited = [], []
    for evening in range(120):
        now, count = NOW + evening * DAY - timedelta(minutes=7 * (evening % 9)), 0
        while showings := reviews.due(now, limit=1):
            assert count < 200, "the evening never ends"
            schedule = showings[0].schedule
            if schedule and schedule.step is None:
                waited.append(day_of(now, now) - day_of(schedule.due, now))
            rating = AGAIN if (evening * 31 + count * 7) % 8 == 0 else GOOD
            assert reviews.rate(*showings[0].key, rating, now, showings[0].state)
            now, count = now + timedelta(seconds=20), count + 1
        shown.append(count)
    assert set(waited) == {timedelta(0)}  # every card on its day
    assert shown[0] > NEW_A_DAY > shown[1]
    assert sum(shown[-30:]) < sum(shown[:30]) / 2  # it becomes less and less
    assert reviews.counts(NOW + 120 * DAY).learnt == 30
    recalled = reviews.retention(NOW + 119 * DAY, days=120)
    assert 0.8 < sum(one.remembered for one in recalled) / sum(one.asked for one in recalled) < 0.95


def test_what_has_been_due_longest_comes_first_then_new_cards_then_what_is_still_being_learnt(library, reviews):
    first = taught(library, "a", "b", "c")
    rate(reviews, "a", EASY)
    rate(reviews, "b", GOOD)
    later = NOW + 20 * DAY
    rate(reviews, "c", AGAIN, later)
    taught(library, "d")
    assert ids(reviews.due(later)) == ["b", "a", "d", "c"]
    assert ids(reviews.due(later, limit=2)) == ["b", "a"]
    assert ids(reviews.due(later, lecture_id=first)) == ["b", "a", "c"]


def test_new_cards_are_those_of_the_lecture_studied_last_and_only_so_many_a_day(library, reviews):
    old = taught(library, *(f"old {i}" for i in range(30)))
    taught(library, *(f"new {i}" for i in range(30)))
    assert ids(reviews.due(NOW)) == [f"new {i}" for i in range(NEW_A_DAY)]
    showing = reviews.due(NOW, lecture_id=old)[0]
    reviews.rate(*showing.key, GOOD, NOW, showing.state)
    assert ids(reviews.due(NOW)) == [f"old {i}" for i in range(1, NEW_A_DAY)]
    assert len(reviews.due(NOW, lecture_id=old)) == 29  # who asks for a lecture gets all of it
    tomorrow = NOW + DAY
    assert len(reviews.due(tomorrow)) == NEW_A_DAY
    assert reviews.counts(NOW) == Counts(due=NEW_A_DAY - 1, new=59, learnt=1)


def test_deleted_cards_and_lectures_vanish_and_what_comes_back_is_still_known(library, reviews):
    kept, gone = taught(library, "a", "b"), taught(library, "c")
    for card in "abc":
        rate(reviews, card, GOOD)
    later = NOW + 10 * DAY
    for card in "abc":
        rate(reviews, card, GOOD, later)
    Deck(library).delete(kept, "b")
    library.delete(gone)
    assert ids(reviews.weakest(later)) == ["a"]
    assert ids(reviews.due(later + 300 * DAY)) == ["a"]
    assert reviews.counts(later) == Counts(due=0, new=0, learnt=1)
    assert sum(cards for _, cards in reviews.forecast(later, 365)) == 1
    assert reviews.retention(later) == [Recall(later.date(), 1, 1)]
    assert [one.card_id for one in reviews.given(0)] == ["a", "a"]
    hold(library, kept, "b", "a")
    assert reviews.counts(later) == Counts(due=0, new=0, learnt=2)
    assert [one.card_id for one in reviews.given(0)] == ["b", "a", "b", "a"]


def test_an_edited_card_keeps_its_schedule(library, reviews):
    lecture = taught(library, "a")
    rate(reviews, "a", EASY)
    before = reviews.weakest(NOW)[0]
    Deck(library).edit(lecture, "a", "Another question?", "Another answer.")
    after_ = reviews.weakest(NOW)[0]
    assert after_.state == before.state
    assert after_.card.question == "Another question?"
    assert reviews.due(NOW) == []


def test_cards_of_a_proposal_are_not_asked(library, reviews):
    lecture = taught(library, "a")
    Proposals(library).write_again(lecture, Settings(), NOW)
    with library.transaction() as session:
        row = session.query(LectureRow).filter(LectureRow.proposal_for.is_not(None)).one()
        store_cards(row, [Flashcard("p?", "p!", Evidence("", 0, 0), id="p")])
    assert ids(reviews.due(NOW)) == ["a"]


def test_the_weakest_are_those_most_likely_forgotten_whenever_they_are_due(library, reviews):
    taught(library, "a", "b", "c", "never seen")
    rate(reviews, "a", EASY)
    rate(reviews, "b", HARD)
    rate(reviews, "c", GOOD)
    now = NOW + DAY
    assert ids(reviews.weakest(now)) == ["b", "c", "a"]
    assert ids(reviews.weakest(now, limit=1)) == ["b"]
    without = {reviews.weakest(now)[0].key}
    assert ids(reviews.weakest(now, without=without)) == ["c", "a"]


# ------------------------------------------------------------------------------------------- rating, undoing


def test_undo_restores_exactly_any_number_of_times_back(library, reviews):
    taught(library, "a", "b")
    stations = [everything_stored(library)]
    now = NOW
    for card, rating in (("a", GOOD), ("b", AGAIN), ("b", GOOD), ("a", AGAIN), ("a", EASY)):
        rate(reviews, card, rating, now)
        stations.append(everything_stored(library))
        now += 5 * DAY if card == "b" and rating == GOOD else timedelta(minutes=12)
    for station in reversed(stations[:-1]):
        assert reviews.undo()
        assert everything_stored(library) == station
    assert not reviews.undo()


def test_undo_stays_within_its_sitting_and_its_lecture(library, reviews):
    one, other = taught(library, "a", "b"), taught(library, "c")
    rate(reviews, "a", GOOD)
    began = reviews.latest()
    assert not reviews.undo(began)
    rate(reviews, "b", GOOD)
    rate(reviews, "c", GOOD)
    assert reviews.undo(began, one)
    assert [given.card_id for given in reviews.given(0)] == ["c", "a"]
    assert not reviews.undo(began, one)
    assert [given.card_id for given in reviews.given(began, other)] == ["c"]
    assert reviews.undo(began)
    rate(reviews, "b", GOOD)
    assert [given.card_id for given in reviews.given(began)] == ["b"]  # numbers are never given twice


def test_a_showing_is_rated_once_in_however_many_tabs(library, reviews):
    taught(library, "a")
    elsewhere = Reviews(Library(folder=library.folder))
    for now in (NOW, NOW + 10 * DAY):
        here, there = reviews.due(now)[0], elsewhere.due(now)[0]
        assert reviews.rate(*here.key, GOOD, now, here.state)
        stored = everything_stored(library)
        assert not elsewhere.rate(*there.key, AGAIN, now, there.state)
        assert everything_stored(library) == stored
    assert len(stored[1]) == 2


def test_of_many_who_rate_at_the_same_moment_one_is_heard(library, reviews):
    taught(library, "a")
    for now in (NOW, NOW + 30 * DAY):
        showing, before = reviews.due(now)[0], len(everything_stored(library)[1])
        with ThreadPoolExecutor(8) as many:
            heard = list(many.map(lambda _: reviews.rate(*showing.key, GOOD, now, showing.state), range(16)))  # noqa: B023
        assert heard.count(True) == 1
        assert len(everything_stored(library)[1]) == before + 1


def test_what_is_not_there_cannot_be_rated(library, reviews):
    lecture = taught(library, "a")
    assert not reviews.rate("no such lecture", "a", GOOD, NOW, None)
    assert not reviews.rate(lecture, "no such card", GOOD, NOW, None)
    for rating in (0, 5, -1):
        with pytest.raises(LectureError):
            reviews.rate(lecture, "a", rating, NOW, None)
    assert everything_stored(library) == ([], [])


def test_history_outlasts_a_restart(library, reviews):
    taught(library, "a", "b")
    rate(reviews, "a", GOOD)
    rate(reviews, "b", AGAIN)
    before, counts = everything_stored(library), reviews.counts(NOW)
    library.close()
    again = Library(folder=library.folder)
    assert everything_stored(again) == before
    assert Reviews(again).counts(NOW) == counts
    assert Reviews(again).undo()


def test_reviews_in_other_zones_and_after_a_clock_was_set_back_are_in_order(library, reviews):
    taught(library, "a", "b")
    rate(reviews, "a", GOOD, NOW.astimezone(timezone(timedelta(hours=14))))
    rate(reviews, "b", GOOD, NOW.astimezone(timezone(timedelta(hours=-11))))
    states, ratings = everything_stored(library)
    assert [when for *_, when, _ in ratings] == [as_stored(NOW)] * 2 == ["2026-03-04T18:00:00+00:00"] * 2
    assert [due for *_, due in states] == [as_stored(NOW + 2 * DAY)] * 2
    rate(reviews, "a", GOOD, NOW - 40 * DAY)
    assert [one.card_id for one in reviews.given(0)] == ["a", "b", "a"]
    assert reviews.undo()
    assert everything_stored(library)[0] == states


# ------------------------------------------------------------------------------------------- how it goes


def test_the_forecast_counts_every_card_on_its_day_and_the_overdue_today(library, reviews):
    taught(library, "a", "b", "c", "d")
    for card, rating in (("a", AGAIN), ("b", GOOD), ("c", EASY), ("d", EASY)):
        rate(reviews, card, rating)
    assert [cards for _, cards in reviews.forecast(NOW, 10)] == [1, 0, 1, 0, 0, 0, 0, 0, 2, 0]
    assert reviews.forecast(NOW, 1) == [(NOW.date(), 1)]
    assert [cards for _, cards in reviews.forecast(NOW + 3 * DAY, 3)] == [2, 0, 0]
    assert reviews.next_due(NOW) == (NOW.date() + 2 * DAY, 1)
    assert reviews.next_due(NOW + 2 * DAY) == (NOW.date() + 8 * DAY, 2)
    assert reviews.next_due(NOW + 9 * DAY) is None
    assert reviews.forecast(NOW, 3, "no such lecture") == [(NOW.date() + days * DAY, 0) for days in range(3)]


def test_retention_counts_what_was_learnt_and_asked_for_again(library, reviews):
    taught(library, "a", "b", "c")
    for card in "abc":
        rate(reviews, card, GOOD)  # met, not remembered
    assert reviews.retention(NOW) == []
    later = NOW + 2 * DAY
    rate(reviews, "a", HARD, later)
    rate(reviews, "b", AGAIN, later)
    rate(reviews, "b", GOOD, later)  # learnt again in the same sitting
    rate(reviews, "c", GOOD, later + DAY)
    days = [Recall(later.date(), 1, 2), Recall(later.date() + DAY, 1, 1)]
    assert reviews.retention(later + DAY) == days
    assert reviews.retention(later + DAY, days=1) == days[1:]
    assert reviews.retention(later + DAY, days=7, step=7) == [Recall(later.date() - 5 * DAY, 2, 3)]
    assert reviews.retention(later + 40 * DAY) == []


# ------------------------------------------------------------------------------------------- a sitting


def test_a_sitting_goes_from_its_first_card_to_its_last_and_counts_each_once(library, reviews):
    lecture = taught(library, "a", "b", "c")
    sitting = Sitting("due", reviews.latest(), lecture)
    stands = standing(reviews, sitting, NOW)
    assert (stands.done, stands.left, stands.rated) == (0, 3, False)
    places = []
    for rating in (AGAIN, GOOD, EASY, GOOD):
        stands = standing(reviews, sitting, NOW)
        places.append((stands.showing.card.id, stands.done, stands.left))
        reviews.rate(*stands.showing.key, rating, NOW, stands.showing.state)
    assert places == [("a", 0, 3), ("b", 0, 3), ("c", 1, 2), ("a", 2, 1)]
    over = standing(reviews, sitting, NOW)
    assert (over.showing, over.done, over.left, over.known, over.rated) == (None, 3, 0, 2, True)
    assert reviews.undo(sitting.after, lecture)
    assert standing(reviews, sitting, NOW).showing.card.id == "a"


def test_five_minutes_are_so_many_cards_each_once(library, reviews):
    taught(library, *(f"card {i}" for i in range(FIVE_MINUTES + 5)))
    for evening in range(2):
        for showing in reviews.due(NOW + evening * DAY):
            reviews.rate(*showing.key, EASY, NOW + evening * DAY, showing.state)
    now = NOW + 3 * DAY
    assert reviews.due(now) == []
    sitting, seen = Sitting("weakest", reviews.latest()), []
    while (stands := standing(reviews, sitting, now)).showing:
        assert stands.done + stands.left == FIVE_MINUTES
        seen.append(stands.showing.card.id)
        reviews.rate(*stands.showing.key, AGAIN if len(seen) % 2 else GOOD, now, stands.showing.state)
    assert len(set(seen)) == len(seen) == FIVE_MINUTES
    assert stands.known == FIVE_MINUTES / 2


def test_five_minutes_end_earlier_where_there_are_fewer_cards(library, reviews):
    taught(library, "a", "b", "never seen")
    rate(reviews, "a", GOOD)
    rate(reviews, "b", AGAIN)
    sitting = Sitting("weakest", reviews.latest())
    for left in (2, 1):
        stands = standing(reviews, sitting, NOW)
        assert stands.left == left
        reviews.rate(*stands.showing.key, AGAIN, NOW, stands.showing.state)
    assert standing(reviews, sitting, NOW).showing is None


def test_ten_thousand_cards_are_no_burden(library, reviews):
    with library.transaction() as session:
        for number in range(100):
            cards = tuple(
                Flashcard(f"What is {i}?", "It is so. " * 10, Evidence("So it was said. " * 10, i, i + 1.0), id=f"{i}")
                for i in range(100)
            )
            row = LectureRow(id=f"{number}", title="Lecture", created=NOW.isoformat(), fingerprint="", settings="{}")
            row.state, row.progress, row.flashcards = "ready", "{}", CARDS.dump_json(cards).decode()
            session.add(row)
            session.flush()
            known = ((i, rated(after(GOOD, GOOD), GOOD, NOW - i * DAY)) for i in range(80))
            session.add_all(
                CardStateRow(lecture=row.number, card=f"{i}", state=state.to_json(), due=as_stored(state.due))
                for i, state in known
            )
    assert len(reviews.due(NOW)) > 1000
    parsed, took = cards_by_id.cache_info().misses, []
    for _ in range(5):
        began = time.process_time()
        reviews.due(NOW, limit=50)
        took.append(time.process_time() - began)
    assert cards_by_id.cache_info().misses == parsed  # cards that did not change are not parsed again
    assert min(took) < 0.4  # seconds; a tenth of one on a machine that does nothing else
