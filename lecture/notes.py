"""Notes: what a student studies from a lecture, each statement with its Evidence.

`rank_sentences` and `find_chapters` choose what goes into them; they live in `lecture.ranking` and `lecture.chapters`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lecture.chapters import find_chapters
from lecture.ranking import rank_sentences
from lecture.transcript import Segment

__all__ = [
    "Chapter",
    "Evidence",
    "KeyTerm",
    "Notes",
    "Statement",
    "Style",
    "find_chapters",
    "in_order",
    "rank_sentences",
    "share_drawn_on",
]

Style = Literal["brief", "detailed", "outline"]
"""How notes are laid out: the whole in short, chapter by chapter, or as a list of points below chapter titles."""


@dataclass(frozen=True)
class Evidence:
    """The words a statement rests on, and when they were said (seconds from the start of the recording)."""

    quote: str
    start: float
    end: float


@dataclass(frozen=True)
class Statement:
    """One sentence of the notes, and what it rests on."""

    text: str
    evidence: Evidence


@dataclass(frozen=True)
class Chapter:
    """A stretch of the lecture about one thing.

    Attributes:
        title: what it is about, in a few words.
        start: seconds from the start of the recording.
        end: seconds; where the next chapter starts, or the last sentence ends.
        summary: sentences that read as one text, in order.
        key_points: what to remember of it, in order; none repeats a summary sentence.
    """

    title: str
    start: float
    end: float
    summary: tuple[Statement, ...] = ()
    key_points: tuple[Statement, ...] = ()


@dataclass(frozen=True)
class KeyTerm:
    """A term of the course, and the sentence of the lecture that says what it means."""

    term: str
    definition: Statement


@dataclass(frozen=True)
class Notes:
    """What the student came for.

    Attributes:
        summary: of the whole lecture: sentences that read as one text, in its order.
        key_points: of the whole lecture, in its order; none repeats a summary sentence.
        writer: "extractive", or the model's name.
        reason: one sentence for the reader: who worded the notes, and why.
        coverage: share of the lecture's sentences that the writer was given, from 0 to 1.
        dropped: how many statements of a model were dropped because the transcript does not support them.
        warnings: sentences about what fell short.
        chapters: in order of time, without gaps; empty in notes of before there were chapters.
        key_terms: in order of their definitions.
        language: code of the language the notes are written in, where it is not the lecture's.
        marked: what was said where the student marked a moment while recording.
    """

    summary: tuple[Statement, ...]
    key_points: tuple[Statement, ...]
    writer: str
    reason: str = ""
    coverage: float = 1.0
    dropped: int = 0
    warnings: tuple[str, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    key_terms: tuple[KeyTerm, ...] = ()
    language: str | None = None
    marked: tuple[Statement, ...] = ()


def in_order(chapter: Chapter) -> tuple[Statement, ...]:
    """All that is said of a chapter, in the lecture's order."""
    return tuple(sorted((*chapter.summary, *chapter.key_points), key=lambda statement: statement.evidence.start))


def share_drawn_on(notes: Notes, segments: Sequence[Segment]) -> float:
    """Share of the speech that lies in the evidence of the notes' statements, from 0 to 1."""
    chapters = [statement for chapter in notes.chapters for statement in in_order(chapter)]
    terms = [term.definition for term in notes.key_terms]
    spans = sorted((s.evidence.start, s.evidence.end) for s in (*notes.summary, *notes.key_points, *chapters, *terms))
    apart: list[tuple[float, float]] = []
    for start, end in spans:
        begin = max(start, apart[-1][1]) if apart else start
        if end > begin:
            apart.append((begin, end))
    drawn_on = sum(end - start for start, end in apart)
    spoken = sum(segment.end - segment.start for segment in segments)
    return min(1.0, drawn_on / spoken) if spoken else 0.0
