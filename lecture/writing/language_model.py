"""What a language model is asked for, and what it answers: requests, claims, and the protocol of a model.

Nothing here is trusted: a claim is only what a model wrote. `lecture.writing.model_writer` decides what is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from lecture.sentences import Sentence


@dataclass(frozen=True)
class Part:
    """Neighbouring sentences that fit into one prompt; `places` are their indices in what was divided."""

    sentences: tuple[Sentence, ...]
    places: frozenset[int]

    def halves(self) -> tuple[Part, ...]:
        """The part in two; nothing, if it is a single sentence."""
        if len(self.sentences) < 2:
            return ()
        middle = len(self.sentences) // 2
        places = sorted(self.places)  # fewer than sentences, where one was too long for a prompt and is in pieces
        border = max(1, len(places) * middle // len(self.sentences))
        return (
            Part(self.sentences[:middle], frozenset(places[:border])),
            Part(self.sentences[middle:], frozenset(places[border:] or places[-1:])),
        )


@dataclass(frozen=True)
class NotesRequest:
    """Asks for so many sentences of summary and so many key points about a part of a lecture."""

    sentences: tuple[Sentence, ...]
    summary: int
    points: int


@dataclass(frozen=True)
class CardsRequest:
    """Asks for flashcards about a part of a lecture."""

    sentences: tuple[Sentence, ...]
    wanted: int


@dataclass(frozen=True)
class AnswerRequest:
    """Asks a question about passages of lectures; `before` are the conversation's earlier questions, oldest first."""

    sentences: tuple[Sentence, ...]
    question: str
    before: tuple[str, ...] = ()


@dataclass(frozen=True)
class TranslationRequest:
    """Asks for texts in another language, given by its English name; none is longer than a few sentences."""

    texts: tuple[str, ...]
    language: str


Request = NotesRequest | CardsRequest | AnswerRequest | TranslationRequest
Kind = Literal["title", "summary", "points", "card", "answer", "translation"]
CardKind = Literal["definition", "question", "why", "how", "compare"]
"""What a card can ask for: what something is, a fact, a reason, a way, how two things differ."""


@dataclass(frozen=True)
class Claim:
    """Something a model wrote.

    Attributes:
        kind: as what it was written.
        text: a statement, a title, a card's answer, a translation.
        sentences: indices of the request's sentences (or texts) that it names; none where the model named none.
        question: a card's question.
        asks: what a card asks for.
        things: what a card compares.
    """

    kind: Kind
    text: str
    sentences: tuple[int, ...] = ()
    question: str = ""
    asks: CardKind = "question"
    things: tuple[str, ...] = ()


OnClaim = Callable[[Claim], None]
"""Told each claim as soon as it is written whole; nothing has checked it."""
OnTick = Callable[[float], None]
"""Told the share of a reply's room that is used, from 0 to 1, several times a second; may raise `Cancelled`."""


class CannotReply(Exception):
    """A model did not do what it was asked for.

    Attributes:
        why: a clause for the reader, such as "no server answers at localhost:11434".
        advice: what to do about it, such as "start the server".
    """

    def __init__(self, why: str, advice: str) -> None:
        """Says why, and what to do."""
        super().__init__(why)
        self.why = why
        self.advice = advice

    @property
    def sentence(self) -> str:
        """Why, and what to do, as one sentence."""
        return f"{self.why[:1].upper()}{self.why[1:]}; {self.advice}."


class TooLong(CannotReply):
    """The request does not fit into the model's context: half of it may."""


class LanguageModel(Protocol):
    """A model that words things."""

    @property
    def name(self) -> str:
        """The model's name, for the reader."""
        ...

    @property
    def description(self) -> str:
        """What and where the model is, such as "the local model Qwen2.5"."""
        ...

    @property
    def only_summarises(self) -> bool:
        """Whether it can do nothing but summarise: no key points, cards, answers or translations."""
        ...

    def parts(self, sentences: Sequence[Sentence]) -> tuple[Part, ...]:
        """Divide sentences into parts that fit into one prompt; nothing is left out.

        Raises:
            WriterError: the model takes in next to no text.
        """
        ...

    def reply(self, request: Request, on_claim: OnClaim, on_tick: OnTick) -> None:
        """Have the model write.

        Raises:
            TooLong: the request does not fit.
            CannotReply: there is no reply, or it ends early; claims may have been told before.
            Cancelled: `on_tick` raised it.
        """
        ...
