"""What a model claims → statements, cards and titles that the lecture supports; everything else is None."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lecture.checking.support import cited_evidence, find_support, supports
from lecture.flashcards import Flashcard
from lecture.notes import Evidence, Statement
from lecture.ranking import terms
from lecture.sentences import Sentence
from lecture.transcript import one_line
from lecture.writing.language_model import Claim
from lecture.writing.replies import as_sentence

_LONGEST = 600
"""Letters; what is longer is not one statement."""
_GIVEN_AWAY = 0.7
"""Share of the answer's terms that a question must not contain."""
_TITLE_WORDS = 8
_TITLE_LETTERS = 70
"""Most words and letters of a chapter's title."""
_TOPIC_TERMS = 2
"""Terms up to which a title names a topic; with more of them it says something, and has to be supported as a claim."""
_DENIES = re.compile(r"\b(?:not?|never|without|cannot|\w+n['’]t)\b", re.IGNORECASE)


def supported_statement(claim: Claim, sentences: Sequence[Sentence]) -> Statement | None:
    """The claim with the words that support it, if the sentences that it names do, or any, where it names none."""
    text = as_sentence(_plain(claim.text))
    evidence = _evidence(text, claim.sentences, sentences)
    return Statement(text, evidence) if evidence else None


def supported_card(claim: Claim, sentences: Sequence[Sentence]) -> Flashcard | None:
    """The card, if a few sentences hold both its question and its answer, and it asks for something."""
    question, answer = _plain(claim.question), as_sentence(_plain(claim.text))
    asked, answered = terms(question), terms(answer)
    if not answered or not asked or sum(term in asked for term in answered) >= _GIVEN_AWAY * len(answered):
        return None
    evidence = _evidence(f"{question} {answer}", claim.sentences, sentences)
    if not evidence:
        return None
    quote = [Sentence(evidence.quote, evidence.start, evidence.end)]
    if not supports(answer, quote, quote):
        return None
    return Flashcard(question if question.endswith("?") else f"{question.rstrip('.:')}?", answer, evidence)


def fitting_title(claim: Claim, sentences: Sequence[Sentence]) -> str | None:
    """The title, if it is short and names what the sentences speak of; one that says something must be supported."""
    title = _plain(claim.text).rstrip(".:")
    wanted = set(terms(title))
    if not wanted or len(title.split()) > _TITLE_WORDS or len(title) > _TITLE_LETTERS or _DENIES.search(title):
        return None
    if len(wanted) > _TOPIC_TERMS:
        return title if find_support(title, sentences) else None
    return title if wanted <= {term for sentence in sentences for term in terms(sentence.text)} else None


def _plain(text: str) -> str:
    """On one line, without emphasis; nothing if it is too long to be one statement."""
    line = one_line(text.replace("**", "").replace("__", ""))
    return line if len(line) <= _LONGEST else ""


def _evidence(text: str, named: Sequence[int], sentences: Sequence[Sentence]) -> Evidence | None:
    if not named:
        return find_support(text, sentences)
    if not all(0 <= i < len(sentences) for i in named):
        return None
    return cited_evidence(text, named, sentences)
