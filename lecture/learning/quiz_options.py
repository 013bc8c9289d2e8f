"""A question of a quiz, and the options it is asked with: four of one kind, exactly one of them right."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from lecture.checking.support import find_support
from lecture.learning.quiz_material import Material, Term
from lecture.notes import Evidence
from lecture.ranking import alike, terms

QuestionKind = Literal["term", "meaning", "number", "name", "gap", "reason", "card"]
Options = tuple[str, str, str, str]

OTHERS = 3
"""Options that are wrong."""
ALIKE = 0.5
"""Share of common terms from which two worded options may mean the same."""
_LENGTHS = (0.55, 1.8)
"""Least and greatest length of a worded option, by the right one's."""


@dataclass(frozen=True)
class Question:
    """A question with four options.

    Attributes:
        id: made from prompt and options: the same question has the same id.
        kind: what it asks for: a term by its meaning, the meaning of a term, a number, name or term that is left out
            of a sentence, a reason, or what one of the cards asks.
        prompt: what is asked, with `GAP` where words are left out.
        options: of one kind, no two alike.
        right: index of the right one.
        evidence: the words of the lecture that say so.
        remarks: what the lecture says of each option that makes clear why it is right or wrong; "" where nothing.
    """

    id: str
    kind: QuestionKind
    prompt: str
    options: Options
    right: int
    evidence: Evidence
    remarks: Options = ("", "", "", "")

    @property
    def answer(self) -> str:
        """The right option."""
        return self.options[self.right]


@dataclass(frozen=True)
class Candidate:
    """A question that may be made.

    Attributes:
        kind: what it asks for.
        at: index of the sentence it is about.
        key: what is asked for; no quiz asks for it twice.
        worth: how good a question it promises to be.
        make: makes it, with the right option at a place where that can be; None where no three options are wrong.
    """

    kind: QuestionKind
    at: int
    key: str
    worth: float
    make: Callable[[Random, int], Question | None]


def other_terms(material: Material, term: Term, prompt: str, chance: Random) -> list[str]:
    """Terms of the lecture that stand for something else than one does, the most similar in form first."""
    asked_of = set(terms(prompt))
    seen: list[Term] = []
    for pool in (material.terms, material.nouns):
        for other in pool:
            own = set(terms(other.text))
            fits = (
                other.is_plural == term.is_plural
                and not other.may_be(term)
                and abs(other.at - term.at) > 1
                and not own & asked_of
                and _is_name(other.text) == _is_name(term.text)
                and not any(other.may_be(known) for known in seen)
            )
            if fits:
                seen.append(other)
        if len(seen) >= 2 * OTHERS:
            break
    chance.shuffle(seen)
    words, defined = len(term.text.split()), {known.text for known in material.terms}
    seen.sort(key=lambda other: (other.text not in defined, abs(len(other.text.split()) - words) > 1))
    return [other.text for other in seen]


def first_wrong(others: Iterable[str], is_wrong: Callable[[str], bool]) -> list[str]:
    """The first three options that are wrong; no two mean the same."""
    kept: list[str] = []
    for other in others:
        if len(kept) == OTHERS:
            break
        if not any(alike(terms(other), terms(known)) >= ALIKE for known in kept) and is_wrong(other):
            kept.append(other)
    return kept


def is_said(material: Material, claim: str, at: int) -> bool:
    """Whether another sentence than the one that is asked about supports what a wrong option would say."""
    return find_support(claim, [*material.sentences[:at], *material.sentences[at + 1 :]]) is not None


def swapped(text: str, begin: int, said: str, other: str) -> str:
    """A sentence with other words in the place of some."""
    return text[:begin] + other + text[begin + len(said) :]


def fits(right: str, other: str) -> bool:
    """Whether a worded option is about as long as the right one, and says something else."""
    ratio = len(other) / len(right)
    return _LENGTHS[0] <= ratio <= _LENGTHS[1] and alike(terms(right), terms(other)) < ALIKE


def stands_out(right: str, wrong: Sequence[str]) -> bool:
    """Whether the right option is by far the longest or the shortest."""
    lengths = sorted(map(len, wrong))
    return len(right) > 1.25 * lengths[-1] or len(right) < 0.75 * lengths[0]


def _is_name(term: str) -> bool:
    return term[1:] != term[1:].lower() or term[0].isupper()


def capital(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def question(
    kind: QuestionKind,
    prompt: str,
    options: Sequence[str],
    place: int,
    *,
    evidence: Evidence,
    remarks: Mapping[str, str] | None = None,
) -> Question | None:
    """Put a question together; None where two options read the same.

    Args:
        kind: what it asks for.
        prompt: what is asked.
        options: the right one, then the wrong ones.
        place: where the right one shall stand.
        evidence: what says that it is right.
        remarks: what the lecture says of options, by option.
    """
    right, *wrong = options
    ordered = [*wrong[:place], right, *wrong[place:]]
    if len(ordered) != OTHERS + 1 or len({option.casefold() for option in ordered}) != len(ordered):
        return None
    said = "\n".join([prompt, *ordered])
    notes = [(remarks or {}).get(option, "") for option in ordered]
    return Question(
        id=hashlib.sha256(said.encode()).hexdigest()[:16],
        kind=kind,
        prompt=prompt,
        options=_four(ordered),
        right=place,
        evidence=evidence,
        remarks=_four(notes),
    )


def _four(texts: Sequence[str]) -> Options:
    first, second, third, fourth = texts
    return first, second, third, fourth
