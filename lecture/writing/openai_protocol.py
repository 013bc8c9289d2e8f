"""The OpenAI-compatible protocol, by its maintained client: a request for a chat's next message, and a list of models.

What goes wrong becomes a `Trouble` here, in words that hold nothing the server said: servers repeat keys in messages.
Import this module only where it is needed: the client takes a second to load.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, cast

import httpx2
import openai
from openai.types.chat import ChatCompletionChunk
from pydantic_core import from_json

from lecture.writing.address import is_local
from lecture.writing.exchange import End, Put, Server, Text, Trouble, TroubleKind

CONNECT_S = 5.0
WRITE_S = 30.0
"""Most seconds to connect, and to send a block; how long to wait for an answer: `lecture.writing.exchange`."""
REPLY_BYTES = 4_000_000
"""Most bytes of a response: tokens come in wrappings of some hundred bytes each."""
_NO_KEY = "none"
"""The client wants a key; it is not sent."""
_HEADERS = {"host", "accept", "connection", "content-type", "content-length", "transfer-encoding", "user-agent"} | {
    "x-stainless-raw-response",  # the client looks for it when the response comes
}


logging.getLogger("httpcore2").setLevel(logging.INFO)  # below, it logs what servers send, which may repeat the key


class _TooMuch(Exception):
    """The response has more bytes than a reply can have, or is compressed, so that one cannot say how many."""


_FAILURES = (openai.OpenAIError, httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, OSError, _TooMuch)
_UNREADABLE = (ValueError, TypeError, AttributeError, KeyError, RecursionError)
"""What the client raises for replies that are no JSON, or JSON of another shape; it does not check them first."""


async def chat(server: Server, messages: Sequence[Any], options: Mapping[str, Any], put: Put) -> None:
    """Ask for the next message of a chat, and put its pieces as they come, then `End`, or `Trouble`."""
    try:
        async with _client(server) as client:
            raw = await client.chat.completions.with_raw_response.create(
                model=server.model, messages=messages, stream=True, **options
            )
            whole = False
            if "application/json" in raw.headers.get("content-type", ""):  # a server that does not stream
                completion = from_json(await raw.http_response.aread())
                for text, ends in _read(completion["choices"], "message"):
                    put(Text(text))
                    whole = whole or ends
            else:
                async for chunk in cast(openai.AsyncStream[ChatCompletionChunk], raw.parse()):
                    for text, ends in _read(chunk.model_dump(warnings=False).get("choices"), "delta"):
                        put(Text(text))
                        whole = whole or ends
            put(End(whole))
    except _FAILURES as error:
        put(_trouble(error, server))
    except _UNREADABLE:
        put(_not_understood(server))


async def model_names(server: Server, put: Put) -> None:
    """Ask which models there are, and put the name of each, then `End`, or `Trouble`."""
    try:
        async with _client(server) as client:
            raw = await client.models.with_raw_response.list()
            for model in from_json(raw.content)["data"]:
                put(Text(str(model["id"])))
            put(End(True))
    except _FAILURES as error:
        put(_trouble(error, server))
    except _UNREADABLE:
        put(_not_understood(server))


def _client(server: Server) -> openai.AsyncOpenAI:
    """A client that sends the key to this server and nowhere else, and nothing of the environment."""
    timeout = httpx2.Timeout(None, connect=CONNECT_S, write=WRITE_S)
    http = httpx2.AsyncClient(
        trust_env=not is_local(server.address),  # a proxy is not asked for what is on this computer
        follow_redirects=False,
        timeout=timeout,
        event_hooks={"request": [partial(_leave_bare, server)], "response": [_limit]},
    )
    return openai.AsyncOpenAI(
        api_key=server.key or _NO_KEY,
        admin_api_key="",
        base_url=server.address,
        max_retries=0,
        timeout=timeout,
        http_client=http,
    )


async def _leave_bare(server: Server, request: httpx2.Request) -> None:
    """Send no header but what the protocol needs: the client adds what it finds in the environment, and the system."""
    for name in request.headers.keys() - _HEADERS:
        del request.headers[name]
    request.headers["accept-encoding"] = "identity"
    if server.key:
        request.headers["authorization"] = f"Bearer {server.key}"


class _Limited(httpx2.AsyncByteStream):
    """A response's bytes, up to the most that a reply can have."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = REPLY_BYTES
        async for block in self._stream:
            left -= len(block)
            if left < 0:
                raise _TooMuch
            yield block

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _limit(response: httpx2.Response) -> None:
    if response.headers.get("content-encoding", "identity") != "identity":
        raise _TooMuch
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _Limited(response.stream)


def _read(choices: Any, place: str) -> Iterator[tuple[str, bool]]:
    """What the first choice brings: a piece of text (empty, if it is thought and not written), and whether it ends."""
    if not isinstance(choices, list) or not choices:
        return
    message = choices[0].get(place) or {}
    text = message.get("content")
    thinks = message.get("reasoning_content") or message.get("reasoning")
    ends = choices[0].get("finish_reason") == "stop"
    if text or thinks or ends:
        yield text if isinstance(text, str) else "", ends


def _trouble(error: Exception, server: Server) -> Trouble:
    if isinstance(error, openai.APIStatusError):
        return _refused(error, server)
    if isinstance(error, openai.APIConnectionError | httpx2.HTTPError | OSError):
        return _not_connected(error, server)
    if isinstance(error, _TooMuch):
        return Trouble("broken", f"{server.host} sends more than a reply", "choose another server")
    # What remains is an error that the server reports while it writes.
    return Trouble("broken", f"{server.host} broke off its reply", "try again, or choose another model")


def _refused(error: openai.APIStatusError, server: Server) -> Trouble:
    status, host = error.status_code, server.host
    kind: TroubleKind = "for good"
    if status in (401, 403):
        why = f"{host} does not accept the key" if server.key else f"{host} wants a key"
        advice = "check the key"
    elif status == 404:
        why, advice = f'{host} does not know the model "{server.model[:80]}"', "choose one that it has"
    elif 300 <= status < 400:
        why, advice = f"{host} sends on to another address", "give that address, if you trust it"
    elif status in (408, 409, 429) or status >= 500:
        kind, why = "busy", f"{host} has no time (status {status})"
        advice = "try again later"
    else:
        kind, why = "not accepted", f"{host} does not accept the request (status {status})"
        advice = "choose another model"
    said = f"{error.message} {error.body}".lower()[:2_000]
    return Trouble(kind, why, advice, _pause(error.response.headers.get("retry-after", "")), said)


def _pause(retry_after: str) -> float | None:
    return float(retry_after) if retry_after.replace(".", "", 1).isdecimal() else None


def _not_connected(error: BaseException, server: Server) -> Trouble:
    causes = list(_causes(error))
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return Trouble("for good", f"{server.host} has no valid certificate", "check the address")
    if any(isinstance(cause, httpx2.ReadError | httpx2.WriteError | httpx2.CloseError) for cause in causes):
        return Trouble("unreachable", f"{server.host} broke the connection", "see whether the server still runs")
    if any(isinstance(cause, httpx2.ProtocolError) for cause in causes):
        return Trouble(
            "unreachable", f"{server.host} broke the connection, or does not speak HTTP", "check the address"
        )
    return Trouble("unreachable", f"no server answers at {server.host}", "start it, or check the address")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _not_understood(server: Server) -> Trouble:
    return Trouble("broken", f"{server.host} does not reply as an OpenAI-compatible server does", "check the address")
