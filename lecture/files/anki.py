"""Flashcards as an Anki deck (.apkg), with the sound of their moments.

Ids and names come from the lecture's id and the cards': whoever imports a deck again gets its cards up to date, with
the schedule that they have by then, and none twice. They are hashes, since who knows a lecture's id may see it.
The same input gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from itertools import count
from typing import Any, BinaryIO

import genanki  # type: ignore[import-untyped]

from lecture.audio import Samples
from lecture.errors import SourceError
from lecture.files.archive import write_archive
from lecture.files.clips import Span, cut, span_of
from lecture.files.export import writer_provenance
from lecture.files.names import tag
from lecture.files.sections import chapter_at
from lecture.flashcards import GAP, Flashcard, identified
from lecture.notes import Notes
from lecture.transcript import Transcript, format_time, one_line, provenance

_STYLE = """
.card { font: 20px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; text-align: center;
  color: #1c2128; background: #fff; }
.card-body { max-width: 34em; margin: 0 auto; padding: 0.8em; }
.question { font-weight: 600; }
hr { border: 0; border-top: 1px solid #d9dee5; margin: 1em 0; }
blockquote { margin: 1.2em 0 0; padding: 0.4em 0.9em; border-inline-start: 3px solid #155e75;
  font-size: 0.85em; color: #4b5563; text-align: start; }
.source { margin-top: 1em; font-size: 0.7em; color: #6b7280; }
.cloze { font-weight: 700; color: #155e75; }
.card.nightMode, .card.night_mode, .nightMode .card, .night_mode .card { color: #e6edf3; background: #1c2128; }
.nightMode hr, .night_mode hr { border-color: #444c56; }
.nightMode blockquote, .night_mode blockquote { color: #b6c2cf; border-color: #67c5dd; }
.nightMode .source, .night_mode .source { color: #9aa6b2; }
.nightMode .cloze, .night_mode .cloze { color: #67c5dd; }
""".lstrip()

# Nothing in it is a formula: MathJax leaves the class alone. Scripts that run from the right find their side.
_FRONT = '<div class="card-body mathjax_ignore tex2jax_ignore"><div class="question" dir="auto">{}</div></div>'
_BACK = """<div class="card-body mathjax_ignore tex2jax_ignore">{}
{{{{#Words}}}}<blockquote dir="auto">{{{{Words}}}}</blockquote>{{{{/Words}}}}
<div class="source" dir="auto">{{{{Time}}}}{{{{#Chapter}}}} · {{{{Chapter}}}}{{{{/Chapter}}}} · {{{{Lecture}}}}</div>
{{{{Sound}}}}</div>"""
_ASKED = '<div class="question" dir="auto">{{Question}}</div><hr id="answer"><div dir="auto">{{Answer}}</div>'
_FILLED = '<div class="question" dir="auto">{{cloze:Text}}</div><hr id="answer">'
_SHARED_FIELDS = ("Words", "Time", "Lecture", "Chapter", "Sound")

_TAGGED = ("why", "how", "compare")
"""Kinds that the note type does not tell."""
_ANGLES = str.maketrans("<>", "‹›")
_DESIGNED = 1_780_000_000
"""When the note types were changed last, in Unix seconds. Later than that, what a student restyles in Anki stays."""


class _NoteType(genanki.Model):  # type: ignore[misc]
    def to_json(self, timestamp: float, deck_id: int) -> dict[str, Any]:
        content: dict[str, Any] = super().to_json(_DESIGNED, deck_id)
        return content


def _note_type(  # noqa: PLR0917 - read once, below
    model_id: int, name: str, fields: Sequence[str], front: str, back: str, kind: int
) -> _NoteType:
    return _NoteType(
        model_id,
        name,
        fields=[{"name": field} for field in (*fields, *_SHARED_FIELDS)],
        templates=[{"name": "Card", "qfmt": _FRONT.format(front), "afmt": _BACK.format(back)}],
        css=_STYLE,
        model_type=kind,
    )


# The ids stay for ever: with another one, Anki takes a card for a new one.
QUESTION = _note_type(
    1_784_203_651, "Lecture question", ["Question", "Answer"], "{{Question}}", _ASKED, genanki.Model.FRONT_BACK
)
CLOZE = _note_type(1_784_203_652, "Lecture cloze", ["Text"], "{{cloze:Text}}", _FILLED, genanki.Model.CLOZE)


@dataclass
class _Sounds:
    """The names of the deck's sound files: by the span that they hold, and in the order of the package."""

    lecture_id: str
    names: dict[Span, str] = field(default_factory=dict)

    def add(self, span: Span) -> str:
        """The name of a clip in the package; in Anki, it has one of its own."""
        self.names[span] = f"lecture-{_hash(self.lecture_id, f'{span.start:.3f}-{span.end:.3f}')[:20]}.mp3"
        return str(len(self.names) - 1)

    def catalogue(self) -> bytes:
        """What Anki is told about the files."""
        return json.dumps({str(number): name for number, name in enumerate(self.names.values())}).encode()


def write_deck(
    target: BinaryIO,
    lecture_id: str,
    title: str,
    transcript: Transcript,
    notes: Notes,
    *,
    cards: Iterable[Flashcard],
    recording: Iterable[Samples] | None,
    exported: datetime,
) -> None:
    """Write an Anki package.

    A card's kind decides its note type, and editing does not change it: Anki would not update a note of another type.

    Args:
        target: gets the package.
        lecture_id: tells its cards from those of other lectures.
        title: of the lecture; names the deck.
        transcript: says in the deck's description how far to trust the words.
        notes: whose chapters tell where a card belongs.
        cards: what to learn; those without a question or an answer are left out.
        recording: 16 kHz mono blocks, for the sound of the moments; None for none. Where it cannot be read, the cards
            come without sound.
        exported: the time that cards were changed, for Anki: when they are imported again, later ones replace earlier
            ones.
    """
    chosen = [card for card in identified(cards) if one_line(card.question) and one_line(card.answer)]
    sounds = _Sounds(lecture_id)

    def files() -> Iterator[tuple[str, bytes]]:
        for span, sound in _cut(recording, chosen):
            yield sounds.add(span), sound
        yield "media", sounds.catalogue()
        deck = genanki.Deck(int(_hash("deck", lecture_id)[:7], 16) + (1 << 30), _deck_name(title))
        deck.description = _html(f"{provenance(transcript)} {writer_provenance(notes)}")
        for number, card in enumerate(chosen):
            note = _note(lecture_id, title, notes, card, sounds.names.get(span_of(card.evidence)))
            note.due = number  # new cards are learnt in the lecture's order
            deck.add_note(note)
        yield "collection.anki2", _collection(deck, exported)

    write_archive(target, files(), exported)


def _cut(recording: Iterable[Samples] | None, cards: Sequence[Flashcard]) -> Iterator[tuple[Span, bytes]]:
    if recording is not None:
        with suppress(SourceError):
            yield from cut(recording, [span_of(card.evidence) for card in cards])


def _collection(deck: Any, exported: datetime) -> bytes:
    """Anki's database with the deck in it."""
    seconds = exported.timestamp()
    with closing(sqlite3.connect(":memory:")) as database:
        genanki.Package(deck).write_to_db(database.cursor(), seconds, count(int(seconds * 1000)))
        database.commit()
        return database.serialize()


def _note(lecture_id: str, title: str, notes: Notes, card: Flashcard, sound: str | None) -> Any:
    found = chapter_at(notes, card.evidence.start)
    chapter = one_line(found[1].title) if found else ""
    tags = [f"lecture::{tag(title)}"]
    if found:
        tags.append(f"{tags[0]}::{found[0]:02}_{tag(chapter)}")
    if card.kind in _TAGGED:
        tags.append(f"asks::{card.kind}")
    if card.starred:
        tags.append("starred")  # not "marked", Anki's own: importing removes that
    asked = [_cloze(card)] if card.kind == "cloze" else [_html(card.question), _html(card.answer)]
    said = [_html(card.evidence.quote), format_time(card.evidence.start), _html(title), _html(chapter)]
    return genanki.Note(
        CLOZE if card.kind == "cloze" else QUESTION,
        fields=[*asked, *said, f"[sound:{sound}]" if sound else ""],
        tags=tags,
        guid=genanki.guid_for(lecture_id, card.id),
    )


def _cloze(card: Flashcard) -> str:
    """The sentence with its gap, as Anki has it; a card whose gap was edited away asks for its answer below."""
    hidden = f"{{{{c1::{_html(card.answer).replace(':', '&#58;')}}}}}"
    parts = one_line(card.question).split(GAP)
    if len(parts) != 2:
        return f"{_html(card.question)}<br>{hidden}"
    return f"{_html(parts[0], strip=False)}{hidden}{_html(parts[1], strip=False)}"


def _html(text: str, strip: bool = True) -> str:
    """Text as an Anki field shows it as it is: neither HTML, nor sounds, LaTeX, gaps or fields."""
    text = escape(one_line(text) if strip else text, quote=False)
    return text.replace("[", "&#91;").replace("{", "&#123;").replace("}", "&#125;")


def _deck_name(title: str) -> str:
    """The title; two colons would make decks within decks, and not every Anki shows names as text."""
    return one_line(title).replace("::", ": :").translate(_ANGLES) or "Lecture"


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
