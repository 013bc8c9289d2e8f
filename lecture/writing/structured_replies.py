"""Requests as prompts that want JSON, and its replies → claims, while they still come in.

Servers differ in how far they hold a model to a schema, and models in how well they keep to it: so every object is
read as soon as it is closed, whatever stands around it, and checked against its schema by itself. An object that is
only half there is never read. A reply without any is read as prose.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Annotated, Any, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import from_json

from lecture.transcript import encodable
from lecture.writing.language_model import (
    AnswerRequest,
    CardKind,
    CardsRequest,
    Claim,
    Kind,
    NotesRequest,
    OnClaim,
    Request,
    TranslationRequest,
)
from lecture.writing.replies import numbered, questions, statements

_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|$)", re.DOTALL)
_OBJECT = re.compile(r'\{\s*"(?:text|sentences|question|number|kind|things)"\s*:|\{\s*"answer"\s*:\s*"')
_SECTION = re.compile(r'"(summary|key_points|cards|answer|translations)"\s*:\s*\[')
_TITLE = re.compile(r'"title"\s*:\s*("(?:[^"\\]|\\.)*")')
_KINDS: dict[str, Kind] = {
    "summary": "summary",
    "key_points": "points",
    "cards": "card",
    "answer": "answer",
    "translations": "translation",
}
_DECODER = json.JSONDecoder(strict=False)
_UNFINISHED = re.compile(r"[^.!?…。！？\n]*$")


def _integers(value: Any) -> Any:
    """Numbers from what models write for a list of numbers: [3], ["3"], "[3, 4]", 3."""
    found = value if isinstance(value, list) else [value] if value else []
    return [int(digits) for one in found for digits in re.findall(r"\d{1,6}", str(one))]


def _texts(value: Any) -> Any:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _known_kind(value: Any) -> Any:
    """The kind; "question" for one that does not exist, or that models do not make."""
    kind = value.strip().lower() if isinstance(value, str) else ""
    return kind if kind in get_args(CardKind) else "question"


Numbers = Annotated[list[int], BeforeValidator(_integers)]
Texts = Annotated[list[str], BeforeValidator(_texts)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Cited(_Strict):
    text: str
    sentences: Numbers


class _Card(_Strict):
    kind: Annotated[CardKind, BeforeValidator(_known_kind)]
    things: Texts
    question: str
    answer: str
    sentences: Numbers


class _Translated(_Strict):
    number: int
    text: str


class _Notes(_Strict):
    title: str
    summary: list[_Cited]
    key_points: list[_Cited]


class _Cards(_Strict):
    cards: list[_Card]


class _Answer(_Strict):
    answer: list[_Cited]


class _Translations(_Strict):
    translations: list[_Translated]


_SCHEMAS: Mapping[type[Request], type[_Strict]] = {
    NotesRequest: _Notes,
    CardsRequest: _Cards,
    AnswerRequest: _Answer,
    TranslationRequest: _Translations,
}


def schema_of(request: Request) -> dict[str, Any]:
    """The JSON schema of the reply."""
    return _SCHEMAS[type(request)].model_json_schema()


class ReplyReader:
    """Reads a reply as it comes in, and tells each claim once."""

    def __init__(self, request: Request, on_claim: OnClaim) -> None:
        """Reads the reply to a request."""
        self._request = request
        self._on_claim = on_claim
        self._told: list[Claim] = []
        self.begin()

    @property
    def has_found(self) -> bool:
        """Whether anything in the replies so far could be read, were it only that there is nothing to say."""
        return bool(self._told) or self._says_nothing

    def begin(self) -> None:
        """Another reply to the same request follows; what was told before is not told again."""
        self._text = ""
        self._at = 0
        self._kind = _KINDS[next(iter(reversed(_SCHEMAS[type(self._request)].model_fields)))]
        self._says_nothing = False

    def feed(self, text: str) -> None:
        """The next piece of the reply."""
        self._text += text
        if "}" in text:
            self._read_objects(self._visible())

    def finish(self, whole: bool) -> None:
        """The reply is over; `whole` if the model ended it."""
        visible = self._visible()
        self._read_objects(visible)
        if self.has_found or not visible:
            return
        begin = min((visible.find(mark) for mark in "{[" if mark in visible), default=-1)
        try:
            value = from_json(visible[begin:].partition("```")[0], allow_partial=True) if begin >= 0 else None
        except ValueError:
            value = None
        if value is not None:
            self._read_strings(value)
        elif not visible.lstrip("`json \n").startswith(("{", "[")):
            self._read_prose(visible if whole else _UNFINISHED.sub("", visible))

    def _visible(self) -> str:
        return _THOUGHT.sub("", encodable(self._text)).strip()

    def _read_objects(self, text: str) -> None:
        """The objects that are closed by now, each as one claim."""
        while found := _OBJECT.search(text, self._at):
            try:
                value, end = _DECODER.raw_decode(text, found.start())
            except (ValueError, RecursionError):
                following = _OBJECT.search(text, found.start() + 1)
                if not following:
                    return  # not closed yet
                value, end = None, following.start()
            self._read_heading(text[self._at : found.start()])
            self._at = end
            if isinstance(value, dict):
                self._tell(value)

    def _read_heading(self, text: str) -> None:
        """What stands between the objects: the title, and the names of the lists."""
        if isinstance(self._request, NotesRequest) and (title := _TITLE.search(text)):
            with suppress(ValueError):
                self._on_claim(Claim("title", encodable(str(_DECODER.decode(title[1])))))
        for section in _SECTION.findall(text):
            self._kind = _KINDS[section]

    def _tell(self, value: Mapping[str, Any]) -> None:
        with suppress(ValidationError):
            match self._request:
                case CardsRequest():
                    card = _Card.model_validate(_known(value, _Card))
                    places = _from_zero(card.sentences)
                    claim = Claim("card", card.answer, places, card.question, card.kind, tuple(card.things))
                case TranslationRequest():
                    translated = _Translated.model_validate(_known(value, _Translated))
                    claim = Claim("translation", translated.text, (translated.number - 1,))
                case _:
                    cited = _Cited.model_validate(_known(value, _Cited))
                    claim = Claim(self._kind, cited.text, _from_zero(cited.sentences))
            self._tell_once(claim)

    def _tell_once(self, claim: Claim) -> None:
        things = tuple(map(encodable, claim.things))
        claim = replace(claim, text=encodable(claim.text), question=encodable(claim.question), things=things)
        if claim not in self._told:
            self._told.append(claim)
            self._on_claim(claim)

    def _read_strings(self, value: Any) -> None:
        """JSON of another shape than asked for: plain strings instead of objects, or nothing at all."""
        sections = value if isinstance(value, dict) else {}
        for name, found in sections.items():
            kind = _KINDS.get(str(name))
            texts = [found] if isinstance(found, str) else found if isinstance(found, list) else []
            if kind in ("summary", "points", "answer"):
                for text in texts:
                    if isinstance(text, str):
                        self._read_sentences(kind, text)
                self._says_nothing = self._says_nothing or found == []

    def _read_prose(self, text: str) -> None:
        match self._request:
            case CardsRequest():
                for question, answer in questions(text):
                    self._tell_once(Claim("card", answer, question=question))
            case TranslationRequest():
                for number, translated in numbered(text):
                    self._tell_once(Claim("translation", translated, (number - 1,)))
            case AnswerRequest():
                self._read_sentences("answer", text)
            case NotesRequest():
                self._read_sentences("summary", text)

    def _read_sentences(self, kind: Kind, text: str) -> None:
        for statement in statements(text):
            self._tell_once(Claim(kind, statement))


def _known(value: Mapping[str, Any], schema: type[_Strict]) -> dict[str, Any]:
    """The object's fields that the schema knows; without what a model may leave out."""
    may_be_missing = [name for name in ("sentences", "kind", "things") if name in schema.model_fields]
    return dict.fromkeys(may_be_missing) | {name: value[name] for name in schema.model_fields if name in value}


def _from_zero(numbers: Sequence[int]) -> tuple[int, ...]:
    return tuple(number - 1 for number in numbers)
