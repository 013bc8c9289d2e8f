"""The notes on the page: chapters, summary, key points and key terms, each statement with its moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from math import ceil

import streamlit as st

from lecture.notes import Chapter, KeyTerm, Notes, Statement, Style, in_order, share_drawn_on
from lecture.transcript import Segment, format_time
from views.player import play_button
from views.text import plain

STYLES: dict[Style, str] = {"brief": "Brief", "detailed": "Detailed", "outline": "Outline"}


def chapter_bar(chapters: Sequence[Chapter], playable: bool) -> None:
    """Show the lecture as a bar of its chapters, each as wide as it is long; a click plays it."""
    if len(chapters) < 2:
        return
    pieces = "".join(_piece(number, chapter, playable) for number, chapter in enumerate(chapters, start=1))
    st.html(f'<div class="chapters" role="group" aria-label="Chapters of the lecture">{pieces}</div>')


def notes_view(notes: Notes, segments: Sequence[Segment], playable: bool) -> None:
    """Show the notes in the style that the student chooses.

    Args:
        notes: of a lecture.
        segments: its transcript.
        playable: whether there is a recording to play.
    """
    style = st.segmented_control(
        "Style of the notes",
        list(STYLES),
        format_func=STYLES.__getitem__,
        default="brief",
        required=True,
        key="style",
        label_visibility="collapsed",
    )
    _statements("You marked", notes.marked, playable)
    if style == "brief" or not notes.chapters:
        _statements("In short", notes.summary, playable)
        _statements("Key points", notes.key_points, playable)
    else:
        show = _detailed if style == "detailed" else _outlined
        chapters = enumerate(notes.chapters, start=1)
        st.html(f'<div class="notes">{"".join(show(number, chapter, playable) for number, chapter in chapters)}</div>')
    _key_terms(notes.key_terms, playable)
    st.caption(plain(_how_far_they_go(notes, segments)))


def statements_html(statements: Iterable[Statement], playable: bool) -> str:
    """Statements with the time of their evidence, and its words where they are others."""
    items = "".join(
        f"<p>{play_button(s.evidence.start, playable=playable)}<span>{escape(s.text)}{_quote(s)}</span></p>"
        for s in statements
    )
    return f'<div class="statements timed">{items}</div>'


def _piece(number: int, chapter: Chapter, playable: bool) -> str:
    name = escape(f"{number}. {chapter.title}, {_length(chapter)}")
    inside = f"<b>{number}</b><span>{escape(chapter.title)}</span>"
    style = f'style="flex-grow: {max(1.0, chapter.end - chapter.start):.0f}"'
    times = f'data-from="{chapter.start:.2f}" data-to="{chapter.end:.2f}"'
    if not playable:
        return f'<span class="chapter" {style} title="{name}">{inside}</span>'
    return (
        f'<button type="button" class="chapter" {style} {times} data-moment="{chapter.start:.2f}" title="{name}" '
        f'aria-label="{name}: play from {format_time(chapter.start)}">{inside}</button>'
    )


def _statements(heading: str, statements: Sequence[Statement], playable: bool) -> None:
    if statements:
        st.subheader(heading, anchor=False)
        st.html(statements_html(statements, playable))


def _detailed(number: int, chapter: Chapter, playable: bool) -> str:
    points = f"<h4>Key points</h4>{statements_html(chapter.key_points, playable)}" if chapter.key_points else ""
    return f"{_title(number, chapter, playable)}{statements_html(chapter.summary, playable)}{points}"


def _outlined(number: int, chapter: Chapter, playable: bool) -> str:
    """The chapter as a list; the words that a point rests on are in its tool tip."""
    items = "".join(
        f'<li title="{escape(s.evidence.quote)}">'
        f"{escape(s.text)} {play_button(s.evidence.start, playable=playable)}</li>"
        for s in in_order(chapter)
    )
    return f"{_title(number, chapter, playable)}<ul>{items}</ul>"


def _title(number: int, chapter: Chapter, playable: bool) -> str:
    time = play_button(chapter.start, playable=playable)
    return f"<h3>{number}. {escape(chapter.title)} <small>{time} {_length(chapter)}</small></h3>"


def _length(chapter: Chapter) -> str:
    seconds = chapter.end - chapter.start
    return f"{ceil(seconds / 60)} min" if seconds > 60 else "1 min"


def _key_terms(key_terms: Sequence[KeyTerm], playable: bool) -> None:
    if key_terms:
        st.subheader("Key terms", anchor=False)
        items = "".join(
            f"<dt>{escape(one.term)}</dt>"
            f"<dd>{escape(one.definition.text)} {play_button(one.definition.evidence.start, playable=playable)}</dd>"
            for one in key_terms
        )
        st.html(f'<dl class="terms">{items}</dl>')


def _quote(statement: Statement) -> str:
    quote = statement.evidence.quote
    return "" if quote.casefold() == statement.text.casefold() else f"<q>{escape(quote)}</q>"


def _how_far_they_go(notes: Notes, segments: Sequence[Segment]) -> str:
    """What share of the lecture is in the notes, and what a model said without support."""
    said = [f"These notes draw on {share_drawn_on(notes, segments):.0%} of what was said."]
    if notes.coverage < 1:
        said.append(f"Their writer read {min(0.99, notes.coverage):.0%} of it.")
    if notes.dropped:
        sentences = "1 sentence" if notes.dropped == 1 else f"{notes.dropped} sentences"
        said.append(f"The model wrote {sentences} that the lecture does not support: dropped.")
    return " ".join(said)
