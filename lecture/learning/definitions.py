"""Sentences → Definitions: where a lecture says what one of its terms means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from lecture.notes import Evidence, KeyTerm, Statement
from lecture.ranking import terms
from lecture.sentences import Sentence


@dataclass(frozen=True)
class Definition:
    """What a lecture says a term is.

    Attributes:
        term: as it reads within a sentence.
        article: "a ", "an ", "the " or nothing, before the term.
        verb: what joins term and meaning, such as "is" or "refers to".
        meaning: the rest of the sentence, without its full stop.
        evidence: the whole sentence.
    """

    term: str
    article: str
    verb: str
    meaning: str
    evidence: Evidence


_DEFINITION = re.compile(
    r"""^(?:(?:and|but|so|now|then|well|however|therefore|finally|first|second|third|in\ short),?\s+)*
        (?P<article>an?\s+|the\s+)?
        (?P<term>[\w'’-]+(?:\s+(?!of\s+the\b)[\w'’-]+){0,3}?)
        \s+(?P<verb>is|are|means|refers\ to|is\ called|is\ known\ as|is\ defined\ as)\s+
        (?P<meaning>(?:an?|the|one|any|when|what|how|the\ number|the\ way)\s+.+?)[.!]?$""",
    re.IGNORECASE | re.VERBOSE,
)
_NO_TERM = re.compile(
    r"\b(?:i|you|he|she|it|we|they|this|that|these|those|there|here|who|what|which|where|when|why|how|one|some|all|"
    r"both|each|many|most|much|none|is|are|was|were|be|do|does|did|can|will|may|must|should|has|have|had|if|as|to|"
    r"because|result|reason|example|question|answer|point|thing|idea|problem|way|goal|aim|case|today|let|your|my|our|"
    r"my|his|her|its|their|first|second|third|last|next|other)\b",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"""(?:,|\b(?:is|are|was|were|often|also|sometimes|usually))\s+(?:called|known\ as)\s+(?:an?\s+|the\s+)?
        (?P<term>[^\W\d_][\w'’-]*(?:\s+[^\W\d_][\w'’-]*){0,2}?)\s*(?:[.,;:!?]|$)""",
    re.IGNORECASE | re.VERBOSE,
)
_FEWEST_WORDS = 3
"""A shorter meaning says too little."""
_MOST_TERMS = 30
"""Key terms of one lecture; more would be no help."""


def definition(text: str) -> Definition | None:
    """What a sentence of the form "A term is a meaning" says; None of any other. Its evidence has no times."""
    match = _DEFINITION.match(text)
    if not match or _NO_TERM.search(match["term"]) or not terms(match["term"]):
        return None
    if len(match["meaning"].split()) < _FEWEST_WORDS:
        return None
    return Definition(
        term=_in_mid_sentence(match["term"]),
        article=(match["article"] or "").lower(),
        verb=match["verb"].lower(),
        meaning=match["meaning"],
        evidence=Evidence(text, 0.0, 0.0),
    )


def definitions(sentences: Iterable[Sentence]) -> Iterator[Definition]:
    """Find the sentences of the form "A term is a meaning", in order."""
    for sentence in sentences:
        if found := definition(sentence.text):
            yield replace(found, evidence=Evidence(sentence.text, sentence.start, sentence.end))


def key_terms(sentences: Sequence[Sentence]) -> tuple[KeyTerm, ...]:
    """The terms that a lecture defines or names, each once, with the sentence that does, in the lecture's order."""
    found = [(d.evidence.start, d.term, d.evidence) for d in definitions(sentences)]
    for sentence in sentences:
        match = _NAMED.search(sentence.text)
        if match and terms(match["term"]) and not _NO_TERM.search(match["term"]):
            found.append((sentence.start, match["term"], Evidence(sentence.text, sentence.start, sentence.end)))
    kept: list[KeyTerm] = []
    for _, term, evidence in sorted(found, key=lambda one: one[0]):
        if not any(terms(term) == terms(other.term) for other in kept):
            text = evidence.quote[:1].upper() + evidence.quote[1:]
            kept.append(KeyTerm(term[:1].upper() + term[1:], Statement(text, evidence)))
    return tuple(kept[:_MOST_TERMS])


def _in_mid_sentence(term: str) -> str:
    """A sentence's first word without its capital, unless it is a name or abbreviation (has another capital)."""
    first = term.split(maxsplit=1)[0]
    return term if first[1:] != first[1:].lower() else term[:1].lower() + term[1:]
