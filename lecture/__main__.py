"""The command line: python -m lecture process FILE|FOLDER... --out DIR, backup, restore, scheduler, worker ADDRESS."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import models
from lecture import __version__
from lecture.cluster import NOT_INSTALLED, named_cluster
from lecture.command_line.bars import KEY, Shown, warn
from lecture.command_line.batch import Batch
from lecture.command_line.cluster_scheduler import schedule
from lecture.command_line.cluster_worker import work_for
from lecture.command_line.workers import fitting_workers
from lecture.errors import ClusterError, LectureError, StorageError
from lecture.process import WRITERS, OnProgress, Settings

FAILED = 2
"""Exit status when a file could not be processed, or the command was not understood."""
STOPPED = 130
"""Exit status after Ctrl-C, as shells have it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    return int(options.run(options))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lecture", description="From a lecture to a study report.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="process | backup | restore | scheduler | worker")
    command = commands.add_parser("process", help="turn recordings and captions into study material")
    command.set_defaults(run=_process_all)
    command.add_argument(
        "files", nargs="+", type=Path, metavar="FILE|FOLDER", help="recordings, captions (.srt .vtt .txt), or folders"
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
    command.add_argument("--again", action="store_true", help="also the lectures that are done")
    command.add_argument("--workers", type=_number, metavar="N", help="so many lectures at once, if possible")
    command.add_argument(
        "--cluster", metavar="ADDRESS", help="a scheduler whose workers do the work; by default LECTURE_CLUSTER's"
    )
    command = commands.add_parser("backup", help="write the whole library into one file")
    command.set_defaults(run=_back_up)
    command.add_argument("file", type=Path, metavar="FILE.zip", help="gets the library; replaced if it is there")
    command = commands.add_parser("restore", help="make an empty library what it was at a backup")
    command.set_defaults(run=_restore)
    command.add_argument("file", type=Path, metavar="FILE.zip", help="a file that backup wrote")
    command = commands.add_parser("scheduler", help="start a cluster: hand out the work of this program's workers")
    command.set_defaults(run=_schedule)
    command.add_argument("--host", default="127.0.0.1", help="address to listen on; all who reach it are trusted")
    command.add_argument("--port", type=int, default=8786)
    command = commands.add_parser("worker", help="help a cluster: work for its scheduler until stopped")
    command.set_defaults(run=_work)
    command.add_argument("address", metavar="ADDRESS", help="of the scheduler, such as tcp://scheduler:8786")
    command.add_argument("--tasks", type=_number, metavar="N", help="so many tasks together")
    return parser


def _number(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number of lectures; give 1 or more")
    return int(text)


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
    if options.cluster is not None:
        os.environ["LECTURE_CLUSTER"] = options.cluster  # for processes of several lectures at once, too
    try:
        batch = Batch(settings, options.out, _lectures_at_once(options.workers), options.again)
    except ClusterError as error:
        print(error, file=sys.stderr)
        return FAILED
    try:
        batch.run(options.files)
    except KeyboardInterrupt:
        names = ", ".join(batch.unfinished)
        unfinished = f" Nothing was written of what was not finished: {names}." if names else ""
        warn(f"Stopped.{unfinished}")
        return STOPPED
    return FAILED if batch.failed else 0


def _lectures_at_once(asked: int | None) -> int:
    """As many as were asked for; else one, or what a cluster takes.

    Raises:
        ClusterError: a cluster is named, and cannot be used.
    """
    cluster = named_cluster()
    if cluster is None:
        return asked or 1
    with closing(cluster):
        most = cluster.lectures()
    return asked or fitting_workers(most, most)


def _schedule(options: argparse.Namespace) -> int:
    return _with_dask(lambda: schedule(options.host, options.port))


def _work(options: argparse.Namespace) -> int:
    return _with_dask(lambda: work_for(options.address, options.tasks))


def _with_dask(work: Callable[[], int]) -> int:
    if find_spec("distributed"):
        return work()
    print(NOT_INSTALLED, file=sys.stderr)
    return FAILED


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
        with closing(Shown(name)) as shown:
            done = work(shown.on_progress)
    except LectureError as error:
        print(error, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("Stopped. Nothing was changed.", file=sys.stderr)
        return STOPPED
    print(done)
    return 0


if __name__ == "__main__":
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a folder's name may not fit a console's encoding
    sys.exit(main())
