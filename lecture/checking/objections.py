"""Why sentences do not say what a claim says, although they have its words: another number or name, a denial, …

Each rule takes the wording of a claim and of what was said, and tells whether it objects.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import product

from lecture.checking.denials import denial, denials
from lecture.checking.lexicon import opposed, root, same_name, same_word
from lecture.checking.numbers import Number
from lecture.checking.swaps import SWAPS
from lecture.checking.wording import Word, Wording, alike, is_among

_TIMES = frozenset(root(word) for word in "second minute hour day week month year later earlier ago".split())
"""Words of time often hold for more of a sentence than the clause they stand in."""
_ABOUT = frozenset(root(word) for word in "nearly almost roughly approximately exactly".split())
_ABSOLUTE = (
    frozenset("always invariably constantly inevitably".split()),
    frozenset("all every each everyone everybody everything entirely completely exception whole".split()),
    frozenset("never none nobody nothing".split()),
)
"""Words that leave no exception, by what they say."""
_LIMITS = frozenset(
    "most mostly usually often sometimes some many few seldom rarely hardly almost nearly generally typically "
    "occasionally partly largely mainly may might perhaps maybe probably possibly tend tends except exception".split()
)
_LIFTED = frozenset("not almost nearly".split())
_ONE_OF = re.compile(r"\b(?:one of|among)(?: the| its| our)? (?:several|many|few|two|three|four|five|six|\w+s)\b")
_THE_ONLY = re.compile(r"\bthe (?:only|sole)\b(?! one of)")
_PREFIXES = ("un", "in", "im", "non", "dis", "ir")
_MORE, _LESS = frozenset(("more", "most")), frozenset("less fewer least fewest".split())


def other_number(claim: Wording, run: Sequence[Wording]) -> bool:
    """Whether a number of the claim is not said, or is said of what another number is said of."""
    return any(not _is_said(number, claim, run) for number in claim.numbers) or _exchanged_numbers(claim, run)


def _is_said(number: Number, claim: Wording, run: Sequence[Wording]) -> bool:
    if number.vague:
        return True
    equal = [_beside(claim, number, said, other) for said in run for other in said.numbers if number.equals(other)]
    if not equal:
        ordinals = (other for said in run for other in said.numbers if other.kind == "ordinal")
        return number.kind == "ordinal" and number.value == 1 and not any(ordinals)
    rivals = [
        _beside(claim, number, said, other)
        for said in run
        for other in said.numbers
        if (number.kind, number.unit) == (other.kind, other.unit) and not any(m.equals(other) for m in claim.numbers)
    ]
    return any(all(mine - rival or not rival - mine for rival in rivals) for mine in equal)


def _exchanged_numbers(claim: Wording, run: Sequence[Wording]) -> bool:
    """Whether two numbers of the claim would stand beside more of their words if they changed places."""
    for i, one in enumerate(claim.numbers):
        for other in claim.numbers[i + 1 :]:
            if (one.kind, one.unit) == (other.kind, other.unit) and one.value != other.value:
                straight = _nearest(claim, one, one, run) + _nearest(claim, other, other, run)
                crossed = _nearest(claim, one, other, run) + _nearest(claim, other, one, run)
                if crossed > straight:
                    return True
    return False


def _nearest(claim: Wording, mine: Number, value: Number, run: Sequence[Wording]) -> int:
    places = (_beside(claim, mine, said, other) for said in run for other in said.numbers if value.equals(other))
    return max(map(len, places), default=0)


def _beside(claim: Wording, mine: Number, said: Wording, theirs: Number) -> frozenset[str | Number]:
    """What stands beside a number in the claim and beside one in the sentence, too: words, and other numbers."""
    here, numbers = _neighbourhood(claim, mine, claim.pieces)
    there, others = _neighbourhood(said, theirs, said.members)
    words = {stem for stem in here if any(alike(stem, other) for other in there)}
    return frozenset(words | {number for number in numbers if any(number.equals(other) for other in others)})


def _neighbourhood(text: Wording, number: Number, parts: Sequence[int]) -> tuple[set[str], set[Number]]:
    here = parts[number.at]
    words = {word.root for word in text.words if parts[word.at] == here and word.root not in _TIMES}
    return words - _ABOUT, {n for n in text.numbers if n is not number and parts[n.at] == here}


def overstated(claim: Wording, said: Wording) -> bool:
    """Whether the claim says "always", "all" or "never" where the sentence says "often", "most" or "seldom"."""
    if _ONE_OF.search(" ".join(claim.tokens)) and _THE_ONLY.search(" ".join(said.tokens)):
        return True
    hedged = not _LIMITS.isdisjoint(set(said.tokens) - set(claim.tokens))
    return hedged and any(_says(claim, absolute) and not _says(said, absolute) for absolute in _ABSOLUTE)


def _says(text: Wording, words: frozenset[str]) -> bool:
    """Whether a text has one of the words, not denied, and not in front of a number ("every two years")."""
    for at, token in enumerate(text.tokens):
        counts = any(number.at in (at + 1, at + 2) for number in text.numbers)
        always = text.tokens[at : at + 3] == ("all", "the", "time")
        if token in words and not counts and not always and _LIFTED.isdisjoint(text.tokens[max(0, at - 2) : at]):
            return True
    return False


def _are_opposed(some: Iterable[str], others: Iterable[str]) -> bool:
    return any(opposed(one, other) for one, other in product(some, others))


def opposites(claim: Wording, said: Wording) -> bool:
    """Whether a word of the claim stands where the sentence has its opposite."""
    denied = {stem for text in (claim, said) for one in denials(text) for stem in one.words}
    alike_denied = claim.is_negated == said.is_negated
    for one, other in ((_MORE, _LESS), (_LESS, _MORE)) if alike_denied else ():
        here, there = one.intersection(claim.tokens), other.intersection(said.tokens)
        if here and there and other.isdisjoint(claim.tokens) and one.isdisjoint(said.tokens):
            return True
    mine = [stem for stem in claim.roots - denied if not any(alike(stem, other) for other in said.roots)]
    theirs = [stem for stem in said.roots - denied if not any(alike(stem, other) for other in claim.roots)]
    turned = ("less" in claim.tokens) != ("less" in said.tokens)
    if (_are_opposed(mine, theirs) or _opposite_in_place(claim, said, denied)) and not turned:
        return True
    return alike_denied and any(
        _negates(word, others) for words, others in ((claim, said), (said, claim)) for word in _new(words, others)
    )


def _opposite_in_place(claim: Wording, said: Wording, denied: Collection[str]) -> bool:
    """Whether a word of the claim has the company of its opposite, which the claim has not."""
    company = [(word.root, _beside_in_clause(word, said)) for word in said.words if word.root not in denied]
    for word in claim.words:
        mine = _beside_in_clause(word, claim)
        straight = [_shared(mine, theirs) for stem, theirs in company if alike(stem, word.root)]
        crossed = [
            _shared(mine, theirs)
            for stem, theirs in company
            if opposed(stem, word.root) and not is_among(stem, claim.roots)
        ]
        if word.root not in denied and straight and crossed and max(crossed) > max(straight):
            return True
    return False


def _beside_in_clause(word: Word, text: Wording) -> set[str]:
    return {other.root for other in text.words if other.clause == word.clause and other is not word}


def _shared(some: Iterable[str], others: Iterable[str]) -> int:
    others = list(others)
    return sum(any(alike(one, other) for other in others) for one in some)


def _new(text: Wording, other: Wording) -> set[str]:
    return set(text.tokens).difference(other.tokens)


def _negates(word: str, text: Wording) -> bool:
    """Whether a word is the negation by prefix of one of a text, such as "unstable" of "stable"."""
    parts = (word.removeprefix(prefix) for prefix in _PREFIXES if word.startswith(prefix))
    return any(len(part) >= 4 and part in text.tokens for part in parts)


def other_name(names: Iterable[str], said: Iterable[str]) -> bool:
    """Whether a name of the claim is not among the words of the sentences and of those around them."""
    there = list(said)
    initials = "".join(word[0] for word in there)
    return any(
        not any(same_word(name, other) or same_name(name, other) for other in there)
        and not (len(name) > 2 and name in initials)
        for name in names
    )


CONTRADICTIONS: tuple[Callable[[Wording, Wording], bool], ...] = (denial, opposites, overstated, *SWAPS)
"""The rules that compare a claim with all of what was said, taken together."""
