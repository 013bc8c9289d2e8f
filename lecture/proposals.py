"""Proposals: a lecture transcribed or its notes written again, beside what there is; and the versions of before."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from sqlalchemy import delete, select

from lecture.columns import NOTES, SETTINGS, TRANSCRIPT, WAITING
from lecture.database import LectureRow, VersionRow, lecture_row, proposal_row
from lecture.learning.deck import cards_of, store_cards, with_kept
from lecture.library import Entry, Library, new_id
from lecture.notes import Notes
from lecture.process import Settings
from lecture.search import store_sentences
from lecture.transcript import Transcript

_MOST_VERSIONS = 10
"""Earlier versions kept of a lecture."""
_SPILL_S = 1.0
"""Seconds that a new line may reach beyond a corrected one and still be replaced by it."""


@dataclass(frozen=True)
class Version:
    """Notes that were made of a lecture before something newer took their place."""

    number: int
    finished: datetime | None
    notes: Notes


class Proposals:
    """What is made anew of the lectures in a library. Nothing is replaced before the student says so."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def transcribe_again(
        self, lecture_id: str, settings: Settings, created: datetime, proposal_id: str | None = None
    ) -> None:
        """Have a lecture's recording recognised, and its notes written, with other settings."""
        self.discard(lecture_id)
        with self._library.transaction() as session:
            row = lecture_row(session, lecture_id)
            if row is None or row.recording_name is None:
                return
            proposal = _proposal_for(row, settings, created, proposal_id)
            proposal.recording_name = row.recording_name
            session.add(proposal)
            self._library.files(proposal).mkdir(parents=True)
            shutil.copyfile(self._library.files(row) / "recording", self._library.files(proposal) / "recording")

    def write_again(
        self, lecture_id: str, settings: Settings, created: datetime, proposal_id: str | None = None
    ) -> None:
        """Have a lecture's notes and cards written with other settings, from the transcript as it is now."""
        self.discard(lecture_id)
        with self._library.transaction() as session:
            row = lecture_row(session, lecture_id)
            if row is None or row.transcript is None:
                return
            proposal = _proposal_for(row, settings, created, proposal_id)
            proposal.task, proposal.transcript, proposal.corrections = "notes", row.transcript, row.corrections
            session.add(proposal)

    def pending(self, lecture_id: str) -> Entry | None:
        """The proposal for a lecture, whatever its state."""
        with self._library.transaction() as session:
            row = lecture_row(session, lecture_id)
            proposal = proposal_row(session, row) if row else None
            return self._library.shown(proposal) if proposal else None

    def accept(self, lecture_id: str) -> None:
        """Let what was made anew take the place of the old, which is kept as an earlier version.

        Lines that the student corrected stay corrected.
        """
        with self._library.transaction() as session:
            row = lecture_row(session, lecture_id)
            proposal = proposal_row(session, row) if row else None
            if row is None or proposal is None or proposal.state != "ready" or not proposal.transcript:
                return
            before = TRANSCRIPT.validate_json(row.transcript or "")
            session.add(_version(row))
            cards = with_kept(cards_of(proposal), cards_of(row))
            for name in ("settings", "notes", "rejected", "finished"):
                setattr(row, name, getattr(proposal, name))
            store_cards(row, cards)
            if proposal.task == "notes":
                row.corrections -= proposal.corrections  # those made since it was begun are not in it
            else:
                for name in ("choice", "language", "took"):
                    setattr(row, name, getattr(proposal, name))
                transcript, row.corrections = with_corrections(TRANSCRIPT.validate_json(proposal.transcript), before)
                row.transcript = TRANSCRIPT.dump_json(transcript).decode()
                store_sentences(session, row)
            kept = select(VersionRow.number).where(VersionRow.lecture == row.number).order_by(VersionRow.number.desc())
            old = session.scalars(kept.offset(_MOST_VERSIONS)).all()
            session.execute(delete(VersionRow).where(VersionRow.number.in_(old)))
            gone = self._library.files(proposal)
            session.delete(proposal)
        shutil.rmtree(gone, ignore_errors=True)

    def discard(self, lecture_id: str) -> None:
        """Keep what there is."""
        if proposal := self.pending(lecture_id):
            self._library.delete(proposal.id)

    def versions(self, lecture_id: str) -> list[Version]:
        """What was made of a lecture before, the latest first."""
        with self._library.transaction() as session:
            row = lecture_row(session, lecture_id)
            if row is None:
                return []
            kept = select(VersionRow.number, VersionRow.finished, VersionRow.notes)
            kept = kept.where(VersionRow.lecture == row.number).order_by(VersionRow.number.desc())
            return [
                Version(number, datetime.fromisoformat(finished) if finished else None, NOTES.validate_json(notes))
                for number, finished, notes in session.execute(kept)
            ]

    def bring_back(self, lecture_id: str, number: int) -> None:
        """Let an earlier version, and what there is now, change places."""
        with self._library.transaction() as session:
            row = lecture_row(session, lecture_id)
            version = session.get(VersionRow, number)
            if row is None or version is None or version.lecture != row.number:
                return
            session.add(_version(row))
            for name in ("settings", "transcript", "notes", "flashcards", "finished"):
                setattr(row, name, getattr(version, name))
            row.corrections, row.rejected = 0, None
            session.delete(version)
            store_sentences(session, row)


def with_corrections(transcript: Transcript, before: Transcript) -> tuple[Transcript, int]:
    """Put the lines that a student corrected into a newer transcript.

    Returns:
        The newer transcript, and how many corrected lines are in it. A line stays out where the newer lines that
        were said in its time reach beyond it: words would be lost.
    """
    segments, kept = list(transcript.segments), 0
    for line in (segment for segment in before.segments if segment.corrected):
        inside = [s for s in segments if line.start <= (s.start + s.end) / 2 < line.end]
        if all(line.start - _SPILL_S <= s.start and s.end <= line.end + _SPILL_S for s in inside):
            rest = (s for s in segments if s not in inside)
            segments = sorted(chain(rest, [line]), key=lambda s: (s.start, s.end))
            kept += 1
    return replace(transcript, segments=tuple(segments)), kept


def _proposal_for(row: LectureRow, settings: Settings, created: datetime, proposal_id: str | None) -> LectureRow:
    return LectureRow(
        id=proposal_id or new_id(),
        owner=row.owner,
        title=row.title,
        created=created.isoformat(),
        fingerprint=f"proposal for {row.id}",
        settings=SETTINGS.dump_json(settings).decode(),
        state="waiting",
        progress=WAITING,
        duration=row.duration,
        proposal_for=row.number,
        corrections=0,
    )


def _version(row: LectureRow) -> VersionRow:
    return VersionRow(
        lecture=row.number,
        settings=row.settings,
        transcript=row.transcript,
        notes=row.notes,
        flashcards=row.flashcards,
        finished=row.finished,
    )
