"""One exchange with a model's server, in a thread of its own: what comes is heard at once, and cancelling is, too."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Literal

from lecture.writing.address import host_of
from lecture.writing.language_model import OnTick

FIRST_TOKEN_S = 120.0
"""Seconds to the first token: a laptop reads long prompts slowly, and may have to load the model before."""
BETWEEN_TOKENS_S = 30.0
REPLY_S = 900.0
"""Most seconds between two tokens, and of a whole reply."""
REPLY_LETTERS = 50_000
"""Most letters of a reply; an endless one is cut there."""
TICK_S = 0.1
"""Seconds between two reports of progress, and between two chances to cancel."""
_USUAL_LETTERS = 5_000
"""Letters of a long reply: where its share of progress comes near to 1."""

TroubleKind = Literal["for good", "unreachable", "busy", "not accepted", "broken", "unreadable"]


@dataclass(frozen=True)
class Server:
    """Where a model is, what it is called there, and the key."""

    address: str
    model: str
    key: str | None = field(repr=False)

    @property
    def host(self) -> str:
        """Host and port, for the reader."""
        return host_of(self.address)


@dataclass(frozen=True)
class Trouble:
    """Why there is no reply, or only a part of one.

    Attributes:
        kind: what may help: nothing, another attempt, another wording of the request.
        why: a clause for the reader; nothing that the server said is in it.
        advice: what the reader can do.
        pause: seconds after which the server wants to be asked again.
        said: what the server said, in small letters: for the program alone, it may repeat the key.
    """

    kind: TroubleKind
    why: str
    advice: str
    pause: float | None = None
    said: str = field(default="", repr=False)


@dataclass(frozen=True)
class Text:
    """A piece of a reply; empty where the model is at work, but wrote nothing to be read."""

    text: str


@dataclass(frozen=True)
class End:
    """The reply is over; `whole` if the model ended it, and not a limit or an error."""

    whole: bool


Event = Text | End | Trouble
Put = Callable[[Event], None]
Work = Callable[[Put], Coroutine[Any, Any, None]]


class Call:
    """Work in a thread with an event loop of its own; `cancel` closes its connection wherever it is."""

    def __init__(self, work: Work) -> None:
        """Starts the work; what it puts is in `events`, and `None` when it is over."""
        self.events: SimpleQueue[Event | None] = SimpleQueue()
        self._loop = asyncio.new_event_loop()
        self._task = self._loop.create_task(work(self.events.put))
        threading.Thread(target=self._run, daemon=True, name="model endpoint").start()

    def _run(self) -> None:
        try:
            with suppress(asyncio.CancelledError):
                self._loop.run_until_complete(self._task)
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        finally:
            self.events.put(None)
            self._loop.close()

    def cancel(self) -> None:
        """Stop the work, if it is not over."""
        with suppress(RuntimeError):  # the loop is closed: the work is over
            self._loop.call_soon_threadsafe(self._task.cancel)


def listen(server: Server, work: Work, on_text: Callable[[str], None], on_tick: OnTick) -> Trouble | End:
    """Hear a reply to its end, within the limits of time and length.

    Args:
        server: who replies.
        work: puts the pieces of the reply.
        on_text: told each piece.
        on_tick: told how far the reply is, several times a second, even while nothing comes.

    Returns:
        How it ended.

    Raises:
        Cancelled: a listener raised it; the connection is closed then.
    """
    call = Call(work)
    begun = heard = ticked = time.monotonic()
    patience, letters = FIRST_TOKEN_S, 0
    try:
        while True:
            with suppress(Empty):
                event = call.events.get(timeout=TICK_S)
                if isinstance(event, Trouble | End):
                    return event
                if event is None:
                    return _broken(server, "broke off its reply")
                heard, patience = time.monotonic(), BETWEEN_TOKENS_S
                letters += len(event.text)
                on_text(event.text)
            now = time.monotonic()
            if now - ticked >= TICK_S:
                ticked = now
                on_tick(letters / (letters + _USUAL_LETTERS))
            if now - heard > patience:
                return _silent(server, patience, begun == heard or not letters)
            if now - begun > REPLY_S or letters > REPLY_LETTERS:
                return _broken(server, "did not come to an end with its reply")
    finally:
        call.cancel()


def _silent(server: Server, seconds: float, from_the_start: bool) -> Trouble:
    why = f"{server.host} sent nothing for {seconds:.0f} seconds"
    advice = "see whether the server is busy, or choose a smaller model"
    return Trouble("unreachable" if from_the_start else "broken", why, advice)


def _broken(server: Server, how: str) -> Trouble:
    return Trouble("broken", f"{server.host} {how}", "try again, or choose another model")
