"""A claim + the lecture's sentences → the words that support it, or None.

Language models invent. Whatever one wrote is kept only if a few neighbouring sentences of the lecture say it: its
numbers, its names, enough of its words, and the same thing denied. The check compares words; it does not understand
them, so that who did what to whom can still be turned round.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from lecture.notes import Evidence
from lecture.ranking import terms
from lecture.sentences import Sentence

ENOUGH_SUPPORT = 0.85
"""Least share of a claim's terms that its evidence must contain: of up to six terms every one.

Of 51 true and 55 false claims about two lectures, 0.7 kept 46 and 10, 0.8 kept 45 and 7, 0.85 kept 42 and 2.
"""
_ENOUGH_IN_ONE = 0.5
"""Least share of a claim's terms that one sentence of its evidence must contain."""
_ENOUGH_BY_NUMBER = 0.65
"""Least share of the terms beside a number that the sentence with this number must contain."""
MOST_SENTENCES = 3
"""Neighbouring sentences that may support a claim together."""
_LONGER_COSTS = 0.08
"""Share of terms that another sentence of evidence must bring, to be worth quoting."""
_SCOPE = 4
"""Content words after a negation that it denies."""

_TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?(?:st|nd|rd|th)?\b|[^\W_]+(?:['’][^\W_]+)?|[.,;:!?()]")
_NEGATION = re.compile(
    r"not|no|never|none|nothing|nobody|nowhere|neither|nor|without|cannot|hardly|lacks?|lacking|.*n['’]t", re.IGNORECASE
)
_NOT_ONLY = re.compile(r"\bnot (?=only|just|merely|simply)", re.IGNORECASE)
_CLAUSE_ENDS = re.compile(
    r"[.,;:!?()]|but|because|although|though|while|whereas|unless|until|if|when|so", re.IGNORECASE
)
_CLAUSE_BORDER = re.compile(
    r"[;:]\s|,\s(?=\D)|(?<!hundred)(?<!thousand)(?<!million)\s(?:and|but|while|whereas)\s(?=[^\W\d])", re.IGNORECASE
)
_ENUMERATES = re.compile(r"^(?:first|second|third|fourth|fifth)(?:ly)?,\s+", re.IGNORECASE)
_FRAMING = frozenset(
    terms(
        "lecture lecturer speaker teacher professor text passage transcript part section topic concept summary discuss "
        "discusses explain explains describe describes mention mentions state states define defines name list overall "
        "additionally furthermore moreover example means refers called involves includes"
    )
)
"""Words in which models talk about a text: they claim nothing about its subject."""

_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen " + (
    "seventeen eighteen nineteen"
)
_NUMBERS = {word: value for value, word in enumerate(_UNITS.split())} | {
    word: 10 * value
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_ORDINALS = {
    word: f"{value}th"
    for value, word in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split(), start=1)
}
_FRACTIONS = {f"{word}s": f"1/{value}" for value, word in enumerate(_ORDINALS, start=1) if value > 2}
_OPPOSITES = [
    (set(one.split()), set(other.split()))
    for one, other in (
        ("more most", "less fewer least fewest"),
        (
            "increase increases increased rise rises grow grows",
            "decrease decreases decreased fall falls shrink shrinks",
        ),
        ("before", "after"),
        ("always often usually", "never rarely seldom"),
        ("all every everyone", "none nobody"),
        ("high higher highest", "low lower lowest"),
        ("fast faster quick quickly", "slow slower slowly"),
        ("strong stronger strengthen strengthens", "weak weaker weaken weakens"),
        ("better best improve improves", "worse worst worsen worsens"),
        ("large larger big bigger", "small smaller little"),
        ("long longer", "short shorter"),
        ("easy easier", "hard harder difficult"),
        ("early earlier", "late later"),
        ("true right", "false wrong"),
        ("with", "without"),
        ("maximum", "minimum"),
        ("positive", "negative"),
        ("same", "different"),
        ("open opens opened", "close closes closed"),
    )
]
_PREFIXES = ("un", "in", "im", "non", "dis", "ir")


def find_support(claim: str, sentences: Sequence[Sentence]) -> Evidence | None:
    """Find the sentences of a lecture that say what a claim says.

    Args:
        claim: one statement that a model wrote.
        sentences: what the model was given, in order.

    Returns:
        The one to three neighbouring sentences that share most with the claim and agree with it in numbers, names
        and negation, quoted as they were said; None if there are none.
    """
    wanted = _content(claim)
    if not wanted and not _numbers(claim):
        return None
    names = _names(claim, sentences)
    best: tuple[float, Sequence[Sentence]] | None = None
    for run in _runs(sentences):
        said = " ".join(sentence.text for sentence in run)
        share = _share(wanted, _content(said))
        worth = share - _LONGER_COSTS * (len(run) - 1)
        if share >= ENOUGH_SUPPORT and (best is None or worth > best[0]) and _agree(claim, names, run):
            best = (worth, run)
    return Evidence(" ".join(s.text for s in best[1]), best[1][0].start, best[1][-1].end) if best else None


def _runs(sentences: Sequence[Sentence]) -> Iterator[Sequence[Sentence]]:
    """Every one to three neighbouring sentences, the shorter runs first."""
    for length in range(1, MOST_SENTENCES + 1):
        for start in range(len(sentences) - length + 1):
            yield sentences[start : start + length]


def _agree(claim: str, names: frozenset[str], run: Sequence[Sentence]) -> bool:
    said = " ".join(sentence.text for sentence in run)
    return (
        max(_share(_content(claim), _content(sentence.text)) for sentence in run) >= _ENOUGH_IN_ONE
        and _have_the_numbers(claim, run)
        and _share(names, _content(said)) == 1
        and _deny_the_same(claim, said)
        and not _are_opposed(claim, said)
    )


@lru_cache(maxsize=20_000)
def _content(text: str) -> frozenset[str]:
    """The terms of a text, without numbers and without talk about the text itself."""
    found = terms(text.replace("%", " percent "))
    # `terms` knows "turn" as a function word, but not "turns": so its stems are looked at once more.
    return frozenset(t for t in found if terms(t) and t not in _FRAMING and not _is_number(t))


def _is_number(term: str) -> bool:
    return term[0].isdigit() or term in _NUMBERS or term in _SCALES or term in _ORDINALS


@lru_cache(maxsize=100_000)
def _same(one: str, other: str) -> bool:
    """Whether two terms are forms of one word, such as "consolidate" and "consolidation", or "lose" and "losing"."""
    short, long = sorted((one.rstrip("e"), other.rstrip("e")), key=len)
    if short == long or (len(short) >= 3 and long in {short + ending for ending in ("s", "ed", "er", "ing")}):
        return True
    shared = max(5, min(len(one), len(other)) - 1)
    return one[:shared] == other[:shared] and len(short) >= shared - 1


def _is_among(term: str, others: frozenset[str]) -> bool:
    return term in others or any(_same(term, other) for other in others)


def _share(wanted: frozenset[str], found: frozenset[str]) -> float:
    """Share of the wanted terms that were found; 1 where none is wanted."""
    return sum(_is_among(term, found) for term in wanted) / len(wanted) if wanted else 1.0


def _names(claim: str, sentences: Sequence[Sentence]) -> frozenset[str]:
    """Terms of the claim that are written as names are: with a capital that is not just a sentence's first letter.

    A claim's first word counts, too, unless the lecture itself knows it as a common word.
    """
    written = " ".join(sentence.text for sentence in sentences)
    has_capitals = written != written.lower()
    common = {word for word in re.findall(r"[^\W_]+", written) if has_capitals and word.islower()}
    words = re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", claim)
    capitalised = [word for i, word in enumerate(words) if word != word.lower() and (i or word.lower() not in common)]
    return _content(" ".join(capitalised))


def _numbers(text: str) -> frozenset[str]:
    """Every number of a text, written in digits or in words, in digits; ordinals as "3th", fractions as "1/3"."""
    found: set[str] = set()
    words: list[str] = []
    for word in [*_TOKEN.findall(text.lower()), "."]:
        if word in _NUMBERS or word in _SCALES or (word == "and" and words and words[-1] in _SCALES):
            words.append(word)
            continue
        found.update(_spoken_numbers(words))
        words = []
        if word[0].isdigit():
            found.add(word.rstrip("stndrh").replace(",", "") + ("th" if word[-1].isalpha() else ""))
        elif word in _ORDINALS or word in _FRACTIONS:
            found.add(_ORDINALS.get(word) or _FRACTIONS[word])
    return frozenset(found)


def _spoken_numbers(words: Iterable[str]) -> Iterator[str]:
    """Numbers from words that stand side by side: "forty two", "nineteen eighty four", "three hundred"."""
    total, group, before = 0, None, 0
    for word in words:
        value = _NUMBERS.get(word)
        if word in _SCALES:
            scaled = (1 if group is None else group) * _SCALES[word]
            total, group = (total, scaled) if word == "hundred" else (total + scaled, None)
        elif value is not None:
            if group is None:
                group = value
            elif (before >= 20 and before % 10 == 0 and 0 < value < 10) or group % 100 == 0:
                group += value
            elif 10 <= group < 100 and value >= 10:
                group = 100 * group + value
            else:
                yield str(total + group)
                total, group = 0, value
            before = value
    if group is not None or total:
        yield str(total + (group or 0))


def _have_the_numbers(claim: str, run: Sequence[Sentence]) -> bool:
    """Whether the numbers of each clause of the claim stand together in a clause of the run, beside the same words."""
    for clause in _CLAUSE_BORDER.split(_ENUMERATES.sub("", claim)):
        asserted = _numbers(clause)
        if "1" in asserted and not re.search(r"\b1\b", clause):
            asserted -= {"1"}  # "one" is mostly no number
        beside = _content(clause) or _content(claim)
        if asserted and not any(
            _share(beside, _content(sentence.text)) >= _ENOUGH_BY_NUMBER
            and any(
                asserted <= _numbers(part) and _share(_content(part), beside) > 0
                for part in _CLAUSE_BORDER.split(sentence.text)
            )
            for sentence in run
        ):
            return False
    return True


def _deny_the_same(claim: str, said: str) -> bool:
    """Whether what either text denies is denied in the other, too, as far as both speak of it."""
    mine, theirs = _denied(claim), _denied(said)
    here = [term for term in mine if _is_among(term, _content(said))]
    there = [term for term in theirs if _is_among(term, _content(claim))]
    heads = [(term, theirs) for term in here if mine[term]] + [(term, mine) for term in there if theirs[term]]
    if _is_negated(claim) and not _is_negated(said):
        return False
    if (here or there) and not any(_is_among(term, frozenset(there)) for term in here):
        return False
    return all(_is_among(term, frozenset(denied)) for term, denied in heads)


def _is_negated(text: str) -> bool:
    return any(_NEGATION.fullmatch(word) for word in _TOKEN.findall(_NOT_ONLY.sub("", text)))


@lru_cache(maxsize=20_000)
def _denied(text: str) -> dict[str, bool]:
    """The terms that follow a negation in its clause; True for those that stand next to it."""
    denied: dict[str, bool] = {}
    left = 0
    for word in _TOKEN.findall(_NOT_ONLY.sub("", text)):
        if _NEGATION.fullmatch(word):
            left = _SCOPE
        elif _CLAUSE_ENDS.fullmatch(word):
            left = 0
        elif left and _content(word):
            denied |= {term: left == _SCOPE or denied.get(term, False) for term in _content(word)}
            left -= 1
    return denied


def _are_opposed(claim: str, said: str) -> bool:
    """Whether one text has a word whose opposite stands in its place in the other."""
    mine, theirs = (set(re.findall(r"[^\W\d_]+", text.lower())) for text in (claim, said))
    for one, other in _OPPOSITES:
        for here, there in ((one, other), (other, one)):
            if mine & here and not mine & there and theirs & there and not theirs & here:
                return True
    return any(_negates(word, theirs) for word in mine - theirs) or any(_negates(word, mine) for word in theirs - mine)


def _negates(word: str, others: set[str]) -> bool:
    """Whether a word is the negation by prefix of another, such as "unstable" of "stable"."""
    roots = (word.removeprefix(prefix) for prefix in _PREFIXES if word.startswith(prefix))
    return any(len(root) >= 4 and root in others for root in roots)
