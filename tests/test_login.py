"""Logins as the server and the page see them; tests/browser/test_login.py has a provider and real browsers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from secrets import token_hex

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit import config
from streamlit.runtime.secrets import secrets_singleton
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

import server
from lecture.errors import LectureError
from lecture.library import Library
from lecture.process import Settings
from lecture.source import Source, StoredFile
from logins import SayingWhyALoginFailed
from origins import meant_for_this_server
from tests.fixtures.lectures import NOW, said
from views import recorder, session, shared, visitor
from views.login import REASONS
from views.tickets import BadTicket

APP = Path(__file__).parent.parent / "app3.py"
HERE = "http://127.0.0.1:8501"
SECRET = "a secret of at least 32 characters"
SECRETS = f'[auth]\nredirect_uri = "{HERE}/oauth2callback"\ncookie_secret = "{SECRET}"\nclient_id = "x"\n'
ISSUER = "https://login.example"
ALICE = {"iss": ISSUER, "sub": "alice", "is_logged_in": True, "origin": HERE}
SOUND = b"sound" * 100


@pytest.fixture(autouse=True)
def _a_process_of_its_own() -> Iterator[None]:
    """Nothing of one test's library and logins is left for another."""
    st.cache_resource.clear()
    yield
    shared.everybodys_library().close()
    st.cache_resource.clear()


@pytest.fixture
def secrets(tmp_path: Path) -> Iterator[Path]:
    """The secrets of a page that asks for a login."""
    path, before = tmp_path / "secrets.toml", config.get_option("secrets.files")
    path.write_text(SECRETS)
    config.set_option("secrets.files", [str(path)])
    secrets_singleton._reset()
    yield path
    config.set_option("secrets.files", before)
    secrets_singleton._reset()


def cookie(claims: dict[str, object], secret: str = SECRET) -> dict[str, str]:
    """What a browser sends whose user Streamlit logged in with these claims."""
    signed = create_signed_value(secret, visitor.COOKIE, json.dumps(claims))
    return {visitor.COOKIE: signed.decode()}


def alices_recording(folder: Path) -> str:
    (folder / "talk.mp3").write_bytes(SOUND)
    source = Source(recording=StoredFile(folder / "talk.mp3", "talk.mp3"))
    return shared.library_of(f"{ISSUER} alice").add(source, Settings(), NOW)[0].id


# --------------------------------------------------------------------------------------------- whether it is asked for


def test_without_the_section_auth_nobody_is_asked_and_the_library_is_everybodys(secrets):
    assert visitor.asks_for_login()
    for path in (secrets.write_text("[database]\nurl = 'x'\n"), secrets.unlink()):
        assert path is None or path
        st.cache_resource.clear()
        secrets_singleton._reset()
        assert not visitor.asks_for_login()
        assert visitor.logged_in()
        assert visitor.owner() is None
        assert visitor.owner_who_asks({}) is None
        assert session.library().owner is None


def test_secrets_that_cannot_be_read_open_the_page_to_nobody(secrets):
    secrets.write_text("[auth\n")
    secrets_singleton._reset()
    for ask in (visitor.asks_for_login, visitor.logged_in, visitor.owner, session.library):
        with pytest.raises(LectureError, match=r"mend its secrets\.toml"):
            ask()


def test_a_page_that_asked_for_a_login_goes_on_asking_while_its_secrets_are_gone(secrets):
    assert visitor.asks_for_login()
    secrets.unlink()
    secrets_singleton._reset()
    with pytest.raises(LectureError):
        session.library()
    secrets.write_text("[other]\na = 1\n")
    secrets_singleton._reset()
    assert visitor.asks_for_login()


def test_who_is_not_logged_in_gets_no_library(secrets):
    for lost in (session.library, session.takes, session.deck, session.reviews, session.conversations, visitor.owner):
        with pytest.raises(visitor.NotLoggedIn):
            lost()


# --------------------------------------------------------------------------------------------- the page


def test_before_the_login_the_page_shows_nothing_else(secrets):
    entry = said(shared.everybodys_library(), "Osmosis is slow.")
    page = AppTest.from_file(str(APP), default_timeout=60)
    page.secrets["auth"] = {"redirect_uri": f"{HERE}/oauth2callback", "cookie_secret": SECRET}
    page.query_params["lecture"] = entry.id
    page.session_state.transcription = "Osmosis is slow."
    page.run()
    assert not page.exception
    assert [button.label for button in page.button] == ["Log in"]
    assert len(page.markdown) == 1
    assert not page.sidebar.children
    assert "transcription" not in page.session_state
    page.button[0].click().run()
    assert not page.exception
    assert "not set up completely" in page.error[0].value


def test_without_a_login_there_is_nothing_of_it_on_the_page():
    page = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not page.exception
    assert not {"Log in", "Log out"} & {button.label for button in page.button}


# --------------------------------------------------------------------------------------------- who asks for recordings


def test_a_recording_is_played_to_its_owner_alone(secrets, tmp_path):
    at = f"/recording/{alices_recording(tmp_path)}"

    def answer(cookies: dict[str, str]) -> int:
        return TestClient(Starlette(routes=server.routes), base_url=HERE, cookies=cookies).get(at).status_code

    assert answer(cookie(ALICE)) == 200
    assert answer(cookie({**ALICE, "sub": "mallory"})) == 404
    assert answer(cookie({**ALICE, "iss": "https://other.example"})) == 404
    assert answer({}) == 403
    assert answer(cookie(ALICE, secret="another secret of 32 characters!")) == 403
    assert answer(cookie({**ALICE, "origin": "http://other.example"})) == 403
    assert answer(cookie({**ALICE, "is_logged_in": False})) == 403
    assert answer({visitor.COOKIE: "nonsense"}) == 403


def test_a_large_login_is_read_from_the_parts_of_its_cookie(secrets):
    from streamlit.auth_util import set_cookie_with_chunks

    parts: dict[str, str] = {}
    claims = {**ALICE, "groups": [token_hex(20) for _ in range(200)]}

    def sign(name: str, value: str) -> bytes:
        return create_signed_value(SECRET, name, value)

    def keep(name: str, value: str) -> None:
        parts[name] = sign(name, value).decode()

    set_cookie_with_chunks(keep, sign, visitor.COOKIE, claims, cookie_attr_size=100)
    assert len(parts) > 2
    assert visitor.owner_who_asks(parts) == f"{ISSUER} alice"


def test_a_login_that_streamlit_signs_in_another_way_plays_nothing(secrets, monkeypatch):
    monkeypatch.delattr("streamlit.web.server.starlette.starlette_app_utils.decode_signed_value")
    with pytest.raises(visitor.NotLoggedIn):
        visitor.owner_who_asks(cookie(ALICE))


@pytest.mark.parametrize(
    "claims", [{"iss": ""}, {"sub": ""}, {"sub": None}, {"sub": 7}, {"iss": "a b"}, {"sub": "a\0"}, {"sub": "a\nb"}]
)
def test_who_cannot_be_told_from_others_is_not_logged_in(secrets, claims):
    with pytest.raises(visitor.NotLoggedIn):
        visitor.owner_who_asks(cookie({**ALICE, **claims}))


def test_who_logged_out_is_not_let_in_by_the_cookie_that_somebody_kept(secrets):
    first, second = ({**ALICE, "nonce": nonce} for nonce in "12")
    assert visitor.owner_who_asks(cookie(first))
    visitor._known().ended.add(visitor._login(first))
    assert visitor.owner_who_asks(cookie(second))
    with pytest.raises(visitor.NotLoggedIn):
        visitor.owner_who_asks(cookie(first))


# --------------------------------------------------------------------------------------------- recordings that arrive


def test_a_recording_is_whose_ticket_began_it(secrets):
    ticket = shared.tickets().issue("tab", Settings(), owner=f"{ISSUER} alice")
    with recorder.receiving_at("/incoming"):
        client = TestClient(Starlette(routes=server.routes), base_url=HERE, cookies=cookie(ALICE))
        headers = {"x-ticket": ticket, "origin": HERE}
        begun = client.post("/incoming", json={"kind": "live", "name": "Talk"}, headers=headers).json()
        sent = client.put(
            f"/incoming/{begun['lecture']}/0/0",
            content=b"sound",
            headers={"x-recording-key": begun["key"], "origin": HERE, "content-type": "audio/webm"},
        )
    assert sent.status_code == 200
    library: Library = shared.everybodys_library()
    assert library.of(f"{ISSUER} alice").entry(begun["lecture"])
    assert library.of(f"{ISSUER} mallory").entry(begun["lecture"]) is None


def test_a_ticket_begins_nothing_after_its_user_logged_out():
    ticket = shared.tickets().issue("tab", Settings(), owner="x")
    shared.tickets().withdraw("tab")
    shared.tickets().withdraw("another tab")
    with pytest.raises(BadTicket):
        shared.tickets().redeem(ticket)


@pytest.mark.parametrize("whose", [{}, ALICE | {"sub": "mallory"}, ALICE | {"nonce": "ended"}])
def test_another_tabs_ticket_begins_nothing_either_after_its_user_logged_out(secrets, whose):
    visitor._known().ended.add(visitor._login(ALICE | {"nonce": "ended"}))
    headers = {"x-ticket": shared.tickets().issue("another tab", Settings(), owner=f"{ISSUER} alice"), "origin": HERE}
    client = TestClient(Starlette(routes=server.routes), base_url=HERE, cookies=cookie(whose))
    answer = client.post("/incoming", json={"kind": "live", "name": "Talk"}, headers=headers)
    assert (answer.status_code, "log in" in answer.json()["error"]) == (403, True)
    assert shared.everybodys_library().entries() == []


def test_the_name_where_users_log_in_is_one_of_the_servers_own(secrets):
    def asked(host: str) -> bool:
        return meant_for_this_server(Request({"type": "http", "headers": [(b"host", host.encode())]}))

    secrets.write_text(SECRETS.replace(HERE, "https://notes.example"))
    assert asked("notes.example")
    assert asked("127.0.0.1:8501")
    assert not asked("attacker.example")


@pytest.mark.parametrize(("instead", "status"), [(None, 503), ("[auth\n", 503), ("[other]\na = 1\n", 403)])
def test_while_the_secrets_cannot_be_read_a_recording_is_refused_in_a_sentence(instead, status, secrets, monkeypatch):
    monkeypatch.setattr(session, "only_here", lambda: True)
    assert visitor.asks_for_login()
    if instead is None:
        secrets.unlink()
    else:
        secrets.write_text(instead)
    secrets_singleton._reset()
    client = TestClient(Starlette(routes=server.routes), base_url=HERE, cookies=cookie({}))
    played = client.get("/recording/x")
    sent = client.post("/incoming", content=b"{}", headers={"origin": HERE})
    assert (played.status_code, played.text.endswith(".")) == (status, True)
    assert (sent.status_code, set(sent.json())) == (400, {"error"})


# --------------------------------------------------------------------------------------------- logins that fail


async def _streamlits(request: Request) -> Response:
    """What Streamlit answers at its two addresses: an error, a browser that is led on, a login that is kept or not."""
    response = Response("Authentication error", 400) if request.query_params.get("down") else RedirectResponse("/", 302)
    if request.query_params.get("kept"):
        response.set_cookie(visitor.COOKIE, "signed")
    response.delete_cookie("_streamlit_user_tokens")
    if not request.query_params.get("kept"):
        response.delete_cookie(visitor.COOKIE)
    return response


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("/auth/login?provider=x&down=1", "/?login=unavailable"),
        ("/auth/login?provider=x", "/"),
        ("/oauth2callback?code=x", "/?login=refused"),
        ("/oauth2callback?error=x", "/?login=refused"),
        ("/oauth2callback?code=x&kept=1", "/"),
        ("/oauth2callback", "/"),
        ("/notes/oauth2callback?code=x", "/notes/?login=refused"),
    ],
)
def test_a_login_that_comes_to_nothing_leads_back_to_the_page(asked, leads_to, below):
    below("notes" if asked.startswith("/notes/") else "")
    routes = [Route(path, _streamlits) for path in ("/auth/login", "/oauth2callback", "/notes/oauth2callback")]
    app = Starlette(routes=routes, middleware=[Middleware(SayingWhyALoginFailed)])
    answer = TestClient(app, base_url=HERE, follow_redirects=False).get(asked)
    assert (answer.status_code, answer.headers["location"]) == (302, leads_to)
    assert not answer.text
    assert "_streamlit_user_tokens" in str(answer.headers.get_list("set-cookie"))
    assert set(REASONS) == {"unavailable", "refused"}


@pytest.mark.parametrize("elsewhere", ["//attacker.example", "/%5Cattacker.example", "/attacker.example", "/%0D%0Ax:y"])
@pytest.mark.parametrize("way", ["/auth/login?down=1", "/oauth2callback?error=x"])
def test_an_address_that_somebody_made_up_leads_nowhere_else(elsewhere, way):
    app = Starlette(middleware=[Middleware(SayingWhyALoginFailed)])
    answer = TestClient(app, follow_redirects=False).get(f"{HERE}{elsewhere}{way}")
    assert (answer.status_code, answer.headers.get("location")) == (404, None)


@pytest.fixture
def below() -> Iterator[Callable[[str], None]]:
    """Says below which address the page is."""
    before = config.get_option("server.baseUrlPath")
    yield lambda base: config.set_option("server.baseUrlPath", base)
    config.set_option("server.baseUrlPath", before)
