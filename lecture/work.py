"""The work on lectures: which one is next, and what is known of one while it is processed, window by window."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lecture.columns import (
    CARDS,
    CHOICE,
    COUNTS,
    NOTES,
    PROGRESS,
    SEGMENTS,
    SETTINGS,
    TRANSCRIPT,
    WRITTEN,
)
from lecture.database import LectureRow, WindowRow, lecture_row
from lecture.notes import Statement
from lecture.owners import owned_by
from lecture.process import Lecture, Progress, Settings
from lecture.search import store_sentences
from lecture.transcribe import Borders, Recognised
from lecture.transcript import Segment, Transcript
from models import Choice

if TYPE_CHECKING:
    from lecture.library import Entry


class Work(ABC):
    """What a library knows of the work on its lectures. Every method is one transaction."""

    def __init__(self) -> None:
        self._turns: dict[str | None, int] = {}
        """When it was an owner's turn last, counted since this process began."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[Session]:
        """One transaction; what a database or disk refuses is one sentence."""

    @abstractmethod
    def shown(self, row: LectureRow) -> Entry:
        """A lecture as lists show it."""

    def interrupt(self) -> int:
        """Hand what was running when its process ended back to be gone on with; says how many lectures that were."""
        with self.transaction() as session:
            stopped = session.scalars(select(LectureRow).where(LectureRow.state == "running")).all()
            for row in stopped:
                row.state = "waiting"
            return len(stopped)

    def take_next(self, with_text: bool | None = None, without: Collection[str] = ()) -> Entry | None:
        """The next lecture, now running: of the owner with the fewest running, the one that has waited longest.

        Of several such owners it is the turn of the one whose last turn was the longest time ago, so that nobody's
        fifty lectures keep another one waiting where there is room for few at once.

        Args:
            with_text: whether it is one of which nothing has to be recognised; None where that does not matter.
            without: ids of lectures that are not to be taken now.
        """
        owner, state, number = LectureRow.owner, LectureRow.state, LectureRow.number
        wanted = [state == "waiting", LectureRow.id.not_in(without)]
        if with_text is not None:
            has_text = LectureRow.captions_name.is_not(None) | (LectureRow.task == "notes")
            wanted.append(has_text if with_text else ~has_text)
        by_owner = select(owner, func.count(), func.min(number)).group_by(owner)
        with self.transaction() as session:
            at_work = {whose: lectures for whose, lectures, _ in session.execute(by_owner.where(state == "running"))}
            first = {whose: lowest for whose, _, lowest in session.execute(by_owner.where(*wanted))}
            turns = sorted(first, key=lambda whose: (at_work.get(whose, 0), self._turns.get(whose, 0), first[whose]))
            for whose in turns:
                waiting = select(LectureRow).where(owned_by(whose), *wanted).order_by(number).limit(1)
                # Another process may be taking it this moment; on SQLite there is one worker.
                if row := session.scalar(waiting.with_for_update(skip_locked=True)):
                    row.state, row.written = "running", None
                    self._turns[whose] = max(self._turns.values(), default=0) + 1
                    return self.shown(row)
            return None

    def recorded(self, lecture_id: str, state: Literal["running", "waiting"]) -> None:
        """A live recording is whole: its processing goes on, or it waits for its turn."""
        with self.transaction() as session:
            row = lecture_row(session, lecture_id)
            if row and row.state == "recording":
                row.state, row.error = state, None

    def note_trouble(self, lecture_id: str, error: str) -> None:
        """Say why a recording in progress has no captions for now."""
        with self.transaction() as session:
            row = lecture_row(session, lecture_id)
            if row and row.state == "recording":
                row.error = error

    def try_again(self, lecture_id: str, settings: Settings | None = None) -> None:
        """Put a failed or cancelled lecture back in line.

        It goes on from where it stopped, unless other settings would recognise something else.
        """
        with self.transaction() as session:
            row = lecture_row(session, lecture_id)
            if row is None or row.state not in ("failed", "cancelled"):
                return
            row.state, row.error = "waiting", None
            if settings:
                if settings.recognition != SETTINGS.validate_json(row.settings).recognition:
                    row.choice = row.language = None
                    row.windows.clear()
                row.settings = SETTINGS.dump_json(settings).decode()

    def cancel(self, lecture_id: str) -> None:
        """Stop a lecture's processing before its next batch of windows; what was recognised stays."""
        with self.transaction() as session:
            row = lecture_row(session, lecture_id)
            if row and row.state in ("waiting", "running"):
                row.state = "cancelled"

    def is_wanted(self, lecture_id: str) -> bool:
        """Whether a running lecture is still to go on: neither cancelled nor deleted."""
        with self.transaction() as session:
            row = lecture_row(session, lecture_id)
            return row is not None and row.state in ("running", "recording")

    def note_progress(self, lecture_id: str, progress: Progress) -> None:
        """Say how far a lecture is."""
        with self.transaction() as session:
            if row := lecture_row(session, lecture_id):
                row.progress = PROGRESS.dump_json(progress).decode()
                if progress.unit == "seconds" and progress.total:
                    row.duration = progress.total

    def choice(self, lecture_id: str) -> tuple[Choice | None, str | None]:
        """Who began to recognise a lecture, and the language heard in it, if that has begun."""
        with self.transaction() as session:
            row = lecture_row(session, lecture_id)
            if row is None or row.choice is None:
                return None, None
            return CHOICE.validate_json(row.choice), row.language

    def note_choice(self, lecture_id: str, choice: Choice) -> None:
        """Say who recognises a lecture."""
        with self.transaction() as session:
            row = lecture_row(session, lecture_id)
            if row:
                row.choice, row.language = CHOICE.dump_json(choice).decode(), None
                row.windows.clear()  # another recogniser's words are not to be mixed with this one's

    def plan(self, lecture_id: str, borders: Mapping[int, Borders], language: str | None) -> None:
        """Store the borders of windows by number, and the lecture's language, before their recognition."""
        with self.transaction() as session:
            row = lecture_row(session, lecture_id)
            if row is None:
                return
            row.language = language
            known = {window.number: window for window in row.windows}
            for number, (start, end) in borders.items():
                window = known.get(number)
                if window is None:
                    row.windows.append(WindowRow(number=number, start=start, end=end))
                elif (window.start, window.end) != (start, end):
                    window.start, window.end, window.segments = start, end, None

    def note_segments(self, lecture_id: str, number: int, segments: Sequence[Segment]) -> None:
        """Store what was recognised in a window."""
        with self.transaction() as session:
            row = lecture_row(session, lecture_id)
            if row:
                found = SEGMENTS.dump_json(tuple(segments)).decode()
                this = (WindowRow.lecture == row.number, WindowRow.number == number)
                session.execute(update(WindowRow).where(*this).values(segments=found))

    def recognised(self, lecture_id: str) -> dict[int, Recognised]:
        """What was recognised of a lecture, by the windows' numbers."""
        with self.transaction() as session:
            return {window.number: _recognised(window) for window in _done(session, lecture_id)}

    def windows_done(self, lecture_id: str) -> int:
        """How many windows of a lecture were recognised."""
        done = select(func.count()).select_from(WindowRow).join(LectureRow)
        with self.transaction() as session:
            return session.scalar(done.where(LectureRow.id == lecture_id, WindowRow.segments.is_not(None))) or 0

    def note_statement(self, lecture_id: str, statement: Statement) -> None:
        """Store a statement of the notes that are being written."""
        with self.transaction() as session:
            if row := lecture_row(session, lecture_id):
                written = (*WRITTEN.validate_json(row.written or "[]"), statement)
                row.written = WRITTEN.dump_json(written).decode()

    def written(self, lecture_id: str) -> tuple[Statement, ...]:
        """The statements of the notes that are being written, so far."""
        with self.transaction() as session:
            row = lecture_row(session, lecture_id)
            return WRITTEN.validate_json(row.written or "[]") if row else ()

    def transcript_at_hand(self, lecture_id: str) -> Transcript | None:
        """What was said in a lecture of which only the notes are to be written."""
        with self.transaction() as session:
            row = lecture_row(session, lecture_id)
            at_hand = row is not None and row.task == "notes" and row.transcript
            return TRANSCRIPT.validate_json(at_hand) if at_hand else None

    def latest_segments(self, lecture_id: str, windows: int = 4) -> list[Segment]:
        """The segments of the windows that were recognised last, in order of time."""
        with self.transaction() as session:
            done = _done(session, lecture_id, WindowRow.number.desc(), limit=windows)
            return [segment for window in reversed(done) for segment in _recognised(window).segments]

    def finish(self, lecture_id: str, lecture: Lecture, finished: datetime, took: float | None = None) -> None:
        """Store what was made of a lecture; it is ready, and can be searched.

        Args:
            lecture_id: which one.
            lecture: what was made of it.
            finished: when.
            took: seconds of work, where recognition was not interrupted; later estimates go by it.
        """
        with self.transaction() as session:
            row = lecture_row(session, lecture_id)
            if row is None or row.state != "running":
                return
            row.transcript = TRANSCRIPT.dump_json(lecture.transcript).decode()
            row.notes = NOTES.dump_json(lecture.notes).decode()
            row.flashcards = CARDS.dump_json(lecture.flashcards).decode()
            row.rejected = COUNTS.dump_json(dict(lecture.rejected)).decode()
            row.state, row.error = "ready", None
            row.duration = lecture.transcript.duration
            row.finished, row.took = finished.isoformat(), took
            row.written = None
            store_sentences(session, row)

    def fail(self, lecture_id: str, error: str) -> None:
        """Store why a lecture could not be processed; what was recognised stays."""
        with self.transaction() as session:
            row = lecture_row(session, lecture_id)
            if row and row.state in ("running", "recording"):
                row.state, row.error = "failed", error

    def finished(self, lecture_id: str) -> datetime | None:
        """When a lecture became ready."""
        with self.transaction() as session:
            row = lecture_row(session, lecture_id)
            return datetime.fromisoformat(row.finished) if row and row.finished else None


def _done(
    session: Session, lecture_id: str, order: Any = WindowRow.number, limit: int | None = None
) -> Sequence[WindowRow]:
    """The windows of a lecture that were recognised."""
    done = select(WindowRow).join(LectureRow).where(LectureRow.id == lecture_id, WindowRow.segments.is_not(None))
    return session.scalars(done.order_by(order).limit(limit)).all()


def _recognised(window: WindowRow) -> Recognised:
    return Recognised(window.number, window.start, window.end, SEGMENTS.validate_json(window.segments or "[]"))
