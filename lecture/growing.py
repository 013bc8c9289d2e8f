"""Files that grow, of which what was acknowledged is on the disk, whatever happens to the program or its power."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def append(path: Path, size: int, content: bytes) -> bool:
    """Add bytes to a file, and wait until they are on the disk.

    Args:
        path: the file; made, with its folders, if it is not there.
        size: bytes of it that count; what is behind them, a crash has left there.
        content: what comes after them.

    Returns:
        Whether all that counts was there; if not, nothing was written.

    Raises:
        OSError: the disk is full or refuses; the file has what counts, as before.
    """
    new = not path.exists()
    if new:
        path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb" if new else "r+b", buffering=0) as file:
        if file.seek(0, os.SEEK_END) < size:
            return False
        try:
            file.truncate(size)
            file.seek(size)
            rest = memoryview(content)
            while rest:
                rest = rest[file.write(rest) :]
            os.fsync(file.fileno())
        except OSError:
            with suppress(OSError):
                file.truncate(size)
            raise
    if new:
        for folder in (path.parent, path.parent.parent, path.parent.parent.parent):
            _note(folder)
    return True


def begins_with(path: Path, content: bytes) -> bool:
    """Whether these are a file's first bytes."""
    with path.open("rb") as file:
        return file.read(len(content)) == content


def _note(folder: Path) -> None:
    """Have a folder's list of names on the disk, where the system can (not on Windows)."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
