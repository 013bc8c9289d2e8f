"""The downloads: every file that can be had of a lecture, made when it is asked for."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import ceil

import streamlit as st

from lecture.files.bundle import anki_deck, study_files, write_bundle
from lecture.files.card_files import flashcards_csv, flashcards_json, flashcards_txt
from lecture.files.document import study_document
from lecture.files.export import full_report_txt, summary_txt
from lecture.files.markdown import notes_markdown
from lecture.files.names import safe_filename
from lecture.flashcards import Flashcard
from lecture.notes import Notes
from lecture.process import Lecture
from lecture.quiz import make_quiz
from lecture.sentences import sentences
from lecture.source import Source
from lecture.transcript import Transcript, to_srt, to_txt, to_vtt
from report import study_report
from views import session, shared
from views.text import plain

LONG_S = 1_800.0
"""Seconds of a recording from which on it takes a while to cut sounds out of it."""
PACE = 400
"""Seconds of a recording that are read in a second, on a slow computer."""

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class _Download:
    """A file to be had: made when it is asked for, so that it costs no time before."""

    label: str
    suffix: str
    mime_type: str
    make: Callable[[], str | bytes]


@dataclass(frozen=True)
class _Group:
    """Files that belong together; `key` names them in the keys of their buttons, `hint` is for the student."""

    heading: str
    key: str
    downloads: tuple[_Download, ...]
    hint: str = ""


def downloads_view(source: Source, transcript: Transcript, notes: Notes) -> None:
    """Offer everything that was made of the lecture, and what it was made from."""
    cards: tuple[Flashcard, ...] = st.session_state.flashcards
    lecture = Lecture(source, transcript, notes, cards, st.session_state.rejected or {})
    for group in _offered(lecture, session.lecture_id(), st.session_state.title, st.session_state.finished):
        st.markdown(f"**{group.heading}**")
        if group.hint:
            st.caption(group.hint)
        with st.container(horizontal=True):
            for download in group.downloads:
                st.download_button(
                    download.label,
                    download.make,
                    safe_filename(st.session_state.title, download.suffix),
                    download.mime_type,
                    key=f"download {group.key} {download.label}",
                    on_click="ignore",
                    type="primary" if download.suffix == ".pdf" else "secondary",
                    icon=":material/download:",
                )
    _originals(source)


def _offered(lecture: Lecture, lecture_id: str, title: str, created: datetime) -> tuple[_Group, ...]:
    origin, transcript, notes, cards = lecture.source.main.name, lecture.transcript, lecture.notes, lecture.flashcards
    told = (title, origin, transcript, notes, cards)

    def report() -> bytes:
        quiz, entry = session.quizzes().of(lecture_id), session.library().entry(lecture_id)
        questions = quiz.questions if quiz else make_quiz(sentences(transcript), notes, cards)
        settings = entry.settings if entry else None
        made = study_report(*told, created, questions=questions, settings=settings, rejected=lecture.rejected)
        return made.pdf

    def everything() -> bytes:
        with tempfile.TemporaryFile() as file:
            files = study_files(lecture, lecture_id, title, report, created=created, exported=shared.now())
            write_bundle(file, title, files, created)
            file.seek(0)
            return file.read()

    def markdown(with_transcript: bool) -> str:
        return notes_markdown(*told, created=created, with_transcript=with_transcript)

    return (
        _Group(
            "Everything",
            "Everything",
            (_Download("All files as one ZIP", ".zip", "application/zip", everything),),
            "All that is below, except what you gave.",
        ),
        _Group(
            "Study report",
            "Study report",
            (
                _Download("PDF study report", ".pdf", "application/pdf", report),
                _Download("Word", " report.docx", _WORD, lambda: study_document(*told, created=created)),
                _Download(
                    "Full report as TXT", " report.txt", "text/plain", lambda: full_report_txt(*told, created=created)
                ),
            ),
        ),
        _Group(
            "Notes",
            "Summary",
            (
                _Download("Markdown", " summary.md", "text/markdown", lambda: markdown(False)),
                _Download("Markdown with transcript", " notes.md", "text/markdown", lambda: markdown(True)),
                _Download("TXT", " summary.txt", "text/plain", lambda: summary_txt(title, transcript, notes)),
            ),
        ),
        _Group(
            "Flashcards",
            "Flashcards",
            (
                _Download(
                    "Anki",
                    ".apkg",
                    "application/x-apkg",
                    lambda: anki_deck(lecture, lecture_id, title, shared.now()),
                ),
                _Download("CSV", " flashcards.csv", "text/csv", lambda: flashcards_csv(cards)),
                _Download("JSON", " flashcards.json", "application/json", lambda: flashcards_json(cards)),
                _Download("TXT", " flashcards.txt", "text/plain", lambda: flashcards_txt(title, transcript, cards)),
            ),
            _about_anki(lecture),
        ),
        _Group(
            "Transcript",
            "Transcript",
            (
                _Download("TXT", ".txt", "text/plain", lambda: to_txt(transcript)),
                _Download("TXT without times", " text.txt", "text/plain", lambda: to_txt(transcript, times=False)),
                _Download("SRT", ".srt", "application/x-subrip", lambda: to_srt(transcript)),
                _Download("VTT", ".vtt", "text/vtt", lambda: to_vtt(transcript)),
            ),
        ),
    )


def _about_anki(lecture: Lecture) -> str:
    """What the student should know before waiting for a deck."""
    about = "Import the Anki deck again at any time: cards are brought up to date, and keep their schedule."
    if lecture.source.recording is None:
        return about
    about += " Each card plays its moment."
    if lecture.transcript.duration > LONG_S:
        about += f" Cutting the sounds takes up to {ceil(lecture.transcript.duration / PACE / 5) * 5} seconds."
    return about


def _originals(source: Source) -> None:
    st.markdown("**What you gave**")
    for file in (source.recording, source.captions):
        if file:
            st.download_button(
                plain(file.name),
                file.path.read_bytes,
                file.name,
                file.mime_type,
                key=f"original {file.path.name}",
                on_click="ignore",
                icon=":material/download:",
            )
