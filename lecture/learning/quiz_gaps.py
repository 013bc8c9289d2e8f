"""A sentence of a lecture → questions for the number, name or term that is left out of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from random import Random

from lecture.checking.lexicon import is_general
from lecture.flashcards import GAP
from lecture.learning.quiz_figures import Figure, figures, others_like, value_of
from lecture.learning.quiz_material import Material, Term, gapped, same_kind
from lecture.learning.quiz_names import Name, may_hold
from lecture.learning.quiz_options import (
    OTHERS,
    Candidate,
    Question,
    capital,
    first_wrong,
    is_said,
    other_terms,
    question,
    swapped,
)
from lecture.learning.quiz_spoken import may_be_said

_LATEST_YEAR = 2020
"""Years up to here, or to the latest that is said, can be meant in any lecture."""


def numbers(material: Material) -> Iterator[Candidate]:
    """Questions for numbers and years."""
    for at, text in material.statements.items():
        if material.words.rough and material.words.trust(text) < 1:
            continue
        here = figures(text, material.english)
        for figure in here:
            if figure.lone and not same_kind(figure, here) and text.count(figure.said) == 1:
                worth = 1.0 + material.worth[at] + (figure.kind != "count" or bool(figure.unit)) - 0.5 * figure.in_words
                make = partial(_which_number, material, at, figure)
                yield Candidate("number", at, figure.said, worth, make)


def _which_number(material: Material, at: int, figure: Figure, chance: Random, place: int) -> Question | None:
    text = material.statements[at]
    here = {other.value for other in material.figures[at]}
    elsewhere = [other for found in material.figures for other in found if other.value not in here]
    years = [other.value for found in material.figures for other in found if other.kind == "year"]
    allowed = (min([1000.0, *years]), max([_LATEST_YEAR, *years]))
    if figure.kind == "year":
        allowed = _between_years(figure, material.figures[at], allowed)
    wrong = others_like(figure, elsewhere, place, allowed, chance)
    if wrong is None or any(is_said(material, swapped(text, figure.begin, figure.said, other), at) for other in wrong):
        return None
    right = figure.said
    ordered = sorted([right, *wrong], key=value_of)
    what = "year" if figure.kind == "year" else "number"
    lead = f"Which {what} does the lecture give? “" if material.english else "“"
    prompt = f"{lead}{_sentence(gapped(text, figure.begin, right))}”"
    if figure.begin == 0:
        ordered, right = [capital(said) for said in ordered], capital(right)
    others = [said for said in ordered if said != right]
    return question("number", prompt, [right, *others], ordered.index(right), evidence=material.evidence(at))


def _between_years(figure: Figure, here: Iterable[Figure], allowed: tuple[float, float]) -> tuple[float, float]:
    """Years that do not contradict the others of a sentence."""
    years = [other.value for other in here if other.kind == "year" and other.begin != figure.begin]
    least = max([allowed[0], *(year for year in years if year < figure.value)])
    most = min([allowed[1], *(year for year in years if year > figure.value)])
    return least, most


def names(material: Material) -> Iterator[Candidate]:
    """Questions for people and places."""
    for at, text in material.statements.items():
        here = [name for name in material.names if re.search(rf"\b{re.escape(name.full)}\b", text)]
        for name in here:
            if sum(other.kind == name.kind for other in here) == 1:
                make = partial(_which_name, material, at, name)
                yield Candidate("name", at, name.full, 1.5 + material.worth[at], make)


def _which_name(material: Material, at: int, name: Name, chance: Random, place: int) -> Question | None:
    text = material.statements[at]
    said = list(re.finditer(rf"\b{re.escape(name.full)}\b(?!['’-])", text))
    mentioned = sum(text.count(word) for word in name.words)
    if len(said) != 1 or mentioned != len(name.words):
        return None
    if material.has_loose_pronoun(gapped(text, said[0].start(), name.full)):
        return None
    others = [
        other.full
        for other in material.names
        if other.kind == name.kind
        and not set(other.words) & set(name.words)
        and not may_hold(name, other)
        and (len(other.words) > 1) == (len(name.words) > 1)
        and not any(re.search(rf"\b{re.escape(word)}\b", text) for word in other.words)
    ]
    chance.shuffle(others)
    begin = said[0].start()
    wrong = first_wrong(others, lambda other: not is_said(material, swapped(text, begin, name.full, other), at))
    if len(wrong) < OTHERS:
        return None
    what = "person" if name.kind == "person" else "place"
    prompt = f"Which {what} does the lecture name? “{_sentence(gapped(text, begin, name.full))}”"
    return question("name", prompt, [name.full, *wrong], place, evidence=material.evidence(at))


def terms_left_out(material: Material) -> Iterator[Candidate]:
    """Questions for the terms of the lecture; of free speech for those alone that make a usable gap."""
    for at, spoken in material.spoken.items():
        for gap in spoken.gaps:
            make = partial(_which_term_is_missing, material, at, Term(gap, at))
            yield Candidate("gap", at, gap, 1.0 + material.worth[at], make)
    for term in () if material.words.is_spoken else material.terms:
        for at, text in material.statements.items():
            if re.search(rf"\b{re.escape(term.text)}\b", text, re.IGNORECASE):
                make = partial(_which_term_is_missing, material, at, term)
                yield Candidate("gap", at, term.text, 1.0 + material.worth[at], make)


def _which_term_is_missing(material: Material, at: int, term: Term, chance: Random, place: int) -> Question | None:
    text = material.statements[at]
    said = list(re.finditer(rf"(?<![\w-]){re.escape(term.text)}(?![\w'’-])", text, re.IGNORECASE))
    rest = "".join(re.split(re.escape(said[0].group()), text, maxsplit=1)) if said else ""
    if len(said) != 1 or _shares_a_word(term, rest):
        return None
    begin = said[0].start()
    article = re.search(r"\b(an?) $", text[:begin], re.IGNORECASE)
    others = other_terms(material, Term(term.text, at), rest, chance)
    if article:
        vowel = article[1].lower() == "an"
        others = [other for other in others if (other[0].lower() in "aeiou") == vowel and material.is_counted(other)]
    wrong = first_wrong(
        others, lambda other: not _is_right_too(material, swapped(text, begin, term.text, other), other, at)
    )
    if len(wrong) < OTHERS:
        return None
    options = [capital(word) if begin == 0 else word for word in (term.text, *wrong)]
    prompt = f"Which term is missing? “{_sentence(gapped(text, begin, term.text))}”"
    remarks = {option: material.explanations.get(capital(option), "") for option in options}
    return question("gap", prompt, options, place, evidence=material.evidence(at), remarks=remarks)


def _is_right_too(material: Material, claim: str, other: str, at: int) -> bool:
    if material.words.is_spoken:
        return may_be_said(claim, other, at, material.texts)
    return is_said(material, claim, at)


def _shares_a_word(term: Term, text: str) -> bool:
    return any(not is_general(stem) and stem in Term(text, 0).stems for stem in term.stems)


def _sentence(text: str) -> str:
    return text if text.startswith(GAP) else capital(text)
