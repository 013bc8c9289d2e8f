"""A claim + the lecture's sentences → the words that support it, or None.

Language models invent. Whatever one wrote is kept only if the sentences it names, or a few neighbouring ones, say it:
enough of its words by their weight, its numbers and names, in the same roles, and the same thing denied. The check
compares words; it does not understand them. Of claims that no rule was made with, one in five false ones passes, mostly
facts from outside in general words, exchanged roles and denials, and one in five true ones is dropped; of those that
they were made with, 4 and 10 percent. `python benchmarks/claims.py` prints both, by kind of error.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest

from lecture.checking.foreign import is_shortened
from lecture.checking.lexicon import is_general
from lecture.checking.objections import CONTRADICTIONS, other_name, other_number
from lecture.checking.plain_words import is_plain
from lecture.checking.replacements import replaced_word
from lecture.checking.swaps import exchanged_company, exchanged_words
from lecture.checking.word_index import GENERAL_WEIGHS, WordIndex
from lecture.checking.wording import Wording, wording
from lecture.notes import Evidence
from lecture.sentences import Sentence

MOST_SENTENCES = 3
"""Neighbouring sentences that may support a claim together, where it names none."""
LONGEST_QUOTE = 5
"""Neighbouring sentences that can be one quote, where a claim names them."""
_ANCHOR = 0.25
"""Weight of a shared word that shows what a claim is about."""
_LONGER_COSTS = 0.08
"""Share of a claim that another sentence of evidence must bring, to be worth quoting."""
_FROM_CONTEXT = 0.6
"""What a word counts that stands only there."""
_ELSEWHERE_WEIGHS = 1.5
"""What a missing word of the subject counts that other sentences of the lecture have: a sign of exchanged words."""
_NEARLY_BEST = 0.01
"""Share by which evidence that is looked for may fall short of what has most of the claim's words: if that denies the
claim, a sentence with fewer of its words does not support it."""
_CANDIDATES = 12
"""Sentences around which evidence is looked for, of those that share most with the claim."""
_IN_FAVOUR = 0.3
_STRANGE_COSTS = 0.5
_ELSEWHERE_COSTS = 10.0
"""What outweighs each other: words that the sentences have, a row of strange words, other sentences that have more."""
_ROW_COUNTS = {"plain": 0.5, "near": 0.7, "strange": 1.0}
"""What a word that the sentences lack counts in a row: one that fits anywhere, one said nearby, one of neither kind."""
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
        strange: how long the longest row of words is that the sentences lack, if one of them is of another subject.
    """

    share: float
    direct: float
    anchor: float = 0.0
    strange: float = 0.0

    def reaches(self, least: _Fit) -> bool:
        """Whether it is as much as the least that is enough, and no row of strange words outweighs it."""
        enough = self.share >= least.share and self.direct >= least.direct
        return enough and self.balance >= 0

    @property
    def balance(self) -> float:
        """What speaks for the sentences less what speaks against them, but for other sentences."""
        return _IN_FAVOUR + self.direct - _STRANGE_COSTS * self.strange


_SAYS_IT = 0.9
"""Share of a claim's words from which a sentence speaks of the same."""
_LONG_NEEDS, _WORD_SPARES = 0.25, 0.11
"""Least share that a long claim needs, and what each word takes from the whole that the shortest one needs: of three
words a sentence has two by accident, of ten not seven."""
ENOUGH_NAMED = _Fit(share=0.3, direct=0.2)
"""Least share of a claim's words that the sentences it names must have."""
ENOUGH_FOUND = _Fit(share=0.4, direct=0.35)
"""The same where it names none: what is looked for everywhere is found more easily."""
ENOUGH_FOREIGN = _Fit(share=0.7, direct=0.6)
"""The same in either case, where the lecture is in a language whose general words are not known."""
ENOUGH_ADRIFT = _Fit(share=0.6, direct=0.6)
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


class _Lecture(WordIndex):
    """The sentences of a lecture, and what speaks for and against a claim in them."""

    def fit(self, claim: Wording, run: Sequence[int]) -> _Fit:
        """How much of a claim's words sentences have."""
        here, nearby = self.words(run), self.words(self.around(run))
        found = direct = total = anchor = 0.0
        for root in claim.roots - _FRAMING - claim.units:
            relatives, weight = self.relatives(root), self.weight(root)
            said = max((relatives[other] for other in here & relatives.keys()), default=0.0)
            meant = max((relatives[other] for other in nearby & relatives.keys()), default=0.0) * _FROM_CONTEXT
            if relatives and not meant and not is_general(root):
                weight *= _ELSEWHERE_WEIGHS
            found += weight * max(said, meant)
            direct += weight * said
            anchor = max(anchor, weight * said * (not is_general(root)))
            total += weight
        strange = self._longest_row(claim, here, nearby)
        return _Fit(found / total, direct / total, anchor, strange) if total else _Fit(1.0, 1.0)

    def adds_a_statement(self, claim: Wording, run: Sequence[int]) -> bool:
        """Whether a part of a claim between commas or conjunctions has no word that was said, and a strange one."""
        here, nearby = self.words(run), self.words(self.around(run))
        for part in claim.roots_by(claim.statements):
            roots = part - _FRAMING
            is_new = len(roots) > 1 and all(here.isdisjoint(self.relatives(stem)) for stem in roots)
            if is_new and any(self.is_strange(stem, nearby) for stem in roots):
                return True
        return False

    def _longest_row(self, claim: Wording, here: frozenset[str], nearby: frozenset[str]) -> float:
        """The longest row of words that sentences lack, weighed; 0 for rows without a strange word."""
        longest = row = 0.0
        strange = False
        for root in (word.root for word in claim.words if word.root not in _FRAMING | claim.units):
            relatives = self.relatives(root).keys()
            if here & relatives:
                row, strange = 0.0, False
                continue
            kind = "plain" if is_plain(root) else "near" if nearby & relatives else "strange"
            row += _ROW_COUNTS[kind]
            strange = strange or kind == "strange"
            longest = max(longest, row * strange)
        return longest

    def enough(self, claim: Wording, in_english: _Fit) -> _Fit:
        """What a claim needs in the lecture's language."""
        in_pairs_of_letters = sum(len(root) == 2 for root in claim.roots) > len(claim.roots) / 2
        least = in_english if self.is_english or in_pairs_of_letters else ENOUGH_FOREIGN
        if in_pairs_of_letters:
            return least
        share = max(_LONG_NEEDS, 1 - _WORD_SPARES * len(claim.roots - _FRAMING))
        return _Fit(max(least.share, share), max(least.direct, share))

    def objections(self, claim: Wording, run: Sequence[int]) -> Iterator[str]:
        """Why sentences that have a claim's words do not say it: the names of the rules that object."""
        said = wording(" ".join(self.sentences[i].text for i in run))
        if other_number(claim, [self.wordings[i] for i in run]):
            yield other_number.__name__
        if other_name(self.names(claim), self.said_near(run)):
            yield other_name.__name__
        if not self.is_english:
            if not is_shortened(" ".join(claim.tokens), " ".join(said.tokens)):
                yield is_shortened.__name__
            return
        if exchanged_words(claim, said, self.are_comparable):
            yield exchanged_words.__name__
        if self.adds_a_statement(claim, run):
            yield "adds_a_statement"
        here = self.words(run)
        if replaced_word(
            claim,
            said,
            lambda stem: here.isdisjoint(self.relatives(stem)),
            lambda stem, other: other in self.relatives(stem),
        ):
            yield replaced_word.__name__
        if exchanged_company(claim, said, {word.root for word in claim.words if word.capital} - self._lower):
            yield exchanged_company.__name__
        yield from (rule.__name__ for rule in CONTRADICTIONS if rule(claim, said))

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
    if _is_contradicted(claim, run, lecture):
        return False
    elsewhere = (lecture.fit(claim, other).direct for other in _runs(claim, lecture) if len(other) <= len(run))
    better = max(elsewhere, default=0.0) - fit.share
    return fit.balance >= _ELSEWHERE_COSTS * max(0.0, better)


def _is_contradicted(claim: Wording, run: Sequence[int], lecture: _Lecture) -> bool:
    """Whether another sentence has a claim's words and says the contrary: then nobody has to look for support."""
    others = (other[0] for other in _runs(claim, lecture) if len(other) == 1 and other[0] not in run)
    return any(
        any(rule(claim, lecture.wordings[other]) for rule in CONTRADICTIONS)
        for other in others
        if lecture.fit(claim, [other]).direct >= _SAYS_IT
    )


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
            shared[place] += same * GENERAL_WEIGHS
    return _neighbours(set(nlargest(_CANDIDATES, shared, key=shared.__getitem__)), len(lecture.sentences))


def _neighbours(near: Collection[int], total: int) -> Iterator[range]:
    """One to three neighbouring places that include one of those given, the shorter runs first."""
    for length in range(1, MOST_SENTENCES + 1):
        for start in sorted({place - i for place in near for i in range(length)}):
            if 0 <= start <= total - length:
                yield range(start, start + length)
