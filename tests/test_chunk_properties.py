"""What holds for the chunk routes whatever is sent: what was acknowledged, and nothing else, lies on the disk.

Requests go through the real routes and the real library; only the network between is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from hypothesis import assume, given, strategies
from starlette.applications import Starlette
from starlette.testclient import TestClient

import allowance
import receiving
import server
from lecture.process import Settings
from lecture.transcript import one_line
from tests.conftest import few
from tests.fixtures import anything
from views import session, shared

URL = "http://127.0.0.1:8501"
REFUSALS = {400, 403, 404, 405, 408, 409, 410, 413, 429, 503, 507}
"""What a sender may be told: every one of them is an answer that somebody thought of."""

numbers = strategies.one_of(
    strategies.just("next"),
    strategies.just("next"),
    strategies.integers(0, 4).map(str),
    strategies.sampled_from(
        ["-1", "1e3", "0x1", "00", "1.0", "٣", "9" * 30, "999999", " 1", "1%20", "..", "%2e%2e", "%00", "a"]
    ),
)
_webm = "audio/webm;codecs=opus"
kinds = strategies.sampled_from([*[_webm] * 9, "audio/mp4", "audio/ogg", "text/html", "", "x" * 5_000])
bodies = strategies.binary(max_size=4) | strategies.binary(min_size=5, max_size=60)
headers = strategies.dictionaries(
    strategies.sampled_from(["Origin", "Host", "X-Recording-Key", "Content-Type", "Content-Length", "Range", "Expect"]),
    strategies.sampled_from(
        ["", "null", "http://evil.example", "evil.example", URL, "0", "-1", "bytes=0-", "x" * 3_000]
    ),
    max_size=1,
)
orders = strategies.lists(
    strategies.tuples(numbers, numbers, bodies, kinds, strategies.just({}) | strategies.just({}) | headers), max_size=14
)


@contextmanager
def recorder() -> Iterator[TestClient]:
    """The routes, with an empty library behind them."""
    st.cache_resource.clear()
    receiving._allowance = allowance.Allowance(receiving.RATE, receiving.BURST)
    with TestClient(Starlette(routes=server.routes), base_url=URL, headers={"Origin": URL}) as client:
        yield client
    session.library().close()
    st.cache_resource.clear()


def begun(client: TestClient, **asked: object) -> tuple[str, str]:
    ticket = shared.tickets().issue("tab", Settings(language="en"))
    answer = client.post("/incoming", headers={"X-Ticket": ticket}, json=asked)
    assert answer.status_code == 201, answer.text
    return answer.json()["lecture"], answer.json()["key"]


def on_disk(lecture: str) -> dict[int, bytes]:
    takes = session.takes().of(lecture).takes
    folder = session.library().folder / "lectures" / lecture
    assert {path.name for path in folder.rglob("*") if path.is_file()} <= {str(take.number) for take in takes}
    return {take.number: take.path.read_bytes() for take in takes if take.size}


@few(30)
@given(orders, strategies.sampled_from(["live", "upload"]))
def test_what_is_acknowledged_is_exactly_what_lies_on_the_disk(sent, kind) -> None:
    with recorder() as client:
        lecture, key = begun(client, kind=kind, name="a.webm" if kind == "upload" else "Talk")
        chunks: dict[int, list[bytes]] = {}
        for asked_take, asked_chunk, body, mime_type, other in sent:
            take = str(max(chunks, default=0)) if asked_take == "next" else asked_take
            following = str(len(chunks.get(int(take), [])) if take.isdecimal() else 0)
            chunk = following if asked_chunk == "next" else asked_chunk
            named = {"X-Recording-Key": key, "Content-Type": mime_type, **other}
            answer = client.put(f"/incoming/{lecture}/{take}/{chunk}", headers=named, content=body)
            if answer.status_code == 200:
                held = chunks.setdefault(int(take), [])
                if int(chunk) == len(held):
                    held.append(body)
                assert int(chunk) < len(held)
                assert answer.json() == {"chunks": len(held), "bytes": sum(map(len, held))}
            else:
                assert answer.status_code in REFUSALS, (answer.status_code, answer.text)
            stored = {number: b"".join(parts) for number, parts in chunks.items()}
            assert on_disk(lecture) == {number: content for number, content in stored.items() if content}
        look = client.get(f"/incoming/{lecture}", headers={"X-Recording-Key": key})
        assert look.json()["takes"] == [len(chunks[number]) for number in sorted(chunks)]
        end = client.post(
            f"/incoming/{lecture}/end", headers={"X-Recording-Key": key}, json={"takes": look.json()["takes"]}
        )
        assert end.status_code in REFUSALS | {200}
        assert (end.status_code == 200) == any(map(any, chunks.values()))


@few(40)
@given(
    strategies.sampled_from(["", "/marks", "/end", "/0/0", "/begin"]),
    strategies.sampled_from(["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"]),
    anything.json_values.map(json.dumps) | anything.texts,
    headers,
)
def test_any_request_is_answered_in_json_or_refused(path, method, body, other) -> None:
    content = body.encode("utf-8", "replace")
    with recorder() as client:
        lecture, key = begun(client, kind="live", name="Talk")
        address = "/incoming" if path == "/begin" else f"/incoming/{lecture}{path}"
        answer = client.request(method, address, headers={"X-Recording-Key": key, **other}, content=content)
        assert answer.status_code in REFUSALS | {200, 201}, (answer.status_code, answer.text)
        if answer.status_code != 405 and answer.content:
            assert isinstance(answer.json(), dict)
        assert "Traceback" not in answer.text


@few(30)
@given(anything.texts, strategies.sampled_from(["live", "upload"]), strategies.none() | strategies.integers())
def test_any_name_is_a_name_and_no_path(name, kind, size) -> None:
    with recorder() as client:
        ticket = shared.tickets().issue("tab", Settings(language="en"))
        content = json.dumps({"kind": kind, "name": f"{name}.webm", "size": size})
        assume(len(content) < 60_000)
        answer = client.post("/incoming", headers={"X-Ticket": ticket}, content=content)
        assert answer.status_code in REFUSALS | {201}, (answer.status_code, answer.text)
        folder = session.library().folder
        assert {path.name for path in folder.iterdir()} <= {
            "lectures",
            "incoming",
            "library.db",
            "library.db-wal",
            "library.db-shm",
        }
        if answer.status_code == 201:
            begun = session.library().entry(answer.json()["lecture"])
            assert begun
            assert begun.title.strip() == one_line(begun.title)
