"""Sentences → which words a lecture is about, and how far its text can be trusted."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from lecture.checking.lexicon import is_general, root
from lecture.function_words import ENGLISH, EVERYDAY, plain, spoken_language
from lecture.learning.faults import is_garbled, is_piece
from lecture.learning.fluency import UNKNOWN, rarity
from lecture.ranking import WORD, terms

_ROUGH = 0.05
"""Share of sentences that are garbled, or pieces of one, from which a text is a rough one."""
_LOOSE = 0.2
"""The same of those that begin as free speech does."""
_BEGINS_LOOSELY = re.compile(r"(?:so|and|ok|okay|now|well|yeah|then|but|all right)\b", re.IGNORECASE)
_PUNCTUATED = 0.5
"""Share of sentences that end as such, from which a text is punctuated."""
_BARE = re.compile(
    r"\b(?:of|from|on|with|into|use|uses|using|for) ([a-z]{4,}[^s\W])"
    r"(?=[.,;:]| (?:of|is|are|from|to|and|on|with|for|in)\b)"
)
"""A single noun right after a preposition."""
_ARTICLES = frozenset("a an the of this each every its their our and".split())
_BEFORE_VERBS = frozenset("to can will would could should must may might not we you they i don't doesn't let's".split())


class Vocabulary:
    """The words of a lecture.

    Attributes:
        language: code of the language it is in; None where it is none of those known.
        punctuated: whether sentences end with a full stop.
        total: how many sentences there are.
        garbled: share of sentences that cannot be right, or are a piece of one; a single one does not count.
        rough: whether many of them are broken: it was spoken freely, or not recognised well.
    """

    def __init__(self, sentences: Sequence[str]) -> None:
        said = [WORD.findall(sentence) for sentence in sentences]
        self.language = spoken_language(plain(word) for words in said for word in words)
        self.total = total = max(1, len(sentences))
        self.punctuated = (
            sum(text.rstrip(" \"”'»)")[-1:] in tuple(".!?。！？।؟") for text in sentences) > _PUNCTUATED * total
        )
        garbled = sum(is_garbled(text) or (self.punctuated and is_piece(text)) for text in sentences)
        loose = sum(bool(_BEGINS_LOOSELY.match(text)) for text in sentences)
        self.garbled = max(0, garbled - 1) / total
        self.rough = garbled > _ROUGH * total + 1 or loose > _LOOSE * total + 1
        self.spread = Counter(term for text in sentences for term in set(terms(text)))
        self._said = max(1, sum(map(len, said)))
        self._tenths = Counter(
            term for tenth in range(10) for term in {t for text in _tenth(sentences, tenth) for t in terms(text)}
        )
        self._pairs = Counter(pair for text in sentences for pair in set(pairwise(terms(text))))
        self._small = {word for words in said for word in words if word == word.lower()}
        self._large = {word for words in said for word in words[1:] if word != word.lower()}
        self._as_noun: Counter[str] = Counter()
        self._counted: set[str] = set()
        self._as_verb: Counter[str] = Counter()
        for words in said:
            for before, word in pairwise(map(plain, words)):
                if before in ("a", "an", "every", "each", "another"):
                    self._counted.add(word)
                self._as_noun[(terms(word) or [""])[0]] += before in _ARTICLES
                self._as_verb[(terms(word) or [""])[0]] += before in _BEFORE_VERBS

    @property
    def is_spoken(self) -> bool:
        """Whether it is English in sentences that was spoken freely."""
        return self.rough and self.punctuated and self.language == "en"

    def often(self, *words: str) -> int:
        """In how many sentences the terms of one or two neighbouring words are."""
        found = [term for word in words for term in terms(word)]
        if len(found) == 1:
            return self.spread[found[0]]
        return min((self._pairs[pair] for pair in pairwise(found)), default=0)

    def weight(self, word: str) -> float:
        """How much more often the lecture has a word than English does, as a natural logarithm; of a term 4 or more."""
        return math.log(max(0.5, self.often(word)) / self._said) + rarity(word)

    def is_unknown(self, word: str) -> bool:
        """Whether a word is said once and is none that English usually has: a slip, mostly."""
        return rarity(word) >= UNKNOWN and self.often(word) == 1

    def reach(self, word: str) -> int:
        """In how many tenths of the lecture a word is said: few where it belongs to an example."""
        return max((self._tenths[term] for term in terms(word)), default=0)

    def is_only_large(self, word: str) -> bool:
        """Whether a word is never written in small letters: a name, or a word that was not understood."""
        return word.lower() not in self._small

    def is_noun(self, word: str) -> bool:
        """Whether the lecture uses a word as a noun, as far as one can tell."""
        stem = (terms(word) or [""])[0]
        return self._as_noun[stem] > self._as_verb[stem]

    def within(self, text: str) -> str:
        """A text as it reads within a sentence: its first word keeps its capital only if that is a name's."""
        first = (WORD.findall(text) or [""])[0]
        is_name = first[1:] != first[1:].lower() or (first in self._large and first.lower() not in self._small)
        return text if is_name else text[:1].lower() + text[1:]

    def lacks_article(self, noun: str) -> bool:
        """Whether a noun without an article before it is a mistake: elsewhere it is one of several."""
        return plain(noun) in self._counted

    def slips(self, text: str) -> bool:
        """Whether a noun that should have an article has none: spoken by somebody who learns English, or misheard."""
        return any(self.lacks_article(found[1]) for found in _BARE.finditer(text))

    def trust(self, text: str) -> float:
        """Share of the content words of a text that the recogniser can be believed: said again, or general English."""
        found = terms(text)
        return sum(self.spread[t] > 1 or is_general(root(t)) for t in found) / len(found) if found else 0.0


def _tenth(sentences: Sequence[str], tenth: int) -> Sequence[str]:
    return sentences[len(sentences) * tenth // 10 : len(sentences) * (tenth + 1) // 10]


@lru_cache(maxsize=8)
def vocabulary(sentences: tuple[str, ...]) -> Vocabulary:
    """The words of a lecture; kept, as each step of making its cards asks for them."""
    return Vocabulary(sentences)


def is_everyday(word: str) -> bool:
    """Whether a word is one of those that any lecture has: not worth asking for."""
    return plain(word) in ENGLISH or bool({plain(word), *terms(word)} & EVERYDAY)


NUMBER = re.compile(r"(?<![\w.,-])\d[\d.,:]*\d(?:st|nd|rd|th|s)?(?:\s?%|\b)|(?<![\w.,-])\d(?:\s?%|\b)")
"""A number as it is written: "1885", "4.2", "10,000", "20%"."""
