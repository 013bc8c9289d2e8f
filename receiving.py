"""Recordings that arrive over HTTP, chunk by chunk: the routes beside the page that its recorder sends to.

A page's ticket allows to begin a recording, and the key it then gets to add to it. Only the page itself may write, a
chunk is answered when it is on the disk, and nothing of a request becomes a path.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from allowance import Allowance
from lecture.errors import LectureError, SourceError, StorageError
from lecture.refusals import Closed, OutOfOrder, TooLarge, UnknownRecording, WrongKey
from lecture.takes import MOST_MARKS, MOST_TAKES, Takes
from origins import meant_for_this_server, of_this_page
from views import shared, visitor
from views.tickets import BadTicket, TooOften

LARGEST_CHUNK = 8_000_000
"""Bytes of a chunk: minutes of speech that waited for the network, or a part of a large file that fits into memory."""
RATE = 1_000_000.0
"""Bytes a second that a live recording may send in the long run: many times what any microphone gives."""
BURST = 64_000_000.0
"""Bytes that it may send at once: hours that waited for the network."""
SMALLEST_COST = 16_000
"""Bytes that a chunk counts as at least: each is a write that waits for the disk."""
PATIENCE_S = 30.0
"""Seconds without a byte after which a chunk's sender counts as gone."""
AT_ONCE = 3
"""Chunks of one recording that may be on their way: a sender who gave one up sends it again before we know."""

_LARGEST_TEXT = 64_000
"""Bytes of a request that is not a chunk."""
_ID_LENGTH = 64
_NUMBER = re.compile("[0-9]{1,7}")
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_Count = Annotated[int, Field(ge=0, lt=10_000_000)]


class _Beginning(BaseModel):
    model_config = ConfigDict(strict=True)
    kind: Literal["live", "upload"]
    name: str
    size: Annotated[int, Field(ge=0, lt=2**62)] | None = None


class _Marks(BaseModel):
    model_config = ConfigDict(strict=True)
    marks: Annotated[list[float], Field(max_length=MOST_MARKS)]


class _End(BaseModel):
    model_config = ConfigDict(strict=True)
    takes: Annotated[list[_Count], Field(max_length=MOST_TAKES)]


_Asked = TypeVar("_Asked", bound=BaseModel)


class _TooFast(LectureError):
    """More than a recording may send."""

    def __init__(self, wait: float) -> None:
        super().__init__("More arrives than a recording can have. What is left is sent a little later.")
        self.wait = wait


class _Stalled(LectureError):
    """The network stopped in the middle of a request."""


_STATUS: dict[type[LectureError], int] = {
    BadTicket: 403,
    visitor.NotLoggedIn: 403,
    WrongKey: 403,
    UnknownRecording: 404,
    _Stalled: 408,
    OutOfOrder: 409,
    Closed: 410,
    TooLarge: 413,
    StorageError: 503,
}
"""What each refusal is in HTTP; all others are 400."""

_allowance = Allowance(RATE, BURST)
_on_their_way: Counter[str] = Counter()


def routes(base: str) -> list[Route]:
    """The routes below `base`, such as "/incoming"."""
    recording = f"{base}/{{lecture}}"
    return [
        Route(base, _answering(_begin, 201), methods=["POST"]),
        Route(recording, _answering(_look, writes=False), methods=["GET"]),
        Route(f"{recording}/marks", _answering(_mark), methods=["PUT"]),
        Route(f"{recording}/end", _answering(_end), methods=["POST"]),
        Route(f"{recording}/{{take}}/{{chunk}}", _answering(_store), methods=["PUT"]),
    ]


# ------------------------------------------------------------------------------------------------- what is asked for


async def _begin(request: Request) -> dict[str, Any]:
    asked = await _read(request, _Beginning)
    ticket = shared.tickets().redeem(request.headers.get("x-ticket", ""))
    if visitor.owner_who_asks(request.cookies) != ticket.owner:  # logged out in another tab, or as somebody else
        raise visitor.NotLoggedIn
    begin = Takes(shared.library_of(ticket.owner)).begin
    begun = await run_in_threadpool(begin, asked.name, asked.kind, ticket.settings, shared.now(), asked.size)
    if ticket.endpoint_key:
        shared.worker().keys[begun.lecture_id] = ticket.endpoint_key
    return {"lecture": begun.lecture_id, "key": begun.key}


def _takes() -> Takes:
    """Everybody's recordings: who sends to one has its key."""
    return Takes(shared.everybodys_library())


async def _look(request: Request) -> dict[str, Any]:
    incoming = await run_in_threadpool(_takes().admit, _lecture(request), _key(request))
    return {"takes": [take.chunks for take in incoming.takes], "ended": incoming.ended}


async def _store(request: Request) -> dict[str, Any]:
    lecture, key, take, chunk = _lecture(request), _key(request), _number(request, "take"), _number(request, "chunk")
    incoming = await run_in_threadpool(_takes().admit, lecture, key)  # before anything is read
    if incoming.ended:
        raise Closed
    with _one_of_few(lecture):
        if incoming.kind == "live" and (wait := _allowance.wait(lecture)):
            raise _TooFast(wait)
        content = await _body(request, LARGEST_CHUNK)
        if incoming.kind == "live":
            _allowance.spend(lecture, max(len(content), SMALLEST_COST))
        mime_type, store = request.headers.get("content-type", ""), _takes().store
        stored = await run_in_threadpool(store, lecture, key, take, chunk, mime_type, content, shared.now())
    return {"chunks": stored.chunks, "bytes": stored.size}


async def _mark(request: Request) -> dict[str, Any]:
    asked = await _read(request, _Marks)
    await run_in_threadpool(_takes().mark, _lecture(request), _key(request), asked.marks)
    return {"marks": len(asked.marks)}


async def _end(request: Request) -> dict[str, Any]:
    asked = await _read(request, _End)
    end = _takes().end
    lecture = await run_in_threadpool(end, _lecture(request), asked.takes, _key(request), shared.now())
    return {"lecture": lecture}


# ------------------------------------------------------------------------------------------------- how it is answered


def _answering(
    do: Callable[[Request], Awaitable[dict[str, Any]]], status: int = 200, writes: bool = True
) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that answers the page itself, in JSON, also where it refuses."""

    async def endpoint(request: Request) -> Response:
        foreign = not (of_this_page(request) and meant_for_this_server(request))
        if foreign or (writes and "origin" not in request.headers):
            return _answer({"error": "Recordings are only taken from the program's own page."}, 403)
        try:
            return _answer(await do(request), status)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        except LectureError as error:
            return _refusal(error)

    return endpoint


def _refusal(error: LectureError) -> Response:
    content: dict[str, Any] = {"error": str(error)}
    if isinstance(error, (TooOften, _TooFast)):
        return _answer(content, 429, {"Retry-After": str(max(1, math.ceil(error.wait)))})
    if isinstance(error, OutOfOrder):
        content["chunks"] = error.chunks
    if isinstance(error, StorageError) and str(error).startswith("The disk is full"):
        return _answer(content, 507)
    return _answer(content, _STATUS.get(type(error), 400))


def _answer(content: dict[str, Any], status: int, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(content, status, {**_HEADERS, **(headers or {})})


@contextmanager
def _one_of_few(lecture: str) -> Iterator[None]:
    """Have only a few chunks of a recording in memory at a time."""
    if _on_their_way[lecture] >= AT_ONCE:
        raise _TooFast(1.0)
    _on_their_way[lecture] += 1
    try:
        yield
    finally:
        _on_their_way[lecture] -= 1
        if not _on_their_way[lecture]:
            del _on_their_way[lecture]


# ------------------------------------------------------------------------------------------------- what is sent


def _lecture(request: Request) -> str:
    lecture: str = request.path_params["lecture"]
    if len(lecture) > _ID_LENGTH or "\0" in lecture:
        raise UnknownRecording
    return lecture


def _key(request: Request) -> str:
    return request.headers.get("x-recording-key", "")


def _number(request: Request, name: str) -> int:
    said: str = request.path_params[name]
    if not _NUMBER.fullmatch(said):
        raise SourceError("Takes and chunks are numbered from 0.")
    return int(said)


async def _read(request: Request, kind: type[_Asked]) -> _Asked:
    try:
        return kind.model_validate_json(await _body(request, _LARGEST_TEXT))
    except ValidationError as error:
        raise SourceError("The page asked for something that is not understood here. Load it again.") from error


async def _body(request: Request, largest: int) -> bytes:
    """What a request holds, read as it comes and no further than it may be large."""
    too_large = TooLarge(f"At most {largest:,} bytes are taken at once.")
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > largest:
        raise too_large
    parts, size = [], 0
    try:
        async with asyncio.timeout(PATIENCE_S) as patience:
            async for part in request.stream():
                parts.append(part)
                size += len(part)
                if size > largest:
                    raise too_large
                patience.reschedule(asyncio.get_running_loop().time() + PATIENCE_S)
    except TimeoutError as error:
        raise _Stalled("The network stopped in the middle of a part of the recording. It is sent again.") from error
    return b"".join(parts)
