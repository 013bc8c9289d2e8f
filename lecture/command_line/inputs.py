"""What the command line is given, files and folders, as lectures."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lecture.captions import CAPTION_SUFFIXES
from lecture.command_line.made import RECORD
from lecture.errors import SourceError
from lecture.source import RECORDING_SUFFIXES, Source, StoredFile, is_captions
from lecture.transcript import encodable

_SEARCHED = (*RECORDING_SUFFIXES, *CAPTION_SUFFIXES)


@dataclass
class Inputs:
    """Lectures, in the order they were given, and what stands in the way of others.

    Attributes:
        sources: one for each lecture.
        failures: what was given and is none, with the reason.
        remarks: sentences about files that are left out.
    """

    sources: list[Source] = field(default_factory=list)
    failures: list[tuple[str, SourceError]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def lectures_in(paths: Iterable[Path], out: Path) -> Inputs:
    """Find the lectures among files and folders.

    A recording and captions of the same name in the same folder are one lecture, and no file is taken twice. In a
    folder of the user's, a .txt is taken for captions only beside its recording; hidden files and folders are left
    out, as are the results of this program.

    Args:
        paths: files, taken whatever they are, and folders, which are searched.
        out: where results go; not searched within another folder.
    """
    inputs, files = Inputs(), dict[Path, Path]()
    for path in paths:
        if not path.is_dir():
            files.setdefault(path.resolve(), path)
            continue
        found = list(_searched(path, out.resolve(), inputs.failures))
        if not found and all(name != str(path) for name, _ in inputs.failures):
            inputs.failures.append((str(path), SourceError(f"There are no recordings or captions in {path}.")))
        for file in found:
            files.setdefault(file.resolve(), file)
    alike: dict[tuple[Path, str], list[Path]] = {}
    for file in files.values():
        alike.setdefault((file.parent.resolve(), file.stem.casefold()), []).append(file)
    for group in alike.values():
        _add(group, inputs)
    return inputs


def _searched(folder: Path, out: Path, failures: list[tuple[str, SourceError]]) -> Iterator[Path]:
    """The recordings and captions in a folder and those in it, by name."""

    def cannot(error: OSError) -> None:
        failures.append((str(error.filename), SourceError(f"{error.filename} cannot be read ({error.strerror}).")))

    for place, folders, names in os.walk(folder, onerror=cannot):
        here = Path(place)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and (here / name).resolve() != out and not (here / name / RECORD).exists()
        )
        recorded = {Path(name).stem.casefold() for name in names if name.lower().endswith(RECORDING_SUFFIXES)}
        for name in sorted(names):
            told = not name.lower().endswith(".txt") or Path(name).stem.casefold() in recorded
            if name.lower().endswith(_SEARCHED) and not name.startswith(".") and told:
                yield here / name


def _add(group: Sequence[Path], inputs: Inputs) -> None:
    """Add the lectures that files of one name are."""
    recordings = [StoredFile(path, encodable(path.name)) for path in group if not is_captions(path.name)]
    written = [path for path in group if is_captions(path.name)]
    written.sort(key=lambda path: CAPTION_SUFFIXES.index(path.suffix.lower()) if path.suffix else 0)
    captions = StoredFile(written[0], encodable(written[0].name)) if written else None
    inputs.remarks += [f"{path.name} is left out: {written[0].name} says the same." for path in written[1:]]
    inputs.sources += [Source(recording, captions) for recording in recordings] or [Source(captions=captions)]
