"""One lecture's files, made in this process or another one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lecture import __version__
from lecture.cluster import named_cluster
from lecture.command_line.made import Made, Task, without_secrets
from lecture.files.bundle import study_files
from lecture.process import Lecture, Record, Settings, process
from lecture.quiz import make_quiz
from lecture.sentences import sentences
from report import study_report


@dataclass(frozen=True)
class Result:
    """What was made of a lecture: its files by name, how they came about, and what fell short."""

    contents: dict[str, bytes]
    made: Made
    warnings: tuple[str, ...]


def make(task: Task, settings: Settings, record: Record, moment: datetime) -> Result:
    """Process a lecture and make its files.

    Args:
        task: which lecture.
        settings: what the user chose.
        record: told about progress.
        moment: the time that the files bear.

    Raises:
        LectureError: the source cannot be used, a model cannot be had, or the cluster cannot be used.
    """
    cluster = named_cluster()
    lecture = process(task.source, settings, record, share=cluster.share() if cluster else None)
    contents = dict(
        study_files(
            lecture,
            task.digests[task.name],  # the same file is the same lecture: its cards come into Anki once
            lecture.source.title,
            lambda: _report(lecture, settings, moment),
            created=moment,
            exported=moment,
        )
    )
    made = Made(
        version=__version__,
        created=moment.isoformat(timespec="seconds"),
        path=task.path,
        sources=dict(task.digests),
        settings=without_secrets(settings),
        writer=lecture.notes.writer,
        files=tuple(contents),
    )
    return Result(contents, made, (*lecture.transcript.warnings, *lecture.notes.warnings))


def _report(lecture: Lecture, settings: Settings, moment: datetime) -> bytes:
    told = (lecture.transcript, lecture.notes, lecture.flashcards)
    return study_report(
        lecture.source.title,
        lecture.source.main.name,
        *told,
        moment,
        questions=make_quiz(sentences(lecture.transcript), lecture.notes, lecture.flashcards),
        settings=settings,
        rejected=lecture.rejected,
    ).pdf
