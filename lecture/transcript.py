"""Words, segments and transcripts: what was said, and when. Writes TXT, SRT, VTT and JSON, and reads JSON.

Caption files are read in `lecture.captions`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from lecture.errors import CaptionError

DRAFT_PREFIX = "Recognised by PocketSphinx"
"""How a draft's provenance begins; the reader of plain text knows it again and leaves it out."""

SRT_TAG = re.compile(r"</?(?:[bius]|font(?:[ \t][^<>]*)?)>", re.IGNORECASE)
ENTITY = re.compile(r"&(?:amp|lt|gt|nbsp|quot|apos|lrm|rlm|#\d{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
SRT_POSITION = re.compile(r"\{\\an?\d{1,2}\}")
"""What a caption reader takes for mark-up. The SRT writer escapes only this, so that "a < b" stays legible."""

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufeff]")


@dataclass(frozen=True)
class Word:
    """One spoken word. `start` and `end` in seconds from the start of the recording, `probability` from 0 to 1."""

    start: float
    end: float
    text: str
    probability: float = 1.0


@dataclass(frozen=True)
class Segment:
    """Text between two times (seconds from the start of the recording).

    `words` stand where the recogniser times them; `corrected` says that the student wrote the text.
    """

    start: float
    end: float
    text: str
    words: tuple[Word, ...] = ()
    corrected: bool = False


@dataclass(frozen=True)
class Transcript:
    """All that was said in a lecture, and how it came to be known.

    Attributes:
        segments: in order of time.
        language: two-letter code such as "en", or None where unknown.
        recogniser: "faster-whisper", "whisper", "pocketsphinx" or "captions".
        model: size or name of the recogniser's model, None for captions.
        duration: seconds of the recording (for captions: end of the last one).
        reason: one sentence for the reader: why this recogniser did the work.
        warnings: sentences about what is missing or doubtful, such as a recording cut short.
    """

    segments: tuple[Segment, ...]
    language: str | None
    recogniser: str
    model: str | None
    duration: float
    reason: str = ""
    warnings: tuple[str, ...] = ()


def one_line(text: str) -> str:
    """Return `text` on one line: runs of whitespace become one space; controls and half surrogates go."""
    return " ".join(_CONTROL.sub("", encodable(text)).split())


def encodable(text: str) -> str:
    """Return `text` as it can be written as UTF-8: a file's name, or JSON, may hold half surrogates."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def format_time(seconds: float, style: Literal["clock", "srt", "vtt"] = "clock") -> str:
    """Write a time as people or players read it.

    Args:
        seconds: from the start of the recording; below 0 counts as 0.
        style: "clock" for people ("03:20", "1:02:07"; whole seconds, rounded down so that playing from there
            never misses the first word), "srt" ("00:03:20,000") or "vtt" ("00:03:20.000").

    Raises:
        ValueError: `seconds` is not a number.
        OverflowError: `seconds` is infinite.
    """
    milliseconds = max(0, round(seconds * 1000))
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    whole, fraction = divmod(rest, 1000)
    if style == "clock":
        return f"{hours}:{minutes:02}:{whole:02}" if hours else f"{minutes:02}:{whole:02}"
    return f"{hours:02}:{minutes:02}:{whole:02}{',' if style == 'srt' else '.'}{fraction:03}"


def provenance(transcript: Transcript) -> str:
    """Return the sentence that tells a reader where the words come from, and how far to trust them."""
    model, language = one_line(transcript.model or ""), transcript.language
    if transcript.recogniser == "captions":
        return "From the captions you uploaded."
    if transcript.recogniser == "pocketsphinx":
        named = f" ({model})" if model else ""
        return f"{DRAFT_PREFIX}{named}: a draft. Expect wrong words and no punctuation."
    name = {"whisper": "openai-whisper"}.get(transcript.recogniser, one_line(transcript.recogniser))
    return (
        f"Recognised by {name}"
        + (f", model {model}" if model else "")
        + (f", language {one_line(language)}" if language else "")
        + "."
    )


def is_draft(transcript: Transcript) -> bool:
    """Tell whether the words are too uncertain to be passed on without saying so."""
    return transcript.recogniser == "pocketsphinx"


def to_txt(transcript: Transcript, times: bool = True) -> str:
    """Write plain text, one segment a line, after "[03:20] " where `times`; a draft says first that it is one."""
    lines = [provenance(transcript), ""] if is_draft(transcript) else []
    for segment in _spoken(transcript):
        lines.append(f"[{format_time(segment.start)}] {segment.text}" if times else segment.text)
    return "".join(f"{line}\n" for line in lines)


def to_srt(transcript: Transcript) -> str:
    """Write SubRip captions. SRT has no comments, so a draft cannot say in it that it is one."""
    cues = []
    for number, segment in enumerate(_spoken(transcript), start=1):
        times = f"{format_time(segment.start, 'srt')} --> {format_time(segment.end, 'srt')}"
        cues.append(f"{number}\n{times}\n{_escape_srt(segment.text)}\n")
    return "\n".join(cues)


def to_vtt(transcript: Transcript) -> str:
    """Write WebVTT captions, with the language in the header; a draft says in a NOTE that it is one."""
    header = "WEBVTT\n"
    if transcript.language:
        header += f"Language: {transcript.language}\n"
    blocks = [header]
    if is_draft(transcript):
        blocks.append(f"NOTE {_escape_vtt(one_line(provenance(transcript)))}\n")
    for segment in _spoken(transcript):
        times = f"{format_time(segment.start, 'vtt')} --> {format_time(segment.end, 'vtt')}"
        blocks.append(f"{times}\n{_escape_vtt(segment.text)}\n")
    return "\n".join(blocks)


def to_json(transcript: Transcript) -> str:
    """Write everything; `from_json` reads it back unchanged. `words` stands only where the recogniser timed them."""
    segments: list[dict[str, object]] = []
    for segment in transcript.segments:
        entry: dict[str, object] = {"start": segment.start, "end": segment.end, "text": segment.text}
        if segment.words:
            entry["words"] = [
                {"start": w.start, "end": w.end, "text": w.text, "probability": w.probability} for w in segment.words
            ]
        if segment.corrected:
            entry["corrected"] = True
        segments.append(entry)
    content = {
        "language": transcript.language,
        "recogniser": transcript.recogniser,
        "model": transcript.model,
        "duration": transcript.duration,
        "reason": transcript.reason,
        "warnings": list(transcript.warnings),
        "segments": segments,
    }
    return encodable(json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1)) + "\n"


def from_json(content: str | bytes, name: str = "transcript.json") -> Transcript:
    """Read what `to_json` wrote.

    Args:
        content: the file's content.
        name: the file's name, for the error message.

    Raises:
        CaptionError: it is not JSON, or not a transcript: a field is missing or of the wrong kind, a time is
            negative or not a number, a segment ends before it starts.
    """
    try:
        read = _TranscriptJson.model_validate_json(content)
    except ValidationError as error:
        raise CaptionError(
            f"{one_line(name)} is not a transcript that can be read here: {first_problem(error)}. "
            "Process the lecture again to get a new one."
        ) from error
    return Transcript(
        segments=tuple(
            Segment(
                s.start,
                s.end,
                s.text,
                tuple(Word(w.start, w.end, w.text, w.probability) for w in s.words),
                s.corrected,
            )
            for s in read.segments
        ),
        language=read.language,
        recogniser=read.recogniser,
        model=read.model,
        duration=read.duration,
        reason=read.reason,
        warnings=tuple(read.warnings),
    )


def first_problem(error: ValidationError) -> str:
    """Say in a few words what is wrong first and where, such as "segments 3 end: Input should be a number"."""
    detail = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = " ".join(str(part + 1) if isinstance(part, int) else part for part in detail["loc"])
    what = detail["msg"].rstrip(".")
    return f"{where}: {what}" if where else what


_Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True)


class _WordJson(_Strict):
    start: _Seconds
    end: _Seconds
    text: str
    probability: Annotated[float, Field(ge=0, le=1)] = 1.0


class _SegmentJson(_Strict):
    start: _Seconds
    end: _Seconds
    text: str
    words: list[_WordJson] = []
    corrected: bool = False

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"it ends at {self.end:g} s, before it starts at {self.start:g} s")
        return self


class _TranscriptJson(_Strict):
    segments: list[_SegmentJson]
    language: str | None
    recogniser: Annotated[str, Field(min_length=1)]
    model: str | None
    duration: _Seconds
    reason: str = ""
    warnings: list[str] = []


def _spoken(transcript: Transcript) -> list[Segment]:
    """Return the segments that have text, each on one line: a blank line would end a caption early."""
    lines = [Segment(s.start, s.end, one_line(s.text)) for s in transcript.segments]
    return [line for line in lines if line.text]


def _escape_vtt(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _escape_srt(text: str) -> str:
    text = ENTITY.sub(lambda found: "&amp;" + found[0][1:], text)
    text = SRT_TAG.sub(lambda found: "&lt;" + found[0][1:-1] + "&gt;", text)
    text = SRT_POSITION.sub(lambda found: "&#123;" + found[0][1:], text)
    return text.replace("-->", "--&gt;")
