"""The library on the start page: all lectures, to open, rename, delete and search."""

from __future__ import annotations

from html import escape

import streamlit as st

from lecture.library import Entry
from lecture.transcript import format_time
from views import session
from views.review import review_offer
from views.text import plain
from views.working import describe

_BUSY = ("recording", "waiting", "running")


def library_view() -> None:
    """List the lectures of this computer, where only its user can see the page."""
    if not session.shows_library():
        return
    entries = session.library().entries()
    if not entries:
        return
    review_offer()
    st.header("Your lectures", anchor=False)
    query = st.text_input(
        "Search everything that was said", key="search", icon=":material/search:", placeholder="working memory"
    )
    if query.strip():
        _hits(query)
    else:
        st.fragment(_list, run_every=2 if any(entry.state in _BUSY for entry in entries) else None)()


def _list() -> None:
    with st.container(key="lectures"):
        for entry in session.library().entries():
            _row(entry)


def _row(entry: Entry) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(gap=None):
            if st.button(f"**{plain(entry.title.strip())}**", key=f"open {entry.id}", type="tertiary"):
                session.open_lecture(entry.id)
                st.rerun()
            st.caption(plain(_facts(entry)))
        with st.popover("Change", icon=":material/more_horiz:"):
            _change(entry)


def _facts(entry: Entry) -> str:
    facts = [f"{entry.created.day} {entry.created:%B %Y}", describe(entry)]
    if entry.duration:
        facts.insert(1, format_time(entry.duration))
    if entry.state == "failed" and entry.error:
        facts[-1] = f"Failed: {entry.error}"
    return " · ".join(facts)


def _change(entry: Entry) -> None:
    title = st.text_input("Title", entry.title, key=f"title {entry.id}").strip()
    if st.button("Rename", key=f"rename {entry.id}") and title:
        session.library().rename(entry.id, title)
        st.rerun()
    if st.button("Delete …", key=f"delete {entry.id}", icon=":material/delete:"):
        _ask_before_deleting(entry)


@st.dialog("Delete this lecture?")
def _ask_before_deleting(entry: Entry) -> None:
    st.markdown(f"**{plain(entry.title)}**: the recording and everything made of it will be gone for good.")
    if st.button("Delete for good", icon=":material/delete:"):
        session.library().delete(entry.id)
        st.rerun()


def _hits(query: str) -> None:
    hits = session.library().search(query)
    if not hits:
        st.caption("Nobody said that in your lectures.")
    for number, hit in enumerate(hits):
        with st.container(horizontal=True, vertical_alignment="center"):
            label = f"**{format_time(hit.sentence.start)} · {plain(hit.title.strip())}**"
            if st.button(label, key=f"hit {number}", type="tertiary"):
                session.open_lecture(hit.lecture_id, hit.sentence.start)
                st.rerun()
            st.html(escape(hit.sentence.text))
