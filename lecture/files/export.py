"""Notes, and everything, as plain text. Everything from a lecture stays text in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lecture.files.card_files import card_blocks
from lecture.files.sections import other_words, sections
from lecture.flashcards import Flashcard
from lecture.notes import Notes, Statement
from lecture.transcript import Transcript, format_time, one_line, provenance, to_txt


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
        blocks += [_heading("Flashcards", "-"), *card_blocks(cards)]
    blocks += [_heading("Transcript", "-"), to_txt(transcript)]
    return "\n".join(blocks)


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


def _notes_blocks(notes: Notes) -> list[str]:
    blocks = []
    for heading, statements in sections(notes):
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
    if quote := other_words(statement):
        text += f'    "{quote}"\n'
    return text
