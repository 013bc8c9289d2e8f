"""The whole library in one ZIP file, and back.

The file holds `library.db` and each lecture's files as `lectures/<id>/recording` and `lectures/<id>/captions`.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import sqlite3
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from alembic.util import CommandError
from sqlalchemy import delete
from sqlalchemy.exc import DatabaseError

from lecture.database import LectureRow
from lecture.errors import SourceError, StorageError
from lecture.library import Entry, Library
from lecture.process import OnProgress, Progress
from lecture.proposals import Proposals
from lecture.source import storage_error

_DATABASE = "library.db"
_MEMBER = re.compile(r"library\.db|lectures/[A-Za-z0-9_-]{1,64}/(?:recording|captions)")
"""All that a backup holds: no other name ever becomes a path."""
_BLOCK = 1 << 20
"""Bytes copied at a time."""
_ENCRYPTED = 1
"""The bit of a member's flags."""
_UNFINISHED = ".unfinished-restore"


def backup(library: Library, target: Path, on_progress: OnProgress = lambda progress: None) -> int:
    """Write all lectures into a ZIP file, while others may go on working in the library.

    Lectures that are being processed are in it as far as they are, waiting to be gone on with. Those that are still
    being recorded, or uploaded in parts, are not: the next backup has them.

    Args:
        library: what to back up; its database must be SQLite.
        target: the ZIP file; an earlier one of this name is replaced once the new one is whole.
        on_progress: told how many bytes are copied; may raise to stop.

    Returns:
        How many lectures are in the file.

    Raises:
        StorageError: there is nothing to back up, the database is not SQLite, or the disk refuses.
    """
    if target.is_dir() or target.suffix.lower() != ".zip":
        raise StorageError(f"{target} is no name for a backup. Give a file that ends in .zip, such as library.zip.")
    with _plain_errors(target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".unfinished-") as unfinished:
            whole = Path(unfinished) / target.name
            with closing(_copy_of(library, Path(unfinished) / _DATABASE)) as copy, whole.open("xb") as file:
                number = _write(file, library, copy, on_progress)
                file.flush()
                os.fsync(file.fileno())
            whole.replace(target)
    return number


def restore(source: Path, folder: Path, on_progress: OnProgress = lambda progress: None) -> int:
    """Make a library of a backup, whole or not at all.

    Args:
        source: the ZIP file.
        folder: the data folder; empty, or not there yet.
        on_progress: told how many bytes are copied; may raise to stop.

    Returns:
        How many lectures were restored.

    Raises:
        SourceError: the file is not a backup, is damaged, or comes from a newer version of this program.
        StorageError: there is something in the folder already, or the disk refuses.
    """
    try:
        file = source.open("rb")
    except OSError as error:
        raise SourceError(f"{source} cannot be opened. Check that it is there and may be read.") from error
    with file, _plain_errors(folder):
        # An empty folder is filled from within: it may be a mounted volume, and its parent not ours to write to.
        exists = folder.exists()
        unfinished = folder / _UNFINISHED if exists else folder.parent / f"{_UNFINISHED}-{folder.name}"
        _make_sure_it_is_empty(folder)
        with _readable(source), ZipFile(file) as archive:
            members = _checked(archive.infolist(), source)
            shutil.rmtree(unfinished, ignore_errors=True)  # what a killed restore left
            unfinished.mkdir(parents=True)
            try:
                _unpack(archive, members, unfinished, on_progress)
                number = _opened(source, unfinished)
                _make_sure_it_is_empty(folder)  # the program may have been started meanwhile
                if exists:
                    for name in ("lectures", _DATABASE):  # it becomes a library with its database, the last step
                        (unfinished / name).replace(folder / name)
                else:
                    unfinished.replace(folder)
            finally:
                shutil.rmtree(unfinished, ignore_errors=True)
    return number


# ------------------------------------------------------------------------------------------------- backing up


def _copy_of(library: Library, path: Path) -> Library:
    """The library as it is now: a copy of its database, with the original's files.

    What was running waits in it, and what is still being recorded is left out.
    """
    if library.database is None:
        raise StorageError(
            "This library's database is not SQLite, and cannot be backed up here. "
            f"Use that database's own dump, and copy the folder {library.folder / 'lectures'}."
        )
    if not library.entries():
        raise StorageError(f"There are no lectures in {library.folder}. Set LECTURE_DATA to the folder that has them.")
    with closing(sqlite3.connect(library.database)) as original, closing(sqlite3.connect(path)) as copy:
        original.backup(copy)  # in one step: page by page, each change by another program would start it anew
    copied = Library(f"sqlite:///{path}", library.folder)
    copied.interrupt()
    with copied.transaction() as session:  # not `copied.delete`: the files are the original's
        session.execute(delete(LectureRow).where(LectureRow.state == "recording"))
    return copied


def _write(file: IO[bytes], library: Library, copy: Library, on_progress: OnProgress) -> int:
    """Write all files, then the copy of the database; says how many lectures these are."""
    database = copy.database or Path()
    files = [
        (f"lectures/{entry.id}/{stored.path.name}", stored.path)
        for entry in [*_lectures(copy), *_proposals(copy)]
        for stored in (entry.source.recording, entry.source.captions)
        if stored
    ]
    size = sum(path.stat().st_size for _, path in [*files, ("", database)] if path.exists())
    _make_sure_of_room(size, database.parent)
    copied = _Copied("Backing up", size, on_progress)
    with ZipFile(file, "w") as archive:
        for name, path in files:
            with suppress(FileNotFoundError):  # deleted meanwhile
                _add(archive, name, path, copied)
        for entry in [*_lectures(copy), *_proposals(copy)]:
            if library.entry(entry.id) is None:
                copy.delete(entry.id)
        number = len(_lectures(copy))
        copy.close()
        _add(archive, _DATABASE, database, copied)
    return number


def _add(archive: ZipFile, name: str, path: Path, copied: _Copied) -> None:
    info = ZipInfo.from_file(path, name, strict_timestamps=False)
    info.compress_type = ZIP_STORED if path.name == "recording" else ZIP_DEFLATED  # recordings are compressed already
    with path.open("rb") as content, archive.open(info, "w", force_zip64=True) as place:
        copied.copy(content, place)


# ------------------------------------------------------------------------------------------------- restoring


def _make_sure_it_is_empty(folder: Path) -> None:
    if folder.exists() and {path.name for path in folder.iterdir()} - {_UNFINISHED, "lost+found"}:
        raise StorageError(
            f"There is something in {folder} already, and restoring never overwrites it. "
            "Move that folder away, or set LECTURE_DATA to an empty one."
        )


def _checked(members: Sequence[ZipInfo], source: Path) -> Sequence[ZipInfo]:
    """The members of a backup, if that is what they are.

    Raises:
        SourceError: there is no database, or anything that this program does not write.
    """
    names = [member.filename for member in members]
    if (
        _DATABASE not in names
        or len(set(names)) < len(names)
        or not all(_MEMBER.fullmatch(name) for name in names)
        or any(member.flag_bits & _ENCRYPTED for member in members)
    ):
        raise _foreign(source)
    return members


def _unpack(archive: ZipFile, members: Sequence[ZipInfo], folder: Path, on_progress: OnProgress) -> None:
    size = sum(member.file_size for member in members)
    _make_sure_of_room(size, folder)
    copied = _Copied("Restoring", size, on_progress)
    (folder / "lectures").mkdir()
    for member in members:
        path = folder / member.filename
        path.parent.mkdir(exist_ok=True)
        with archive.open(member) as content, path.open("xb") as place:
            copied.copy(content, place)


def _opened(source: Path, folder: Path) -> int:
    """Open an unpacked library, to know that it can be; says how many lectures it has."""
    with closing(sqlite3.connect(folder / _DATABASE)) as database:
        try:
            database.execute("SELECT version_num FROM alembic_version").fetchone()
            whole = database.execute("PRAGMA quick_check").fetchone() == ("ok",)
        except sqlite3.DatabaseError as error:
            raise _foreign(source) from error
    if not whole:
        raise _damaged(source)
    try:
        with closing(Library(f"sqlite:///{folder / _DATABASE}", folder)) as library:
            library.interrupt()
            number = len(_lectures(library))
            known = {entry.id for entry in [*_lectures(library), *_proposals(library)]}
    except CommandError as error:
        raise SourceError(f"{source} comes from a newer version of this program. Update it, then restore.") from error
    for path in (folder / "lectures").iterdir():
        if path.name not in known:  # of a lecture that was deleted during the backup
            shutil.rmtree(path)
    return number


@contextmanager
def _readable(source: Path) -> Iterator[None]:
    """Turn what zipfile raises for foreign and damaged files into one sentence."""
    try:
        yield
    except (BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError) as error:
        raise _damaged(source) from error
    except OSError as error:
        if error.errno == errno.EINVAL:  # positions that no file can have
            raise _damaged(source) from error
        raise


def _foreign(source: Path) -> SourceError:
    return SourceError(f'{source} is not a backup of a library. Choose a file made by "python -m lecture backup".')


def _damaged(source: Path) -> SourceError:
    return SourceError(f"{source} is damaged, or not a backup at all. Copy it again from where it was kept.")


# ------------------------------------------------------------------------------------------------- both


def _lectures(library: Library) -> list[Entry]:
    proposals = {entry.id for entry in _proposals(library)}
    return [entry for entry in library.entries() if entry.id not in proposals]


def _proposals(library: Library) -> list[Entry]:
    proposals = Proposals(library)
    return [proposal for entry in library.entries() if (proposal := proposals.pending(entry.id))]


class _Copied:
    """Copies in blocks, and says how far that is."""

    def __init__(self, step: str, total: int, on_progress: OnProgress) -> None:
        self._step, self._total, self._on_progress = step, total, on_progress
        self._done = 0

    def copy(self, content: IO[bytes], place: IO[bytes]) -> None:
        while block := content.read(_BLOCK):
            place.write(block)
            self._done += len(block)
            self._on_progress(Progress(self._step, self._done, self._total, "bytes"))


def _make_sure_of_room(size: int, folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if size > free:
        raise StorageError(
            f"The disk is full: {size / 1e6:.0f} MB are needed, {free / 1e6:.0f} MB are free. "
            "Free some space and try again."
        )


@contextmanager
def _plain_errors(folder: Path) -> Iterator[None]:
    """Turn what disks and SQLite refuse into one sentence."""
    try:
        yield
    except OSError as error:
        raise storage_error(error, folder) from error
    except (sqlite3.DatabaseError, DatabaseError) as error:
        if "full" in str(error):
            raise StorageError("The disk is full. Free some space and try again.") from error
        raise StorageError(f"The library's database cannot be read ({error}). Restore an earlier backup.") from error
