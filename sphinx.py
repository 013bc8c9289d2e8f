"""PocketSphinx in processes of its own.

It holds Python's global lock while it decodes, seconds at a time: in this process it would freeze the page. In others
it does not, and several of them recognise several windows at once.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from lecture.errors import ModelError
from lecture.threads import end_with_parent

DECODER: dict[str, Any] = {"samprate": 16_000, "loglevel": "FATAL"}
"""PocketSphinx's settings; everything else is the default of its en-us model."""
IDLE_S = 120
"""Seconds after which a process with nothing to do ends, and gives its 200 MB back."""


class Heard(NamedTuple):
    """A word, when it was said (seconds from the start of the audio it was in), and its probability from 0 to 1."""

    text: str
    start: float
    end: float
    probability: float


@dataclass(frozen=True)
class Decoders:
    """PocketSphinx decoders, each in a process of its own, started when first needed."""

    processes: int

    def recognise(self, utterances: Sequence[bytes]) -> Iterator[list[Heard]]:
        """Recognise whole utterances (16 kHz mono, 16-bit samples) at once; gives their words in order.

        Raises:
            ModelError: a process was ended from outside, as when memory runs out.
        """
        from loky.process_executor import BrokenProcessPool

        try:
            yield from self._executor().map(recognise, utterances)
        except BrokenProcessPool as error:
            raise ModelError(
                "PocketSphinx was stopped from outside, perhaps because memory ran out. Try again."
            ) from error

    def _executor(self) -> Any:
        from loky import get_reusable_executor

        # loky's processes, unlike the standard library's, do not run the main module again: here that is the page.
        return get_reusable_executor(self.processes, timeout=IDLE_S, initializer=_live_and_die_with_parent)


def recognise(utterance: bytes) -> list[Heard]:
    """Recognise one whole utterance in this process; the words depend on it alone."""
    decoder = _decoder()
    decoder.reinit_feat()  # otherwise the noise estimate of the utterance before would change the words of this one
    decoder.start_utt()
    decoder.process_raw(utterance, no_search=False, full_utt=True)
    decoder.end_utt()
    if decoder.hyp() is None:
        return []
    frame = 1 / decoder.config["frate"]
    return [
        Heard(
            text=segment.word.split("(")[0],  # "(2)" names a second pronunciation
            start=segment.start_frame * frame,
            end=(segment.end_frame + 1) * frame,
            probability=min(1.0, segment.prob),  # rounding may take it beyond
        )
        for segment in decoder.seg()
        if not segment.word.startswith(("<", "[", "+"))  # silence and noises
    ]


@lru_cache(maxsize=1)
def _decoder() -> Any:
    import pocketsphinx

    return pocketsphinx.Decoder(**DECODER)


def _live_and_die_with_parent() -> None:
    """Leave Ctrl-C to the parent process, and end when it is gone: loky's processes can outlive one that is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
