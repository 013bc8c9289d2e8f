"""Cards → good cards: what is not worth learning is left out, and counted by its reason.

The same gate stands behind every writer. It is code: it compares words and cannot tell whether a card is interesting,
but what it lets through can be understood alone, is said in the lecture and is asked once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from lecture.checking.support import supports
from lecture.flashcards import GAP, Flashcard, identified
from lecture.learning.faults import BROKEN, NEEDS_CONTEXT, is_broken, needs_context, points_elsewhere, says_twice
from lecture.learning.vocabulary import NUMBER, is_everyday, vocabulary
from lecture.notes import Notes
from lecture.ranking import WORD, alike, terms
from lecture.sentences import Sentence

GIVEN_AWAY = "answer in the question"
REPEATED = "says the same as another"
UNSUPPORTED = "not supported by the lecture"
CUT = "cuts a name or number in two"
SEVERAL = "more than one idea"
GUESSED = "can be guessed"
LONG = "too long"
SHORT = "too short to mean something"
REASONS = (NEEDS_CONTEXT, BROKEN, GIVEN_AWAY, REPEATED, UNSUPPORTED, CUT, SEVERAL, GUESSED, LONG, SHORT)
"""Why a card is left out, in words for the page."""

_LONGEST_QUESTION, _LONGEST_ANSWER = 40, 40
"""Words; what is longer is more than one learns at once."""
_SHORTEST_QUESTION, _SHORTEST_CLOZE = 2, 6
"""Words, of a question in Latin letters."""
_GIVEN_AWAY = 0.7
"""Share of the answer's terms that a question must not contain."""
_SAME_WORDS, _SAME_QUESTION = 0.8, 0.85
"""Share of common terms from which two cards, or two questions with answers that are alike, ask for the same."""
_TWO_QUESTIONS = re.compile(
    r"\?\s*\S.*\?|\b(?:and|or)\s+(?:what|how|why|when|who|where|which|whose|in what)\b|;|\b(?:and|or) (?:does|did|do) ",
    re.IGNORECASE,
)
_NEXT_SENTENCE = re.compile(r"[.!?。！？]\s+(?=\S)")
_ABBREVIATED = re.compile(r"(?:\b[A-Z]|\b(?:e\.g|i\.e|Dr|Mr|Mrs|Ms|Prof|St|vs|etc|approx))\.$")
_YES_OR_NO = re.compile(
    r"^(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|had|must|may|might)\b(?!.*\bor\b)",
    re.IGNORECASE,
)
_YES = re.compile(
    r"^(?:yes|no|true|false|maybe|it depends|both|neither|none|all of (?:them|the above))\b", re.IGNORECASE
)
_CHOSEN_FROM = re.compile(r"\b(?:which of the|true or false|one of the following)\b", re.IGNORECASE)
_ASKING = re.compile(
    r"^(?:(?:in|at|on|to|for|by|from|with|of) )?(?:which|who|whom|whose|where|when|what|why|how)\b(?: is it that)?\s*",
    re.IGNORECASE,
)
_JOINED = re.compile(r"[\w%°€$£]$|[\w][-'’./:,]$"), re.compile(r"^[\w%]|^[-'’./:,][\w]|^\s?%")
"""What stands before and after a gap that cut a word or a number."""


def good_cards(
    cards: Sequence[Flashcard], sentences: Sequence[Sentence], notes: Notes
) -> tuple[tuple[Flashcard, ...], Mapping[str, int]]:
    """Choose the cards that a student can learn from.

    Args:
        cards: as a writer made them; those that the student added are never left out.
        sentences: the whole lecture.
        notes: of the lecture; cards in another language than the lecture's were compared with it before they were
            translated, so only what can be told from their words is looked at.

    Returns:
        The cards, each with its id, in the lecture's order; and how many were left out, by reason, most first.
    """
    kept: list[Flashcard] = []
    rejected: Counter[str] = Counter()
    for card in sorted(cards, key=lambda card: card.evidence.start):
        reason = None if card.kind == "own" else fault(card, kept, sentences, notes)
        if reason:
            rejected[reason] += 1
        else:
            kept.append(card)
    return identified(kept), dict(rejected.most_common())


def fault(card: Flashcard, others: Sequence[Flashcard], sentences: Sequence[Sentence], notes: Notes) -> str | None:
    """Why a card is not worth learning, the first reason found; None of a good card.

    Args:
        card: to judge.
        others: cards that are kept.
        sentences: the whole lecture.
        notes: of the lecture.
    """
    words = vocabulary(tuple(sentence.text for sentence in sentences))
    language = notes.language or words.language or "en"
    if reason := _length(card) or _demand(card, language) or _wording(card, language):
        return reason
    checks: tuple[tuple[str, Callable[[], bool]], ...] = (
        (GIVEN_AWAY, lambda: _gives_away(card)),
        (CUT, lambda: GAP in card.question and _cuts(card)),
        (UNSUPPORTED, lambda: notes.language is None and not _is_supported(card, sentences)),
        (REPEATED, lambda: any(_repeats(card, other) for other in others)),
    )
    return next((reason for reason, applies in checks if applies()), None)


def _length(card: Flashcard) -> str | None:
    """Whether a card says too much or too little."""
    asked, answer = card.question.strip(), card.answer.strip()
    if len(asked.split()) > _LONGEST_QUESTION or len(answer.split()) > _LONGEST_ANSWER or len(asked + answer) > 600:
        return LONG
    if not terms(answer) and not NUMBER.search(answer):
        return GUESSED if _YES.match(answer) else SHORT
    shortest = _SHORTEST_CLOZE if GAP in asked else _SHORTEST_QUESTION
    return SHORT if asked.isascii() and len(asked.split()) < shortest else None


def _demand(card: Flashcard, language: str) -> str | None:
    """Whether a card asks for nothing, or for several things at once."""
    asked, answer = card.question.strip(), card.answer.strip()
    gaps = asked.count(GAP)
    if gaps > 1:
        return SEVERAL
    if gaps:
        everyday = all(is_everyday(word) for word in WORD.findall(answer)) and not NUMBER.search(answer)
        return GUESSED if everyday else None
    if language == "en" and (_YES_OR_NO.match(asked) or _YES.match(answer) or _CHOSEN_FROM.search(asked)):
        return GUESSED
    return SEVERAL if _TWO_QUESTIONS.search(asked) or _sentences(answer) > 1 else None


def _sentences(text: str) -> int:
    ends = (found for found in _NEXT_SENTENCE.finditer(text) if not _ABBREVIATED.search(text[: found.start() + 1]))
    return 1 + sum(1 for _ in ends)


def _wording(card: Flashcard, language: str) -> str | None:
    """What is wrong with a card's words, taken by themselves."""
    whole = card.question.replace(GAP, card.answer.rstrip("."))
    if language != "en":
        if points_elsewhere(whole):
            return NEEDS_CONTEXT
        return BROKEN if says_twice(whole) else None
    if GAP in card.question:
        if needs_context(whole):
            return NEEDS_CONTEXT
        return BROKEN if is_broken(whole) else None
    if needs_context(_asked(card.question)) or needs_context(_reason(card.answer), known=card.question):
        return NEEDS_CONTEXT
    return BROKEN if is_broken(card.question) or is_broken(card.answer) else None


def _asked(question: str) -> str:
    """A question without the words that it asks with: "Which …", "Why is it that …", "How many …"."""
    return _ASKING.sub("", question)


def _reason(answer: str) -> str:
    """An answer without the word that joins it to its question: "Because …", "When …"."""
    return re.sub(
        r"^(?:because|when|where|while|by|in|as|to|like|just|even|only|not)\b\s*", "", answer, flags=re.IGNORECASE
    )


def _gives_away(card: Flashcard) -> bool:
    asked, answer = terms(card.question.replace(GAP, " ")), terms(card.answer)
    numbers = NUMBER.findall(card.answer)
    if not answer or (numbers and len(answer) <= len(numbers)):
        return any(number in NUMBER.findall(card.question) for number in numbers)
    share = sum(term in asked for term in answer) / len(answer)
    return share > 0 if GAP in card.question else share >= _GIVEN_AWAY


def _cuts(card: Flashcard) -> bool:
    """Whether a gap stands for a part of a word or number, or of a name of several words."""
    before, after = card.question.split(GAP, 1)
    if _JOINED[0].search(before) or _JOINED[1].search(after):
        return True
    if NUMBER.fullmatch(card.answer) or not card.answer[:1].isupper() or len(before) < 2:
        return False
    return bool(re.search(r"\S [A-Z][a-z]+ $", before) or re.match(r" [A-Z][a-z]+", after))


def _is_supported(card: Flashcard, sentences: Sequence[Sentence]) -> bool:
    """Whether the lecture has the card's quote, and the quote says what the card says."""
    quote, times = card.evidence.quote, card.evidence
    cited = [s for s in sentences if times.start <= s.start and s.end <= times.end and s.text in quote]
    if not cited or _plain(quote) != _plain(" ".join(sentence.text for sentence in cited)):
        return False
    if GAP in card.question:
        if _plain(card.question.replace(GAP, card.answer)) in _plain(quote):
            return True
        return supports(card.question.replace(GAP, card.answer), cited, sentences)
    if _plain(card.answer) in _plain(quote) and _is_said(card.question, quote):
        return True
    here = [Sentence(quote, times.start, times.end)]
    return supports(f"{card.question} {card.answer}", cited, sentences) and supports(card.answer, here, here)


def _is_said(question: str, quote: str) -> bool:
    """Whether every term and number of a question is in the words it rests on."""
    return set(terms(_asked(question))) <= set(terms(quote)) and set(NUMBER.findall(question)) <= set(
        NUMBER.findall(quote)
    )


def _plain(text: str) -> str:
    """A text as it is compared: its words in small letters, with single spaces between them."""
    return f" {' '.join(WORD.findall(text.casefold().replace('’', chr(39))))} "


def _repeats(card: Flashcard, other: Flashcard) -> bool:
    """Whether a card asks for the same as another one: of the same thing, with an answer that is alike."""
    mine, theirs = _said(card), _said(other)
    if mine == theirs or _plain(card.question) == _plain(other.question):
        return True
    both = len(mine & theirs) / max(1, len(mine | theirs))
    asked = set(terms(card.question.replace(GAP, " "))), set(terms(other.question.replace(GAP, " ")))
    same_question = len(asked[0] & asked[1]) / max(1, len(asked[0] | asked[1])) >= _SAME_QUESTION
    same_answer = alike(terms(card.answer), terms(other.answer)) >= _SAME_QUESTION
    return both >= _SAME_WORDS or (same_question and same_answer) or (same_question and GAP not in card.question)


def _said(card: Flashcard) -> frozenset[str]:
    return frozenset(terms(f"{card.question.replace(GAP, ' ')} {card.answer}"))
