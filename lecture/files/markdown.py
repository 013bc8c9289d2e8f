"""Notes as Markdown, such as Obsidian keeps: words from the lecture show as they were said, never as mark-up."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from lecture.files.card_files import marked
from lecture.files.export import writer_provenance
from lecture.files.names import tag
from lecture.files.paragraphs import paragraphs
from lecture.files.sections import other_words, sections
from lecture.flashcards import Flashcard
from lecture.notes import Notes
from lecture.transcript import Transcript, format_time, one_line, provenance

_MARKUP = re.compile(
    r"[\\`*_\[\]<>|~$#&{}@^%]|:(?=//|:)|(?<=:):|=(?==)|(?<==)=|(?<=www)\.|(?<=mailto):|(?<=xmpp):", re.IGNORECASE
)
"""Mark-up anywhere in a line: CommonMark's, GitHub's bare addresses, and Obsidian's links, tags, marks and comments."""
_AT_START = re.compile(r"^(\d{0,9})([-+=.)])")
"""Mark-up at the start of a line: lists and underlines."""


def notes_markdown(
    title: str,
    source: str,
    transcript: Transcript,
    notes: Notes,
    cards: Sequence[Flashcard],
    *,
    created: datetime,
    with_transcript: bool = False,
) -> str:
    """Write the notes with front matter: summary, chapters, key terms, cards; each with its time.

    Args:
        title: of the lecture.
        source: name of the file it came from.
        transcript: what was said.
        notes: summary, chapters and key terms.
        cards: questions and answers at the end.
        created: the date in the front matter.
        with_transcript: whether all that was said follows.
    """
    lines = [*_front_matter(title, source, transcript, created), "", f"# {shown(title) or 'Lecture'}", ""]
    facts = [("Transcript", provenance(transcript)), ("Notes", writer_provenance(notes))]
    lines += [f"- **{label}:** {shown(text)}" for label, text in facts]
    lines += [f"- **Please note:** {shown(text)}" for text in (*transcript.warnings, *notes.warnings)]
    lines += [*_notes(notes), *_cards(cards)]
    if with_transcript:
        lines += _transcript(transcript)
    return "\n".join(lines).rstrip("\n") + "\n"


def shown(text: str) -> str:
    """Return the text such that Markdown shows it as it is, as one paragraph and without links."""
    return _AT_START.sub(r"\1\\\2", _MARKUP.sub(r"\\\g<0>", one_line(text)))


def _front_matter(title: str, source: str, transcript: Transcript, created: datetime) -> Iterator[str]:
    """YAML, in which a JSON string is a string: it can neither end the front matter nor add to it."""
    yield "---"
    yield f"title: {_quoted(title) if one_line(title) else _quoted('Lecture')}"
    yield f"date: {created:%Y-%m-%d}"
    yield f"source: {_quoted(source)}"
    if transcript.language:
        yield f"language: {_quoted(transcript.language)}"
    yield f"length: {_quoted(format_time(transcript.duration))}"
    yield "tags:"
    yield "  - lecture"
    yield f"  - {_quoted(f'lecture/{tag(title)}')}"
    yield "---"


def _quoted(text: str) -> str:
    return json.dumps(one_line(text), ensure_ascii=False)


def _notes(notes: Notes) -> Iterator[str]:
    for heading, statements in sections(notes):
        yield from ("", f"## {shown(heading)}", "")
        for statement in statements:
            yield f"- [{format_time(statement.evidence.start)}] {shown(statement.text)}"
            if quote := other_words(statement):
                yield from ("", f"  > {shown(quote)}", "")
    if notes.key_terms:
        yield from ("", "## Key terms", "")
    for one in notes.key_terms:
        time = format_time(one.definition.evidence.start)
        yield f"- **{shown(one.term)}** [{time}] {shown(one.definition.text)}"


def _cards(cards: Sequence[Flashcard]) -> Iterator[str]:
    if cards:
        yield from ("", "## Flashcards")
    for card in cards:
        yield from ("", f"**Q:** {shown(marked(card))}  ")
        yield f"**A:** {shown(card.answer)} [{format_time(card.evidence.start)}]"


def _transcript(transcript: Transcript) -> Iterator[str]:
    yield from ("", "## Transcript")
    for one in paragraphs(transcript):
        yield from ("", f"[{format_time(one.start)}] {shown(one.text)}")
