"""Many lectures, one after another or several at once: what is done is left alone, what fails stops nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from lecture.command_line.bars import Overall, Shown, say, warn
from lecture.command_line.inputs import lectures_in
from lecture.command_line.made import Task, store, tasks_for
from lecture.command_line.making import Result, make
from lecture.command_line.workers import fitting_workers, made_by_workers
from lecture.errors import LectureError, in_one_sentence
from lecture.process import Progress, Settings

log = logging.getLogger(__name__)


@dataclass
class Batch:
    """What came of a run.

    Attributes:
        settings: for all its lectures.
        out: gets a folder for each lecture.
        workers: lectures at once, where the machine carries them.
        again: also those that are done.
        made: how many were made.
        skipped: how many were done before.
        failed: which could not be made, with the reason.
        unfinished: the names of those at work.
    """

    settings: Settings
    out: Path
    workers: int = 1
    again: bool = False
    made: int = 0
    skipped: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)
    unfinished: dict[str, None] = field(default_factory=dict)

    def run(self, paths: Sequence[Path]) -> None:
        """Make the lectures in files and folders, and say what came of each."""
        inputs = lectures_in(paths, self.out)
        for remark in inputs.remarks:
            warn(remark)
        for name, error in inputs.failures:
            self._fail(name, error)
        bar = Overall(len(inputs.sources))
        with closing(bar):
            tasks = []
            for task in tasks_for(inputs.sources, self.out):
                if not isinstance(task, Task):
                    source, failure = task
                    self._fail(source.main.name, failure)
                elif not self.again and task.is_done(self.settings):
                    self.skipped += 1
                else:
                    tasks.append(task)
                    continue
                bar.one_more()
            for task, result in self._results(tasks):
                if isinstance(result, Exception):
                    self._fail(task.name, result)
                else:
                    self._store(task, result)
                bar.one_more()
        if self.skipped or bar.is_shown:
            self._sum_up()

    def _results(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Result | Exception]]:
        workers = fitting_workers(self.workers, len(tasks)) if tasks else 1
        if workers < min(self.workers, len(tasks)):
            warn(f"Lectures at once: {workers}; this computer's cores and free memory carry no more.")
        if workers > 1:
            yield from self._by_workers(tasks, workers)
            return
        for task in tasks:
            self.unfinished = {task.name: None}
            try:
                with closing(Shown(task.name, int(len(tasks) > 1))) as shown:
                    result: Result | Exception = make(task, self.settings, shown, datetime.now().astimezone())
            except Exception as error:
                if not isinstance(error, LectureError):
                    log.exception("%s failed unexpectedly", task.name)
                result = error
            yield task, result

    def _by_workers(self, tasks: Sequence[Task], workers: int) -> Iterator[tuple[Task, Result | Exception]]:
        bars: dict[Path, tuple[int, Shown]] = {}

        def show(task: Task, progress: Progress | None) -> None:
            if progress is None:
                self.unfinished.pop(task.name, None)
                if task.folder in bars:
                    bars.pop(task.folder)[1].close()
                return
            self.unfinished[task.name] = None
            if task.folder not in bars:
                used = {position for position, _ in bars.values()}
                free = next(position for position in range(1, workers + 2) if position not in used)
                bars[task.folder] = free, Shown(task.name, free)
            bars[task.folder][1].on_progress(progress)

        for task, result in made_by_workers(tasks, self.settings, workers, show):
            if isinstance(result, Exception) and not isinstance(result, LectureError):
                log.error("%s failed unexpectedly", task.name, exc_info=result)
            yield task, result

    def _store(self, task: Task, result: Result) -> None:
        for warning in result.warnings:
            warn(f"{task.name}: {warning}")
        if task.folder.exists():
            warn(f"{task.name}: replaces what was in {task.folder}.")
        try:
            store(task, result.made, result.contents)
        except LectureError as error:
            self._fail(task.name, error)
            return
        self.made += 1
        say(str(task.folder))

    def _fail(self, name: str, error: Exception) -> None:
        reason = in_one_sentence(error)
        self.failed.append((name, reason))
        warn(reason)

    def _sum_up(self) -> None:
        skipped = f", skipped {self.skipped} that are done (--again makes them anew)" if self.skipped else ""
        failed = f", failed {len(self.failed)}:" if self.failed else ""
        warn(f"Made {self.made}{skipped}{failed or '.'}")
        for name, reason in self.failed:
            warn(f"  {name}: {reason}")
