"""Drafts of a lecture's parts → the notes' chapters and the whole: what is chosen, and what the reader is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from lecture.notes import Chapter, Statement
from lecture.ranking import alike, importance, terms
from lecture.writers import TOO_ALIKE, points_beside
from lecture.writing.language_model import CannotReply


@dataclass(frozen=True)
class Draft:
    """What is kept of one part.

    Attributes:
        summary: its sentences.
        points: its key points.
        title: the model's, if it fits.
        dropped: how many claims had no support.
        quoted: the built-in writer did the part.
        failure: why the model did not.
        places: indices of the part's sentences in the lecture.
    """

    summary: tuple[Statement, ...]
    points: tuple[Statement, ...]
    title: str | None = None
    dropped: int = 0
    quoted: bool = False
    failure: CannotReply | None = None
    places: frozenset[int] = frozenset()


def chapter_of(drafts: Sequence[Draft], chapter: Chapter, size: int) -> Chapter:
    """The chapter with a title, so many sentences of summary, and key points, from the drafts of its parts."""
    summaries = [statement for draft in drafts for statement in draft.summary]
    summary, points = summed_up(summaries, [point for draft in drafts for point in draft.points], size)
    titles = [draft.title for draft in drafts if draft.title]
    return replace(chapter, title=(titles or [chapter.title])[0], summary=summary, key_points=points)


def summed_up(
    summaries: Iterable[Statement], points: Iterable[Statement], wanted: int
) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
    """A summary of so many sentences, and the key points beside it, from all of a stretch; nothing stands in twice."""
    worded = _distinct(summaries)
    summary = chosen(worded, wanted)
    rest = [statement for statement in worded if statement not in summary]
    others = _distinct([*summary, *rest, *points])[len(summary) :]
    return summary, chosen(others, points_beside(wanted))


def chosen(found: Sequence[Statement], wanted: int) -> tuple[Statement, ...]:
    """At most so many statements, in the lecture's order: the most important of each of as many equal shares."""
    ordered = sorted(found, key=lambda statement: statement.evidence.start)
    if len(ordered) <= wanted:
        return tuple(ordered)
    scores = importance([statement.text for statement in ordered])
    borders = [len(ordered) * i // wanted for i in range(wanted + 1)]
    best = (max(range(begin, end), key=scores.__getitem__) for begin, end in pairwise(borders))
    return tuple(ordered[i] for i in best)


def warnings_about(drafts: Sequence[Draft]) -> tuple[str, ...]:
    """Which parts the built-in writer had to do, and why."""
    unsupported = sum(draft.quoted and not draft.failure for draft in drafts)
    reasons = [draft.failure.why for draft in drafts if draft.quoted and draft.failure]
    found = []
    if unsupported:
        found.append(f"The model's words for {_of(unsupported, len(drafts))} had no support in the lecture")
    for why in dict.fromkeys(reasons):
        found.append(f"The model did not write {_of(reasons.count(why), len(drafts))} ({why})")
    return tuple(f"{what}; the built-in writer quoted the lecture there instead." for what in found)


def reworded(chapter: Chapter, wordings: Mapping[str, str]) -> Chapter:
    """The chapter with other wordings for its texts, where there are some."""
    return replace(
        chapter,
        title=wordings.get(chapter.title, chapter.title),
        summary=reworded_statements(chapter.summary, wordings),
        key_points=reworded_statements(chapter.key_points, wordings),
    )


def reworded_statements(statements: Iterable[Statement], wordings: Mapping[str, str]) -> tuple[Statement, ...]:
    """The statements with other wordings, where there are some; what they rest on stays."""
    return tuple(replace(statement, text=wordings.get(statement.text, statement.text)) for statement in statements)


def _of(some: int, every: int) -> str:
    if some < every:
        return f"{some} of {every} parts"
    return "the whole lecture" if every == 1 else f"all {every} parts"


def _distinct(found: Iterable[Statement]) -> list[Statement]:
    """The statements without those that repeat an earlier one."""
    kept: list[Statement] = []
    for statement in found:
        if not any(alike(terms(statement.text), terms(other.text)) >= TOO_ALIKE for other in kept):
            kept.append(statement)
    return kept
