"""ZIP files that are the same to the byte for the same content and moment, on every system."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import BinaryIO

_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""ZIP knows no earlier times."""
_MODE = 0o100644 << 16
"""A file that everybody may read, as ZIP keeps it."""
_UNIX = 3


def write_archive(target: BinaryIO, files: Iterable[tuple[str, bytes]], moment: datetime) -> None:
    """Write files as they come: of those that an iterator makes, only one is held at a time.

    Args:
        target: gets the archive.
        files: names, with "/" between folders, and contents.
        moment: the date that every file bears.
    """
    date = max(_EARLIEST, moment.timetuple()[:6])
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files:
            info = zipfile.ZipInfo(name, date)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = _UNIX
            info.external_attr = _MODE
            archive.writestr(info, content)
