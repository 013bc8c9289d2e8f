"""Segments, which may be as short as a breath, gathered into paragraphs that one can read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lecture.transcript import Transcript, one_line

SHORTEST_S, USUAL_S, LONGEST_S = 18.0, 40.0, 60.0
"""Seconds; within these a paragraph ends where the speaker pauses or ends a sentence."""
PAUSE_S = 1.2
"""Seconds of silence that end a paragraph."""

_ENDS = (*".!?…。！？।؟۔", ".”", "!”", "?”", '."', '!"', '?"')
_SPACELESS = frozenset({"ja", "km", "lo", "my", "th", "yue", "zh"})
"""Languages written without spaces."""


@dataclass(frozen=True)
class Paragraph:
    """Text that was said from `start` on (seconds)."""

    start: float
    text: str


def paragraphs(transcript: Transcript) -> Iterator[Paragraph]:
    """All that was said, in paragraphs of at most a minute or one segment."""
    glue = "" if transcript.language in _SPACELESS else " "
    begun = ended = 0.0
    texts: list[str] = []
    for segment in transcript.segments:
        if not (text := one_line(segment.text)):
            continue
        length, pause = ended - begun, segment.start - ended
        rests = pause >= PAUSE_S and length + pause >= SHORTEST_S
        complete = length >= USUAL_S and bool(texts) and texts[-1].endswith(_ENDS)
        if texts and (rests or complete or length >= LONGEST_S):
            yield Paragraph(begun, glue.join(texts))
            texts = []
        if not texts:
            begun = segment.start
        texts.append(text)
        ended = segment.end
    if texts:
        yield Paragraph(begun, glue.join(texts))
