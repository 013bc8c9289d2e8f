"""An OpenAI-compatible server as writer: Ollama, LM Studio, vLLM, Groq … Slow, busy, dead or odd, it cannot do harm.

The request is made anew where that helps, within bounds of time; what the server does not understand of it is left
out; a server that is dead is not asked again for every part of the lecture. What it replies is checked like all that
a model writes.
"""

from __future__ import annotations

import logging
import time
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from lecture.errors import WriterError
from lecture.sentences import Sentence
from lecture.writing.address import checked_address, is_local
from lecture.writing.division import divided
from lecture.writing.exchange import TICK_S, End, Put, Server, Trouble, TroubleKind, listen
from lecture.writing.language_model import CannotReply, OnClaim, OnTick, Part, Request, TooLong
from lecture.writing.model_writer import ModelWriter
from lecture.writing.prompts import messages_of
from lecture.writing.structured_replies import ReplyReader, schema_of

__all__ = ["Endpoint", "EndpointModel", "is_local", "models"]

log = logging.getLogger(__name__)

PART_TOKENS = 3_000
"""Most tokens of the lecture in one prompt, by a generous estimate: Ollama's usual context is 4,096 tokens, prompt and
reply together, and it cuts off what is longer without a word."""
_LETTERS_PER_TOKEN = 3
"""Letters of a token in alphabetic scripts, at least; elsewhere every letter counts as one."""
REPLY_TOKENS = 4_096
"""Most tokens of a reply; models that think before they write need many."""
_LEAST_REPLY_TOKENS = 512
WAIT_S = 20.0
"""Most seconds to wait, in all, between the attempts for one reply."""
PAUSES_S = (0.5, 2.0, 5.0)
"""Seconds between two attempts, where the server does not say."""
REMEMBER_S = 60.0
"""Seconds for which a dead server is not asked again."""
_ATTEMPTS: Mapping[TroubleKind, int] = {"unreachable": 2, "busy": 4, "broken": 2, "unreadable": 2}
"""Attempts for one reply, where more than one may help."""
_DEAD_AFTER: Mapping[TroubleKind, int] = {"not accepted": 2, "busy": 2, "broken": 3, "unreadable": 3}
"""Replies in a row that fail before the server counts as dead, where one is not enough."""
_TOO_LONG = ("context", "too long", "too many tokens", "too large", "maximum length", "exceed")
MODELS_S = 10.0


class Endpoint(ModelWriter):
    """Words summary, key points, cards and answers with a server's model, each sentence checked."""

    def __init__(
        self, address: str, model: str, key: str | None, language: str | None = None, spoken: str | None = None
    ) -> None:
        """Writes with a model of a server; nothing is sent yet.

        Args:
            address: the server's, such as http://localhost:11434.
            model: its name there.
            key: what the server asks for to be used, if it does; it is kept in memory only.
            language: code of the language to write in; None for the lecture's.
            spoken: code of the lecture's language; None for English.

        Raises:
            WriterError: the address, the key or the model's name cannot be one.
        """
        if not model.strip():
            raise WriterError("No model is chosen; choose one that the server has.")
        super().__init__(EndpointModel(_server(address, model.strip(), key)), language, spoken)


def models(address: str, key: str | None) -> list[str]:
    """The models that a server offers, in order of their names.

    Raises:
        WriterError: the address or key cannot be one, or the server does not answer with a list of models.
    """
    server = _server(address, "", key)
    found: list[str] = []
    deadline = time.monotonic() + MODELS_S

    def give_up(_: float) -> None:
        if time.monotonic() > deadline:
            raise WriterError(f"{server.host} did not say which models it has; see whether the server still runs.")

    outcome = listen(server, partial(_model_names, server), found.append, give_up)
    if isinstance(outcome, Trouble):
        raise WriterError(_as_error(outcome).sentence)
    return sorted(set(found))


@dataclass
class EndpointModel:
    """A server's model as `lecture.writing.language_model` wants one: asked for JSON, it is read while it writes."""

    server: Server
    only_summarises: bool = False
    _options: dict[str, Any] = field(default_factory=lambda: {"temperature": 0.0, "max_tokens": REPLY_TOKENS})
    _formats: list[str] = field(default_factory=lambda: ["json_schema", "json_object", "text"])
    _failed: int = 0
    _dead: Trouble | None = None
    _dead_until: float = 0.0

    @property
    def name(self) -> str:
        """The model's name on its server."""
        return self.server.model

    @property
    def description(self) -> str:
        """For the reader."""
        return f"the model {self.server.model} at {self.server.host}"

    def parts(self, sentences: Sequence[Sentence]) -> tuple[Part, ...]:
        """Divide sentences into parts that fit into a usual context."""
        return divided(sentences, PART_TOKENS, _tokens)

    def reply(self, request: Request, on_claim: OnClaim, on_tick: OnTick) -> None:
        """Have the model write, as often as that helps.

        Raises:
            TooLong: the request does not fit into the model's context.
            CannotReply: there is no reply that can be read.
            Cancelled: `on_tick` raised it.
        """
        if self._dead and time.monotonic() < self._dead_until:
            raise _as_error(self._dead)
        reader = ReplyReader(request, on_claim)
        left, failures = WAIT_S, 0
        while trouble := self._attempt(request, reader, on_tick):
            if trouble.kind == "not accepted" and self._leave_out(trouble.said, request):
                continue
            failures += 1
            pause = trouble.pause if trouble.pause is not None else PAUSES_S[min(failures, len(PAUSES_S)) - 1]
            if failures >= _ATTEMPTS.get(trouble.kind, 1) or pause > left:
                self._remember(trouble)
                raise _as_error(trouble)
            left -= pause
            _wait(pause, on_tick)
        self._failed = 0

    def _attempt(self, request: Request, reader: ReplyReader, on_tick: OnTick) -> Trouble | None:
        """Ask once; None if something of the reply can be read, even where the rest is missing."""
        options = self._options | _response_format(self._formats[0], request)
        reader.begin()
        work = partial(_chat, self.server, messages_of(request), options)
        outcome = listen(self.server, work, reader.feed, on_tick)
        reader.finish(whole=isinstance(outcome, End) and outcome.whole)
        if reader.has_found:
            return None
        if isinstance(outcome, Trouble):
            return outcome
        return Trouble("unreadable", f"the replies of {self.name} could not be read", "choose another model")

    def _leave_out(self, said: str, request: Request) -> bool:
        """Make the next request without what the server does not accept, by what it says; False if nothing is left.

        Raises:
            TooLong: it says that the request is too long.
        """
        names_format = any(word in said for word in ("response_format", "json_schema", "json_object", "grammar"))
        if names_format and len(self._formats) > 1:
            self._formats.pop(0)
        elif "max_completion_tokens" in said and "max_tokens" in self._options and "too large" not in said:
            self._options["max_completion_tokens"] = self._options.pop("max_tokens")
        elif "temperature" in said and "temperature" in self._options:
            del self._options["temperature"]
        elif "max_tokens" in said and "too large" in said and self._options.get("max_tokens", 0) > _LEAST_REPLY_TOKENS:
            self._options["max_tokens"] //= 2
        elif any(words in said for words in _TOO_LONG):
            raise TooLong(f"a part of the lecture is too long for {self.name}", "choose a model that takes in more")
        elif len(self._formats) > 1:
            self._formats.pop(0)
        else:
            return False
        return True

    def _remember(self, trouble: Trouble) -> None:
        """Count a reply that did not come, and give the server up, where asking again would only cost time."""
        self._failed += 1
        if self._failed >= _DEAD_AFTER.get(trouble.kind, 1):
            self._dead, self._dead_until, self._failed = trouble, time.monotonic() + REMEMBER_S, 0
        log.warning("No reply by %s: %s", self.name, trouble.why)


def _server(address: str, model: str, key: str | None) -> Server:
    key = (key or "").strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise WriterError("The key holds letters that no key has; copy it again.")
    return Server(checked_address(address), model, key or None)


async def _chat(server: Server, messages: Sequence[Mapping[str, str]], options: Mapping[str, Any], put: Put) -> None:
    from lecture.writing.openai_protocol import chat  # takes a second: in this thread, cancelling is heard meanwhile

    await chat(server, messages, options, put)


async def _model_names(server: Server, put: Put) -> None:
    from lecture.writing.openai_protocol import model_names

    await model_names(server, put)


def _as_error(trouble: Trouble) -> CannotReply:
    return CannotReply(trouble.why, trouble.advice)


def _response_format(form: str, request: Request) -> dict[str, Any]:
    if form == "text":
        return {}
    if form == "json_object":
        return {"response_format": {"type": form}}
    schema = {"name": "reply", "strict": True, "schema": schema_of(request)}
    return {"response_format": {"type": form, "json_schema": schema}}


def _tokens(text: str) -> int:
    """Tokens of a numbered sentence, rather too many."""
    letters = sum(letter.isascii() or unicodedata.east_asian_width(letter) not in "WF" for letter in text)
    return letters // _LETTERS_PER_TOKEN + (len(text) - letters) + 5


def _wait(seconds: float, on_tick: OnTick) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        on_tick(0.0)
        time.sleep(min(TICK_S, left))
