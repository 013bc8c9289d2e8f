"""What a lecture defines, gives reasons for and has cards about → multiple-choice questions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from random import Random

from lecture.flashcards import Flashcard
from lecture.learning.quiz_gaps import names, numbers, terms_left_out
from lecture.learning.quiz_material import Material, Meaning, Term
from lecture.learning.quiz_options import (
    ALIKE,
    OTHERS,
    Candidate,
    Question,
    capital,
    first_wrong,
    fits,
    is_said,
    other_terms,
    question,
    stands_out,
)
from lecture.ranking import alike, terms

_REASON = re.compile(
    r"^(?P<claim>[^,;:]{15,90}(?:, [^,;:]{5,60})?),? because (?!of\b)(?P<reason>[^;:?]{15,110})[.!]$", re.IGNORECASE
)
_REASON_WORDS = range(4, 19)


def candidates(material: Material) -> Iterator[Candidate]:
    """All that can be asked about a lecture.

    English in sentences gives every kind; other languages give numbers written in digits; a draft without punctuation
    gives numbers and terms that are left out.
    """
    yield from numbers(material)
    if material.english and material.punctuated:
        yield from _definitions(material)
        yield from _reasons(material)
        yield from _cards(material)
        if not material.words.rough:
            yield from names(material)
    if material.english:
        yield from terms_left_out(material)


# ------------------------------------------------------------------------------------------ definitions


def _definitions(material: Material) -> Iterator[Candidate]:
    for meaning in material.meanings:
        worth = 2.5 + material.worth[meaning.at]
        make = partial(_which_term, material, meaning)
        yield Candidate("term", meaning.at, meaning.term, worth, make)
        make = partial(_which_meaning, material, meaning)
        yield Candidate("meaning", meaning.at, meaning.term, worth, make)


def _which_term(material: Material, asked: Meaning, chance: Random, place: int) -> Question | None:
    term = Term(asked.term, asked.at)
    others = other_terms(material, term, asked.text, chance)
    wrong = first_wrong(others, lambda other: not is_said(material, f"{capital(other)} is {asked.text}.", asked.at))
    if len(wrong) < OTHERS:
        return None
    return question(
        "term",
        f"Which term does the lecture explain like this? “{capital(asked.text)}”",
        [capital(option) for option in (asked.term, *wrong)],
        place,
        evidence=material.evidence(asked.at),
        remarks=material.explanations,
    )


def _which_meaning(material: Material, asked: Meaning, chance: Random, place: int) -> Question | None:
    term = Term(asked.term, asked.at)
    near = [
        other
        for other in material.meanings
        if other.plural == asked.plural
        and not term.may_be(Term(other.term, other.at))
        and abs(other.at - asked.at) > 1
        and fits(asked.text, other.text)
        and not alike(terms(asked.term), terms(other.text))
    ]
    chance.shuffle(near)
    verb = "are" if asked.plural else "is"
    wrong = first_wrong(
        [other.text for other in near],
        lambda text: not is_said(material, f"{capital(asked.term)} {verb} {text}.", asked.at),
    )
    if len(wrong) < OTHERS or stands_out(asked.text, wrong):
        return None
    said = {capital(other.text): f"{capital(other.term)}: {other.text}." for other in material.meanings}
    return question(
        "meaning",
        f"What does the lecture say {_with_article(material, asked)} {verb}?",
        [capital(text) for text in (asked.text, *wrong)],
        place,
        evidence=material.evidence(asked.at),
        remarks=said,
    )


def _with_article(material: Material, asked: Meaning) -> str:
    """The term with the article it is defined with."""
    said = re.search(rf"\b((?:an?|the) )?{re.escape(asked.term)}\b", material.texts[asked.at], re.IGNORECASE)
    article = (said[1] or "").lower() if said else ""
    return f"{article}{asked.term}"


# ------------------------------------------------------------------------------------------ reasons


def _reasons(material: Material) -> Iterator[Candidate]:
    found = {at: match for at, text in enumerate(material.texts) if (match := _reason_in(text))}
    for at in found:
        if material.statements.get(at) == material.texts[at]:
            make = partial(_which_reason, material, at, found)
            yield Candidate("reason", at, found[at]["reason"], 3.0 + material.worth[at], make)


def _reason_in(text: str) -> re.Match[str] | None:
    match = _REASON.match(text)
    return match if match and len(match["reason"].split()) in _REASON_WORDS else None


def _which_reason(
    material: Material, asked: int, found: dict[int, re.Match[str]], chance: Random, place: int
) -> Question | None:
    claim, reason = found[asked]["claim"], found[asked]["reason"]
    others = [
        match["reason"]
        for at, match in found.items()
        if abs(at - asked) > 1 and fits(reason, match["reason"]) and not alike(terms(claim), terms(match["reason"]))
    ]
    chance.shuffle(others)
    wrong = first_wrong(others, lambda other: not is_said(material, f"{claim}, because {other}.", asked))
    if len(wrong) < OTHERS or stands_out(reason, wrong):
        return None
    prompt = f"Which reason does the lecture give? “{claim}, because …”"
    return question("reason", prompt, [reason, *wrong], place, evidence=material.evidence(asked))


# ------------------------------------------------------------------------------------------ cards


def _cards(material: Material) -> Iterator[Candidate]:
    """What cards with a worded answer ask: a model's, or a reason."""
    asking = [
        card for card in material.cards if card.kind in ("question", "definition", "why", "how") and card.evidence.quote
    ]
    for card in asking:
        at = material.nearest(card)
        make = partial(_which_answer, asking, card)
        yield Candidate("card", at, card.question, 2.0 + card.starred, make)


def _which_answer(cards: Sequence[Flashcard], asked: Flashcard, chance: Random, place: int) -> Question | None:
    """The answers of other cards that ask in the same words, such as "Why"."""
    right = asked.answer.rstrip(".")
    others = [
        other.answer.rstrip(".")
        for other in cards
        if _asks(other) == _asks(asked)
        and other.evidence.quote != asked.evidence.quote
        and fits(right, other.answer)
        and alike(terms(other.answer), terms(asked.evidence.quote)) < ALIKE
    ]
    chance.shuffle(others)
    wrong = first_wrong(others, lambda other: not alike(terms(asked.question), terms(other)))
    if len(wrong) < OTHERS or stands_out(right, wrong):
        return None
    return question("card", asked.question, [right, *wrong], place, evidence=asked.evidence)


def _asks(card: Flashcard) -> tuple[str, ...]:
    """How a card's question begins: "what is" and "what are" are two ways, "why" is one."""
    words = card.question.lower().split()
    return tuple(words[:2] if words[:1] == ["what"] else words[:1])
