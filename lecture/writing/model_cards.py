"""Flashcards by a language model: each is checked, and a part without one that passes gets cards that quote it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import ceil

from lecture.checking.claims import supported_card
from lecture.flashcards import Flashcard, quoting_cards, spread
from lecture.learning.vocabulary import vocabulary
from lecture.notes import Notes
from lecture.ranking import alike, terms
from lecture.sentences import Sentence
from lecture.writers import TOO_ALIKE, OnShare
from lecture.writing.card_kinds import of_its_kind
from lecture.writing.language_model import CannotReply, CardsRequest, Claim, LanguageModel, OnTick, Part, TooLong
from lecture.writing.shares import Shares
from lecture.writing.translation import Translator

log = logging.getLogger(__name__)

_CARDS = (6, 24)
_SENTENCES_PER_CARD = 6
"""Least and most cards of a lecture; between them, sentences of the lecture for each."""


def worded_cards(
    model: LanguageModel,
    sentences: Sequence[Sentence],
    notes: Notes,
    translator: Translator | None,
    on_share: OnShare,
) -> tuple[Flashcard, ...]:
    """Have a model word the cards of a lecture.

    Args:
        model: words them.
        sentences: the whole lecture.
        notes: the notes made of it.
        translator: puts the cards that pass the check into another language; None where they stay as they are.
        on_share: told how far the work is.

    Raises:
        WriterError: the model takes in too little text to be of use.
        Cancelled: `on_share` raised it.
    """
    parts = model.parts(sentences)
    least, most = _CARDS
    wanted = ceil(min(most, max(least, len(sentences) // _SENTENCES_PER_CARD)) / max(1, len(parts)))
    shares = Shares(on_share, max(1, len(parts) + bool(translator)))
    shares.tick(0.0)
    language = vocabulary(tuple(sentence.text for sentence in sentences)).language
    kept: list[Flashcard] = []
    for part in parts:
        worded = _cards(model, part, wanted, language, shares.tick)
        kept += worded or quoting_cards(part.sentences, _notes_about(part, notes))[:wanted]
        shares.finish_step()
    cards = spread(_distinct(kept))
    if translator:
        texts = [text for card in cards for text in (card.question, card.answer)]
        wordings = translator.translated(list(dict.fromkeys(texts)), shares.tick)
        cards = tuple(_reworded(card, wordings) for card in cards)
    on_share(1.0)
    return cards


def _cards(model: LanguageModel, part: Part, wanted: int, language: str | None, on_tick: OnTick) -> list[Flashcard]:
    """The model's cards about a part that the part supports; of its halves, if it is too long."""
    kept: list[Flashcard] = []

    def take(claim: Claim) -> None:
        supported = supported_card(claim, part.sentences)
        if supported and (card := of_its_kind(supported, claim, language)):
            kept.append(card)

    try:
        model.reply(CardsRequest(part.sentences, wanted), take, on_tick)
    except TooLong:
        return [card for half in part.halves() for card in _cards(model, half, ceil(wanted / 2), language, on_tick)]
    except CannotReply as error:
        log.warning("No cards by %s for a part of a lecture: %s", model.name, error.why)
    return kept


def _notes_about(part: Part, notes: Notes) -> Notes:
    begin, end = part.sentences[0].start, part.sentences[-1].end
    about = [s for s in (*notes.key_points, *notes.summary) if begin <= s.evidence.start < end]
    return replace(notes, summary=(), key_points=tuple(about))


def _distinct(cards: Iterable[Flashcard]) -> list[Flashcard]:
    kept: list[Flashcard] = []
    for card in cards:
        words = terms(f"{card.question} {card.answer}")
        if not any(alike(words, terms(f"{other.question} {other.answer}")) >= TOO_ALIKE for other in kept):
            kept.append(card)
    return kept


def _reworded(card: Flashcard, wordings: Mapping[str, str]) -> Flashcard:
    """The card in the other language, if both of its sides have reliable translations there."""
    if card.question not in wordings or card.answer not in wordings:
        return card
    return replace(card, question=wordings[card.question], answer=wordings[card.answer])
