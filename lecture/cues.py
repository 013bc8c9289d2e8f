"""Caption files with timing lines (SRT, VTT) → cues, in the file's order and as they stand in the file.

Read line by line here rather than by a library, because every message must name the line, and because those at
hand drop what they cannot read without a word or stop at what a player would forgive.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lecture.errors import CaptionError
from lecture.transcript import ENTITY, SRT_POSITION, SRT_TAG, one_line

_TIME = r"(?:\d{1,4}:)?\d{1,3}:\d{1,2}(?:[.,]\d{1,9})?"
TIMING = re.compile(rf"[ \t]*(?P<start>{_TIME})[ \t]*-->[ \t]*(?P<end>{_TIME})(?:[ \t].*)?$")
_BROKEN_TIMING = re.compile(r"[ \t]*-?\d+[ \t]*[:.,].*-->")
_VTT_TAG = re.compile(
    r"</?(?:[cibuvs]|lang|ruby|rt|font)(?:\.[^\s<>]*)?(?:[ \t][^<>]*)?/?>|<(?:\d+:)?\d+:\d+[.,]\d+>",
    re.IGNORECASE,
)
_VTT_LANGUAGE = re.compile(r"language:[ \t]*([a-z]{2,3})(?:[-_][\w-]*)?[ \t]*$", re.IGNORECASE)
_VTT_ASIDE = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t]|$)")


@dataclass(frozen=True)
class Cue:
    """Lines shown between two times, in seconds; `end` is None where the file does not say."""

    start: float
    end: float | None
    lines: tuple[str, ...]


def vtt_cues(lines: list[str], name: str, warnings: list[str]) -> tuple[list[Cue], str | None]:
    """Return the cues of a VTT file, and the language its header names.

    Args:
        lines: of the whole file, without line ends.
        name: the file's name, for messages.
        warnings: gets a sentence for what is left out.

    Raises:
        CaptionError: no timing line, or one that cannot be read or ends before it starts.
    """
    timings = _timing_lines(lines, name)
    starts = [number for number, _ in timings]
    first = starts[0]
    header_end = 0
    if lines[0].startswith("WEBVTT"):
        header_end = next((i for i in range(first) if not lines[i].strip()), first)
    languages = [found[1].lower() for line in lines[:header_end] if (found := _VTT_LANGUAGE.match(line))]

    cues = []
    outside = _vtt_stray(lines, header_end, first - _has_identifier(lines, header_end - 1, first))
    for (number, cue), following in zip(timings, [*starts[1:], len(lines)], strict=True):
        end = following
        if following < len(lines):
            end -= _has_identifier(lines, number, following)
        # A line of one space is text: YouTube begins its first cue with one.
        stop = next((i for i in range(number + 1, end) if not lines[i]), end)
        cues.append(replace(cue, lines=_clean(lines[number + 1 : stop], _VTT_TAG)))
        outside += _vtt_stray(lines, stop, end)
    _warn_outside(outside, name, warnings)
    return cues, languages[0] if languages else None


def _has_identifier(lines: list[str], previous: int, timing: int) -> bool:
    """Tell whether the line before the timing line `timing` is a cue's identifier, not the former cue's text.

    Args:
        lines: of the whole file.
        previous: index of the former timing line, or of the last line before the first cue's block.
        timing: index of the timing line.
    """
    before = lines[previous + 1 : timing]
    if not before or not before[-1].strip():
        return False
    if len(before) == 1:
        return previous < 0
    return before[-2] == "" or (not before[-2].strip() and any(line.strip() for line in before[:-2]))


def _vtt_stray(lines: list[str], start: int, end: int) -> list[int]:
    """Return the indices of lines outside any cue that are no NOTE, STYLE or REGION block either."""
    stray: list[int] = []
    begins, aside = True, False
    for index in range(start, end):
        line = lines[index]
        if not line.strip():
            begins, aside = True, False
            continue
        if begins:
            begins, aside = False, _VTT_ASIDE.match(line) is not None
        if not aside:
            stray.append(index)
    return stray


def srt_cues(lines: list[str], name: str, warnings: list[str]) -> list[Cue]:
    """Return the cues of an SRT file. Counters and blank lines may be missing.

    Args:
        lines: of the whole file, without line ends.
        name: the file's name, for messages.
        warnings: gets a sentence for what is left out.

    Raises:
        CaptionError: no timing line, or one that cannot be read or ends before it starts.
    """
    timings = _timing_lines(lines, name)
    cues = []
    counter = _counter(lines[timings[0][0] - 1]) if timings[0][0] else None
    outside = [i for i in range(timings[0][0] - (counter is not None)) if lines[i].strip("\ufeff \t")]
    _warn_outside(outside, name, warnings)
    for place, (number, cue) in enumerate(timings):
        is_last = place + 1 == len(timings)
        body = lines[number + 1 : None if is_last else timings[place + 1][0]]
        if is_last:
            while body and not body[-1].strip():
                body.pop()
        following = _counter(body[-1]) if body else None
        expected = counter is not None and following == counter + 1
        after_blank = len(body) > 1 and not body[-2].strip()
        if following is not None and ((expected and len(body) > 1) or (after_blank and not is_last)):
            body = body[:-1]
        else:
            following = None
        counter = following
        cues.append(replace(cue, lines=_clean(body, SRT_TAG, SRT_POSITION)))
    return cues


def _counter(line: str) -> int | None:
    line = line.strip("\ufeff \t")
    return int(line) if line.isascii() and line.isdigit() and len(line) < 10 else None


def _timing_lines(lines: list[str], name: str) -> list[tuple[int, Cue]]:
    """Return index and times of each timing line; at least one.

    Raises:
        CaptionError: there is none, or one cannot be read or ends before it starts.
    """
    found = []
    for index, line in enumerate(lines):
        if "-->" not in line:
            continue
        match = TIMING.match(line.lstrip("\ufeff"))
        if match is None:
            if _BROKEN_TIMING.match(line):
                raise CaptionError(
                    f"Line {index + 1} of {name}: the times cannot be read ({one_line(line)[:60]}). Write them "
                    "like 00:01:02,000 --> 00:01:05,000 and upload again."
                )
            continue
        found.append((index, Cue(*span(match, index, name), ())))
    if not found:
        raise CaptionError(
            f"{name} has no captions: no line holds times like 00:01:02,000 --> 00:01:05,000. "
            "Check that it is a caption file and upload again."
        )
    return found


def span(match: re.Match[str], index: int, name: str) -> tuple[float, float]:
    """Return the seconds of the groups "start" and "end", found in the line with this index.

    Raises:
        CaptionError: the end lies before the start.
    """
    start, end = seconds(match["start"]), seconds(match["end"])
    if end < start:
        raise CaptionError(
            f"Line {index + 1} of {name}: the caption ends before it starts "
            f"({match['start']} --> {match['end']}). Correct the times and upload again."
        )
    return start, end


def seconds(clock: str) -> float:
    """Return the seconds that "1:02:03,5" or "02:03.5" stands for."""
    total = 0.0
    for part in clock.replace(",", ".").split(":"):
        total = 60 * total + float(part)
    return round(total, 3)


def _clean(lines: Sequence[str], *marks: re.Pattern[str]) -> tuple[str, ...]:
    """Return the lines that have text, without mark-up and with entities decoded."""
    cleaned = []
    for line in lines:
        text = line
        for mark in marks:
            text = mark.sub("", text)
        cleaned.append(one_line(ENTITY.sub(lambda found: html.unescape(found[0]), text)))
    return tuple(text for text in cleaned if text)


def _warn_outside(outside: list[int], name: str, warnings: list[str]) -> None:
    if outside:
        more = f" and {len(outside) - 1} more" if outside[1:] else ""
        warnings.append(f"Line {outside[0] + 1}{more} of {name} belongs to no caption and was left out.")
