"""The player: a recording that plays from any moment of it, beside whatever the page shows.

Any element of the page that says its moment in `data-moment` (seconds) plays from there when it is clicked; what plays
is told to the page by the event `lecture-time`, with the seconds as its detail.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path

import streamlit as st
from streamlit import runtime

from lecture.source import Source, StoredFile
from lecture.transcript import format_time

_HERE = Path(__file__).parent
_HTML = """
<div class="player">
  <div class="heard"></div>
  <div class="handling">
    <button type="button" class="back" aria-label="Back 10 seconds" title="Back 10 seconds (J or ←)">−10 s</button>
    <button type="button" class="on" aria-label="Forward 10 seconds" title="Forward 10 seconds (L or →)">+10 s</button>
    <select class="speed" aria-label="Speed" title="Speed">
      <option value="0.75">0.75×</option>
      <option value="1" selected>1×</option>
      <option value="1.25">1.25×</option>
      <option value="1.5">1.5×</option>
      <option value="1.75">1.75×</option>
      <option value="2">2×</option>
    </select>
  </div>
  <p class="trouble" role="alert" hidden></p>
</div>
"""
_component = st.components.v2.component(
    "player",
    html=_HTML,
    css=(_HERE / "player.css").read_text(encoding="utf-8"),
    js=(_HERE / "player.js").read_text(encoding="utf-8"),
    isolate_styles=False,  # it stays in sight: its place on the page, outside of it, has to be styled, too
)


@dataclass
class _Served:
    """Where `server.py` serves recordings, by lecture; None where the page runs without it."""

    at: str | None = None


_served = _Served()


@contextmanager
def recordings_at(route: str) -> Iterator[None]:
    """Have players ask `route`/id of the lecture, such as "/recording/…", for as long as this lasts."""
    _served.at = route
    try:
        yield
    finally:
        _served.at = None


def player(source: Source, lecture_id: str, moment: float | None) -> None:
    """Show the lecture's recording, to be played; nothing where there are captions alone.

    What plays goes on playing when the page runs again.

    Args:
        source: what the lecture is made from.
        lecture_id: its id in the library.
        moment: seconds to stand at in the beginning, where a search led to them.
    """
    if source.recording is None:
        return
    _component(
        data={
            "src": f"{_served.at}/{lecture_id}" if _served.at else _through_streamlit(source.recording),
            "video": source.recording.mime_type.startswith("video/"),
            "name": source.recording.name,
            "moment": moment,
        },
        key="player",
    )


def play_button(seconds: float, label: str | None = None, playable: bool = True) -> str:
    """HTML for `st.html` of a button that plays the recording from a moment.

    Args:
        seconds: the moment.
        label: what the button says; by default the time, such as "03:20".
        playable: whether there is a recording; without one it is the label alone.
    """
    said, time = escape(label or format_time(seconds)), format_time(seconds)
    if not playable:
        return f"<time>{said}</time>"
    name = escape(f"{label}: play from {time}" if label else f"Play from {time}")
    return f'<button type="button" class="play" data-moment="{seconds:.2f}" aria-label="{name}">{said}</button>'


def _through_streamlit(recording: StoredFile) -> str:
    """The address of a recording that Streamlit holds in memory, as `st.audio` has it."""
    if not runtime.exists():  # a page in a test is seen by nobody
        return ""
    media = runtime.get_instance().media_file_mgr
    address = media.add(str(recording.path), recording.mime_type, "player", file_name=recording.name)
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    return f"/{base}{address}" if base else address
