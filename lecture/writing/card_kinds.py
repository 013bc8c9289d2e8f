"""What a model's card asks for, checked: a reason must be given as one, and of things compared each must be spoken of.

The check of a card's words does not see either: "Tambora erupted and killed many people" has every word of "Why did
Tambora erupt? Because it killed many people.", and nothing is compared where the lecture describes one of two things.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from lecture.flashcards import Flashcard
from lecture.ranking import terms
from lecture.writing.language_model import CardKind, Claim

_WHY = re.compile(r"\bwhy\b|\bwhat (?:causes?|caused|makes?(?! up)|made)\b|\breasons?\b", re.IGNORECASE)
_HOW = re.compile(
    r"^(?:(?:in|by|from|with|to) )?how\b"
    r"(?! (?:many|much|long|often|old|far|big|large|small|high|tall|deep|fast|hot|cold|heavy|wide)\b)",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"\b(?:differ(?:s|ed|ences?|ent)?|distinguish\w*|compared?|in common|alike|similar\w*|unlike)\b",
    re.IGNORECASE,
)
_TWO_THINGS = re.compile(
    r"\b(?:between|distinguish(?:es|ed)?|compare) (?P<a>.+?) (?:and|from|with|to) (?P<b>.+?)[?.]?$"
    r"|^(?:how|in what way|what) (?:do|does|did|is|are|was|were) (?P<c>.+?) "
    r"(?:(?:differ|differs|different) from|compare (?:to|with)|unlike|similar to) (?P<d>.+?)[?.]?$"
    r"|^(?:how|in what way|what) (?:do|does|did|is|are|was|were) (?P<e>.+?) and (?P<f>.+?) "
    r"(?:differ|different|alike|similar|compare|have in common)\b",
    re.IGNORECASE,
)
_GIVES_A_REASON = re.compile(
    r"\b(?:because|since|so|as|therefore|thus|hence|why|reasons?|due|owing|thanks|caus\w+|results?|resulted|resulting|"
    r"leads?|led|leading|makes?|made|making|means?|meant|lets?|allow\w*|enabl\w*|forc(?:es?|ed|ing)|prevent\w*|"
    r"keeps?|kept|drives?|driven|trigger\w*|creat\w+|produc\w+|when|if|until|in order to|that is how)\b",
    re.IGNORECASE,
)


def of_its_kind(card: Flashcard, claim: Claim, language: str | None) -> Flashcard | None:
    """The card with its kind; None where its words do not hold what a card of that kind asks for.

    Args:
        card: whose words the lecture supports.
        claim: what the model wrote.
        language: code of the card's language; None where it is not known. An English question says itself what it
            asks for, whatever the model calls it.
    """
    things = claim.things if claim.asks == "compare" else ()
    kind = claim.asks
    if language == "en":
        things = things or _things(card.question)
        kind = _kind(card.question, claim.asks, things)
        if kind == "why" and not _GIVES_A_REASON.search(card.evidence.quote):
            return None
    if kind == "compare" and not _speaks_of_each(card, things):
        return None
    return replace(card, kind=kind)


def _kind(question: str, named: CardKind, things: Sequence[str]) -> CardKind:
    """What an English question asks for."""
    if named == "compare" or (things and _COMPARES.search(question)):
        return "compare"
    if _WHY.search(question):
        return "why"
    if _HOW.search(question):
        return "how"
    return "definition" if named == "definition" else "question"


def _things(question: str) -> tuple[str, ...]:
    """The two things that an English question compares; none where it cannot be told."""
    found = _TWO_THINGS.search(question)
    return tuple(thing for thing in found.groups() if thing) if found else ()


def _speaks_of_each(card: Flashcard, things: Sequence[str]) -> bool:
    """Whether the question names each of at least two things, and the lecture's words each by what tells it apart."""
    named = [set(terms(thing)) for thing in things]
    asked, quoted = set(terms(card.question)), set(terms(card.evidence.quote))
    for i, thing in enumerate(named):
        others = set(chain.from_iterable(named[:i] + named[i + 1 :]))
        if not thing - others or not thing <= asked or not thing - others <= quoted:
            return False
    return len(named) > 1
