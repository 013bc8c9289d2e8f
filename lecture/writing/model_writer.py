"""A language model as writer: it words, code checks, and what the lecture does not support is dropped.

The same for every model: chapter by chapter, and a chapter that does not fit into the model's context in parts. Where
a model fails, or nothing that it wrote is supported, the built-in writer does the part, and the notes say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import ceil

from lecture.ask import Claim as AnswerClaim
from lecture.ask import Exchange, Passage
from lecture.checking.claims import fitting_title, supported_statement
from lecture.errors import WriterError
from lecture.flashcards import Flashcard, quoting_cards
from lecture.notes import Chapter, Notes, Statement
from lecture.sentences import Sentence
from lecture.writers import (
    Extractive,
    Length,
    OnShare,
    OnStatement,
    chapter_size,
    outline,
    points_beside,
    summary_size,
)
from lecture.writing.drafts import Draft, chapter_of, chosen, reworded, reworded_statements, summed_up, warnings_about
from lecture.writing.language_model import (
    AnswerRequest,
    CannotReply,
    Claim,
    LanguageModel,
    NotesRequest,
    OnTick,
    Part,
    TooLong,
)
from lecture.writing.model_cards import worded_cards
from lecture.writing.shares import Shares, step_of
from lecture.writing.translation import Translator


@dataclass
class _Reading:
    """Checks a model's claims about a part as they come, and tells those that are kept."""

    part: Part
    on_statement: OnStatement
    summary: list[Statement] = field(default_factory=list)
    points: list[Statement] = field(default_factory=list)
    title: str | None = None
    dropped: int = 0

    def take(self, claim: Claim) -> None:
        if claim.kind == "title":
            self.title = self.title or fitting_title(claim, self.part.sentences)
            return
        statement = supported_statement(claim, self.part.sentences)
        if statement is None:
            self.dropped += 1
        elif statement not in self.summary and statement not in self.points:
            (self.summary if claim.kind == "summary" else self.points).append(statement)
            self.on_statement(statement)

    def draft(self) -> Draft | None:
        """What is kept of the part; None if nothing is."""
        summary = self.summary or self.points[:1]
        points = [point for point in self.points if point not in summary]
        if not summary:
            return None
        return Draft(tuple(summary), tuple(points), self.title, self.dropped, places=self.part.places)


class ModelWriter:
    """Words summary, key points, cards and answers with a language model, each sentence checked.

    Attributes:
        name: the model's.
        answers: whether it can answer questions; a model that only summarises cannot.
    """

    def __init__(self, model: LanguageModel, language: str | None = None, spoken: str | None = None) -> None:
        """Writes with a model.

        Args:
            model: words things.
            language: code of the language to write in; None for the lecture's.
            spoken: code of the lecture's language; None for English.
        """
        self.name: str = model.name
        self.answers: bool = not model.only_summarises
        self._model = model
        self._language = None if language == (spoken or "en") else language
        self._translator = Translator(model, spoken or "en", language) if self._language and language else None
        if model.only_summarises:
            self._translator = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._model.description!r})"

    def notes(
        self,
        sentences: Sequence[Sentence],
        chapters: Sequence[int],
        length: Length,
        on_share: OnShare,
        on_statement: OnStatement,
    ) -> Notes:
        """Word summary and key points, of each chapter and of the whole.

        Raises:
            WriterError: the model wrote nothing, or takes in too little text to be of use.
            Cancelled: a listener raised it.
        """
        titled = outline(sentences, chapters) if sentences else []
        parts = [self._parts(sentences, within) for _, within in titled]
        shares = Shares(on_share, max(1, sum(map(len, parts)) + len(parts) * bool(self._translator)))
        shares.tick(0.0)
        whole = summary_size(len(sentences), length)
        drafts: list[Draft] = []
        written: list[Chapter] = []
        wordings: dict[str, str] = {}
        for (chapter, within), pieces in zip(titled, parts, strict=True):
            size = max(chapter_size(len(within), length), ceil(whole * len(within) / len(sentences)))
            found = self._chapter(pieces, size, length, shares, on_statement)
            drafts += found
            written.append(chapter_of(found, chapter, size))
            if self._translator:
                wordings |= self._translated(self._translator, written[-1], shares, on_statement)
        if drafts and all(draft.quoted for draft in drafts):
            return self._quoted(sentences, chapters, length, drafts)
        return self._assembled(written, drafts, whole, len(sentences), wordings)

    def flashcards(self, sentences: Sequence[Sentence], notes: Notes, on_share: OnShare) -> tuple[Flashcard, ...]:
        """Word the cards; a part without a card that passes the check gets cards that quote it.

        Raises:
            WriterError: the model takes in too little text to be of use.
            Cancelled: `on_share` raised it.
        """
        if self._model.only_summarises:
            cards = quoting_cards(sentences, notes)
            on_share(1.0)
            return cards
        return worded_cards(self._model, sentences, notes, self._translator if notes.language else None, on_share)

    def answer(
        self, question: str, passages: Sequence[Passage], before: Sequence[Exchange], on_share: OnShare
    ) -> Sequence[AnswerClaim]:
        """Word an answer from the sentences of the passages; nothing if they hold none. The caller checks it.

        Raises:
            WriterError: the model gave nothing that can be read, or only summarises.
            Cancelled: `on_share` raised it.
        """
        if not self.answers:
            raise WriterError(f"The model {self.name} only summarises; choose another one for answers.")
        earlier = tuple(exchange.question for exchange in before)
        shares = Shares(on_share, 1)
        found: list[AnswerClaim] = []
        for few in range(len(passages), 0, -1):  # the best come first: where not all fit, these do
            said = tuple(sentence for passage in passages[:few] for sentence in passage.sentences)
            if few > 1 and len(self._model.parts(said)) > 1:
                continue
            try:
                self._model.reply(
                    AnswerRequest(said, question, earlier),
                    lambda claim: found.append(AnswerClaim(claim.text, claim.sentences)),
                    shares.tick,
                )
            except TooLong as error:
                if few == 1:
                    raise WriterError(error.sentence) from error
                continue
            except CannotReply as error:
                if not found:
                    raise WriterError(error.sentence) from error
            break
        return found

    def _parts(self, sentences: Sequence[Sentence], within: range) -> tuple[Part, ...]:
        """The parts of a chapter, with their places in the lecture."""
        parts = self._model.parts(sentences[within.start : within.stop])
        return tuple(Part(part.sentences, frozenset(within.start + i for i in part.places)) for part in parts)

    def _chapter(
        self, parts: Sequence[Part], size: int, length: Length, shares: Shares, on_statement: OnStatement
    ) -> list[Draft]:
        tell = _untold if self._translator else on_statement
        every = max(1, sum(len(part.sentences) for part in parts))
        found: list[Draft] = []
        for part in parts:
            found += self._drafts(part, max(1, round(size * len(part.sentences) / every)), length, shares.tick, tell)
            shares.finish_step()
        return found

    def _drafts(
        self, part: Part, wanted: int, length: Length, on_tick: OnTick, on_statement: OnStatement
    ) -> list[Draft]:
        """Have the model word a part, in halves if it is too long, and keep what the part supports."""
        reading = _Reading(part, on_statement)
        failure: CannotReply | None = None
        try:
            self._model.reply(NotesRequest(part.sentences, wanted, points_beside(wanted)), reading.take, on_tick)
        except TooLong as error:
            failure = error
            if halves := part.halves():
                few = ceil(wanted / 2)
                first = self._drafts(halves[0], few, length, step_of(on_tick, 0, 2), on_statement)
                second = self._drafts(halves[1], few, length, step_of(on_tick, 1, 2), on_statement)
                return [*first, *second]
        except CannotReply as error:
            failure = error
        draft = reading.draft()
        quotes = Extractive().notes(part.sentences, [0], length, lambda _: None, _untold)
        if draft and draft.points:
            return [draft]
        summary = () if draft else chosen(quotes.summary, wanted)
        points = chosen(quotes.key_points, points_beside(wanted))
        for statement in (*summary, *points):
            on_statement(statement)
        if draft:
            return [replace(draft, points=points)]
        return [Draft(summary, points, None, reading.dropped, quoted=True, failure=failure, places=part.places)]

    def _translated(
        self, translator: Translator, chapter: Chapter, shares: Shares, on_statement: OnStatement
    ) -> dict[str, str]:
        """The chapter's texts in the wanted language, as far as their translations are reliable."""
        statements = (*chapter.summary, *chapter.key_points)
        texts = dict.fromkeys([chapter.title, *(statement.text for statement in statements)])
        wordings = dict(translator.translated(list(texts), shares.tick))
        for statement in reworded_statements(statements, wordings):
            on_statement(statement)
        shares.finish_step()
        return wordings

    def _assembled(
        self,
        chapters: Sequence[Chapter],
        drafts: Sequence[Draft],
        wanted: int,
        sentences: int,
        wordings: dict[str, str],
    ) -> Notes:
        summary, points = summed_up(
            [statement for chapter in chapters for statement in chapter.summary],
            [statement for chapter in chapters for statement in chapter.key_points],
            wanted,
        )
        unread = frozenset[int]().union(*(draft.places for draft in drafts if draft.quoted and draft.failure))
        everything = {s.text for chapter in chapters for s in (*chapter.summary, *chapter.key_points)}
        translated = everything & wordings.keys()
        return Notes(
            summary=reworded_statements(summary, wordings),
            key_points=reworded_statements(points, wordings),
            writer=self.name,
            reason=self._reason(),
            coverage=1 - len(unread) / max(1, sentences),
            dropped=sum(draft.dropped for draft in drafts),
            warnings=(*warnings_about(drafts), *self._about_language(len(everything), len(everything - translated))),
            chapters=tuple(reworded(chapter, wordings) for chapter in chapters),
            language=self._language if translated else None,
        )

    def _quoted(
        self, sentences: Sequence[Sentence], chapters: Sequence[int], length: Length, drafts: Sequence[Draft]
    ) -> Notes:
        """The built-in writer's notes, where nothing of the model's is of use."""
        failures = [draft.failure for draft in drafts if draft.failure]
        if len(failures) == len(drafts):
            raise WriterError(failures[0].sentence) from failures[0]
        notes = Extractive().notes(sentences, chapters, length, lambda _: None, _untold)
        return replace(
            notes,
            reason=(
                f"The built-in writer quoted the lecture, because nothing of {self._model.description} could be used."
            ),
            dropped=sum(draft.dropped for draft in drafts),
            warnings=(*warnings_about(drafts), *self._about_language(0, 0)),
        )

    def _reason(self) -> str:
        checked = "every sentence was checked against the transcript"
        if self._model.only_summarises:
            return (
                f"The summary was worded by {self._model.description}, as you chose; {checked}. "
                "The model only summarises, so the cards, and key points where it left room, quote the lecture."
            )
        return f"Worded by {self._model.description}, as you chose; {checked}."

    def _about_language(self, every: int, untranslated: int) -> tuple[str, ...]:
        if not self._language or (every and not untranslated):
            return ()
        if not self._translator:
            return (f"The model {self.name} only summarises, so the notes stay in the lecture's language.",)
        if untranslated == every:
            return ("Nothing could be translated reliably, so the notes stay in the lecture's language.",)
        one = untranslated == 1
        return (
            f"{untranslated} {'statement' if one else 'statements'} could not be translated reliably and "
            f"{'stays' if one else 'stay'} in the lecture's language.",
        )


def _untold(statement: Statement) -> None:
    """A listener for what the reader is not told, or not yet."""
