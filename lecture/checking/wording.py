"""A sentence taken apart for the evidence check: its content words, clauses, denials, names and numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from lecture.checking.lexicon import is_function_word, mean_the_same, root, same_word
from lecture.checking.numbers import Number, find_numbers, is_number

_NOTHING = frozenset("nothing none nobody nowhere".split())
"""These deny the word in front of them, too: "he published nothing"."""
_JOINS = frozenset(("and",))
_SCOPE = 4
"""Content words after a negation that it denies."""

NO_SPACES = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Scripts that put no spaces between words: Thai, Lao, Burmese, Khmer, Kana, Han."""
_TOKEN = re.compile(
    rf"\d[\d,]*(?:\.\d+)?(?:st|nd|rd|th|s)?\b|[{NO_SPACES}]+|[^\W_{NO_SPACES}]+(?:['’][^\W_]+)?|[.,;:!?()。、！？]"
)
_SIGNS = {"%": " percent ", "‰": " permille ", "$": " dollar ", "€": " euro ", "£": " pound ", "°": " degree "}
_DIGIT_OF = {ord(c): str(unicodedata.digit(c)) for c in "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९"}
_CONTRASTS = frozenset(". ; : ! ? but while whereas than yet although 。 ！ ？".split())
NEGATION = re.compile(
    r"not|no|never|none|nothing|nobody|nowhere|neither|nor|without|cannot|impossible|hardly|barely|scarcely|"
    r".*n['’]t"
)
_DENIES_NOTHING = re.compile(
    r"\bnot (?=only|just|merely|simply)|\bno (?=matter|doubt|wonder)|\b(?:may|might) or (?:may|might) not|"
    r"\bor not\b|\bno, (?=sorry|wait)",
    re.IGNORECASE,
)
_CORRECTED = re.compile(r"\S+,(?: no,)? (?:sorry|wait|I mean|or rather),? ", re.IGNORECASE)
"""What a speaker takes back: "around 650, no, sorry, around 630"."""
PUNCTUATION = frozenset(".,;:!?()。、！？")
_SENTENCE_ENDS = frozenset(".!?。！？")
BORDERS = frozenset(
    ". ; : ! ? ( ) 。 ！ ？ "
    "but because although though while whereas unless until if when so and which who since".split()
)
"""Words that a clause begins with."""


_JOIN_STATEMENTS = PUNCTUATION | frozenset("and which who where so because since or but while whereas that".split())


@dataclass(frozen=True)
class Word:
    """A content word of a text.

    Attributes:
        root: what its forms have in common.
        at: its index among all words and punctuation.
        clause: index of the clause it stands in.
        denied: 0 where it is not denied, 1 within the reach of a negation, 2 right after one.
        capital: whether it is written with a capital letter.
    """

    root: str
    at: int
    clause: int
    denied: int
    capital: bool


@dataclass(frozen=True)
class Wording:
    """A text's words, in order: `tokens` in lower case with punctuation, `words` those with content."""

    tokens: tuple[str, ...]
    words: tuple[Word, ...]
    numbers: tuple[Number, ...]
    clauses: tuple[int, ...]
    members: tuple[int, ...]
    pieces: tuple[int, ...]

    @cached_property
    def units(self) -> frozenset[str]:
        """The roots of what its numbers measure in."""
        return frozenset(root(number.unit) for number in self.numbers if number.unit)

    @cached_property
    def statements(self) -> tuple[int, ...]:
        """The index of each token's part between commas, conjunctions and relative pronouns."""
        return tuple(_parts(self.tokens, _JOIN_STATEMENTS))

    @cached_property
    def roots(self) -> frozenset[str]:
        """The roots of its content words."""
        return frozenset(word.root for word in self.words)

    def roots_by(self, parts: Sequence[int]) -> list[frozenset[str]]:
        """The roots in each part of the text, of those that have any; `parts` is one of its divisions."""
        found: dict[int, set[str]] = {}
        for word in self.words:
            found.setdefault(parts[word.at], set()).add(word.root)
        return [frozenset(roots) for roots in found.values()]

    def sentence_at(self, at: int) -> int:
        """Index of the sentence of a token."""
        return sum(token in _SENTENCE_ENDS for token in self.tokens[:at])

    @cached_property
    def is_negated(self) -> bool:
        """Whether anything in it is denied."""
        return any(NEGATION.fullmatch(token) for token in self.tokens)


@lru_cache(maxsize=20_000)
def wording(text: str) -> Wording:
    """Take a text apart."""
    plain = unicodedata.normalize("NFKC", _DENIES_NOTHING.sub("", _CORRECTED.sub("", text))).translate(_DIGIT_OF)
    for sign, word in _SIGNS.items():
        plain = plain.replace(sign, word)
    written = _TOKEN.findall(plain)
    tokens = tuple(token.lower().replace("’", "'") for token in written)
    numbers = find_numbers(tokens)
    clauses, members = tuple(_parts(tokens, BORDERS | PUNCTUATION)), tuple(_members(tokens))
    pieces = tuple(_parts(tokens, PUNCTUATION))
    return Wording(tokens, tuple(_words(written, tokens, clauses)), numbers, clauses, members, pieces)


def _parts(tokens: Sequence[str], borders: frozenset[str]) -> Iterator[int]:
    """The index of each token's clause."""
    part = 0
    for at, token in enumerate(tokens):
        joins_a_number = token in _JOINS and at and tokens[at - 1] in ("hundred", "thousand", "million")
        part += token in borders and not joins_a_number
        yield part


def _members(tokens: Sequence[str]) -> Iterator[int]:
    """The index of the part of a sentence that stands against another: after "while", ", and", ";" or "than"."""
    part = 0
    for at, token in enumerate(tokens):
        before = tokens[at - 1] if at else ""
        part += token in _CONTRASTS or (before == "," and token in ("and", "so"))
        yield part


def _words(written: Sequence[str], tokens: Sequence[str], clauses: Sequence[int]) -> Iterator[Word]:
    reach, near = 0, False
    for at, token in enumerate(tokens):
        if token in PUNCTUATION or token in BORDERS:
            reach = 0 if token not in _JOINS else reach
        elif NEGATION.fullmatch(token):
            reach, near = _SCOPE, True
        else:
            denied = (2 if near else 1) if reach else 2 * (not _NOTHING.isdisjoint(tokens[at + 1 : at + 2]))
            for stem in _content(token):
                yield Word(stem, at, clauses[at], denied, written[at] != token)
                if not token.endswith("ly"):
                    near, reach = False, max(0, reach - 1)


@lru_cache(maxsize=50_000)
def _content(token: str) -> tuple[str, ...]:
    """The roots of a token: none for function words and numbers, pairs of letters where there are no spaces."""
    if is_number(token):
        return ()
    if re.match(rf"[{NO_SPACES}]", token):
        return tuple(token[i : i + 2] for i in range(max(1, len(token) - 1)))
    return () if is_function_word(token) or is_function_word(root(token)) else (root(token),)


@lru_cache(maxsize=200_000)
def alike(one: str, other: str) -> float:
    """How well one root stands for another: 1 for forms of a word, less for words of one meaning, else 0."""
    if same_word(one, other):
        return 1.0
    return 0.8 if mean_the_same(one, other) else 0.0


def is_among(root: str, others: Iterable[str]) -> bool:
    """Whether a form of a word is among others."""
    return any(same_word(root, other) for other in others)
