"""The journal of one lecture's processing, kept in the library as it happens."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import models
from lecture.errors import Cancelled
from lecture.library import Library
from lecture.live.captions import LiveCaptions
from lecture.notes import Statement
from lecture.process import Earlier, Progress, Record
from lecture.transcribe import Borders, Recognised
from lecture.transcript import Segment

WRITE_S = 0.3
"""Seconds between two notes of progress within one step."""


class Journal(Record):
    """Writes a lecture's processing down, so that pages show it and work goes on where it was interrupted."""

    def __init__(self, library: Library, lecture_id: str, keys: Mapping[str, str | None]) -> None:
        """Begin with a lecture that is processed now.

        Args:
            library: where it is.
            lecture_id: which one.
            keys: of the endpoints that write, by lecture, as they are when it comes to writing; never written down.
        """
        self._library = library
        self._captions = LiveCaptions(library)
        self._keys = keys
        self._id = lecture_id
        self._step = ""
        self._written = 0.0
        self.earlier_windows = 0

    def on_progress(self, progress: Progress) -> None:
        """Note it, some times a second; stop where the lecture is no longer wanted."""
        if progress.step == self._step and time.monotonic() - self._written < WRITE_S:
            return
        self._step, self._written = progress.step, time.monotonic()
        self._stop_if_unwanted()
        self._library.note_progress(self._id, progress)

    def on_choice(self, choice: models.Choice) -> None:
        """Note who recognises the lecture."""
        self._library.note_choice(self._id, choice)

    def on_planned(self, borders: Mapping[int, Borders], language: str | None) -> None:
        """Note the windows to come."""
        self._library.plan(self._id, borders, language)

    def on_recognised(self, window: Recognised) -> None:
        """Note what was said in a window; stop where the lecture is no longer wanted."""
        self._library.note_segments(self._id, window.number, window.segments)
        self._stop_if_unwanted()

    def on_provisional(self, segments: Sequence[Segment]) -> None:
        """Note what was said just now, in place of what was noted last."""
        self._captions.note(self._id, segments)

    def on_statement(self, statement: Statement) -> None:
        """Note a statement of the notes."""
        self._library.note_statement(self._id, statement)

    def key(self) -> str | None:
        """The key of the endpoint that writes."""
        return self._keys.get(self._id)

    def marks(self) -> Sequence[float]:
        """Moments that the student marked while recording, in seconds."""
        return self._captions.marks(self._id)

    def earlier(self) -> Earlier:
        """What the library has of the lecture."""
        choice, language = self._library.choice(self._id)
        windows = self._library.recognised(self._id)
        self.earlier_windows = len(windows)
        at_hand, provisional = self._library.transcript_at_hand(self._id), self._captions.provisional(self._id)
        return Earlier(choice, language, windows, at_hand, provisional)

    def _stop_if_unwanted(self) -> None:
        if not self._library.is_wanted(self._id):
            raise Cancelled("This lecture was cancelled.")
