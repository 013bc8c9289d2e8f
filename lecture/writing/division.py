"""Sentences → parts that fit into a model's prompt: divided at sentences, never cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from math import ceil

from lecture.sentences import Sentence
from lecture.writing.language_model import Part

Size = Callable[[str], int]
"""Tokens that a text adds to a prompt; never fewer than it does."""


def divided(lecture: Sequence[Sentence], room: int, size: Size) -> tuple[Part, ...]:
    """Divide sentences into as few parts of about equal size as fit; a sentence that does not is divided, too.

    Args:
        lecture: what to divide; a part's places are indices in it.
        room: most tokens of a part.
        size: how many tokens a text has.
    """
    pieces = [(i, piece) for i, sentence in enumerate(lecture) for piece in _pieces(sentence, room, size)]
    return tuple(
        Part(tuple(piece for _, piece in run), frozenset(i for i, _ in run)) for run in _runs(pieces, room, size)
    )


def _pieces(sentence: Sentence, room: int, size: Size) -> Iterator[Sentence]:
    """The sentence, halved until each piece fits."""
    if size(sentence.text) <= room or len(sentence.text) < 2:
        yield sentence
        return
    middle = len(sentence.text) // 2
    border = sentence.text.rfind(" ", 1, middle) + 1 or middle
    time_there = sentence.start + (sentence.end - sentence.start) * border / len(sentence.text)
    yield from _pieces(Sentence(sentence.text[:border].strip(), sentence.start, time_there), room, size)
    yield from _pieces(Sentence(sentence.text[border:].strip(), time_there, sentence.end), room, size)


def _runs(pieces: Sequence[tuple[int, Sentence]], room: int, size: Size) -> Iterator[Sequence[tuple[int, Sentence]]]:
    sizes = [size(piece.text) for _, piece in pieces]
    while pieces:
        ends = list(accumulate(sizes))
        share = ends[-1] / ceil(ends[-1] / room)
        border = max(1, sum(end <= share for end in ends)) if ends[-1] > room else len(pieces)
        yield pieces[:border]
        pieces, sizes = pieces[border:], sizes[border:]
