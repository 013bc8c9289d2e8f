"""Who looks at the page: whoever sits at this computer, or, where the page asks for a login, who logged in.

A login is asked for where Streamlit's secrets have the section [auth]. Its owner is named by the provider (`iss`) and
the provider's own name for the user (`sub`), which are never given to somebody else, as an e-mail address is. They are
stored as they are: whoever runs the page can tell whose lectures are whose, and hand them over; and a hash would hide
little, since both are easily guessed and stand beside the lectures themselves.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from lecture.errors import LectureError

COOKIE = "_streamlit_user"
"""In which a browser keeps what Streamlit signed of a login."""

log = logging.getLogger(__name__)


class NotLoggedIn(LectureError):
    """The page asks for a login, and nobody is logged in."""

    def __init__(self) -> None:
        super().__init__("You are not logged in any more. Load this page again, then log in.")


@dataclass
class _Known:
    """What this process remembers of logins.

    Attributes:
        asked: whether a login was ever asked for: then it is, also while somebody writes the secrets anew.
        ended: logins whose users logged out. Streamlit would go on trusting them in other tabs, and wherever else
            somebody kept their cookies.
    """

    asked: bool = False
    ended: set[tuple[object, ...]] = field(default_factory=set)


@st.cache_resource(show_spinner=False)
def _known() -> _Known:
    return _Known()


def asks_for_login() -> bool:
    """Whether the page is for those who log in.

    Raises:
        LectureError: that cannot be told, since the secrets cannot be read.
    """
    try:
        asks = bool(st.secrets.get("auth"))
    except StreamlitSecretNotFoundError as error:
        asks = False
        if _known().asked or any(Path(path).exists() for path in st.get_option("secrets.files")):
            raise LectureError(
                "This page's secrets cannot be read, and so nobody can log in. Tell whoever runs it to mend its "
                "secrets.toml."
            ) from error
    _known().asked |= asks
    return asks or _known().asked


def logged_in() -> bool:
    """Whether whoever looks at the page may see lectures."""
    return not asks_for_login() or _owner() is not None


def owner() -> str | None:
    """Whose lectures the page shows; None where it asks for no login.

    Raises:
        NotLoggedIn: it does, and nobody is. A page that runs by itself, such as one that shows progress, runs anew as
            a whole instead, and then asks for the login.
    """
    if not asks_for_login():
        return None
    if (found := _owner()) is None:
        st.rerun()
        raise NotLoggedIn  # outside of a page
    return found


def login_host() -> str | None:
    """The name that the page goes by where users log in, such as behind a web server on the same computer.

    None where nobody logs in, also for want of secrets that can be read.
    """
    with suppress(StreamlitSecretNotFoundError):
        if login := st.secrets.get("auth"):
            return urlsplit(str(login.get("redirect_uri", ""))).hostname
    return None


def name() -> str:
    """What to call whoever is logged in."""
    claims = st.user.to_dict()
    return next((str(claims[one]) for one in ("name", "preferred_username", "email", "sub") if claims.get(one)), "")


def log_out() -> None:
    """Forget who was logged in, in all tabs of this browser; called before a page's run."""
    _known().ended.add(_login(st.user.to_dict()))
    st.logout()


def owner_who_asks(cookies: Mapping[str, str]) -> str | None:
    """Whose browser sends a request beside the page, by what Streamlit signed when its user logged in.

    Returns:
        The owner; None where the page asks for no login.

    Raises:
        NotLoggedIn: it does, and nobody is.
    """
    if not asks_for_login():
        return None
    try:
        found = _owner_in(_claims(cookies))
    except Exception as error:  # another version of Streamlit signs in another way: then nobody is logged in
        log.exception("A login cannot be read")
        raise NotLoggedIn from error
    if found is None:
        raise NotLoggedIn
    return found


def _owner() -> str | None:
    return _owner_in(st.user.to_dict())


def _owner_in(claims: Mapping[str, Any]) -> str | None:
    """The owner's name, made of what a provider says of a user."""
    issuer, subject = claims.get("iss"), claims.get("sub")
    if claims.get("is_logged_in") is not True or _login(claims) in _known().ended:
        return None
    if not (isinstance(issuer, str) and isinstance(subject, str) and issuer and subject):
        return None
    if not (issuer + subject).isprintable() or " " in issuer:  # two users could not be told apart
        return None
    return f"{issuer} {subject}"


def _claims(cookies: Mapping[str, str]) -> Mapping[str, Any]:
    """What Streamlit's own cookie says of a user, if Streamlit signed it for this page."""
    from streamlit.auth_util import get_cookie_with_chunks, get_origin_from_redirect_uri
    from streamlit.web.server.server_util import get_cookie_secret
    from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value

    secret = get_cookie_secret()

    def part(name: str) -> bytes | None:
        signed = cookies.get(name)
        return decode_signed_value(secret, name, signed.encode("latin-1")) if signed else None

    said = get_cookie_with_chunks(part, COOKIE)
    claims: Mapping[str, Any] = json.loads(said) if said else {}
    return claims if claims.get("origin") == get_origin_from_redirect_uri() else {}


def _login(claims: Mapping[str, Any]) -> tuple[object, ...]:
    """What tells one login of a user from another: the provider gives back the nonce that was made for it."""
    return tuple(str(claims.get(one)) for one in ("iss", "sub", "nonce", "iat"))
