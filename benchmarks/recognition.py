"""How well and how fast a recogniser does here: word error rate, and seconds of work for a second of sound.

python benchmarks/recognition.py                                  # the demonstration lecture
python benchmarks/recognition.py --recogniser faster-whisper --model base
python benchmarks/recognition.py talk.mp3 talk.vtt                # a recording and its true captions
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import jiwer
from whisper.normalizers import EnglishTextNormalizer

import machine
import models
from lecture.audio import Recording
from lecture.captions import read_captions
from lecture.recognisers import recogniser_for
from lecture.transcribe import transcribe

SAMPLE = Path(__file__).parent.parent / "samples" / "how-memory-works.mp3"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recording", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("captions", nargs="?", type=Path, default=SAMPLE.with_suffix(".vtt"))
    parser.add_argument("--recogniser", default="pocketsphinx", choices=models.RECOGNISERS)
    parser.add_argument("--model", default="auto", choices=("auto", *models.SIZES))
    options = parser.parse_args()

    choice = models.choose(options.recogniser, options.model)
    recogniser = recogniser_for(choice, models.shared().recogniser(choice), "en")
    recording = Recording(options.recording)
    began, first, segments = time.perf_counter(), 0.0, []
    for window in transcribe(recording, recogniser):
        segments += window.segments
        first = first or time.perf_counter() - began
    took = time.perf_counter() - began

    normalised = EnglishTextNormalizer()
    said = read_captions(options.captions, options.captions.name).segments
    rate = jiwer.wer(*(normalised(" ".join(s.text for s in text)) for text in (said, segments)))
    print(f"{choice.recogniser} ({choice.model}) on {options.recording.name}, {machine.cores()} cores")
    print(f"word error rate      {rate:.3f}")
    print(f"real-time factor     {took / recording.position:.3f}  ({took:.0f} s for {recording.position:.0f} s)")
    print(f"first text after     {first:.1f} s")


if __name__ == "__main__":
    main()
