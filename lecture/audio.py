"""Any upload → 16 kHz mono, streamed: a three-hour lecture costs as much memory as a short one."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import av
import numpy as np
from numpy.typing import NDArray

from lecture.errors import SourceError

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.container import InputContainer

SAMPLE_RATE = 16_000
"""Hz; what every recogniser and the speech detector expect."""

Samples = NDArray[np.float32]

# Containers that hold sound themselves. Playlists (hls, dash, concat, sdp) are left out on purpose: they name
# other files and addresses, and those must never be followed.
_CONTAINERS = "wav,w64,aiff,caf,mp3,aac,flac,ogg,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mpeg,mpegts,avi,asf,amr,au"
_PLAYLIST_STARTS = (b"#EXTM3U", b"[playlist]", b"ffconcat", b"<?xml", b"<MPD", b"<smil", b"<asx")

DAMAGE = (OSError, ValueError, av.FFmpegError)
"""What PyAV raises for data it cannot read: by kind, its errors are of the first two as well, or only of the last."""
_GAP = 0.2
"""Seconds by which a frame may be late before the gap is filled with silence, so that times match the player's."""
_LONGEST_GAP = 3_600.0
"""Seconds; a longer jump is a damaged clock, not a pause."""
_SHORTFALL = 2.0
"""Seconds, and per cent, by which a recording may be shorter than its container declares without a warning."""


class Recording:
    """A recording being read. Iterating decodes it once, as a stream of 16 kHz mono blocks.

    Attributes:
        declared: seconds the container says it holds, or None where it does not say (a live recording).
        position: seconds decoded so far; after the last block, the true duration.
    """

    def __init__(self, path: Path, name: str | None = None) -> None:
        """Look into the file without decoding it.

        Args:
            path: where the bytes are.
            name: what the user calls the file, for messages.

        Raises:
            SourceError: it is empty, not a recording, damaged beyond reading, or has no sound.
        """
        self.path = path
        self.name = name or path.name
        self.position = 0.0
        with self._open() as container:
            if not container.streams.audio:
                raise SourceError(f"{self.name} has no sound. Choose a recording with an audio track.")
            if container.streams.audio[0].codec_context is None:
                raise self._unknown_sound()
            self.declared = self._declared(container)

    def __iter__(self) -> Iterator[Samples]:
        """Decode block by block.

        Raises:
            SourceError: not one block of sound could be decoded.
        """
        self.position = 0.0
        with self._open() as container:
            for block in self._blocks(container):
                self.position += len(block) / SAMPLE_RATE
                yield block
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
        if not self.declared:
            return ()
        missing = self.declared - self.position
        if missing < max(_SHORTFALL, self.declared * _SHORTFALL / 100):
            return ()
        return (
            f"The file says it lasts {self.declared:.0f} seconds, but only {self.position:.0f} could be read: "
            "it was probably cut short while it was saved or copied. Everything that is there was used.",
        )

    def _declared(self, container: InputContainer) -> float | None:
        if not container.duration:
            return None
        seconds = container.duration / av.time_base
        # FFmpeg counts the bytes of a WAV file, whatever its header says.
        return seconds * max(1.0, _riff_size(self.path) / self.path.stat().st_size)

    def _open(self) -> InputContainer:
        try:
            if self.path.stat().st_size == 0:
                raise SourceError(f"{self.name} is empty (0 bytes). Record or export it again, then upload that.")
            # "file:", or FFmpeg takes what stands before a colon in the name for a protocol.
            options = {"protocol_whitelist": "file", "format_whitelist": _CONTAINERS}
            return av.open(f"file:{self.path}", options=options)
        except DAMAGE as error:
            raise self._unreadable() from error

    def _unknown_sound(self) -> SourceError:
        return SourceError(f"{self.name} holds sound of a kind that cannot be read. Convert it to WAV or MP3.")

    def _unreadable(self) -> SourceError:
        try:
            with self.path.open("rb") as file:
                start = file.read(64)
        except OSError:
            return SourceError(f"{self.name} cannot be opened. Check that it is there and may be read.")
        if start.lstrip().startswith(_PLAYLIST_STARTS):
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

    def _blocks(self, container: InputContainer) -> Iterator[Samples]:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
        begin = (container.start_time or 0) / av.time_base
        written = 0
        for frame in self._frames(container):
            if frame.time is not None:
                gap = frame.time - begin - written / SAMPLE_RATE
                if _GAP < gap < _LONGEST_GAP:
                    silence = round(gap * SAMPLE_RATE)
                    written += silence
                    yield from _silence(silence)
            frame.pts = None
            try:
                resampled = resampler.resample(frame)
            except ValueError:  # the sample rate or layout changed in mid-file
                resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
                try:
                    resampled = resampler.resample(frame)
                except DAMAGE as error:
                    raise self._unknown_sound() from error
            for part in resampled:
                block = _samples(part)
                written += len(block)
                yield block
        for part in resampler.resample(None):
            yield _samples(part)

    def _frames(self, container: InputContainer) -> Iterator[AudioFrame]:
        """Every frame that can be decoded; a damaged packet costs itself, not the rest."""
        stream = container.streams.audio[0]
        stream.codec_context.thread_type = "AUTO"
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except DAMAGE:  # the container breaks off here
                return
            try:
                yield from packet.decode()
            except DAMAGE:
                continue


def declared_duration(content: BinaryIO) -> float | None:
    """Seconds that a recording says it lasts; None where it does not say, or cannot be read."""
    content.seek(0)
    try:
        with av.open(content, "r", options={"format_whitelist": _CONTAINERS}) as container:
            return container.duration / av.time_base if container.duration else None
    except DAMAGE:
        return None


def _riff_size(path: Path) -> int:
    """Bytes that a WAV file's header says the file has; 0 where there is no such header, or it was never filled in."""
    with path.open("rb") as file:
        tag, size, kind = struct.unpack("<4sI4s", file.read(12).ljust(12, b"\0"))
    return size + 8 if tag == b"RIFF" and kind == b"WAVE" and size < 0xFFFF_FF00 else 0


def _samples(frame: AudioFrame) -> Samples:
    return frame.to_ndarray().reshape(-1).astype(np.float32, copy=False)


def _silence(samples: int) -> Iterator[Samples]:
    while samples > 0:
        step = min(samples, SAMPLE_RATE)
        samples -= step
        yield np.zeros(step, np.float32)
