"""Work in the background: lectures that wait in the library are processed, here or spread over a cluster.

The worker writes everything down in the library as it happens, and pages read it there. So a page's rerun, refresh or
end never disturbs the work, and after a crash the next start goes on where it stopped.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from filelock import FileLock, Timeout
from sqlalchemy import update

import models
from lecture.cluster import Cluster, Share, WorkersLost, named_cluster
from lecture.database import LectureRow
from lecture.errors import Cancelled, ClusterError, LectureError, StorageError, in_one_sentence
from lecture.journal import Journal
from lecture.library import Entry, Library
from lecture.live.captioner import Captioner
from lecture.process import process

IDLE_S = 1.0
"""Seconds between two looks for lectures that another process took in, and between two tries to become the worker."""

log = logging.getLogger(__name__)


class Worker:
    """Processes a library's lectures, each in a thread of its own.

    One process of a machine is the worker, the first to come; should it end, another one takes over. It recognises one
    lecture at a time, in the order they were taken in, and writes about another one that has its text already. With a
    cluster it processes several at once: it reads their recordings and has the cluster recognise them. Recordings in
    progress are transcribed beside all that, in this process.
    """

    def __init__(
        self,
        library: Library,
        shared: models.Models,
        now: Callable[[], datetime],
        cluster: Cluster | None = None,
    ) -> None:
        """Begin at once.

        Args:
            library: whose lectures.
            shared: the process's models.
            now: the clock.
            cluster: who does the work; by default the one that `LECTURE_CLUSTER` names, and without one this process.
        """
        self.library = library
        self._shared = shared
        self._now = now
        self._cluster = cluster or named_cluster()
        self._called = threading.Event()
        self.keys: dict[str, str | None] = {}
        """The keys of endpoints by the lecture they write for; nowhere else, so that they are gone with the process."""
        self.trouble: str | None = None
        """Why nothing can be processed now, such as a full disk; None while all is well."""
        self._captioner: Captioner | None = None
        self._at_work: dict[str, _AtWork] = {}
        self._stopped: dict[str, str] = {}
        """Lectures that are not being processed any more, though the library does not know it yet, and why."""
        self._lost_workers: set[str] = set()
        """Lectures whose tasks on a cluster ended one worker after another."""
        # Daemons, so that stopping the program does not wait for the end of a lecture: it is gone on with next time.
        threading.Thread(target=self._run, name="lecture-worker", daemon=True).start()

    def wake(self) -> None:
        """Say that a lecture was taken in."""
        self._called.set()

    @property
    def lectures_at_work(self) -> int:
        """How many lectures are being processed now."""
        return len(self._at_work)

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
            except Exception as error:  # noqa: BLE001 (it is logged, in one way or another)
                if self.trouble is None:
                    say = log.warning if isinstance(error, ClusterError) else log.exception  # a network has its days
                    say("Nothing can be processed now (%s); trying until it can", error)
                self.trouble = in_one_sentence(error)
                time.sleep(IDLE_S)

    def _work(self) -> None:
        if self._captioner is None:
            if stopped := self.library.interrupt():
                log.warning("Going on with %d lectures that were interrupted", stopped)
            self._captioner = Captioner(self.library, self._shared, self._now, self.keys, self.wake)
        while True:
            self._called.clear()
            self._hand_back_what_stopped()
            self._withdraw_what_is_unwanted()
            entry = self._next()
            self.trouble = None
            if entry:
                self._begin(entry)
            else:
                self._called.wait(IDLE_S)

    def _next(self) -> Entry | None:
        """The next lecture for which there is room, now running."""
        at_work = [work.entry for work in list(self._at_work.values())]
        # What was cancelled and is to be tried again waits until the work on it has stopped.
        busy = [*(entry.id for entry in at_work), *(self._captioner.at_work if self._captioner else ())]
        if self._cluster:
            return self.library.take_next(without=busy) if len(at_work) < self._cluster.lectures() else None
        if len(at_work) > 1:
            return None
        # One is recognised and one with its text is written about, at most.
        return self.library.take_next(not at_work[0].has_text if at_work else None, without=busy)

    def _begin(self, entry: Entry) -> None:
        try:
            self._at_work[entry.id] = _AtWork(entry, self._cluster.share() if self._cluster else None)
            threading.Thread(target=self._finish, args=(entry.id,), name="lecture", daemon=True).start()
        except Exception as error:  # the cluster is gone, or there is no memory for another thread
            self._at_work.pop(entry.id, None)
            self._stopped[entry.id] = in_one_sentence(error)
            raise

    def _finish(self, lecture_id: str) -> None:
        work = self._at_work[lecture_id]
        try:
            self._process(work.entry, work.share)
        except Exception as error:  # it is gone on with as soon as that is possible
            if not isinstance(error, LectureError):
                log.exception("A lecture cannot be gone on with now")
            self._stopped[lecture_id] = in_one_sentence(error)
        finally:
            if work.share:
                work.share.withdraw()
            del self._at_work[lecture_id]
            self.wake()

    def _process(self, entry: Entry, share: Share | None) -> None:
        began, record = time.monotonic(), Journal(self.library, entry.id, self.keys)
        try:
            lecture = process(entry.source, entry.settings, record, self._shared, share=share)
            took = None if record.earlier_windows else time.monotonic() - began
            self.library.finish(entry.id, lecture, self._now(), took)
        except Cancelled:
            pass
        except (StorageError, ClusterError):  # not the lecture's fault: it goes on as soon as they can be used again
            raise
        except WorkersLost as error:
            # Tasks that only waited at a worker that was taken down count, too: the other lecture gets another chance.
            if entry.id not in self._lost_workers:
                self._lost_workers.add(entry.id)
                raise
            self.library.fail(entry.id, in_one_sentence(error))
        except Exception as error:
            if not isinstance(error, LectureError):
                log.exception("A lecture failed unexpectedly")
            self.library.fail(entry.id, in_one_sentence(error))
        self._lost_workers.discard(entry.id)
        now = self.library.entry(entry.id)
        if now is None or now.state != "waiting":  # else it was cancelled, and is to be tried again with its key
            self.keys.pop(entry.id, None)

    def _hand_back_what_stopped(self) -> None:
        """Have lectures wait again that could not be gone on with.

        Raises:
            StorageError: the library cannot be written now.
        """
        for lecture_id, why in list(self._stopped.items()):
            self.trouble = why
            time.sleep(IDLE_S)  # what hindered one lecture will hinder the next, for a while
            stopped = (LectureRow.id == lecture_id, LectureRow.state == "running")
            with self.library.transaction() as session:
                session.execute(update(LectureRow).where(*stopped).values(state="waiting"))
            del self._stopped[lecture_id]

    def _withdraw_what_is_unwanted(self) -> None:
        """Take what was cancelled or deleted back from the cluster; in this process it stops by itself."""
        for lecture_id, work in list(self._at_work.items()):
            if work.share and not self.library.is_wanted(lecture_id):
                work.share.withdraw()


@dataclass(frozen=True)
class _AtWork:
    """A lecture that is being processed, and what it has of a cluster."""

    entry: Entry
    share: Share | None
