"""The numbers of a text, written in digits or in words, each with what it counts."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Words = tuple[str, ...]
Kind = Literal["count", "ordinal", "share"]

_SMALL = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen " + (
    "seventeen eighteen nineteen"
)
_WORDS = (
    {word: value for value, word in enumerate(_SMALL.split())}
    | {
        word: 10 * value
        for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
    }
    | {
        word: 10 * value
        for value, word in enumerate(
            "twenties thirties forties fifties sixties seventies eighties nineties".split(), start=2
        )
    }
    | {"twice": 2, "thrice": 3, "dozen": 12}
)
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000, "trillion": 10**12}
_ORDINALS = {
    word: value
    for value, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), start=1
    )
}
_PARTS = {word: value for word, value in _ORDINALS.items() if value > 2} | {"quarter": 4, "half": 2}
_PARTS |= {f"{word}s": value for word, value in _PARTS.items()} | {"halves": 2}
_PERCENT = {"percent", "per-cent", "percentage"}
MEASURES = frozenset(
    "second minute hour day week month year decade century centurie millennium percent degree metre meter kilometre "
    "kilometer centimetre centimeter millimetre millimeter mile foot feet inch gram kilogram kilo ton tonne pound "
    "litre liter euro dollar cent volt watt joule newton calorie hertz".split()
)
_BASE = {
    unit: (units[0], size)
    for units, sizes in (
        (("second", "minute", "hour", "day", "week"), (1, 60, 3600, 86_400, 604_800)),
        (("month", "year"), (1, 12)),
        (("metre", "kilometre", "centimetre", "millimetre"), (1, 1000, 0.01, 0.001)),
        (("gram", "kilogram", "kilo", "ton", "tonne"), (1, 1000, 1000, 1e6, 1e6)),
    )
    for unit, size in zip(units, sizes, strict=True)
}
"""Measures that can be converted, each with the one it is counted in, and how many of that it is."""
_MULTIPLES = {
    form: value
    for value, forms in (
        (2, "double doubles doubled doubling twofold"),
        (3, "triple triples tripled tripling treble trebled"),
        (4, "quadruple quadruples quadrupled"),
    )
    for form in forms.split()
}
_YEARS = {"decade": 10, "century": 100, "centurie": 100, "millennium": 1000}
_LISTED = frozenset(
    "things ways reasons kinds types factors parts steps points conditions questions groups sorts".split()
)
"""What a count only announces: "it needs two things: …"."""
_HALVES = frozenset("half halves quarter quarters".split())
_DIGITS = re.compile(r"(\d[\d,]*(?:\.\d+)?)(st|nd|rd|th|s)?")
_BEFORE_SCALES = (("a",), ("every",), ("in",), ("of",), ("per",))
_CLOSE = 0.011
"""Difference at which two shares count as one: "two thirds" are 67 percent."""


@dataclass(frozen=True)
class Number:
    """A number of a text.

    Attributes:
        value: the number; of a share ("two thirds", "67 percent") between 0 and 1, mostly.
        kind: whether it counts, names a place in an order, or tells a share.
        unit: the measure that follows ("minute" for "five minutes"), "" where none does.
        at: index of its last word.
        vague: whether it may as well be left out: the article of "a metre", the count of "two things".
    """

    value: float
    kind: Kind
    unit: str
    at: int
    vague: bool = False

    def equals(self, other: Number) -> bool:
        """Whether both say the same, as far as each says it: "four" equals "four minutes" and "240 seconds"."""
        if self.kind != other.kind:
            return False
        if self.kind == "share":
            return abs(self.value - other.value) < _CLOSE
        if self.unit in _BASE and other.unit in _BASE:
            (mine, size), (theirs, other_size) = _BASE[self.unit], _BASE[other.unit]
            return mine == theirs and math.isclose(self.value * size, other.value * other_size, rel_tol=0.001)
        return self.value == other.value and (self.unit == other.unit or not (self.unit and other.unit))


def is_number(word: str) -> bool:
    """Whether a lower-case word is (part of) a number."""
    return (
        word[0].isdigit()
        or word in _WORDS
        or word in _SCALES
        or word in _ORDINALS
        or word in _PARTS
        or word in _MULTIPLES
    )


def find_numbers(words: Words) -> tuple[Number, ...]:
    """Find the numbers of a text.

    Args:
        words: the text's words and punctuation, in lower case.

    Returns:
        Each number, in order. "One" counts as a number only before a measure ("one week"), as "a" does, or as part
        of a larger one.
    """
    found = list(_found(words))
    return tuple(_as_shares(found, words))


def _as_shares(found: Sequence[Number], words: Words) -> Iterator[Number]:
    """Turn "three of every ten" and "one or two in a hundred" into shares."""
    for i, number in enumerate(found):
        if _is_whole(number, words) and i and _is_part_of(found[i - 1], number, words):
            continue
        whole = next((w for w in found[i + 1 : i + 3] if _is_whole(w, words) and _is_part_of(number, w, words)), None)
        yield Number(number.value / whole.value, "share", "", number.at) if whole else number


def _is_whole(number: Number, words: Words) -> bool:
    before = words[max(0, number.at - 2) : number.at]
    return number.value in (10, 100, 1000, 1e6) and number.kind == "count" and not {"in", "of"}.isdisjoint(before)


def _is_part_of(number: Number, whole: Number, words: Words) -> bool:
    between = words[number.at + 1 : whole.at]
    return (
        number.kind == "count"
        and number.value < whole.value
        and len(between) <= 6
        and all(word.isalpha() for word in between)
    )


def _found(words: Words) -> Iterator[Number]:
    at = 0
    while at < len(words):
        end, values = _spoken(words, at)
        if end > at:
            found, at = _in_words(words, at, end, values)
        elif digits := _DIGITS.fullmatch(words[at]):
            found, at = _in_digits(words, at, digits)
        elif words[at : at + 2] in (("half", "a"), ("half", "an")) and _measure(words, at + 1) not in ("", "percent"):
            found, at = _counted(0.5, words, at + 1), at + 2
        else:
            found, at = _in_other_words(words, at), at + 1
        yield from found


def _in_words(words: Words, start: int, end: int, values: Sequence[float]) -> tuple[Iterable[Number], int]:
    """Number words up to `end`, with the "thirds" or "first" that may follow, and where to go on."""
    following = words[end] if end < len(words) else ""
    part = _PARTS.get(following)
    if part and len(values) == 1 and 0 < values[0] < part:
        return [Number(values[0] / part, "share", "", end)], end + 1
    if following in _ORDINALS and values and values[-1] >= 20 and values[-1] % 10 == 0:
        return [Number(values[-1] + _ORDINALS[following], "ordinal", "", end)], end + 1
    if words[end : end + 3] == ("and", "a", "half") and len(values) == 1:
        return _counted(values[0] + 0.5, words, end + 2), end + 3
    spoken_one = words[start:end] == ("one",)
    return [number for value in values for number in _counted(value, words, end - 1, spoken_one)], end


def _in_digits(words: Words, at: int, digits: re.Match[str]) -> tuple[Iterable[Number], int]:
    value = float(digits[1].replace(",", ""))
    if words[at + 1 : at + 2] and words[at + 1] in _SCALES:
        at += 1
        value *= _SCALES[words[at]]
    if digits[2] in ("st", "nd", "rd", "th"):
        return [Number(value, "ordinal", "", at)], at + 1
    return _counted(value, words, at), at + 1


def _in_other_words(words: Words, at: int) -> Iterator[Number]:
    """What other words say of a number: "fourfold", "half", "a third of", "third", "once in", "millions", "a week"."""
    word, following = words[at], words[at + 1 : at + 2]
    fold = word.removesuffix("fold")
    if fold != word and (fold in _WORDS or fold.isdecimal()):
        yield Number(_WORDS.get(fold) or float(fold), "count", "", at)
    elif word in _MULTIPLES:
        yield Number(_MULTIPLES[word], "count", "", at)
    elif word in _HALVES or (word in _PARTS and words[at - 1 : at] == ("a",) and following == ("of",)):
        yield Number(1 / _PARTS[word], "share", "", at)
    elif word in _ORDINALS:
        yield Number(_ORDINALS[word], "ordinal", "", at, vague=following == ("time",))
    elif word == "once" and following == ("in",):
        yield Number(1, "count", "", at)
    elif word.removesuffix("s") in _SCALES:
        yield Number(_SCALES[word.removesuffix("s")], "count", "", at)
    elif word in ("a", "an") and _SCALES.keys().isdisjoint(following):
        unit = _measure(words, at)
        if unit not in ("", "percent", "second"):
            yield Number(_YEARS.get(unit, 1), "count", "year" if unit in _YEARS else unit, at, vague=True)


def _counted(value: float, words: Words, at: int, spoken_one: bool = False) -> Iterator[Number]:
    """A number that counts what follows, or a share where that is "percent"."""
    unit = _measure(words, at)
    following = words[at + 1 : at + 4]
    if unit == "percent":
        yield Number(value / 100, "share", "", at)
    elif unit in _YEARS:
        yield Number(value * _YEARS[unit], "count", "year", at)
    elif unit or not spoken_one or _begins_a_share(following):
        yield Number(value, "count", unit, at, vague=value <= 5 and not _LISTED.isdisjoint(following[:1]))


def _begins_a_share(following: Words) -> bool:
    """Whether "one" counts: "one or two", "one in ten", "one person in ten"."""
    return bool(following) and (
        (following[0] in ("or", "to") and following[1:2] and following[1] in _WORDS)
        or following[0] in ("in", "out")
        or following[1:2] == ("in",)
    )


def _measure(words: Words, at: int) -> str:
    """The measure right after a word: "minute" for "five minutes" or "five more minutes"."""
    for word in words[at + 1 : at + 3]:
        single = word if word in MEASURES else word.removesuffix("s")
        if single in MEASURES:
            return {"feet": "foot", "meter": "metre"}.get(single, single.replace("meter", "metre"))
        if single in _PERCENT:
            return "percent"
        if word in ("or", "to", "and") and any(map(is_number, words[at + 2 : at + 3])):
            return _measure(words, at + 2)
        if not word.isalpha() or word in ("of", "and", "or", "in", "to"):
            return ""
    return ""


def _spoken(words: Words, start: int) -> tuple[int, list[float]]:
    """The index after the number words from `start` on, and the numbers they make."""
    end = start
    while end < len(words) and (
        words[end] in _WORDS
        or (words[end] in _SCALES and (end > start or words[end - 1 : end] in _BEFORE_SCALES))
        or (
            words[end] == "and"
            and end > start
            and words[end - 1] in _SCALES
            and end + 1 < len(words)
            and words[end + 1] in _WORDS
        )
    ):
        end += 1
    return end, list(_values(words[start:end]))


def _values(words: Words) -> Iterator[float]:
    """Numbers from words that stand side by side: "forty two", "nineteen eighty four", "three hundred"."""
    total, group, before = 0, None, 0
    for word in words:
        value = _WORDS.get(word)
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
                yield total + group
                total, group = 0, value
            before = value
    if group is not None or total:
        yield total + (group or 0)
