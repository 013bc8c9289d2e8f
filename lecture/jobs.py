"""Work in the background: lectures that wait in the library are processed one after another.

The worker writes everything down in the library as it happens, and pages read it there. So a page's rerun, refresh or
end never disturbs the work, and after a crash the next start goes on where it stopped.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime

from filelock import FileLock, Timeout

import models
from lecture.errors import Cancelled, LectureError, StorageError
from lecture.library import Entry, Library
from lecture.notes import Statement
from lecture.process import Earlier, Progress, Record, process
from lecture.transcribe import Borders, Recognised

IDLE_S = 1.0
"""Seconds between two looks for lectures that another process took in, and between two tries to become the worker."""
WRITE_S = 0.3
"""Seconds between two notes of progress within one step."""

UNEXPECTED = "Something unexpected went wrong ({}). The program's log has the details."

log = logging.getLogger(__name__)


class Worker:
    """Processes a library's lectures one at a time, in the order they were taken in.

    One process of a machine is the worker, the first to come; should it end, another one takes over.
    """

    def __init__(self, library: Library, shared: models.Models, now: Callable[[], datetime]) -> None:
        self.library = library
        self._shared = shared
        self._now = now
        self._called = threading.Event()
        self.keys: dict[str, str | None] = {}
        """The keys of endpoints by the lecture they write for; nowhere else, so that they are gone with the process."""
        self.trouble: str | None = None
        """Why nothing can be processed now, such as a full disk; None while all is well."""
        # A daemon, so that stopping the program does not wait for the end of a lecture: it is gone on with next time.
        threading.Thread(target=self._run, name="lecture-worker", daemon=True).start()

    def wake(self) -> None:
        """Say that a lecture was taken in."""
        self._called.set()

    def _run(self) -> None:
        turn = FileLock(self.library.folder / "worker.lock")
        while True:
            try:
                with turn.acquire(timeout=0):
                    self._work()
            except Timeout:
                time.sleep(IDLE_S)
            except Exception as error:
                if self.trouble is None:
                    log.exception("The library cannot be used now; trying until it can")
                self.trouble = str(error if isinstance(error, LectureError) else UNEXPECTED.format(_named(error)))
                time.sleep(IDLE_S)

    def _work(self) -> None:
        if stopped := self.library.interrupt():
            log.warning("Going on with %d lectures that were interrupted", stopped)
        while True:
            self._called.clear()
            entry = self.library.take_next()
            self.trouble = None
            if entry:
                self._process(entry)
            else:
                self._called.wait(IDLE_S)

    def _process(self, entry: Entry) -> None:
        began, record = time.monotonic(), _Written(self.library, entry.id, self.keys.get(entry.id))
        try:
            lecture = process(entry.source, entry.settings, record, self._shared)
            took = None if record.earlier_windows else time.monotonic() - began
            self.library.finish(entry.id, lecture, self._now(), took)
        except Cancelled:
            pass
        except StorageError:  # not the lecture's fault: it goes on as soon as the library can be written again
            raise
        except LectureError as error:
            self.library.fail(entry.id, str(error))
        except Exception as error:
            log.exception("A lecture failed unexpectedly")
            self.library.fail(entry.id, UNEXPECTED.format(_named(error)))
        self.keys.pop(entry.id, None)


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


class _Written(Record):
    """A lecture's processing, written down in the library as it happens."""

    def __init__(self, library: Library, lecture_id: str, key: str | None) -> None:
        self._library = library
        self._key = key
        self._id = lecture_id
        self._step = ""
        self._written = 0.0
        self.earlier_windows = 0

    def on_progress(self, progress: Progress) -> None:
        if progress.step == self._step and time.monotonic() - self._written < WRITE_S:
            return
        self._step, self._written = progress.step, time.monotonic()
        self._stop_if_unwanted()
        self._library.note_progress(self._id, progress)

    def on_choice(self, choice: models.Choice) -> None:
        self._library.note_choice(self._id, choice)

    def on_planned(self, borders: Mapping[int, Borders], language: str | None) -> None:
        self._library.plan(self._id, borders, language)

    def on_recognised(self, window: Recognised) -> None:
        self._library.note_segments(self._id, window.number, window.segments)
        self._stop_if_unwanted()

    def on_statement(self, statement: Statement) -> None:
        self._library.note_statement(self._id, statement)

    def key(self) -> str | None:
        return self._key

    def earlier(self) -> Earlier:
        choice, language = self._library.choice(self._id)
        windows = self._library.recognised(self._id)
        self.earlier_windows = len(windows)
        return Earlier(choice, language, windows, self._library.transcript_at_hand(self._id))

    def _stop_if_unwanted(self) -> None:
        if not self._library.is_wanted(self._id):
            raise Cancelled("This lecture was cancelled.")
