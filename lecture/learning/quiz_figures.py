"""The figures of a sentence as they were said, and others like them: what a quiz offers beside the right one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

FigureKind = Literal["year", "share", "count"]

_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen ".split()
_ONES += "seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_VALUES = {word: value for value, word in enumerate(_ONES)} | {word: 10 * i for i, word in enumerate(_TENS, start=2)}
_WORD = "|".join(sorted((*_VALUES, *_SCALES), key=len, reverse=True))
_DIGITS = re.compile(r"(?<![\w.,:/–-])\d+(?:[.,]\d+)*(?![\w:/–-]|[.,]\d)")
_SPOKEN = re.compile(rf"\b(?:{_WORD})(?:[ -](?:{_WORD}))*\b(?!-)", re.IGNORECASE)
_SHARE = re.compile(
    r"\s?%|\s(?:percent|per cent|procent|prozent|pour cent|por ciento|per cento|процент)", re.IGNORECASE
)
_DATES = re.compile(
    r"(?:\b(?:in|since|of|after|before|by|until|from|around|about|year|early|late|january|february|march|april|may|"
    r"june|july|august|september|october|november|december)|,|\()\s*(?:the year\s|about\s)?$",
    re.IGNORECASE,
)
_NAMES_A_PART = re.compile(
    r"\b(?:chapter|figure|fig|slide|part|section|step|number|no|page|type|class|level|version|equation|table|room|"
    r"world war|windows|day|poster|bill|article|paper|law)\.?\s$",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"\b(?:about|around|roughly|nearly|almost|some|more than|less than|over|approximately)\s$", re.I)
_NEXT_WORD = re.compile(r"\s+([^\W\d_][\w’'-]*)")
_RANGE = re.compile(rf"^\s?(?:to|or|and|–|-)\s?(?:\d|(?:{_WORD})\b)", re.IGNORECASE)
_RANGE_BEFORE = re.compile(rf"(?:\d|\b(?:{_WORD}))\s?(?:to|or|and|–|-)\s?$", re.IGNORECASE)
_RATIO = re.compile(r"^\s(?:out of|in|of)\s(?:every|ten|a|\d)\b", re.IGNORECASE)
_PLURAL = re.compile(
    r"(?:\s+[\w’'-]+){0,2}?\s+(?:[\w’'-]+s|people|men|women|children|schoolchildren|feet|percent|million|billion|trillion|"
    r"hundred|thousand|hertz|degrees)\b",
    re.IGNORECASE,
)
"""What a number counts, at most three words after it."""
_NO_UNIT = frozenset("of and or in to for at on by with from is are was were the a an that which as it than".split())

_FACTORS = (0.3, 0.4, 0.5, 0.6, 0.75, 1.3, 1.5, 1.75, 2.0, 2.5, 3.0)
"""By how much a figure is changed where the lecture has too few others."""
_APART = 1.2
"""Least ratio between two options: closer ones would ask for luck."""
_FAR = 5.0
"""Ratio from which an option is out of the question."""
_YEARS_APART = 4
_YEARS_FAR = 60
_LARGEST_SHARE = 100


@dataclass(frozen=True)
class Figure:
    """A number of a sentence.

    Attributes:
        said: as it stands there: "1,280", "sixty-one".
        value: what it says.
        begin: index of its first letter in the sentence.
        kind: a year, a share in percent, or anything else.
        unit: the word after it, in lower case; "" where none belongs to it.
        rough: whether "about" or the like stands before it.
        lone: whether it may be asked for: no part of a range, a ratio or a name, and not just a "two".
    """

    said: str
    value: float
    begin: int
    kind: FigureKind
    unit: str
    rough: bool
    lone: bool

    @property
    def in_words(self) -> bool:
        """Whether it is written in words."""
        return not self.said[0].isdigit()


def figures(text: str, english: bool = True) -> tuple[Figure, ...]:
    """The figures of a sentence, in order; those in words of English only."""
    found = [_figure(text, match, _value_of_digits(match.group()), english) for match in _DIGITS.finditer(text)]
    for match in _SPOKEN.finditer(text) if english else ():
        value = _value_of_words(match.group())
        if value is not None:
            found.append(_figure(text, match, value, english))
    return tuple(sorted((figure for figure in found if figure), key=lambda figure: figure.begin))


def others_like(
    figure: Figure, said: Iterable[Figure], below: int, allowed: Sequence[float], chance: Random
) -> list[str] | None:
    """Three other figures of the same kind, written in the same way.

    Args:
        figure: the right one.
        said: figures of the lecture; those of the same kind and unit come before made-up ones.
        below: how many of the three should be smaller, if that can be.
        allowed: the least and the greatest year that can be meant.
        chance: decides between those that fit.

    Returns:
        The figures, or None where not enough fit.
    """
    same = {
        other.value
        for other in said
        if (other.kind, other.in_words, other.unit) == (figure.kind, figure.in_words, figure.unit)
    }
    from_lecture = [value for value in sorted(same) if _fits(figure, value, allowed)]
    made_up = [value for value in _changes(figure, chance) if _fits(figure, value, allowed)]
    chance.shuffle(from_lecture)
    chosen: list[float] = []
    wanted = {True: below, False: 3 - below}
    for strict in (True, False):  # where there are too few on one side, the other side helps out
        for value in (*from_lecture, *made_up):
            smaller = value < figure.value
            on_this_side = sum((other < figure.value) == smaller for other in chosen)
            if len(chosen) < 3 and (not strict or on_this_side < wanted[smaller]) and _apart(figure, value, chosen):
                chosen.append(value)
    written = [_written(figure, value) for value in chosen]
    return written if len(set(written)) == 3 else None


def value_of(said: str) -> float:
    """What a figure says, in digits or in English words; 0 where it is no figure."""
    return (_value_of_digits(said) if said[:1].isdigit() else _value_of_words(said)) or 0.0


def _figure(text: str, match: re.Match[str], value: float | None, english: bool) -> Figure | None:
    if value is None:
        return None
    before, after = text[: match.start()], text[match.end() :]
    following = _NEXT_WORD.match(after)
    unit = following[1].lower() if following and following[1].lower() not in _NO_UNIT else ""
    kind: FigureKind = "count"
    if _SHARE.match(after):
        kind, unit = "share", "percent"
    elif re.fullmatch(r"1\d{3}|20\d\d", match.group()) and (_DATES.search(before) or (not english and not unit)):
        kind, unit = "year", ""
    trivial = value <= 2 and float(value).is_integer()
    bare = kind == "count" and english and not (unit and _PLURAL.match(after))
    lone = not (
        trivial
        or bare
        or _RANGE.match(after)
        or _RANGE_BEFORE.search(before)
        or _RATIO.match(after)
        or _NAMES_A_PART.search(before)
        or re.search(r"[$€£]\s?$", before)
    )
    return Figure(match.group(), value, match.start(), kind, unit, bool(_ABOUT.search(before)), lone)


def _value_of_digits(said: str) -> float | None:
    """What digits say; None where it cannot be told whether a comma parts thousands or tenths."""
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", said):
        said = said.replace(",", "")
    return float(said) if re.fullmatch(r"\d{1,9}(?:\.\d{1,3})?", said) else None


def _value_of_words(said: str) -> float | None:
    """What words say; None of a series ("one two three"), a year in words, or more than one scale."""
    words = re.split(r"[ -]", said.lower())
    scale = _SCALES[words.pop()] if words[-1] in _SCALES else 1
    values = [_VALUES.get(word, -1) for word in words]
    if -1 in values or len(values) > 2 or (not values and scale > 1):
        return None
    if len(values) == 2 and not (values[0] >= 20 and values[0] % 10 == 0 and 0 < values[1] < 10):
        return None
    return float(sum(values) * scale)


def _fits(figure: Figure, value: float, allowed: Sequence[float]) -> bool:
    """Whether a value can be offered beside a figure: neither too near nor absurd, and written in the same way."""
    if value == figure.value or value <= 0:
        return False
    if figure.kind == "year":
        least = 3 * _YEARS_APART if figure.rough else _YEARS_APART
        return least <= abs(value - figure.value) <= _YEARS_FAR and allowed[0] <= value <= allowed[1]
    if figure.kind == "share" and value >= _LARGEST_SHARE > figure.value:
        return False
    ratio = max(value, figure.value) / min(value, figure.value)
    return _APART <= ratio <= _FAR and abs(len(_written(figure, value)) - len(figure.said)) <= (
        9 * figure.in_words or 1
    )


def _apart(figure: Figure, value: float, chosen: Sequence[float]) -> bool:
    if figure.kind == "year":
        return all(abs(value - other) >= _YEARS_APART - 1 for other in chosen)
    return all(max(value, other) / min(value, other) >= (_APART + 1) / 2 for other in chosen)


def _changes(figure: Figure, chance: Random) -> list[float]:
    """Other values that look like a figure's: as round, as exact, as large."""
    if figure.kind == "year":
        years = next(years for years in (100, 50, 10, 1) if figure.value % years == 0)
        reach = 25 if years == 1 else 4
        found = [figure.value + years * n for n in range(-reach, reach + 1)]
    elif figure.in_words:
        found = list(_values_in_words(figure))
    else:
        tenths = len(figure.said.partition(".")[2])
        step = 10.0**-tenths if tenths else 10.0 ** _zeros(int(figure.value))
        if step == 1 and figure.value % 5 == 0:
            step = 5.0
        found = [round(round(figure.value * factor / step) * step, tenths) for factor in _FACTORS]
        found += [figure.value + step * n for n in range(-8, 9)] if figure.value < 10 * step else []
        if step == 1:  # a round one among odd ones would stand out
            found = [value + 1 if value % 10 == 0 else value for value in found]
    chance.shuffle(found)
    return found


def _values_in_words(figure: Figure) -> Iterator[float]:
    """Values that are said in as many words."""
    scale = next((scale for scale in reversed(_SCALES.values()) if figure.value >= scale), 1)
    head = figure.value / scale
    if head < 20:
        heads: Iterable[float] = range(max(2, round(head) - 6), round(head) + 9)
    elif head % 10 == 0:
        heads = range(20, 100, 10)
    else:
        heads = (value for value in range(21, 100) if value % 10)
    yield from (value * scale for value in heads)


def _zeros(value: int) -> int:
    digits = str(value)
    return len(digits) - len(digits.rstrip("0"))


def _written(figure: Figure, value: float) -> str:
    """A value as the lecture would write it."""
    if figure.in_words:
        said = _in_words(round(value))
        return said[:1].upper() + said[1:] if figure.said[0].isupper() else said
    tenths = len(figure.said.partition(".")[2])
    return f"{value:,.{tenths}f}" if "," in figure.said else f"{value:.{tenths}f}"


def _in_words(value: int) -> str:
    for word, scale in reversed(_SCALES.items()):
        if value >= scale:
            return f"{_in_words(value // scale)} {word}"
    if value < 20:
        return _ONES[value]
    tens, ones = divmod(value, 10)
    return _TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else "")
