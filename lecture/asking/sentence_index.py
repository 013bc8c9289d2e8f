"""A lecture's sentences → an Index that finds them by their terms: BM25, other forms of a word, and its relatives.

BM25 (Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework") is the library bm25s'.
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

from lecture.asking.query import plain, words
from lecture.asking.thesaurus import relatives
from lecture.checking.lexicon import same_word
from lecture.sentences import Sentence

Scores = NDArray[np.float64]

KIN, ALIKE, ALIKE_TOO = 0.95, 0.8, 0.4
"""Share of a term that another form of the word is worth; a word of like meaning; the same where the lecture has the
word itself, and would use it."""
_COMPOUND = 7
"""Fewest letters of a word that is the end of another, such as "Gedächtnis" of "Arbeitsgedächtnis"."""
_CARRIES = 0.8
"""Share of a term that is still spoken of in the sentence after one that has it."""
_INDEXES = 16
"""Lectures whose index is kept."""


class Index:
    """What finds sentences of one lecture by their terms.

    Attributes:
        texts: each sentence as `plain` leaves it.
        terms: the terms of each sentence, in order.
        sets: the same without order.
        spread: how many sentences say each term.
    """

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        import bm25s  # half a second where numba is installed, which it loads without need

        logging.getLogger("bm25s").setLevel(logging.WARNING)  # it sets itself to DEBUG
        self.texts = [plain(sentence.text) for sentence in sentences]
        self.terms = [words(text) for text in self.texts]
        self.sets = [frozenset(found) for found in self.terms]
        self.spread = Counter(term for found in self.sets for term in found)
        self._places: dict[str, list[int]] = defaultdict(list)
        for at, found in enumerate(self.sets):
            for term in found:
                self._places[term].append(at)
        self._by_beginning: dict[str, list[str]] = defaultdict(list)
        for term in self.spread:
            self._by_beginning[term[:3]].append(term)
        self._bm25 = bm25s.BM25(k1=0.9, b=0.3, method="lucene")
        if self.spread:
            self._bm25.index(self.terms, show_progress=False)

    def forms(self, term: str, asked: Collection[str]) -> dict[str, float]:
        """The lecture's words that say this term, and how well: itself, its other forms, words of like meaning.

        Words of like meaning that are `asked` for themselves say nothing more.
        """
        kin = [other for other in self._by_beginning.get(term[:3], ()) if same_word(term, other)]
        kin += [term[at:] for at in range(3, len(term) - _COMPOUND + 1) if term[at:] in self.spread]
        alike = [other for other in relatives(term) if other in self.spread and other not in asked]
        found = dict.fromkeys(alike, ALIKE_TOO if kin or term in self.spread else ALIKE)
        return found | dict.fromkeys(kin, KIN) | ({term: 1.0} if term in self.spread else {})

    def spread_of(self, forms: Mapping[str, float]) -> int:
        """How many sentences say a term in its commonest form, or else a word of like meaning."""
        best = max(forms.values(), default=0.0)
        return max((self.spread[form] for form, share in forms.items() if share >= min(best, KIN)), default=0)

    def shares(self, forms: Mapping[str, float]) -> Scores:
        """How well each sentence says a term, from 0 to 1, however long the sentence is."""
        best = np.zeros(len(self.texts))
        for form, share in forms.items():
            best[self._places[form]] = np.maximum(best[self._places[form]], share)
        return best

    def strength(self, forms: Mapping[str, float]) -> Scores:
        """How much each sentence says of a term, from 0 to about 1, however rare the term is."""
        best = np.zeros(len(self.texts))
        for form, share in forms.items():
            scores = self._bm25.get_scores([form]) / rarity(self.spread[form], len(self.texts))
            best = np.maximum(best, scores * share)
        return best

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


def carried(strength: Scores) -> Scores:
    """What each sentence (column) has of a term, itself or from what came before: a lecturer stays with his subject."""
    held = strength.copy()
    for step in (1, 2, 4, 8):  # so each has from up to fifteen sentences before
        held[..., step:] = np.maximum(held[..., step:], _CARRIES**step * held[..., :-step])
    return held
