"""What a text denies: each "not", "never", "without", "fails to" and what it reaches, and whether two texts agree.

A text is not parsed: a negation reaches the next few content words of its clause, up to a verb that begins something
new, or the words before it where none follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from lecture.checking.lexicon import opposed, root
from lecture.checking.plain_words import unnegated
from lecture.checking.wording import BORDERS, NEGATION, PUNCTUATION, Wording, alike, is_among

_REACH = 4
"""Content words that a negation reaches."""
_REACH_BACK = 2
"""Content words before a negation that it reaches where none follow: "he published nothing"."""
_VERBS_BEGIN = frozenset("is are was were will would shall should can could may might must".split())
"""Where the reach of a negation ends, once it has reached a word."""
_IN_OTHER_WORDS = frozenset(root(word) for word in "prevent avoid lack absence".split())
_BEFORE_TO = frozenset(root(word) for word in "fail failure refuse unable inability incapable".split())
"""Words that deny what follows them, as "not" does; those of the second kind only before "to"."""
_ADVERSE = (
    _IN_OTHER_WORDS
    | _BEFORE_TO
    | frozenset(
        root(word)
        for word in """
    stop cease deny reject lose end miss absent free rare spare far weak poor hard difficult replace abandon drop
    omit skip contrary
    contrast mismatch conflict wrong false mistake error doubt dispute lie instead rather unlike seldom rarely few
    little only until unless except neither too exclude refute reverse opposite alone conceal hide ignore forbid
    """.split()
    )
)
_ADVERSE_TOKENS = frozenset("only few little less neither hardly rarely seldom unless until except too alone".split())
"""With these a text may say without a negation what another says with one."""
_KEEPS_FROM = re.compile(
    r"\b(?:keep|kept|keeps|keeping|protect\w*|sav(?:e|es|ed|ing)|spar(?:e|es|ed|ing))\b(?: [\w']+){0,4} from\b"
)
_CONDITIONS = frozenset("without unless until".split())
"""Two denials in one sentence, one of them by these, say what is needed: "without attention nothing is stored"."""
_IT_IS = re.compile(r"\b(?:it|that|this) (?:(?:is|was) not|(?:is|was)n't)")
"""Denied of these, something said before is denied: "that is not true"."""
_AND_SO = frozenset("so and but or therefore".split())
_REPORTS = frozenset(root(word) for word in "mean imply show prove say think believe suggest sign follow".split())
"""Denied, these deny the whole clause that they begin."""
_NEEDS = frozenset(root(word) for word in "need require depend rely essential necessary must crucial".split())


@dataclass(frozen=True)
class Denial:
    """A negation: its place, the roots of the words that it reaches, the nearest first, and whether it is a plain one.

    Attributes:
        at: index of its token.
        words: roots it reaches; none where it denies a pronoun.
        plain: whether it is "not", "no", "never" and the like, rather than "fails to" or "prevents".
    """

    at: int
    words: tuple[str, ...]
    plain: bool


@lru_cache(maxsize=20_000)
def denials(text: Wording) -> tuple[Denial, ...]:
    """Find what a text denies; two denials that together affirm something are left out."""
    found = list(_denials(text))
    needless = {
        one
        for denial in found
        if text.tokens[denial.at] in _CONDITIONS
        for other in _next_in_sentence(text, denial, found)
        for one in (denial, other)
    }
    return tuple(one for one in found if one not in needless and not (one.plain and _is_conditional(one, text)))


def _is_conditional(denial: Denial, text: Wording) -> bool:
    """Whether a denial holds only "unless" or "until" something else, so that it says what is needed."""
    rest = zip(text.tokens[denial.at :], range(denial.at, len(text.tokens)), strict=True)
    return any(
        token in ("unless", "until") and text.sentence_at(at) == text.sentence_at(denial.at) for token, at in rest
    )


def _next_in_sentence(text: Wording, denial: Denial, found: Sequence[Denial]) -> list[Denial]:
    others = [o for o in found if o is not denial and text.sentence_at(o.at) == text.sentence_at(denial.at) and o.plain]
    others = [o for o in others if _AND_SO.isdisjoint(text.tokens[min(o.at, denial.at) : max(o.at, denial.at)])]
    return sorted(others, key=lambda other: abs(other.at - denial.at))[:1]


def _denials(text: Wording) -> Iterator[Denial]:
    interjections = {at for at, pair in enumerate(pairwise(text.tokens)) if pair == ("no", ",")}
    for at, token in enumerate(text.tokens):
        following = text.tokens[at + 1 : at + 2]
        plain = bool(NEGATION.fullmatch(token)) and at not in interjections
        in_other_words = (
            root(token) in _IN_OTHER_WORDS
            or (root(token) in _BEFORE_TO and following == ("to",))
            or (token, *following) in (("rather", "than"), ("instead", "of"))
        )
        if plain or in_other_words:
            yield Denial(at, tuple(_reached(text, at)), plain)


def _reached(text: Wording, at: int) -> Iterator[str]:
    """The words after a negation, or where its clause ends with it, those before it."""
    at_word = {place: [word.root for word in text.words if word.at == place] for place in {w.at for w in text.words}}
    start, reached, reports = at + 1, 0, False
    if text.tokens[at] == "not" and text.tokens[start : start + 1] == (",",):  # "and not, as some say, by flutter"
        start = next((i + 1 for i in range(start + 1, len(text.tokens)) if text.tokens[i] == ","), start)
    for place in range(start, len(text.tokens)):
        token = text.tokens[place]
        ends = token in PUNCTUATION or (token in BORDERS and reached)
        begins_anew = reached and token in _VERBS_BEGIN and not reports
        if ends or begins_anew or reached >= _REACH or NEGATION.fullmatch(token):
            break
        for stem in at_word.get(place, ()):
            if reached and stem in _REPORTS:
                return
            yield stem
            reports = reports or stem in _REPORTS
            reached += not reports
    if not reached and text.tokens[start : start + 1] != () and text.tokens[start] not in PUNCTUATION:
        return
    if not reached:
        before = [word for word in text.words if word.at < at and text.pieces[word.at] == text.pieces[at]]
        yield from (word.root for word in before[: -_REACH_BACK - 1 : -1])


def denial(claim: Wording, said: Wording) -> bool:
    """Whether one denies what the other does not."""
    mine, theirs = denials(claim), denials(said)
    if _is_unlike(mine, theirs, claim, said):
        return True
    return any(
        _is_relevant(one, said, claim) and not _is_denied_too(one, mine, said, claim)
        for one in theirs
        if one.plain or not any(alike(root(said.tokens[one.at]), stem) for stem in claim.roots)
    )


def _is_unlike(mine: Sequence[Denial], theirs: Sequence[Denial], claim: Wording, said: Wording) -> bool:
    """Whether the claim denies what was said plainly."""
    for one in mine:
        if not one.plain and is_among(root(claim.tokens[one.at]), said.roots):
            continue
        if _is_relevant(one, claim, said) and not _is_denied_too(one, theirs, claim, said):
            return True
    return False


def _is_relevant(one: Denial, text: Wording, other: Wording) -> bool:
    """Whether the other text has the word next to a negation, or most of those it reaches."""
    if not one.words:
        return False
    shared = [stem for stem in one.words if is_among(stem, other.roots)]
    if one.plain:
        return one.words[0] in shared or len(shared) > 1 or _is_said_otherwise(one, text, other)
    return one.words[0] in shared


def _is_said_otherwise(one: Denial, text: Wording, other: Wording) -> bool:
    """Whether the other text has a word of one meaning for the denied one, and words that stand beside it."""
    head = one.words[0]
    if not any(alike(head, stem) for stem in other.roots):
        return False
    beside = {w.root for w in text.words if text.clauses[w.at] == text.clauses[one.at] and w.root != head}
    return not beside or any(is_among(stem, other.roots) for stem in beside)


def _is_denied_too(one: Denial, others: Sequence[Denial], text: Wording, other: Wording) -> bool:
    """Whether another text denies what one denies: the same words, none in particular, or in other terms."""
    for candidate in others:
        if candidate.words and opposed(one.words[0], candidate.words[0]):
            return False
        if not candidate.words or any(alike(stem, word) for stem in one.words for word in candidate.words):
            return True
        astray = not is_among(candidate.words[0], text.roots) and not is_among(one.words[0], other.roots)
        if astray and (candidate.plain or sum(is_among(stem, other.roots) for stem in one.words) < 2):
            return True
        if candidate.plain and _IT_IS.search(" ".join(other.tokens[max(0, candidate.at - 2) : candidate.at + 1])):
            return True
    needed = sum(text.sentence_at(o.at) == text.sentence_at(one.at) for o in denials(text) if o.plain) > 1
    return (
        _are_opposed(one.words, other.roots)
        or _is_adverse(other, text, one.words)
        or (needed and not _NEEDS.isdisjoint(other.roots))
    )


def _are_opposed(some: Iterable[str], others: Iterable[str]) -> bool:
    others = list(others)
    return any(opposed(one, other) for one in some for other in others)


def _is_adverse(text: Wording, other: Wording, denied: Sequence[str]) -> bool:
    """Whether a text has a word of its own that can stand for a negation, in a clause of the denied words."""
    clauses = {word.clause for word in text.words if any(alike(word.root, stem) for stem in denied)}
    others = {one.at for one in denials(text) if one.words and not any(alike(a, b) for a in one.words for b in denied)}
    return any(
        (
            token not in other.tokens
            and at not in others
            and text.clauses[at] in clauses
            and (
                token in _ADVERSE_TOKENS
                or (root(token) in _ADVERSE and not is_among(root(token), other.roots))
                or unnegated(token)
            )
        )
        or any(alike(root(unnegated(token)), stem) for stem in denied if token not in other.tokens)
        for at, token in enumerate(text.tokens)
    ) or bool(_KEEPS_FROM.search(" ".join(text.tokens)))
