"""What recognisers make of sound that is no clear speech: words where nobody speaks, and errors in bad sound.

python benchmarks/invented.py                              # PocketSphinx, and Whisper with the tests' checkpoint
python benchmarks/invented.py --weights DIR --model base   # trained weights, laid out as LECTURE_MODELS
python benchmarks/invented.py --nospeech FILE …            # recordings besides in which nobody speaks

The tests' checkpoint knows one lecture only, which it is given well, quiet, clipped, in noise, and stuck in a loop.
Every word counts that would stand in a transcript. The exit status is 1 where one was invented.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import jiwer
import numpy as np
from whisper.normalizers import EnglishTextNormalizer

import models
from lecture.audio import SAMPLE_RATE, Recording, Samples
from lecture.recognisers import Recogniser, recogniser_for
from lecture.transcribe import transcribe
from tests.fixtures import media
from tests.fixtures.tiny_whisper import convert

TINY = Path(convert.__file__).with_name("lecture.mp3")
SECONDS = 60.0
_chance = np.random.default_rng(0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", type=Path, metavar="DIR", help="trained weights, laid out as LECTURE_MODELS")
    parser.add_argument("--model", default="tiny", choices=models.SIZES)
    parser.add_argument("--nospeech", nargs="*", type=Path, default=[], metavar="FILE")
    options = parser.parse_args()
    quiet = nobody_speaks() | {path.name: whole(path) for path in options.nospeech}
    invented = 0
    with tempfile.TemporaryDirectory() as folder:
        if not options.weights:
            convert.build(Path(folder))
        os.environ["LECTURE_MODELS"] = str(options.weights or folder)
        for name in models.RECOGNISERS:
            choice = models.choose(name, options.model if name != "pocketsphinx" else "auto")
            model = models.shared().recogniser(choice)
            print(f"\n{choice.recogniser} ({choice.model})\n{'words a minute where nobody speaks':44}")
            for sound, samples in quiet.items():
                words = len(said(recogniser_for(choice, model), samples).split())
                invented += words
                print(f"  {sound:42}{60 * words / (len(samples) / SAMPLE_RATE):8.1f}", flush=True)
            print("word error rate against clear sound")
            path = media.SAMPLE if name == "pocketsphinx" else TINY
            spoken = media.excerpt(0, SECONDS, path)
            clear = normalised(said(recogniser_for(choice, model, "en"), spoken))
            for sound, samples in badly(spoken).items():
                heard = normalised(said(recogniser_for(choice, model, "en"), samples))
                print(f"  {sound:42}{jiwer.wer(clear, heard):8.3f}", flush=True)
            phrase = spoken[: 6 * SAMPLE_RATE]
            once = len(said(recogniser_for(choice, model, "en"), phrase).split())
            often = len(said(recogniser_for(choice, model, "en"), np.tile(phrase, 10)).split())
            print(f"six seconds, ten times over: {often} words, where once they are {once}")
    return int(invented > 0)


def nobody_speaks() -> Mapping[str, Samples]:
    """Sounds of a lecture hall without a word in them, so many seconds of each."""
    at = np.arange(round(SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    clicks = np.zeros(len(at), np.float32)
    for begin in _chance.integers(0, len(at) - 400, 200):
        clicks[begin : begin + 400] += 0.5 * np.exp(-np.arange(400) / 60) * _chance.normal(0, 1, 400)
    swell = 0.5 + 0.5 * np.sin(2 * np.pi * at / 3)
    return {
        "silence": media.silence(SECONDS),
        "faint hiss": media.noise(SECONDS, 0.001),
        "hiss": media.noise(SECONDS, 0.01),
        "loud hiss": media.noise(SECONDS, 0.2),
        "hiss that swells, as applause": (swell * media.noise(SECONDS, 0.2)).astype(np.float32),
        "mains hum": (0.1 * (np.sin(2 * np.pi * 50 * at) + 0.5 * np.sin(2 * np.pi * 150 * at))).astype(np.float32),
        "an arpeggio": media.tones(SECONDS),
        "a tone that glides, as a siren": (0.2 * np.sin(2 * np.pi * (600 * at + 60 * np.sin(at)))).astype(np.float32),
        "knocks and clicks": clicks,
    }


def badly(clear: Samples) -> Mapping[str, Samples]:
    """The same speech as a bad place in the hall gives it."""
    return {
        "as it is, 40 dB quieter": 0.01 * clear,
        "clipped, 30 dB too loud": np.clip(31.6 * clear, -1, 1),
        "in noise, 20 dB below": clear + _hiss(clear, 20),
        "in noise, 10 dB below": clear + _hiss(clear, 10),
        "with a hum as loud": clear + _hum(clear),
    }


def _hiss(clear: Samples, decibels: float) -> Samples:
    level = float(np.sqrt(np.mean(clear**2))) * 10 ** (-decibels / 20)
    return _chance.normal(0, level, len(clear)).astype(np.float32)


def _hum(clear: Samples) -> Samples:
    level = float(np.sqrt(2 * np.mean(clear**2)))
    return (level * np.sin(2 * np.pi * 50 * np.arange(len(clear)) / SAMPLE_RATE)).astype(np.float32)


def said(recogniser: Recogniser, samples: Samples) -> str:
    found = transcribe(np.array_split(samples, max(1, len(samples) // 4096)), recogniser)
    return " ".join(segment.text for window in found for segment in window.segments)


def whole(path: Path) -> Samples:
    return np.concatenate(list(Recording(path)))


normalised = EnglishTextNormalizer()


if __name__ == "__main__":
    sys.exit(main())
