"""The people and places that a lecture in English names: what a quiz offers beside the right one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from lecture.function_words import ENGLISH, EVERYDAY, plain

NameKind = Literal["person", "place"]

_RUN = re.compile(r"[A-Z][^\W\d_]+(?:[’'-][^\W\d_]+)*(?: [A-Z][^\W\d_]+(?:-[^\W\d_]+)*)*")
_PLACE_BEFORE = re.compile(
    r"\b(?:in|at|near|from|to|across|north of|south of|west of|east of|island of|city of) $", re.IGNORECASE
)
_PERSON_BEFORE = re.compile(
    r"\b(?:by|named|engineer|doctor|professor|economist|king|queen|lady|sir|man|wife) $", re.IGNORECASE
)
_PERSON_AFTER = re.compile(
    r"^(?:,? (?:who|whom)\b| (?:was an?\b|said|wrote|told|showed|proposed|published|invented|discovered|found|claimed|"
    r"argued|began|took|put|gave|made|was born|worked|used|designed|developed|describes|received|called|printed|died|"
    r"led|suggested|introduced|won|hid|had)\b)"
)
_THINGS = frozenset(
    "bridge bank war prize organization organisation university institute law ocean river street school empire company "
    "act theory effect test model method union house gate system network age curve theorem equation algorithm index "
    "conference project group lab library press museum church palace castle tower world revolution".split()
)
_NO_NAMES = frozenset(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december english french german italian spanish portuguese dutch american british
    australian japanese chinese indian african european asian roman greek latin russian turkish swiss swedish
    hungarian irish scottish welsh canadian mexican arab arabic jewish christian islamic muslim catholic protestant
    ottoman christ god internet web mr mrs ms dr prof professor king queen lady lord sir president king's emperor
    western eastern northern southern central danish norwegian polish austrian belgian czech finnish north south east
    west old new europe asia africa america
    """.split()
)
_COUNTRIES = frozenset(
    """
    argentina australia austria belgium brazil britain bulgaria canada chile china colombia croatia cuba cyprus denmark
    egypt england estonia ethiopia finland france germany ghana greece hungary iceland india indonesia iran iraq ireland
    israel italy jamaica japan kenya latvia lithuania luxembourg malaysia mexico morocco nepal netherlands holland
    nigeria norway pakistan peru philippines poland portugal prussia romania russia scotland serbia singapore slovakia
    slovenia somalia spain sweden switzerland syria taiwan thailand tunisia turkey uganda ukraine venezuela vietnam
    wales
    """.split()
)
_BRITISH = frozenset("britain england scotland wales".split())
_Votes = Counter[NameKind]


@dataclass(frozen=True)
class Name:
    """A person or a place: its fullest form in the lecture."""

    full: str
    kind: NameKind

    @property
    def words(self) -> tuple[str, ...]:
        """The words it is made of."""
        return tuple(self.full.split())


def may_hold(one: Name, other: Name) -> bool:
    """Whether one of two places may lie in the other: a city and a country, two names of Britain."""
    if not one.kind == other.kind == "place":
        return False
    countries = {name.full.lower() for name in (one, other)} & _COUNTRIES
    return len(countries) == 1 or (bool(countries) and countries <= _BRITISH)


def find_names(sentences: Sequence[str]) -> tuple[Name, ...]:
    """The people and places that sentences name, told apart by the words around them; others are left out.

    Args:
        sentences: the whole lecture, with capitals.

    Returns:
        Each once, in the order of first mention.
    """
    lower = {word for sentence in sentences for word in re.findall(r"\b[a-z][^\W\d_]*", sentence)}
    votes: defaultdict[str, _Votes] = defaultdict(Counter)
    for sentence in sentences:
        for match in _RUN.finditer(sentence):
            name = _trimmed(match.group(), lower)
            if not name or (not match.start() and " " not in name and name not in votes):
                continue
            begin = match.start() + match.group().index(name)
            before, after = sentence[:begin], sentence[begin + len(name) :]
            votes[name]["place"] += bool(_PLACE_BEFORE.search(before))
            votes[name]["person"] += 2 * bool(_PERSON_BEFORE.search(before)) + 2 * bool(_PERSON_AFTER.match(after))
    together: defaultdict[str, _Votes] = defaultdict(Counter)
    for name, counted in votes.items():
        together[_fullest(name, votes)].update(counted)
    found = ((name, _kind(counted)) for name, counted in together.items() if not _is_thing(name, lower))
    return tuple(Name(name, kind) for name, kind in found if kind)


def _trimmed(run: str, lower: set[str]) -> str:
    """A run of capitals without what only stands before or after a name; "" where it is none."""
    words = run.removesuffix("'s").removesuffix("’s").split()
    while words and (_says_nothing(words[0]) or (len(words) > 1 and words[0].lower() in lower)):
        words = words[1:]
    while words and _says_nothing(words[-1]):
        words = words[:-1]
    if not words or any(word.isupper() for word in words) or (len(words) == 1 and words[0].lower() in lower):
        return ""
    return " ".join(words)


def _says_nothing(word: str) -> bool:
    said = plain(word)
    return said in ENGLISH or said in EVERYDAY or said in _NO_NAMES


def _fullest(name: str, names: Iterable[str]) -> str:
    """The longest of names that has this one's words: "Edward Jenner" for "Jenner"."""
    mine = set(name.split())
    return max((other for other in names if mine <= set(other.split())), key=lambda other: len(other.split()))


def _kind(votes: _Votes) -> NameKind | None:
    if votes["person"] == votes["place"]:
        return None
    return "person" if votes["person"] > votes["place"] else "place"


def _is_thing(name: str, lower: set[str]) -> bool:
    """Whether the last word is a common noun: "Silver Bridge", "Nobel Prize"."""
    last = name.rsplit(maxsplit=1)[-1].lower()
    return last in _THINGS or last in lower
