"""The results view: player, summary, transcript, flashcards and downloads."""

from __future__ import annotations

import streamlit as st

from lecture.files.export import writer_provenance
from lecture.notes import Notes
from lecture.process import Settings
from lecture.source import Source
from lecture.transcript import Transcript, format_time, is_draft, provenance
from views import session
from views.ask import ask_view
from views.cards import flashcards
from views.downloads import downloads_view
from views.notes import chapter_bar, notes_view
from views.player import player
from views.proposal import earlier_versions, proposal_bar, proposal_pointer
from views.quiz import quiz_view
from views.review import lecture_review_offer
from views.text import plain
from views.transcript import transcript_view


def results_view(settings: Settings) -> None:
    """Show what was made of the lecture. Everything comes from the session's slots; nothing is computed again."""
    source: Source = st.session_state.audio_data
    transcript: Transcript = st.session_state.transcription
    notes: Notes = st.session_state.summary
    moment: float | None = st.session_state.moment
    playable = source.recording is not None
    with st.container():  # always there, so that a warning that goes moves nothing of what plays below it
        _head(transcript, notes)
    player(source, session.lecture_id(), moment)
    chapter_bar(notes.chapters, playable)
    with st.container():  # always there, so that the tabs keep their place, and what is open in them, when it empties
        proposal_bar()
        _corrections()
    tabs = ["Notes", "Transcript", "Flashcards", "Quiz", "Ask", "Downloads"]
    written, text, cards, quizzed, asked, files = st.tabs(tabs, default=tabs[0] if moment is None else tabs[1])
    with written:
        notes_view(notes, transcript.segments, playable)
    with text:
        transcript_view(transcript, moment, playable, on_correct=session.correct)
    with cards:
        lecture_review_offer(session.lecture_id())
        flashcards(st.session_state.flashcards, st.session_state.rejected, playable)
    with quizzed:
        quiz_view(notes.chapters, playable)
    with asked:
        ask_view(settings, playable)
    with files:
        downloads_view(source, transcript, notes)
    st.divider()
    _actions(source, settings)


def _actions(source: Source, settings: Settings) -> None:
    with st.container(horizontal=True):
        st.button("Start over", on_click=session.clear, icon=":material/restart_alt:")
        if source.recording:
            st.button(
                "Transcribe again",
                on_click=session.transcribe_again,
                args=(settings,),
                icon=":material/refresh:",
                help="Recognises the recording with the settings on the left. You choose which transcript to keep.",
            )
        st.button(
            "Write the notes again",
            on_click=session.write_again,
            args=(settings,),
            icon=":material/edit_note:",
            help="Writes notes and cards with the settings on the left. You choose which ones to keep.",
        )
        earlier_versions()
    proposal_pointer()


def _corrections() -> None:
    """Where lines were corrected since the notes were written: the choice to have the notes follow."""
    entry = session.entry()
    if entry is None or not entry.corrections or session.proposals().pending(entry.id):
        return
    lines = "1 line" if entry.corrections == 1 else f"{entry.corrections} lines"
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(f"You corrected {lines}. Notes and cards still say what they said before.")
        st.button("Update notes and cards", on_click=session.write_again, args=(entry.settings,), type="primary")


def _head(transcript: Transcript, notes: Notes) -> None:
    """What this is, who did the work and why."""
    st.title(plain(st.session_state.title), anchor=False)
    length, worded = format_time(transcript.duration), f"{writer_provenance(notes)} {notes.reason}"
    if is_draft(transcript):
        st.caption(plain(f"{length} · {worded}"))
        st.info(plain(transcript.reason), icon=":material/edit_note:")
    else:
        st.caption(plain(f"{length} · {provenance(transcript)} {transcript.reason} · {worded}"))
    for warning in (*transcript.warnings, *notes.warnings):
        st.warning(plain(warning), icon=":material/warning:")
