"""The server: the page of `app3.py` and, beside it, the recordings. Start it with `make run`.

A player asks for a recording in parts, from wherever one wants to hear it (HTTP ranges), and nothing of it has to be
held in memory. A recorder sends one in parts while it grows (`receiving.py`). `streamlit run app3.py` starts the page
alone; its recordings then come through Streamlit.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

import receiving
from lecture.errors import LectureError
from lecture.source import StoredFile
from lecture.transcript import one_line
from logins import SayingWhyALoginFailed
from origins import meant_for_this_server, of_this_page
from views import player, recorder, shared, visitor

ID_LENGTH = 64
"""Characters of the longest id that is looked for; the library's own are shorter."""

_HEADERS = {
    "Cache-Control": "private, no-store",  # nothing of a deleted lecture stays in the browser
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def recording(request: Request) -> Response:
    """Answer `GET /recording/{lecture_id}` with the lecture's recording, or the part of it that is asked for.

    The lecture's unguessable id is what allows it, as with the page itself; where the page asks for a login, only its
    owner's own browser is answered. No part of the request becomes a path.
    Starlette calls this in a thread, so that waiting for the database keeps nobody else waiting.
    """
    if not (of_this_page(request) and meant_for_this_server(request)):
        return _refusal(403, "This recording can only be played on its own page.")
    try:
        file = _recording(request.path_params["lecture_id"], visitor.owner_who_asks(request.cookies))
    except visitor.NotLoggedIn as error:
        return _refusal(403, str(error))
    except LectureError:
        return _refusal(503, "The library cannot be read just now. Try again in a moment.")
    try:
        facts = file.path.stat() if file else None
    except OSError:  # deleted since, or taken away by hand
        facts = None
    if file is None or facts is None:
        return _refusal(404, "There is no recording at this address. It may have been deleted.")
    return FileResponse(
        file.path,
        media_type=file.mime_type if file.mime_type.startswith(("audio/", "video/")) else "application/octet-stream",
        stat_result=facts,
        filename=one_line(file.name),
        content_disposition_type="inline",
        headers=_HEADERS,
    )


def _recording(lecture_id: str, owner: str | None) -> StoredFile | None:
    if len(lecture_id) > ID_LENGTH or "\0" in lecture_id:
        return None
    entry = shared.library_of(owner).entry(lecture_id)
    return entry.source.recording if entry else None


def _refusal(status: int, sentence: str) -> Response:
    return PlainTextResponse(sentence, status, _HEADERS)


def _route(name: str = "recording") -> str:
    """Where recordings are found, or received, below the page's own address."""
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    return f"/{base}/{name}" if base else f"/{name}"


@asynccontextmanager
async def _running(_: st.App) -> AsyncIterator[dict[str, Any]]:
    """While the server runs, the page's players ask here, and its recorders send here."""
    visitor.asks_for_login()  # from now on it does, if it does: also while somebody writes its secrets anew
    with player.recordings_at(_route()), recorder.receiving_at(_route("incoming")):
        yield {}


routes = [Route(f"{_route()}/{{lecture_id}}", recording), *receiving.routes(_route("incoming"))]
app = st.App(
    Path(__file__).with_name("app3.py"),
    routes=routes,
    lifespan=_running,
    middleware=[Middleware(SayingWhyALoginFailed)],
)
