"""A local language model as writer: it words, code checks, and what the lecture does not support is dropped."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

from lecture.flashcards import Flashcard, quoting_cards, spread
from lecture.local_generation import Generation, Part, Task
from lecture.notes import Notes, Statement
from lecture.ranking import alike, importance, terms
from lecture.replies import questions, statements
from lecture.sentences import Sentence
from lecture.support import find_support
from lecture.writers import TOO_ALIKE, Extractive, Length, OnShare, points_beside, summary_size

if TYPE_CHECKING:
    from models import Writer as LoadedModel

log = logging.getLogger(__name__)

_GIVEN_AWAY = 0.7
"""Share of the answer's terms that a question must not contain."""
_CARDS = (6, 24)
_SENTENCES_PER_CARD = 6
"""Least and most cards of a lecture; between them, sentences of the lecture for each."""
_CANNOT_RUN = (RuntimeError, MemoryError, ValueError, IndexError)
"""What transformers and torch raise for too little memory (torch.OutOfMemoryError, too) and for damaged models."""


@dataclass(frozen=True)
class _Draft:
    """What is kept of one part. `given`: the model read it; `quoted`: the built-in writer did the part instead."""

    part: Part
    summary: tuple[Statement, ...]
    key_points: tuple[Statement, ...]
    dropped: int = 0
    given: bool = True
    quoted: bool = False


@dataclass
class _Progress:
    """Shares of the whole work, from shares of one reply after the other."""

    on_share: OnShare
    replies: int
    done: int = 0

    def tick(self, share: float) -> None:
        self.on_share((self.done + share) / self.replies)

    def finish_reply(self, at: int = 0) -> None:
        self.done = at or self.done + 1
        self.tick(0.0)


@dataclass(frozen=True)
class LocalModel:
    """Words summary, key points and cards with a transformers model, part by part, each sentence checked.

    Where nothing that the model wrote about a part is supported by it, or the model cannot be run on it, the built-in
    writer does the part. A model that only summarises (kind "seq2seq") leaves cards to the lecture's own words.
    """

    loaded: LoadedModel

    @property
    def name(self) -> str:
        """The model's name without its owner or folder."""
        return Generation(self.loaded).name

    def notes(self, sentences: Sequence[Sentence], length: Length, on_share: OnShare) -> Notes:
        """Word the summary and key points.

        Raises:
            WriterError: the model takes in too little text to be of use.
            Cancelled: `on_share` raised it.
        """
        parts = Generation(self.loaded).parts(sentences)
        wanted = summary_size(len(sentences), length)
        progress = _Progress(on_share, max(1, len(parts) * len(self._tasks)))
        progress.tick(0.0)
        drafts = []
        for part in parts:
            share = max(1, round(wanted * len(part.places) / len(sentences)))
            drafts.append(self._draft(part, share, length, progress))
        return self._assembled(drafts, wanted, len(sentences))

    def flashcards(self, sentences: Sequence[Sentence], notes: Notes, on_share: OnShare) -> tuple[Flashcard, ...]:
        """Word the cards; a part without a card that passes the check gets cards that quote it.

        Raises:
            WriterError: the model takes in too little text to be of use.
            Cancelled: `on_share` raised it.
        """
        if self._only_summarises:
            cards = quoting_cards(sentences, notes)
            on_share(1.0)
            return cards
        generation = Generation(self.loaded)
        parts = generation.parts(sentences)
        least, most = _CARDS
        wanted = ceil(min(most, max(least, len(sentences) // _SENTENCES_PER_CARD)) / max(1, len(parts)))
        progress = _Progress(on_share, max(1, len(parts)))
        progress.tick(0.0)
        kept: list[Flashcard] = []
        for part in parts:
            worded = _cards(generation, part, wanted, progress)
            kept += worded or quoting_cards(part.sentences, _notes_about(part, notes))[:wanted]
            progress.finish_reply()
        return spread(_distinct_cards(kept))

    @property
    def _only_summarises(self) -> bool:
        return self.loaded.kind == "seq2seq"

    @property
    def _tasks(self) -> tuple[Task, ...]:
        return ("summary",) if self._only_summarises else ("summary", "points")

    def _draft(self, part: Part, wanted: int, length: Length, progress: _Progress) -> _Draft:
        """Have the model word a part, and keep what the part supports."""
        quotes = Extractive().notes(part.sentences, length, lambda _: None)
        quoted_summary = _chosen(quotes.summary, wanted)
        quoted_points = _chosen(quotes.key_points, points_beside(wanted))
        kept: list[list[Statement]] = []
        dropped = 0
        last = progress.done + len(self._tasks)
        for task in self._tasks:
            number = wanted if task == "summary" else points_beside(wanted)
            try:
                reply = Generation(self.loaded).reply(task, number, part, progress.tick)
            except _CANNOT_RUN:
                log.warning("%s could not be run on a part of a lecture", self.name, exc_info=True)
                progress.finish_reply(at=last)
                return _Draft(part, quoted_summary, quoted_points, dropped, given=False, quoted=True)
            supported, unsupported = _supported(statements(reply), part)
            kept.append(supported)
            dropped += unsupported
            progress.finish_reply()
        summary = kept[0] or kept[-1][:1]
        if not summary:
            return _Draft(part, quoted_summary, quoted_points, dropped, quoted=True)
        points = [point for point in kept[-1] if point not in summary]
        return _Draft(part, tuple(summary), tuple(points) or quoted_points, dropped)

    def _assembled(self, drafts: Sequence[_Draft], wanted: int, sentences: int) -> Notes:
        if drafts and all(draft.quoted for draft in drafts):
            writer, coverage = "extractive", 1.0
        else:
            unread = frozenset[int]().union(*(draft.part.places for draft in drafts if not draft.given))
            writer, coverage = self.name, 1 - len(unread) / max(1, sentences)
        worded = _distinct(statement for draft in drafts for statement in draft.summary)
        summary = _chosen(worded, wanted)
        rest = [statement for statement in worded if statement not in summary]
        points = _distinct([*summary, *rest, *(point for draft in drafts for point in draft.key_points)])[
            len(summary) :
        ]
        return Notes(
            summary=summary,
            key_points=_chosen(points, points_beside(wanted)),
            writer=writer,
            reason=self._reason(drafts),
            coverage=coverage,
            dropped=sum(draft.dropped for draft in drafts),
            warnings=_warnings(drafts),
        )

    def _reason(self, drafts: Sequence[_Draft]) -> str:
        if drafts and all(draft.quoted for draft in drafts):
            return (
                f"The built-in writer quoted the lecture, because nothing of the local model {self.name} could be used."
            )
        checked = "every sentence was checked against the transcript"
        if self._only_summarises:
            return (
                f"The summary was worded by the local model {self.name}, as you chose; {checked}. "
                "The model only summarises, so the cards, and key points where it left room, quote the lecture."
            )
        return f"Worded by the local model {self.name}, as you chose; {checked}."


def _supported(claims: Iterable[str], part: Part) -> tuple[list[Statement], int]:
    """The claims that the part supports, each with its evidence, and how many it does not."""
    found = [(claim, find_support(claim, part.sentences)) for claim in claims]
    return [Statement(claim, evidence) for claim, evidence in found if evidence], sum(not e for _, e in found)


def _cards(generation: Generation, part: Part, wanted: int, progress: _Progress) -> list[Flashcard]:
    try:
        reply = generation.reply("cards", wanted, part, progress.tick)
    except _CANNOT_RUN:
        log.warning("%s could not be run on a part of a lecture", generation.name, exc_info=True)
        return []
    cards = [_card(question, answer, part) for question, answer in questions(reply)]
    return [card for card in cards if card]


def _card(question: str, answer: str, part: Part) -> Flashcard | None:
    """The card if a few sentences of the part hold its question and its answer, and it asks for something."""
    asked, answered = terms(question), terms(answer)
    if not answered or sum(term in asked for term in answered) >= _GIVEN_AWAY * len(answered):
        return None
    evidence = find_support(f"{question} {answer}", part.sentences)
    if not evidence or not find_support(answer, [Sentence(evidence.quote, evidence.start, evidence.end)]):
        return None
    return Flashcard(question if question.endswith("?") else f"{question.rstrip('.:')}?", answer, evidence)


def _notes_about(part: Part, notes: Notes) -> Notes:
    begin, end = part.sentences[0].start, part.sentences[-1].end
    about = [s for s in (*notes.key_points, *notes.summary) if begin <= s.evidence.start < end]
    return replace(notes, summary=(), key_points=tuple(about))


def _distinct(found: Iterable[Statement]) -> list[Statement]:
    """The statements without those that repeat an earlier one."""
    kept: list[Statement] = []
    for statement in found:
        if not any(alike(terms(statement.text), terms(other.text)) >= TOO_ALIKE for other in kept):
            kept.append(statement)
    return kept


def _distinct_cards(cards: Iterable[Flashcard]) -> list[Flashcard]:
    kept: list[Flashcard] = []
    for card in cards:
        words = terms(f"{card.question} {card.answer}")
        if not any(alike(words, terms(f"{other.question} {other.answer}")) >= TOO_ALIKE for other in kept):
            kept.append(card)
    return kept


def _chosen(found: Sequence[Statement], wanted: int) -> tuple[Statement, ...]:
    """At most so many statements, in the lecture's order: the most important of each of as many equal shares."""
    ordered = sorted(found, key=lambda statement: statement.evidence.start)
    if len(ordered) <= wanted:
        return tuple(ordered)
    scores = importance([statement.text for statement in ordered])
    borders = [len(ordered) * i // wanted for i in range(wanted + 1)]
    best = (max(range(begin, end), key=scores.__getitem__) for begin, end in pairwise(borders))
    return tuple(ordered[i] for i in best)


def _warnings(drafts: Sequence[_Draft]) -> tuple[str, ...]:
    unsupported = sum(draft.quoted and draft.given for draft in drafts)
    not_run = sum(not draft.given for draft in drafts)
    found = []
    if unsupported:
        found.append(f"The model's words for {_of(unsupported, len(drafts))} had no support in the lecture")
    if not_run:
        found.append(f"The model could not be run on {_of(not_run, len(drafts))} (too little memory, or damaged)")
    return tuple(f"{what}; the built-in writer quoted the lecture there instead." for what in found)


def _of(some: int, every: int) -> str:
    if some < every:
        return f"{some} of {every} parts"
    return "the whole lecture" if every == 1 else f"all {every} parts"
