"""While a lecture is being processed: which step, how far, the text as it appears, and a way to cancel."""

from __future__ import annotations

import streamlit as st

from lecture.errors import CaptionError, SourceError
from lecture.jobs import Job
from lecture.process import Settings
from views import session
from views.text import plain
from views.transcript import transcript_lines

_LATEST = 30
"""Segments shown while the text appears; all of them come with the results."""


def working_view(settings: Settings) -> None:
    """Show the work until it ends, then fill the slots."""
    st.title(plain(st.session_state.audio_data.title), anchor=False)
    job = session.job()
    if job is None:  # the program was started anew while this tab stayed open
        session.hand_in(settings)
        st.rerun()
    if job.state == "ready":
        session.take_results(job.result.result())
        st.rerun()
    if job.state == "failed":
        _failed(job, settings)
    else:
        _progress()


@st.fragment(run_every=0.5)
def _progress() -> None:
    """Runs again twice a second by itself; the rest of the page stays as it is.

    "Cancel" is part of it: what comes after it on the page is lost when settings change twice within one run.
    """
    job = session.job()
    if job is None or job.state in ("ready", "failed"):
        st.rerun()
    progress = job.progress
    st.progress(progress.share, text=plain(f"{progress.step} … {progress.how_far}"))
    segments = job.segments[-_LATEST:]
    if segments:
        with st.container(height=360, border=True, autoscroll=True):
            transcript_lines(segments)
    st.button("Cancel", on_click=session.clear, icon=":material/close:", key=session.key("cancel"))


def _failed(job: Job, settings: Settings) -> None:
    st.error(plain(job.error or ""), icon=":material/error:")
    recording = st.session_state.audio_data.recording
    if recording and not isinstance(job.result.exception(), SourceError | CaptionError):  # those cannot be played
        st.audio(recording.path, format=recording.mime_type)
    again, over = st.columns(2)
    again.button("Try again", on_click=session.hand_in, args=(settings,), type="primary", width="stretch")
    over.button("Start over", on_click=session.clear, width="stretch")
