"""The input view: record, upload, or try the demonstration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit_mic_recorder import mic_recorder

from lecture.audio import declared_duration
from lecture.captions import CAPTION_SUFFIXES
from lecture.errors import LectureError, SourceError
from lecture.process import Settings
from lecture.source import RECORDING_SUFFIXES, Source, is_captions, store
from lecture.transcript import format_time
from views import session, shared
from views.library import library_view
from views.recorder import can_receive, recorder, send_in_parts
from views.review import review_due
from views.text import plain
from views.working import estimate

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

DEMONSTRATION = Path(__file__).parent.parent / "samples" / "how-memory-works.mp3"


def input_view(settings: Settings) -> None:
    """Take a lecture in. Whichever way it comes, the page goes on with it at once."""
    st.title("Lecture Voice-to-Notes")
    st.markdown("Give it a lecture; get a transcript, a summary, flashcards and a study report.")
    review_due()
    _upload(settings)
    _record(settings)
    _demonstrate(settings)
    library_view()


def _upload(settings: Settings) -> None:
    with st.container(border=True):
        st.subheader("Upload", anchor=False)
        files = st.file_uploader(
            "A recording, its captions, or both",
            type=[*RECORDING_SUFFIXES, *CAPTION_SUFFIXES],
            accept_multiple_files=True,
            key=session.key("upload"),
            help="With captions (SRT, VTT or TXT) nothing has to be recognised: the notes are ready at once.",
        )
        if files:
            _say_how_long(files, settings)
        if st.button("Make study notes", type="primary", disabled=not files, key=session.key("process")):
            _take(lambda: _stored(files), settings)
        if can_receive():
            with st.expander(f"Larger than {st.get_option('server.maxUploadSize')} MB? Send it in parts"):
                send_in_parts(settings)


def _say_how_long(files: Sequence[UploadedFile], settings: Settings) -> None:
    """Before the work starts: how long the recording is, and how long the work will take, where that is known."""
    if any(is_captions(file.name) for file in files):
        return
    seconds = _declared_duration(files[0], files[0].file_id)
    if seconds:
        takes = estimate(settings, seconds)
        st.caption(f"{format_time(seconds)} long" + (f": {takes} of work, going by earlier lectures" if takes else ""))


@st.cache_data(show_spinner=False, max_entries=100)
def _declared_duration(_file: UploadedFile, file_id: str) -> float | None:
    """Seconds that an upload says it lasts; a decoder is started for that, once for a file."""
    return declared_duration(_file)


def _record(settings: Settings) -> None:
    with st.container(border=True):
        st.subheader("Record", anchor=False)
        if can_receive():
            recorder(settings)
            st.caption("Every second is saved while you record, and captions appear as people speak.")
        else:
            _record_a_short_note(settings)


def _record_a_short_note(settings: Settings) -> None:
    """Where nothing takes in what is recorded until it is over, the page itself does, at its end."""
    key = session.key("recorder")
    recorded = mic_recorder(
        start_prompt="● Start recording",
        stop_prompt="■ Stop, and make study notes",
        just_once=True,
        use_container_width=True,
        format="webm",
        key=key,
    )
    st.caption(
        "For up to 20 minutes: the recording stays in this browser tab until you stop it. To record a whole lecture, "
        "start the program with `make run`; or record with your phone and upload the file."
    )
    # The recorder also keeps the recording under this name: one copy of it is enough, and that is on disk.
    st.session_state.pop(f"{key}_output", None)
    if recorded:
        name = _recording_name(recorded["bytes"], shared.now())
        _take(lambda: Source(recording=store(BytesIO(recorded["bytes"]), name, session.incoming())), settings)


def _recording_name(content: bytes, now: datetime) -> str:
    """A name with the date; Safari records MP4, although the recorder calls everything WebM."""
    return f"Recording {now:%Y-%m-%d %H.%M}.{'m4a' if content[4:8] == b'ftyp' else 'webm'}"


def _demonstrate(settings: Settings) -> None:
    with st.container(border=True):
        st.subheader("No lecture at hand?", anchor=False)
        st.markdown("Six minutes on how memory works, and what that means for your studying.")
        if st.button("Try the demonstration lecture", key=session.key("demonstration")):
            _take(_demonstration, settings)


def _demonstration() -> Source:
    with DEMONSTRATION.open("rb") as file:
        return Source(recording=store(file, DEMONSTRATION.name, session.incoming()))


def _stored(files: Sequence[UploadedFile]) -> Source:
    """What was uploaded, on disk: at most one recording and one caption file make a lecture.

    Raises:
        SourceError: there are two of a kind.
    """
    captions = [file for file in files if is_captions(file.name)]
    recordings = [file for file in files if not is_captions(file.name)]
    if len(captions) > 1 or len(recordings) > 1:
        raise SourceError("One lecture at a time: choose one recording, and its captions if you have them.")
    kept = [store(some[0], some[0].name, session.incoming()) if some else None for some in (recordings, captions)]
    _let_go_of(files)
    return Source(*kept)


def _let_go_of(files: Sequence[UploadedFile]) -> None:
    """Streamlit would keep the bytes of uploads in memory as long as the tab is open."""
    context = get_script_run_ctx()
    if context and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        for file in files:
            context.uploaded_file_mgr.remove_file(session_id=context.session_id, file_id=file.file_id)


def _take(source: Callable[[], Source], settings: Settings) -> None:
    try:
        session.begin(source(), settings)
    except LectureError as error:
        st.error(plain(str(error)), icon=":material/error:")
    else:
        st.rerun()
