"""The decoder: FFmpeg at work in a process of its own, with limits, watched from here.

A damaged or malicious file may make FFmpeg crash, hang, or take all memory. Here that costs a process that did nothing
else; the page, and every other lecture, go on.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from lecture.decoding import ALIVE, DONE, ERROR, MEMORY, MESSAGE, MOVE, NUMBER, READ, SEEK

PATIENCE_S = 60.0
"""Seconds that it may work without a word: a second of sound takes it some milliseconds."""
_LOOK_S = 0.5
"""Seconds between two looks at whether it still makes progress."""
_ROOT = Path(__file__).parent.parent


class Feed(Protocol):
    """A file that is read here and decoded there; `seek` may be missing."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at its end."""


class DecoderStopped(Exception):
    """The decoder did not finish, and why, in a word that `lecture.audio` has a sentence for.

    "system 28" and the like carry the number of the system's error.
    """

    @property
    def system_error(self) -> int:
        """The number of the system's error; 0 where it was none."""
        word, _, number = str(self).partition(" ")
        return int(number) if word == "system" else 0


class Decoder:
    """One task in a process of its own; leaving the context ends it, whatever it is doing.

    Iterating gives its messages: their kinds, as in `lecture.decoding`, and contents.
    """

    def __init__(self, task: dict[str, Any], feed: Feed | None = None) -> None:
        """Start it.

        Args:
            task: as `lecture.decoding` takes it.
            feed: what it asks to read, where it reads no file itself.

        Raises:
            DecoderStopped: no process can be started.
        """
        paths = filter(None, (str(_ROOT), os.environ.get("PYTHONPATH")))
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "MALLOC_ARENA_MAX": "2"}
        command = [sys.executable, "-P", "-m", "lecture.decoding"]  # -P: nothing of the folder one happens to be in
        try:
            self._process = subprocess.Popen(  # noqa: S603 - ourselves
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
            )
        except OSError as error:
            raise DecoderStopped(f"system {error.errno or 0}") from error
        self._feed = feed
        self._over = threading.Event()
        self._waiting = False
        self._quiet = 0.0
        self._gave_up = False
        threading.Thread(target=self._watch, name="watching the decoder", daemon=True).start()
        self._tell(json.dumps({"memory": MEMORY, **task}).encode() + b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._over.set()
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if pipe:
                    pipe.close()
        self._process.wait()

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Its messages, until it is done.

        Raises:
            DecoderStopped: it could not go on, crashed, or made no progress.
        """
        while True:
            kind, content = self._message()
            if kind == READ:
                given = self._feed.read(NUMBER.unpack(content)[0]) if self._feed else b""
                self._tell(NUMBER.pack(len(given)) + given)
            elif kind == SEEK:
                self._tell(NUMBER.pack(self._feed.seek(*MOVE.unpack(content))))  # type: ignore[union-attr]
            elif kind == ERROR:
                raise DecoderStopped(content.decode())
            elif kind != ALIVE:
                yield kind, content
                if kind == DONE:
                    return

    def _message(self) -> tuple[int, bytes]:
        self._quiet, self._waiting = 0.0, True
        try:
            kind, size = MESSAGE.unpack(self._received(MESSAGE.size))
            return kind, self._received(size)
        finally:
            self._waiting = False

    def _received(self, size: int) -> bytes:
        content = self._process.stdout.read(size) if self._process.stdout else b""
        if len(content) < size:
            self._process.wait()
            raise DecoderStopped("stuck" if self._gave_up else "crash")
        return content

    def _tell(self, content: bytes) -> None:
        with suppress(OSError):  # it is gone; its last words tell why
            if self._process.stdin:
                self._process.stdin.write(content)
                self._process.stdin.flush()

    def _watch(self) -> None:
        """End it when it makes no progress. Looks are counted, not time: a laptop may sleep in between."""
        while not self._over.wait(_LOOK_S):
            self._quiet += _LOOK_S
            if self._waiting and self._quiet > PATIENCE_S:
                self._gave_up = True
                self._process.kill()
                return
