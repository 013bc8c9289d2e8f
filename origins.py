"""Who asks: the page itself, or another site's page in the same browser. Streamlit checks no routes but its own."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

import streamlit as st
from starlette.requests import Request

from views import session, visitor


def of_this_page(request: Request) -> bool:
    """Whether the page itself asks, or somebody who typed the address; not another site's page."""
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")


def meant_for_this_server(request: Request) -> bool:
    """Whether the request names a host that this server goes by, where only the user of the computer reaches it.

    A page of another site whose name was made to lead here (DNS rebinding) counts as "same origin" for a browser; only
    the name tells.
    """
    if not session.only_here():
        return True
    try:
        name = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
        known = ("localhost", st.get_option("browser.serverAddress"), visitor.login_host())
        return name in known or ip_address(name).is_loopback
    except ValueError:  # neither a name of ours nor an address
        return False
