"""While a lecture is being recorded: the recorder, what was said until now, and the chapters as they appear."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import ceil

import streamlit as st

from lecture.chapters import find_chapters
from lecture.errors import LectureError
from lecture.library import Entry
from lecture.notes import Chapter
from lecture.process import Settings
from lecture.sentences import sentences
from lecture.takes import SILENT_S, Incoming
from lecture.transcript import Segment, Transcript, format_time
from lecture.writers import outline
from views import session, shared
from views.recorder import can_receive, recorder
from views.text import plain

_SHOWN = 6
"""Finished windows whose captions are on the page: some two minutes."""
_CHAPTERS_FROM = 12
"""Finished windows before which chapters would only flicker: some three minutes."""
_CHAPTERS_EVERY = 4
"""Windows after which the chapters are looked for again."""
_BEHIND_S = 8.0
"""Seconds that captions may be behind without a word about it."""


def live_view(entry: Entry, settings: Settings) -> None:
    """Show a recording in progress until it has ended; the working view goes on from there."""
    incoming = session.takes().of(entry.id)
    if incoming and incoming.kind == "upload":
        _unfinished_upload()
        return
    if st.session_state.endpoint_key:  # another tab that looks on, or a page that was loaded anew, knows of none
        shared.worker().keys[entry.id] = st.session_state.endpoint_key
    if can_receive():
        recorder(settings, entry.id)
    _captions()
    st.button(
        "To the start page",
        on_click=session.clear,
        icon=":material/arrow_back:",
        help="What is being recorded in this tab goes on.",
    )


def how_it_arrives(entry: Entry) -> str:
    """The state of what has not arrived completely, in the student's words."""
    incoming = session.takes().of(entry.id)
    if incoming is None or incoming.kind == "upload":
        return "Not all of it has arrived"
    if incoming.ended:
        return f"Listening … {entry.progress.how_far}" if entry.progress.unit == "seconds" else entry.progress.step
    return "Recording not finished" if _seconds_silent(incoming) > SILENT_S else "Being recorded"


@st.fragment(run_every=2.0)
def _unfinished_upload() -> None:
    entry = session.entry()
    if entry is None or entry.state != "recording":
        st.rerun()
    st.info(
        "Not all of this file has arrived. It goes on where it is being sent from; if that page was closed, "
        "delete this lecture in your library and send the file again.",
        icon=":material/info:",
    )
    st.button("Start over", on_click=session.clear)


@st.fragment(run_every=0.5)
def _captions() -> None:
    """Runs again twice a second by itself; the recorder stays as it is."""
    try:
        _said_so_far()
    except LectureError as error:
        st.error(plain(str(error)), icon=":material/error:")


def _said_so_far() -> None:
    entry = session.entry()
    if entry is None or entry.state != "recording":
        st.rerun()
    st.subheader("Live captions", anchor=False)
    said = session.library().latest_segments(entry.id, _SHOWN)
    just_now = session.live_captions().provisional(entry.id)
    st.caption(plain(_how_they_are(entry, bool(said or just_now))))
    with st.container(height=300, border=True, autoscroll=True):
        st.html(f'<div class="timed captions">{_lines(said, "final")}{_lines(just_now, "provisional")}</div>')
    _chapters(entry.id)
    _silent(entry.id)


def _how_they_are(entry: Entry, begun: bool) -> str:
    """What the captions are, how far behind, or why there are none."""
    progress = entry.progress
    if trouble := shared.worker().trouble_with(entry.id):
        return f"{trouble} What is recorded is kept; the captions go on by themselves once that is mended."
    if entry.error:
        return f"{entry.error} The recording goes on; it is transcribed when it has ended."
    if progress.unit != "seconds":
        return progress.step if progress.step != "Waiting" else "They begin with the first words."
    behind = (progress.total or 0.0) - progress.done
    if behind > _BEHIND_S:
        return f"The recogniser is {format_time(behind)} behind: the recording is complete, the captions follow."
    if not begun:
        return "They begin with the first words."
    return "What is lighter may still change."


def _lines(segments: Sequence[Segment], kind: str) -> str:
    return "".join(
        f'<p class="{kind}" data-until="{segment.end:.2f}"><time>{format_time(segment.start)}</time>'
        f"<span>{escape(segment.text)}</span></p>"
        for segment in segments
    )


def _chapters(lecture_id: str) -> None:
    """The chapters so far; the last one is still open."""
    windows = session.library().windows_done(lecture_id)
    if windows < _CHAPTERS_FROM:
        return
    found = _chapters_of(lecture_id, windows // _CHAPTERS_EVERY)
    if len(found) < 2:
        return
    st.subheader("Chapters so far", anchor=False)
    items = "".join(
        f"<p><time>{format_time(chapter.start)}</time><span>{escape(chapter.title)}</span></p>" for chapter in found
    )
    st.html(f'<div class="timed">{items}</div>')


@st.cache_data(max_entries=8, show_spinner=False)
def _chapters_of(lecture_id: str, version: int) -> list[Chapter]:
    """The chapters of what is recognised now; looked for again with every other `version`."""
    windows = session.library().recognised(lecture_id)
    segments = tuple(segment for number in sorted(windows) for segment in windows[number].segments)
    said = sentences(Transcript(segments, None, "", None, segments[-1].end if segments else 0.0))
    starts = find_chapters([sentence.text for sentence in said], [sentence.start for sentence in said])
    return [chapter for chapter, _ in outline(said, starts)]


def _silent(lecture_id: str) -> None:
    """Where nobody has been sending for a while, perhaps from a browser that is gone: a way to end it from here."""
    incoming = session.takes().of(lecture_id)
    if incoming is None or incoming.ended:
        return
    if (silent := _seconds_silent(incoming)) > SILENT_S:
        minutes = ceil(silent / 60)
        st.caption(f"Nothing has arrived for {minutes} minutes. If the recorder is not just paused, finish it here.")
        st.button("Finish with what has arrived", on_click=session.finish_recording, icon=":material/stop:")


def _seconds_silent(incoming: Incoming) -> float:
    return abs((shared.now() - incoming.heard_from).total_seconds())  # the clock may have been set meanwhile
