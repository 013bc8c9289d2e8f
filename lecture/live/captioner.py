"""Live captions: recordings are transcribed while they are made, each in a thread of its own, beside other work."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Literal

from sqlalchemy import select, update

import models
from lecture.database import LectureRow, RecordingRow, plain_errors
from lecture.errors import Cancelled, LectureError, StorageError, in_one_sentence
from lecture.journal import Journal
from lecture.library import Library
from lecture.live.joining import join
from lecture.live.recording import LiveRecording
from lecture.process import process
from lecture.takes import Incoming, Takes, is_lately

LOOK_S = 0.5
"""Seconds between two looks for recordings in progress."""
BREAK_S = 1_800.0
"""Seconds without a chunk, as in a break of the lecture, after which one that is listened to is no longer waited for.
Should it go on, it is read again from its beginning; what was recognised is not recognised again."""
RETRY_S = 5.0
"""Seconds to wait for a disk or a database that refused: a recording is then read again from its beginning."""

log = logging.getLogger(__name__)


class Captioner:
    """Transcribes the library's recordings in progress. A recording that cannot be, is processed once it has ended.

    Attributes:
        trouble: why recordings, by lecture, cannot be gone on with now, such as a full disk.
    """

    def __init__(
        self,
        library: Library,
        shared: models.Models,
        now: Callable[[], datetime],
        keys: dict[str, str | None],
        on_waiting: Callable[[], None],
    ) -> None:
        """Begin at once.

        Args:
            library: where the recordings arrive.
            shared: the process's models.
            now: the clock.
            keys: of the endpoints that write, by lecture.
            on_waiting: called when a recording that has ended waits to be processed.
        """
        self.trouble: dict[str, str] = {}
        self._library = library
        self._takes = Takes(library)
        self._shared = shared
        self._now = now
        self._keys = keys
        self._on_waiting = on_waiting
        self._at_work: set[str] = set()
        self._without: dict[str, str] = {}
        """Recordings that have no captions, and why."""
        self._joined: set[str] = set()
        """Recordings that have ended, and whose notes are being written here."""
        self._unsettled: set[str] = set()
        """Recordings of which the library does not know yet that the work on them has stopped."""
        self._not_before: dict[str, float] = {}
        threading.Thread(target=self._run, name="captioner", daemon=True).start()

    @property
    def at_work(self) -> frozenset[str]:
        """The recordings that are being transcribed now, or whose notes are being written here."""
        return frozenset(self._at_work)

    def _run(self) -> None:
        """Look for recordings, for good: nothing that happens may end this."""
        tidied = troubled = False
        while True:
            try:
                if not tidied:
                    self._remove_what_a_crash_left()
                    tidied = True
                self._look()
                troubled = False
            except Exception:
                if not troubled:
                    log.exception("Recordings in progress cannot be looked for now; trying until they can")
                troubled = True
            time.sleep(LOOK_S)

    def _look(self) -> None:
        for lecture_id in self._unsettled - self._at_work:
            self._settle(lecture_id)
        for lecture_id in set(self._takes.to_caption(self._now())) - self._at_work:
            if time.monotonic() >= self._not_before.get(lecture_id, 0.0):
                self._at_work.add(lecture_id)
                try:
                    threading.Thread(target=self._work, args=(lecture_id,), name="captions", daemon=True).start()
                except RuntimeError:  # no memory for another one
                    self._at_work.discard(lecture_id)
                    raise

    def _work(self, lecture_id: str) -> None:
        try:
            if lecture_id in self._without:
                self._leave_to_the_worker(lecture_id)
            else:
                self._caption(lecture_id)
            self.trouble.pop(lecture_id, None)
        except Cancelled:  # it goes on with the next chunk, if there is one
            self.trouble.pop(lecture_id, None)
        except StorageError as error:  # not the recording's fault: it goes on when the disk can be written again
            self.trouble[lecture_id] = str(error)
            self._not_before[lecture_id] = time.monotonic() + RETRY_S
        except Exception as error:
            self._without[lecture_id] = in_one_sentence(error)
            if not isinstance(error, LectureError):
                log.exception("Captions failed unexpectedly")
        finally:
            self._unsettled.add(lecture_id)
            try:
                with suppress(StorageError):  # then with one of the next looks
                    self._settle(lecture_id)
            finally:
                self._at_work.discard(lecture_id)

    def _caption(self, lecture_id: str) -> None:
        entry = self._library.entry(lecture_id)
        if entry is None or entry.state != "recording":
            return
        journal = Journal(self._library, lecture_id, self._keys)
        if entry.error:
            self._library.note_trouble(lecture_id, "")
        journal.on_progress(entry.progress)  # a library that cannot be written says so before anything is read
        live = LiveRecording(
            entry.source.main.name,
            look=lambda: self._arrived(lecture_id),
            on_end=lambda: self._join(lecture_id, "running"),
        )
        lecture = process(entry.source, entry.settings, journal, self._shared, live)
        self._library.finish(lecture_id, lecture, self._now())

    def _arrived(self, lecture_id: str) -> Incoming:
        """How much has arrived.

        Raises:
            Cancelled: the recording was deleted, or nobody has sent anything of it for a long while.
        """
        incoming = self._takes.of(lecture_id)
        if incoming is None or not (incoming.ended or is_lately(incoming.heard_from, self._now(), BREAK_S)):
            raise Cancelled("Nothing of this recording arrives any more.")
        if not incoming.ended:  # what hinders its end is mended when it has come about
            self.trouble.pop(lecture_id, None)
        return incoming

    def _join(self, lecture_id: str, state: Literal["running", "waiting"]) -> None:
        """Make one recording of all takes; the lecture is no longer one in progress."""
        incoming, entry = self._takes.of(lecture_id), self._library.entry(lecture_id)
        if incoming and entry and entry.state == "recording" and entry.source.recording:
            with plain_errors(self._library.folder):
                join([take.path for take in incoming.takes], entry.source.recording.path)
            if state == "running":
                self._joined.add(lecture_id)
            self._library.recorded(lecture_id, state)

    def _leave_to_the_worker(self, lecture_id: str) -> None:
        """What could not be transcribed while it was recorded, is processed like an upload."""
        incoming = self._takes.of(lecture_id)
        if incoming is None or not incoming.ended:
            return
        try:
            self._join(lecture_id, "waiting")
        except StorageError:
            raise
        except Exception as error:
            if not isinstance(error, LectureError):
                log.exception("A recording's takes cannot be joined")
            self._library.fail(lecture_id, in_one_sentence(error))

    def _settle(self, lecture_id: str) -> None:
        """Where the work on a recording has stopped, have nothing left that waits for it: in the library, on the disk.

        Raises:
            StorageError: the library cannot be written now; it is to be settled later.
        """
        entry, why = self._library.entry(lecture_id), self._without.get(lecture_id)
        if entry and entry.state == "recording":
            if why and entry.error != why:
                self._library.note_trouble(lecture_id, why)
        elif entry:
            if lecture_id in self._joined and entry.state == "running":  # nobody is at it any more
                self._hand_over(lecture_id, why)
            elif entry.state in ("ready", "failed"):
                self._keys.pop(lecture_id, None)
            self._remove_takes(lecture_id)
            self._on_waiting()
            self._forget(lecture_id)
        else:  # what was being written to when the lecture was deleted is still there
            shutil.rmtree(self._library.files(LectureRow(id=lecture_id)), ignore_errors=True)
            self._forget(lecture_id)
        self._unsettled.discard(lecture_id)

    def _hand_over(self, lecture_id: str, why: str | None) -> None:
        """A recording whose processing stopped has failed if it is its own fault; else the worker goes on with it."""
        if why:
            self._library.fail(lecture_id, why)
            return
        stopped = (LectureRow.id == lecture_id, LectureRow.state == "running")
        with self._library.transaction() as session:
            session.execute(update(LectureRow).where(*stopped).values(state="waiting"))

    def _forget(self, lecture_id: str) -> None:
        self._joined.discard(lecture_id)
        for known in (self.trouble, self._without, self._not_before):
            known.pop(lecture_id, None)

    def _remove_what_a_crash_left(self) -> None:
        """Remove the takes of recordings that were joined when the program ended."""
        joined = select(LectureRow.id).join(RecordingRow, RecordingRow.lecture == LectureRow.number)
        joined = joined.where(RecordingRow.kind == "live", LectureRow.state != "recording")
        with self._library.transaction() as session:
            found = session.scalars(joined).all()
        for lecture_id in found:
            self._remove_takes(lecture_id)

    def _remove_takes(self, lecture_id: str) -> None:
        """Free their place on the disk, where all that was in them is in the recording."""
        incoming, entry = self._takes.of(lecture_id), self._library.entry(lecture_id)
        recording = entry and entry.source.recording
        if incoming and incoming.takes and recording and recording.path.exists():
            shutil.rmtree(incoming.takes[0].path.parent, ignore_errors=True)
