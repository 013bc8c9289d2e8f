"""What the process has one of, whoever looks at its page: the library of everybody, the worker, models and tickets."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

import models
from lecture.jobs import Worker
from lecture.library import Library
from views.tickets import Tickets


def now() -> datetime:
    """The clock, in the computer's time zone."""
    return datetime.now().astimezone()


@st.cache_resource(show_spinner=False)
def everybodys_library() -> Library:
    """All lectures, whosever they are: for the worker, and for what asks for a secret of its own."""
    return Library()


def library_of(owner: str | None) -> Library:
    """The lectures of one owner; without one, as on a private computer, all."""
    return everybodys_library() if owner is None else everybodys_library().of(owner)


@st.cache_resource(show_spinner=False)
def tickets() -> Tickets:
    """The process's one register of tickets, which allow to begin a recording."""
    return Tickets()


@st.cache_resource(show_spinner=False)
def worker() -> Worker:
    """The process's one background worker; from its first use on, what waits in the library is processed."""
    return Worker(everybodys_library(), shared_models(), now)


@st.cache_resource(show_spinner=False)
def shared_models() -> models.Models:
    """The process's one set of loaded models, shared by all tabs and the worker."""
    return models.shared()
