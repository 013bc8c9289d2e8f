"""Lectures + a Query → the passages that fit best, and how sure it is that they answer.

Each sentence is weighed by a few features in one linear model; a passage is the run of sentences that holds most of
the weight. A second, logistic model says from what the best passage holds how likely it is an answer at all. The
weights of both were fitted on questions about the project's own lectures, the tuning half of
`benchmarks/questions.py` among them, and rounded.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lecture.asking.query import Kind, Query, is_small, is_specific, words
from lecture.asking.sentence_index import Index, Scores, carried, index_of, rarity
from lecture.checking.lexicon import same_word
from lecture.notes import Evidence
from lecture.ranking import rank_sentences, stands_alone
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
    """A passage, its share of the weight of all sentences, and how likely it answers; both from 0 to 1."""

    passage: Passage
    score: float
    confidence: float


_SAID, _CARRIED, _LEANS, _ANSWERS, _DEFINES, _FOLLOWS = 20.0, 12.0, 7.0, 2.0, 5.0, 10.0
"""Weight of: the share of the terms that a sentence says; that it has from before; the latter if it leans on what was
before; an answer of the wanted kind; a definition of the terms; following on what the conversation spoke of."""
_UNASKED, _TOGETHER, _AROUND, _UNSAID, _STRANGE, _MISSING = -2.0, 3.5, 1.25, -1.25, -4.0, -0.75
"""Weight, in log odds, of: no evidence at all; the share of the terms that one sentence of the passage says or has from
before; the share that is said in or beside the passage; each specific term of the question that is not; a name never
said, though its words are; no answer of the wanted kind."""
_SPOKEN_OF = 0.9
"""How well a term of the conversation is said by the sentences that follow on what the conversation spoke of."""
_LIGHT = 0.4
"""Weight of a word that tells little, such as "happen", beside a specific one."""
_SHOWN, _AFTER = 0.1, (0.3, 0.25, 0.2, 0.15, 0.1, 0.05)
"""How much the passage that the conversation spoke of last counts as following on it, and the sentences after it."""
_LONGEST = 3
"""Sentences of a passage at most."""
_TRIMMED = 0.015
"""Share of the passage's weight below which its first or last sentence is left out."""
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
_LEANING = re.compile(
    r"\b(?:he|she|it|they|them|his|her|its|their|this|these|those|such)\b|"
    r"^(?:and|but|so|or|then|that|there|here|one|some|both|because|only)\b",
    re.IGNORECASE,
)
"""Words of a sentence that speaks of what was named before it."""
_NAMES_IT = re.compile(r"\b(?:called|known as|name(?:d| for| is)?|term(?:ed)?|call (?:it|this|that|them))\b", re.I)


@dataclass(frozen=True)
class _Search:
    """What is looked for in one lecture.

    Attributes:
        said: for each term how much each sentence says of it, one row a term.
        shares: the same however long the sentence is, from 0 to 1.
        weights: how much each term counts in finding the passage; together 1.
        worth: how much each term counts in judging it; together 1.
        foreign: whether each term is from the conversation, and none of the question's own.
        specific: whether each term is the question's own, and belongs to a subject.
        near: how much each sentence follows on what the conversation spoke of last.
        strange: the lecture says the words of a name in the question, but never this name.
    """

    lecture: Said
    index: Index
    said: NDArray[np.float64]
    shares: NDArray[np.float64]
    weights: Scores
    worth: Scores
    foreign: NDArray[np.bool_]
    specific: NDArray[np.bool_]
    near: Scores
    strange: bool


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
    searches = [search for search in _searches(wanted, lectures, near) if search.said.any() or search.near.any()]
    if not searches:
        return []
    weighed = [_features(search, wanted) @ _WEIGHTS for search in searches]
    highest = max(float(scores.max()) for scores in weighed)
    shares = [np.exp(scores - highest) for scores in weighed]
    total = sum(float(share.sum()) for share in shares)
    found: list[tuple[float, _Search, int, int]] = []
    for search, share in zip(searches, shares, strict=True):
        found += [(weight / total, search, first, last) for weight, first, last in _runs(share, most)]
    found.sort(key=lambda one: -one[0])
    return [
        Found(_passage(search.lecture, first, last), weight, _confidence(search, wanted, first, last))
        for weight, search, first, last in found[:most]
    ]


def _searches(wanted: Query, lectures: Sequence[Said], near: Sequence[Passage]) -> list[_Search]:
    """What to look for in each lecture; a term counts the more the rarer it is in all of them together."""
    asked = {**wanted.context, **dict.fromkeys(wanted.own, 1.0)}
    lectures = [lecture for lecture in lectures if lecture.sentences]
    indexes = [index_of(lecture.sentences) for lecture in lectures]
    forms = [{term: index.forms(term, asked) for term in asked} for index in indexes]
    total = sum(len(index.texts) for index in indexes)
    rarities = []
    for term, weight in asked.items():
        spread = sum(index.spread_of(of_term[term]) for index, of_term in zip(indexes, forms, strict=True))
        rarities.append(weight * rarity(spread, total))
    weights = np.array(
        [rare if is_specific(term) else _LIGHT * rare for term, rare in zip(asked, rarities, strict=True)]
    )
    worth = np.array([_LIGHT * rare if is_small(term) else rare for term, rare in zip(asked, rarities, strict=True)])
    return [
        _Search(
            lecture,
            index,
            np.array([index.strength(of_term[term]) for term in asked]).reshape(len(asked), len(index.texts)),
            np.array([index.shares(of_term[term]) for term in asked]).reshape(len(asked), len(index.texts)),
            weights / (weights.sum() or 1.0),
            worth / (worth.sum() or 1.0),
            np.array([term not in wanted.own for term in asked], dtype=bool),
            np.array([term in wanted.own and is_specific(term) for term in asked], dtype=bool),
            _nearness(lecture, near),
            not index.knows(wanted.names),
        )
        for lecture, index, of_term in zip(lectures, indexes, forms, strict=True)
    ]


def _nearness(lecture: Said, near: Sequence[Passage]) -> Scores:
    """How much each sentence follows on what the conversation spoke of last: those right after it most."""
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


_WEIGHTS = np.array([_SAID, _CARRIED, _LEANS, _ANSWERS, _DEFINES, _FOLLOWS])


def _features(search: _Search, wanted: Query) -> NDArray[np.float64]:
    """What is known of each sentence, one a row, in the order of the weights above."""
    texts = search.index.texts
    said = search.weights @ search.said
    before = search.weights @ (carried(search.said) - search.said)
    leaning = _matches(_LEANING, texts, before)
    answers, defines = np.zeros(len(texts)), np.zeros(len(texts))
    if holds := _HOLDS.get(wanted.kind):
        answers = _matches(holds, texts, said + before + search.near)
    elif wanted.kind == "meaning":
        defines = np.array([_defines(text, wanted.own) if has else 0.0 for text, has in zip(texts, said, strict=True)])
    return np.column_stack([said, before, before * leaning, answers, defines, search.near])


def _matches(pattern: re.Pattern[str], texts: Sequence[str], where: Scores) -> Scores:
    """1 for each sentence that a pattern matches, 0 for others and where nothing is."""
    return np.array([float(has > 0 and bool(pattern.search(text))) for text, has in zip(texts, where, strict=True)])


def _defines(said: str, own: Sequence[str]) -> float:
    """How much a sentence says what these terms mean: 1 where it begins with them and nothing else."""
    if (found := _DEFINES_IT.search(said)) and _all_in(own, head := words(said[: found.start()])):
        return max(0.0, 1 - 0.3 * (len(head) - len(own)))
    named = _NAMES_IT.search(said)
    return 0.8 if named and _all_in(own, words(said[named.end() :])[: len(own)]) else 0.0


def _all_in(own: Sequence[str], said: Iterable[str]) -> bool:
    found = list(said)
    return bool(own) and all(any(same_word(term, other) for other in found) for term in own)


def _runs(share: Scores, most: int) -> list[tuple[float, int, int]]:
    """Runs of sentences that hold most weight, with their weight, first and last sentence, the best first."""
    sums = np.convolve(share, np.ones(min(_LONGEST, len(share))), mode="valid")
    left = np.ones(len(share), dtype=bool)
    runs: list[tuple[float, int, int]] = []
    for begin in np.argsort(-sums, kind="stable"):
        end = int(begin) + min(_LONGEST, len(share)) - 1
        if len(runs) == most:
            break
        if not left[begin : end + 1].all():
            continue
        first, last = int(begin), end
        left[first : last + 1] = False
        while share[first] < _TRIMMED * sums[begin]:
            first += 1
        while share[last] < _TRIMMED * sums[begin]:
            last -= 1
        runs.append((float(share[first : last + 1].sum()), first, last))
    return runs


def _confidence(search: _Search, wanted: Query, first: int, last: int) -> float:
    """How likely a passage answers, by what it says of the terms."""
    return 1 / (1 + math.exp(-float(_evidence(search, wanted, first, last) @ _SURE)))


_SURE = np.array([_UNASKED, _TOGETHER, _AROUND, _UNSAID, _STRANGE, _MISSING])


def _evidence(search: _Search, wanted: Query, first: int, last: int) -> Scores:
    """What makes a passage an answer or none, in the order of the weights above."""
    shares = np.maximum(search.shares, _SPOKEN_OF * np.outer(search.foreign, search.near > 0))
    together = float((search.worth @ carried(shares)[:, first : last + 1]).max())
    around = shares[:, max(0, first - 1) : last + 2].max(axis=1)
    unsaid = float((1 - around[search.specific]).sum())
    holds = _HOLDS.get(wanted.kind) if wanted.kind in _PLAIN_TO_SEE else None
    missing = holds is not None and not any(holds.search(text) for text in search.index.texts[first : last + 1])
    return np.array([1.0, together, search.worth @ around, unsaid, search.strange, missing])


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
