"""Notes and cards as files: text, Markdown, CSV and JSON. Everything from a lecture stays text in all of them."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from lecture.errors import SourceError
from lecture.flashcards import Flashcard
from lecture.notes import Evidence, Notes, Statement, in_order
from lecture.transcript import Transcript, first_problem, format_time, one_line, provenance, to_txt

MAX_NAME_BYTES = 150
"""Of a download's name in UTF-8: file systems allow 255, encrypted ones fewer, and the folder counts on Windows."""

_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])$", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\s]+')
_JOINERS = "\u200c\u200d"
"""Invisible, but Persian and Indic spelling and some emoji need them."""

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_MARKDOWN = re.compile(r"[\\`*_\[\]<>|~$#&{}@]|:(?=//)|(?<=www)\.|(?<=mailto):|(?<=xmpp):", re.IGNORECASE)
"""Mark-up anywhere in a line, GitHub's bare addresses among it."""
_MARKDOWN_START = re.compile(r"^(\d{0,9})([-+=.)])")
"""Mark-up at the start of a line: lists and underlines."""


def writer_provenance(notes: Notes) -> str:
    """Return the sentences that tell a reader who worded the notes, and what they rest on."""
    if notes.writer == "extractive":
        said = ["Sentences chosen from the lecture itself by the built-in writer."]
    else:
        said = [f"Worded by the model {one_line(notes.writer)}."]
    if notes.coverage < 1:
        said.append(f"The notes cover {min(99, round(notes.coverage * 100))} % of the lecture.")
    if notes.dropped:
        said.append(f"Left out because the transcript does not support them: {notes.dropped}.")
    return " ".join(said)


def summary_txt(title: str, transcript: Transcript, notes: Notes) -> str:
    """Write the notes as plain text: summary, chapters with their points, key terms; each with its time."""
    blocks = [_heading(title, "="), *_origin(transcript, notes), *_notes_blocks(notes)]
    return "\n".join(blocks)


def summary_markdown(title: str, transcript: Transcript, notes: Notes) -> str:
    """Write the notes as Markdown; words from the lecture show as they were said, never as mark-up."""
    facts = [("Transcript", provenance(transcript)), ("Notes", writer_provenance(notes))]
    lines = [f"# {_markdown(title) or 'Lecture'}", ""]
    lines += [f"- **{label}:** {_markdown(text)}" for label, text in facts]
    lines += [f"- **Please note:** {_markdown(text)}" for text in (*transcript.warnings, *notes.warnings)]
    for heading, statements in _sections(notes):
        lines += ["", f"## {_markdown(heading)}", ""]
        for statement in statements:
            lines.append(f"- [{format_time(statement.evidence.start)}] {_markdown(statement.text)}")
            if quote := _other_words(statement):
                lines += ["", f"  > {_markdown(quote)}", ""]
    if notes.key_terms:
        lines += ["", "## Key terms", ""]
        for one in notes.key_terms:
            time = format_time(one.definition.evidence.start)
            lines.append(f"- **{_markdown(one.term)}** [{time}] {_markdown(one.definition.text)}")
    return "\n".join(lines).rstrip("\n") + "\n"


def flashcards_txt(title: str, transcript: Transcript, cards: Sequence[Flashcard]) -> str:
    """Write the cards as plain text: question, answer, and the lecture's words with their time."""
    blocks = [_heading(title, "="), f"Transcript: {provenance(transcript)}\n", *_card_blocks(cards)]
    return "\n".join(blocks)


def flashcards_csv(cards: Sequence[Flashcard]) -> bytes:
    """Write a table with the columns question, answer, quote, start, end (seconds).

    UTF-8 with a byte order mark: Excel takes a file without one for the system's old code page and spoils every é,
    while LibreOffice, Anki and pandas read both (Python: encoding "utf-8-sig"). Bytes, not text, so that nobody
    encodes it without the mark or doubles its line ends. A cell that a spreadsheet would run as a formula begins
    with an apostrophe.
    """
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow(["question", "answer", "quote", "start", "end"])
    for card in cards:
        texts = [_harmless(text) for text in (card.question, card.answer, card.evidence.quote)]
        rows.writerow([*texts, f"{card.evidence.start:.3f}", f"{card.evidence.end:.3f}"])
    return table.getvalue().encode("utf-8-sig", errors="replace")


def flashcards_json(cards: Sequence[Flashcard]) -> str:
    """Write a list of {question, answer, evidence: {quote, start, end}}; `flashcards_from_json` reads it back."""
    content = [
        {
            "question": card.question,
            "answer": card.answer,
            "evidence": {
                "quote": card.evidence.quote,
                "start": card.evidence.start,
                "end": card.evidence.end,
            },
        }
        for card in cards
    ]
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def flashcards_from_json(content: str | bytes, name: str = "flashcards.json") -> tuple[Flashcard, ...]:
    """Read what `flashcards_json` wrote.

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
        Flashcard(c.question, c.answer, Evidence(c.evidence.quote, c.evidence.start, c.evidence.end)) for c in read
    )


def full_report_txt(
    title: str,
    source: str,
    transcript: Transcript,
    notes: Notes,
    cards: Sequence[Flashcard],
    *,
    created: datetime,
) -> str:
    """Write everything in one plain text.

    Args:
        title: of the lecture.
        source: name of the file it came from.
        transcript: what was said.
        notes: summary and key points.
        cards: the flashcards.
        created: the date the report bears.
    """
    facts = [
        ("Source", one_line(source)),
        ("Date", f"{created.day} {created:%B %Y}"),
        ("Length", format_time(transcript.duration)),
        ("Language", transcript.language or ""),
    ]
    blocks = [
        _heading(title, "="),
        "".join(f"{label}: {value}\n" for label, value in facts if value),
        *_origin(transcript, notes, with_reasons=True),
        *_notes_blocks(notes),
    ]
    if cards:
        blocks += [_heading("Flashcards", "-"), *_card_blocks(cards)]
    blocks += [_heading("Transcript", "-"), to_txt(transcript)]
    return "\n".join(blocks)


def safe_filename(title: str, suffix: str) -> str:
    """Return a download's name that Windows, macOS and Linux accept, from any text.

    Args:
        title: any text, such as a lecture's title; letters of all scripts stay. Without any: "lecture".
        suffix: what the name ends in, such as ".srt" or " flashcards.csv".

    Returns:
        A name without folders, no reserved name, at most `MAX_NAME_BYTES` long in UTF-8 (suffix included).
    """
    stem, ending = _name_part(title).strip(" .-~"), _name_part(suffix).rstrip(" .")
    if suffix.startswith(" "):
        ending = f" {ending}"
    room = max(1, MAX_NAME_BYTES - len(ending.encode()))
    stem = _shortened(stem, room).rstrip(" .") or "lecture"
    if _RESERVED.match((stem + ending).split(".")[0].strip()):
        stem = f"_{stem}"
    return stem + ending


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


_CARDS = TypeAdapter(list[_CardJson])


def _heading(text: str, rule: str) -> str:
    text = one_line(text) or "Lecture"
    return f"{text}\n{rule * min(len(text), 78)}\n"


def _origin(transcript: Transcript, notes: Notes, with_reasons: bool = False) -> list[str]:
    """Return blocks that say where the words and the notes come from, and what fell short."""
    said, worded = provenance(transcript), writer_provenance(notes)
    if with_reasons:
        said, worded = f"{said} {one_line(transcript.reason)}", f"{worded} {one_line(notes.reason)}"
    lines = [f"Transcript: {said.strip()}", f"Notes: {worded.strip()}"]
    lines += [f"Please note: {one_line(warning)}" for warning in (*transcript.warnings, *notes.warnings)]
    return ["".join(f"{line}\n" for line in lines)]


def _sections(notes: Notes) -> list[tuple[str, tuple[Statement, ...]]]:
    """Headings and their statements: the summary, then the chapters; without chapters, the key points of the whole."""
    sections = [("Summary", notes.summary)]
    if len(notes.chapters) < 2:
        sections.append(("Key points", notes.key_points))
    for number, chapter in enumerate(notes.chapters if len(notes.chapters) > 1 else (), start=1):
        times = f"{format_time(chapter.start)}–{format_time(chapter.end)}"
        sections.append((f"Chapter {number}: {one_line(chapter.title)} ({times})", in_order(chapter)))
    return [(heading, statements) for heading, statements in sections if statements]


def _notes_blocks(notes: Notes) -> list[str]:
    blocks = []
    for heading, statements in _sections(notes):
        blocks += [_heading(heading, "-"), "".join(map(_statement_txt, statements))]
    if notes.key_terms:
        terms = [
            f"{one_line(one.term)}: [{format_time(one.definition.evidence.start)}] {one_line(one.definition.text)}\n"
            for one in notes.key_terms
        ]
        blocks += [_heading("Key terms", "-"), "".join(terms)]
    return blocks


def _statement_txt(statement: Statement) -> str:
    text = f"[{format_time(statement.evidence.start)}] {one_line(statement.text)}\n"
    if quote := _other_words(statement):
        text += f'    "{quote}"\n'
    return text


def _other_words(statement: Statement) -> str:
    """Return the quote, or nothing where the statement is the quote itself."""
    quote = one_line(statement.evidence.quote)
    return "" if quote.casefold() == one_line(statement.text).casefold() else quote


def _card_blocks(cards: Iterable[Flashcard]) -> list[str]:
    return [
        f"{number}. {one_line(card.question)}\n"
        f"   Answer: {one_line(card.answer)}\n"
        f'   [{format_time(card.evidence.start)}] "{one_line(card.evidence.quote)}"\n'
        for number, card in enumerate(cards, start=1)
    ]


def _harmless(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run; leading blanks do not hide it from every program."""
    risky = text.startswith(("\t", "\r", "\n")) or text.lstrip().startswith(_FORMULA)
    return f"'{text}" if risky else text


def _markdown(text: str) -> str:
    """Return the text such that Markdown shows it as it is, as one paragraph and without links."""
    return _MARKDOWN_START.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\g<0>", one_line(text)))


def _name_part(text: str) -> str:
    """Return the text without what some system forbids in a file's name."""
    text = unicodedata.normalize("NFC", one_line(text))
    text = _FORBIDDEN.sub(" ", text)
    return "".join(c for c in text if c in _JOINERS or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))


def _shortened(text: str, room: int) -> str:
    """Cut to `room` bytes of UTF-8, not between a letter and its marks."""
    cut = text.encode()[:room].decode(errors="ignore")
    rest = text[len(cut) :]
    while cut and rest and (unicodedata.combining(rest[0]) or rest[0] in _JOINERS or cut[-1] in _JOINERS):
        rest, cut = cut[-1] + rest, cut[:-1]
    return cut
