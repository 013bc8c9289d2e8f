"""A lecture that was spoken freely → what a quiz can ask of it: statements, gaps in them, and the lecture's terms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lecture.learning.gaps import GAP, spoken_gaps
from lecture.learning.questions import Asked, questions
from lecture.learning.spoken import tidied
from lecture.learning.usability import least_usable, places
from lecture.learning.vocabulary import Vocabulary
from lecture.ranking import terms

_NO_NOUN = re.compile(r".*(?:al|ic|ive|ous|ary|able|ed|ly|ear|ete)$", re.IGNORECASE)
_EASIER = 0.3
"""By how much less a statement may be worth than one for a card: four options say what kind of answer is meant."""
_A_TERM = 4.0
"""Weight of a term that may be offered as an option; see `Vocabulary.weight`."""
_SAID_AGAIN = 2
"""How often a term must be said to be offered as an option."""


@dataclass(frozen=True)
class Spoken:
    """What a quiz can ask about one sentence.

    Attributes:
        text: the statement in it, without what only carries the talk.
        gaps: the terms that may be left out of it, as they read in mid-sentence.
    """

    text: str
    gaps: tuple[str, ...]


def spoken_statements(sentences: Sequence[str], words: Vocabulary) -> Mapping[int, Spoken]:
    """The statements that a student understands without the sentences around them, by the index of their sentence."""
    least = least_usable(words.garbled) - _EASIER
    found: dict[int, Spoken] = {}
    for at, place in enumerate(places(sentences)):
        asked = [one for one in questions(place.said, words, place) if one.kind == "cloze" and one.worth >= least]
        if asked:
            best = max(asked, key=lambda one: one.worth)
            text = best.question.replace(GAP, best.answer)
            same = [one for one in asked if one.question.replace(GAP, one.answer) == text]
            terms_of_it = [_in_mid_sentence(one, words) for one in same if not one.answer[:1].isdigit()]
            found[at] = Spoken(text, tuple(dict.fromkeys(terms_of_it)))
    return found


def _in_mid_sentence(asked: Asked, words: Vocabulary) -> str:
    first = asked.answer.split()[0]
    begins = asked.question.startswith(GAP) and first[1:].islower() and not words.is_only_large(first)
    return asked.answer[:1].lower() + asked.answer[1:] if begins else asked.answer


def may_be_said(claim: str, other: str, at: int, sentences: Sequence[str]) -> bool:
    """Whether another sentence may say of another term what a statement says of its own, so that both would be right.

    Free speech has long sentences of plain words, in which some support for anything is found. So only their content
    counts: the other term, and half of what else the statement says.

    Args:
        claim: the statement with the other term in the gap.
        other: that term.
        at: index of the sentence with the statement.
        sentences: the whole lecture.
    """
    wanted = set(terms(other))
    rest = set(terms(claim)) - wanted
    for i, sentence in enumerate(sentences):
        said = set(terms(sentence))
        if i != at and wanted <= said and len(rest & said) >= max(2, len(rest) / 2):
            return True
    return False


def spoken_terms(sentences: Sequence[str], words: Vocabulary) -> Iterator[tuple[str, int]]:
    """The lecture's own terms as they read in mid-sentence, each with the index of the first sentence that has it."""
    first: dict[str, int] = {}
    said: Counter[str] = Counter()
    for at, sentence in enumerate(sentences):
        for gap in spoken_gaps(tidied(sentence), words):
            answer = gap.answer
            if not gap.question.startswith(GAP) and not answer[:1].isdigit():
                first.setdefault(answer, at)
                said[answer] += 1
    for term, at in first.items():
        names_something = words.is_noun(last := term.split()[-1]) and not _NO_NOUN.match(last)
        if names_something and said[term] >= _SAID_AGAIN and max(map(words.weight, term.split())) >= _A_TERM:
            yield term, at
