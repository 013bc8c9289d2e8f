"""One word of a sentence replaced by another that was never said: "magma is molten glass" for "molten rock"."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lecture.checking.lexicon import root
from lecture.checking.numbers import MEASURES
from lecture.checking.plain_words import is_plain
from lecture.checking.wording import Word, Wording, alike

_COUNTED = frozenset(root(word) for word in MEASURES)
_CONCRETE = frozenset(
    root(word)
    for word in """
    earth planet globe moon sun sky sea ocean water air gas animal city town king doctor machine book teacher student
    tree money fire
    """.split()
)
"""Words of no subject of their own that nevertheless name things, and so cannot be replaced."""
_ENDING = 3
"""Letters of "ing": what is done is said in other words more freely than what things are."""
_SAME_BEGINNING = 4
_SAME_PART = 3
"""Letters that two words share at the beginning, or that one is of the other, if they may be forms of one."""


def replaced_word(
    claim: Wording, said: Wording, is_missing: Callable[[str], bool], stands_for: Callable[[str, str], bool]
) -> bool:
    """Whether a word of the claim stands where the sentence has another, beside a word that both have.

    Args:
        claim: what is claimed.
        said: what was said.
        is_missing: whether the sentences lack a root.
        stands_for: whether the first root, of the claim, can be said for the second.
    """
    for i, word in enumerate(claim.words):
        if _is_specific(word.root) and is_missing(word.root):
            for there in _in_its_place(claim, i, said, stands_for):
                is_said_too = any(stands_for(mine, there.root) for mine in claim.roots)
                are_verbs = claim.tokens[word.at][-_ENDING:] == said.tokens[there.at][-_ENDING:] == "ing"
                if _is_specific(there.root) and not (is_said_too or are_verbs or _may_be_one(word.root, there.root)):
                    return True
    return False


def _in_its_place(claim: Wording, i: int, said: Wording, stands_for: Callable[[str, str], bool]) -> Iterator[Word]:
    """The words that stand in the sentence between what stands before and after a word of the claim."""
    before, after = (_neighbour(claim, i, step) for step in (-1, 1))
    for j, there in enumerate(said.words):
        theirs = [_neighbour(said, j, step) for step in (-1, 1)]
        fits = [
            mine is None or (other is not None and (alike(mine.root, other.root) or stands_for(mine.root, other.root)))
            for mine, other in zip((before, after), theirs, strict=True)
        ]
        if (before or after) and all(fits):
            yield there


def _neighbour(text: Wording, i: int, step: int) -> Word | None:
    """The next word in a direction, where nothing cuts it off."""
    if not 0 <= i + step < len(text.words):
        return None
    here, there = text.words[i], text.words[i + step]
    return there if text.pieces[here.at] == text.pieces[there.at] else None


def _is_specific(stem: str) -> bool:
    return (not is_plain(stem) or stem in _CONCRETE) and stem not in _COUNTED


def _may_be_one(one: str, other: str) -> bool:
    """Whether two roots may be forms of one word, such as "phone" and "telephone"."""
    short, long = sorted((one, other), key=len)
    return one[:_SAME_BEGINNING] == other[:_SAME_BEGINNING] or (
        len(short) >= _SAME_PART and short.removesuffix("e") in long
    )
