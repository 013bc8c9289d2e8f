"""Live captions: recordings are transcribed while they are made, each in a thread of its own, beside other work."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Literal

import models
from lecture.database import plain_errors
from lecture.errors import Cancelled, LectureError, SourceError, StorageError, in_one_sentence
from lecture.journal import Journal
from lecture.library import Library
from lecture.live.joining import join
from lecture.live.recording import LiveRecording
from lecture.process import process
from lecture.takes import SILENT_S, Incoming, Takes

LOOK_S = 0.5
"""Seconds between two looks for recordings in progress."""

log = logging.getLogger(__name__)


class Captioner:
    """Transcribes the library's recordings in progress. A recording that cannot be, is processed once it has ended."""

    def __init__(
        self,
        library: Library,
        shared: models.Models,
        now: Callable[[], datetime],
        keys: Mapping[str, str | None],
        on_waiting: Callable[[], None],
    ) -> None:
        """Begin at once.

        Args:
            library: where the recordings arrive.
            shared: the process's models.
            now: the clock.
            keys: of the endpoints that write, by lecture.
            on_waiting: called when a recording ended without captions, and waits to be processed.
        """
        self._library = library
        self._takes = Takes(library)
        self._shared = shared
        self._now = now
        self._keys = keys
        self._on_waiting = on_waiting
        self._at_work: set[str] = set()
        self._without: set[str] = set()
        threading.Thread(target=self._run, name="captioner", daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                for lecture_id in set(self._takes.to_caption(self._now())) - self._at_work:
                    self._at_work.add(lecture_id)
                    threading.Thread(target=self._work, args=(lecture_id,), name="captions", daemon=True).start()
            except LectureError:
                log.exception("Recordings in progress cannot be looked for now; trying until they can")
            time.sleep(LOOK_S)

    def _work(self, lecture_id: str) -> None:
        try:
            if lecture_id in self._without:
                self._leave_to_the_worker(lecture_id)
            else:
                self._caption(lecture_id)
        except (Cancelled, StorageError):  # it goes on with the next chunk, or when the disk can be written again
            pass
        except Exception as error:
            if not isinstance(error, LectureError):
                log.exception("Captions failed unexpectedly")
            self._without.add(lecture_id)
            self._give_up(lecture_id, error)
        finally:
            self._at_work.discard(lecture_id)

    def _caption(self, lecture_id: str) -> None:
        entry = self._library.entry(lecture_id)
        if entry is None:
            return
        journal = Journal(self._library, lecture_id, self._keys.get(lecture_id))
        live = LiveRecording(
            entry.source.main.name,
            look=lambda: self._arrived(lecture_id),
            on_end=lambda: self._join(lecture_id, "running"),
        )
        lecture = process(entry.source, entry.settings, journal, self._shared, live)
        self._library.finish(lecture_id, lecture, self._now())
        self._remove_takes(lecture_id)

    def _arrived(self, lecture_id: str) -> Incoming:
        """How much has arrived.

        Raises:
            Cancelled: the recording was deleted, or nobody has sent anything of it for a while.
        """
        incoming, since = self._takes.of(lecture_id), self._now() - timedelta(seconds=SILENT_S)
        if incoming is None or not (incoming.ended or incoming.heard_from >= since):
            raise Cancelled("Nothing of this recording arrives any more.")
        return incoming

    def _join(self, lecture_id: str, state: Literal["running", "waiting"]) -> None:
        """Make one recording of all takes; the lecture is no longer one in progress."""
        incoming, entry = self._takes.of(lecture_id), self._library.entry(lecture_id)
        if incoming and entry and entry.source.recording:
            takes = [take.path for take in incoming.takes]
            with plain_errors(self._library.folder):
                join(takes, incoming.takes[0].mime_type, entry.source.recording.path)
            self._library.recorded(lecture_id, state)

    def _leave_to_the_worker(self, lecture_id: str) -> None:
        """What could not be transcribed while it was recorded, is processed like an upload."""
        incoming = self._takes.of(lecture_id)
        if incoming is None or not incoming.ended:
            return
        try:
            self._join(lecture_id, "waiting")
        except SourceError as error:
            self._library.fail(lecture_id, str(error))
            return
        self._remove_takes(lecture_id)
        self._on_waiting()

    def _remove_takes(self, lecture_id: str) -> None:
        """Free their place on the disk: all that was in them is in the recording."""
        if incoming := self._takes.of(lecture_id):
            shutil.rmtree(incoming.takes[0].path.parent, ignore_errors=True)

    def _give_up(self, lecture_id: str, error: Exception) -> None:
        """Captions go no further. The recording does, where it has not ended."""
        entry = self._library.entry(lecture_id)
        if entry and entry.state == "recording":
            self._library.note_trouble(lecture_id, in_one_sentence(error))
        else:
            self._library.fail(lecture_id, in_one_sentence(error))
