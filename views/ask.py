"""Ask the lecture: questions, and answers whose sources play."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from lecture.ask import Answer, Exchange, Passage, ask
from lecture.errors import LectureError
from lecture.process import Settings, answerer_for
from views import session, shared
from views.player import play_button
from views.text import plain

_LONGEST = 500
"""Letters of a question."""
_THIS, _ALL = "This lecture", "All my lectures"


def ask_view(settings: Settings, playable: bool) -> None:
    """Show the conversation, and a field for the next question."""
    about = _scope()
    conversation = session.conversations().about(about)
    if not conversation:
        st.caption("Every answer comes from what was said, with the moment it was said. Try “What is …?” or “Why …?”")
    for exchange in conversation:
        _show(exchange, playable)
    waiting = st.container()
    if question := st.chat_input("Ask something about it", key="question", max_chars=_LONGEST):
        with waiting:
            _answer(question, about, conversation, settings)
        st.rerun()
    if conversation:
        st.button("Forget this conversation", on_click=session.forget_conversation, args=(about,), type="tertiary")


def _scope() -> str | None:
    """The id of the lecture to be asked; None for all of them, which only the user of this computer may."""
    if not session.shows_library() or session.library().count() < 2:
        return session.lecture_id()
    chosen = st.segmented_control(
        "What to ask", [_THIS, _ALL], default=_THIS, required=True, key="scope", label_visibility="collapsed"
    )
    return None if chosen == _ALL else session.lecture_id()


def _answer(question: str, about: str | None, before: Sequence[Exchange], settings: Settings) -> None:
    with st.chat_message("user", avatar=":material/person:"):
        st.text(question)
    with st.chat_message("assistant", avatar=":material/school:"), st.spinner("Looking through the lecture …"):
        lectures = session.conversations().to_be_asked(about, question)
        try:
            answerer = answerer_for(settings, st.session_state.endpoint_key, shared.shared_models())
        except LectureError as error:
            answerer = None
            st.session_state.message = f"{error} The passages that fit best are shown instead."
        answer = ask(question, lectures, before, answerer)
        session.conversations().keep(about, Exchange(question, answer), shared.now())


def _show(exchange: Exchange, playable: bool) -> None:
    with st.chat_message("user", avatar=":material/person:"):
        st.text(exchange.question)
    with st.chat_message("assistant", avatar=":material/school:"):
        answer = exchange.answer
        if answer.statements:
            st.html("".join(f"<p>{escape(one.text)} {_source(one.passage, playable)}</p>" for one in answer.statements))
        st.caption(plain(answer.reason))
        _passages(answer, playable)


def _passages(answer: Answer, playable: bool) -> None:
    """What the answer rests on; below a worded answer, to be opened."""
    if not answer.passages:
        return
    items = "".join(
        f"<p>{_source(passage, playable)}<span><q>{escape(passage.evidence.quote)}</q></span></p>"
        for passage in answer.passages
    )
    found = f'<div class="timed">{items}</div>'
    if answer.statements:
        with st.expander("Passages it was worded from"):
            st.html(found)
    else:
        st.html(found)


def _source(passage: Passage, playable: bool) -> str:
    """The moment of a passage: of this lecture, it plays; of another one, it leads there."""
    start = passage.evidence.start
    if passage.lecture_id == session.lecture_id():
        return play_button(start, playable=playable)
    return session.link(passage.lecture_id, start, passage.title)
