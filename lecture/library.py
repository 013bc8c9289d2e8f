"""The library: lectures and their parts in a database, so that none is ever lost.

SQLite in the platform's data folder by default; `LECTURE_DB` names another database, as of a PostgreSQL server, and
`LECTURE_DATA` another folder for the recordings. Every method is one transaction; any thread or process may call any of
them at any time.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Literal

import platformdirs
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from lecture.audio import Recording
from lecture.columns import CARDS, COUNTS, NOTES, PROGRESS, SETTINGS, TRANSCRIPT, WAITING
from lecture.database import (
    LectureRow,
    PreferenceRow,
    SentenceRow,
    lecture_row,
    open_database,
    plain_errors,
    proposal_row,
)
from lecture.errors import LectureError, SourceError
from lecture.flashcards import identified
from lecture.owners import OwnersSession, owned_by
from lecture.process import Lecture, Progress, Settings
from lecture.search import lectures_about, sentences_with, store_sentences
from lecture.sentences import Sentence
from lecture.source import Source, StoredFile
from lecture.transcript import one_line
from lecture.work import Work

State = Literal["recording", "waiting", "running", "ready", "failed", "cancelled"]

_RECENT = 20
"""Lectures that an estimate goes by."""


@dataclass(frozen=True)
class Entry:
    """A lecture as a list shows it.

    Attributes:
        id: unguessable; names the lecture in addresses and its folder.
        title: as the student calls it.
        created: when it was taken in.
        state: where its processing stands.
        progress: what is being done now, while it runs.
        error: why it failed, in the user's words.
        duration: seconds, once known.
        settings: what the student chose for it.
        source: its files.
        corrections: lines of its transcript that were corrected since its notes were written.
        has_text: whether nothing has to be recognised: it has captions, or only its notes are to be written.
    """

    id: str
    title: str
    created: datetime
    state: State
    progress: Progress
    error: str | None
    duration: float | None
    settings: Settings
    source: Source
    corrections: int = 0
    has_text: bool = False


@dataclass(frozen=True)
class Hit:
    """A sentence that was searched for, in its lecture."""

    lecture_id: str
    title: str
    sentence: Sentence


def new_id() -> str:
    """An unguessable id for a lecture: whoever knows it may see the lecture."""
    return secrets.token_urlsafe(16)


def data_folder() -> Path:
    """Where recordings lie, and by default the database: `LECTURE_DATA`, else the platform's data folder."""
    chosen = os.environ.get("LECTURE_DATA")
    return Path(chosen).expanduser() if chosen else platformdirs.user_data_path("lecture-notes", appauthor=False)


class Library(Work):
    """All lectures of this computer, or those of one owner.

    Attributes:
        folder: where recordings lie.
        owner: whose lectures these are; None where they are everybody's, as on a private computer.
    """

    owner: str | None = None

    def __init__(self, url: str | None = None, folder: Path | None = None) -> None:
        """Open the library, bringing an older one up to date.

        Args:
            url: SQLAlchemy's URL of the database; by default `LECTURE_DB`, else SQLite in `folder`.
            folder: where recordings lie; by default `data_folder()`.

        Raises:
            StorageError: the folder or the database cannot be used.
        """
        self.folder = folder or data_folder()
        with plain_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            url = url or os.environ.get("LECTURE_DB") or f"sqlite:///{self.folder / 'library.db'}"
            self._engine = open_database(url)
        self._session = sessionmaker(self._engine, class_=OwnersSession)
        super().__init__()

    def of(self, owner: str) -> Library:
        """The same library with the lectures of one owner alone: of no others is anything found, shown or changed.

        Raises:
            ValueError: it is another owner's already.
        """
        if self.owner not in (None, owner):
            raise ValueError("A library of one owner is not another one's.")
        theirs = copy(self)
        theirs.owner = owner
        return theirs

    @property
    def database(self) -> Path | None:
        """The file that holds the database, where it is SQLite."""
        url = self._engine.url
        return Path(url.database) if self._engine.dialect.name == "sqlite" and url.database else None

    def close(self) -> None:
        """Let go of the database's file; the next call opens it again."""
        self._engine.dispose()

    # ----------------------------------------------------------------------------------------- taking in, showing

    def add(
        self, source: Source, settings: Settings, created: datetime, lecture_id: str | None = None
    ) -> tuple[Entry, bool]:
        """Take a lecture in, to be processed; its files move into a folder of its own.

        Args:
            source: its files.
            settings: what the student chose.
            created: the time now.
            lecture_id: from `new_id`, where it must be known before the work begins.

        Returns:
            The lecture, and whether it is new: the same files with the same settings are the lecture of before.
        """
        fingerprint, chosen = fingerprint_of(source), SETTINGS.dump_json(settings).decode()
        files = ((source.recording, "recording"), (source.captions, "captions"))
        same = (LectureRow.fingerprint == fingerprint, LectureRow.settings == chosen, owned_by(self.owner))
        with self.transaction() as session:
            known = session.scalar(select(LectureRow).where(*same).limit(1))
            if known:
                source.remove()
                return self.shown(known), False
            row = LectureRow(
                id=lecture_id or new_id(),
                title=source.title,
                created=created.isoformat(),
                fingerprint=fingerprint,
                recording_name=source.recording.name if source.recording else None,
                captions_name=source.captions.name if source.captions else None,
                settings=chosen,
                state="waiting",
                progress=WAITING,
                duration=seconds_declared(source),
            )
            session.add(row)
            session.flush()  # a database that refuses does so before the files move
            entry = self.shown(row)
            folder = self.files(row)
            moves = [(file.path, folder / place) for file, place in files if file]
            try:
                folder.mkdir(parents=True)
                for path, place in moves:
                    shutil.move(path, place)
                session.commit()
            except BaseException:  # a disk may run full as late as here: the files go back to where they were
                with suppress(OSError):
                    for path, place in moves:
                        if place.exists():
                            shutil.move(place, path)
                    folder.rmdir()
                raise
            return entry, True

    def entries(self) -> list[Entry]:
        """All lectures, the newest first; without proposals, which belong to theirs."""
        lectures = select(LectureRow).where(LectureRow.proposal_for.is_(None))
        with self.transaction() as session:
            return [self.shown(row) for row in session.scalars(lectures.order_by(LectureRow.number.desc()))]

    def count(self) -> int:
        """How many lectures there are."""
        with self.transaction() as session:
            return session.scalar(select(func.count()).where(LectureRow.proposal_for.is_(None))) or 0

    def entry(self, lecture_id: str) -> Entry | None:
        """The lecture of this id."""
        with self.transaction() as session:
            row = lecture_row(session, lecture_id)
            return self.shown(row) if row else None

    def lecture(self, lecture_id: str) -> Lecture | None:
        """What was made of a lecture that is ready."""
        with self.transaction() as session:
            row = lecture_row(session, lecture_id)
            if row is None or not (row.transcript and row.notes and row.flashcards):
                return None
            return Lecture(
                self.shown(row).source,
                TRANSCRIPT.validate_json(row.transcript),
                NOTES.validate_json(row.notes),
                identified(CARDS.validate_json(row.flashcards)),
                COUNTS.validate_json(row.rejected or "{}"),
            )

    def rename(self, lecture_id: str, title: str) -> None:
        """Give a lecture another title."""
        with self.transaction() as session:
            if row := lecture_row(session, lecture_id):
                row.title = title

    def delete(self, lecture_id: str) -> None:
        """Remove a lecture: its rows and its files. Its processing stops before the next batch."""
        with self.transaction() as session:
            row = lecture_row(session, lecture_id)
            if row is None:  # nothing of ours: an id comes from an address, and must not become a path
                return
            gone = [self.files(row)]
            if proposal := proposal_row(session, row):
                gone.append(self.files(proposal))
                session.delete(proposal)
            session.delete(row)
        for folder in gone:
            shutil.rmtree(folder, ignore_errors=True)

    def search(self, query: str, limit: int = 50) -> list[Hit]:
        """Sentences of all lectures that hold every word of the query, the last one perhaps unfinished."""
        words = query.replace("\0", " ").split()
        if not words:
            return []
        with self.transaction() as session:
            return [
                Hit(lecture.id, lecture.title, Sentence(sentence.text, sentence.start, sentence.end))
                for sentence, lecture in sentences_with(session, words, limit)
            ]

    def correct(self, lecture_id: str, number: int, before: str, text: str) -> None:
        """Correct a line of a transcript; the notes stay as they are until they are written again.

        Args:
            lecture_id: whose transcript.
            number: index of the segment.
            before: its text until now, as the student saw it.
            text: what was really said.

        Raises:
            LectureError: the line is another one by now, or nothing would be left of it.
        """
        text = one_line(text)
        if not text:
            raise LectureError("A line cannot be empty. Write what was said, or leave the line as it is.")
        with self.transaction() as session:
            row = lecture_row(session, lecture_id)
            if row is None or row.transcript is None:
                return
            transcript = TRANSCRIPT.validate_json(row.transcript)
            if not 0 <= number < len(transcript.segments) or transcript.segments[number].text != before:
                raise LectureError(
                    "This line was changed elsewhere in the meantime. Look at it again, then correct it."
                )
            if text == before:
                return
            corrected = replace(transcript.segments[number], text=text, words=(), corrected=True)
            segments = (*transcript.segments[:number], corrected, *transcript.segments[number + 1 :])
            row.transcript = TRANSCRIPT.dump_json(replace(transcript, segments=segments)).decode()
            row.corrections += 1
            store_sentences(session, row)

    def said(self, lecture_id: str) -> tuple[str, tuple[Sentence, ...]] | None:
        """A lecture's title, and all that was said in it."""
        with self.transaction() as session:
            row = lecture_row(session, lecture_id)
            if row is None:
                return None
            found = select(SentenceRow).where(SentenceRow.lecture == row.number).order_by(SentenceRow.number)
            return row.title, tuple(Sentence(s.text, s.start, s.end) for s in session.scalars(found))

    def lectures_about(self, words: Sequence[str], limit: int = 5) -> list[str]:
        """The ids of the lectures that speak most of any of some words, the best first."""
        wanted = [word.replace(chr(34), "").replace("\0", "") for word in words]
        wanted = [word for word in wanted if word]
        if not wanted:
            return []
        with self.transaction() as session:
            return list(lectures_about(session, wanted, limit))

    def pace(self, settings: Settings) -> float | None:
        """Seconds of work for a second of lecture, as it was with these settings on this computer; None if never."""
        with self.transaction() as session:
            ready = select(LectureRow.took / LectureRow.duration, LectureRow.settings)
            ready = ready.where(LectureRow.took.is_not(None), LectureRow.duration > 0, LectureRow.choice.is_not(None))
            rows = session.execute(ready.order_by(LectureRow.number.desc()).limit(_RECENT)).all()
            alike = [
                pace
                for pace, used in rows
                if pace
                and (known := SETTINGS.validate_json(used)).recogniser == settings.recogniser
                and known.model == settings.model
            ]
            return median(alike) if alike else None

    # ----------------------------------------------------------------------------------------- preferences

    def preferred_settings(self) -> Settings | None:
        """The settings chosen last."""
        with self.transaction() as session:
            row = session.get(PreferenceRow, self._preference)
            return SETTINGS.validate_json(row.value) if row else None

    def prefer(self, settings: Settings) -> None:
        """Remember settings for the next time."""
        with self.transaction() as session:
            session.merge(PreferenceRow(name=self._preference, value=SETTINGS.dump_json(settings).decode()))

    @property
    def _preference(self) -> str:
        return "settings" if self.owner is None else f"settings of {self.owner}"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One transaction; what a database or disk refuses is one sentence."""
        with plain_errors(self.folder), self._session(info={"owner": self.owner}) as session, session.begin():
            yield session

    def files(self, row: LectureRow) -> Path:
        """The folder of a lecture's recording and captions."""
        return self.folder / "lectures" / row.id

    def shown(self, row: LectureRow) -> Entry:
        """A lecture as lists show it."""
        folder = self.files(row)
        return Entry(
            id=row.id,
            title=row.title,
            created=datetime.fromisoformat(row.created),
            state=row.state,  # type: ignore[arg-type]
            progress=PROGRESS.validate_json(row.progress),
            error=row.error,
            duration=row.duration,
            settings=SETTINGS.validate_json(row.settings),
            source=Source(
                StoredFile(folder / "recording", row.recording_name) if row.recording_name else None,
                StoredFile(folder / "captions", row.captions_name) if row.captions_name else None,
            ),
            corrections=row.corrections,
            has_text=row.captions_name is not None or row.task == "notes",
        )


def seconds_declared(source: Source) -> float | None:
    """Seconds that a recording says it lasts; a file that cannot be read is refused when it is processed."""
    if source.recording is None:
        return None
    with suppress(SourceError):
        return Recording(source.recording.path, source.recording.name).declared
    return None


def fingerprint_of(source: Source) -> str:
    """What makes two uploads the same lecture, if their settings are the same, too: their bytes."""
    parts = [file.digest or _digest(file.path) if file else "" for file in (source.recording, source.captions)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
