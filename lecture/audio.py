"""Any upload → 16 kHz mono, streamed: a three-hour lecture costs as much memory as a short one.

FFmpeg works in a process of its own (`lecture.decoder`): what a damaged file does there is not done here.
"""

from __future__ import annotations

import json
import stat
import struct
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from lecture.decoder import Decoder, DecoderStopped, Feed
from lecture.decoding import BLOCK, HEAD, LONGEST_S, SAMPLE_RATE
from lecture.errors import SourceError
from lecture.transcript import format_time, one_line

__all__ = ["LONGEST_S", "SAMPLE_RATE", "Recording", "Samples", "declared_duration", "decoded"]

Samples = NDArray[np.float32]

_PLAYLIST_STARTS = (b"#EXTM3U", b"[playlist]", b"ffconcat", b"<?xml", b"<MPD", b"<smil", b"<asx", b"<playlist")
_SHORTFALL = 2.0
"""Seconds, and per cent, by which a recording may be shorter than its container declares without a warning."""
_LONGEST_NAME = 120
"""Characters of a file's name in messages."""
_STOPS = {
    "stuck": "Reading {name} took too long",
    "memory": "Reading {name} took too much memory",
    "long": f"{{name}} is longer than {LONGEST_S // 3600} hours",
    "unknown": "{name} goes on with sound of a kind that cannot be read",
}
"""Why the rest of a recording was not read, by the decoder's word for it."""
_REFUSALS = {
    "unknown": "{name} holds sound of a kind that cannot be read. Convert it to WAV or MP3.",
    "stuck": "Reading {name} took too long: it is damaged. Upload another copy, or convert it to WAV or MP3.",
    "memory": "Reading {name} took too much memory: it is damaged. Upload another copy, or convert it to WAV or MP3.",
    "crash": "{name} is damaged beyond reading. Upload another copy, or convert it to WAV or MP3.",
}
"""Why nothing of it can be used."""
_DEFECT = "The file is damaged: {name} could not be read any further"


@dataclass(frozen=True)
class _Head:
    """What a recording says of itself: its seconds, and whether it has sound, of a kind that is known, encrypted."""

    seconds: float | None
    sound: bool
    known: bool
    protected: bool


class Recording:
    """A recording being read. Iterating decodes it once, as a stream of 16 kHz mono blocks.

    Attributes:
        declared: seconds the container says it holds, or None where it does not say (a live recording), or more than
            is ever read (a damaged head).
        position: seconds decoded so far; after the last block, the true duration.
    """

    def __init__(self, path: Path, name: str | None = None) -> None:
        """Look into the file without decoding it.

        Args:
            path: where the bytes are.
            name: what the user calls the file, for messages.

        Raises:
            SourceError: it is empty, not a recording, damaged beyond reading, encrypted, or has no sound.
        """
        self.path = path
        self.name = one_line(name or path.name)[:_LONGEST_NAME]
        self.position = 0.0
        self._stopped: str | None = None
        self._check_file()
        try:
            head = _looked_at({"path": str(path)})
        except DecoderStopped as stopped:
            raise self._refusal(str(stopped)) from stopped
        if not head.sound:
            raise SourceError(f"{self.name} has no sound. Choose a recording with an audio track.")
        if head.protected:
            raise SourceError(
                f"{self.name} is protected against copying, and cannot be read. Use a recording without protection."
            )
        if not head.known:
            raise self._refusal("unknown")
        self.declared = self._declared(head.seconds)

    def __iter__(self) -> Iterator[Samples]:
        """Decode block by block.

        Raises:
            SourceError: not one block of sound could be decoded.
        """
        self.position, self._stopped = 0.0, None
        try:
            with closing(decoded({"path": str(self.path)})) as blocks:
                for block in blocks:
                    self.position += len(block) / SAMPLE_RATE
                    yield block
        except DecoderStopped as stopped:  # what came before is used
            self._stopped = str(stopped)
            if self.position == 0.0 and self._stopped not in ("unreadable", "crash"):
                raise self._refusal(self._stopped) from stopped
        if self.position == 0.0:
            raise SourceError(f"No sound could be read from {self.name}: the file is damaged. Upload another copy.")

    @property
    def duration(self) -> float | None:
        """Seconds to expect in all, as far as known now; never less than what was decoded."""
        return max(self.declared, self.position) if self.declared else None

    def warnings(self) -> tuple[str, ...]:
        """What is wrong with a recording that was read to its end, in sentences for the reader.

        Truncated MP3, WAV, FLAC and WebM files decode without an error, only short.
        """
        if self._stopped:
            why = _STOPS.get(self._stopped, _DEFECT).format(name=self.name)
            return (f"{why}. Everything before {format_time(self.position)} was used.",)
        if not self.declared:
            return ()
        missing = self.declared - self.position
        if missing < max(_SHORTFALL, self.declared * _SHORTFALL / 100):
            return ()
        return (
            f"The file says it lasts {self.declared:.0f} seconds, but only {self.position:.0f} could be read: "
            "it was probably cut short while it was saved or copied. Everything that is there was used.",
        )

    def _check_file(self) -> None:
        try:
            found = self.path.stat()
        except (OSError, ValueError) as error:
            raise self._refusal("system") from error
        if not stat.S_ISREG(found.st_mode):
            raise SourceError(f"{self.name} is not a file. Choose a recording.")
        if found.st_size == 0:
            raise SourceError(f"{self.name} is empty (0 bytes). Record or export it again, then upload that.")

    def _declared(self, seconds: float | None) -> float | None:
        if seconds is None:
            return None
        # FFmpeg counts the bytes of a WAV file, whatever its header says.
        seconds *= max(1.0, _riff_size(self.path) / max(1, self.path.stat().st_size))
        return seconds if seconds <= LONGEST_S else None

    def _refusal(self, word: str) -> SourceError:
        """Why nothing of it can be used, by the decoder's word for it."""
        if sentence := _REFUSALS.get(word):
            return SourceError(sentence.format(name=self.name))
        try:
            with self.path.open("rb") as file:
                start = file.read(64)
        except (OSError, ValueError):
            return SourceError(f"{self.name} cannot be opened. Check that it is there and may be read.")
        if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_PLAYLIST_STARTS):
            return SourceError(f"{self.name} is a playlist, not a recording. Upload the recording that it names.")
        if start[4:8] == b"ftyp":
            return SourceError(
                f"{self.name} is damaged: its index is missing, as when a recorder is stopped before it has saved. "
                "Save the recording again, or convert it to WAV or MP3."
            )
        return SourceError(
            f"{self.name} is not a recording that can be read. "
            "Upload WAV, MP3, M4A, AAC, OGG, OPUS, FLAC, WEBM, MP4, MOV or MKV."
        )


def decoded(task: dict[str, object], feed: Feed | None = None) -> Generator[Samples, None, bool]:
    """The sound of a file that the decoder reads, or of one that is read for it; returns whether it has any.

    Args:
        task: "path" where the decoder reads a file itself, else None.
        feed: what it reads otherwise.

    Raises:
        DecoderStopped: nothing, or no more, can be decoded.
    """
    has_sound = False
    with Decoder({"task": "decode", "anywhere": False, **task}, feed) as decoder:
        for kind, content in decoder:
            if kind == HEAD:
                has_sound = _Head(**json.loads(content)).sound
            elif kind == BLOCK:
                yield np.frombuffer(content, np.float32)
    return has_sound


def declared_duration(content: BinaryIO) -> float | None:
    """Seconds that a recording says it lasts; None where it does not say, or cannot be read."""
    content.seek(0)
    try:
        seconds = _looked_at({"path": None}, content).seconds
    except DecoderStopped:
        return None
    return seconds if seconds is None or seconds <= LONGEST_S else None


def _looked_at(task: dict[str, object], feed: Feed | None = None) -> _Head:
    with Decoder({"task": "look", "anywhere": True, **task}, feed) as decoder:
        return next(_Head(**json.loads(content)) for kind, content in decoder if kind == HEAD)


def _riff_size(path: Path) -> int:
    """Bytes that a WAV file's header says the file has; 0 where there is no such header, or it was never filled in."""
    with path.open("rb") as file:
        tag, size, kind = struct.unpack("<4sI4s", file.read(12).ljust(12, b"\0"))
    return size + 8 if tag == b"RIFF" and kind == b"WAVE" and size < 0xFFFF_FF00 else 0
