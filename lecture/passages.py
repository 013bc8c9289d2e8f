"""Lectures + a Query → the passages that fit best, and how sure it is that they answer.

An index of each lecture finds sentences by their terms; the best few are looked at closely: names, dates, numbers and
reasons where the question wants them, definitions, terms that stand side by side.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lecture.lexicon import is_general, same_word
from lecture.notes import Evidence
from lecture.query import Kind, Query, is_small, plain, words
from lecture.ranking import rank_sentences, stands_alone
from lecture.sentence_index import ALIKE, Index, Scores, index_of, rarity
from lecture.sentences import Sentence


@dataclass(frozen=True)
class Said:
    """A lecture that can be asked: what was said in it."""

    lecture_id: str
    title: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Passage:
    """One to three neighbouring sentences of a lecture.

    Attributes:
        lecture_id: the lecture they are from.
        title: what it is called.
        evidence: their words, and when they were said.
        sentences: the same with their neighbours, for a model to read.
    """

    lecture_id: str
    title: str
    evidence: Evidence
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Found:
    """A passage, how well it fits beside others, and how sure it is that it answers, from 0 to 1."""

    passage: Passage
    score: float
    confidence: float


_COVERS = {0: 1.0, -1: 0.9, 1: 0.8, -2: 0.6}
"""How much a term counts as said that is said so many places away."""
_NEAR_COVERS = 0.9
"""The same for a term of the conversation, where the conversation spoke of this part of the lecture last."""
_TITLE, _TITLE_COVERS = 0.15, 0.5
"""Share of a term that every sentence has from the lecture's title, and how much the term counts as said there."""
_LIGHT = 0.4
"""Weight of a word that tells little, such as "happen", beside one that has a subject."""
_BESIDE, _DEFINES, _ANSWERS, _ANSWERS_BESIDE = 0.15, 0.35, 0.2, 0.04
"""What is added to a score for terms side by side, a definition, an answer of the wanted kind here, or beside."""
_SHOWN, _AFTER = 0.1, (0.3, 0.25, 0.2, 0.15, 0.1, 0.05)
"""What is added to a score for being the passage that the conversation spoke of last, and for following on it."""
_QUESTION = 0.6
"""Share of its score that is left to a sentence which only asks."""
_NO_ANSWER = 0.6
"""Share of the confidence that is left where no answer of the wanted kind is said."""
_STRANGE = 0.4
"""The same where the lecture says the words of a name, but never this name."""
_LOOKED_AT = 40
"""Sentences that are looked at closely."""
_AS_WELL = 0.7
"""Share of a sentence's score from which one beside it is part of the same passage."""
_FEW_WORDS = 5
"""A shorter sentence is not counted as leaning on the one before: it may be a heading."""
_READ_AROUND = 2
"""Sentences before and after a passage that a model reads with it."""

_NUMBER = (
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|"
    r"seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|half|twice|thirds?|quarters?|once)\b"
)
_HOLDS: dict[Kind, re.Pattern[str]] = {
    "duration": re.compile(
        r"\b(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|centur\w+|lifetime|for life|forever|"
        r"long time)\b|年|日|天",
        re.IGNORECASE,
    ),
    "place": re.compile(r"\b(?:in|at|near|from|on|off|to|of|outside) (?:the |what is )?[A-Z]|\b(?:there|where|here)\b"),
    "number": re.compile(_NUMBER, re.IGNORECASE),
    "time": re.compile(
        rf"{_NUMBER}|\b(?:century|decade|years?|months?|weeks?|days?|hours?|minutes?|monday|tuesday|wednesday|thursday|"
        r"friday|saturday|sunday|january|february|march|april|june|july|august|september|october|november|december|"
        r"spring|summer|autumn|winter|after|before|during|until|later|early|as soon as)\b",
        re.IGNORECASE,
    ),
    "person": re.compile(
        r"(?<=[\w,;] )[A-Z]\w+|\b(?:scientists?|people|students?|m[ae]n|wom[ae]n|doctors?|physicians?|engineers?|"
        r"researchers?|psychologists?|teachers?|professors?|he|she|they|someone|everyone|children|\w+ists?|\w+ians?)\b"
    ),
    "reason": re.compile(
        r"\b(?:because|since|therefore|so|thus|hence|reasons?|due to|why|as a result|otherwise|causes?|caused|means?|"
        r"leads?|makes?|cannot|needs?|in order|to \w+)\b|weil|denn|car|parce|porque|perch[eé]|因为|因為|から|ので",
        re.IGNORECASE,
    ),
}
_PLAIN_TO_SEE: frozenset[Kind] = frozenset({"number", "duration", "time", "person"})
"""Kinds of answers that are missed where they are missing; reasons and places have too many wordings."""
_DEFINES_IT = re.compile(
    r"\b(?:is|are|was|were|means|refers to|stands for|consists of|ist|sind|bedeutet|est|sont|es|son|è|sono|é|são)\b|"
    r"是|とは|—",
    re.IGNORECASE,
)
_NAMES_IT = re.compile(r"\b(?:called|known as|name(?:d| for| is)?|term(?:ed)?|call (?:it|this|that|them))\b", re.I)


@dataclass(frozen=True)
class _Search:
    """What is looked for in one lecture.

    Attributes:
        forms: for each term the lecture's words that say it, and how well.
        weights: how much each term counts.
        title: the terms of the lecture's title.
        own: the terms of the question itself; the others are from the conversation.
        nearness: what each sentence gains from what the conversation spoke of last.
        strange: share of the confidence that is left because the lecture never says a name of the question.
    """

    lecture: Said
    index: Index
    forms: Mapping[str, Mapping[str, float]]
    weights: Mapping[str, float]
    title: frozenset[str]
    own: Collection[str]
    nearness: Scores
    strange: float


@dataclass(frozen=True)
class _Place:
    """A sentence of a lecture that may answer.

    Attributes:
        score: how well it fits.
        confidence: how sure it is that it answers.
    """

    search: _Search
    at: int
    score: float
    confidence: float = 0.0

    def said(self, away: int = 0) -> str:
        """The sentence so many places away; empty beyond the lecture."""
        at = self.at + away
        return self.search.index.texts[at] if 0 <= at < len(self.search.index.texts) else ""

    def terms(self, away: int = 0) -> frozenset[str]:
        """The terms of the sentence so many places away."""
        at = self.at + away
        return self.search.index.sets[at] if 0 <= at < len(self.search.index.sets) else frozenset()


def find_passages(wanted: Query, lectures: Sequence[Said], most: int, near: Sequence[Passage] = ()) -> list[Found]:
    """Find the passages that fit a query best, in all of these lectures together.

    Args:
        wanted: what is looked for.
        lectures: where.
        most: how many passages at most; no two of them share a sentence.
        near: what the conversation spoke of last: sentences close to it fit better.

    Returns:
        The best first.
    """
    searches = _searches(wanted, lectures, near)
    places = [place for search in searches for place in _most_promising(search)]
    places = sorted(places, key=lambda place: -place.score)[:_LOOKED_AT]
    places = sorted((_looked_at(place, wanted) for place in places), key=lambda place: -place.score)
    scores = {(id(place.search), place.at): place.score for place in places}
    found: list[tuple[_Place, int, int]] = []
    for place in places:
        first, last = _extent(place, scores)
        if len(found) < most and not any(
            place.search is other.search and first <= end and begin <= last for other, begin, end in found
        ):
            found.append((place, first, last))
    return [
        Found(_passage(place.search.lecture, first, last), place.score, place.confidence)
        for place, first, last in found
    ]


def _searches(wanted: Query, lectures: Sequence[Said], near: Sequence[Passage]) -> list[_Search]:
    """What to look for in each lecture; a term counts the more the rarer it is in all of them together."""
    asked = {**wanted.context, **dict.fromkeys(wanted.own, 1.0)}
    indexes = [index_of(lecture.sentences) for lecture in lectures]
    forms = [{term: index.forms(term, set(asked)) for term in asked} for index in indexes]
    total = sum(len(index.texts) for index in indexes)
    weights = {}
    for term, weight in asked.items():
        spread = sum(index.spread_of(of_term[term]) for index, of_term in zip(indexes, forms, strict=True))
        weights[term] = weight * rarity(spread, total) * (_LIGHT if is_small(term) else 1.0)
    return [
        _Search(
            lecture,
            index,
            of_term,
            weights,
            title=frozenset(words(plain(lecture.title))),
            own=wanted.own,
            nearness=_nearness(lecture, near),
            strange=1.0 if index.knows(wanted.names) else _STRANGE,
        )
        for lecture, index, of_term in zip(lectures, indexes, forms, strict=True)
    ]


def _most_promising(search: _Search) -> list[_Place]:
    """Sentences by what they and their neighbours hold of the terms, the best first."""
    scores = np.zeros(len(search.index.texts))
    for term, weight in search.weights.items():
        said = search.index.with_neighbours(search.index.strength(search.forms[term]))
        scores += weight * np.maximum(said, _TITLE * (not search.title.isdisjoint(search.forms[term])))
    scores = (
        scores / (sum(search.weights.values()) or 1.0) * np.where(search.index.asks, _QUESTION, 1) + search.nearness
    )
    best = np.argsort(-scores, kind="stable")[:_LOOKED_AT]
    return [_Place(search, int(at), float(scores[at])) for at in best if scores[at] > 0]


def _nearness(lecture: Said, near: Sequence[Passage]) -> Scores:
    """What each sentence gains from what the conversation spoke of last: those right after it gain most."""
    gains = np.zeros(len(lecture.sentences))
    for passage in near:
        if passage.lecture_id != lecture.lecture_id:
            continue
        at = 0
        for i, sentence in enumerate(lecture.sentences):
            if passage.evidence.start <= sentence.start < passage.evidence.end:
                gains[i] = max(gains[i], _SHOWN if sentence.start == passage.evidence.start else _AFTER[0])
            elif sentence.start >= passage.evidence.end and at < len(_AFTER):
                gains[i] = max(gains[i], _AFTER[at])
                at += 1
    return gains


def _looked_at(place: _Place, wanted: Query) -> _Place:
    """Judge a sentence by more than its terms."""
    confidence = _coverage(place) * place.search.strange
    score = place.score + _BESIDE * _side_by_side(place, wanted.own)
    if wanted.kind == "meaning":
        score += _DEFINES * _defines(place, wanted.own)
    elif holds := _HOLDS.get(wanted.kind):
        if holds.search(place.said()):
            score += _ANSWERS
        elif holds.search(place.said(1)) or holds.search(place.said(-1)):
            score += _ANSWERS_BESIDE
        elif wanted.kind in _PLAIN_TO_SEE:
            confidence *= _NO_ANSWER
    return _Place(place.search, place.at, score, confidence)


def _coverage(place: _Place) -> float:
    """Share of the terms, by weight, that are said here or close by."""
    search, covered = place.search, 0.0
    for term, weight in search.weights.items():
        forms = search.forms[term]
        said = [near * forms[form] for away, near in _COVERS.items() for form in place.terms(away) if form in forms]
        if not search.title.isdisjoint(forms):
            said.append(_TITLE_COVERS)
        if term not in search.own and search.nearness[place.at]:
            said.append(_NEAR_COVERS)
        covered += weight * max(said, default=0.0)
    return covered / (sum(search.weights.values()) or 1.0)


def _side_by_side(place: _Place, own: Sequence[str]) -> float:
    """Share of the neighbouring terms of a question that are neighbours here, too."""
    pairs, said = list(pairwise(own)), list(pairwise(place.search.index.terms[place.at]))
    together = sum(any(same_word(a, c) and same_word(b, d) for c, d in said) for a, b in pairs)
    return together / len(pairs) if pairs else 0.0


def _defines(place: _Place, own: Sequence[str]) -> float:
    """How much the sentence says what these terms mean: 1 where it begins with them and nothing else."""
    said = place.said()
    if (found := _DEFINES_IT.search(said)) and _all_in(own, head := words(said[: found.start()])):
        return max(0.0, 1 - 0.3 * (len(head) - len(own)))
    named = _NAMES_IT.search(said)
    return 0.8 if named and _all_in(own, words(said[named.end() :])[: len(own)]) else 0.0


def _all_in(own: Sequence[str], said: Iterable[str]) -> bool:
    found = list(said)
    return bool(own) and all(any(same_word(term, other) for other in found) for term in own)


def _extent(place: _Place, scores: Mapping[tuple[int, int], float]) -> tuple[int, int]:
    """The first and last sentence of the passage: with what it leans on, what goes on, and what fits almost as well."""
    first = last = place.at
    enough = _AS_WELL * place.score
    if place.at > 0 and (_leans(place.said()) or scores.get((id(place.search), place.at - 1), 0.0) >= enough):
        first -= 1
    if place.at + 1 < len(place.search.index.texts) and (
        _brings(place, 1)
        or _leans(place.said(1))
        or place.search.index.asks[place.at]
        or scores.get((id(place.search), place.at + 1), 0.0) >= enough
    ):
        last += 1
    return first, last


def _leans(text: str) -> bool:
    """Whether a sentence is not understood without the one before, and is none of just a few words."""
    return len(text.split()) >= _FEW_WORDS and not stands_alone(text)


def _brings(place: _Place, away: int) -> bool:
    """Whether a neighbour says a term of the subject that the sentence does not."""
    for term, forms in place.search.forms.items():
        said = {form for form, share in forms.items() if share > ALIKE}
        if not is_general(term) and said & place.terms(away) and not said & place.terms():
            return True
    return False


def telling_passages(lectures: Sequence[Said], most: int) -> list[Passage]:
    """What says most about these lectures as wholes: their weightiest sentences, in turn from each of them."""
    ranked = []
    for lecture in lectures:
        texts = [sentence.text for sentence in lecture.sentences]
        ranked.append([i for i in rank_sentences(texts, 0, len(texts)) if stands_alone(texts[i])][:most])
    in_turn = [
        (lecture, order[turn])
        for turn in range(most)
        for lecture, order in zip(lectures, ranked, strict=True)
        if turn < len(order)
    ]
    return [_passage(lecture, at, at) for lecture, at in in_turn[:most]]


def _passage(lecture: Said, first: int, last: int) -> Passage:
    quoted = lecture.sentences[first : last + 1]
    return Passage(
        lecture.lecture_id,
        lecture.title,
        Evidence(" ".join(sentence.text for sentence in quoted), quoted[0].start, quoted[-1].end),
        lecture.sentences[max(0, first - _READ_AROUND) : last + 1 + _READ_AROUND],
    )
