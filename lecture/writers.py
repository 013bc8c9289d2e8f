"""Writers: who words the notes. The extractive one is built in and quotes; a local model rephrases and is checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Literal, Protocol

from lecture.chapters import chapter_titles
from lecture.flashcards import Flashcard, quoting_cards
from lecture.notes import Chapter, Evidence, Notes, Statement
from lecture.ranking import alike, importance, stands_alone, terms
from lecture.sentences import Sentence

Length = Literal["short", "medium", "long"]

_SENTENCES_PER_SUMMARY: dict[Length, tuple[int, int]] = {"short": (3, 5), "medium": (5, 10), "long": (8, 20)}
"""Least and most sentences of a summary."""
_SENTENCES_PER_STATEMENT: dict[Length, int] = {"short": 20, "medium": 11, "long": 7}
"""Sentences of the lecture for each one of the summary, between these bounds."""
_MOST_PER_CHAPTER: dict[Length, int] = {"short": 2, "medium": 3, "long": 5}
"""Most sentences of a chapter's summary."""
TOO_ALIKE = 0.7
"""Share of common terms from which two statements say the same."""

OnShare = Callable[[float], None]
"""Told the share of the work that is done, from 0 to 1; may raise `Cancelled`."""
OnStatement = Callable[[Statement], None]
"""Told each statement as soon as it is written and checked."""


class Writer(Protocol):
    """Words notes and cards from a lecture's sentences."""

    def notes(
        self,
        sentences: Sequence[Sentence],
        chapters: Sequence[int],
        length: Length,
        on_share: OnShare,
        on_statement: OnStatement,
    ) -> Notes:
        """Word summary and key points, of each chapter and of the whole.

        Args:
            sentences: the whole lecture.
            chapters: the index of each chapter's first sentence, as `find_chapters` returns them.
            length: how much summary.
            on_share: told how far the work is.
            on_statement: told what is written, as it is written.

        Raises:
            WriterError: the writer cannot do its work.
            Cancelled: a listener raised it.
        """
        ...

    def flashcards(self, sentences: Sequence[Sentence], notes: Notes, on_share: OnShare) -> tuple[Flashcard, ...]:
        """Word the flashcards."""
        ...


@dataclass(frozen=True)
class Extractive:
    """The built-in writer: chooses the lecture's most important sentences and quotes them as they were said."""

    reason: str = "The built-in writer needs no download and invents nothing."
    name: str = "extractive"

    def notes(
        self,
        sentences: Sequence[Sentence],
        chapters: Sequence[int],
        length: Length,
        on_share: OnShare,
        on_statement: OnStatement,
    ) -> Notes:
        """Choose the summary from every part of the lecture, and the key points from what it leaves."""
        scores = importance([sentence.text for sentence in sentences])
        everything = range(len(sentences))
        summary, key_points = _chosen(sentences, scores, everything, summary_size(len(sentences), length))
        for statement in summary:
            on_statement(statement)
        on_share(1.0)
        return Notes(
            summary=summary,
            key_points=key_points,
            writer=self.name,
            reason=self.reason,
            chapters=tuple(
                replace(chapter, summary=written[0], key_points=written[1])
                for chapter, within in outline(sentences, chapters)
                for written in [_chosen(sentences, scores, within, chapter_size(len(within), length))]
            ),
        )

    def flashcards(self, sentences: Sequence[Sentence], notes: Notes, on_share: OnShare) -> tuple[Flashcard, ...]:
        """Ask for what the lecture defines, and for the gaps in its key points."""
        cards = quoting_cards(sentences, notes)
        on_share(1.0)
        return cards


def outline(sentences: Sequence[Sentence], chapters: Sequence[int]) -> list[tuple[Chapter, range]]:
    """The lecture's chapters with titles and times, nothing in them yet, and which sentences are in each."""
    titles = chapter_titles([sentence.text for sentence in sentences], chapters)
    ends = [*chapters[1:], len(sentences)][: len(chapters)]
    return [
        (
            Chapter(title, sentences[begin].start, sentences[end].start if end < len(sentences) else sentences[-1].end),
            range(begin, end),
        )
        for title, begin, end in zip(titles, chapters, ends, strict=True)
    ]


def summary_size(sentences: int, length: Length) -> int:
    """How many sentences a summary of so many sentences gets."""
    least, most = _SENTENCES_PER_SUMMARY[length]
    return min(most, max(least, sentences // _SENTENCES_PER_STATEMENT[length]))


def chapter_size(sentences: int, length: Length) -> int:
    """How many sentences the summary of a chapter of so many sentences gets."""
    return min(_MOST_PER_CHAPTER[length], max(1, sentences // _SENTENCES_PER_STATEMENT[length]))


def points_beside(summary: int) -> int:
    """How many key points go with a summary of so many sentences."""
    return summary + ceil(summary / 2)


def quoted(sentence: Sentence) -> Statement:
    """A sentence of the lecture as a statement: it is its own evidence."""
    text = sentence.text[:1].upper() + sentence.text[1:]
    return Statement(text, Evidence(sentence.text, sentence.start, sentence.end))


def _chosen(
    sentences: Sequence[Sentence], scores: Sequence[float], within: range, wanted: int
) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
    """The summary and the key points of a stretch of the lecture."""
    summary = _best_of_each_part(sentences, scores, within, wanted)
    key_points = _best(sentences, scores, within, points_beside(wanted), without=summary)
    return tuple(quoted(sentences[i]) for i in summary), tuple(quoted(sentences[i]) for i in key_points)


def _best_of_each_part(sentences: Sequence[Sentence], scores: Sequence[float], within: range, wanted: int) -> list[int]:
    """The best sentence of each of `wanted` equal parts, so that no part of the stretch is left out."""
    chosen: list[int] = []
    for part in range(wanted):
        piece = within[len(within) * part // wanted : len(within) * (part + 1) // wanted]
        ranked = sorted(piece, key=lambda i: (not stands_alone(sentences[i].text), -scores[i]))
        chosen += [i for i in ranked if not _repeats(sentences, i, chosen)][:1]
    return chosen


def _best(
    sentences: Sequence[Sentence], scores: Sequence[float], within: range, wanted: int, without: Sequence[int]
) -> list[int]:
    """The best sentences that stand alone and say something new, in the lecture's order."""
    chosen: list[int] = []
    for i in sorted(within, key=lambda i: -scores[i]):
        if len(chosen) == wanted:
            break
        if stands_alone(sentences[i].text) and not _repeats(sentences, i, [*without, *chosen]):
            chosen.append(i)
    return sorted(chosen)


def _repeats(sentences: Sequence[Sentence], i: int, chosen: Sequence[int]) -> bool:
    mine = terms(sentences[i].text)
    return not mine or any(alike(mine, terms(sentences[j].text)) >= TOO_ALIKE for j in chosen)
