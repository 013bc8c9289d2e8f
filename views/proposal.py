"""What is made anew of a lecture: its progress, the choice between it and what there is, and the versions of before."""

from __future__ import annotations

import streamlit as st

from lecture.files.export import writer_provenance
from lecture.library import Entry
from lecture.process import Lecture
from lecture.transcript import provenance
from views import session
from views.notes import statements_html
from views.text import plain
from views.transcript import transcript_lines
from views.working import describe, written_so_far

_SHOWN = 60
"""Lines of the new transcript that are shown for comparison."""


def proposal_bar() -> None:
    """Show what has become of "Transcribe again" or "Write the notes again", if it was asked for."""
    proposal = session.proposals().pending(session.lecture_id())
    if proposal is None:
        return
    if proposal.state in ("waiting", "running"):
        st.fragment(_progress, run_every=1)()
    elif proposal.state == "ready":
        _choice(proposal)
    else:
        st.error(plain(f"That did not work. {proposal.error or 'It was cancelled.'}"))
        st.button("Remove this message", on_click=session.discard_proposal)


def proposal_pointer() -> None:
    """Beside the buttons that ask for it: where on the page the proposal is shown."""
    proposal = session.proposals().pending(session.lecture_id())
    if proposal:
        done = proposal.state not in ("waiting", "running")
        st.caption("Ready: choose at the top of this page." if done else "Under way: see the top of this page.")


def earlier_versions() -> None:
    """Offer what was made of the lecture before, to look at and to bring back."""
    versions = session.proposals().versions(session.lecture_id())
    if not versions:
        return
    with st.popover("Earlier versions", icon=":material/history:"):
        for version in versions:
            when = f"{version.finished:%d %B %Y, %H:%M}" if version.finished else "Earlier"
            st.markdown(f"**{when}** · {plain(writer_provenance(version.notes))}")
            st.html(statements_html(version.notes.summary[:2], playable=False))
            st.button(
                "Bring it back", on_click=session.bring_back, args=(version.number,), key=f"back {version.number}"
            )


def _progress() -> None:
    proposal = session.proposals().pending(session.lecture_id())
    if proposal is None or proposal.state not in ("waiting", "running"):
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        what = "Transcribing again" if proposal.source.recording else "Writing the notes again"
        st.progress(proposal.progress.share, text=plain(f"{what}: {describe(proposal)}"))
        st.button("Cancel", on_click=session.discard_proposal, icon=":material/close:", key="cancel proposal")
    written_so_far(proposal)


def _choice(proposal: Entry) -> None:
    lecture = session.library().lecture(proposal.id)
    if lecture is None:
        return
    with st.container(border=True):
        if proposal.source.recording:
            st.markdown(f"**A new transcript is ready.** {plain(provenance(lecture.transcript))}")
        else:
            st.markdown(f"**New notes are ready.** {plain(writer_provenance(lecture.notes))}")
        for warning in lecture.notes.warnings:
            st.warning(plain(warning), icon=":material/warning:")
        with st.expander("Read it"), st.container(height=300, border=False):
            _read(lecture, proposal)
        with st.container(horizontal=True):
            st.button("Use the new one", on_click=session.accept_proposal, type="primary")
            st.button("Keep the old one", on_click=session.discard_proposal)
            st.caption("The old one stays among the earlier versions.")


def _read(lecture: Lecture, proposal: Entry) -> None:
    if proposal.source.recording:
        transcript_lines(lecture.transcript.segments[:_SHOWN])
        return
    playable = st.session_state.audio_data.recording is not None
    st.html(statements_html((*lecture.notes.summary, *lecture.notes.key_points), playable))
