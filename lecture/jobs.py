"""Work in the background: lectures that wait in the library are processed one after another, or spread over a cluster.

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
    """Processes a library's lectures one at a time, in the order they were taken in.

    One process of a machine is the worker, the first to come; should it end, another one takes over. It also has the
    recordings in progress transcribed, beside that. With a cluster it processes several lectures at once, each in a
    thread of its own that reads the recording and has the cluster recognise it; recordings in progress stay here, where
    a window waits behind no other lecture's.
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
        self._at_work: dict[str, Share] = {}
        """Lectures that are being processed on the cluster."""
        self._stopped: set[str] = set()
        """Lectures that are not being processed any more, though the library does not know it yet."""
        self._lost_workers: set[str] = set()
        """Lectures whose tasks ended one worker after another."""
        # A daemon, so that stopping the program does not wait for the end of a lecture: it is gone on with next time.
        threading.Thread(target=self._run, name="lecture-worker", daemon=True).start()

    def wake(self) -> None:
        """Say that a lecture was taken in."""
        self._called.set()

    @property
    def lectures_at_work(self) -> int:
        """How many lectures a cluster is at now."""
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
            except Exception as error:
                if self.trouble is None:
                    log.exception("Nothing can be processed now; trying until it can")
                self.trouble = in_one_sentence(error)
                time.sleep(IDLE_S)

    def _work(self) -> None:
        if not (self._cluster and self._captioner) and (stopped := self.library.interrupt()):
            log.warning("Going on with %d lectures that were interrupted", stopped)
        if self._captioner is None:
            self._captioner = Captioner(self.library, self._shared, self._now, self.keys, self.wake)
        while True:
            self._called.clear()
            entry = self._next_for(self._cluster) if self._cluster else self.library.take_next()
            self.trouble = None
            if entry is None:
                self._called.wait(IDLE_S)
            elif self._cluster:
                self._spread(entry, self._cluster)
            else:
                self._process(entry)

    def _process(self, entry: Entry, share: Share | None = None) -> None:
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
        self.keys.pop(entry.id, None)
        self._lost_workers.discard(entry.id)

    # ----------------------------------------------------------------------------------------- on a cluster

    def _next_for(self, cluster: Cluster) -> Entry | None:
        """The next lecture, if the cluster takes one more now.

        Raises:
            ClusterError: the cluster cannot be used; what is at work on it stays so as long as it can.
            StorageError: the library cannot be written.
        """
        if self._stopped:
            time.sleep(IDLE_S)  # what hinders one lecture will hinder the next, for a while
        for lecture_id in list(self._stopped):
            self._hand_back(lecture_id)
            self._stopped.discard(lecture_id)
        for lecture_id, share in list(self._at_work.items()):
            if not self.library.is_wanted(lecture_id):
                share.withdraw()
        return self.library.take_next() if len(self._at_work) < cluster.lectures() else None

    def _hand_back(self, lecture_id: str) -> None:
        stopped = (LectureRow.id == lecture_id, LectureRow.state == "running")
        with self.library.transaction() as session:
            session.execute(update(LectureRow).where(*stopped).values(state="waiting"))

    def _spread(self, entry: Entry, cluster: Cluster) -> None:
        try:
            self._at_work[entry.id] = share = cluster.share()
            threading.Thread(target=self._one_of_many, args=(entry, share), name="lecture", daemon=True).start()
        except BaseException:  # the cluster is gone, or there is no memory for another thread
            self._at_work.pop(entry.id, None)
            self._stopped.add(entry.id)
            raise

    def _one_of_many(self, entry: Entry, share: Share) -> None:
        try:
            self._process(entry, share)
        except Exception as error:
            if not isinstance(error, LectureError):
                log.exception("The library cannot be used now")
            self.trouble = in_one_sentence(error)
            self._stopped.add(entry.id)
        finally:
            share.withdraw()
            del self._at_work[entry.id]
            self.wake()
