"""Spaced review: a card at a time, and how well it was known. Its address says which review it is, and survives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from html import escape
from pathlib import Path

import streamlit as st

from lecture.learning.reviews import FIVE_MINUTES, Counts, Recall
from lecture.learning.scheduled import Showing
from lecture.learning.sitting import Sitting, Standing, standing
from lecture.review import RATINGS, day_of, in_words, intervals
from views import session, shared
from views.player import play_button, player
from views.text import plain

_HERE = Path(__file__).parent
_ALL, _WEAKEST = "all", "weakest"
_DAYS_AHEAD, _WEEKS_BACK = 14, 12
_NUMBER_LENGTH = 15
"""Digits of the longest number that an address may name."""
_keys = st.components.v2.component(
    "review-keys",
    html="<span></span>",
    js=(_HERE / "review.js").read_text(encoding="utf-8"),
)


def reviewing() -> bool:
    """Whether the address asks for a review. One of all lectures is for the user of this computer alone."""
    asked = st.query_params.get("review")
    if asked is None:
        return False
    known = session.shows_library() if asked in (_ALL, _WEAKEST) else session.library().entry(asked) is not None
    if not known:
        del st.query_params["review"]
        st.info("There is nothing to review at this address. The lecture may have been deleted.")
    return known


def review_due() -> None:
    """First on the start page: how many cards are due, and the way to them; nothing where none is."""
    if not session.shows_library():
        return
    counts = session.reviews().counts(shared.now())
    with st.container():  # always there, so that a recording below it keeps its place
        if counts.due:
            with _offer(f"{_cards(counts.due)} due today"):
                st.button("Review", on_click=begin_review, args=(_ALL,), type="primary", icon=":material/school:")
                _five_minutes(counts)


def review_offer() -> None:
    """Above the lectures, where no card is due: when the next one is; nothing where there are no cards."""
    now = shared.now()
    counts = session.reviews().counts(now)
    if counts.due or not (counts.learnt or counts.new):
        return
    with _offer(f"no card is due. {_next(now, None)}"):
        st.button("How it goes", on_click=begin_review, args=(_ALL,))
        _five_minutes(counts)


@contextmanager
def _offer(says: str) -> Iterator[None]:
    """A line that says how the review stands, with the buttons that are made within."""
    with st.container(horizontal=True, vertical_alignment="center", border=True, key="review_offer"):
        st.markdown(f"**Review:** {says}", width="stretch")
        yield


def _five_minutes(counts: Counts) -> None:
    if counts.learnt:
        st.button("Five minutes", on_click=begin_review, args=(_WEAKEST,), help=_FIVE_MINUTES)


_FIVE_MINUTES = f"The {FIVE_MINUTES} cards that you are most likely to have forgotten, whenever they are due."


def lecture_review_offer(lecture_id: str) -> None:
    """Above a lecture's cards: how many of them are due, and the way to their review."""
    counts = session.reviews().counts(shared.now(), lecture_id)
    if not counts.due and not counts.learnt:
        return
    due = f"{_cards(counts.due)} due today" if counts.due else f"no card is due. {_next(shared.now(), lecture_id)}"
    with _offer(due):
        label = "Review these cards" if counts.due else "How it goes"
        st.button(label, on_click=begin_review, args=(lecture_id,), icon=":material/school:")


def begin_review(what: str) -> None:
    """Go to a review: "all", "weakest", or a lecture's id. Called before a page's run."""
    after = session.reviews().latest()
    session.clear({"review": what, "after": str(after)})


def review_view() -> None:
    """Show the card that is next, or how the review went."""
    st.html(_HERE / "review.css")
    sitting, now = _sitting(), shared.now()
    stands = standing(session.reviews(), sitting, now)
    st.title(_title(sitting), anchor=False)
    if stands.showing:
        st.progress(stands.done / (stands.done + stands.left), f"{stands.done + 1} of {stands.done + stands.left}")
        _show(stands.showing, sitting, now)
    else:
        _ending(stands, sitting, now)
    with st.container(horizontal=True):
        if stands.rated:
            undo = (sitting.after, sitting.lecture_id)
            label = "Undo &nbsp; `U`"
            st.button(label, key="review_undo", on_click=session.undo_rating, args=undo, icon=":material/undo:")
        leave = "Finish" if stands.showing else "Back to the lecture" if sitting.lecture_id else "Back to the start"
        st.button(leave, on_click=_leave, args=(sitting,), icon=":material/arrow_back:")
    _keys(key="review-keys", data={"state": _state(stands.showing)})


def _sitting() -> Sitting:
    """The review that the address names, which anybody may have written."""
    asked, said = st.query_params["review"], st.query_params.get("after", "")
    after = int(said) if said.isdecimal() and len(said) <= _NUMBER_LENGTH else 0
    if asked == _WEAKEST:
        return Sitting("weakest", after)
    return Sitting("due", after, None if asked == _ALL else asked)


def _title(sitting: Sitting) -> str:
    if sitting.cards == "weakest":
        return "Five minutes"
    entry = session.library().entry(sitting.lecture_id) if sitting.lecture_id else None
    return f"Review: {plain(entry.title)}" if entry else "Review"


def _leave(sitting: Sitting) -> None:
    if sitting.lecture_id:
        session.open_lecture(sitting.lecture_id)
    else:
        session.clear()


# ----------------------------------------------------------------------------------------------- a card


def _show(showing: Showing, sitting: Sitting, now: datetime) -> None:
    """The question; and once it is asked for, the answer with what it rests on."""
    shown, answered = _shown(showing), _is_answered(showing)
    with st.container(border=True):
        where = "" if sitting.lecture_id else f"<small>{escape(showing.title)}</small>"
        parts = [f"<h2>{escape(showing.card.question)}</h2>{where}"]
        if answered:
            parts.append(_answer(showing))
        # One element that stays: a screen reader says what is new in it.
        st.html(f'<div class="review" aria-live="polite">{"".join(parts)}</div>')
        if answered:
            _play(showing)
    if answered:
        _ratings(showing, now)
    else:
        with st.container(key="review_answer"):
            label = "Show answer &nbsp; `Space`"
            st.button(label, on_click=_answer_shown, args=(shown,), type="primary", width="stretch")


def _shown(showing: Showing) -> tuple[str, str, str | None]:
    """What tells this showing of a card from all others."""
    return (*showing.key, showing.state)


def _is_answered(showing: Showing) -> bool:
    return bool(st.session_state.get("review_answered") == _shown(showing))


def _state(showing: Showing | None) -> str:
    """Another one after everything that a key does."""
    return repr((_shown(showing), _is_answered(showing))) if showing else "over"


def _answer_shown(shown: tuple[str, str, str | None]) -> None:
    st.session_state.review_answered = shown


def _answer(showing: Showing) -> str:
    """HTML of the answer, the lecture's words, and their moment."""
    evidence = showing.card.evidence
    said = f" <q>{escape(evidence.quote)}</q>" if evidence.quote and evidence.quote != showing.card.answer else ""
    play = play_button(evidence.start) if _recorded(showing) else ""
    link = session.link(showing.lecture_id, evidence.start, "Open the lecture")
    return f'<p class="answer">{escape(showing.card.answer)}</p><p class="said">{play}{said} <span>{link}</span></p>'


def _recorded(showing: Showing) -> bool:
    entry = session.library().entry(showing.lecture_id)
    return entry is not None and entry.source.recording is not None


def _play(showing: Showing) -> None:
    """The recording of the card's lecture, at its moment."""
    if entry := session.library().entry(showing.lecture_id):
        player(entry.source, entry.id, showing.card.evidence.start)


def _ratings(showing: Showing, now: datetime) -> None:
    schedule = showing.schedule
    after = intervals(schedule, now)
    seen = schedule.last_review if schedule else None
    with st.container(horizontal=True, key="review_ratings"):
        for rating, name in RATINGS.items():
            st.button(
                f"**{name}** · {in_words(after[rating])} &nbsp; `{rating}`",
                key=f"rate {rating} {showing.key} {seen}",  # of this showing: no press counts for another
                on_click=session.rate,
                args=(showing, rating),
                width="stretch",
            )


# ----------------------------------------------------------------------------------------------- how it goes


def _ending(stands: Standing, sitting: Sitting, now: datetime) -> None:
    """What was done, when there is more, and how it goes."""
    if stands.done:
        st.success(
            f"Done: {_cards(stands.done)} reviewed, {stands.known} of them known at once.",
            icon=":material/check_circle:",
        )
    else:
        st.info("There is nothing to review now.", icon=":material/check_circle:")
    st.markdown(_next(now, sitting.lecture_id))
    _ahead(now, sitting.lecture_id)
    _retention(now, sitting.lecture_id)


def _ahead(now: datetime, lecture_id: str | None) -> None:
    due = session.reviews().forecast(now, _DAYS_AHEAD, lecture_id)
    st.subheader("Due in the next two weeks", anchor=False)
    if not any(cards for _, cards in due):
        st.caption("No card that you reviewed comes back in these days.")
        return
    days = [_day(day) for day, _ in due]
    st.bar_chart(
        {"Day": days, "Cards": [cards for _, cards in due]}, x="Day", y="Cards", color="primary", height=220, sort=False
    )
    said = ", ".join(f"{_named(day, now)}: {cards}" for day, cards in due if cards)
    st.caption(f"{said[0].upper()}{said[1:]}.")


def _retention(now: datetime, lecture_id: str | None) -> None:
    weeks = session.reviews().retention(now, 7 * _WEEKS_BACK, step=7, lecture_id=lecture_id)
    if not weeks:
        return
    st.subheader("Remembered", anchor=False)
    if len(weeks) > 1:
        shares = {"Week from": [one.day for one in weeks], "Remembered, %": [_percent(one) for one in weeks]}
        st.line_chart(shares, x="Week from", y="Remembered, %", color="primary", height=220)
    said = (f"from {_day(one.day)}: {one.remembered} of {one.asked}, {_percent(one)} %" for one in weeks)
    st.caption(f"What you had learnt and still knew when you were asked, by weeks: {'; '.join(said)}.")


def _percent(recall: Recall) -> int:
    return round(100 * recall.remembered / recall.asked)


def _next(now: datetime, lecture_id: str | None) -> str:
    """When cards are due next."""
    found = session.reviews().next_due(now, lecture_id)
    if found is None:
        return ""
    day, cards = found
    return f"Next: {_cards(cards)} {_named(day, now)}."


def _cards(number: int) -> str:
    return "1 card" if number == 1 else f"{number} cards"


def _named(day: date, now: datetime) -> str:
    """A day as one says it."""
    days = (day - day_of(now, now)).days
    return {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days, f"on {_day(day)}")


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"
