"""The library's database: its tables, opening it, bringing an older one up to date, and what can go wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from alembic import command
from alembic.config import Config
from sqlalchemy import (
    URL,
    BigInteger,
    Dialect,
    Engine,
    ForeignKey,
    String,
    TypeDecorator,
    create_engine,
    event,
    make_url,
    select,
)
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from lecture.errors import StorageError
from lecture.source import storage_error
from lecture.transcript import one_line

BUSY_S = 15.0
"""Seconds to wait for another process that is writing, before the database counts as locked."""

_BUSY = {"55P03", "40P01"}
_FULL = "53100"
_READ_ONLY = {"25006", "42501"}
"""PostgreSQL's codes: a lock not had in time, a deadlock; a full disk; a read-only transaction, no right to write."""
_EXAMPLE = (
    "Give one such as postgresql://user:password@host/database, or leave it empty: then SQLite keeps the library."
)


class PlainText(TypeDecorator[str]):
    """Text without the character NUL, which PostgreSQL does not keep."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """What is stored."""
        return value.replace("\0", "") if value else value


class Base(DeclarativeBase):
    """Where SQLAlchemy notes the tables; `migrations/` makes them."""

    type_annotation_map: ClassVar = {str: PlainText}


class OfLecture:
    """A row that belongs to one lecture, and so to its owner."""

    lecture: Mapped[int]


class LectureRow(Base):
    """A lecture: what was given, where its processing stands, and what was made of it (as JSON)."""

    __tablename__ = "lectures"

    number: Mapped[int] = mapped_column(primary_key=True)  # the order of coming in, whatever the clock says
    id: Mapped[str] = mapped_column(unique=True)
    owner: Mapped[str | None] = mapped_column(index=True)  # who logged in; None on a private computer
    title: Mapped[str]
    created: Mapped[str]
    fingerprint: Mapped[str] = mapped_column(index=True)
    recording_name: Mapped[str | None]
    captions_name: Mapped[str | None]
    settings: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    progress: Mapped[str]
    error: Mapped[str | None]
    duration: Mapped[float | None]
    choice: Mapped[str | None]
    language: Mapped[str | None]
    transcript: Mapped[str | None] = mapped_column(deferred=True, deferred_group="made")  # may be megabytes
    notes: Mapped[str | None] = mapped_column(deferred=True, deferred_group="made")
    flashcards: Mapped[str | None] = mapped_column(deferred=True, deferred_group="made")
    finished: Mapped[str | None]
    took: Mapped[float | None]  # seconds of work, where it was not interrupted
    proposal_for: Mapped[int | None] = mapped_column(ForeignKey("lectures.number", ondelete="CASCADE"))
    task: Mapped[str] = mapped_column(default="everything")  # or "notes": the transcript is there, and stays
    corrections: Mapped[int] = mapped_column(default=0)  # lines corrected since the notes were written
    rejected: Mapped[str | None]  # how many cards were not good enough, by reason
    written: Mapped[str | None]  # statements of the notes so far, while they are being written
    windows: Mapped[list[WindowRow]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="WindowRow.number"
    )


class WindowRow(OfLecture, Base):
    """A window of a lecture: its borders in seconds, and its segments once they are recognised."""

    __tablename__ = "windows"

    lecture: Mapped[int] = mapped_column(ForeignKey("lectures.number", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    start: Mapped[float]
    end: Mapped[float]
    segments: Mapped[str | None]


class SentenceRow(OfLecture, Base):
    """A sentence of a lecture that is ready, to be searched for."""

    __tablename__ = "sentences"

    lecture: Mapped[int] = mapped_column(ForeignKey("lectures.number", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    start: Mapped[float]
    end: Mapped[float]
    text: Mapped[str]


class VersionRow(OfLecture, Base):
    """What was made of a lecture before something newer took its place."""

    __tablename__ = "versions"

    number: Mapped[int] = mapped_column(primary_key=True)
    lecture: Mapped[int] = mapped_column(ForeignKey("lectures.number", ondelete="CASCADE"), index=True)
    settings: Mapped[str]
    transcript: Mapped[str]
    notes: Mapped[str]
    flashcards: Mapped[str]
    finished: Mapped[str | None]


class ExchangeRow(Base):
    """A question and its answer; `lecture` is None where all lectures were asked."""

    __tablename__ = "exchanges"

    number: Mapped[int] = mapped_column(primary_key=True)
    lecture: Mapped[int | None] = mapped_column(ForeignKey("lectures.number", ondelete="CASCADE"), index=True)
    owner: Mapped[str | None]  # who asked, where all lectures were
    exchange: Mapped[str]
    asked: Mapped[str]


class QuizRow(OfLecture, Base):
    """A lecture's quiz as far as it was answered (as JSON)."""

    __tablename__ = "quizzes"

    lecture: Mapped[int] = mapped_column(ForeignKey("lectures.number", ondelete="CASCADE"), primary_key=True)
    quiz: Mapped[str]


class CardStateRow(OfLecture, Base):
    """How well a card is known, and when it is to be seen again (in UTC, so that it sorts)."""

    __tablename__ = "card_states"

    lecture: Mapped[int] = mapped_column(ForeignKey("lectures.number", ondelete="CASCADE"), primary_key=True)
    card: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    due: Mapped[str] = mapped_column(index=True)


class RatingRow(OfLecture, Base):
    """One rating of a card (1 to 4), when (in UTC), and the card's state before it, None for a new card."""

    __tablename__ = "ratings"

    number: Mapped[int] = mapped_column(primary_key=True)
    lecture: Mapped[int] = mapped_column(ForeignKey("lectures.number", ondelete="CASCADE"), index=True)
    card: Mapped[str]
    rating: Mapped[int]
    rated: Mapped[str] = mapped_column(index=True)
    before: Mapped[str | None]


class RecordingRow(OfLecture, Base):
    """How a lecture arrives, or arrived, in parts: live from the microphone, or as a large upload."""

    __tablename__ = "recordings"

    lecture: Mapped[int] = mapped_column(ForeignKey("lectures.number", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str]
    key: Mapped[str]  # SHA-256 of what allows to add to it
    ended: Mapped[bool] = mapped_column(default=False)
    marks: Mapped[str] = mapped_column(default="[]")  # moments in seconds (as JSON)
    heard_from: Mapped[str]  # when the last chunk came
    provisional: Mapped[str | None]  # words that may still change (as JSON)
    size: Mapped[int | None] = mapped_column(BigInteger)  # bytes that an upload is said to have


class TakeRow(OfLecture, Base):
    """A take of a recording: how many chunks and bytes of it are on the disk."""

    __tablename__ = "takes"

    lecture: Mapped[int] = mapped_column(ForeignKey("lectures.number", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    mime_type: Mapped[str]
    chunks: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger)


class PreferenceRow(Base):
    """What the student prefers."""

    __tablename__ = "preferences"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


def lecture_row(session: Session, lecture_id: str) -> LectureRow | None:
    """The lecture of this id."""
    return session.scalar(select(LectureRow).where(LectureRow.id == lecture_id))


def proposal_row(session: Session, row: LectureRow) -> LectureRow | None:
    """What is being made, or was made, to take the place of what there is of a lecture."""
    return session.scalar(select(LectureRow).where(LectureRow.proposal_for == row.number))


def open_database(url: str) -> Engine:
    """Connect to a database by SQLAlchemy's URL, with the tables of this version of the program.

    Raises:
        StorageError: it is no URL of a database that is known here.
    """
    address = _address(url)
    sqlite = address.get_backend_name() == "sqlite"
    waiting = {"timeout": BUSY_S} if sqlite else {"connect_timeout": round(BUSY_S)}
    try:
        engine = create_engine(address, connect_args=waiting, pool_pre_ping=not sqlite)
    except ImportError as error:
        said = "LECTURE_DB names a PostgreSQL database, for which psycopg is needed. Install it: "
        raise StorageError(f'{said}.venv/bin/pip install "psycopg[binary]"') from error
    event.listen(engine, "connect", _set_up_sqlite if sqlite else _set_up_postgresql)
    engine.connect().close()  # now: the change to WAL waits for whoever writes, and a server may not answer
    bring_up_to_date(engine.url.render_as_string(hide_password=False))
    return engine


def _address(url: str) -> URL:
    """A database's URL as SQLAlchemy needs it, with PostgreSQL's driver.

    Raises:
        StorageError: it is none, or one of another kind of database.
    """
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as error:  # not shown: it may hold a password
        raise StorageError(f"LECTURE_DB is no address of a database. {_EXAMPLE}") from error
    if address.drivername in ("postgres", "postgresql"):
        address = address.set(drivername="postgresql+psycopg")
    if address.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        raise StorageError(f'LECTURE_DB names a database of the kind "{address.drivername}". {_EXAMPLE}')
    return address


def bring_up_to_date(url: str, revision: str = "head") -> None:
    """Give a database the tables of this version of the program, keeping what is in it.

    Args:
        url: SQLAlchemy's URL of the database.
        revision: how far to go; tests stop on the way.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["url"] = url
    command.upgrade(config, revision)


def _set_up_sqlite(connection: Any, _record: object) -> None:
    """Readers never wait for the writer (WAL), every commit survives a crash, and rows go with their lecture."""
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _set_up_postgresql(connection: Any, _record: object) -> None:
    """Nobody waits for ever for somebody else who is writing."""
    connection.execute(f"SET lock_timeout = '{BUSY_S}s'")
    connection.commit()


@contextmanager
def plain_errors(folder: Path) -> Iterator[None]:
    """Turn what databases and disks refuse into one sentence."""
    try:
        yield
    except DatabaseError as error:
        if said := _said(error, folder):
            raise StorageError(said) from error
        raise  # a mistake of ours, not of a disk
    except OSError as error:
        raise storage_error(error, folder) from error


def _said(error: DatabaseError, folder: Path) -> str | None:
    """What a database's refusal means, in the user's words; None where nobody but us can do anything about it."""
    reason, state = one_line(str(error.orig)), getattr(error.orig, "sqlstate", None) or ""
    if "malformed" in reason or "not a database" in reason:
        return f"The library's database in {folder} is damaged. Restore a backup, or move it away to begin anew."
    if state in _READ_ONLY:
        return f"The library's database cannot be written ({reason}). Give the user in LECTURE_DB the right to."
    if not isinstance(error, OperationalError):
        return None
    if "locked" in reason or state in _BUSY:
        said = "The library is being used by another program. Wait a moment and try again."
    elif "full" in reason or state == _FULL:
        said = "The disk is full. Free some space and try again."
    elif "readonly" in reason or "unable to open" in reason:
        said = f"The library in {folder} cannot be written. Check that the folder and its files may be written to."
    else:
        said = f"The library's database does not answer ({reason}). Check LECTURE_DB, and that it is running."
    return said
