"""What one browser tab knows: its slots, initialised and cleared here and nowhere else."""

from __future__ import annotations

import atexit
import tempfile
from datetime import datetime
from functools import partial
from pathlib import Path

import streamlit as st

import models
from lecture.jobs import Job, Worker
from lecture.process import Lecture, Settings, process
from lecture.source import Source

SLOTS = ("audio_data", "file_name", "transcription", "summary", "flashcards", "lecture_id", "finished")
"""`audio_data` is the lecture's `Source` on disk; `transcription`, `summary` and `flashcards` hold its `Transcript`,
`Notes` and cards once they are ready; `lecture_id` names the job that makes them, `finished` says when they were."""


def initialise() -> None:
    """Give a new tab its empty slots."""
    for slot in SLOTS:
        st.session_state.setdefault(slot, None)
    st.session_state.setdefault("visit", 0)


def clear() -> None:
    """Start over: stop the work, delete the lecture's files, empty the slots.

    `visit` is part of the input widgets' keys: with a new one they do not deliver the old file again.
    """
    worker().forget(st.session_state.lecture_id)
    if st.session_state.audio_data:
        st.session_state.audio_data.remove()
    for slot in SLOTS:
        st.session_state[slot] = None
    st.session_state.visit += 1


def key(name: str) -> str:
    """A widget key that is new after every "Start over"."""
    return f"{name}-{st.session_state.visit}"


def begin(source: Source, settings: Settings) -> None:
    """Take a lecture in and hand it to the worker."""
    st.session_state.audio_data = source
    st.session_state.file_name = source.main.name
    hand_in(settings)


def hand_in(settings: Settings) -> None:
    """Have the worker process this tab's lecture, anew if it failed before."""
    worker().forget(st.session_state.lecture_id)
    work = partial(_work, source=st.session_state.audio_data, settings=settings, shared=shared_models())
    st.session_state.lecture_id = worker().submit(work).id


def job() -> Job | None:
    """The job that works on this tab's lecture."""
    return worker().find(st.session_state.lecture_id)


def take_results(lecture: Lecture) -> None:
    """Fill the slots; from now on nothing is computed again."""
    st.session_state.transcription = lecture.transcript
    st.session_state.summary = lecture.notes
    st.session_state.flashcards = lecture.flashcards
    st.session_state.finished = datetime.now().astimezone()
    worker().forget(st.session_state.lecture_id)


def _work(job: Job, source: Source, settings: Settings, shared: models.Models) -> Lecture:
    return process(source, settings, job.on_progress, job.on_segments, shared)


@st.cache_resource(show_spinner=False)
def worker() -> Worker:
    """The process's one background worker."""
    return Worker()


@st.cache_resource(show_spinner=False)
def shared_models() -> models.Models:
    """The process's one set of loaded models, shared by all tabs and the worker."""
    return models.shared()


@st.cache_resource(show_spinner=False)
def folder() -> Path:
    """Where uploads and recordings lie while the program runs; removed when it ends."""
    temporary = tempfile.TemporaryDirectory(prefix="lecture-")
    atexit.register(temporary.cleanup)
    return Path(temporary.name)
