"""Notes as headings with what stands below them, for files of any format."""

from __future__ import annotations

from lecture.notes import Chapter, Notes, Statement, in_order
from lecture.transcript import format_time, one_line


def sections(notes: Notes) -> list[tuple[str, tuple[Statement, ...]]]:
    """Headings and their statements: the summary, what was marked, the chapters, or else the whole's key points."""
    found = [("Summary", notes.summary), ("Marked while recording", notes.marked)]
    if not parted(notes):
        found.append(("Key points", notes.key_points))
    for number, chapter in enumerate(parted(notes), start=1):
        found.append((chapter_heading(number, chapter), in_order(chapter)))
    return [(heading, statements) for heading, statements in found if statements]


def parted(notes: Notes) -> tuple[Chapter, ...]:
    """The chapters, where there is more than one: a single one is the lecture itself."""
    return notes.chapters if len(notes.chapters) > 1 else ()


def chapter_heading(number: int, chapter: Chapter) -> str:
    """Such as "Chapter 2: What waves carry (03:20–07:45)"."""
    return f"Chapter {number}: {one_line(chapter.title)} ({format_time(chapter.start)}–{format_time(chapter.end)})"


def chapter_at(notes: Notes, seconds: float) -> tuple[int, Chapter] | None:
    """The number, from 1, and the chapter in which something was said; None where there are no chapters."""
    begun = [(number, chapter) for number, chapter in enumerate(parted(notes), start=1) if chapter.start <= seconds]
    return max(begun, key=lambda one: one[1].start, default=None)


def other_words(statement: Statement) -> str:
    """Return the quote, or nothing where the statement is the quote itself."""
    quote = one_line(statement.evidence.quote)
    return "" if quote.casefold() == one_line(statement.text).casefold() else quote
