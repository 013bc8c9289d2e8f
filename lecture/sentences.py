"""Segments → Sentences: what the notes are made of.

Recognisers and captions break text where a window, a line or a breath ends. Punctuated text is put together and cut
at its full stops; text without punctuation is cut where the speaker pauses.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from lecture.transcript import Segment, Transcript


@dataclass(frozen=True)
class Sentence:
    """One sentence, and when it was said (seconds from the start of the recording)."""

    text: str
    start: float
    end: float


_PUNCTUATED = 1 / 60
"""Sentence ends per word from which a text counts as punctuated."""
_PAUSE = 0.4
"""Seconds between segments that end a sentence in unpunctuated text."""
_PARAGRAPH = 2.5
"""Seconds between segments that end a sentence even in punctuated text."""
_LONGEST = 40
"""Words after which unpunctuated text is cut at the next segment."""
LONGEST_LETTERS = 1_000
"""Letters after which text without a full stop is cut all the same: nobody learns a sentence that long."""

_END = re.compile(r"[.!?…。！？।؟]+[\"'”’»)\]]*(?=\s|$)|[。！？]")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[A-Za-z]|e\.g|i\.e|etc|vs|cf|approx|Dr|Mr|Mrs|Ms|Prof|St|Fig|fig|No|Eq|eq|Ch|p|pp|al)\.$"
)


def sentences(transcript: Transcript) -> tuple[Sentence, ...]:
    """Put a transcript's segments into sentences, in order of time."""
    text = " ".join(segment.text for segment in transcript.segments)
    ends = len(_END.findall(text))
    if ends >= len(text.split()) * _PUNCTUATED:
        return tuple(s for part in _paragraphs(transcript.segments) for s in _by_full_stops(part))
    return tuple(_joined(group) for group in _by_pauses(transcript.segments))


def _paragraphs(segments: Sequence[Segment]) -> Iterator[list[Segment]]:
    group = list(segments[:1])
    for before, segment in pairwise(segments):
        if segment.start - before.end >= _PARAGRAPH:
            yield group
            group = []
        group.append(segment)
    if group:
        yield group


def _by_pauses(segments: Sequence[Segment]) -> Iterator[list[Segment]]:
    group = list(segments[:1])
    for before, segment in pairwise(segments):
        if segment.start - before.end >= _PAUSE or sum(len(s.text.split()) for s in group) >= _LONGEST:
            yield group
            group = []
        group.append(segment)
    if group:
        yield group


def _joined(group: Sequence[Segment]) -> Sentence:
    return Sentence(" ".join(segment.text for segment in group), group[0].start, group[-1].end)


def _by_full_stops(segments: Sequence[Segment]) -> Iterator[Sentence]:
    """Sentences of one paragraph; a time inside a segment is found by its share of the segment's letters."""
    text = " ".join(segment.text for segment in segments)
    ends = [end - 1 for end in accumulate(len(segment.text) + 1 for segment in segments)]
    begin = 0
    for end in _cut([*_full_stops(text), len(text)], text):
        piece = text[begin:end].strip()
        if piece:
            first = begin + len(text[begin:end]) - len(text[begin:end].lstrip())
            last = first + len(piece)
            yield Sentence(piece, _time_at(first, segments, ends), _time_at(last, segments, ends, ending=True))
        begin = end


def _cut(ends: Sequence[int], text: str) -> Iterator[int]:
    """The ends of sentences, and more where one would be too long: between words where it has any."""
    begin = 0
    for end in ends:
        while end - begin > LONGEST_LETTERS:
            space = text.rfind(" ", begin + 1, begin + LONGEST_LETTERS)
            begin = space if space > begin else begin + LONGEST_LETTERS
            yield begin
        yield end
        begin = end


def _full_stops(text: str) -> Iterator[int]:
    for match in _END.finditer(text):
        if not (
            match.group().startswith(".") and _ABBREVIATION.search(text[max(0, match.start() - 11) : match.start() + 1])
        ):
            yield match.end()


def _time_at(position: int, segments: Sequence[Segment], ends: Sequence[int], ending: bool = False) -> float:
    """Seconds at which a letter of the joined segments is said; `ends` are where each segment's letters end."""
    at = (bisect_left if ending else bisect_right)(ends, position)
    if at == len(segments):
        return segments[-1].end
    segment, length = segments[at], len(segments[at].text)
    share = max(0, position - (ends[at] - length)) / max(1, length)
    return round(segment.start + share * (segment.end - segment.start), 3)
