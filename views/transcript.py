"""The transcript on the page: lines with their times."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import streamlit as st

from lecture.transcript import Segment, format_time


def transcript_lines(segments: Iterable[Segment]) -> None:
    """Show segments, one a line. What was said is data: it is escaped, never read as HTML."""
    lines = "".join(f"<p><time>{format_time(s.start)}</time><span>{escape(s.text)}</span></p>" for s in segments)
    st.html(f'<div class="transcript timed">{lines}</div>')
