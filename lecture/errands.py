"""What the workers of a cluster do for a lecture: choose its recogniser, recognise its windows, write notes and cards.

All of it is functions of this program and data that travel: settings, a choice, windows with their sound, a transcript;
never a model, a key or a path. A worker loads the models it is asked for itself, once, and keeps them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import models
from lecture.cluster import Share
from lecture.flashcards import Flashcard
from lecture.notes import Notes, Statement
from lecture.process import Earlier, Progress, Record, Settings, chosen_and_loaded, notes_and_cards
from lecture.recognisers import Recogniser, recogniser_for
from lecture.transcript import Segment, Transcript
from lecture.windows import Window, WindowLimits


@dataclass
class DistantRecogniser:
    """A recogniser as it travels with its windows: it is built where it is used, around the model that is there.

    Attributes:
        choice: which one.
        chosen: the language that was chosen, None to find it out.
        vocabulary: names and terms to expect.
        limits: of its windows.
        batch: how many windows are in a task.
        at_once: how many tasks are under way together.
        language: the lecture's language: the chosen one, or what was heard in the first window.
    """

    choice: models.Choice
    chosen: str | None
    vocabulary: str
    limits: WindowLimits
    batch: int
    at_once: int
    language: str | None = None

    def hear_language(self, window: Window) -> str:
        """The language spoken in a window."""
        return self._here().hear_language(window)

    def recognise(self, windows: Sequence[Window]) -> Iterator[list[Segment]]:
        """One list of segments for each window."""
        return self._here().recognise(windows)

    def _here(self) -> Recogniser:
        model = models.shared().recogniser(self.choice)
        recogniser = recogniser_for(self.choice, model, self.chosen, self.vocabulary)
        recogniser.language = recogniser.language or self.language
        return recogniser


def distant_recogniser(share: Share, settings: Settings, record: Record, earlier: Earlier) -> DistantRecogniser:
    """The recogniser that began a lecture, else the one that a worker chooses, ready to work.

    Args:
        share: of the cluster.
        settings: what the student chose.
        record: told that it takes its time.
        earlier: what was done before an interruption.
    """
    choosing = partial(record.on_progress, Progress("Choosing the recogniser"))
    recogniser = share.done(choosing, choose, Settings(*settings.recognition), earlier.choice)
    recogniser.at_once = share.at_once
    return recogniser


def choose(settings: Settings, begun: models.Choice | None) -> DistantRecogniser:
    """On a worker: choose the recogniser and load its model."""
    choice, model = chosen_and_loaded(begun, settings, models.shared(), lambda progress: None)
    here = recogniser_for(choice, model, settings.language, settings.vocabulary)
    return DistantRecogniser(
        choice, settings.language, settings.vocabulary, here.limits, here.batch, here.at_once, here.language
    )


@dataclass
class _Written(Record):
    """What is written on a worker, kept for the way back."""

    moments: Sequence[float]
    statements: list[Statement] = field(default_factory=list)

    def on_statement(self, statement: Statement) -> None:
        """Keep it."""
        self.statements.append(statement)

    def marks(self) -> Sequence[float]:
        """Moments that the student marked while recording."""
        return self.moments


def distant_notes_and_cards(
    share: Share, transcript: Transcript, settings: Settings, record: Record
) -> tuple[Notes, tuple[Flashcard, ...], Mapping[str, int]]:
    """Notes and cards that a worker writes; their statements are told when all are there."""
    writing = partial(record.on_progress, Progress("Writing the notes", 0.0, 1.0))
    statements, notes, cards, rejected = share.done(writing, write, transcript, settings, record.marks())
    for statement in statements:
        record.on_statement(statement)
    return notes, cards, rejected


def write(
    transcript: Transcript, settings: Settings, marks: Sequence[float]
) -> tuple[list[Statement], Notes, tuple[Flashcard, ...], dict[str, int]]:
    """On a worker: write notes and cards."""
    written = _Written(tuple(marks))
    notes, cards, rejected = notes_and_cards(transcript, settings, written, models.shared())
    return written.statements, notes, cards, dict(rejected)
