"""The command line: python -m lecture process FILE... --out DIR, backup FILE.zip, restore FILE.zip."""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Never

from tqdm import tqdm

import models
from lecture import __version__
from lecture.errors import LectureError, SourceError, StorageError
from lecture.files.bundle import study_files
from lecture.files.names import safe_filename
from lecture.process import WRITERS, Lecture, OnProgress, Progress, Record, Settings, process
from lecture.quiz import make_quiz
from lecture.sentences import sentences
from lecture.source import on_disk, storage_error
from report import study_report

FAILED = 2
"""Exit status when a file could not be processed, or the command was not understood."""
STOPPED = 130
"""Exit status after Ctrl-C, as shells have it."""
KEY = "LECTURE_KEY"
"""The environment variable that holds a language model server's key: command lines are seen by others."""
BAR = "{desc}: {bar} {postfix}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    return int(options.run(options))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lecture", description="From a lecture to a study report.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="process | backup | restore")
    command = commands.add_parser("process", help="turn recordings and captions into study material")
    command.set_defaults(run=_process_all)
    command.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="a recording, or captions (.srt .vtt .txt)"
    )
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="gets one folder for each lecture")
    command.add_argument("--recogniser", choices=("auto", *models.RECOGNISERS), default="auto")
    command.add_argument("--model", choices=("auto", *models.SIZES), default="auto", help="Whisper's size")
    command.add_argument("--language", metavar="xx", help="two-letter code, such as en; without it, it is found out")
    command.add_argument("--vocabulary", default="", metavar="WORDS", help="names and terms to expect, with commas")
    command.add_argument("--writer", choices=WRITERS, default="extractive")
    command.add_argument("--writer-model", metavar="NAME", help="hub name or folder of the local writer")
    command.add_argument("--endpoint", default="", metavar="URL", help=f"language model server; its key in {KEY}")
    command.add_argument("--endpoint-model", default="", metavar="NAME", help="the model there")
    command.add_argument("--notes-language", metavar="xx", help="where a model writes; without it, the lecture's")
    command.add_argument("--summary", choices=("short", "medium", "long"), default="medium")
    command = commands.add_parser("backup", help="write the whole library into one file")
    command.set_defaults(run=_back_up)
    command.add_argument("file", type=Path, metavar="FILE.zip", help="gets the library; replaced if it is there")
    command = commands.add_parser("restore", help="make an empty library what it was at a backup")
    command.set_defaults(run=_restore)
    command.add_argument("file", type=Path, metavar="FILE.zip", help="a file that backup wrote")
    return parser


def _process_all(options: argparse.Namespace) -> int:
    settings = Settings(
        recogniser=options.recogniser,
        model=options.model,
        language=options.language,
        vocabulary=options.vocabulary,
        writer=options.writer,
        writer_model=options.writer_model,
        summary_length=options.summary,
        endpoint=options.endpoint,
        endpoint_model=options.endpoint_model,
        notes_language=options.notes_language,
    )
    status = 0
    taken: set[str] = set()
    for path in options.files:
        try:
            folder = _process(path, settings, options.out, taken)
        except LectureError as error:
            print(error, file=sys.stderr)
            status = FAILED
        except KeyboardInterrupt:
            print(f"Stopped. {path.name} was not finished; nothing of it was written.", file=sys.stderr)
            return STOPPED
        else:
            print(folder)
    return status


def _back_up(options: argparse.Namespace) -> int:
    from lecture.backup import backup
    from lecture.library import Library

    def work(on_progress: OnProgress) -> str:
        number = backup(Library(), options.file, on_progress)
        return f"Lectures backed up to {options.file}: {number}"

    return _copy(options.file.name, work)


def _restore(options: argparse.Namespace) -> int:
    from lecture.backup import restore
    from lecture.library import data_folder

    def work(on_progress: OnProgress) -> str:
        if os.environ.get("LECTURE_DB"):
            raise StorageError("A backup is restored with its own database. Unset LECTURE_DB, then try again.")
        number = restore(options.file, data_folder(), on_progress)
        return f"Lectures restored to {data_folder()}: {number}"

    return _copy(options.file.name, work)


def _copy(name: str, work: Callable[[OnProgress], str]) -> int:
    """Back up or restore under a bar, and print what came of it."""
    try:
        with tqdm(desc=name, leave=False, disable=None, bar_format=BAR) as bar:
            done = work(_Shown(bar).on_progress)
    except LectureError as error:
        print(error, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("Stopped. Nothing was changed.", file=sys.stderr)
        return STOPPED
    print(done)
    return 0


def _process(path: Path, settings: Settings, out: Path, taken: set[str]) -> Path:
    """Process one file and write its folder, whole or not at all.

    Raises:
        LectureError: the file cannot be used, or its folder not be written.
    """
    with tqdm(desc=path.name, leave=False, disable=None, bar_format=BAR) as bar:
        lecture = process(on_disk(path), settings, _Shown(bar))
    for warning in (*lecture.transcript.warnings, *lecture.notes.warnings):
        print(f"{path.name}: {warning}", file=sys.stderr)
    folder = out / _free_name(lecture.source.title, taken)
    if folder.exists():
        print(f"{path.name}: replaces what was in {folder}.", file=sys.stderr)
    _write(folder, _contents(lecture, settings, datetime.now().astimezone()))
    return folder


class _Shown(Record):
    """Progress as a bar on the terminal."""

    def __init__(self, bar: tqdm[Never]) -> None:
        self._bar = bar

    def on_progress(self, progress: Progress) -> None:
        """Draw the bar anew."""
        self._bar.total, self._bar.n = progress.total or 1, min(progress.done, progress.total or 1)
        self._bar.set_postfix_str(f"{progress.step} {progress.how_far}".strip())

    def key(self) -> str | None:
        """The key of the endpoint that writes."""
        return os.environ.get(KEY)


def _contents(lecture: Lecture, settings: Settings, moment: datetime) -> dict[str, bytes]:
    title, main = lecture.source.title, lecture.source.main

    def report() -> bytes:
        told = (lecture.transcript, lecture.notes, lecture.flashcards)
        questions = make_quiz(sentences(lecture.transcript), lecture.notes, lecture.flashcards)
        made = study_report(
            title, main.name, *told, moment, questions=questions, settings=settings, rejected=lecture.rejected
        )
        return made.pdf

    return dict(study_files(lecture, _identity(main.path), title, report, created=moment, exported=moment))


def _identity(path: Path) -> str:
    """The same file is the same lecture: its cards come into Anki once."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SourceError(f"{path.name} cannot be opened any more. Check that it is there and may be read.") from error


def _free_name(title: str, taken: set[str]) -> str:
    """A folder name no other file of this run has: lectures of the same name get a number."""
    plain = safe_filename(title, "")
    names = (plain if number == 1 else f"{plain} ({number})" for number in range(1, 10_000))
    name = next(name for name in names if name.lower() not in taken)
    taken.add(name.lower())
    return name


def _write(folder: Path, contents: dict[str, bytes]) -> None:
    """Write all files beside their place first, so that a full disk leaves nothing half-written."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".unfinished-") as unfinished:
            for name, content in contents.items():
                (Path(unfinished) / name).write_bytes(content)
            folder.mkdir(exist_ok=True)
            for name in contents:
                (Path(unfinished) / name).replace(folder / name)
    except OSError as error:
        raise storage_error(error, folder) from error


if __name__ == "__main__":
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a folder's name may not fit a console's encoding
    sys.exit(main())
