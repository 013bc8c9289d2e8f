"""Recordings over HTTP, chunk by chunk: real requests to a real server; for the page itself and for nobody else."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
import streamlit as st
import uvicorn
from requests import Response
from starlette.applications import Starlette
from streamlit import config

import receiving
import server
from allowance import Allowance
from lecture import growing, refusals
from lecture.library import Library
from lecture.process import Settings
from lecture.takes import Takes
from tests.fixtures import machine
from tests.fixtures.lectures import NOW, add, said
from views import recorder as recorder_view
from views import session, shared
from views.tickets import MOST_BEGUN, MOST_TICKETS, BadTicket, Tickets, TooOften

ROOT = Path(__file__).parent.parent
CHUNKS = [bytes([65 + number]) * 5_000 for number in range(6)]
WEBM = "audio/webm;codecs=opus"
NAME = "Recording 2026-11-21 10.15"


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
        running.force_exit = running.should_exit = True
        thread.join()


class Recorder:
    """What the page's recorder does."""

    def __init__(self, url: str, lecture: str = "", key: str = "") -> None:
        self.url, self.lecture, self.key = url, lecture, key
        self.http = requests.Session()
        self.http.headers["Origin"] = url

    def ask(self, method: str, path: str, headers: dict[str, str | None] | None = None, **content: object) -> Response:
        """A request below /incoming; a header that is None is left out."""
        return self.http.request(method, f"{self.url}/incoming{path}", headers=headers, timeout=30, **content)

    def begin(self, kind: str = "live", name: str = NAME, **more: object) -> Response:
        ticket = shared.tickets().issue("tab", Settings(language="en"))
        return self.ask("POST", "", {"X-Ticket": ticket}, json={"kind": kind, "name": name, **more})

    def begun(self, kind: str = "live", name: str = NAME, **more: object) -> Recorder:
        answer = self.begin(kind, name, **more)
        assert answer.status_code == 201, answer.text
        self.lecture, self.key = answer.json()["lecture"], answer.json()["key"]
        return self

    def send(self, chunk: int, content: object = None, take: int = 0, **headers: str | None) -> Response:
        content = CHUNKS[chunk] if content is None else content
        path = f"/{self.lecture}/{take}/{chunk}"
        return self.ask("PUT", path, {"X-Recording-Key": self.key, "Content-Type": WEBM, **headers}, data=content)

    def end(self, *takes: object, **headers: str | None) -> Response:
        headers = {"X-Recording-Key": self.key, **headers}
        return self.ask("POST", f"/{self.lecture}/end", headers, json={"takes": takes})

    def mark(self, *marks: object, **headers: str | None) -> Response:
        headers = {"X-Recording-Key": self.key, **headers}
        return self.ask("PUT", f"/{self.lecture}/marks", headers, json={"marks": marks})

    def look(self, **headers: str | None) -> Response:
        return self.ask("GET", f"/{self.lecture}", {"X-Recording-Key": self.key, **headers})

    def raw(self, method: str, target: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
        """A request whose address goes out exactly as it is written here."""
        headers = {"X-Recording-Key": self.key, "Content-Type": WEBM, "Origin": self.url, **headers}
        with contextlib.closing(http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=30)) as line:
            line.request(method, target, body, headers)
            answer = line.getresponse()
            return answer.status, answer.read()

    def unfinished(self, chunk: int, length: int = 5_000, sent: int = 2_500) -> socket.socket:
        """A connection that has sent a part of a chunk."""
        place = urlsplit(self.url)
        line = socket.create_connection((place.hostname, place.port))
        line.sendall(
            f"PUT /incoming/{self.lecture}/0/{chunk} HTTP/1.1\r\nHost: {place.netloc}\r\nOrigin: {self.url}\r\n"
            f"X-Recording-Key: {self.key}\r\nContent-Type: {WEBM}\r\nContent-Length: {length}\r\n\r\n".encode()
        )
        line.sendall(b"x" * sent)
        return line


@pytest.fixture
def recorder(library: Library) -> Iterator[Recorder]:
    assert library.entries() == []
    with serving() as url:
        yield Recorder(url)


def stored(recorder: Recorder, take: int = 0) -> bytes:
    takes = session.takes().of(recorder.lecture).takes
    return takes[take].path.read_bytes() if take < len(takes) else b""


def refused(answer: Response, status: int, *words: str) -> bool:
    """Whether an answer is a refusal in one sentence, which holds these words."""
    said = answer.json()["error"]
    assert answer.headers["content-type"] == "application/json"
    assert (answer.headers["cache-control"], answer.headers["x-content-type-options"]) == ("no-store", "nosniff")
    assert "access-control-allow-origin" not in answer.headers
    return (answer.status_code == status and said.endswith(".") and all(word in said for word in words)) or said


# ------------------------------------------------------------------------------------------------- in order, once


def test_a_recording_is_on_the_disk_as_it_comes(recorder, library):
    recorder.begun()
    for number, content in enumerate(CHUNKS):
        answer = recorder.send(number)
        assert (answer.status_code, answer.json()) == (200, {"chunks": number + 1, "bytes": 5_000 * (number + 1)})
        assert stored(recorder).endswith(content)
    assert stored(recorder) == b"".join(CHUNKS)
    assert recorder.look().json() == {"takes": [6], "ended": False}
    assert recorder.mark(1.5, 3).status_code == 200
    assert recorder.end(6).json() == {"lecture": recorder.lecture}
    assert recorder.end(6).json() == {"lecture": recorder.lecture}  # the answer was lost
    assert recorder.look().json() == {"takes": [6], "ended": True}
    entry = library.entry(recorder.lecture)
    assert (entry.state, entry.title) == ("recording", NAME)
    assert (entry.settings, entry.source.main.name) == (Settings(language="en"), f"{NAME}.webm")
    assert session.takes().of(recorder.lecture).marks == (1.5, 3.0)


def test_a_chunk_that_is_sent_twice_is_stored_once(recorder):
    recorder.begun()
    for number in (0, 1, 0, 1, 2, 2, 1):
        answer = recorder.send(number)
        assert answer.status_code == 200
    assert (answer.json(), stored(recorder)) == ({"chunks": 3, "bytes": 15_000}, b"".join(CHUNKS[:3]))


def test_a_chunk_that_was_lost_is_asked_for(recorder):
    recorder.begun()
    assert recorder.send(0).status_code == 200
    for number in (2, 5, 3):
        answer = recorder.send(number)
        assert refused(answer, 409, "sent again") is True
        assert answer.json()["chunks"] == 1
    assert stored(recorder) == CHUNKS[0]
    assert [recorder.send(number).status_code for number in (1, 2)] == [200, 200]
    assert stored(recorder) == b"".join(CHUNKS[:3])


def test_the_next_take_closes_the_one_before(recorder):
    recorder.begun()
    assert recorder.send(1, take=0).json()["chunks"] == 0
    assert recorder.send(0, take=1).json()["chunks"] == 0
    assert [recorder.send(number).status_code for number in (0, 1)] == [200, 200]
    assert recorder.send(0, b"after a refresh", take=1).status_code == 200
    assert refused(recorder.send(2), 410, "another tab") is True
    assert refused(recorder.send(0, take=3), 409) is True
    assert recorder.look().json() == {"takes": [2, 1], "ended": False}
    assert (stored(recorder), stored(recorder, 1)) == (b"".join(CHUNKS[:2]), b"after a refresh")


def test_two_senders_at_once_store_each_chunk_once(recorder):
    recorder.begun()
    twin = Recorder(recorder.url, recorder.lecture, recorder.key)

    def send_all(sender: Recorder) -> None:
        for number in range(len(CHUNKS)):
            while (answer := sender.send(number)).status_code != 200:
                assert answer.status_code == 409, answer.text

    with ThreadPoolExecutor(2) as threads:
        for sending in [threads.submit(send_all, sender) for sender in (recorder, twin)]:
            sending.result()
    assert stored(recorder) == b"".join(CHUNKS)


def test_an_end_waits_for_what_is_missing(recorder):
    recorder.begun()
    assert refused(recorder.end(), 400, "Nothing has been recorded") is True
    recorder.send(0)
    answer = recorder.end(3)
    assert refused(answer, 409) is True
    assert answer.json()["chunks"] == [1]
    assert [recorder.send(number).status_code for number in (1, 2)] == [200, 200]
    assert recorder.end(3).status_code == 200


# ------------------------------------------------------------------------------------------------- cut off, killed


def test_half_a_chunk_is_none(recorder):
    recorder.begun()
    recorder.send(0)
    recorder.unfinished(1).close()
    time.sleep(0.2)
    assert recorder.look().json()["takes"] == [1]
    assert recorder.send(1).status_code == 200
    assert stored(recorder) == CHUNKS[0] + CHUNKS[1]


def test_a_sender_who_stops_in_the_middle_is_not_waited_for(recorder, monkeypatch):
    monkeypatch.setattr(receiving, "PATIENCE_S", 0.3)
    recorder.begun()
    for sent in (0, 2_500):
        with contextlib.closing(recorder.unfinished(0, sent=sent)) as line:
            line.settimeout(5)
            assert line.recv(1_000).startswith(b"HTTP/1.1 408")
    assert recorder.send(0).status_code == 200
    assert stored(recorder) == CHUNKS[0]


def test_only_a_few_chunks_of_a_recording_are_on_their_way(recorder):
    recorder.begun()
    lines = [recorder.unfinished(0) for _ in range(3)]
    assert on_their_way(recorder, 3)
    answer = recorder.send(0)
    assert refused(answer, 429) is True
    assert int(answer.headers["retry-after"]) >= 1
    for line in lines:
        line.close()
    assert on_their_way(recorder, 0)
    assert recorder.send(0).status_code == 200
    assert not receiving._on_their_way


def on_their_way(recorder: Recorder, number: int) -> bool:
    """Wait until so many of a recording's chunks are being received."""
    deadline = time.monotonic() + 10
    while receiving._on_their_way[recorder.lecture] != number and time.monotonic() < deadline:
        time.sleep(0.01)
    return receiving._on_their_way[recorder.lecture] == number


@contextlib.contextmanager
def program(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The program as `make run` starts it."""
    environment = {**os.environ, **machine.empty(folder), "HOME": str(folder)}
    command = [sys.executable, *f"-m streamlit run server.py --server.port {port}".split()]
    with (folder / "log.txt").open("ab") as log:
        running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + 90
        while True:
            with contextlib.suppress(requests.ConnectionError):
                if requests.get(f"http://127.0.0.1:{port}/_stcore/health", timeout=5).ok:
                    break
            assert running.poll() is None and time.monotonic() < deadline, (folder / "log.txt").read_text()
            time.sleep(0.1)
        yield running
    finally:
        running.kill()
        running.wait(20)


def test_a_program_that_is_killed_and_started_again_goes_on(tmp_path):
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        port = place.getsockname()[1]
    library = Library(f"sqlite:///{tmp_path / 'data' / 'library.db'}", tmp_path / "data")
    begun = Takes(library).begin(NAME, "live", Settings(), NOW)
    recorder = Recorder(f"http://127.0.0.1:{port}", begun.lecture_id, begun.key)
    with program(tmp_path, port) as running:
        assert [recorder.send(number).json()["chunks"] for number in (0, 1)] == [1, 2]
        with recorder.unfinished(2):
            running.send_signal(signal.SIGKILL)
            running.wait(20)
    with pytest.raises(requests.ConnectionError):
        recorder.send(2)
    with program(tmp_path, port):
        assert recorder.look().json() == {"takes": [2], "ended": False}
        assert [recorder.send(number).json()["chunks"] for number in (1, 2, 3)] == [2, 3, 4]
        assert recorder.send(0, Origin="https://elsewhere.example").status_code == 403
        (take,) = Takes(library).of(begun.lecture_id).takes
        assert take.path.read_bytes() == b"".join(CHUNKS[:4])
    library.close()
    assert "Traceback" not in (tmp_path / "log.txt").read_text()


# ------------------------------------------------------------------------------------------------- who may write


def writing(recorder: Recorder) -> dict[str, Callable[..., Response]]:
    """All that writes, each with headers to be had; nothing of it has an effect in tests that count on it."""
    ticket = shared.tickets().issue("tab", Settings())
    asked = {"kind": "live", "name": "another"}
    return {
        "begin": lambda **headers: recorder.ask("POST", "", {"X-Ticket": ticket, **headers}, json=asked),
        "send": lambda **headers: recorder.send(1, **headers),
        "mark": lambda **headers: recorder.mark(9.0, **headers),
        "end": lambda **headers: recorder.end(1, **headers),
    }


def untouched(recorder: Recorder, library: Library) -> bool:
    found = session.takes().of(recorder.lecture)
    return (len(library.entries()), found.takes[0].chunks, found.marks, found.ended) == (1, 1, (), False)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": None},
        {"Origin": "null"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "http://127.0.0.1:3000"},
        {"Origin": "http://localhost"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "elsewhere.example", "Origin": "http://elsewhere.example"},  # a name that was made to lead here
        {"Host": "192.168.0.7:8501", "Origin": "http://192.168.0.7:8501"},
    ],
)
def test_only_the_page_itself_may_write(recorder, library, headers):
    recorder.begun().send(0)
    for write in writing(recorder).values():
        assert refused(write(**headers), 403, "own page") is True
    assert untouched(recorder, library)
    if headers != {"Origin": None}:  # a browser says no origin where a page reads what is its own
        assert recorder.look(**headers).status_code == 403
    for write in writing(recorder).values():
        assert write(**{"Sec-Fetch-Site": "same-origin"}).status_code in (200, 201)


def test_another_sites_page_is_not_told_that_it_may(recorder):
    """A browser asks first, and sends nothing where the answer does not say yes."""
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "PUT"}
    answer = recorder.ask("OPTIONS", f"/{recorder.begun().lecture}/0/0", asked)
    assert answer.status_code == 405
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_where_others_reach_the_page_any_name_of_it_leads_here(recorder, library):
    named = {"Host": "notes.department.example", "Origin": "https://notes.department.example"}
    before = config.get_option("server.address")
    config.set_option("server.address", "0.0.0.0")
    try:
        assert recorder.begun().send(0, **named).status_code == 200
        assert recorder.send(1, **{**named, "Origin": "https://elsewhere.example"}).status_code == 403
    finally:
        config.set_option("server.address", before)


@pytest.mark.parametrize("key", [None, "", "x" * 43, "é", "x" * 5_000])
def test_only_the_key_allows_to_add(recorder, library, key):
    recorder.begun().send(0)
    headers = {"X-Recording-Key": key.encode() if key else key}
    for name, write in writing(recorder).items():
        if name != "begin":
            assert refused(write(**headers), 403, "another browser") is True
    assert refused(recorder.look(**headers), 403) is True
    assert untouched(recorder, library)


def test_another_recordings_key_and_the_lectures_id_are_no_keys(recorder):
    other = recorder.begun().key
    recorder.begun()
    for key in (other, recorder.lecture):
        assert recorder.send(0, **{"X-Recording-Key": key}).status_code == 403


@pytest.mark.parametrize("ticket", [None, "", "x" * 43, "tab"])
def test_only_a_ticket_allows_to_begin(recorder, library, ticket):
    shared.tickets().issue("tab", Settings())
    answer = recorder.ask("POST", "", {"X-Ticket": ticket}, json={"kind": "live", "name": NAME})
    assert refused(answer, 403, "Load it again") is True
    assert library.entries() == []


def test_a_ticket_begins_only_so_much_in_an_hour(recorder, library):
    assert {recorder.begin().status_code for _ in range(MOST_BEGUN)} == {201}
    answer = recorder.begin()
    assert refused(answer, 429, "Wait") is True
    assert 3_500 < int(answer.headers["retry-after"]) <= 3_600
    assert len(library.entries()) == MOST_BEGUN


def test_what_is_ended_or_deleted_takes_nothing(recorder, library):
    recorder.begun().send(0)
    recorder.end(1)
    assert refused(recorder.send(1), 410, "ended") is True
    assert refused(recorder.mark(1.0), 410, "ended") is True
    recorder.begun().send(0)
    library.delete(recorder.lecture)
    for answer in (recorder.send(1), recorder.send(0), recorder.mark(1.0), recorder.end(1), recorder.look()):
        assert refused(answer, 404, "deleted") is True
    assert not (library.folder / "lectures" / recorder.lecture).exists()


def test_an_ordinary_lecture_is_no_recording(recorder, library):
    recorder.lecture = said(library, "Osmosis is the movement of water.").id
    for answer in (recorder.send(1), recorder.mark(1.0), recorder.end(1), recorder.look()):
        assert refused(answer, 404) is True


# ------------------------------------------------------------------------------------------------- how much


def test_a_chunk_has_a_largest_size(recorder, monkeypatch):
    recorder.begun("upload", "talk.mp3")
    at_most = b"x" * receiving.LARGEST_CHUNK
    assert refused(recorder.send(0, at_most + b"x"), 413, "8,000,000 bytes") is True
    assert refused(recorder.send(0, iter([at_most, b"x"])), 413) is True  # its length is not said beforehand
    assert stored(recorder) == b""
    assert recorder.send(0, at_most).json() == {"chunks": 1, "bytes": receiving.LARGEST_CHUNK}


def test_a_length_that_is_said_is_believed_before_anything_is_read(recorder):
    recorder.begun()
    for length in (10**9, 10**15, int("9" * 40)):
        with contextlib.closing(recorder.unfinished(0, length)) as line:
            line.settimeout(5)
            assert line.recv(1_000).startswith(b"HTTP/1.1 4")
    assert recorder.send(0).status_code == 200


def test_a_refusal_is_heard_by_those_who_are_still_sending(recorder):
    recorder.begun("upload", "talk.mp3")
    large = b"x" * receiving.LARGEST_CHUNK
    for _ in range(3):
        assert refused(recorder.send(5, large), 409) is True
        assert refused(recorder.send(0, large, **{"X-Recording-Key": "x"}), 403) is True
    recorder.key = "x"
    with contextlib.closing(recorder.unfinished(0, len(large))) as line:
        line.settimeout(5)
        line.sendall(large[2_500 : len(large) // 2])
        time.sleep(0.3)
        line.sendall(large[len(large) // 2 :])
        assert line.recv(1_000).startswith(b"HTTP/1.1 403")


def test_the_whole_has_a_largest_size(recorder, monkeypatch):
    monkeypatch.setitem(refusals.LARGEST, "live", 12_000)
    recorder.begun()
    assert [recorder.send(number).status_code for number in (0, 1)] == [200, 200]
    assert refused(recorder.send(2), 413, "begin another one") is True
    assert recorder.end(2).status_code == 200


@pytest.mark.parametrize(("size", "status"), [(4_000_000_001, 413), (0, 400), (-1, 400), ("12", 400), (1.5, 400)])
def test_an_upload_that_cannot_be_taken_is_refused_before_it_is_sent(recorder, library, size, status):
    assert refused(recorder.begin("upload", "talk.mp3", size=size), status) is True
    assert library.entries() == []


def test_more_than_was_announced_is_refused(recorder):
    recorder.begun("upload", "talk.mp3", size=5_001)
    recorder.send(0)
    assert refused(recorder.send(1), 413, "upload again") is True
    assert refused(recorder.end(1), 400, "Not all") is True


def test_a_live_recording_has_a_rate_and_an_upload_none(recorder, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(receiving, "_allowance", Allowance(1_000.0, 40_000.0, lambda: now[0]))
    recorder.begun()
    answers = [recorder.send(number) for number in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]  # each counts as 16,000 bytes
    assert refused(answers[-1], 429, "later") is True
    assert answers[-1].headers["retry-after"] == "8"
    now[0] = 8.1
    assert recorder.send(3).status_code == 200
    recorder.begun("upload", "talk.mp3")
    assert {recorder.send(number).status_code for number in range(6)} == {200}


def test_a_full_disk_is_said_and_later_it_goes_on(recorder, monkeypatch):
    recorder.begun().send(0)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(growing.os, "fsync", full)
        assert refused(recorder.send(1), 507, "The disk is full") is True
    assert [recorder.send(number).status_code for number in (1, 2)] == [200, 200]
    assert stored(recorder) == b"".join(CHUNKS[:3])


def test_a_library_that_cannot_be_used_is_said_in_one_sentence(recorder, library):
    recorder.begun()
    library.close()
    library.database.write_bytes(b"This is no database. " * 500)
    assert refused(recorder.send(0), 503, "damaged") is True


# ------------------------------------------------------------------------------------------------- nothing is a path


NO_PATHS = [
    "/incoming/{}/-1/0",
    "/incoming/{}/0/-1",
    "/incoming/{}/0/1e3",
    "/incoming/{}/0/0x1",
    "/incoming/{}/0/%D9%A1",  # an Arabic digit
    "/incoming/{}/0/ 1".replace(" ", "%20"),
    "/incoming/{}/../0",
    "/incoming/{}/..%2f..%2f0/0",
    "/incoming/{}/%2e%2e/0",
    "/incoming/{}/0/..%5c..%5cx",
    "/incoming/{}/0/%00",
    "/incoming/{}/0/10000000",
    "/incoming/{}/0/" + "9" * 6_000,
    "/incoming/{}/" + "9" * 6_000 + "/0",
    "/incoming/../0/0",
    "/incoming/%2e%2e/0/0",
    "/incoming/..%2f..%2fetc/0/0",
    "/incoming/..%5c..%5cetc/0/0",
    "/incoming/%00/0/0",
    "/incoming/%ff%fe/0/0",
    "/incoming//0/0",
    "/incoming/" + "x" * 5_000 + "/0/0",
    "/incoming/' OR 1=1 --/0/0".replace(" ", "%20"),
    "/incoming/{}/0/0/0",
    "/incoming/{}/0",
    "/incoming/{}/takes/0",
]


def test_nothing_of_an_address_is_a_path(recorder, library):
    recorder.begun().send(0)
    before = {path for path in library.folder.parent.rglob("*") if path.suffix not in (".db-wal", ".db-shm")}
    for target in NO_PATHS:
        status, content = recorder.raw("PUT", target.format(recorder.lecture), b"foreign")
        assert status in (400, 404, 405), target
        assert b"Traceback" not in content
    assert {path for path in library.folder.parent.rglob("*") if path.suffix not in (".db-wal", ".db-shm")} == before
    assert session.takes().of(recorder.lecture).takes[0].chunks == 1


def test_huge_numbers_are_out_of_order(recorder):
    recorder.begun().send(0)
    for take, chunk in ((0, 9_999_999), (9_999_999, 0)):
        assert refused(recorder.send(chunk, b"x", take=take), 409) is True


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("PUT", ""), ("DELETE", "/{}"), ("POST", "/{}"), ("POST", "/{}/0/0"), ("GET", "/{}/0/0")],
)
def test_nothing_else_is_answered(recorder, method, path):
    assert recorder.ask(method, path.format(recorder.begun().lecture)).status_code == 405


@pytest.mark.parametrize("name", ["../../etc/passwd.mp3", "a\r\nb.mp3", "\ud83d.mp3", "<b>.mp3", f"{'x' * 5_000}.mp3"])
def test_a_name_is_data(recorder, library, name):
    body = json.dumps({"kind": "upload", "name": name, "size": None})
    ticket = shared.tickets().issue("tab", Settings())
    answer = recorder.ask("POST", "", {"X-Ticket": ticket}, data=body)
    if "\ud83d" in name:  # half a letter is no JSON
        assert refused(answer, 400) is True
        return
    recorder.lecture, recorder.key = answer.json()["lecture"], answer.json()["key"]
    recorder.send(0)
    (take,) = session.takes().of(recorder.lecture).takes
    assert take.path.relative_to(library.folder).parts == ("lectures", recorder.lecture, "takes", "0")


NONSENSE = [
    b"",
    b"nonsense",
    b"[]",
    b"null",
    b"\xff\xfe",
    b"[" * 50_000,
    b'{"takes":' * 5_000,
    b'{"kind":"other","name":"x","takes":[-1],"marks":[-1]}',
    b'{"kind":"live","name":7,"takes":["1"],"marks":["1"]}',
    b'{"kind":"live","name":null,"takes":[1e99],"marks":[NaN]}',
    b'{"kind":"live","takes":[1.5],"marks":[1e999]}',
    b'{"kind":"live","takes":{},"marks":[[1]]}',
    b'{"kind":"live","takes":[99999999999999999999],"marks":null}',
    b" " * 64_001,
]


def test_what_is_not_understood_is_refused(recorder, library):
    recorder.begun().send(0)
    ticket = shared.tickets().issue("tab", Settings())
    headers = {"X-Recording-Key": recorder.key, "X-Ticket": ticket}
    places = (("POST", ""), ("PUT", f"/{recorder.lecture}/marks"), ("POST", f"/{recorder.lecture}/end"))
    for body, (method, path) in product(NONSENSE, places):
        status = 413 if len(body) > 64_000 else 400
        assert refused(recorder.ask(method, path, headers, data=body), status) is True, body[:60]
    assert untouched(recorder, library)


@pytest.mark.parametrize("mime_type", [None, "text/html", "audio/wav"])
def test_what_no_browser_records_is_refused(recorder, mime_type):
    assert refused(recorder.begun().send(0, **{"Content-Type": mime_type}), 400, "another browser") is True


# ------------------------------------------------------------------------------------------------- uploads

SOUND = bytes(range(256)) * 100


def test_an_upload_in_parts_is_an_ordinary_lecture(recorder, library):
    for known in (None, recorder):
        recorder.begun("upload", "my_talk.mp3", size=len(SOUND))
        for number, start in enumerate(range(0, len(SOUND), 10_000)):
            headers = {"Content-Type": "audio/mpeg"}
            assert recorder.send(number, SOUND[start : start + 10_000], **headers).status_code == 200
        answer = recorder.end(3)
        assert answer.status_code == 200
        if known is None:
            first = answer.json()["lecture"]
            assert first == recorder.lecture
    assert answer.json()["lecture"] == first != recorder.lecture
    (entry,) = library.entries()
    assert (entry.id, entry.state, entry.title, entry.settings.language) == (first, "waiting", "My talk", "en")
    assert entry.source.recording.path.read_bytes() == SOUND
    assert add(library, SOUND, "the same.mp3", Settings(language="en")).id == first


def test_what_is_no_recording_is_refused_at_once(recorder, library):
    for name in ("talk.exe", "talk.srt", "talk"):
        assert refused(recorder.begin("upload", name, size=100), 400, "sound or video") is True
    assert library.entries() == []


# ------------------------------------------------------------------------------------------------- where it is known


def test_below_a_base_path_recordings_are_taken_there():
    before = config.get_option("server.baseUrlPath")
    config.set_option("server.baseUrlPath", "/notes/")
    try:
        assert server._route("incoming") == "/notes/incoming"
    finally:
        config.set_option("server.baseUrlPath", before)
    assert receiving.routes("/notes/incoming")[-1].path == "/notes/incoming/{lecture}/{take}/{chunk}"


def test_the_page_knows_where_to_send_while_the_server_runs():
    async def run() -> list[bool]:
        async with server._running(server.app):
            within = recorder_view.can_receive()
        return [within, recorder_view.can_receive()]

    with ThreadPoolExecutor(1) as thread:  # in this one, a browser's loop may be running
        assert thread.submit(asyncio.run, run()).result() == [True, False]


# ------------------------------------------------------------------------------------------------- tickets


def test_a_ticket_is_a_tabs_own_and_stands_for_what_was_chosen_last():
    tickets = Tickets()
    first, second = tickets.issue("one", Settings()), tickets.issue("two", Settings())
    assert first != second
    assert tickets.issue("one", Settings(language="fr"), "secret") == first
    found = tickets.redeem(first)
    assert (found.settings, found.endpoint_key) == (Settings(language="fr"), "secret")
    assert tickets.redeem(second).settings == Settings()
    for wrong in ("", "one", first[:-1], f"{first}x"):
        with pytest.raises(BadTicket):
            tickets.redeem(wrong)


def test_a_ticket_begins_again_after_an_hour_and_ends_a_day_after_its_page():
    now = [0.0]
    tickets = Tickets(lambda: now[0])
    ticket = tickets.issue("tab", Settings())
    for now[0] in range(MOST_BEGUN):  # one a second
        tickets.redeem(ticket)
    with pytest.raises(TooOften) as refusal:
        tickets.redeem(ticket)
    assert refusal.value.wait == pytest.approx(3_600 - (MOST_BEGUN - 1))
    now[0] = 3_600.5
    tickets.redeem(ticket)
    with pytest.raises(TooOften):
        tickets.redeem(ticket)
    now[0] = 24 * 3_600.0
    tickets.redeem(ticket)
    now[0] += 1
    with pytest.raises(BadTicket, match="Load it again"):
        tickets.redeem(ticket)
    assert tickets.issue("tab", Settings()) == ticket  # the page ran again
    tickets.redeem(ticket)


def test_tabs_that_were_not_seen_for_long_are_forgotten():
    tickets = Tickets()
    first, second = tickets.issue("first", Settings()), tickets.issue("second", Settings())
    for number in range(MOST_TICKETS - 2):
        tickets.issue(f"tab {number}", Settings())
    tickets.issue("first", Settings())
    tickets.issue("one too many", Settings())
    tickets.redeem(first)
    with pytest.raises(BadTicket):
        tickets.redeem(second)
    assert len(tickets._tabs) == len(tickets._sessions) == MOST_TICKETS


def test_an_allowance_is_a_burst_and_then_a_rate():
    now = [0.0]
    allowance = Allowance(10.0, 100.0, lambda: now[0])
    for _ in range(10):
        assert allowance.wait("one") == 0
        allowance.spend("one", 10)
    assert allowance.wait("one") == 0
    allowance.spend("one", 50)
    assert allowance.wait("one") == pytest.approx(5)
    assert allowance.wait("another") == 0
    now[0] = 6.0
    assert allowance.wait("one") == 0
    now[0] = 1_000.0
    allowance.spend("another", 1)
    assert set(allowance._free_at) == {"another"}
