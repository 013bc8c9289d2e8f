"""What is done in the decoder's process: a recording's head, its sound, and joining takes.

`python -m lecture.decoding` is started by `lecture.decoder`, asked for one task in a line of JSON, and answers in
messages: a letter, a length, and so many bytes. Nothing here may import what takes long.
"""

from __future__ import annotations

import json
import os
import signal
import struct
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

import av

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.container import InputContainer

SAMPLE_RATE = 16_000
"""Hz; what every recogniser and the speech detector expect."""
LONGEST_S = 12 * 3_600
"""Seconds of sound that are read of one file; a small damaged or malicious one may stand for years of silence."""
MEMORY = 2 << 30
"""Bytes of address space that the process may use, where the system can limit them."""
CPU_S = 60
"""Seconds of work after which it must have sent something, where the system can limit them."""

DAMAGE = (OSError, ValueError, av.FFmpegError)
"""What PyAV raises for data it cannot read: by kind, its errors are of the first two as well, or only of the last."""

HEAD, BLOCK, READ, SEEK, ALIVE, ERROR, DONE = b"HBRSAED"
"""Kinds of messages. Of the two questions, READ is answered by a length and bytes, SEEK by a position."""
MESSAGE, NUMBER, MOVE = struct.Struct("<BI"), struct.Struct("<q"), struct.Struct("<qB")

# Containers that hold sound themselves. Playlists (hls, dash, concat, sdp) are left out on purpose: they name
# other files and addresses, and those must never be followed.
_CONTAINERS = "wav,w64,aiff,caf,mp3,aac,flac,ogg,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mpeg,mpegts,avi,asf,amr,au"
_RATES = range(2_000, 1_000_001)
"""Hz of sound that is read: what lies beyond is a damaged head, and would be blown up a thousand times."""
_MOST_CHANNELS = 64
_LONGEST_FRAME_S = 120.0
_GAP = 0.2
"""Seconds by which a frame may be late before the gap is filled with silence, so that times match the player's."""
_LONGEST_GAP = 3_600.0
"""Seconds; a longer jump is a damaged clock, not a pause."""
_SENT = 4 * SAMPLE_RATE
"""Bytes of sound sent together: a second."""
_INDEX = 64 << 20
"""Bytes of an MP4's index that are looked through."""
_PROTECTED = (b"drms", b"enca", b"drmi")
"""How an MP4 names sound that is encrypted."""


class Line:
    """The way to the program that asked."""

    def __init__(self, answers: BinaryIO, messages: BinaryIO) -> None:
        self._answers = answers
        self._messages = messages
        self._sound = bytearray()
        self._sent = time.monotonic()

    def send(self, kind: int, content: bytes = b"") -> None:
        """Send a message, after whatever sound is held back."""
        self._send_held()
        self._put(kind, content)

    def send_sound(self, sound: memoryview) -> None:
        """Send sound, a second at a time."""
        self._sound += sound
        if len(self._sound) >= _SENT:
            self._send_held()

    def tell_alive(self) -> None:
        """Say that the work goes on; once a second is enough."""
        if time.monotonic() - self._sent > 1.0:
            self.send(ALIVE)

    def ask(self, kind: int, question: bytes) -> int:
        """Ask for a number."""
        self.send(kind, question)
        return int(NUMBER.unpack(self.received(NUMBER.size))[0])

    def received(self, size: int) -> bytes:
        """The next bytes of an answer."""
        content = self._answers.read(size)
        if len(content) < size:  # who asked is gone
            raise SystemExit
        return content

    def _send_held(self) -> None:
        if self._sound:
            sound, self._sound = bytes(self._sound), bytearray()
            self._put(BLOCK, sound)

    def _put(self, kind: int, content: bytes) -> None:
        _may_work(CPU_S)
        self._messages.write(MESSAGE.pack(kind, len(content)) + content)
        self._messages.flush()
        self._sent = time.monotonic()


class _Fed:
    """A file that the program that asked reads for us; one that still grows can only be read on."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def read(self, size: int) -> bytes:
        return self._line.received(self._line.ask(READ, NUMBER.pack(size)))


class _FedAnywhere(_Fed):
    def seek(self, offset: int, whence: int = 0) -> int:
        return self._line.ask(SEEK, MOVE.pack(offset, whence))

    def tell(self) -> int:
        return self.seek(0, 1)


class _Unreadable(Exception):
    """Sound that cannot be read, and why, in a word that `lecture.audio` has a sentence for."""


def look(line: Line, file: Any) -> None:
    """Tell what a recording says of itself, without decoding it."""
    with _opened(file) as container:
        _tell_head(line, container, file)


def decode(line: Line, file: Any) -> None:
    """Tell a recording's head, then its sound: 16 kHz, mono, float32."""
    with _opened(file) as container:
        _tell_head(line, container, file)
        if not container.streams.audio or container.streams.audio[0].codec_context is None:
            return
        room = LONGEST_S * SAMPLE_RATE * 4
        for block in _blocks(container):
            line.send_sound(block[:room])
            room -= len(block)
            if room <= 0:
                raise _Unreadable("long")


def _tell_head(line: Line, container: InputContainer, file: Any) -> None:
    sound = container.streams.audio
    head = {
        "seconds": container.duration / av.time_base if container.duration and container.duration > 0 else None,
        "sound": bool(sound),
        "known": bool(sound) and sound[0].codec_context is not None,
        "protected": container.format.name.startswith("mov") and hasattr(file, "seek") and is_protected(file),
    }
    line.send(HEAD, json.dumps(head).encode())


def _opened(file: Any) -> InputContainer:
    try:
        container: InputContainer = av.open(file, "r", options={"format_whitelist": _CONTAINERS}, io_open=_refuse)
    except DAMAGE as error:
        raise _Unreadable("memory" if _is_memory(error) else "unreadable") from error
    if not len(container.streams):
        container.close()
        raise _Unreadable("unreadable")
    return container


def _refuse(url: str, flags: int, options: dict[str, str]) -> NoReturn:
    """A recording names another file, or an address: neither is opened."""
    raise PermissionError(url)


def is_protected(file: BinaryIO) -> bool:
    """Whether an MP4 says of its sound that it is encrypted. Reads elsewhere in the file, and goes back."""
    at = file.tell()
    try:
        return any(index[at : at + 4] in _PROTECTED for index in _indices(file) for at in _entries(index))
    finally:
        file.seek(at)


def _indices(file: BinaryIO) -> Iterator[bytes]:
    """An MP4's indices (`moov`), or as much of them as is looked through."""
    at, end = 0, file.seek(0, os.SEEK_END)
    while at + 8 <= end:
        file.seek(at)
        size, kind = struct.unpack(">I4s", file.read(8))
        if kind == b"moov":
            yield file.read(min(size, _INDEX) if size else _INDEX)
        if size == 1:
            size = int.from_bytes(file.read(8), "big")
        if size < 8:
            return
        at += size


def _entries(index: bytes) -> Iterator[int]:
    """Where an index names a track's kind: the first entry of each `stsd`."""
    at = index.find(b"stsd")
    while at >= 0:
        yield at + 16
        at = index.find(b"stsd", at + 4)


def _blocks(container: InputContainer) -> Iterator[memoryview]:
    resampler = _resampler()
    begin = (container.start_time or 0) / av.time_base
    written = 0
    for frame in _frames(container):
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
            resampler = _resampler()
            try:
                resampled = resampler.resample(frame)
            except DAMAGE as error:
                raise _Unreadable("memory" if _is_memory(error) else "unknown") from error
        for part in resampled:
            written += part.samples
            yield _samples(part)
    for part in resampler.resample(None):
        yield _samples(part)


def _resampler() -> av.AudioResampler:
    return av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)


def _frames(container: InputContainer) -> Iterator[AudioFrame]:
    """Every frame that can be decoded; a damaged packet costs itself, not the rest."""
    packets = container.demux(container.streams.audio[0])
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except (*DAMAGE, IndexError):  # the container breaks off here, or has a stream that it had not announced
            return
        try:
            frames: list[Any] = packet.decode()
        except DAMAGE as error:
            if _is_memory(error):
                raise _Unreadable("memory") from error
            continue
        for frame in frames:
            if frame.sample_rate not in _RATES or len(frame.layout.channels) > _MOST_CHANNELS:
                raise _Unreadable("unknown")
            if frame.samples <= _LONGEST_FRAME_S * frame.sample_rate:
                yield frame


def _samples(frame: AudioFrame) -> memoryview:
    return memoryview(frame.planes[0]).cast("B")[: 4 * frame.samples]  # a plane is longer than what is in it


def _silence(samples: int) -> Iterator[memoryview]:
    while samples > 0:
        step = min(samples, SAMPLE_RATE)
        samples -= step
        yield memoryview(bytes(4 * step))


def _is_memory(error: BaseException) -> bool:
    return isinstance(error, MemoryError)


def _may_work(seconds: float) -> None:
    """From now on, work no longer than this without a word: the last resort, where nobody watches any more."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 1, most))


def _hold_to_limits(memory: int) -> None:
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    _may_work(CPU_S)


def _done(line: Line, asked: dict[str, Any]) -> None:
    if asked["task"] == "join":
        from lecture.live.joining import written

        end = written([Path(take) for take in asked["takes"]], Path(asked["to"]), line.tell_alive)
        line.send(DONE, json.dumps(end).encode())
        return
    task = {"look": look, "decode": decode}[asked["task"]]
    if asked["path"] is None:
        task(line, _FedAnywhere(line) if asked["anywhere"] else _Fed(line))
    else:
        with Path(asked["path"]).open("rb") as file:
            task(line, file)
    line.send(DONE)


def main() -> None:
    """Do the one task that is asked for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who asked; when it goes, so do we
    messages = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no message
    line = Line(sys.stdin.buffer, messages)
    asked = json.loads(sys.stdin.buffer.readline())
    _hold_to_limits(asked["memory"])
    try:
        _done(line, asked)
    except _Unreadable as error:
        line.send(ERROR, str(error).encode())
    except MemoryError:
        line.send(ERROR, b"memory")
    except BrokenPipeError:  # nobody listens any more
        os._exit(0)
    except OSError as error:
        line.send(ERROR, f"system {error.errno or 0}".encode())
    except (ValueError, av.FFmpegError):
        line.send(ERROR, b"unreadable")
    except Exception:  # noqa: BLE001 - whatever a library makes of a damaged file
        traceback.print_exc()
        line.send(ERROR, b"crash")


if __name__ == "__main__":
    main()
