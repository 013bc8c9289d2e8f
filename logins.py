"""Logins that came to nothing: the browser is led back to the page, which says so, and not left where it got stuck."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from views.login import CAME_TO_NOTHING
from views.visitor import COOKIE

Reason = Callable[[Message], bool]


class SayingWhyALoginFailed:
    """Around Streamlit's own two addresses for logins: the way to the provider, and the way back."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as Streamlit does; where that is no login, send the browser to the page with a word about it."""
        reason = _reason(scope)
        if reason is None:
            await self._app(scope, receive, send)
            return
        word, failed = reason
        instead = False

        async def told(message: Message) -> None:
            nonlocal instead
            if message["type"] == "http.response.start" and failed(message):
                instead = True
                headers = MutableHeaders(
                    raw=[(name, value) for name, value in message["headers"] if name == b"set-cookie"]
                )
                headers["location"] = f"{_page()}?{CAME_TO_NOTHING}={word}"
                headers["content-length"] = "0"
                message = {"type": message["type"], "status": 302, "headers": headers.raw}
            elif instead and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app(scope, receive, told)


def _reason(scope: Scope) -> tuple[str, Reason] | None:
    """Which word stands for a failure here, and what is one; None where nobody logs in."""
    if scope["type"] != "http":
        return None
    if scope["path"] == f"{_page()}auth/login":
        return "unavailable", _is_an_error
    if scope["path"] == f"{_page()}oauth2callback" and {"code", "error"} & set(Request(scope).query_params):
        return "refused", _keeps_nobody  # without these, somebody comes back from having logged out
    return None


def _is_an_error(message: Message) -> bool:
    return int(message["status"]) >= 400


def _keeps_nobody(message: Message) -> bool:
    """No login is kept in the browser: at most one of before is deleted there."""
    cookies = [value.lower() for name, value in message["headers"] if name == b"set-cookie"]
    return not any(one.startswith(f"{COOKIE}=".encode()) and b"max-age=0" not in one for one in cookies)


def _page() -> str:
    """The page, never made of what is asked for: //other.example/auth/login would lead to another site."""
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    return f"/{base}/" if base else "/"
