"""The recorder: a lecture goes from the microphone to the program while it is held, second by second.

It records in the browser's window (`microphone.js`) and goes on while the page around it runs again. Every second of
sound is kept by the browser until the program has it (`chunks.js`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from lecture.process import Settings
from lecture.source import RECORDING_SUFFIXES
from views import session, shared, visitor

_HERE = Path(__file__).parent
_KEY = "live-recorder"
_PARTS_KEY = "sent-in-parts"
_HTML = """
<div class="recorder" data-phase="idle">
  <p class="trouble" data-part="trouble" role="alert" hidden></p>
  <p class="state" data-part="state" role="status"></p>
  <div class="running" data-part="running" hidden>
    <span class="clock" data-part="clock" role="timer" aria-label="Recorded" aria-live="off">00:00</span>
    <span class="level" data-part="level" aria-hidden="true"></span>
    <span class="marks" data-part="marks" hidden></span>
  </div>
  <p class="hint" data-part="hint" role="status"></p>
  <div class="choice" data-part="choice">
    <label>Microphone <select data-part="select"></select></label>
    <button type="button" class="plain" data-part="other" hidden>Choose another one</button>
  </div>
  <div class="buttons" data-part="buttons">
    <button type="button" class="main" name="start" hidden>● Start recording</button>
    <button type="button" class="main" name="go" hidden>● Go on recording</button>
    <button type="button" name="pause" hidden>Pause</button>
    <button type="button" name="mark" title="Mark this moment (M)" hidden>
      Mark this<kbd aria-hidden="true">M</kbd>
    </button>
    <button type="button" name="stop" hidden>■ Finish, and make study notes</button>
    <button type="button" name="halt" hidden>■ Stop</button>
    <button type="button" name="show" hidden>Show its page</button>
    <button type="button" name="discard" hidden>Forget it</button>
  </div>
  <p class="saved" data-part="saved" hidden></p>
  <div class="keeping" data-part="keeping" hidden>
    <button type="button" data-part="save">Save what is here as a file</button>
    <button type="button" data-part="short">Finish with what is saved</button>
  </div>
  <p class="note" data-part="note" hidden></p>
  <div class="left" data-part="left" hidden></div>
  <p class="live" data-part="live" role="status"></p>
</div>
"""
_PARTS_HTML = """
<div class="parts">
  <label class="file">Choose a file<input type="file" data-part="input"></label>
  <div data-part="running" hidden>
    <p class="name" data-part="name"></p>
    <progress data-part="bar" max="1" value="0" aria-label="Sent"></progress>
    <div class="row"><span data-part="far"></span><button type="button" data-part="cancel">Cancel</button></div>
  </div>
  <p class="hint" data-part="hint" role="status" hidden></p>
  <p class="trouble" data-part="trouble" role="alert" hidden></p>
</div>
"""


def _read(*names: str) -> str:
    return "\n".join((_HERE / name).read_text(encoding="utf-8") for name in names)


_recorder = st.components.v2.component(
    "recorder", html=_HTML, css=_read("recorder.css"), js=_read("chunks.js", "microphone.js", "recorder.js")
)
_in_parts = st.components.v2.component(
    "parts", html=_PARTS_HTML, css=_read("recorder.css"), js=_read("chunks.js", "parts.js")
)


@dataclass
class _Receiving:
    """Where `server.py` takes recordings in; None where the page runs without it."""

    at: str | None = None


_receiving = _Receiving()


@contextmanager
def receiving_at(route: str) -> Iterator[None]:
    """Have recorders send to `route`, such as "/incoming", for as long as this lasts."""
    _receiving.at = route
    try:
        yield
    finally:
        _receiving.at = None


def can_receive() -> bool:
    """Whether there is anything that takes in what a browser records."""
    return _receiving.at is not None


def recorder(settings: Settings, lecture_id: str | None = None) -> None:
    """Show the recorder. When it has begun, the page opens the lecture; recording goes on meanwhile.

    Args:
        settings: for a lecture that is begun.
        lecture_id: the lecture that is being recorded, where the page shows one.
    """
    _recorder(
        key=_KEY,
        data={
            "at": _receiving.at,
            "ticket": _ticket(settings),
            "lecture": lecture_id,
            "whose": hashlib.sha256(whose.encode()).hexdigest()[:16] if (whose := visitor.owner()) else "",
        },
        on_begun_change=_open_begun,
        on_ended_change=_open_ended,
    )


def send_in_parts(settings: Settings) -> None:
    """Offer to send a file of any size, a part at a time. At its end the page opens the lecture."""
    _in_parts(
        key=_PARTS_KEY,
        data={
            "at": _receiving.at,
            "ticket": _ticket(settings),
            "suffixes": list(RECORDING_SUFFIXES),
        },
        on_ended_change=_open_sent,
        on_cancelled_change=_delete_sent,
    )


def _ticket(settings: Settings) -> str:
    """What allows this browser tab to begin something, with these settings."""
    context = get_script_run_ctx()
    if context is None:
        return ""
    return shared.tickets().issue(context.session_id, settings, st.session_state.endpoint_key, owner=visitor.owner())


def _open_begun() -> None:
    _open(_told(_KEY, "begun"))


def _open_ended() -> None:
    """The recording is over; its lecture is what the page shows, unless the student went on to another."""
    ended = _told(_KEY, "ended")
    if st.session_state.lecture_id in (ended, None):
        _open(ended)


def _open_sent() -> None:
    _open(_told(_PARTS_KEY, "ended"))


def _delete_sent() -> None:
    """What was sent of a file is not wanted any more."""
    if lecture_id := _told(_PARTS_KEY, "cancelled"):
        session.library().delete(lecture_id)


def _told(component: str, what: str) -> str | None:
    """The lecture that a component told the page; it tells it more than once, and may be gone from the page by then."""
    lecture_id = st.session_state.get(component, {}).get(what)
    return lecture_id if isinstance(lecture_id, str) else None


def _open(lecture_id: str | None) -> None:
    if lecture_id:
        shared.worker().wake()
        session.open_lecture(lecture_id)
