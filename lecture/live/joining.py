"""Takes → one recording that players can seek in. Nothing is encoded again: the sound stays as it was recorded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import av
from av.container import OutputContainer

from lecture.audio import DAMAGE
from lecture.errors import SourceError

_CONTAINERS = {"audio/webm": "webm", "audio/ogg": "ogg", "audio/mp4": "mp4"}


def join(takes: Sequence[Path], mime_type: str, to: Path) -> None:
    """Join takes one after another, with the duration and the index that a browser's recorder leaves out.

    Args:
        takes: files as a browser's recorder made them, in order, all in the same format.
        mime_type: theirs, such as "audio/webm;codecs=opus".
        to: where to write; it is there once it is whole.

    Raises:
        SourceError: there is no sound in any of them.
        OSError: the disk is full or refuses.
    """
    unfinished = to.with_suffix(".joining")
    container = _CONTAINERS.get(mime_type.partition(";")[0].strip(), "webm")
    try:
        with av.open(f"file:{unfinished}", "w", format=container) as joined:
            end = 0.0
            for take in takes:
                end = _append(take, joined, end)
        if end == 0.0:
            raise SourceError("Nothing of this recording can be played: it ended before any sound had arrived.")
        unfinished.replace(to)
    finally:
        unfinished.unlink(missing_ok=True)


def _append(take: Path, joined: OutputContainer, at: float) -> float:
    """Copy a take's packets to a time in seconds; gives the time where they end."""
    end = at
    try:
        container = av.open(f"file:{take}", options={"protocol_whitelist": "file"})
    except DAMAGE:  # not even its head arrived
        return end
    with container:
        if not container.streams.audio:
            return end
        sound = container.streams.audio[0]
        stream = joined.streams.audio[0] if joined.streams.audio else joined.add_stream_from_template(sound)
        packets = container.demux(sound)
        while (packet := _next(packets)) is not None:
            if packet.pts is None or packet.time_base is None:
                continue
            packet.pts += round(at / packet.time_base)
            packet.dts = packet.pts
            end = float((packet.pts + (packet.duration or 0)) * packet.time_base)
            packet.stream = stream
            joined.mux(packet)
    return end


def _next(packets: Iterator[Any]) -> Any:
    """The next packet that can be read; None where the take breaks off."""
    try:
        return next(packets, None)
    except DAMAGE:
        return None
