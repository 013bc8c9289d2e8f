"""The transcript on the page: lines with their times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import streamlit as st

from lecture.transcript import Segment, format_time

_LINES = 300
"""Lines shown at a time; a three-hour lecture has some thousands."""
_LINES_BEFORE = 3
"""Lines shown before the one that a search led to."""


def transcript_lines(segments: Iterable[Segment], moment: float | None = None) -> None:
    """Show segments, one a line. What was said is data: it is escaped, never read as HTML.

    Args:
        segments: in order of time.
        moment: seconds; the line that is said then is marked.
    """
    st.html(f'<div class="timed">{"".join(_line(segment, moment) for segment in segments)}</div>')


def transcript_pages(segments: Sequence[Segment], moment: float | None) -> None:
    """Show a transcript of any length, a long one a part at a time; where `moment` is given, from there at first."""
    parts = {
        f"{format_time(segments[begin].start)} – {format_time(segments[begin : begin + _LINES][-1].end)}": begin
        for begin in range(0, len(segments), _LINES)
    }
    if moment is not None:
        said = next((i for i, segment in enumerate(segments) if moment < segment.end), 0)
        parts = {f"From {format_time(moment)}": max(0, said - _LINES_BEFORE), **parts}
    chosen = st.selectbox("Part of the lecture", list(parts)) if len(parts) > 1 else None
    begin = parts[chosen] if chosen else 0
    with st.container(height=560, border=False):
        transcript_lines(segments[begin : begin + _LINES], moment)


def _line(segment: Segment, moment: float | None) -> str:
    said = f"<time>{format_time(segment.start)}</time><span>{escape(segment.text)}</span>"
    found = moment is not None and segment.start <= moment < segment.end
    return f'<p class="found">{said}</p>' if found else f"<p>{said}</p>"
