"""Takes → one recording that players can seek in. Sound is only encoded again where it is of another kind.

`join` has it done in the decoder's process, which calls `written`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer

from lecture.decoder import Decoder, DecoderStopped
from lecture.decoding import DAMAGE, DONE
from lecture.errors import SourceError

_CONTAINERS = {"matroska,webm": "webm", "ogg": "ogg", "mov,mp4,m4a,3gp,3g2,mj2": "mp4"}
"""What browsers record, as FFmpeg names it when it reads, and when it writes."""
_OPTIONS = {"protocol_whitelist": "file", "format_whitelist": "matroska,webm,mov,mp4,ogg"}
_ENCODERS = {"opus": "libopus"}
"""FFmpeg's encoder for what its decoder names otherwise."""
_BIT_RATE = 128_000
"""Bits a second where sound is encoded again: as good as what browsers record, and never much of a recording."""


def join(takes: Sequence[Path], to: Path) -> None:
    """Join takes one after another, with the duration and the index that a browser's recorder leaves out.

    A take whose packets a player of the first one could not play, as after a change of microphones, is encoded anew.

    Args:
        takes: files as a browser's recorder made them, in order.
        to: where to write; it is there once it is whole, and on the disk.

    Raises:
        SourceError: there is no sound in any of them, or they cannot be joined.
        OSError: the disk is full or refuses.
    """
    unfinished = to.with_suffix(".joining")
    try:
        with Decoder({"task": "join", "takes": [str(take) for take in takes], "to": str(unfinished)}) as decoder:
            end = next(json.loads(content) for kind, content in decoder if kind == DONE)
        if end == 0.0:
            raise SourceError("Nothing of this recording can be played: it ended before any sound had arrived.")
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        unfinished.replace(to)
    except DecoderStopped as stopped:
        if number := stopped.system_error:
            raise OSError(number, os.strerror(number)) from stopped
        raise SourceError(
            f"The parts of this recording cannot be joined. They are kept in {takes[0].parent}: "
            "give each of them a name that ends in .webm, and upload it."
        ) from stopped
    finally:
        unfinished.unlink(missing_ok=True)


def written(takes: Sequence[Path], to: Path, tell_alive: Callable[[], None]) -> float:
    """Write takes one after another; gives the time, in seconds, where the last one ends.

    `tell_alive` is called with every packet.
    """
    joined: OutputContainer | None = None
    end = 0.0
    try:
        for take in takes:
            container = _opened(take)
            if container is None:
                continue
            with container:
                if joined is None:
                    joined = av.open(f"file:{to}", "w", format=_CONTAINERS.get(container.format.name, "webm"))
                    joined.add_stream_from_template(container.streams.audio[0])
                end = _append(container, joined, end, tell_alive)
    finally:
        if joined is not None:
            joined.close()
    return end


def _opened(take: Path) -> InputContainer | None:
    """A take that has sound; None for one of which not even the head arrived."""
    try:
        container = av.open(f"file:{take}", options=_OPTIONS)
    except DAMAGE:
        return None
    if container.streams.audio:
        return container
    container.close()
    return None


def _append(container: InputContainer, joined: OutputContainer, at: float, tell_alive: Callable[[], None]) -> float:
    """Copy a take's packets to a time in seconds; gives the time where they end."""
    sound, stream = container.streams.audio[0], joined.streams.audio[0]
    packets: Iterator[Any] = _read(container.demux(sound))
    if at and not _alike(sound, stream):
        packets = _encoded_anew(packets, stream)
    begin, end = None, at
    for packet in packets:
        tell_alive()
        if packet.pts is None or packet.time_base is None:
            continue
        if begin is None:  # what a recorder's clock had counted before its first sound is no part of the recording
            begin = packet.pts if at else max(0, packet.pts)
        packet.pts += round(at / packet.time_base) - begin
        packet.dts = packet.pts
        end = float((packet.pts + (packet.duration or 0)) * packet.time_base)
        packet.stream = stream
        joined.mux(packet)
    return end


def _read(packets: Iterator[Any]) -> Iterator[Any]:
    """Packets until the take breaks off."""
    while True:
        try:
            packet = next(packets, None)
        except DAMAGE:
            return
        if packet is None:
            return
        yield packet


def _alike(one: AudioStream, other: AudioStream) -> bool:
    """Whether who plays one can play the other: an Opus packet says itself what is in it, others do not."""
    a, b = one.codec_context, other.codec_context
    return a.name == b.name and (a.name in ("opus", "libopus") or a.extradata == b.extradata)


def _encoded_anew(packets: Iterator[Any], stream: AudioStream) -> Iterator[Any]:
    """A take's sound in the stream's own kind."""
    like, at = stream.codec_context, 0
    encoder: Any = av.CodecContext.create(_ENCODERS.get(like.name, like.name), "w")
    encoder.sample_rate, encoder.layout, encoder.format = like.sample_rate, like.layout, encoder.codec.audio_formats[0]
    encoder.time_base = Fraction(1, like.sample_rate)
    encoder.bit_rate = _BIT_RATE
    resampler = av.AudioResampler(encoder.format, encoder.layout, encoder.sample_rate)
    for frame in _decoded(packets):
        frame.pts = None
        for part in resampler.resample(frame):
            part.pts, part.time_base = at, encoder.time_base
            at += part.samples
            yield from encoder.encode(part)
    yield from encoder.encode(None)


def _decoded(packets: Iterator[Any]) -> Iterator[Any]:
    for packet in packets:
        try:
            yield from packet.decode()
        except DAMAGE:
            continue
