"""A local language model as writer: its requests become prompts, and its lines become claims."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from lecture.sentences import Sentence
from lecture.writing.language_model import (
    AnswerRequest,
    CannotReply,
    CardsRequest,
    Claim,
    Kind,
    NotesRequest,
    OnClaim,
    OnTick,
    Part,
    Request,
    TooLong,
    TranslationRequest,
)
from lecture.writing.local_generation import NOT_SAID, Generation, Task
from lecture.writing.model_writer import ModelWriter
from lecture.writing.replies import numbered, questions, statements
from lecture.writing.shares import step_of

if TYPE_CHECKING:
    from models import Writer as LoadedModel

log = logging.getLogger(__name__)

_CANNOT_RUN = (RuntimeError, MemoryError, ValueError, IndexError)
"""What transformers and torch raise for too little memory (torch.OutOfMemoryError, too) and for damaged models."""

ReadClaims = Callable[[str], Sequence[Claim]]


class LocalModel(ModelWriter):
    """Words summary, key points, cards and answers with a transformers model, each sentence checked.

    A model that only summarises (kind "seq2seq") leaves cards to the lecture's own words, and does not answer.
    """

    def __init__(self, loaded: LoadedModel, language: str | None = None, spoken: str | None = None) -> None:
        """Writes with a loaded model.

        Args:
            loaded: the model, as `models` loads it.
            language: code of the language to write in; None for the lecture's.
            spoken: code of the lecture's language; None for English.
        """
        super().__init__(LocalLanguageModel(loaded), language, spoken)


@dataclass(frozen=True)
class LocalLanguageModel:
    """A transformers model as `lecture.writing.language_model` wants one: asked in prose, it answers line by line."""

    loaded: LoadedModel

    @property
    def name(self) -> str:
        """The model's name without its owner or folder."""
        return self._generation.name

    @property
    def description(self) -> str:
        """For the reader."""
        return f"the local model {self.name}"

    @property
    def only_summarises(self) -> bool:
        """Whether it is a seq2seq model."""
        return self.loaded.kind == "seq2seq"

    @cached_property
    def _generation(self) -> Generation:
        return Generation(self.loaded)

    def parts(self, sentences: Sequence[Sentence]) -> tuple[Part, ...]:
        """Divide sentences into parts that fit into the model's context.

        Raises:
            WriterError: the model takes in next to no text.
        """
        return self._generation.parts(sentences)

    def reply(self, request: Request, on_claim: OnClaim, on_tick: OnTick) -> None:
        """Have the model write.

        Raises:
            TooLong: the passages do not fit into its context.
            CannotReply: it cannot be run, for want of memory or because it is damaged.
            Cancelled: `on_tick` raised it.
        """
        match request:
            case NotesRequest():
                self._write_notes(request, on_claim, on_tick)
            case CardsRequest():
                fields = {"text": _text_of(request.sentences), "wanted": str(request.wanted)}
                self._write("cards", fields, _read_cards, on_claim, on_tick)
            case AnswerRequest():
                before = "".join(f"Asked before: {question}\n" for question in request.before)
                fields = {"text": _text_of(request.sentences), "question": request.question, "before": before}
                if before and not self._generation.fits("answer", **fields):
                    fields["before"] = ""
                if not self._generation.fits("answer", **fields):
                    raise TooLong(f"the passages are too long for {self.name}", "ask about one lecture")
                self._write("answer", fields, _read_answer, on_claim, on_tick)
            case TranslationRequest():
                lines = "\n".join(f"{i}. {text}" for i, text in enumerate(request.texts, start=1))
                fields = {"text": lines, "language": request.language}
                self._write("translation", fields, _read_lines, on_claim, on_tick)

    def _write_notes(self, request: NotesRequest, on_claim: OnClaim, on_tick: OnTick) -> None:
        """Ask for the summary, then for the key points: small models keep to one task at a time."""
        tasks: tuple[tuple[Task, Kind, int], ...] = (
            ("summary", "summary", request.summary),
            ("points", "points", request.points),
        )
        if self.only_summarises:
            tasks = tasks[:1]
        for i, (task, kind, wanted) in enumerate(tasks):
            fields = {"text": _text_of(request.sentences), "wanted": str(wanted)}
            self._write(task, fields, partial(_read_statements, kind), on_claim, step_of(on_tick, i, len(tasks)))

    def _write(self, task: Task, fields: dict[str, str], read: ReadClaims, on_claim: OnClaim, on_tick: OnTick) -> None:
        """Run the model, and tell each claim when another one follows it; the last ones at the end."""
        told: list[Claim] = []

        def tell(claims: Sequence[Claim]) -> None:
            for claim in claims:
                if claim not in told:
                    told.append(claim)
                    on_claim(claim)

        def tell_finished(text: str) -> None:
            if task in ("summary", "points"):
                tell(read(text)[:-1])

        try:
            tell(read(self._generation.reply(task, on_tick, tell_finished, **fields)))
        except _CANNOT_RUN as error:
            log.warning("%s could not be run on a part of a lecture", self.name, exc_info=True)
            raise CannotReply(
                f"the model {self.name} could not be run: too little memory, or damaged", "choose a smaller one"
            ) from error


def _read_statements(kind: Kind, reply: str) -> list[Claim]:
    return [Claim(kind, statement) for statement in statements(reply)]


def _read_cards(reply: str) -> list[Claim]:
    return [Claim("card", answer, question=question) for question, answer in questions(reply)]


def _read_answer(reply: str) -> list[Claim]:
    return [] if NOT_SAID in reply.upper() else [Claim("answer", text) for text in statements(reply)]


def _read_lines(reply: str) -> list[Claim]:
    return [Claim("translation", text, (number - 1,)) for number, text in numbered(reply)]


def _text_of(sentences: Sequence[Sentence]) -> str:
    return " ".join(sentence.text for sentence in sentences)
