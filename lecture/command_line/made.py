"""What a folder of results was made from: a small JSON file beside them, by which the next run knows what is done."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from lecture.errors import LectureError, SourceError
from lecture.files.names import safe_filename
from lecture.process import Settings
from lecture.source import Source, storage_error
from lecture.transcript import encodable

RECORD = "made.json"


@dataclass(frozen=True)
class Made:
    """How results came about.

    Attributes:
        version: of the program.
        created: when, in ISO 8601.
        path: the lecture's main file, seen from the folder that holds all results.
        sources: SHA-256 of recording and captions, by their names.
        settings: what was chosen.
        writer: who wrote the notes in the end.
        files: the names of the results.
    """

    version: str
    created: str
    path: str
    sources: dict[str, str]
    settings: Settings
    writer: str
    files: tuple[str, ...]


_made = TypeAdapter(Made)


@dataclass(frozen=True)
class Task:
    """A lecture to be made, and where its results go.

    Attributes:
        source: its files.
        folder: for its results.
        path: its main file, seen from the folder that holds all results.
        digests: SHA-256 of its files, by their names.
    """

    source: Source
    folder: Path
    path: str
    digests: Mapping[str, str]

    @property
    def name(self) -> str:
        """What the user calls it."""
        return self.source.main.name

    def is_done(self, settings: Settings) -> bool:
        """Whether the folder has all results of just these files with these settings.

        Where the built-in writer had to stand in for another one, the other one is to have its chance.
        """
        made = _read(self.folder)
        return (
            made is not None
            and made.sources == self.digests
            and made.settings == without_secrets(settings)
            and (settings.writer == "extractive" or made.writer != "extractive")
            and bool(made.files)
            and all((self.folder / name).is_file() for name in made.files)
        )


def without_secrets(settings: Settings) -> Settings:
    """Settings fit for a file that may be handed on: an address that holds a password, which is refused, has none."""
    return replace(settings, endpoint=settings.endpoint.rpartition("@")[2])


def tasks_for(sources: Sequence[Source], out: Path) -> Iterator[Task | tuple[Source, LectureError]]:
    """Find for each lecture the folder it has or gets; for one that cannot be read, say why.

    A lecture keeps the folder that was made from its file, or from a file with the same bytes. Others of the same
    title get a number.
    """
    paths = [_seen_from(out, source.main.path) for source in sources]
    folders = sorted(path.name for path in out.iterdir()) if out.is_dir() else []
    chosen: dict[int, str] = {}
    taken: set[str] = set()

    @cache
    def known(name: str) -> Made | None:
        return _read(out / name)

    def take(number: int, names: Iterator[str]) -> bool:
        name = next((name for name in names if name.lower() not in taken), None)
        if name:
            chosen[number] = name
            taken.add(name.lower())
        return name is not None

    for number, source in enumerate(sources):
        take(number, (n for n in _of_title(source.title, folders) if (made := known(n)) and made.path == paths[number]))
    for number, source in enumerate(sources):
        try:
            digests = {file.name: _digest(file.path) for file in (source.recording, source.captions) if file}
        except LectureError as error:
            yield source, error
            continue
        if number not in chosen:
            same = (n for n in _of_title(source.title, folders) if (made := known(n)) and made.sources == digests)
            _ = take(number, same) or take(number, (n for n in _names(source.title) if known(n) is None))
        yield Task(source, out / chosen[number], paths[number], digests)


def store(task: Task, made: Made, contents: Mapping[str, bytes]) -> None:
    """Write all results and what they were made from.

    They are written beside their place first, so that a full disk leaves nothing half-written; what they were made
    from comes last, so that a folder that has it has everything.

    Raises:
        StorageError: the disk is full or refuses.
    """
    folder = task.folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".unfinished-") as unfinished:
            named = {**contents, RECORD: _made.dump_json(made, indent=2)}
            for name, content in named.items():
                (Path(unfinished) / name).write_bytes(content)
            folder.mkdir(exist_ok=True)
            (folder / RECORD).unlink(missing_ok=True)
            for name in named:
                (Path(unfinished) / name).replace(folder / name)
    except OSError as error:
        raise storage_error(error, folder) from error


def _read(folder: Path) -> Made | None:
    try:
        return _made.validate_json((folder / RECORD).read_bytes())
    except (OSError, ValueError):
        return None


def _names(title: str) -> Iterator[str]:
    """The names that a lecture's folder may have, the plain one first."""
    plain = safe_filename(title, "")
    return (plain if number == 1 else f"{plain} ({number})" for number in range(1, 10_000))


def _of_title(title: str, folders: Sequence[str]) -> Iterator[str]:
    plain = safe_filename(title, "")
    return (name for name in folders if name == plain or name.startswith(f"{plain} ("))


def _seen_from(out: Path, path: Path) -> str:
    try:
        return encodable(Path(os.path.relpath(path.resolve(), out.resolve())).as_posix())
    except ValueError:  # on another drive
        return encodable(path.resolve().as_posix())


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SourceError(f"{path.name} cannot be opened. Check that it is there and may be read.") from error
