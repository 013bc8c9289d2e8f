"""A transcript that was asked for anew: its progress, and the choice between it and the old one."""

from __future__ import annotations

import streamlit as st

from lecture.library import Entry
from lecture.transcript import provenance
from views import session
from views.text import plain
from views.transcript import transcript_lines
from views.working import describe

_SHOWN = 60
"""Lines of the new transcript that are shown for comparison."""


def proposal_bar() -> None:
    """Show what has become of "Transcribe again", if it was asked for."""
    proposal = session.proposals().pending(session.lecture_id())
    if proposal is None:
        return
    if proposal.state in ("waiting", "running"):
        st.fragment(_progress, run_every=1)()
    elif proposal.state == "ready":
        _choice(proposal)
    else:
        st.error(plain(f"Transcribing again did not work. {proposal.error or 'It was cancelled.'}"))
        st.button("Remove this message", on_click=session.discard_proposal)


def _progress() -> None:
    proposal = session.proposals().pending(session.lecture_id())
    if proposal is None or proposal.state not in ("waiting", "running"):
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(proposal.progress.share, text=plain(f"Transcribing again: {describe(proposal)}"))
        st.button("Cancel", on_click=session.discard_proposal, icon=":material/close:", key="cancel proposal")


def _choice(proposal: Entry) -> None:
    lecture = session.library().lecture(proposal.id)
    if lecture is None:
        return
    with st.container(border=True):
        st.markdown(f"**A new transcript is ready.** {plain(provenance(lecture.transcript))}")
        with st.expander("Read it"), st.container(height=300, border=False):
            transcript_lines(lecture.transcript.segments[:_SHOWN])
        with st.container(horizontal=True):
            st.button("Use the new one", on_click=session.accept_proposal, type="primary")
            st.button("Keep the old one", on_click=session.discard_proposal)
