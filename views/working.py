"""While a lecture is being processed: which step, how far, the text as it appears, and a way to cancel."""

from __future__ import annotations

from math import ceil

import streamlit as st

from lecture.library import Entry
from lecture.process import Settings
from views import session, shared
from views.live import how_it_arrives, live_view
from views.notes import statements_html
from views.text import plain
from views.transcript import transcript_lines


def working_view(settings: Settings) -> None:
    """Show the work until it ends, then fill the slots."""
    st.title(plain(st.session_state.title), anchor=False)
    entry = session.entry()
    if entry is None:
        session.clear()
        st.rerun()
    if entry.state == "recording":
        live_view(entry, settings)
        return
    if entry.state == "ready":
        session.take_results()
        st.rerun()
    if entry.state in ("failed", "cancelled"):
        _stopped(entry, settings)
    else:
        _progress()


@st.fragment(run_every=0.5)
def _progress() -> None:
    """Runs again twice a second by itself; the rest of the page stays as it is.

    "Cancel" is part of it: what comes after it on the page is lost when settings change twice within one run.
    """
    entry = session.entry()
    if entry is None or entry.state not in ("waiting", "running"):
        st.rerun()
    if trouble := shared.worker().trouble:
        st.warning(plain(f"{trouble} It goes on by itself once that is mended."), icon=":material/warning:")
    st.progress(entry.progress.share, text=plain(describe(entry)))
    segments = session.library().latest_segments(entry.id)
    if segments:
        with st.container(height=360, border=True, autoscroll=True):
            transcript_lines(segments)
    written_so_far(entry)
    st.button("Cancel", on_click=session.cancel, icon=":material/close:", key=session.key("cancel"))
    st.caption("You can close this page: the work goes on, and the lecture is in your library.")


def written_so_far(entry: Entry) -> None:
    """The statements of the notes as they are written; each was checked before."""
    if written := session.library().written(entry.id):
        with st.container(height=240, border=True, autoscroll=True):
            st.html(statements_html(written, playable=False))


def describe(entry: Entry) -> str:
    """A lecture's state in the student's words: "Waiting", "Listening … 12:30 of 58:00", "Ready"."""
    if entry.state == "waiting":
        return " · ".join(filter(None, ["Waiting for its turn", estimate(entry.settings, entry.duration)]))
    if entry.state == "running":
        left = entry.progress.total and entry.progress.total - entry.progress.done
        said = f"{entry.progress.step} … {entry.progress.how_far}"
        return " · ".join(
            filter(None, [said, estimate(entry.settings, left) if entry.progress.unit == "seconds" else ""])
        )
    if entry.state == "recording":
        return how_it_arrives(entry)
    return {"ready": "Ready", "cancelled": "Cancelled", "failed": "Failed"}[entry.state]


def estimate(settings: Settings, seconds: float | None) -> str:
    """How long so many seconds of a lecture will take, going by earlier ones; empty where nothing is known."""
    pace = session.library().pace(settings)
    if not pace or not seconds:
        return ""
    minutes = pace * seconds / 60
    return "less than a minute" if minutes < 1 else f"about {ceil(minutes)} minutes"


def _stopped(entry: Entry, settings: Settings) -> None:
    if entry.state == "failed":
        st.error(plain(entry.error or ""), icon=":material/error:")
        label = "Try again"
    else:
        st.info("You cancelled this lecture. What was recognised until then is kept.", icon=":material/info:")
        label = "Go on"
    if entry.source.recording and entry.duration:  # it could be read
        st.audio(entry.source.recording.path, format=entry.source.recording.mime_type)
    again, over = st.columns(2)
    again.button(label, on_click=session.try_again, args=(settings,), type="primary", width="stretch")
    over.button("Start over", on_click=session.clear, width="stretch")
