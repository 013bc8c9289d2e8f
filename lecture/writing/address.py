"""The address of a model's server: is it one, does it stay on this computer, may it be used."""

from __future__ import annotations

import ipaddress
import os
from urllib.parse import urlsplit

from lecture.errors import WriterError

_YES = {"1", "true", "yes", "on"}
_OPERATION = "/chat/completions"


def checked_address(address: str) -> str:
    """The address as the client needs it: where only a host is given, with the usual path "/v1".

    Raises:
        WriterError: it is no address of a web server, holds a name or password, or downloads are forbidden and it
            leads away from this computer.
    """
    address = address.strip()
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise WriterError(f'"{_shown(address)}" is no address; {_EXAMPLE}') from error
    if parts.scheme not in ("http", "https") or not host or not address.isprintable() or " " in address:
        raise WriterError(f'"{_shown(address)}" is no address of a server; {_EXAMPLE}')
    if "@" in parts.netloc:
        raise WriterError("The address holds a user name or password; give the address alone, and the key as the key.")
    if parts.query or parts.fragment:
        raise WriterError(f'"{_shown(address)}" holds more than an address; leave out what follows "?" or "#".')
    if os.environ.get("LECTURE_OFFLINE", "0").lower() in _YES and not is_local(address):
        raise WriterError(
            f"LECTURE_OFFLINE is set, and {host} is not this computer; use a server on this computer, or unset it."
        )
    path = parts.path.rstrip("/").removesuffix(_OPERATION).rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path or '/v1'}"


_EXAMPLE = "give one such as http://localhost:11434 or https://api.example.com/v1."


def is_local(address: str) -> bool:
    """Whether what is sent there stays on this computer: a loopback address. False for what is no address."""
    try:
        host = urlsplit(address.strip()).hostname or ""
    except ValueError:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def host_of(address: str) -> str:
    """Host and port, for the reader."""
    return urlsplit(address).netloc


def _shown(address: str) -> str:
    """As much of it as fits in a sentence, and no password."""
    visible = "".join(letter for letter in address if letter.isprintable())
    return visible.rpartition("@")[2][:60]
