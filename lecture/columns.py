"""What stands in the database's columns as JSON."""

from __future__ import annotations

from pydantic import TypeAdapter

from lecture.flashcards import Flashcard
from lecture.notes import Notes, Statement
from lecture.process import Progress, Settings
from lecture.transcript import Segment, Transcript
from models import Choice

SETTINGS = TypeAdapter(Settings)
PROGRESS = TypeAdapter(Progress)
CHOICE = TypeAdapter(Choice)
SEGMENTS = TypeAdapter(tuple[Segment, ...])
TRANSCRIPT = TypeAdapter(Transcript)
NOTES = TypeAdapter(Notes)
CARDS = TypeAdapter(tuple[Flashcard, ...])
COUNTS = TypeAdapter(dict[str, int])
WRITTEN = TypeAdapter(tuple[Statement, ...])
WAITING = PROGRESS.dump_json(Progress("Waiting")).decode()
