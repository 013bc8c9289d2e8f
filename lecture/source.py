"""What a lecture is made from: a recording, captions, or both, as files on disk."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import mimetypes
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lecture.captions import CAPTION_SUFFIXES
from lecture.errors import SourceError, StorageError
from lecture.transcript import encodable

RECORDING_SUFFIXES = tuple(".wav .mp3 .m4a .aac .webm .ogg .opus .flac .mp4 .mov .mkv".split())

_MIME_TYPES = {
    "aac": "audio/aac",
    "flac": "audio/flac",
    "m4a": "audio/mp4",
    "mkv": "video/x-matroska",
    "opus": "audio/ogg",
    "srt": "application/x-subrip",
    "vtt": "text/vtt",
    "wav": "audio/wav",
    "webm": "audio/webm",
}
"""Where the platform's own table differs between machines, or is wrong for players."""

_BLOCK = 1 << 20
"""Bytes copied at a time."""


@dataclass(frozen=True)
class StoredFile:
    """A file that the student gave: where its bytes are, and what the student calls it.

    `digest` is the SHA-256 of its bytes, where they were copied here.
    """

    path: Path
    name: str
    digest: str = ""

    @property
    def mime_type(self) -> str:
        """MIME type by the name's ending, such as "audio/mpeg"."""
        suffix = self.name.rpartition(".")[2].lower()
        return _MIME_TYPES.get(suffix) or mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    def remove(self) -> None:
        """Delete the bytes; a file that is gone already, or that Windows does not delete while it is read, is fine."""
        with contextlib.suppress(OSError):
            self.path.unlink()


@dataclass(frozen=True)
class Source:
    """What one lecture is made from; at least one of the two is there."""

    recording: StoredFile | None = None
    captions: StoredFile | None = None

    @property
    def main(self) -> StoredFile:
        """The file that names the lecture: the recording, where there is one.

        Raises:
            SourceError: there is neither a recording nor captions.
        """
        if file := self.recording or self.captions:
            return file
        raise SourceError("There is no lecture yet. Record one, or upload a recording or captions.")

    @property
    def title(self) -> str:
        """The file's name as a title: without its ending, words apart, the first letter large."""
        stem = self.main.name.rpartition(".")[0] or self.main.name
        words = stem if " " in stem else stem.replace("_", " ").replace("-", " ")
        return words[:1].upper() + words[1:]

    def remove(self) -> None:
        """Delete the bytes of both."""
        for file in (self.recording, self.captions):
            if file:
                file.remove()


def is_captions(name: str) -> bool:
    """Whether a file of this name holds captions or a transcript rather than sound."""
    return name.lower().endswith(CAPTION_SUFFIXES)


def on_disk(path: Path) -> Source:
    """A file of the user's as a source, where it lies. Used by the command line."""
    file = StoredFile(path, encodable(path.name))
    return Source(captions=file) if is_captions(path.name) else Source(recording=file)


def store(content: BinaryIO, name: str, folder: Path) -> StoredFile:
    """Copy an upload to disk in blocks, under a name of our own.

    Args:
        content: the bytes, read from the start.
        name: what the student calls the file; never becomes a path.
        folder: where to put it; made if it is not there.

    Raises:
        StorageError: the disk is full or refuses; nothing half-written stays.
    """
    path = folder / secrets.token_urlsafe(12)
    digest = hashlib.sha256()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            content.seek(0)
            for block in _blocks(content):
                digest.update(block)
                file.write(block)
    except OSError as error:
        with contextlib.suppress(OSError):  # a disk that refused to write may refuse this, too
            path.unlink(missing_ok=True)
        raise storage_error(error, folder) from error
    return StoredFile(path, name, digest.hexdigest())


def storage_error(error: OSError, folder: Path) -> StorageError:
    """What a refusal of the disk means, in the user's words."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageError("The disk is full. Free some space and try again.")
    return StorageError(
        f"Nothing can be written to {folder} ({error.strerror}). Choose a folder that may be written to."
    )


def _blocks(content: BinaryIO) -> Iterator[bytes]:
    while block := content.read(_BLOCK):
        yield block
