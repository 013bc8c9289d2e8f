"""The words of a lecture: where each of them is, how much it says, and which of them name things of one kind."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from lecture.checking.lexicon import is_function_word, is_general, of_one_meaning, opposed, same_name, same_word
from lecture.checking.plain_words import is_plain
from lecture.checking.wording import Wording, alike, wording
from lecture.sentences import Sentence

_CONTEXT = 3
"""Sentences before the evidence that may say what its pronouns stand for."""
_NAMES_LAST = 8
"""Sentences before the evidence that may have named who or what it is about."""
GENERAL_WEIGHS = 0.4
"""What a general word counts against a word of the subject."""
_ENGLISH = 0.25
"""Share of English function words from which a lecture is in English."""
_WRITES_NOUNS_LARGE = 0.2
"""Share of capitals among the words of a lecture from which they say nothing of names, as in German."""
_BESIDE_BOTH = 1
_NEAR_BOTH = 2
"""Words that the lecture has right beside two words, or in their clauses, from which they name things of one kind."""
_JOIN, _JOIN_TOO = frozenset(("and", "or")), frozenset("and or the a an".split())
_MEASURES_TIME = wording("second minute hour day week month year decade century time").roots


@dataclass(frozen=True)
class _Company:
    """What stands around a word: right before or after it, in its clauses, and joined to it by "and" or "or"."""

    beside: frozenset[tuple[int, str]]
    near: frozenset[str]
    joined: frozenset[str]


class WordIndex:
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
        self._capitals = self._upper - self._lower
        self._relatives: dict[str, dict[str, float]] = {}
        self._companies: dict[str, _Company] = {}

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
        return max(0.0, rarity) * (GENERAL_WEIGHS if is_general(root) else 1.0)

    def words(self, run: Sequence[int]) -> frozenset[str]:
        """The words of sentences."""
        return frozenset[str]().union(*(self.wordings[i].roots for i in run))

    def around(self, run: Sequence[int]) -> range:
        """Sentences, those before them, and the one after."""
        return range(max(0, run[0] - _CONTEXT), min(len(self.wordings), run[-1] + 2))

    def is_strange(self, root: str, nearby: frozenset[str]) -> bool:
        """Whether a root is a word of some subject, and missing among others."""
        return not is_plain(root) and nearby.isdisjoint(self.relatives(root))

    def names(self, claim: Wording) -> list[str]:
        """The words of a claim that are names: capitals that are not just those of a first word, or of any noun."""
        capitals = [word for word in claim.words if word.capital and word.root not in self._lower]
        if not self.is_english:
            return [word.root for word in capitals if not self.relatives(word.root)]
        if not self._tells_names:
            return []
        return [word.root for word in capitals if word.at or word.root in self._upper or not self._is_common(claim)]

    def said_near(self, run: Sequence[int]) -> list[str]:
        """The words of sentences and of those around them, in order, farther than for other words."""
        near = range(max(0, run[0] - _NAMES_LAST), min(len(self.wordings), run[-1] + 2))
        return [word.root for i in near for word in self.wordings[i].words]

    def _is_common(self, claim: Wording) -> bool:
        """Whether a claim's first word, which the lecture has not, seems to be no name."""
        second = claim.tokens[1] if len(claim.tokens) > 1 else ""
        full_name = any(word.at == 1 and word.capital for word in claim.words)
        return not full_name and second not in (":", ",", "and", "or") and not second.endswith("ed")

    def are_comparable(self, one: str, other: str) -> bool:
        """Whether two roots seem to name things of one kind: the lecture puts them in the same surroundings."""
        if _MEASURES_TIME.issuperset((one, other)):
            return False
        mine, theirs = self._company(one), self._company(other)
        return (
            opposed(one, other)
            or self._capitals.issuperset((one, other))
            or len(mine.beside & theirs.beside) >= _BESIDE_BOTH
            or len(mine.near & theirs.near) >= _NEAR_BOTH
            or any(same_word(other, joined) for joined in mine.joined)
        )

    def _company(self, root: str) -> _Company:
        """What stands around a word in the lecture."""
        if root not in self._companies:
            forms = [other for other, credit in self.relatives(root).items() if credit == 1]
            beside, near, joined = set[tuple[int, str]](), set[str](), set[str]()
            for form in forms:
                for said in (self.wordings[place] for place in self.places[form]):
                    for i, word in enumerate(said.words):
                        if word.root != form:
                            continue
                        near.update(w.root for w in said.words if w.clause == word.clause and w.root != form)
                        for step in (-1, 1):
                            if not 0 <= i + step < len(said.words):
                                continue
                            next_one = said.words[i + step]
                            between = said.tokens[min(word.at, next_one.at) + 1 : max(word.at, next_one.at)]
                            beside.add((step, next_one.root))
                            if between and not _JOIN.isdisjoint(between) and _JOIN_TOO.issuperset(between):
                                joined.add(next_one.root)
            self._companies[root] = _Company(frozenset(beside), frozenset(near), frozenset(joined))
        return self._companies[root]
