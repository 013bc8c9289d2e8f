"""A claim + the lecture's sentences → the words that support it, or None.

Language models invent. Whatever one wrote is kept only if the sentences it names, or a few neighbouring ones, say it:
enough of its words by their weight, its numbers and names, in the same roles, and the same thing denied. The check
compares words; it does not understand them. Of freely worded claims on which nothing was tuned it drops a third of the
true ones and lets one in six of the false ones pass, mostly exchanged roles and denials in other words; changed numbers
and wrong sentences hardly ever. `python benchmarks/claims.py` prints it by kind of error.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest

from lecture.lexicon import is_function_word, is_general, of_one_meaning, same_name
from lecture.notes import Evidence
from lecture.objections import CONTRADICTIONS, other_name, other_number
from lecture.sentences import Sentence
from lecture.wording import Wording, alike, wording

MOST_SENTENCES = 3
"""Neighbouring sentences that may support a claim together, where it names none."""
LONGEST_QUOTE = 5
"""Neighbouring sentences that can be one quote, where a claim names them."""
_ANCHOR = 0.25
"""Weight of a shared word that shows what a claim is about."""
_LONGER_COSTS = 0.08
"""Share of a claim that another sentence of evidence must bring, to be worth quoting."""
_CONTEXT = 3
"""Sentences before the evidence that may say what its pronouns stand for."""
_NAMES_LAST = 8
"""Sentences before the evidence that may have named who or what it is about."""
_FROM_CONTEXT = 0.6
"""What a word counts that stands only there."""
_GENERAL_WEIGHS = 0.4
"""What a general word counts against a word of the subject."""
_ELSEWHERE_WEIGHS = 1.5
"""What a missing word of the subject counts that other sentences of the lecture have: a sign of exchanged words."""
_BETTER_ELSEWHERE = 0.15
"""Share by which other sentences may support a claim better than the ones it names, these by themselves …"""
_BETTER_THAN_CONTEXT = 0.0
"""… and with their context."""
_NEARLY_BEST = 0.03
"""Share by which evidence that is looked for may fall short of what has most of the claim's words: if that denies the
claim, a sentence with fewer of its words does not support it."""
_CANDIDATES = 12
"""Sentences around which evidence is looked for, of those that share most with the claim."""
_ENGLISH = 0.25
"""Share of English function words from which a lecture is in English."""
_WRITES_NOUNS_LARGE = 0.2
"""Share of capitals among the words of a lecture from which they say nothing of names, as in German."""
_FRAMING = wording(
    "lecture lecturer speaker teacher professor text passage transcript part section topic concept summary discuss "
    "explain describe mention state define name list additionally furthermore moreover example mean refer call involve"
).roots
"""Words in which models talk about a text: they claim nothing about its subject."""


@dataclass(frozen=True)
class _Fit:
    """How much of a claim's words, by weight, sentences have.

    Attributes:
        share: of all its words, those in the sentences or around them.
        direct: of all its words, those in the sentences themselves.
        anchor: the weight of the word of the subject that says most, of those in the sentences themselves.
    """

    share: float
    direct: float
    anchor: float = 0.0

    def reaches(self, least: _Fit) -> bool:
        return self.share >= least.share and self.direct >= least.direct


ENOUGH_NAMED = _Fit(share=0.35, direct=0.15)
"""Least share of a claim's words that the sentences it names must have."""
ENOUGH_FOUND = _Fit(share=0.5, direct=0.5)
"""The same where it names none: what is looked for everywhere is found more easily."""
ENOUGH_FOREIGN = _Fit(share=0.7, direct=0.6)
"""The same in either case, where the lecture is in a language whose general words are not known."""
ENOUGH_ADRIFT = _Fit(share=0.7, direct=0.7)
"""The same where general words, and words that are all over the lecture, are all that is shared."""


def supports(claim: str, cited: Sequence[Sentence], lecture: Sequence[Sentence]) -> bool:
    """Whether the sentences that a claim names say what it says.

    Args:
        claim: one statement.
        cited: the sentences that are to support it.
        lecture: the lecture, or the part of it, that they come from, in order. It tells which words are common, what
            is a name, and whether other sentences support the claim far better: then the answer is no.
    """
    known = _lecture(tuple(lecture))
    places = sorted({known.place_of[sentence] for sentence in cited if sentence in known.place_of})
    return _do_support(wording(claim), places, known)


def cited_evidence(claim: str, numbers: Iterable[int], sentences: Sequence[Sentence]) -> Evidence | None:
    """Find the quote for a claim that names its sentences.

    Args:
        claim: one statement that a model wrote.
        numbers: indices of the sentences that it named for it, in any order; those that do not exist are ignored.
        sentences: what the model was given, in order.

    Returns:
        The neighbouring sentences that support the claim best, of those named and the ones between them, or, where
        they are far apart, beside them; sentences at either end that add nothing are left out. None if the named
        sentences do not support the claim, or only from far apart.
    """
    known, said = _lecture(tuple(sentences)), wording(claim)
    named = sorted({number for number in numbers if 0 <= number < len(sentences)})
    if not _do_support(said, named, known):
        return None
    if named[-1] - named[0] < LONGEST_QUOTE:
        runs = [range(first, last + 1) for first in named for last in named if first <= last]
    else:
        near = {number + step for number in named for step in (-1, 0, 1)}
        runs = [run for run in _neighbours(near, len(sentences)) if near.issuperset(run)]
    ranked = _by_worth(said, runs, known)
    return next((known.quote(run) for _, run in ranked if _do_support(said, run, known)), None)


def find_support(claim: str, sentences: Sequence[Sentence]) -> Evidence | None:
    """Find the sentences of a lecture that say what a claim says.

    Args:
        claim: one statement that a model wrote.
        sentences: what the model was given, in order.

    Returns:
        The one to three neighbouring sentences that share most with the claim and say nothing else, quoted as they
        were said; None if there are none.
    """
    known, said = _lecture(tuple(sentences)), wording(claim)
    if not _claims_something(said):
        return None
    ranked = _by_worth(said, list(_runs(said, known)), known)
    for worth, run in ranked:
        if worth < ranked[0][0] - _NEARLY_BEST:
            break
        fit = known.fit(said, run)
        least = known.enough(said, ENOUGH_FOUND if fit.anchor >= _ANCHOR else ENOUGH_ADRIFT)
        if fit.reaches(least) and not any(known.objections(said, run)):
            return known.quote(run)
    return None


class _Lecture:
    """The sentences of a lecture taken apart, and where each word is."""

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self.sentences = sentences
        self.wordings = [wording(sentence.text) for sentence in sentences]
        self.place_of = {sentence: i for i, sentence in enumerate(sentences)}
        self.places: defaultdict[str, list[int]] = defaultdict(list)
        for i, said in enumerate(self.wordings):
            for root in said.roots:
                self.places[root].append(i)
        written = [word for said in self.wordings for word in said.words]
        self._lower = {word.root for word in written if not word.capital}
        self._upper = {word.root for word in written if word.capital and word.at}
        capitals = sum(word.capital and word.at > 0 for word in written)
        self._tells_names = capitals < _WRITES_NOUNS_LARGE * len(written)
        self._names = self._upper - self._lower if self._tells_names else set()
        self._by_first_letters: defaultdict[str, set[str]] = defaultdict(set)
        for root in self.places:
            self._by_first_letters[root[:3]].add(root)
        tokens = [token for said in self.wordings for token in said.tokens if token.isalpha()]
        self.is_english = sum(map(is_function_word, tokens)) >= _ENGLISH * len(tokens)
        self._relatives: dict[str, dict[str, float]] = {}

    def relatives(self, root: str) -> dict[str, float]:
        """The lecture's words that can stand for a word, and how well."""
        if root not in self._relatives:
            near = self._by_first_letters[root[:3]] | {word for word in of_one_meaning(root) if word in self.places}
            self._relatives[root] = {
                other: credit
                for other in near
                if (credit := alike(root, other) or float(other in self._names and same_name(root, other)))
            }
        return self._relatives[root]

    def weight(self, root: str) -> float:
        """How much a word says: up to 1, less for what is common in the lecture, and for general words."""
        spread = sum(len(self.places[other]) for other, credit in self.relatives(root).items() if credit == 1)
        total = len(self.sentences) + 1
        rarity = math.log(total / (spread + 0.5)) / math.log(total / 1.5) if spread and total > 2 else 1.0
        return max(0.0, rarity) * (_GENERAL_WEIGHS if is_general(root) else 1.0)

    def words(self, run: Sequence[int]) -> frozenset[str]:
        """The words of sentences."""
        return frozenset[str]().union(*(self.wordings[i].roots for i in run))

    def around(self, run: Sequence[int]) -> range:
        """Sentences, those before them, and the one after."""
        return range(max(0, run[0] - _CONTEXT), min(len(self.wordings), run[-1] + 2))

    def fit(self, claim: Wording, run: Sequence[int]) -> _Fit:
        """How much of a claim's words sentences have."""
        here, nearby = self.words(run), self.words(self.around(run))
        found = direct = total = anchor = 0.0
        for root in claim.roots - _FRAMING:
            relatives, weight = self.relatives(root), self.weight(root)
            said = max((relatives[other] for other in here & relatives.keys()), default=0.0)
            meant = max((relatives[other] for other in nearby & relatives.keys()), default=0.0) * _FROM_CONTEXT
            if relatives and not meant and not is_general(root):
                weight *= _ELSEWHERE_WEIGHS
            found += weight * max(said, meant)
            direct += weight * said
            anchor = max(anchor, weight * said * (not is_general(root)))
            total += weight
        return _Fit(found / total, direct / total, anchor) if total else _Fit(1.0, 1.0)

    def enough(self, claim: Wording, in_english: _Fit) -> _Fit:
        """What a claim needs in the lecture's language."""
        in_pairs_of_letters = sum(len(root) == 2 for root in claim.roots) > len(claim.roots) / 2
        return in_english if self.is_english or in_pairs_of_letters else ENOUGH_FOREIGN

    def objections(self, claim: Wording, run: Sequence[int]) -> Iterator[str]:
        """Why sentences that have a claim's words do not say it: the names of the rules that object."""
        said = wording(" ".join(self.sentences[i].text for i in run))
        if other_number(claim, [self.wordings[i] for i in run]):
            yield other_number.__name__
        if other_name(self.names(claim), self._said_near(run)):
            yield other_name.__name__
        if self.adds_a_clause(claim, run):
            yield "adds_a_clause"
        yield from (rule.__name__ for rule in CONTRADICTIONS if rule(claim, said))

    def names(self, claim: Wording) -> list[str]:
        """The words of a claim that are names: capitals that are not just those of a first word, or of any noun."""
        capitals = [word for word in claim.words if word.capital and word.root not in self._lower]
        if not self.is_english:
            return [word.root for word in capitals if not self.relatives(word.root)]
        if not self._tells_names:
            return []
        return [word.root for word in capitals if word.at or word.root in self._upper or not self._is_common(claim)]

    def _said_near(self, run: Sequence[int]) -> list[str]:
        """The words of sentences and of those around them, in order, farther than for other words."""
        near = range(max(0, run[0] - _NAMES_LAST), min(len(self.wordings), run[-1] + 2))
        return [word.root for i in near for word in self.wordings[i].words]

    def _is_common(self, claim: Wording) -> bool:
        """Whether a claim's first word, which the lecture has not, seems to be no name."""
        second = claim.tokens[1] if len(claim.tokens) > 1 else ""
        full_name = any(word.at == 1 and word.capital for word in claim.words)
        return not full_name and second not in (":", ",", "and", "or") and not second.endswith("ed")

    def adds_a_clause(self, claim: Wording, run: Sequence[int]) -> bool:
        """Whether a clause of a claim has no word of the sentences, and one that those around them lack, too."""
        here, nearby = self.words(run), self.words(self.around(run))
        for clause in claim.roots_by(claim.clauses):
            roots = clause - _FRAMING
            missing = [root for root in roots if nearby.isdisjoint(self.relatives(root))]
            is_new = len(roots) > 1 and all(here.isdisjoint(self.relatives(root)) for root in roots)
            if is_new and not all(map(is_general, missing)):
                return True
        return False

    def quote(self, run: Sequence[int]) -> Evidence:
        """The words of neighbouring sentences, and when they were said."""
        said = [self.sentences[i] for i in run]
        return Evidence(" ".join(sentence.text for sentence in said), said[0].start, said[-1].end)


@lru_cache(maxsize=8)
def _lecture(sentences: tuple[Sentence, ...]) -> _Lecture:
    return _Lecture(sentences)


def _claims_something(claim: Wording) -> bool:
    return bool(claim.roots - _FRAMING or claim.numbers)


def _do_support(claim: Wording, run: Sequence[int], lecture: _Lecture) -> bool:
    """Whether sentences, named by their places, support a claim, and no others do so far better."""
    if not run or not _claims_something(claim):
        return False
    fit = lecture.fit(claim, run)
    if not fit.reaches(lecture.enough(claim, ENOUGH_NAMED)) or any(lecture.objections(claim, run)):
        return False
    elsewhere = (lecture.fit(claim, other).direct for other in _runs(claim, lecture) if len(other) <= len(run))
    return max(elsewhere, default=0.0) <= max(fit.direct + _BETTER_ELSEWHERE, fit.share + _BETTER_THAN_CONTEXT)


def _by_worth(claim: Wording, runs: Iterable[Sequence[int]], lecture: _Lecture) -> list[tuple[float, Sequence[int]]]:
    """Sentences with what they are worth as evidence, the best first: most of a claim's words in few sentences."""
    worth = [(lecture.fit(claim, run).direct - _LONGER_COSTS * (len(run) - 1), run) for run in runs]
    return sorted(worth, key=lambda found: -found[0])


def _runs(claim: Wording, lecture: _Lecture) -> Iterator[range]:
    """One to three neighbouring sentences, around those that share most with a claim."""
    shared: defaultdict[int, float] = defaultdict(float)
    for root in claim.roots - _FRAMING:
        weight = lecture.weight(root)
        best: dict[int, float] = {}
        for other, credit in lecture.relatives(root).items():
            for place in lecture.places[other]:
                best[place] = max(best.get(place, 0.0), credit * weight)
        for place, credit in best.items():
            shared[place] += credit
    for place, sentence in enumerate(lecture.wordings if claim.numbers else ()):
        same = sum(any(number.equals(other) for other in sentence.numbers) for number in claim.numbers)
        if same:
            shared[place] += same * _GENERAL_WEIGHS
    return _neighbours(set(nlargest(_CANDIDATES, shared, key=shared.__getitem__)), len(lecture.sentences))


def _neighbours(near: Collection[int], total: int) -> Iterator[range]:
    """One to three neighbouring places that include one of those given, the shorter runs first."""
    for length in range(1, MOST_SENTENCES + 1):
        for start in sorted({place - i for place in near for i in range(length)}):
            if 0 <= start <= total - length:
                yield range(start, start + length)
