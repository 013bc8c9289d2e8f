"""A recording that is read while it is still being made: take by take, as far as it has arrived."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, BinaryIO

from lecture.audio import SAMPLE_RATE, Recording, Samples, decoded
from lecture.decoder import DecoderStopped
from lecture.errors import SourceError

if TYPE_CHECKING:
    from lecture.takes import Incoming, Take

LOOK_S = 0.1
"""Seconds between two looks for more of a recording."""
COUNT_S = 1.0
"""Seconds after which what has arrived is counted again, where there is still something to decode."""


class LiveRecording(Recording):
    """A recording in progress. Iterating decodes it once, waits for what is still to come, and ends when it has ended.

    Attributes:
        position: seconds decoded so far.
        declared: None: nobody knows yet how long it will be.
        meanwhile: called again and again while there is nothing to decode; what it raises ends the reading.
    """

    def __init__(
        self,
        name: str,
        look: Callable[[], Incoming],
        meanwhile: Callable[[], None] = lambda: None,
        on_end: Callable[[], None] = lambda: None,
    ) -> None:
        """Read a recording from its first take on.

        Args:
            name: what the user calls it, for messages.
            look: says how much of it has arrived.
            meanwhile: called while there is nothing to decode.
            on_end: called once all takes were decoded, before the iteration ends.
        """
        self.name = name
        self.position = 0.0
        self.declared = None
        self.meanwhile = meanwhile
        self._look = look
        self._on_end = on_end
        self._read = 0
        self._take = 0
        self._broken = 0
        self._incoming, self._looked = look(), time.monotonic()

    def __iter__(self) -> Iterator[Samples]:
        """Decode block by block.

        Raises:
            SourceError: it ended, and no sound could be decoded.
        """
        while self._has_come():
            yield from self._decoded(self._take)
            self._take += 1
        if self.position == 0.0:
            raise SourceError(f"No sound could be read from {self.name}: nothing of it has arrived.")
        self._on_end()

    @property
    def duration(self) -> float | None:
        """Seconds that have arrived, going by the bytes that were not decoded yet."""
        if time.monotonic() - self._looked > COUNT_S:
            self._look_again()
        arrived = sum(take.size for take in self._incoming.takes)
        return self.position * max(1.0, arrived / self._read) if self._read else None

    def warnings(self) -> tuple[str, ...]:
        """What is wrong with it, in sentences for the reader."""
        if not self._broken:
            return ()
        return ("A part of the recording arrived damaged, and could not be used. Everything else was used.",)

    def read(self, take: int, file: BinaryIO, size: int) -> bytes:
        """At most so many of the next bytes of a take, as soon as there are any; none once it is complete."""
        while True:
            arrived = self._incoming.takes[take].size
            if file.tell() < arrived:
                content = file.read(min(size, arrived - file.tell()))
                self._read += len(content)
                return content
            if self._is_complete(take):
                return b""
            self._wait()

    def _has_come(self) -> bool:
        """Whether there is a next take, once that is known."""
        while True:
            if self._take < len(self._incoming.takes):
                return True
            if self._incoming.ended:
                return False
            self._wait()

    def _is_complete(self, take: int) -> bool:
        return self._incoming.ended or take + 1 < len(self._incoming.takes)

    def _wait(self) -> None:
        before = self._incoming
        self._look_again()
        if self._incoming == before:
            self.meanwhile()
            time.sleep(LOOK_S)

    def _look_again(self) -> None:
        self._incoming, self._looked = self._look(), time.monotonic()

    def _decoded(self, number: int) -> Iterator[Samples]:
        take = self._incoming.takes[number]
        with take.path.open("rb", buffering=0) as file:
            growing = _Growing(self, take, file)
            has_sound = False
            try:
                with closing(decoded({"path": None}, growing)) as blocks:
                    while True:
                        try:
                            block = next(blocks)
                        except StopIteration as end:
                            has_sound = end.value
                            break
                        self.position += len(block) / SAMPLE_RATE
                        yield block
            except DecoderStopped:  # not even its head arrived before the tab was gone, or it is damaged
                growing.over = False
            if not (has_sound and growing.over):
                self._broken += 1


class _Growing:
    """A take as the decoder reads it: it cannot be rewound, and `read` waits.

    Attributes:
        over: whether all of it was read.
    """

    def __init__(self, recording: LiveRecording, take: Take, file: BinaryIO) -> None:
        self._recording = recording
        self._take = take
        self._file = file
        self.over = False

    def read(self, size: int, /) -> bytes:
        content = self._recording.read(self._take.number, self._file, size)
        self.over = not content
        return content
