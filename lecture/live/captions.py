"""What the library has of a recording in progress beside its finished windows: provisional words, and marks."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import TypeAdapter
from sqlalchemy import select, update

from lecture.database import LectureRow, RecordingRow, lecture_row
from lecture.library import Library
from lecture.transcript import Segment

_segments = TypeAdapter(tuple[Segment, ...])
_marks = TypeAdapter(tuple[float, ...])


class LiveCaptions:
    """The end of the library's recordings in progress, as far as it is known for the time being."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def note(self, lecture_id: str, segments: Sequence[Segment]) -> None:
        """Let these be the words since the last finished window, in place of those before."""
        said = _segments.dump_json(tuple(segments)).decode()
        lecture = select(LectureRow.number).where(LectureRow.id == lecture_id).scalar_subquery()
        with self._library.transaction() as session:
            session.execute(update(RecordingRow).where(RecordingRow.lecture == lecture).values(provisional=said))

    def provisional(self, lecture_id: str) -> tuple[Segment, ...]:
        """The words since the last finished window; they may still change."""
        found = select(RecordingRow.provisional).join(LectureRow).where(LectureRow.id == lecture_id)
        with self._library.transaction() as session:
            return _segments.validate_json(session.scalar(found) or "[]")

    def marks(self, lecture_id: str) -> tuple[float, ...]:
        """Moments that the student marked while recording, in seconds; a proposal has those of its lecture."""
        with self._library.transaction() as session:
            row = lecture_row(session, lecture_id)
            recording = session.get(RecordingRow, row.proposal_for or row.number) if row else None
            return _marks.validate_json(recording.marks) if recording else ()
