"""The transcript on the page: lines with their times, all of them to be read, played, searched and corrected."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

import streamlit as st

from lecture.transcript import Segment, Transcript, format_time

UNSURE = 0.3
"""A word that its recogniser holds for less probable than this is marked.

On the demonstration lecture PocketSphinx then marks 9 % of its words. 39 % of these are wrong, and they are half of all
that are (7 % of its words are wrong). On a minute of real voices it marks 31 %, 35 % of them wrong.
"""

Correct = Callable[[int, str, str], None]
"""Takes the number of a segment, the text that is to be replaced, and the new text."""

_HERE = Path(__file__).parent
_KEY = "transcript"
_ANSWERED = "transcript-answered"
"""Where the session notes the last correction that was dealt with: its line goes back to what the library says."""
_HTML = """
<div class="transcript">
  <div class="tools">
    <input type="search" class="query" placeholder="Search this lecture" aria-label="Search this lecture">
    <output class="count" aria-live="polite"></output>
    <span class="steps" hidden>
      <button type="button" class="previous" aria-label="Previous place" title="Previous (Shift+Enter)">↑</button>
      <button type="button" class="next" aria-label="Next place" title="Next (Enter)">↓</button>
    </span>
    <label class="follow" title="Keep the line that is being spoken in view" hidden>
      <input type="checkbox" checked> Follow
    </label>
  </div>
  <p class="legend" hidden>
    <span class="unsure">Underlined words</span>: the recogniser was not sure of them.
  </p>
  <div class="lines" tabindex="-1"></div>
</div>
"""
_component = st.components.v2.component(
    "transcript",
    html=_HTML,
    css=(_HERE / "transcript.css").read_text(encoding="utf-8"),
    js=(_HERE / "transcript.js").read_text(encoding="utf-8"),
)


def transcript_view(
    transcript: Transcript, moment: float | None, playable: bool, on_correct: Correct | None = None
) -> None:
    """Show the whole transcript, of any length.

    Args:
        transcript: what was said.
        moment: seconds; the line that is said then is marked and in view, where a search led to it.
        playable: whether there is a player beside it: a click on a line then plays from there.
        on_correct: called before the page runs again when a line was corrected; without it, none can be.
    """
    segments = transcript.segments
    found = None if moment is None else next((i for i, s in enumerate(segments) if moment < s.end), None)
    _component(
        key=_KEY,
        data={
            "lines": [_told(segment) for segment in segments],
            "found": found,
            "playable": playable,
            "correctable": on_correct is not None,
            "answered": st.session_state.get(_ANSWERED),
        },
        on_corrected_change=partial(_take, on_correct),
    )


def transcript_lines(segments: Iterable[Segment], moment: float | None = None) -> None:
    """Show segments, one a line. What was said is data: it is escaped, never read as HTML.

    Args:
        segments: in order of time.
        moment: seconds; the line that is said then is marked.
    """
    st.html(f'<div class="timed">{"".join(_line(segment, moment) for segment in segments)}</div>')


def _line(segment: Segment, moment: float | None) -> str:
    said = f"<time>{format_time(segment.start)}</time><span>{escape(segment.text)}</span>"
    found = moment is not None and segment.start <= moment < segment.end
    return f'<p class="found">{said}</p>' if found else f"<p>{said}</p>"


def _told(segment: Segment) -> list[Any]:
    """A line as the browser gets it: when, what, and whether the student wrote it.

    Its text is in parts, of which every second one holds words that the recogniser was not sure of.
    """
    return [segment.start, format_time(segment.start), _parts(segment), int(segment.corrected)]


def _parts(segment: Segment) -> list[str]:
    borders, at = [0], 0
    for word in segment.words:
        begin = segment.text.find(word.text.strip(), at)
        if begin < 0:
            continue
        at = begin + len(word.text.strip())
        if word.probability < UNSURE:
            borders += [begin, at]
    borders.append(len(segment.text))
    return [segment.text[begin:end] for begin, end in pairwise(borders)]


def _take(on_correct: Correct | None) -> None:
    """Hand on the correction that the browser sent."""
    sent = st.session_state[_KEY].get("corrected")
    if not isinstance(sent, dict) or on_correct is None:
        return
    st.session_state[_ANSWERED] = sent.get("attempt")
    number, before, text = sent.get("number"), sent.get("before"), sent.get("text")
    if isinstance(number, int) and isinstance(before, str) and isinstance(text, str):
        on_correct(number, before, text)
