"""How much memory a long recording takes above the loaded models, and how long it takes to be cut into windows.

python benchmarks/memory.py                                       # 20 minutes and three hours, MP3
python benchmarks/memory.py --minutes 180 --format flac
python benchmarks/memory.py --minutes 60 --recogniser pocketsphinx   # the whole way, up to notes and flashcards

Each length runs in a process of its own. Decoding, speech detection and windows must stay below 300 MB above the
loaded models, whatever the length; the exit status is 1 where they do not.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import av
import numpy as np

import machine
import models
from lecture.audio import SAMPLE_RATE, Recording, Samples
from lecture.process import Record, Settings, process
from lecture.recognisers import WHISPER_LIMITS, recogniser_for
from lecture.source import on_disk
from lecture.transcribe import Recognised
from lecture.windows import Window, windows

SAMPLE = Path(__file__).parent.parent / "samples" / "how-memory-works.mp3"
CODECS = {"mp3": "libmp3lame", "flac": "flac", "ogg": "libopus", "m4a": "aac"}
LIMIT_MB = 300


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", nargs="+", type=float, default=[20, 180], help="how long the recordings are")
    parser.add_argument("--format", choices=CODECS, default="mp3")
    parser.add_argument("--recogniser", choices=models.RECOGNISERS, help="also recognise, and write notes and cards")
    parser.add_argument("--model", choices=("auto", *models.SIZES), default="auto")
    parser.add_argument("--measure", type=Path, metavar="FILE", help=argparse.SUPPRESS)  # in the process of its own
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure, options.recogniser, options.model)))
        return 0
    print(f"{'audio':>8} {'windows':>8} {'time':>8} {'loaded':>9} {'peak':>9} {'above':>9}   ({machine.cores()} cores)")
    worst = 0.0
    for minutes in options.minutes:
        with tempfile.TemporaryDirectory() as folder:
            path = make(Path(folder) / f"long.{options.format}", minutes * 60)
            command = [sys.executable, __file__, "--measure", str(path), "--model", options.model]
            if options.recogniser:
                command += ["--recogniser", options.recogniser]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        found = json.loads(done.stdout.splitlines()[-1])
        above = found["peak"] - found["loaded"]
        worst = max(worst, above)
        print(
            f"{found['audio'] / 60:4.0f} min {found['windows']:8} {found['took']:6.1f} s "
            f"{found['loaded']:6.0f} MB {found['peak']:6.0f} MB {above:6.0f} MB",
            flush=True,
        )
    return int(worst > LIMIT_MB and not options.recogniser)


def make(path: Path, seconds: float) -> Path:
    """Write the demonstration lecture again and again, block by block, until it is this long."""
    with av.open(str(path), "w", format="mp4" if path.suffix == ".m4a" else path.suffix[1:]) as container:
        sound = container.add_stream(CODECS[path.suffix[1:]], rate=48_000 if path.suffix == ".ogg" else SAMPLE_RATE)
        sound.layout = "mono"
        resampler = av.AudioResampler(sound.format, sound.layout, sound.rate, frame_size=sound.frame_size or 4096)
        for block in _repeated(round(seconds * SAMPLE_RATE)):
            frame = av.AudioFrame.from_ndarray(block[None, :], format="flt", layout="mono")
            frame.sample_rate = SAMPLE_RATE
            for part in resampler.resample(frame):
                container.mux(sound.encode(part))
        for part in resampler.resample(None):
            container.mux(sound.encode(part))
        container.mux(sound.encode(None))
    return path


def _repeated(missing: int) -> Iterator[Samples]:
    while True:
        for block in Recording(SAMPLE):
            yield block[:missing]
            missing -= len(block)
            if missing <= 0:
                return


def measure(path: Path, name: str | None, model: str) -> dict[str, float]:
    """Work through a recording; gives megabytes of this process and its helpers, and seconds."""
    from faster_whisper.vad import get_vad_model

    get_vad_model()
    choice = models.choose(name, model, "en") if name else None
    if choice:
        recogniser = recogniser_for(choice, models.shared().recogniser(choice), "en")
        second = Window(0.0, 1.0, np.zeros(SAMPLE_RATE, np.float32), ())
        list(recogniser.recognise([second] * recogniser.batch))  # starts the helpers it has
    forget_peak()
    loaded, began = peak(), time.perf_counter()
    if choice:
        record = _Counted()
        settings = Settings(recogniser=choice.recogniser, model=choice.model or "auto", language="en")
        audio, number = process(on_disk(path), settings, record).transcript.duration, record.windows
    else:
        recording = Recording(path)
        number = sum(1 for _ in windows(recording, WHISPER_LIMITS))
        audio = recording.position
    return {
        "audio": audio,
        "windows": number,
        "took": time.perf_counter() - began,
        "loaded": loaded,
        "peak": peak(),
    }


class _Counted(Record):
    windows = 0

    def on_recognised(self, window: Recognised) -> None:
        self.windows += 1


def forget_peak() -> None:
    """Count the peak from now on, where the system can (Linux); elsewhere it counts from the process's start."""
    for process_id in _processes():
        try:
            Path(f"/proc/{process_id}/clear_refs").write_text("5")
        except OSError:
            continue


def peak() -> float:
    """Most megabytes resident so far, of this process and its helpers together."""
    if not Path("/proc/self/status").exists():
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
    size = 0
    for process_id in _processes():
        status = Path(f"/proc/{process_id}/status").read_text().splitlines()
        size += sum(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
    return size / 1e6


def _processes() -> list[int]:
    children = [path.read_text().split() for path in Path("/proc/self/task").glob("*/children")]
    return [os.getpid(), *(int(child) for group in children for child in group)]


if __name__ == "__main__":
    sys.exit(main())
