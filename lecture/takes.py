"""Recordings that arrive in parts: live from the microphone, or as an upload too large for one request.

A *take* is one run of the recorder, one file that grows; going on after a refresh begins the next one. A *chunk* is its
next bytes. What was acknowledged is on the disk: a chunk is written and synchronised before the database counts it, and
whatever a crash leaves behind what is counted is cut off by the next chunk.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from math import isfinite
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter
from sqlalchemy import exists, insert, select, update
from sqlalchemy.orm import Session

from lecture.columns import SETTINGS, WAITING
from lecture.database import LectureRow, RecordingRow, TakeRow, lecture_row
from lecture.errors import LectureError, SourceError
from lecture.growing import append, begins_with
from lecture.library import Library, new_id
from lecture.process import Settings
from lecture.refusals import Closed, OutOfOrder, UnknownRecording, WrongKey, make_sure_it_is_no_larger
from lecture.source import Source, StoredFile
from lecture.transcript import one_line
from lecture.uploads import make_sure_it_can_be_taken, take_in

Kind = Literal["live", "upload"]

SILENT_S = 60.0
"""Seconds without a chunk after which a recorder counts as gone: many times the few seconds between two chunks."""
MOST_TAKES = 1_000
"""Takes of a recording; each is begun by somebody who opens the page anew."""
MOST_MARKS = 1_000
"""Marks of a recording: one every few seconds of a long lecture."""

_LONGEST_NAME = 200
"""Letters of a file's name."""
_LONGEST_TYPE = 100
"""Letters of a MIME type."""
_ENDINGS = {"audio/webm": ".webm", "audio/mp4": ".m4a", "audio/ogg": ".ogg"}
"""What browsers record, and how such a file's name ends."""

_marks = TypeAdapter(tuple[float, ...])


@dataclass(frozen=True)
class Begun:
    """A new recording: its lecture, and the secret that allows to add to it."""

    lecture_id: str
    key: str


@dataclass(frozen=True)
class Take:
    """One run of the recorder.

    Attributes:
        number: from 0.
        mime_type: as the browser says it, such as "audio/webm;codecs=opus".
        chunks: how many are stored.
        size: their bytes.
        path: where they lie, until the recording has been put together.
    """

    number: int
    mime_type: str
    chunks: int
    size: int
    path: Path


@dataclass(frozen=True)
class Incoming:
    """A recording that arrives, or arrived, in parts.

    Attributes:
        lecture_id: its lecture's.
        kind: from the microphone, or a file.
        takes: in order.
        ended: nothing more comes.
        marks: moments that the student marked, in seconds of the recording.
        heard_from: when the last chunk came, or when it was begun.
        size: bytes that an upload is said to have.
    """

    lecture_id: str
    kind: Kind
    takes: tuple[Take, ...]
    ended: bool
    marks: tuple[float, ...]
    heard_from: datetime
    size: int | None


class Takes:
    """The recordings of a library that arrive in parts.

    Whoever adds to a recording first takes its row, so that of several senders in several processes one is at work at
    a time, and none after the recording's end.
    """

    def __init__(self, library: Library) -> None:
        self._library = library

    def begin(self, name: str, kind: Kind, settings: Settings, created: datetime, size: int | None = None) -> Begun:
        """Make the lecture that is to arrive.

        Args:
            name: of the file; of a live recording without an ending, which its first take gives.
            kind: from the microphone, or a file.
            settings: what the student chose for it.
            created: the time now.
            size: bytes that the upload has, if that is known.

        Raises:
            SourceError: no file of this kind can be read.
            TooLarge: more bytes than are taken.
            StorageError: the disk has no room for it, or refuses.
        """
        name = one_line(name)
        if kind == "upload":
            make_sure_it_can_be_taken(name, size, self._library.folder)
        else:
            name = name or f"Recording {created:%Y-%m-%d %H.%M}"
        stem, dot, ending = name.rpartition(".") if kind == "upload" else (name, "", "")
        name = f"{stem[: _LONGEST_NAME - len(dot + ending)]}{dot}{ending}"
        begun = Begun(new_id(), secrets.token_urlsafe(32))
        with self._library.transaction() as session:
            row = LectureRow(
                id=begun.lecture_id,
                title=name if kind == "live" else Source(StoredFile(Path(), name)).title,
                created=created.isoformat(),
                fingerprint=f"recording {begun.lecture_id}",
                recording_name=name,
                settings=SETTINGS.dump_json(settings).decode(),
                state="recording",
                progress=WAITING,
            )
            session.add(row)
            session.flush()
            session.add(
                RecordingRow(
                    lecture=row.number, kind=kind, key=_hashed(begun.key), heard_from=created.isoformat(), size=size
                )
            )
        return begun

    def store(  # noqa: PLR0917 - what a chunk says of itself
        self, lecture_id: str, key: str, take: int, chunk: int, mime_type: str, content: bytes, now: datetime
    ) -> Take:
        """Add a chunk; what is returned has it on the disk. One that is there already is not written again.

        Args:
            lecture_id: of which recording.
            key: what `begin` gave.
            take: its number; the one after the last take begins the next, and closes the others for good.
            chunk: its number in the take.
            mime_type: the take's.
            content: its bytes.
            now: the time.

        Raises:
            OutOfOrder: a chunk before it is missing.
            Closed: the recording has ended, or a later take has begun.
            UnknownRecording, WrongKey: it is not theirs to add to.
            TooLarge: the recording would have more bytes than are taken.
            SourceError: no browser records like that.
            StorageError: the disk or the database refuses; nothing was added.
        """
        with self._library.transaction() as session:
            lecture, recording = _found(session, lecture_id, key)
            if not _changed(session, lecture, heard_from=now.isoformat()):  # from now on nobody else can
                raise Closed
            takes = self._takes(session, lecture)
            sent = takes[take] if 0 <= take < len(takes) else None
            if sent and 0 <= chunk < sent.chunks:
                if chunk == 0 and not begins_with(sent.path, content):
                    raise _elsewhere()
                return sent
            if sent and take < len(takes) - 1:
                raise _elsewhere()
            begins = take == len(takes) and chunk == 0
            if not begins and not (sent and chunk == sent.chunks):
                raise OutOfOrder(sent.chunks if sent else 0)
            size = sum(one.size for one in takes) + len(content)
            make_sure_it_is_no_larger(recording.kind, size, recording.size)
            if sent is None:
                sent = self._next_take(session, lecture, recording, take, mime_type)
            chunks, size = chunk + 1, sent.size + len(content)
            this = (TakeRow.lecture == lecture.number, TakeRow.number == take)
            session.execute(update(TakeRow).where(*this).values(chunks=chunks, size=size))
            if not append(sent.path, sent.size, content):
                raise Closed(
                    "A part of this recording is gone from the disk. What is there stays, and is gone on with."
                )
            return Take(take, sent.mime_type, chunks, size, sent.path)

    def mark(self, lecture_id: str, key: str, marks: Sequence[float]) -> None:
        """Let these be the moments, in seconds, that the student marked.

        Raises:
            Closed, UnknownRecording, WrongKey: it is not theirs to add to.
            SourceError: these are no moments of a recording.
        """
        moments = sorted(set(marks))
        if len(moments) > MOST_MARKS or not all(isfinite(moment) and moment >= 0 for moment in moments):
            raise SourceError(f"A recording has at most {MOST_MARKS:,} marks, each at a moment of it.")
        with self._library.transaction() as session:
            lecture, _ = _found(session, lecture_id, key)
            marked = _marks.dump_json(tuple(moments)).decode()
            if not _changed(session, lecture, marks=marked):
                raise Closed

    def end(self, lecture_id: str, chunks: Sequence[int] | None, key: str | None, now: datetime) -> str:
        """End a recording; again and again does no harm.

        An upload becomes a lecture that waits for its processing. What a live recording becomes is the captions'
        worker's to do.

        Args:
            lecture_id: which one.
            chunks: how many the browser made of each take; None where nobody knows.
            key: what `begin` gave; None where the page itself ends what nobody has been sending to for a minute.
            now: the time.

        Returns:
            The lecture's id: another one where this file with these settings was known already.

        Raises:
            OutOfOrder: chunks are missing.
            UnknownRecording, WrongKey: it is not theirs to end.
            SourceError: nothing was recorded, or not all of a file has arrived.
            LectureError: it is still being sent to.
            StorageError: the disk or the database refuses.
        """
        with self._library.transaction() as session:
            lecture, recording = _found(session, lecture_id, key)
            kind = recording.kind
            if lecture.state != "recording":
                return lecture_id
            if _changed(session, lecture, ended=True):
                if key is None and not _silent(session, lecture, now):
                    raise LectureError("This is still being recorded in another tab or window. End it there.")
                self._make_sure_it_is_whole(session, lecture, recording, chunks)
        return take_in(self._library, lecture_id) if kind == "upload" else lecture_id

    def admit(self, lecture_id: str, key: str) -> Incoming:
        """A recording, for those who may add to it.

        Raises:
            UnknownRecording, WrongKey: it is not theirs.
        """
        with self._library.transaction() as session:
            return self._shown(session, *_found(session, lecture_id, key))

    def of(self, lecture_id: str) -> Incoming | None:
        """How a lecture arrives, or arrived; None where that was not in parts."""
        with suppress(UnknownRecording), self._library.transaction() as session:
            return self._shown(session, *_found(session, lecture_id, None))
        return None

    def to_caption(self, now: datetime) -> list[str]:
        """The ids of live recordings that have something to listen to: ended, or heard from a moment ago."""
        has_sound = exists().where(TakeRow.lecture == LectureRow.number, TakeRow.chunks > 0)
        found = select(LectureRow.id, RecordingRow.ended, RecordingRow.heard_from).join(
            RecordingRow, RecordingRow.lecture == LectureRow.number
        )
        found = found.where(LectureRow.state == "recording", RecordingRow.kind == "live", has_sound)
        with self._library.transaction() as session:
            rows = session.execute(found.order_by(LectureRow.number)).all()
        return [id_ for id_, ended, heard in rows if ended or is_lately(datetime.fromisoformat(heard), now)]

    def _next_take(
        self, session: Session, lecture: LectureRow, recording: RecordingRow, number: int, mime_type: str
    ) -> Take:
        """A take that begins, as yet without chunks; the first gives a live recording's name its ending."""
        mime_type = one_line(mime_type)[:_LONGEST_TYPE]
        if recording.kind == "live":
            ending = _ENDINGS.get(mime_type.partition(";")[0].strip().lower())
            if ending is None:
                raise SourceError("This browser records in a format that cannot be read here. Use another browser.")
            if number == 0:
                lecture.recording_name = f"{lecture.recording_name}{ending}"
        if number >= (MOST_TAKES if recording.kind == "live" else 1):
            raise SourceError("This recording was begun anew too often. End it, and begin another one.")
        row = {"lecture": lecture.number, "number": number, "mime_type": mime_type, "chunks": 0, "size": 0}
        session.execute(insert(TakeRow).values(**row))
        return Take(number, mime_type, 0, 0, self._path(lecture, number))

    def _make_sure_it_is_whole(
        self, session: Session, lecture: LectureRow, recording: RecordingRow, chunks: Sequence[int] | None
    ) -> None:
        takes = self._takes(session, lecture)
        stored, made = [take.chunks for take in takes], list(chunks or [])
        if any(number > (stored[take] if take < len(stored) else 0) for take, number in enumerate(made)):
            raise OutOfOrder(stored)
        size = sum(take.size for take in takes)
        if size == 0:
            raise SourceError("Nothing has been recorded yet. Go on, or delete this lecture.")
        if recording.size is not None and size != recording.size:
            raise SourceError("Not all of this file has arrived. Go on with its upload, or begin it again.")

    def _shown(self, session: Session, lecture: LectureRow, recording: RecordingRow) -> Incoming:
        return Incoming(
            lecture_id=lecture.id,
            kind=recording.kind,  # type: ignore[arg-type]
            takes=self._takes(session, lecture),
            ended=recording.ended,
            marks=_marks.validate_json(recording.marks),
            heard_from=datetime.fromisoformat(recording.heard_from),
            size=recording.size,
        )

    def _takes(self, session: Session, lecture: LectureRow) -> tuple[Take, ...]:
        found = select(TakeRow.number, TakeRow.mime_type, TakeRow.chunks, TakeRow.size)
        rows = session.execute(found.where(TakeRow.lecture == lecture.number).order_by(TakeRow.number))
        return tuple(Take(*row, self._path(lecture, row.number)) for row in rows)

    def _path(self, lecture: LectureRow, take: int) -> Path:
        return self._library.files(lecture) / "takes" / str(take)


def _found(session: Session, lecture_id: str, key: str | None) -> tuple[LectureRow, RecordingRow]:
    """A recording and its lecture, if the key is its own; None asks for no key."""
    lecture = lecture_row(session, lecture_id)
    recording = session.get(RecordingRow, lecture.number) if lecture else None
    if lecture is None or recording is None:
        raise UnknownRecording
    if key is not None and not compare_digest(recording.key, _hashed(key)):
        raise WrongKey
    return lecture, recording


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _changed(session: Session, lecture: LectureRow, **values: object) -> bool:
    """Change a recording that has not ended; until the end of the transaction, nobody else does."""
    this = (RecordingRow.lecture == lecture.number, RecordingRow.ended.is_(False))
    changed = update(RecordingRow).where(*this).values(**values).returning(RecordingRow.lecture)
    return session.scalar(changed) is not None


def _silent(session: Session, lecture: LectureRow, now: datetime) -> bool:
    heard = session.scalar(select(RecordingRow.heard_from).where(RecordingRow.lecture == lecture.number))
    return heard is None or not is_lately(datetime.fromisoformat(heard), now)


def is_lately(heard_from: datetime, now: datetime, within: float = SILENT_S) -> bool:
    """Whether a time lies no more than so many seconds back; one that is to come is from before the clock was set."""
    return abs(now - heard_from) <= timedelta(seconds=within)


def _elsewhere() -> Closed:
    return Closed("This recording goes on in another tab or window. Go on there.")
