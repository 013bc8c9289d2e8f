"""A sentence → the sentence with a gap for the term, name or number that is worth remembering of it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lecture.function_words import function_words, plain
from lecture.learning.clauses import VERBS as _VERBS
from lecture.learning.vocabulary import NUMBER, Vocabulary, is_everyday
from lecture.ranking import WORD, terms

GAP = "_____"
"""What stands in a question for the words to be remembered."""

_CALLED = re.compile(
    r"\b(?:is|are|was|were|often|also|sometimes|usually|,|which)\s+(?:called|known as|termed)\s+(?:an?\s+|the\s+)?"
    r"(?P<term>[^\W\d_][\w'’-]*(?:\s+(?!(?:and|or|in|on|of|for|because|which|that|by|with|is|are|the|an?|so|when|if)\b)"
    r"[^\W\d_][\w'’-]*){0,2})(?=\s*[.,;:]|\s+(?:and|because|which|that)\b)",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\b(?:[Ii]n|[Ss]ince|[Uu]ntil|[Bb]y|[Aa]round|about|[Bb]efore|[Aa]fter|year)\s+(?:(?:January|February|"
    r"March|April|May|June|July|August|September|"
    r"October|November|December)\s+)?(?P<year>1\d{3}|20\d\d)(?!\w|[.,]\d|%)",
)
_MEASURE = re.compile(
    r"(?<![\w.,-])(?P<number>\d[\d.,]*\d|\d)(?=\s?(?:%|percent|per cent|degrees?|met(?:re|er)s?|kilomet(?:re|"
    r"er)s?|km|cm|mm|"
    r"nanomet(?:re|er)s?|micro(?:n|met(?:re|er))s?|miles?|feet|tons?|tonnes|kilograms?|grams?|kg|volts?|"
    r"watts?|hertz|years?|"
    r"days?|hours?|minutes?|seconds?|weeks?|months?|million|billion|trillion|thousand|times|dollars?|euros?|pounds?|"
    r"people|people|cells?|atoms?|genes?|bits?|bytes?)\b)",
    re.IGNORECASE,
)
_NOT_AFTER = frozenset(
    "very so too more most almost its their his her our your my other others some only not be been being is "
    "are was were to can will has "
    "have had".split()
)
_BEFORE_VERBS = frozenset("to can will would could should must may might not we you they".split())
_NO_NOUN = re.compile(r".*(?:ly|ed|ous|ful|ive|able|ible|less)$", re.IGNORECASE)
_ENDS_NOUN = frozenset(
    "of in on at by for with from to into between and or is are was were can will may must should would has "
    "have had that "
    "which who as than because when if while so but do does over under through during without depends depend".split()
)
_VAGUE = frozenset(
    "addition order general particular month months years hours minutes seconds days weeks millions thousands "
    "hundreds definition description application applications goal advantage disadvantage aspect aspects effect "
    "approach method methods technique techniques result results example examples problem problems value values "
    "amount level type types size form use test review technology system systems property properties feature "
    "features discrete structure strategy step steps set sets shape member members".split()
)
"""Nouns that many others could stand for; a term of two words may end in one."""
_CLOSES = _ENDS_NOUN | frozenset(
    "we you they it he she then therefore also how what where not all like using within without about after before "
    "since there now here just only still always never often given i your our their its this these at again whether "
    "too though although both whose very".split()
)
"""What ends a group of words in free speech, where commas are few."""
_ACTS = frozenset(_VERBS) - frozenset(
    "form forms control state show use need work change cost map measure design return end start play".split()
)
"""Verbs that are hardly ever nouns."""
_LIKE_ADJECTIVE = re.compile(r".*(?:al|ic|ive|ar|ous|ary)$")
_ABSTRACT = re.compile(
    r".*(?:tion|sion|ity|ment|ance|ence|ism|ology|sis|ics|ure|ness|or|er|gram|graph|ory|ogy|thm|ix|um|us|ary|ing)s?$"
)
"""Endings of words that a science makes."""
_NO_PART = frozenset(
    "particular single main certain various different specific given new own big whole extra remaining actual "
    "usual typical several similar previous".split()
)
"""Adjectives that belong to no term, whatever they stand before."""
_ORDINAL = re.compile(r"(?:first|second|third|last|next|other)\b", re.IGNORECASE)
_OWN = 5.0
"""Weight of a word in a lecture from which it is clearly one of the lecture's own: see `Vocabulary.weight`."""
_OFTEN = 3
"""In how many sentences two words must stand together to be a term, if the first could be a verb."""
_LEFT = 3
"""Content words that a sentence must keep beside its gap, so that it can be told what belongs there."""


@dataclass(frozen=True)
class Gapped:
    """A sentence with a gap.

    Attributes:
        question: with `GAP` in it once.
        answer: what was there.
        worth: how good a gap it is; higher is better.
    """

    question: str
    answer: str
    worth: float


def gapped(text: str, words: Vocabulary) -> Gapped | None:
    """Leave out of a clause what is best asked for; None if nothing in it is worth that, or could be told."""
    found = [gap for gap in (*_named(text), *_dated(text), *_measured(text), *_term(text, words)) if _can_be_told(gap)]
    return max(found, key=lambda gap: gap.worth, default=None)


def spoken_gaps(text: str, words: Vocabulary) -> Iterator[Gapped]:
    """Every gap that free speech could get, each weighed by how much of a term it asks for, 0 being usual."""
    for gap in (*_named(text), *_dated(text), *_measured(text)):
        if _can_be_told(gap):
            yield Gapped(gap.question, gap.answer, 1.0 if gap.worth >= 3 else 0.3)
    tokens = list(WORD.finditer(text))
    for last in range(len(tokens)):
        first = _begin_of_term(text, tokens, last, words) if _ends_term(text, tokens, last, words) else None
        if first is not None:
            gap = _cut(text, tokens[first].start(), tokens[last].end(), 0.0)
            if _can_be_told(gap):
                yield Gapped(gap.question, gap.answer, _weighed(gap, words))


def _weighed(gap: Gapped, words: Vocabulary) -> float:
    parts = WORD.findall(gap.answer)
    heaviest = max(map(words.weight, parts))
    return (
        0.5 * (len(parts) > 1)
        + 0.15 * (min(heaviest, 8) - 5)
        + 0.2 * min(math.log(words.often(parts[-1]) + 1), 3)
        + 0.3 * bool(_ABSTRACT.match(parts[-1]))
        + 0.08 * (min(words.reach(parts[-1]), 7) - 3)
        + 0.1 * gap.question.startswith(GAP)
        - 1.0 * bool(_ORDINAL.match(gap.answer))
        - 0.3
    )


def _ends_term(text: str, tokens: list[re.Match[str]], at: int, words: Vocabulary) -> bool:
    """Whether a word ends a group of words that may be a term of the lecture."""
    word, before = tokens[at][0], tokens[at - 1][0] if at else ""
    after = tokens[at + 1][0].lower() if at + 1 < len(tokens) else ""
    between = text[tokens[at].end() : tokens[at + 1].start()] if after else "."
    if not (after in _CLOSES or after in _ACTS or re.match(r"\s*[.,;:!?]", between)):
        return False
    said_together = bool(terms(before)) and words.often(before, word) >= 2
    if is_everyday(word) and not (said_together and not is_everyday(before) and words.weight(before) > _OWN):
        return False  # "set" is no term, "empty set" may be
    if len(word) < 3 or not word.isalpha() or word.lower() in _ACTS or words.often(word) < 2:
        return False
    if before.lower() in _NOT_AFTER or (len(word) == 3 and not said_together):
        return False
    return said_together or not (word.lower() in _VAGUE or _NO_NOUN.match(word) or not words.is_noun(word))


def _begin_of_term(text: str, tokens: list[re.Match[str]], last: int, words: Vocabulary) -> int | None:
    """The index of the first word of the term that ends with one; None where it cannot be told apart."""
    first = last
    while first and last - first < 3 and _joins(text, tokens, first, words):
        first -= 1
    if first and first < last and tokens[first - 1][0].lower() in _BEFORE_VERBS:
        first += 1
    if first > 1 and tokens[first - 1][0].endswith("ly") and tokens[first - 2][0].lower() in _BEFORE_VERBS:
        first += 1  # "could easily exchange solutions": the first word is the verb
    while first < last and tokens[first][0].lower() in _NO_PART:
        first += 1
    alone = tokens[last][0]
    if first > last or (first == last and (alone.endswith("ing") or _NO_NOUN.match(alone) or not words.is_noun(alone))):
        return None
    before = tokens[first - 1][0].lower() if first else ""
    apart = not terms(before) or before in _CLOSES | _ACTS | _NO_PART or before.endswith(("ing", "ly"))
    return first if apart or text[tokens[first - 1].end() : tokens[first].start()] != " " else None


def _joins(text: str, tokens: list[re.Match[str]], at: int, words: Vocabulary) -> bool:
    """Whether the word before one belongs to the same term."""
    before, word = tokens[at - 1], tokens[at]
    said = before[0].lower()
    if text[before.end() : word.start()] != " " or not said.isalpha() or not terms(said):
        return False
    together = words.often(said, word[0])
    if said in _CLOSES or (said in _ACTS and together < _OFTEN) or (said.endswith("ly") and together < 2):
        return False
    if is_everyday(said):
        return together >= 2 and at > 1 and tokens[at - 2][0].lower() not in _BEFORE_VERBS
    if said.endswith("ed") and together < 2:
        return False
    if together >= 2 or (before.start() > 0 and before[0][0].isupper() and word[0][0].isupper()):
        return True
    return words.often(said) >= 3 and (words.is_noun(said) or bool(_LIKE_ADJECTIVE.match(said)))


def _cut(text: str, begin: int, end: int, worth: float) -> Gapped:
    return Gapped(text[:begin] + GAP + text[end:], text[begin:end], worth)


def _named(text: str) -> Iterator[Gapped]:
    """What the sentence gives a name to: "a larger unit, called a chunk"."""
    for found in _CALLED.finditer(text):
        if not is_everyday(found["term"]):
            yield _cut(text, *found.span("term"), worth=3.0)


def _dated(text: str) -> Iterator[Gapped]:
    """The year of what happened, where it is the only number."""
    found = _DATE.search(text)
    if found and len(NUMBER.findall(text)) == 1:
        yield _cut(text, *found.span("year"), worth=2.0)


def _measured(text: str) -> Iterator[Gapped]:
    """A quantity with its unit, where it is the only number."""
    found = _MEASURE.search(text)
    if found and len(NUMBER.findall(text)) == 1 and found["number"] not in ("1", "2"):
        yield _cut(text, *found.span("number"), worth=1.5)


def _term(text: str, words: Vocabulary) -> Iterator[Gapped]:
    """A term of the lecture that ends a group of words: with the words before it that belong to it."""
    tokens = list(WORD.finditer(text))
    for i, token in enumerate(tokens):
        after = tokens[i + 1][0].lower() if i + 1 < len(tokens) else ""
        between = text[token.end() : tokens[i + 1].start()] if after else "."
        closed = after in _ENDS_NOUN or between.strip() != ""
        repeated = i > 0 and bool(terms(tokens[i - 1][0])) and words.often(tokens[i - 1][0], token[0]) >= 2
        if not closed or not _is_term(token[0], words, repeated):
            continue
        if i and tokens[i - 1][0].lower() in _NOT_AFTER:
            continue
        first = i
        while first and i - first < 2 and _belongs(text, tokens[first - 1], tokens[first], words):
            first -= 1
        if first and tokens[first - 1][0].lower() in _BEFORE_VERBS and first < i:
            first += 1
        compound = first < i
        if not compound and (words.rough or token[0].endswith("ing")):
            continue
        if not compound and i and not _stands_free(tokens[i - 1][0]):
            continue
        worth = 1.0 + 0.5 * compound + 0.1 * min(5, words.often(token[0])) - 0.6 * (first == 0)
        yield _cut(text, tokens[first].start(), token.end(), worth)


def _is_term(word: str, words: Vocabulary, repeated: bool) -> bool:
    """Whether a word ends a term; `repeated`: it is said more than once together with the one before it."""
    least = 3 if words.rough else 2
    return (
        len(word) > 3
        and not re.search(r"\d", word)
        and not is_everyday(word)
        and (repeated or (word.lower() not in _VAGUE and words.is_noun(word)))
        and not _NO_NOUN.match(word)
        and words.often(word) >= least
    )


def _belongs(text: str, before: re.Match[str], word: re.Match[str], words: Vocabulary) -> bool:
    """Whether two neighbouring words are one term: said together more than once, or both parts of a name."""
    if text[before.end() : word.start()] != " " or is_everyday(before[0]) or not before[0][0].isalpha():
        return False
    name = before.start() > 0 and before[0][0].isupper() and word[0][0].isupper()
    if name or words.often(before[0], word[0]) >= 2:
        return True
    if _NO_NOUN.match(before[0]) or words.rough:
        return False
    return words.often(before[0]) >= 3 and words.is_noun(before[0])


def _stands_free(before: str) -> bool:
    """Whether a word before a noun is no part of its term: an article, a preposition, a verb."""
    return not terms(before) or before.lower() in _ENDS_NOUN


def frequent(text: str, words: Vocabulary) -> Gapped | None:
    """Leave out of a sentence in any language the word of it that the lecture has most, if it is not one of "
    "all of them.

    What every sentence has is no term; a word of three letters or fewer seldom is.
    """
    left_out = function_words(words.language)
    found = [
        _cut(text, *token.span(), worth=words.often(token[0]))
        for token in WORD.finditer(text)
        if len(token[0]) > 3 and plain(token[0]) not in left_out and 3 <= words.often(token[0]) <= words.total / 2 + 3
    ]
    return max((gap for gap in found if _can_be_told(gap)), key=lambda gap: (gap.worth, len(gap.answer)), default=None)


def _can_be_told(gap: Gapped) -> bool:
    answer, rest = terms(gap.answer), terms(gap.question.replace(GAP, " "))
    leaks = bool(set(answer) & set(rest))
    leaks = leaks or len(set(answer)) < len(answer)
    return len(set(rest)) >= _LEFT and not leaks and gap.question.count(GAP) == 1
