"""A lecture's sentences → an Index that finds them by their terms: BM25, other forms of a word, and its relatives.

BM25 (Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework") is the library bm25s'. A sentence lends its
terms to its neighbours: "It depends on attention" is found for what the sentence before names.
"""

from __future__ import annotations

import logging
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lecture.lexicon import is_general, mean_the_same, same_word
from lecture.query import plain, words
from lecture.sentences import Sentence
from lecture.thesaurus import relatives

Scores = NDArray[np.float64]

_LENDS = {-2: 0.35, -1: 0.55, 1: 0.35}
"""Share of a term that a sentence has from the one so many places away."""
_QUESTION_LENDS = {-2: 0.6, -1: 0.8}
"""The same from a question, which those after it answer."""
_KIN, ALIKE = 0.95, 0.6
"""Share of a term that another form of the word is worth, and a word of the same meaning."""
_COMPOUND = 7
"""Fewest letters of a word that is the end of another, such as "Gedächtnis" of "Arbeitsgedächtnis"."""
_INDEXES = 16
"""Lectures whose index is kept."""


class Index:
    """What finds sentences of one lecture by their terms.

    Attributes:
        texts: each sentence as `plain` leaves it.
        terms: the terms of each sentence, in order.
        sets: the same without order.
        spread: how many sentences say each term.
        asks: whether each sentence is a question: what comes after it says more.
    """

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        import bm25s  # half a second where numba is installed, which it loads without need

        logging.getLogger("bm25s").setLevel(logging.WARNING)  # it sets itself to DEBUG
        self.texts = [plain(sentence.text) for sentence in sentences]
        self.terms = [words(text) for text in self.texts]
        self.sets = [frozenset(found) for found in self.terms]
        self.spread = Counter(term for found in self.sets for term in found)
        self.asks = np.array([text.rstrip("\"'”»").endswith(("?", "？", "؟")) for text in self.texts], dtype=bool)
        self._by_beginning: dict[str, list[str]] = defaultdict(list)
        for term in self.spread:
            self._by_beginning[term[:3]].append(term)
        self._general = [term for term in self.spread if is_general(term)]
        self._bm25 = bm25s.BM25(k1=0.9, b=0.3, method="lucene")
        if self.spread:
            self._bm25.index(self.terms, show_progress=False)

    def forms(self, term: str, asked: Collection[str]) -> dict[str, float]:
        """The lecture's words that say this term, and how well: itself, its other forms, words of the same meaning.

        Words of the same meaning that are `asked` for themselves say nothing more.
        """
        kin = [other for other in self._by_beginning.get(term[:3], ()) if same_word(term, other)]
        kin += [term[at:] for at in range(3, len(term) - _COMPOUND + 1) if term[at:] in self.spread]
        alike = [other for other in relatives(term) if other in self.spread]
        if is_general(term):
            alike += [other for other in self._general if mean_the_same(term, other)]
        others = dict.fromkeys((other for other in alike if other not in asked), ALIKE)
        return others | dict.fromkeys(kin, _KIN) | ({term: 1.0} if term in self.spread else {})

    def spread_of(self, forms: Mapping[str, float]) -> int:
        """How many sentences say a term, in the form in which most do."""
        return max((self.spread[form] for form, share in forms.items() if share > ALIKE), default=0)

    def strength(self, forms: Mapping[str, float]) -> Scores:
        """How much each sentence says of a term, from 0 to about 1, however rare the term is."""
        best = np.zeros(len(self.texts))
        for form, share in forms.items():
            scores = self._bm25.get_scores([form]) / rarity(self.spread[form], len(self.texts))
            best = np.maximum(best, scores * share)
        return best

    def with_neighbours(self, strength: Scores) -> Scores:
        """What each sentence has of a term, itself or lent by those around it."""
        lent = strength.copy()
        for away, share in _LENDS.items():
            lent = np.maximum(lent, share * _moved(strength, away))
        for away, share in _QUESTION_LENDS.items():
            lent = np.maximum(lent, share * _moved(strength * self.asks, away))
        return lent

    def knows(self, names: Iterable[tuple[str, str]]) -> bool:
        """Whether the two terms of each name are said side by side, as far as both are said at all."""
        return all(
            any((one, other) in pairwise(said) for said in self.terms)
            for one, other in names
            if self.spread[one] and self.spread[other]
        )


@lru_cache(maxsize=_INDEXES)
def index_of(sentences: tuple[Sentence, ...]) -> Index:
    """The index of these sentences, built once and kept while few others are asked."""
    return Index(sentences)


def rarity(sentences_with: int, sentences: int) -> float:
    """The weight of a term that so many of the sentences hold."""
    return math.log1p((sentences - sentences_with + 0.5) / (sentences_with + 0.5))


def _moved(strength: Scores, away: int) -> Scores:
    """For each sentence the strength of the one so many places away."""
    moved = np.zeros_like(strength)
    if 0 < away < len(strength):
        moved[:-away] = strength[away:]
    elif 0 < -away < len(strength):
        moved[-away:] = strength[:away]
    return moved
