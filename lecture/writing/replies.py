"""A language model's reply → statements, or questions and answers. Lenient: small models keep to no form for long."""

from __future__ import annotations

import re

from lecture.sentences import sentences
from lecture.transcript import Segment, Transcript

_BULLET = re.compile(r"^\s*(?:[-*•–+>#]+\s+|\(?\d{1,2}[.)]\s+)+")
_CITATION = re.compile(r"\s*\[[\d,;–\s-]+\]")
_QUESTION = re.compile(r"^\W*(?:\d+[.)]\s*)?\W*(?:q|question|front)\s*\d*\W{0,2}[:.)]\W*", re.IGNORECASE | re.MULTILINE)
_ANSWER = re.compile(r"^\W*(?:a|answer|back)\s*\d*\W{0,2}[:.)][*\s]*", re.IGNORECASE | re.MULTILINE)
_FINISHED = re.compile(r"[.!?…。！？][\"'”’)*]*\s*$")
_NUMBERED = re.compile(r"^\W*(\d{1,3})\W?[.):\]]\**\s+(\S.*)$", re.MULTILINE)
_FEWEST_WORDS = 4
"""A shorter statement is a heading."""


def statements(reply: str) -> list[str]:
    """The sentences of a reply without bullets, headings, questions and the model's remarks about its work."""
    found = []
    for line in reply.splitlines():
        text = _CITATION.sub("", _BULLET.sub("", line).replace("**", "").replace("__", "")).strip()
        if not text.endswith(":"):
            segment = Segment(0.0, 0.0, text)
            found += [s.text for s in sentences(Transcript((segment,), None, "", None, 0.0))]
    whole = [text for text in found if len(text.split()) >= _FEWEST_WORDS and not text.endswith("?")]
    return [as_sentence(text) for text in whole]


def questions(reply: str) -> list[tuple[str, str]]:
    """The questions and answers of a reply, whatever stands around them."""
    pairs = [_ANSWER.split(chunk, maxsplit=1) for chunk in _QUESTION.split(reply)[1:]]
    cleaned = [[_line(text) for text in pair] for pair in pairs if len(pair) == 2]
    return [(question, as_sentence(answer)) for question, answer in cleaned if question and answer]


def numbered(reply: str) -> list[tuple[int, str]]:
    """The numbered lines of a reply, each with its number."""
    return [(int(number), text.strip()) for number, text in _NUMBERED.findall(reply)]


def _line(text: str) -> str:
    """The first paragraph on one line."""
    return " ".join(re.split(r"\n\s*\n", text.strip())[0].replace("**", "").split())


def as_sentence(text: str) -> str:
    """The text with a capital and a full stop."""
    text = text[:1].upper() + text[1:]
    return text if _FINISHED.search(text) else f"{text}."
