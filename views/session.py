"""What one browser tab knows: its slots, initialised and cleared here and nowhere else. What lasts is in a library."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import escape
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

import models
from lecture.asking.conversations import Conversations
from lecture.errors import LectureError
from lecture.learning.deck import Deck
from lecture.learning.quizzes import Quizzes
from lecture.learning.reviews import Reviews
from lecture.learning.scheduled import Showing
from lecture.library import Entry, Library, new_id
from lecture.live.captions import LiveCaptions
from lecture.process import Settings
from lecture.proposals import Proposals
from lecture.source import Source
from lecture.takes import Takes
from lecture.transcript import format_time
from views import shared, visitor

SLOTS = (
    "audio_data",  # the lecture's `Source`: its files on disk
    "file_name",
    "transcription",  # its `Transcript`, once it is ready; likewise `Notes` and cards
    "summary",
    "flashcards",
    "rejected",  # how many cards were not good enough, by reason
    "lecture_id",  # its id in the library
    "title",
    "finished",  # when it became ready
    "moment",  # seconds to begin at, where a search led here
)


def initialise() -> None:
    """Give a new tab its empty slots, and open the lecture that the address names."""
    for slot in SLOTS:
        st.session_state.setdefault(slot, None)
    st.session_state.setdefault("visit", 0)
    st.session_state.setdefault("message", None)
    st.session_state.setdefault("endpoint_key", None)  # of the endpoint that writes: kept for this tab, never stored
    asked = st.query_params.get("lecture")
    if asked and asked != st.session_state.lecture_id:
        open_lecture(asked, _seconds(st.query_params.get("at")))
    elif st.session_state.lecture_id and entry() is None:
        clear()
        st.session_state.message = "This lecture was deleted."
    elif st.session_state.lecture_id and not asked:
        _follow_back()


_SETTLES_S = 2.0
"""Seconds within which the browser may still ask for the page with the address of before."""


def _follow_back() -> None:
    """The address no longer names the lecture: the browser's Back leads away from it, or has not heard of it yet."""
    if time.monotonic() - st.session_state.opened < _SETTLES_S:
        st.query_params.from_dict({"lecture": st.session_state.lecture_id})
    else:
        _empty()


def clear(address: Mapping[str, str] | None = None) -> None:
    """Start over: empty the slots; the lecture stays in the library.

    Args:
        address: what the page's address says from now on: one step for the browser's Back.
    """
    _empty()
    st.query_params.from_dict(address or {})


def _empty() -> None:
    """Empty the slots.

    `visit` is part of the input widgets' keys: with a new one they do not deliver the old file again.
    """
    for slot in SLOTS:
        st.session_state[slot] = None
    st.session_state.visit += 1


def key(name: str) -> str:
    """A widget key that is new after every "Start over"."""
    return f"{name}-{st.session_state.visit}"


def begin(source: Source, settings: Settings) -> None:
    """Take a lecture in; one that is known already is opened as it is."""
    lecture_id = _new_work()
    entry, new = library().add(source, settings, shared.now(), lecture_id)
    shared.worker().wake()
    if not new:
        shared.worker().keys.pop(lecture_id, None)
        st.session_state.message = "You have this lecture already: here it is."
    open_lecture(entry.id)


def open_lecture(lecture_id: str, moment: float | None = None) -> None:
    """Show a lecture of the library, whatever its state."""
    entry = library().entry(lecture_id)
    if entry is None:
        clear()
        st.session_state.message = "There is no lecture at this address. It may have been deleted."
        return
    clear({"lecture": entry.id})
    st.session_state.update(
        audio_data=entry.source,
        file_name=entry.source.main.name,
        lecture_id=entry.id,
        title=entry.title,
        moment=moment,
        opened=time.monotonic(),
    )
    if entry.state == "ready":
        take_results()


def link(other_lecture: str, seconds: float, label: str) -> str:
    """HTML of a link to a moment of another lecture."""
    address = f"?{urlencode({'lecture': other_lecture, 'at': f'{seconds:.2f}'})}"
    return f'<a href="{escape(address)}" target="_self">{escape(label)}, {format_time(seconds)}</a>'


def _seconds(said: str | None) -> float | None:
    """A moment from an address, which anybody may have written."""
    try:
        seconds = float(said or "")
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None


def entry() -> Entry | None:
    """This tab's lecture, as it stands now; None once it was deleted."""
    return library().entry(st.session_state.lecture_id) if st.session_state.lecture_id else None


def take_results() -> None:
    """Fill the slots; from now on nothing is computed again."""
    lecture = library().lecture(st.session_state.lecture_id)
    if lecture is None:
        return
    st.session_state.transcription = lecture.transcript
    st.session_state.summary = lecture.notes
    st.session_state.flashcards = lecture.flashcards
    st.session_state.rejected = dict(lecture.rejected)
    st.session_state.finished = library().finished(st.session_state.lecture_id)


def cancel() -> None:
    """Stop this tab's lecture; what was recognised stays in the library. Called before a page's run."""
    with _telling():
        library().cancel(st.session_state.lecture_id)
        clear()


def finish_recording() -> None:
    """End this tab's recording, whose recorder has gone; what arrived of it becomes the lecture."""
    with _telling():
        takes().end(lecture_id(), None, None, shared.now())


def try_again(settings: Settings) -> None:
    """Put this tab's lecture back in line; what could not be downloaded is asked for again."""
    models.forget()
    with _telling():
        shared.worker().keys[lecture_id()] = st.session_state.endpoint_key
        library().try_again(lecture_id(), settings)
        shared.worker().wake()


def remember(settings: Settings) -> None:
    """Have what is chosen now offered at the next visit, where only the user of this computer sees the page."""
    if shows_library() and settings != st.session_state.start_settings:
        st.session_state.start_settings = settings
        with _telling():
            library().prefer(settings)


def transcribe_again(settings: Settings) -> None:
    """Have this tab's lecture recognised anew, as a proposal beside what is there."""
    models.forget()
    with _telling():
        proposals().transcribe_again(lecture_id(), settings, shared.now(), _new_work())
        shared.worker().wake()


def write_again(settings: Settings) -> None:
    """Have the notes and cards of this tab's lecture written anew, as a proposal beside what is there."""
    models.forget()
    with _telling():
        proposals().write_again(lecture_id(), settings, shared.now(), _new_work())
        shared.worker().wake()


def bring_back(version: int) -> None:
    """Let an earlier version of this tab's lecture, and what there is now, change places."""
    with _telling():
        proposals().bring_back(lecture_id(), version)
        take_results()


def correct(number: int, before: str, text: str) -> None:
    """Correct a line of this tab's transcript; where that is refused, the tab keeps what is shown and typed."""
    with _telling():
        library().correct(lecture_id(), number, before, text)
        take_results()


def edit_card(card_id: str, question: str, answer: str) -> None:
    """Change what a card of this tab's lecture asks and answers."""
    with _telling():
        deck().edit(lecture_id(), card_id, question, answer)
        take_results()
        if all(card.id != card_id for card in st.session_state.flashcards):
            raise LectureError("This card is no longer there. Copy what you wrote into a card of your own.")


def star_card(card_id: str, starred: bool) -> None:
    """Mark a card of this tab's lecture, or take its mark away."""
    with _telling():
        deck().star(lecture_id(), card_id, starred)
        take_results()


def delete_card(card_id: str) -> None:
    """Take a card out of this tab's lecture."""
    with _telling():
        deck().delete(lecture_id(), card_id)
        take_results()


def add_card(question: str, answer: str, moment: float) -> None:
    """Add a card of the student's own to this tab's lecture, at a moment of it in seconds."""
    with _telling():
        deck().add(lecture_id(), question, answer, moment)
        take_results()


def accept_proposal() -> None:
    """Let what was made anew take the place of the old, which is kept as an earlier version."""
    with _telling():
        proposals().accept(lecture_id())
        take_results()


def discard_proposal() -> None:
    """Keep what there is."""
    with _telling():
        proposals().discard(lecture_id())


def _new_work() -> str:
    """An id for work to come, which the worker does with this tab's key."""
    work = new_id()
    shared.worker().keys[work] = st.session_state.endpoint_key
    return work


def forget_conversation(about: str | None) -> None:
    """Delete what was asked about a lecture, or about all of them."""
    with _telling():
        conversations().forget(about)


def begin_quiz() -> None:
    """Make a quiz about this tab's lecture."""
    with _telling():
        quizzes().begin(lecture_id())


def answer_quiz(question_id: str, option: int) -> None:
    """Answer a question of the quiz."""
    with _telling():
        quizzes().answer(lecture_id(), question_id, option)


def go_on_quiz(question_id: str) -> None:
    """Go on after an answered question of the quiz."""
    with _telling():
        quizzes().go_on(lecture_id(), question_id)


def retry_quiz() -> None:
    """Have the questions that were answered wrongly asked again."""
    with _telling():
        quizzes().retry_wrong(lecture_id())


def renew_quiz(seed: int) -> None:
    """Put another quiz in the place of the one with this seed."""
    with _telling():
        quizzes().renew(lecture_id(), seed)


def rate(showing: Showing, rating: int) -> None:
    """Note how well a card was remembered; it counts once, in however many tabs it is shown."""
    with _telling():
        reviews().rate(*showing.key, rating, shared.now(), showing.state)


def undo_rating(after: int, about: str | None) -> None:
    """Take the last rating back that came after the one of this number."""
    with _telling():
        reviews().undo(after, about)


def lecture_id() -> str:
    """The id of this tab's lecture; empty while there is none."""
    return st.session_state.lecture_id or ""


@contextmanager
def _telling() -> Iterator[None]:
    """What goes wrong before a page's run is said in it."""
    try:
        yield
    except LectureError as error:
        st.session_state.message = str(error)


def take_message() -> str | None:
    """What is to be said once."""
    message: str | None = st.session_state.message
    st.session_state.message = None
    return message


def only_here() -> bool:
    """Whether nobody but the user of this computer reaches the page."""
    return st.get_option("server.address") in ("127.0.0.1", "localhost", "::1")


def shows_library() -> bool:
    """Whether lectures may be listed: where all are those of who looks at the page."""
    return only_here() or visitor.asks_for_login()


def incoming() -> Path:
    """Where uploads and recordings are written before the library takes them in."""
    return library().folder / "incoming"


def library() -> Library:
    """The lectures of who looks at the page.

    Raises:
        NotLoggedIn: the page asks for a login, and nobody is logged in.
    """
    return shared.library_of(visitor.owner())


def proposals() -> Proposals:
    """What is made anew of the library's lectures."""
    return Proposals(library())


def live_captions() -> LiveCaptions:
    """What was said just now in recordings in progress."""
    return LiveCaptions(library())


def deck() -> Deck:
    """The cards of the library's lectures."""
    return Deck(library())


def conversations() -> Conversations:
    """What was asked about the library's lectures."""
    return Conversations(library())


def reviews() -> Reviews:
    """When the cards of the library's lectures are to be seen again."""
    return Reviews(library())


def quizzes() -> Quizzes:
    """The quizzes about the library's lectures."""
    return Quizzes(library())


def takes() -> Takes:
    """The recordings that arrive in parts."""
    return Takes(library())
