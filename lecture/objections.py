"""Why sentences do not say what a claim says, although they have its words: another number or name, a denial, …

Each rule takes the wording of a claim and of what was said, and tells whether it objects.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import product

from lecture.lexicon import opposed, root, same_name, same_word
from lecture.numbers import Number
from lecture.swaps import SWAPS
from lecture.wording import Wording, alike, is_among

_TIMES = frozenset(root(word) for word in "second minute hour day week month year later earlier ago".split())
"""Words of time often hold for more of a sentence than the clause they stand in."""
_ADVERSE = frozenset(
    root(word)
    for word in "lose stop prevent avoid end cease fail miss lack refuse deny reject absent free rare spare far".split()
) | frozenset("only few little neither hardly rarely seldom unless until".split())
"""Words that deny without saying "not"."""
_INSTEAD = frozenset("instead rather".split())
"""Words that deny what follows them."""
_KEEPS_FROM = re.compile(
    r"\b(?:keep|kept|keeps|keeping|protect\w*|sav(?:e|es|ed|ing)|spar(?:e|es|ed|ing))\b(?: [\w']+){0,4} from\b"
)
_ALWAYS = frozenset("always all every everyone everybody everything entirely completely invariably".split())
_NEVER = frozenset("never none nobody".split())
_LIMITS = frozenset(
    "most mostly usually often sometimes some many few seldom rarely hardly almost nearly generally typically "
    "occasionally partly largely mainly".split()
)
_LIFTED = frozenset("not almost nearly".split())
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
    return words, {n for n in text.numbers if n is not number and not n.vague and parts[n.at] == here}


def denial(claim: Wording, said: Wording) -> bool:
    """Whether one denies what the other does not."""
    if not claim.is_negated:
        return said.is_negated and _asserts_denied(claim, said)
    denied_here = {word.root for word in claim.words if word.denied}
    if not said.is_negated:
        return not _is_adverse(said) and not _are_opposed(denied_here, said.roots)
    denied_there = {word.root for word in said.words if word.denied}
    asserts = any(
        not any(alike(head, stem) for stem in denied_here)
        for head in _heads(said)
        if _is_shared(head, claim, said) and not _is_turned(claim, denied_there, head)
    )
    return asserts or any(is_among(head, said.roots) and not is_among(head, denied_there) for head in _heads(claim))


def _asserts_denied(claim: Wording, said: Wording) -> bool:
    """Whether a claim that denies nothing says what was denied: its head, most of its words, or nothing else."""
    denied = {word.root for word in said.words if word.denied}
    matched = [stem for stem in denied if is_among(stem, claim.roots)]
    heads = [head for head in _heads(said) if _is_shared(head, claim, said)]
    if any(not _is_turned(claim, denied, head) for head in heads):
        return True
    turned = _is_adverse(claim) or _are_opposed(denied, claim.roots)
    return not turned and (len(matched) > 1 or _is_closest(matched, claim, said))


def _heads(text: Wording) -> set[str]:
    """The words right after a negation."""
    return {word.root for word in text.words if word.denied == 2}


def _is_turned(claim: Wording, denied: Iterable[str], head: str) -> bool:
    """Whether a claim denies a word in other terms: with the opposite of what was denied, "fails to", "instead of"."""
    if _are_opposed(denied, claim.roots) or _KEEPS_FROM.search(" ".join(claim.tokens)):
        return True
    places = [word.at for word in claim.words if alike(word.root, head)]
    adverse = [word.at for word in claim.words if word.root in _ADVERSE]
    adverse += [at for at, token in enumerate(claim.tokens) if token in _ADVERSE]
    instead = [at for at, token in enumerate(claim.tokens) if token in _INSTEAD]
    return any(claim.clauses[at] == claim.clauses[other] for at in places for other in adverse) or any(
        other < at for at in places for other in instead
    )


def _are_opposed(some: Iterable[str], others: Iterable[str]) -> bool:
    return any(opposed(one, other) for one, other in product(some, others))


def _is_closest(denied: Sequence[str], claim: Wording, said: Wording) -> bool:
    """Whether a clause with a denied word is the one that shares most with a claim."""
    shared: Counter[int] = Counter()
    for word in said.words:
        shared[word.clause] += is_among(word.root, claim.roots)
    clauses = {word.clause for word in said.words if word.denied and word.root in denied}
    return any(shared[clause] == max(shared.values()) for clause in clauses)


def _is_shared(stem: str, claim: Wording, said: Wording) -> bool:
    """Whether the claim has a word of what was said, or one of its meaning together with others of its clause."""
    if is_among(stem, claim.roots):
        return True
    clauses = {word.clause for word in said.words if word.root == stem}
    beside = {word.root for word in said.words if word.clause in clauses and word.root != stem}
    return any(alike(stem, other) for other in claim.roots) and any(is_among(other, claim.roots) for other in beside)


def _is_adverse(text: Wording) -> bool:
    words = text.roots.union(text.tokens)
    return not words.isdisjoint(_ADVERSE | _INSTEAD) or bool(_KEEPS_FROM.search(" ".join(text.tokens)))


def overstated(claim: Wording, said: Wording) -> bool:
    """Whether the claim says "always", "all" or "never" where the sentence says "often", "most" or "seldom"."""
    for absolute in (_ALWAYS, _NEVER):
        if _says(claim, absolute) and not _says(said, absolute) and not _LIMITS.isdisjoint(said.tokens):
            return True
    return False


def _says(text: Wording, words: frozenset[str]) -> bool:
    """Whether a text has one of the words, not denied, and not in front of a number ("every two years")."""
    for at, token in enumerate(text.tokens):
        counts = any(number.at in (at + 1, at + 2) for number in text.numbers)
        if token in words and not counts and _LIFTED.isdisjoint(text.tokens[max(0, at - 2) : at]):
            return True
    return False


def opposites(claim: Wording, said: Wording) -> bool:
    """Whether a word of the claim stands where the sentence has its opposite."""
    if claim.is_negated != said.is_negated:
        return False
    for one, other in ((_MORE, _LESS), (_LESS, _MORE)):
        here, there = one.intersection(claim.tokens), other.intersection(said.tokens)
        if here and there and other.isdisjoint(claim.tokens) and one.isdisjoint(said.tokens):
            return True
    mine = [stem for stem in claim.roots if not is_among(stem, said.roots)]
    theirs = [stem for stem in said.roots if not any(alike(stem, other) for other in claim.roots)]
    turned = ("less" in claim.tokens) != ("less" in said.tokens)
    return (_are_opposed(mine, theirs) and not turned) or any(
        _negates(word, others) for words, others in ((claim, said), (said, claim)) for word in _new(words, others)
    )


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
