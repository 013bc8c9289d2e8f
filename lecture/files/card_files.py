"""Flashcards as text, CSV and JSON, and read back from JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from lecture.errors import SourceError
from lecture.flashcards import Flashcard, Kind
from lecture.notes import Evidence
from lecture.transcript import Transcript, encodable, first_problem, format_time, one_line, provenance

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_STAR = "★ "


def flashcards_txt(title: str, transcript: Transcript, cards: Sequence[Flashcard]) -> str:
    """Write the cards as plain text: question, answer, and the lecture's words with their time."""
    title = one_line(title) or "Lecture"
    blocks = [f"{title}\n{'=' * min(len(title), 78)}\n", f"Transcript: {provenance(transcript)}\n", *card_blocks(cards)]
    return "\n".join(blocks)


def card_blocks(cards: Iterable[Flashcard]) -> list[str]:
    """The cards as numbered blocks of plain text."""
    blocks = []
    for number, card in enumerate(cards, start=1):
        said = f'[{format_time(card.evidence.start)}] "{one_line(card.evidence.quote)}"'.removesuffix(' ""')
        blocks.append(f"{number}. {marked(card)}\n   Answer: {one_line(card.answer)}\n   {said}\n")
    return blocks


def marked(card: Flashcard) -> str:
    """The question on one line, after a star where the student marked it."""
    return f"{_STAR if card.starred else ''}{one_line(card.question)}"


def flashcards_csv(cards: Sequence[Flashcard]) -> bytes:
    """Write a table with the columns question, answer, quote, start, end (seconds), kind, starred ("yes" or empty).

    UTF-8 with a byte order mark: Excel takes a file without one for the system's old code page and spoils every é,
    while LibreOffice, Anki and pandas read both (Python: encoding "utf-8-sig"). Bytes, not text, so that nobody
    encodes it without the mark or doubles its line ends. A cell that a spreadsheet would run as a formula begins
    with an apostrophe.
    """
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow(["question", "answer", "quote", "start", "end", "kind", "starred"])
    for card in cards:
        texts = [_harmless(text) for text in (card.question, card.answer, card.evidence.quote)]
        times = (f"{card.evidence.start:.3f}", f"{card.evidence.end:.3f}")
        rows.writerow([*texts, *times, card.kind, "yes" if card.starred else ""])
    return table.getvalue().encode("utf-8-sig", errors="replace")


def flashcards_json(cards: Sequence[Flashcard]) -> str:
    """Write a list of cards with all that is known of each; `flashcards_from_json` reads it back."""
    content = [
        {
            "id": card.id,
            "kind": card.kind,
            "question": card.question,
            "answer": card.answer,
            "evidence": {
                "quote": card.evidence.quote,
                "start": card.evidence.start,
                "end": card.evidence.end,
            },
            "starred": card.starred,
            "edited": card.edited,
        }
        for card in cards
    ]
    return encodable(json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1)) + "\n"


def flashcards_from_json(content: str | bytes, name: str = "flashcards.json") -> tuple[Flashcard, ...]:
    """Read what `flashcards_json` wrote, now or when cards had neither ids nor kinds.

    Args:
        content: the file's content.
        name: the file's name, for the error message.

    Raises:
        SourceError: it is not JSON, or not a list of cards.
    """
    try:
        read = _CARDS.validate_json(content)
    except ValidationError as error:
        raise SourceError(
            f"{one_line(name)} does not hold flashcards that can be read here: {first_problem(error)}. "
            "Make the cards again from the lecture."
        ) from error
    return tuple(
        Flashcard(
            c.question,
            c.answer,
            Evidence(c.evidence.quote, c.evidence.start, c.evidence.end),
            c.kind,
            c.id,
            c.starred,
            c.edited,
        )
        for c in read
    )


class _EvidenceJson(BaseModel):
    model_config = ConfigDict(strict=True)
    quote: str
    start: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    end: Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _CardJson(BaseModel):
    model_config = ConfigDict(strict=True)
    question: str
    answer: str
    evidence: _EvidenceJson
    kind: Kind = "question"
    id: str = ""
    starred: bool = False
    edited: bool = False


_CARDS = TypeAdapter(list[_CardJson])


def _harmless(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run; leading blanks do not hide it from every program."""
    risky = text.startswith(("\t", "\r", "\n")) or text.lstrip().startswith(_FORMULA)
    return f"'{text}" if risky else text
