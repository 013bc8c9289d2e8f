"""Recordings over HTTP: in parts, for those who know a lecture's id, and for no other site's page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit import config

import server
from lecture.library import Library
from lecture.process import Settings
from lecture.source import Source, StoredFile
from views import player, session

HERE = "http://127.0.0.1:8501"
SOUND = bytes(range(256)) * 400
CREATED = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def library() -> Iterator[Library]:
    """The library that the server finds, new and empty."""
    st.cache_resource.clear()
    yield session.library()
    session.library().close()
    st.cache_resource.clear()


@pytest.fixture
def client(library: Library) -> TestClient:
    assert library.entries() == []
    return TestClient(Starlette(routes=server.routes), base_url=HERE)


@contextmanager
def option(name: str, value: str) -> Iterator[None]:
    """Streamlit started with this option."""
    before = config.get_option(name)
    config.set_option(name, value)
    yield
    config.set_option(name, before)


def taken_in(library: Library, folder: Path, name: str = "Memory lecture.mp3", captions: bool = False) -> str:
    """The id of a new lecture; its file holds `SOUND`."""
    path = folder / "upload"
    path.write_bytes(SOUND)
    file = StoredFile(path, name)
    entry, new = library.add(Source(captions=file) if captions else Source(recording=file), Settings(), CREATED)
    assert new
    return entry.id


# ------------------------------------------------------------------------------------------------------- in parts


def test_a_whole_recording(client, library, tmp_path):
    answer = client.get(f"/recording/{taken_in(library, tmp_path)}")
    assert (answer.status_code, answer.content) == (200, SOUND)
    assert answer.headers["content-type"] == "audio/mpeg"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-disposition"] == "inline; filename*=utf-8''Memory%20lecture.mp3"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("asked", "begin", "end"),
    [("0-99", 0, 100), ("5000-", 5000, len(SOUND)), ("-7", len(SOUND) - 7, len(SOUND)), ("9-9", 9, 10)],
)
def test_a_part_of_a_recording(client, library, tmp_path, asked, begin, end):
    answer = client.get(f"/recording/{taken_in(library, tmp_path)}", headers={"Range": f"bytes={asked}"})
    assert (answer.status_code, answer.content) == (206, SOUND[begin:end])
    assert answer.headers["content-range"] == f"bytes {begin}-{end - 1}/{len(SOUND)}"
    assert answer.headers["cache-control"] == "private, no-store"


def test_a_part_that_is_not_there_is_refused(client, library, tmp_path):
    answer = client.get(f"/recording/{taken_in(library, tmp_path)}", headers={"Range": f"bytes={len(SOUND)}-"})
    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["content-range"] == f"bytes */{len(SOUND)}"


def test_a_part_of_a_file_that_has_changed_is_the_whole_of_it(client, library, tmp_path):
    headers = {"Range": "bytes=0-9", "If-Range": '"another file"'}
    answer = client.get(f"/recording/{taken_in(library, tmp_path)}", headers=headers)
    assert (answer.status_code, len(answer.content)) == (200, len(SOUND))


def test_head_says_all_but_the_content(client, library, tmp_path):
    answer = client.head(f"/recording/{taken_in(library, tmp_path)}")
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", str(len(SOUND)))


def test_nothing_can_be_written(client, library, tmp_path):
    address = f"/recording/{taken_in(library, tmp_path)}"
    assert [client.request(method, address).status_code for method in ("POST", "PUT", "DELETE")] == [405] * 3
    assert client.get(address).status_code == 200


# -------------------------------------------------------------------------------------------------- what is not there


def refused(answer, status: int = 404) -> bool:
    return answer.status_code == status and answer.text == (
        "There is no recording at this address. It may have been deleted."
        if status == 404
        else "This recording can only be played on its own page."
    )


@pytest.mark.parametrize(
    "lecture_id",
    [
        "nobody-has-this-id",
        "..%5c..%5cwindows%5cwin.ini",
        "%00",
        "%25",
        "%ff%fe",
        "' OR 1=1 --",
        "x" * 5000,
    ],
)
def test_unknown_and_malformed_ids_get_one_answer(client, library, tmp_path, lecture_id):
    taken_in(library, tmp_path)
    assert refused(client.get(f"/recording/{lecture_id}"))


@pytest.mark.parametrize("path", ["%2e%2e%2f%2e%2e%2fetc%2fpasswd", "%2Fetc%2Fpasswd", "%2e%2e%2flibrary.db", ""])
def test_a_path_leads_nowhere(client, library, tmp_path, path):
    taken_in(library, tmp_path)
    answer = client.get(f"/recording/{path}")
    assert (answer.status_code, answer.text) == (404, "Not Found")


def test_an_id_must_be_whole_and_exact(client, library, tmp_path):
    lecture_id = taken_in(library, tmp_path)
    for near in (lecture_id[:-1], f"{lecture_id}x", lecture_id.swapcase(), f"{lecture_id}%20", "*", "%25"):
        assert refused(client.get(f"/recording/{near}"))


def test_a_deleted_lecture_is_gone_at_once(client, library, tmp_path):
    lecture_id = taken_in(library, tmp_path)
    assert client.get(f"/recording/{lecture_id}").status_code == 200
    library.delete(lecture_id)
    assert refused(client.get(f"/recording/{lecture_id}"))


def test_a_recording_that_somebody_took_away_is_not_there(client, library, tmp_path):
    lecture_id = taken_in(library, tmp_path)
    library.entry(lecture_id).source.recording.path.unlink()
    assert refused(client.get(f"/recording/{lecture_id}"))


def test_captions_alone_have_no_recording(client, library, tmp_path):
    assert refused(client.get(f"/recording/{taken_in(library, tmp_path, 'memory.vtt', captions=True)}"))


def test_a_library_that_cannot_be_read_is_said_in_one_sentence(client, library, tmp_path):
    lecture_id = taken_in(library, tmp_path)
    library.close()
    library.database.write_bytes(b"This is no database. " * 500)
    answer = client.get(f"/recording/{lecture_id}")
    assert (answer.status_code, answer.text) == (503, "The library cannot be read just now. Try again in a moment.")


# --------------------------------------------------------------------------------------------------- names are data


@pytest.mark.parametrize(
    ("name", "mime_type"),
    [
        ("talk.m4a", "audio/mp4"),
        ("talk.mp4", "video/mp4"),
        ("talk.webm", "audio/webm"),
        ("talk.html", "application/octet-stream"),
        ("talk.svg", "application/octet-stream"),
        ("talk", "application/octet-stream"),
    ],
)
def test_only_sound_and_pictures_are_named_as_what_they_are(client, library, tmp_path, name, mime_type):
    assert client.get(f"/recording/{taken_in(library, tmp_path, name)}").headers["content-type"] == mime_type


@pytest.mark.parametrize(
    "name", ['a"; filename="b.exe.mp3', "a\r\nSet-Cookie: b=c.mp3", "../../etc/passwd", "Gedächtnis 🧠.mp3"]
)
def test_a_file_name_is_no_header_and_no_path(client, library, tmp_path, name):
    answer = client.get(f"/recording/{taken_in(library, tmp_path, name)}")
    assert (answer.status_code, answer.content) == (200, SOUND)
    said = answer.headers["content-disposition"]
    assert said.startswith("inline; filename")
    assert said.count('"') in (0, 2)
    assert "set-cookie" not in answer.headers


# ------------------------------------------------------------------------------------------------- who may ask


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),  # somebody typed the address
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),  # another program of this computer, on another port
        ({"Sec-Fetch-Site": "whatever"}, False),
        ({"Origin": HERE}, True),
        ({"Origin": "http://127.0.0.1:3000"}, False),
        ({"Origin": "https://elsewhere.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": f"{HERE}.elsewhere.example"}, False),
        ({"Origin": "http://["}, False),
        ({"Origin": HERE, "Sec-Fetch-Site": "cross-site"}, False),
    ],
)
def test_only_the_page_itself_may_ask(client, library, tmp_path, headers, allowed):
    lecture_id = taken_in(library, tmp_path)
    for address in (f"/recording/{lecture_id}", "/recording/nobody-has-this-id"):
        answer = client.get(address, headers=headers)
        if allowed:
            assert answer.status_code == (200 if lecture_id in address else 404)
        else:  # whether the lecture is there or not
            assert refused(answer, 403)


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1:8501", True),
        ("127.9.9.9", True),
        ("localhost:8501", True),
        ("LOCALHOST", True),
        ("[::1]:8501", True),
        ("elsewhere.example", False),
        ("elsewhere.example:8501", False),
        ("localhost.elsewhere.example", False),
        ("127.0.0.1.elsewhere.example", False),
        ("192.168.0.7:8501", False),
        ("[::1", False),
        ("", False),
    ],
)
def test_on_this_computer_alone_only_its_own_names_lead_here(client, library, tmp_path, host, allowed):
    answer = client.get(f"/recording/{taken_in(library, tmp_path)}", headers={"Host": host})
    assert answer.status_code == 200 if allowed else refused(answer, 403)


def test_a_name_that_the_page_goes_by_leads_here(client, library, tmp_path):
    lecture_id = taken_in(library, tmp_path)
    with option("browser.serverAddress", "notes.department.example"):
        assert client.get(f"/recording/{lecture_id}", headers={"Host": "notes.department.example"}).status_code == 200


def test_where_others_reach_the_page_any_name_of_it_leads_here_and_other_sites_still_do_not(client, library, tmp_path):
    lecture_id = taken_in(library, tmp_path)
    named = {"Host": "notes.department.example"}
    with option("server.address", "0.0.0.0"):
        assert client.get(f"/recording/{lecture_id}", headers=named).status_code == 200
        answer = client.get(f"/recording/{lecture_id}", headers={**named, "Sec-Fetch-Site": "cross-site"})
        assert refused(answer, 403)


# --------------------------------------------------------------------------------------------------- the page knows


def test_players_ask_the_server_while_it_runs():
    assert player._served.at is None
    with player.recordings_at("/notes/recording"):
        assert player._served.at == "/notes/recording"
    assert player._served.at is None


def test_below_a_base_path_recordings_are_there_too():
    with option("server.baseUrlPath", "/notes/"):
        assert server._route() == "/notes/recording"


@pytest.mark.parametrize(
    ("button", "html"),
    [
        (
            player.play_button(200),
            '<button type="button" class="play" data-moment="200.00" aria-label="Play from 03:20">03:20</button>',
        ),
        (
            player.play_button(3727.256, '<b>"Why"</b>'),
            '<button type="button" class="play" data-moment="3727.26" aria-label="&lt;b&gt;&quot;Why&quot;&lt;/b&gt;:'
            ' play from 1:02:07">&lt;b&gt;&quot;Why&quot;&lt;/b&gt;</button>',
        ),
        (player.play_button(200, playable=False), "<time>03:20</time>"),
    ],
)
def test_a_play_button_says_its_moment_and_holds_text(button, html):
    assert button == html
