"""Work in the background: progress, cancel, and a result that a page can come back for.

Jobs run one after another in a thread of their own, so that a page's rerun or click never disturbs them.
"""

from __future__ import annotations

import logging
import queue
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Literal

from lecture.errors import Cancelled, LectureError
from lecture.process import Lecture, Progress
from lecture.transcript import Segment

State = Literal["waiting", "running", "ready", "failed", "cancelled"]

log = logging.getLogger(__name__)


@dataclass
class Job:
    """One lecture in the making. Written by the worker's thread, read by pages."""

    id: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    progress: Progress = field(default_factory=lambda: Progress("Waiting for the lecture before this one"))
    segments: list[Segment] = field(default_factory=list)
    """What was recognised so far; only ever grows."""
    result: Future[Lecture] = field(default_factory=Future)
    _cancelled: threading.Event = field(default_factory=threading.Event)

    @property
    def state(self) -> State:
        """Where the job stands."""
        if self._cancelled.is_set():
            return "cancelled"
        if not self.result.done():
            return "running" if self.result.running() else "waiting"
        return "failed" if self.result.exception() else "ready"

    @property
    def error(self) -> str | None:
        """Why a failed job failed, in the user's words."""
        error = self.result.exception() if self.state == "failed" else None
        if error is None or isinstance(error, LectureError):
            return str(error) if error else None
        return f"Something unexpected went wrong ({type(error).__name__}: {error}). The program's log has the details."

    def cancel(self) -> None:
        """Stop the work before its next window or block."""
        self._cancelled.set()

    def on_progress(self, progress: Progress) -> None:
        """Take note of progress; raises `Cancelled` once the user has asked for it."""
        self.progress = progress
        if self._cancelled.is_set():
            raise Cancelled("You cancelled this lecture.")

    def on_segments(self, segments: list[Segment]) -> None:
        """Take note of text; raises `Cancelled` once the user has asked for it."""
        self.segments.extend(segments)
        self.on_progress(self.progress)


Work = Callable[[Job], Lecture]


class Worker:
    """Runs jobs one at a time, in the order they were handed in."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._waiting: queue.Queue[tuple[Job, Work]] = queue.Queue()
        # A daemon, so that stopping the program does not wait for the end of a lecture.
        threading.Thread(target=self._run, name="lecture-worker", daemon=True).start()

    def submit(self, work: Work) -> Job:
        """Hand in work; it starts when all before it is done."""
        job = Job()
        self._jobs[job.id] = job
        self._waiting.put((job, work))
        return job

    def find(self, job_id: str | None) -> Job | None:
        """The job of this id, while it is kept."""
        return self._jobs.get(job_id) if job_id else None

    def forget(self, job_id: str | None) -> None:
        """Cancel a job if it still runs, and let go of its result."""
        if job_id and (job := self._jobs.pop(job_id, None)):
            job.cancel()

    def _run(self) -> None:
        while True:
            job, work = self._waiting.get()
            if job.state == "cancelled" or not job.result.set_running_or_notify_cancel():
                continue
            try:
                job.result.set_result(work(job))
            except LectureError as error:
                job.result.set_exception(error)
            except Exception as error:
                log.exception("A lecture failed unexpectedly")
                job.result.set_exception(error)
