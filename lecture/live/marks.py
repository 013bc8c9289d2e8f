"""Moments that the student marked while recording → what had been said then."""

from __future__ import annotations

from collections.abc import Sequence

from lecture.notes import Statement
from lecture.sentences import Sentence
from lecture.writers import quoted

_REACTION_S = 1.0
"""Seconds that somebody takes to mark what was said: a sentence that has only just begun is not meant."""


def marked_moments(sentences: Sequence[Sentence], marks: Sequence[float]) -> tuple[Statement, ...]:
    """What was being said, or had just been said, at each moment that was marked (in seconds), each sentence once."""
    meant: list[Sentence] = []
    for mark in sorted(marks):
        heard = [sentence for sentence in sentences if sentence.start <= mark - _REACTION_S] or sentences[:1]
        meant += [sentence for sentence in heard[-1:] if sentence not in meant]
    return tuple(quoted(sentence) for sentence in meant)
