"""Work in the background: lectures that wait in the library are processed one after another.

The worker writes everything down in the library as it happens, and pages read it there. So a page's rerun, refresh or
end never disturbs the work, and after a crash the next start goes on where it stopped.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime

from filelock import FileLock, Timeout

import models
from lecture.errors import Cancelled, LectureError, StorageError, in_one_sentence
from lecture.journal import Journal
from lecture.library import Entry, Library
from lecture.live.captioner import Captioner
from lecture.process import process

IDLE_S = 1.0
"""Seconds between two looks for lectures that another process took in, and between two tries to become the worker."""

log = logging.getLogger(__name__)


class Worker:
    """Processes a library's lectures one at a time, in the order they were taken in.

    One process of a machine is the worker, the first to come; should it end, another one takes over. It also has the
    recordings in progress transcribed, beside that.
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
        self._captioner: Captioner | None = None
        # A daemon, so that stopping the program does not wait for the end of a lecture: it is gone on with next time.
        threading.Thread(target=self._run, name="lecture-worker", daemon=True).start()

    def wake(self) -> None:
        """Say that a lecture was taken in."""
        self._called.set()

    def trouble_with(self, lecture_id: str) -> str | None:
        """Why a recording in progress cannot be gone on with now; None while all is well."""
        return self._captioner.trouble.get(lecture_id) if self._captioner else None

    def _run(self) -> None:
        turn = FileLock(self.library.folder / "worker.lock")
        while True:
            try:
                turn.acquire(timeout=0)  # until this process ends: its recordings in progress are not to be taken over
                self._work()
            except Timeout:
                time.sleep(IDLE_S)
            except Exception as error:
                if self.trouble is None:
                    log.exception("The library cannot be used now; trying until it can")
                self.trouble = in_one_sentence(error)
                time.sleep(IDLE_S)

    def _work(self) -> None:
        if stopped := self.library.interrupt():
            log.warning("Going on with %d lectures that were interrupted", stopped)
        if self._captioner is None:
            self._captioner = Captioner(self.library, self._shared, self._now, self.keys, self.wake)
        while True:
            self._called.clear()
            entry = self.library.take_next()
            self.trouble = None
            if entry:
                self._process(entry)
            else:
                self._called.wait(IDLE_S)

    def _process(self, entry: Entry) -> None:
        began, record = time.monotonic(), Journal(self.library, entry.id, self.keys)
        try:
            lecture = process(entry.source, entry.settings, record, self._shared)
            took = None if record.earlier_windows else time.monotonic() - began
            self.library.finish(entry.id, lecture, self._now(), took)
        except Cancelled:
            pass
        except StorageError:  # not the lecture's fault: it goes on as soon as the library can be written again
            raise
        except Exception as error:
            if not isinstance(error, LectureError):
                log.exception("A lecture failed unexpectedly")
            self.library.fail(entry.id, in_one_sentence(error))
        self.keys.pop(entry.id, None)
