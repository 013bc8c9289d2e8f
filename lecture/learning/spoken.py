"""A sentence that was spoken freely → the statements in it, without the words that only carry the talk.

Who speaks freely begins with "so" and "now", puts in "you know", says words twice and strings clauses together. Here
such a sentence is cut into its clauses, each as it would be written; whether one is worth a card is told elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from lecture.learning.clauses import Clause, capitalised, taken_apart, without_tail
from lecture.learning.faults import faults

Form = Literal["plain", "anybody", "somebody", "condition", "there"]

_FILLERS = (
    r"you know|i mean|basically|actually|essentially|of course|obviously|um+|uh+|sort of|really|just|simply|literally|"
    r"kind of(?= (?:like|a|an|the|in|is|are)\b)"
)
_FILLER = re.compile(
    rf",\s(?:{_FILLERS}|okay|ok|right|like|say|let's say|if you (?:will|like|want)|as it were|in a sense)(?=,)"
    r"(?:,(?! (?:and|but|so|or|because|which|while)\b))?|"
    rf"(?<=[a-z]),?\s(?:{_FILLERS})\b,?(?=\s[a-z])(?!\s(?:like|as|because|one|two|the one)\b)",
    re.IGNORECASE,
)
_AGAIN = re.compile(r"\b([a-z']+(?: [a-z']+){0,2}),? \1\b(?!['-])", re.IGNORECASE)
_SAYS_THAT = (
    r"(?:we|you|i|they|people)(?:'ll|'ve|'re\ going\ to)?"
    r"\ (?:all\ |also\ |already\ |can\ |will\ |have\ |could\ |might\ )*"
    r"(?:know|believe|think|see|find|found|note|notice|mean|guess|say|said|saw|learned|assume|remember|observe|show"
    r"|realize|understand|argue|recognize|imagine)(?:\ to)?(?:\ that|,|(?=\ there\b))"
)
_OPENER = re.compile(
    rf"""^(?:(?:so|and|now|but|or|well|okay|ok|right|yeah|yes|no|oh|all\ right|alright|anyway|however|therefore|then
        |thus|hence|indeed|in\ fact|of\ course|basically|actually|obviously|clearly|essentially|unfortunately
        |fortunately|interestingly|generally|in\ general|again|also|finally|first\ of\ all|in\ short|in\ particular
        |in\ practice
        |usually|typically|remember(?:\ that)?|note(?:\ that)?|notice(?:\ that)?|recall(?:\ that)?|in\ other\ words
        |for\ example|for\ instance|to\ be\ clear|in\ some\ sense|in\ a\ sense|roughly\ speaking|by\ definition
        |{_SAYS_THAT}|i\ (?:think|guess|mean|believe)|i\ would\ say(?:\ that)?|you\ (?:know|see)|as\ (?:you|we|i)\ know
        |(?:it|this|that|which)(?:'s|\ is|\ was|\ basically|\ just|\ simply|\ also|\ really)*
          \ (?:means?|says?|implies|tells\ (?:us|you)|because)(?:\ that)?
        |it(?:'s|\ is|\ was)\ (?:well\ )?(?:known|clear|true|obvious|said|the\ case)\ that|(?:it\ )?turns\ out\ that
        |(?:the|one|an|my|our)\ (?:[a-z]+\ )?(?:idea|point|thing|fact|observation|answer|truth|assumption|reason|problem
          |intuition|claim|conclusion|result|question|insight|trick)(?:\ (?:here|there|about\ it))?\ (?:is|was)\ that
        |(?:the\ fact|so|such)\ that|let's\ (?:say|assume)(?:\ that)?
        |what\ (?:this|that|it)\ (?:means|says)\ is(?:\ that)?)\b(?!'),?\s+)+""",
    re.IGNORECASE | re.VERBOSE,
)
_BORDER = re.compile(
    r"[;:]\s|\s[–—-]+\s|[.?!]\s(?=[A-Z])|"
    r",\s+(?=(?:and|but|so|or|because|while|whereas|although|which means|for example|for instance|right|okay|yeah|like|"
    r"say|you know|if|when|since|by the way|in fact|especially|then|we|you|it|i|they|this|that|that's|there)\b)|"
    r"\s(?=(?:and|but|so|because|and then|and so) (?:we|you|it|they|this|that|that's|there|i|i'm|it's|we're|if)\b)|"
    r"\swhich means(?=\s)",
    re.IGNORECASE,
)
"""Where one clause of a sentence may end, and the next one begin."""
_ASKS_THE_ROOM = re.compile(r",?\s*(?:right|okay|ok|yeah|huh|correct|you know)\s*\?\s*$", re.IGNORECASE)
_JOINS = re.compile(
    r"^(?:and|but|so|or|then|because|while|whereas|although|since|that|like|which means)\b,?\s+", re.IGNORECASE
)
_THIS = re.compile(
    r"\b(?P<word>this|these|those)(?= (?!(?:is|are|was|were|has|have|will|would|can|could|may|might|must|should|does|"
    r"do|and|or|but|so|of|in|on|at|to|that|which|who|where|when|for|from|by|with|as|the|an?|very|kind|sort|type|way|case|"
    r"point|thing|things|stuff|one|ones|two|three|guys?|people|idea|example|problem|question|part|side|year|week|time|means?|"
    r"slide|picture|figure|course|lecture|class|talk|paper|work|project|all|right|here|really|just|not|up|down|out|we|"
    r"you|it|they|i|new|last|other|same|particular|whole|number|result|results|method|methods|approach|direction)\b)[a-z])",
    re.IGNORECASE,
)
"""What points to something that has its name: to be written as "the"."""
_SPEAKER = re.compile(r"^(?:__|[A-Z][\w.]{0,15}):\s+")
"""Whose words follow, in a transcript that was written by hand."""
_NOTES = re.compile(r"^(?:\((?:inaudible|pause|laughter)[^)]*\)\s*)+|\s?\[[^\]]{3,40}\](?=[\s.,])", re.IGNORECASE)
"""What somebody who wrote a transcript noted beside the words."""
_CUT_SHORT = re.compile(
    r"\b(?:usually|sometimes|all|always|often|also|potentially|then|first|given|that's|there's|it's|we're|don't|but|"
    r"going|want|wants|need|said|called|using|small|large|big|new|start out|of the day|not only)\.$",
    re.IGNORECASE,
)
_BEFORE = r"^(?:(?:To|In order to) [^,]{5,60}, |(?:In|For|With|Given|At|On|By|Under) [^,]{4,40},? )?"
_CAN = r"(?:can|could|need to|have to|must|should|want to|may)"
_NOT_DONE = (
    r"(?!see\b|say\b|look|think|talk|go\b|imagine|notice|ask\b|try|come\b|tell\b|show|also\b|always|now\b|really|hear|"
    r"read\b|face\b|to\b|a look|got\b|been\b|seen\b|just\b|done\b|had\b|stop\b|start\b|guess|remember|worry|care\b|"
    r"spend|skip|be\b|forget|do\b|know\b|get\b|have\b|make\b)"
)
"""What a lecturer or the room does, not anybody who knows the subject."""
_ANYBODY = re.compile(
    rf"{_BEFORE}(?:we|you|one) (?:{_CAN} {_NOT_DONE}[a-z]+|represent|measure|compute|define|call|use|apply|minimi[sz]e|"
    r"maximi[sz]e|optimi[sz]e|evaluate|estimate|distinguish|require|assume|convert|combine|observe|update|derive)\s",
    re.IGNORECASE,
)
""""We" and "you" that are anybody."""
_SOMEBODY = re.compile(
    rf"{_BEFORE}(?:we|you)(?:'ll)? {_NOT_DONE}(?!are\b|were\b|did\b|will\b|would\b|might\b|may\b|don|got\b|went\b|"
    r"saw\b|said\b|took\b|came\b|end\b|could\b|can|guys|mention|only\b|all\b|and\b|in\b|of\b|then\b|like\b|never\b|still\b|"
    r"really\b|already\b|actually\b|go\b|mean\b|agree|wish|started|wrote|put|made|gave)[a-z]+(?<!ed)\s",
    re.IGNORECASE,
)
""""We" and "you" that may be those in the room."""
_CONDITION = re.compile(
    r"^(?P<if>(?:If|When|Whenever|Once|As long as|Unless|Because|While|Whereas|Although) (?P<one>[^,]{8,70})), "
    r"(?:then )?(?P<main>.+)$"
)
_ABOUT_ANYTHING = re.compile(r"(?:we|you|there|everything|everybody|nothing|it|they|someone|somebody)\b", re.IGNORECASE)
_THE_MORE = re.compile(r"^The (?:more|less|\w+er) [^,]{5,60}, the (?:more|less|\w+er) ")
_THERE = re.compile(r"^There(?: is| are|'s) (?:an?|two|three|four|five|several|different) ", re.IGNORECASE)
_FEWEST, _MOST = 6, 28
"""Words of a statement."""


@dataclass(frozen=True)
class Statement:
    """What a clause of free speech says.

    Attributes:
        text: from its first word, with a capital, to a full stop.
        form: how it is built: with a subject of its own, of anybody ("you can …") or of those in the room ("we
            drop …"), with a condition, or "there is".
        clause: its subject and verb, where they can be told.
        first: it begins where the sentence does.
        last: it ends where the sentence does.
    """

    text: str
    form: Form
    clause: Clause | None
    first: bool
    last: bool


def statements(sentence: str) -> Iterator[Statement]:
    """The sound statements in a sentence, the longest first of those that begin at the same word."""
    sentence = _ASKS_THE_ROOM.sub(".", sentence.strip())
    if not sentence.endswith("."):
        return
    seen: set[str] = set()
    for text, first, last in _pieces(tidied(sentence)):
        if (
            text not in seen
            and _FEWEST <= len(text.split()) <= _MOST
            and not _CUT_SHORT.search(text)
            and not any(faults(text))
        ):
            seen.add(text)
            form, clause = _form(text)
            if form:
                yield Statement(text, form, clause, first, last)


def tidied(sentence: str) -> str:
    """A sentence without fillers, without words said twice, and without what only leads to it."""
    text = _NOTES.sub("", _SPEAKER.sub("", sentence.strip()))
    for _ in range(2):
        text = _AGAIN.sub(r"\1", text)
    text = _THIS.sub(_the, _FILLER.sub("", text))
    return without_tail(_OPENER.sub("", text))


def _the(found: re.Match[str]) -> str:
    return "The" if found["word"][0].isupper() else "the"


def _pieces(text: str) -> Iterator[tuple[str, bool, bool]]:
    """Every run of clauses, and whether it begins and ends where the sentence does."""
    borders = list(_BORDER.finditer(text))
    end = len(text) - 1
    for begin in (0, *(border.end() for border in borders)):
        stops = [stop for stop in chain([end], (border.start() for border in reversed(borders))) if stop > begin]
        for stop in stops[:1] + stops[1:][-3:]:
            piece = text[begin:stop].strip(" ,;:–—-")
            if begin:
                piece = _JOINS.sub("", piece)
            yield capitalised(without_tail(_OPENER.sub("", piece) + ".")), begin == 0, stop == end


def _form(text: str) -> tuple[Form | None, Clause | None]:
    if clause := taken_apart(text):
        return ("plain" if clause.agrees else None), clause
    if _ANYBODY.match(text):
        return "anybody", None
    if _SOMEBODY.match(text):
        return "somebody", None
    return _form_of_more(text)


def _form_of_more(text: str) -> tuple[Form | None, Clause | None]:
    if _THERE.match(text):
        return "there", None
    if _THE_MORE.match(text):
        return "condition", None
    found = _CONDITION.match(text)
    if found and (_form(capitalised(found["one"]))[0] or _ABOUT_ANYTHING.match(found["one"])):
        main, clause = _form(capitalised(found["main"]))
        if main or _ABOUT_ANYTHING.match(found["main"]):
            return "condition", clause
    return None, None
