"""Rebuild the demonstration lecture: script in, recording and true captions out.

The script ``how-memory-works.md`` holds one sentence a line, a blank line between
paragraphs, and ``# `` lines for chapter titles, which are not spoken. Each sentence is
voiced by flite (voice ``slt``). flite names the time of every phone it speaks, so the
captions carry the true times of the synthesis and not an estimate.

Run ``python samples/make.py``. It needs flite (``apt install flite``), numpy and PyAV;
the MP3 encoder comes inside PyAV. Nothing is random: the same versions of the three give
the same bytes.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import wave
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
SCRIPT = HERE / "how-memory-works.md"

RATE = 16_000  # samples per second, the rate flite's slt voice and the recognisers use
BIT_RATE = 32_000  # bits per second of the MP3
VOICE = "slt"
STRETCH = 1.10  # slows flite to the pace of a lecture, about 170 words a minute
PEAK = 0.7  # loudest sample of the recording, as a share of full scale
NOISE = 6.0  # room noise in 16-bit steps: no microphone delivers exact zeros
MARGIN = 0.03  # seconds kept before and after the phones of a sentence, faded in and out

LEAD = 0.8  # seconds of quiet before the first sentence
TAIL = 1.2  # seconds of quiet after the last one
BREATH = (0.35, 0.70)  # between sentences: shortest and longest, growing with the sentence
BREATH_WORDS = 20  # a sentence of this many words earns the longest breath
PARAGRAPH_PAUSE = 1.2
CHAPTER_PAUSE = 2.0

Samples = NDArray[np.float32]


class BuildError(RuntimeError):
    """The lecture cannot be built; the message says why."""


@dataclass(frozen=True)
class Sentence:
    """One spoken sentence and the quiet that goes before it, in seconds."""

    text: str
    pause: float


@dataclass(frozen=True)
class Cue:
    """One caption: a sentence and the seconds at which its speech starts and ends."""

    start: float
    end: float
    text: str


def breath_after(text: str) -> float:
    """Return the pause after a sentence inside a paragraph: a longer one earns more."""
    shortest, longest = BREATH
    return shortest + (longest - shortest) * min(1.0, len(text.split()) / BREATH_WORDS)


def read_script(text: str) -> tuple[str, list[Sentence]]:
    """Return the lecture's title and its sentences, each with the pause before it."""
    title = ""
    sentences: list[Sentence] = []
    pause = LEAD
    for line in map(str.strip, text.splitlines()):
        if line.startswith("# "):
            title = title or line[2:].strip()
            pause = CHAPTER_PAUSE if sentences else LEAD
        elif not line:
            pause = max(pause, PARAGRAPH_PAUSE) if sentences else LEAD
        else:
            sentences.append(Sentence(line, pause))
            pause = breath_after(line)
    if not title or not sentences:
        raise BuildError(f"{SCRIPT.name} holds no title or no sentence")
    return title, sentences


def speech_bounds(phones: str) -> tuple[float, float]:
    """Return where speech starts and ends, read from flite's ``phone:end_time`` list."""
    ends = [(name, float(end)) for name, end in re.findall(r"(\S+):([\d.]+)", phones)]
    starts = [0.0, *(end for _, end in ends)]
    spoken = [index for index, (name, _) in enumerate(ends) if name != "pau"]
    if not spoken:
        raise BuildError(f"flite spoke no phone: {phones!r}")
    return starts[spoken[0]], ends[spoken[-1]][1]


def voice(text: str, flite: str, folder: Path) -> Samples:
    """Speak one sentence and return its samples without flite's own silence around it.

    The samples begin ``MARGIN`` before the first phone and end ``MARGIN`` after the last.
    """
    path = folder / "sentence.wav"
    command = [flite, "-voice", VOICE, "-psdur", "--setf", f"duration_stretch={STRETCH}"]
    command += ["-t", text, "-o", str(path)]
    spoken = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - no shell
    phone_lines = [line for line in spoken.stdout.splitlines() if line.strip()]
    if len(phone_lines) != 1:
        raise BuildError(f"flite took this line for {len(phone_lines)} sentences: {text}")
    start, end = speech_bounds(phone_lines[0])

    with wave.open(str(path)) as recording:
        if recording.getframerate() != RATE or recording.getnchannels() != 1:
            raise BuildError(f"flite's voice {VOICE} is expected to give {RATE} Hz mono")
        raw = recording.readframes(recording.getnframes())
    everything = np.frombuffer(raw, dtype="<i2").astype(np.float32)
    first = round((start - MARGIN) * RATE)
    last = round((end + MARGIN) * RATE)
    if first < 0:
        raise BuildError(f"flite gave no quiet before: {text}")
    samples = everything[first:last].copy()
    samples = np.pad(samples, (0, last - first - samples.size))
    fade = np.linspace(0.0, 1.0, round(MARGIN * RATE), dtype=np.float32)
    samples[: fade.size] *= fade
    samples[-fade.size :] *= fade[::-1]
    return samples


def assemble(sentences: list[Sentence], flite: str) -> tuple[NDArray[np.int16], list[Cue]]:
    """Voice every sentence, join them with their pauses, and return sound and captions."""
    pieces: list[Samples] = []
    cues: list[Cue] = []
    length = 0
    margin = round(MARGIN * RATE)
    with tempfile.TemporaryDirectory() as folder:
        for sentence in sentences:
            # The faded margins are part of the pause, so the pauses come out as written.
            before = round(sentence.pause * RATE) - (2 * margin if cues else margin)
            spoken = voice(sentence.text, flite, Path(folder))
            pieces += [np.zeros(before, dtype=np.float32), spoken]
            start = length + before + margin
            length += before + spoken.size
            cues.append(Cue(start / RATE, (length - margin) / RATE, sentence.text))
    pieces.append(np.zeros(round(TAIL * RATE), dtype=np.float32))
    sound = np.concatenate(pieces)
    sound *= PEAK * 32767 / float(np.abs(sound).max())
    sound += np.random.default_rng(0).normal(0.0, NOISE, sound.size).astype(np.float32)
    return np.rint(sound).astype(np.int16), cues


def write_mp3(path: Path, sound: NDArray[np.int16], title: str) -> None:
    """Encode the recording.

    The muxer's header tells players how many samples of encoder delay to skip, so sound
    and captions stay in step. ``bitexact`` leaves the library's version out of the file.
    """
    with av.open(str(path), "w", format="mp3", options={"fflags": "+bitexact"}) as container:
        container.metadata["title"] = title
        stream = container.add_stream("libmp3lame", rate=RATE, layout="mono")
        stream.bit_rate = BIT_RATE
        step = 576  # samples in one MP3 frame at this rate
        for first in range(0, sound.size, step):
            block = sound[None, first : first + step]
            frame = av.AudioFrame.from_ndarray(block, format="s16p", layout="mono")
            frame.sample_rate = RATE
            frame.pts = first
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def clock(seconds: float, mark: str) -> str:
    """Return a caption time, hours to milliseconds, with ``mark`` before the milliseconds."""
    whole, milliseconds = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{mark}{milliseconds:03}"


def to_vtt(cues: list[Cue]) -> str:
    """Return the captions as WebVTT."""
    blocks = [f"{clock(cue.start, '.')} --> {clock(cue.end, '.')}\n{cue.text}\n" for cue in cues]
    return "\n".join(["WEBVTT\n", *blocks])


def to_srt(cues: list[Cue]) -> str:
    """Return the captions as SubRip."""
    return "\n".join(
        f"{number}\n{clock(cue.start, ',')} --> {clock(cue.end, ',')}\n{cue.text}\n"
        for number, cue in enumerate(cues, start=1)
    )


def main() -> int:
    """Build the recording and both caption files beside the script."""
    flite = shutil.which("flite")
    if flite is None:
        print("flite is not installed; on Debian or Ubuntu: apt install flite", file=sys.stderr)
        return 1
    try:
        title, sentences = read_script(SCRIPT.read_text(encoding="utf-8"))
        sound, cues = assemble(sentences, flite)
    except BuildError as error:
        print(f"The lecture was not built: {error}", file=sys.stderr)
        return 1
    write_mp3(SCRIPT.with_suffix(".mp3"), sound, title)
    for suffix, captions in ((".vtt", to_vtt(cues)), (".srt", to_srt(cues))):
        SCRIPT.with_suffix(suffix).write_text(captions, encoding="utf-8", newline="\n")
    words = sum(len(cue.text.split()) for cue in cues)
    minutes, seconds = divmod(round(sound.size / RATE), 60)
    print(f"{SCRIPT.stem}: {minutes}:{seconds:02}, {len(cues)} sentences, {words} words")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
