"""The sidebar: what the student can choose."""

from __future__ import annotations

from typing import cast

import streamlit as st

import models
from lecture.cluster import named_cluster
from lecture.errors import ModelError, WriterError
from lecture.languages import LANGUAGES
from lecture.process import Settings
from lecture.writers import Length
from lecture.writing.endpoint import is_local
from lecture.writing.endpoint import models as offered_models
from views import session, visitor
from views.text import plain

DEFAULTS = Settings()
_RECOGNISERS = {
    "auto": "Automatic",
    "faster-whisper": "Whisper (faster-whisper)",
    "whisper": "Whisper (openai-whisper)",
    "pocketsphinx": "PocketSphinx: a quick English draft",
}
_SIZES = {
    "auto": "Automatic",
    "tiny": "tiny: fastest",
    "base": "base",
    "small": "small",
    "medium": "medium",
    "large-v3": "large-v3: most exact",
    "turbo": "turbo: nearly as exact, faster",
}
_WRITERS = {
    "extractive": "Built in: quotes the lecture",
    "local": "Local language model: rephrases",
    "endpoint": "Language model server: rephrases",
}
_LENGTHS = {"short": "Short", "medium": "Medium", "long": "Long"}
_ANOTHER = "Another one …"
_AUTOMATIC = "auto"


def settings_sidebar() -> Settings:
    """Show the settings; returns what is chosen."""
    with st.sidebar:
        st.header("Settings")
        for name, value in _values(_start_with()).items():
            st.session_state.setdefault(f"settings.{name}", value)
        recogniser = st.selectbox(
            "Recogniser",
            _RECOGNISERS,
            format_func=_RECOGNISERS.__getitem__,
            key="settings.recogniser",
            help="Whisper is best. Where its model cannot be had, PocketSphinx writes a draft.",
        )
        model = st.selectbox(
            "Model size",
            _SIZES,
            format_func=_SIZES.__getitem__,
            key="settings.model",
            disabled=recogniser == "pocketsphinx",
            help="Larger models make fewer mistakes and take longer. Each is downloaded once.",
        )
        language = st.selectbox(
            "Language of the lecture",
            [_AUTOMATIC, *LANGUAGES],
            format_func=_language_name,
            key="settings.language",
        )
        vocabulary = st.text_area(
            "Course vocabulary",
            key="settings.vocabulary",
            placeholder="Ebbinghaus, hippocampus, spaced repetition",
            help="Names and terms that Whisper should expect, separated by commas.",
            height=80,
        )
        writer = st.selectbox("Writer", _WRITERS, format_func=_WRITERS.__getitem__, key="settings.writer")
        writer_model = _writer_model() if writer == "local" else None
        endpoint, endpoint_model = _endpoint() if writer == "endpoint" else ("", "")
        notes_language = _notes_language() if writer != "extractive" else None
        length = st.segmented_control(
            "Summary length",
            list(_LENGTHS),
            format_func=_LENGTHS.__getitem__,
            key="settings.summary_length",
            required=True,
        )
        st.button("Reset to defaults", on_click=_reset, icon=":material/restart_alt:")
        st.caption(_where_it_happens(endpoint))
    settings = Settings(
        recogniser=recogniser,
        model=model,
        language=None if language == _AUTOMATIC else language,
        vocabulary=vocabulary,
        writer=writer,
        writer_model=writer_model,
        summary_length=cast(Length, length),
        endpoint=endpoint,
        endpoint_model=endpoint_model,
        notes_language=notes_language,
    )
    session.remember(settings)
    return settings


def _writer_model() -> str:
    suggested = _suggested()
    chosen = st.selectbox("Language model", [*suggested, _ANOTHER], key="settings.writer_model")
    if chosen == _ANOTHER:
        chosen = st.text_input(
            "Its hub name, or a folder", key="settings.another_writer", placeholder="owner/name"
        ).strip()
    if chosen:
        st.caption(plain(_cost(chosen)))
    return chosen or suggested[0]


def _endpoint() -> tuple[str, str]:
    """The server that writes, and the model there. Its key stays in this tab's memory."""
    address = st.text_input(
        "Address of the server",
        key="settings.endpoint",
        placeholder="http://localhost:11434/v1",
        help="Any server that speaks OpenAI's language: Ollama, LM Studio, vLLM, Groq …",
    ).strip()
    st.session_state.endpoint_key = (
        st.text_input(
            "Key, if it needs one",
            type="password",
            key="endpoint_key_field",
            autocomplete="off",
            help="Kept in memory while this tab is open; never stored.",
        ).strip()
        or None
    )
    if address and not is_local(address):
        st.warning("The text of your lecture leaves this computer: it is sent to this server.", icon=":material/cloud:")
    model = st.text_input("Its model", key="settings.endpoint_model", placeholder="llama3.2").strip()
    if st.button("Which models does it have?", disabled=not address, type="tertiary"):
        try:
            found = offered_models(address, st.session_state.endpoint_key)
        except WriterError as error:
            st.caption(plain(str(error)))
        else:
            st.caption(plain(", ".join(found) or "None."))
    return address, model


def _notes_language() -> str | None:
    chosen = st.selectbox(
        "Language of the notes",
        [_AUTOMATIC, *LANGUAGES],
        format_func=_notes_language_name,
        key="settings.notes_language",
        help="A sentence whose translation cannot be checked stays in the lecture's language.",
    )
    return None if chosen == _AUTOMATIC else chosen


def _where_it_happens(endpoint: str) -> str:
    private = session.only_here() and not visitor.asks_for_login() and named_cluster() is None
    here = "on this computer" if private else "on the machines of whoever runs this page"
    if endpoint and not is_local(endpoint):
        return f"Recognition happens {here}; the notes are written by the server you named."
    return f"Everything happens {here}. Only a model's download uses the network."


@st.cache_data(ttl=120, show_spinner="Asking how large it is …")
def _cost(name: str) -> str:
    """What using this writer takes: shown before a download starts."""
    try:
        weights = models.writer_weights(name)
    except ModelError as error:
        return str(error)
    if weights is None:
        return "It is on this computer."
    return f"It will be downloaded once, {weights.bytes / 1e6:,.0f} MB from {weights.source}, when notes are next made."


def _language_name(code: str) -> str:
    return LANGUAGES.get(code, "Automatic")


def _notes_language_name(code: str) -> str:
    return LANGUAGES.get(code, "As the lecture")


def _start_with() -> Settings:
    """What was chosen last on this computer; where others reach the page, the defaults."""
    if "start_settings" not in st.session_state:
        remembered = session.library().preferred_settings() if session.shows_library() else None
        st.session_state.start_settings = remembered or DEFAULTS
    settings: Settings = st.session_state.start_settings
    return settings


def _values(settings: Settings) -> dict[str, str]:
    """Settings as the widgets hold them, by the widgets' keys."""
    suggested = settings.writer_model in (None, *_suggested())
    return {
        "recogniser": settings.recogniser,
        "model": settings.model,
        "language": settings.language or _AUTOMATIC,
        "vocabulary": settings.vocabulary,
        "writer": settings.writer,
        "writer_model": (settings.writer_model or _suggested()[0]) if suggested else _ANOTHER,
        "another_writer": "" if suggested else settings.writer_model or "",
        "summary_length": settings.summary_length,
        "endpoint": settings.endpoint,
        "endpoint_model": settings.endpoint_model,
        "notes_language": settings.notes_language or _AUTOMATIC,
    }


def _suggested() -> list[str]:
    return [writer.name for writer in models.WRITERS]


def _reset() -> None:
    session.remember(DEFAULTS)
    for name, value in _values(DEFAULTS).items():
        st.session_state[f"settings.{name}"] = value
