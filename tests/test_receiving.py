"""Recordings over HTTP, chunk by chunk: real requests to a real server; for the page itself and for nobody else."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import streamlit as st
import uvicorn
from httpx2 import Client, Response
from starlette.applications import Starlette

import server
from lecture.library import Library
from lecture.process import Settings
from views import session

CHUNKS = [bytes([65 + number]) * 5_000 for number in range(6)]
WEBM = "audio/webm;codecs=opus"


@pytest.fixture
def library() -> Iterator[Library]:
    """The library that the server finds, new and empty."""
    st.cache_resource.clear()
    yield session.library()
    session.library().close()
    st.cache_resource.clear()


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """The routes on a port of this computer; gives their address."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        running = uvicorn.Server(uvicorn.Config(Starlette(routes=server.routes), log_level="error", lifespan="off"))
        thread = threading.Thread(target=running.run, args=([place],))
        thread.start()
        while not running.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{place.getsockname()[1]}"
        running.should_exit = True
        thread.join()


class Recorder:
    """What the page's recorder does."""

    def __init__(self, url: str, **headers: str) -> None:
        self.http = Client(base_url=url, headers={"Origin": url, **headers}, timeout=30)
        self.lecture, self.key = "", ""

    def begin(self, kind: str = "live", name: str = "Recording 2026-11-21 10.15", **more: object) -> Response:
        ticket = session.tickets().issue("tab", Settings(language="en"))
        return self.http.post("/incoming", json={"kind": kind, "name": name, **more}, headers={"X-Ticket": ticket})

    def begun(self, kind: str = "live", name: str = "Recording 2026-11-21 10.15", **more: object) -> Recorder:
        answer = self.begin(kind, name, **more)
        assert answer.status_code == 201, answer.text
        self.lecture, self.key = answer.json()["lecture"], answer.json()["key"]
        return self

    def send(self, chunk: int | str, content: bytes = b"", take: int | str = 0, **headers: str) -> Response:
        headers = {"X-Recording-Key": self.key, "Content-Type": WEBM, **headers}
        content = content or CHUNKS[int(chunk)]
        return self.http.put(f"/incoming/{self.lecture}/{take}/{chunk}", content=content, headers=headers)

    def end(self, *takes: int) -> Response:
        headers = {"X-Recording-Key": self.key}
        return self.http.post(f"/incoming/{self.lecture}/end", json={"takes": takes}, headers=headers)

    def mark(self, *marks: object) -> Response:
        headers = {"X-Recording-Key": self.key}
        return self.http.put(f"/incoming/{self.lecture}/marks", json={"marks": marks}, headers=headers)

    def look(self, **headers: str) -> Response:
        return self.http.get(f"/incoming/{self.lecture}", headers={"X-Recording-Key": self.key, **headers})


@pytest.fixture
def recorder(library: Library) -> Iterator[Recorder]:
    assert library.entries() == []
    with serving() as url:
        yield Recorder(url)


def stored(recorder: Recorder, take: int = 0) -> bytes:
    return session.takes().of(recorder.lecture).takes[take].path.read_bytes()


def test_a_recording_is_on_the_disk_as_it_comes(recorder, library):
    recorder.begun()
    for number, content in enumerate(CHUNKS):
        answer = recorder.send(number)
        assert (answer.status_code, answer.json()) == (200, {"chunks": number + 1, "bytes": 5_000 * (number + 1)})
        assert stored(recorder).endswith(content)
    assert stored(recorder) == b"".join(CHUNKS)
    assert recorder.look().json() == {"takes": [6], "ended": False}
    assert recorder.end(6).json() == {"lecture": recorder.lecture}
    assert recorder.look().json() == {"takes": [6], "ended": True}
    entry = library.entry(recorder.lecture)
    assert (entry.state, entry.title) == ("recording", "Recording 2026-11-21 10.15")
    assert (entry.settings, entry.source.main.name) == (Settings(language="en"), "Recording 2026-11-21 10.15.webm")
