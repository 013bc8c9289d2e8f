"""Caption files → Transcript: SRT, VTT and plain text as people really have them.

`lecture.cues` reads the files; here the encoding is found out and the times are put right.
"""

from __future__ import annotations

import codecs
import itertools
import re
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePath

from lecture.cues import TIMING, Cue, seconds, span, srt_cues, vtt_cues
from lecture.errors import CaptionError
from lecture.transcript import DRAFT_PREFIX, Segment, Transcript, one_line

_LONGEST_NAME = 120
"""Characters of a file's name in messages."""
CAPTION_SUFFIXES = (".srt", ".vtt", ".txt")
MAX_BYTES = 10_000_000
"""Ten hours of captions with a time for each word take about 6 MB; what is larger is something else."""
SPEAKING_RATE = 150.0
"""Words a minute, to estimate the times of a text without any."""
LONGEST_PIECE = 75
"""Words; half a minute of speech. A longer paragraph of plain text is cut, so that its parts have times."""
LONGEST_CAPTION = 1_000
"""Letters; a minute of speech. A longer caption is cut."""

_CLOCK = r"(?:\d{1,2}:)?\d{1,3}:[0-5]\d(?:[.,]\d{1,3})?"
_RANGE = rf"(?P<start>{_CLOCK})(?: ?(?:-->|[-–—]) ?(?P<end>{_CLOCK}))?"
_BRACKETED = re.compile(rf"[\[(] ?{_RANGE} ?[\])] ?[:–—-]?(?P<text>.*)")
_BARE = re.compile(rf"{_RANGE}(?:$|(?: ?[:–—-])?(?P<text> .*))")
_SENTENCE_END = re.compile(r"(?<=[.!?…]) |(?<=[。！？])")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
"""Kana and Han: written without spaces, about two to a word."""

_CONTROL_SHARE = 0.01
_FLICKER = 0.05
"""Seconds. YouTube shows each finished line once more for 10 ms while the next one rolls in."""

_ROLLING_LINES = 4
"""How many lines of a rolling display are on the screen at most."""


def read_captions(source: Path | bytes, name: str = "") -> Transcript:
    """Read a caption file or a plain transcript.

    What can be put right is put right and said in `Transcript.warnings`: captions out of order are sorted,
    overlapping ones shortened, times that a plain text lacks estimated.

    Args:
        source: where the file is, or its content (at most `MAX_BYTES`).
        name: the file's name; its ending tells the kind, and messages show it. Needed for bytes.

    Raises:
        CaptionError: too large, empty, not text, of an unknown kind, without captions, or with times that
            cannot be read or that end before they start; the message names the line.
    """
    name = one_line(PurePath(name or (source.name if isinstance(source, Path) else "")).name)
    suffix = PurePath(name).suffix.lower()
    name = name[:_LONGEST_NAME]
    if suffix not in CAPTION_SUFFIXES:
        raise CaptionError(f"{name or 'The file'} is not a caption file. Choose one that ends in .srt, .vtt or .txt.")
    text, warnings = _decode(_content(source, name), name)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    language = None
    if lines[0].startswith("WEBVTT") or suffix == ".vtt":
        cues, language = vtt_cues(lines, name, warnings)
    elif suffix == ".srt" or any(TIMING.match(line) for line in lines):
        cues = srt_cues(lines, name, warnings)
    else:
        cues = _plain_cues(lines, name, warnings)
    segments = _segments(_collapse_rolling(_in_order(cues, name, warnings)), name, warnings)
    return Transcript(
        segments=segments,
        language=language,
        recogniser="captions",
        model=None,
        duration=max(segment.end for segment in segments),
        reason=f"The words are those of {name}.",
        warnings=tuple(warnings),
    )


def _content(source: Path | bytes, name: str) -> bytes:
    if isinstance(source, Path):
        try:
            with source.open("rb") as file:
                content = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise CaptionError(
                f"{name} cannot be opened ({error.strerror}). Check that it is there and try again."
            ) from error
    else:
        content = source
    if len(content) > MAX_BYTES:
        raise CaptionError(
            f"{name} is larger than {MAX_BYTES // 1_000_000} MB, too large for captions. Choose a caption or text file."
        )
    return content


def _decode(content: bytes, name: str) -> tuple[str, list[str]]:
    """Return the text and the warnings about how it was read."""
    not_text = CaptionError(f"{name} is not a text file. Save the captions as .srt, .vtt or plain .txt in UTF-8.")
    if content.startswith((b"%PDF-", b"{\\rtf")):
        raise not_text
    boms = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
    warnings: list[str] = []
    for bom, encoding in boms:
        if content.startswith(bom):
            text = content[len(bom) :].decode(encoding, errors="replace")
            break
    else:
        encoding, text = "utf-8", content.decode("utf-8", errors="replace")
    # Letters that whoever wrote the file marked as damaged are no damage of the file itself.
    damaged = text.count("\ufffd") - content.count("\ufffd".encode(encoding))
    sound = len(text) - damaged - sum(map(str.isascii, text))
    if damaged and (encoding != "utf-8" or sound > 10 * damaged):
        warnings.append(f"{damaged} damaged letters in {name} could not be read and show as \ufffd.")
    elif damaged:
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            raise not_text from None
        warnings.append(
            f"{name} is not in UTF-8 and was read as Windows-1252. If letters look wrong, save it as UTF-8 "
            "and upload it again."
        )
    controls = sum(1 for letter in text if letter < " " and letter not in "\t\n\r\f\v\x1b")
    if "\0" in text or controls > _CONTROL_SHARE * len(text):
        raise not_text
    if not one_line(text):
        raise CaptionError(f"{name} is empty. Choose a file with captions or text in it.")
    return text, warnings


def _in_order(cues: list[Cue], name: str, warnings: list[str]) -> list[Cue]:
    ordered = sorted(cues, key=lambda cue: cue.start)
    if ordered != cues:
        warnings.append(f"The captions in {name} were not in order of time and have been sorted.")
    return ordered


def _collapse_rolling(cues: list[Cue]) -> list[Cue]:
    """Drop the lines that a rolling display shows again in the next cue.

    Two speakers may truly say the same twice, so this is done only where at least half of the cues begin with the
    former one's last lines and, new lines apart, only flicker by.
    """
    fresh: list[tuple[str, ...]] = []
    rolled = repeated = 0
    previous: tuple[str, ...] = ()
    for cue in cues:
        shared = next(
            (
                n
                for n in range(min(len(previous), len(cue.lines), _ROLLING_LINES), 0, -1)
                if previous[-n:] == cue.lines[:n]
            ),
            0,
        )
        new = cue.lines[shared:]
        flicker = cue.end is not None and cue.end - cue.start <= _FLICKER
        if shared and (new or flicker):
            repeated += 1
            rolled += bool(new)
        fresh.append(new)
        previous = cue.lines or previous
    if not rolled or 2 * repeated < len(cues) - 1:
        return cues
    return [replace(cue, lines=new) for cue, new in zip(cues, fresh, strict=True) if new]


def _segments(cues: list[Cue], name: str, warnings: list[str]) -> tuple[Segment, ...]:
    """Fill in missing ends, and shorten captions so that each ends when the next one begins.

    Raises:
        CaptionError: no caption has any text.
    """
    spoken = [cue for cue in cues if cue.lines]
    texts: list[list[str]] = []
    times: list[tuple[float, float]] = []
    overlaps = 0
    for place, cue in enumerate(spoken):
        end = cue.end
        if end is None:
            is_last = place + 1 == len(spoken)
            end = cue.start + _estimate(" ".join(cue.lines)) if is_last else spoken[place + 1].start
        if times and times[-1][1] > cue.start:
            overlaps += 1
            former_start, former_end = times[-1]
            if former_start == cue.start:  # shown together: cutting would leave the first one no time at all
                times[-1] = (cue.start, max(former_end, end))
                texts[-1] += cue.lines
                continue
            times[-1] = (former_start, cue.start)
        times.append((cue.start, end))
        texts.append(list(cue.lines))
    if overlaps:
        warnings.append(
            f"Captions in {name} overlapped in {overlaps} {'place' if overlaps == 1 else 'places'}; "
            "each now ends when the next one begins."
        )
    if not times:
        raise CaptionError(f"{name} has times but no words. Choose a file with the captions' text in it.")
    whole = [Cue(*span_of, (" ".join(words),)) for span_of, words in zip(times, texts, strict=True)]
    cues = [part for cue in whole for part in _shortened(cue)]
    return tuple(Segment(cue.start, cue.end or cue.start, cue.lines[0]) for cue in cues)


def _shortened(cue: Cue) -> list[Cue]:
    """A caption of a minute and more in parts, so that no line of the transcript is endless."""
    text = cue.lines[0]
    if len(text) <= LONGEST_CAPTION:
        return [cue]
    parts = textwrap.wrap(text, LONGEST_CAPTION, break_on_hyphens=False)
    return _spread(parts, cue.start, cue.end)


def _plain_cues(lines: list[str], name: str, warnings: list[str]) -> list[Cue]:
    """Return the cues of a plain text: by the times its lines begin with, else with estimated times."""
    texts = [one_line(line) for line in lines]
    first = next(i for i, text in enumerate(texts) if text)
    if texts[first].startswith(DRAFT_PREFIX):  # our own export says this of itself; nobody said it
        texts[first] = ""
    timed = _line_times(texts)
    if not timed:
        warnings.append(
            f"{name} has no times, so they are estimated at {SPEAKING_RATE:g} words per minute and will not match "
            "a recording exactly."
        )
        return _spread(_paragraphs(texts), 0.0, None)
    bounds = [*timed, len(texts)]
    cues = _spread([text for text in texts[: bounds[0]] if text], 0.0, seconds(timed[bounds[0]]["start"]))
    groups = []
    for index, following in itertools.pairwise(bounds):
        match = timed[index]
        start, end = seconds(match["start"]), None
        if match["end"]:
            start, end = span(match, index, name)
        text = one_line(" ".join([match["text"] or "", *texts[index + 1 : following]]))
        groups.append(Cue(start, end, (text,) if text else ()))
    for place, group in enumerate(groups):
        end = group.end
        if end is None and place + 1 < len(groups) and groups[place + 1].start > group.start:
            end = groups[place + 1].start
        pieces = _pieces(group.lines[0]) if group.lines else []
        cues += [group] if len(pieces) < 2 else _spread(pieces, group.start, end)
    return cues


def _line_times(texts: list[str]) -> dict[int, re.Match[str]]:
    """Return the lines that begin with a time, by index.

    A time without brackets may belong to the sentence ("12:30 is lunch"), so those count only where the first
    line or a quarter of all lines has one, and no line has a bracketed one.
    """
    bracketed = {i: match for i, text in enumerate(texts) if (match := _BRACKETED.match(text))}
    if bracketed:
        return bracketed
    bare = {i: match for i, text in enumerate(texts) if (match := _BARE.match(text))}
    filled = [i for i, text in enumerate(texts) if text]
    return bare if filled and (filled[0] in bare or 4 * len(bare) >= len(filled)) else {}


def _paragraphs(texts: list[str]) -> list[str]:
    """Return the paragraphs where blank lines part them, else the lines; long ones in pieces."""
    blocks = [" ".join(block.split("\n")) for block in re.split(r"\n\n+", "\n".join(texts).strip("\n"))]
    if len(blocks) == 1:
        blocks = texts
    return [piece for block in blocks if block for piece in _pieces(block)]


def _pieces(text: str) -> list[str]:
    """Cut a text of more than `LONGEST_PIECE` words into its sentences, and sentences as long into equal parts."""
    if _words(text) <= LONGEST_PIECE:
        return [text]
    pieces = []
    for sentence in filter(None, _SENTENCE_END.split(text)):
        parts = sentence.split()
        size = LONGEST_PIECE if len(parts) > LONGEST_PIECE else len(parts)
        pieces += [" ".join(parts[i : i + size]) for i in range(0, len(parts), size)]
    return pieces


def _spread(texts: Sequence[str], start: float, end: float | None) -> list[Cue]:
    """Share the time from `start` to `end` (seconds; None: as long as it takes to say) out by length."""
    lengths = [_estimate(text) for text in texts]
    scale = 1.0 if end is None else (end - start) / (sum(lengths) or 1.0)
    cues = []
    for text, length in zip(texts, lengths, strict=True):
        begins = round(start, 3)
        start += length * scale
        cues.append(Cue(begins, round(start, 3), (text,)))
    return cues


def _estimate(text: str) -> float:
    """Return how many seconds it takes to say `text`."""
    return _words(text) * 60 / SPEAKING_RATE


def _words(text: str) -> float:
    spaced = len(text.split())
    return spaced if text.isascii() else max(spaced, len(_UNSPACED.findall(text)) / 2)
