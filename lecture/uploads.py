"""Large files that arrive in parts, before and after their arrival."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from sqlalchemy import delete, select, update

from lecture.database import LectureRow, lecture_row, plain_errors
from lecture.errors import SourceError, StorageError
from lecture.library import Library, fingerprint_of, seconds_declared
from lecture.owners import owned_by
from lecture.refusals import UnknownRecording, make_sure_it_is_no_larger
from lecture.source import RECORDING_SUFFIXES, Source, StoredFile


def make_sure_it_can_be_taken(name: str, size: int | None, folder: Path) -> None:
    """Refuse a file before it is sent rather than after.

    Args:
        name: the file's.
        size: its bytes, if they are known.
        folder: where it is to lie.

    Raises:
        SourceError: no file of this kind can be read, or it is empty.
        TooLarge: more bytes than are taken.
        StorageError: the disk has no room for it.
    """
    if not name.lower().endswith(RECORDING_SUFFIXES):
        raise SourceError(f"“{name}” is no recording that can be read. Choose a sound or video file.")
    if size is None:
        return
    if size == 0:
        raise SourceError(f"“{name}” is empty. Choose another file.")
    make_sure_it_is_no_larger("upload", size)
    free = shutil.disk_usage(folder).free
    if size > free:
        raise StorageError(
            f"The disk is full: {size / 1e6:.0f} MB are needed, {free / 1e6:.0f} MB are free. "
            "Free some space and try again."
        )


def take_in(library: Library, lecture_id: str) -> str:
    """Have an upload that is whole processed, as `Library.add` does; after a crash, again.

    Returns:
        The lecture's id: another one where this file with these settings was known already.

    Raises:
        UnknownRecording: it was deleted.
        StorageError: the disk or the database refuses.
    """
    with library.transaction() as session:
        row = lecture_row(session, lecture_id)
        if row is None:
            raise UnknownRecording
        folder, name = library.files(row), row.recording_name or ""
    recording = folder / "recording"
    with plain_errors(library.folder):
        with suppress(FileNotFoundError):  # another one who ends it was first, or a crash came after this
            (folder / "takes" / "0").replace(recording)
            (folder / "takes").rmdir()
        source = Source(StoredFile(recording, name))
        made = {"fingerprint": fingerprint_of(source), "duration": seconds_declared(source), "state": "waiting"}
    with library.transaction() as session:
        arriving = update(LectureRow).where(LectureRow.id == lecture_id, LectureRow.state == "recording")
        row = session.scalar(arriving.values(**made).returning(LectureRow))
        if row is None:  # another one who ends it was first
            return lecture_id
        same = (LectureRow.fingerprint == row.fingerprint, LectureRow.settings == row.settings, owned_by(row.owner))
        known = session.scalar(select(LectureRow.id).where(*same, LectureRow.number != row.number).limit(1))
        if known is None:
            return lecture_id
        session.execute(delete(LectureRow).where(LectureRow.number == row.number))
    shutil.rmtree(folder, ignore_errors=True)
    return known
