"""How fast recognition is beside openai-whisper and faster-whisper, on the same weights, and how long each stage takes.

python benchmarks/speed.py                                 # untrained weights of Whisper's base dimensions
python benchmarks/speed.py --size tiny --seconds 120
python benchmarks/speed.py --weights DIR --recording talk.mp3 --text talk.txt   # trained ones, with word error rates

DIR is laid out as LECTURE_MODELS: base.pt and faster-whisper-base/. Without it, weights are made up here that say the
same number of tokens in every window, whoever decodes it. That measures computing only, and is hard on who makes more
windows. The contenders take turns, and only ratios within a turn count: other work on the machine slows all of them.
Ours and faster-whisper follow five hypotheses, openai-whisper one, as each does by itself.
Without --text the recording is used as it is, and with silences in it. The exit status is 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from itertools import repeat
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, ClassVar

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np

import machine
import models
from benchmarks.report import own_texts, spoken, timed
from lecture.audio import SAMPLE_RATE, Recording, Samples
from lecture.chapters import find_chapters
from lecture.learning.definitions import key_terms
from lecture.learning.quality import good_cards
from lecture.recognisers import FasterWhisper
from lecture.sentences import sentences
from lecture.transcribe import recognise, transcribe
from lecture.windows import windows
from lecture.writers import Extractive

SAMPLE = Path(__file__).parent.parent / "samples" / "how-memory-works.mp3"
DIMENSIONS = {"tiny": (384, 6, 4), "base": (512, 8, 6)}
"""Width, heads and layers of Whisper's smallest sizes."""
SPEECH_S, SILENCE_S = 45.0, 15.0
"""A lecture with a quarter of silence: so much speech, then so much of nothing."""
SEGMENT_TOKENS = 14
GOALS = {
    "openai-whisper": {"continuous": 2.7, "a quarter silent": 3.5},
    "faster-whisper, batched": {"continuous": 0.95, "a quarter silent": 0.95},
}
Said = tuple[str, int]
"""What a contender heard, and in how many segments."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", choices=DIMENSIONS, default="base")
    parser.add_argument("--weights", type=Path, metavar="DIR", help="trained weights, laid out as LECTURE_MODELS")
    parser.add_argument("--recording", type=Path, default=SAMPLE)
    parser.add_argument("--text", type=Path, help="what is said in the recording: word error rates are printed")
    parser.add_argument("--seconds", type=float, default=300.0, help="of the recording that are used")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=100, help="that untrained weights say in a window")
    parser.add_argument("--beam", action="store_true", help="openai-whisper with our five hypotheses, too: very slow")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="of the contenders; ours takes part in any case")
    parser.add_argument("--stages", action="store_true", help="only the stages")
    options = parser.parse_args()
    processor, load = platform.processor() or platform.machine(), os.getloadavg()[0]
    print(f"{processor}, {machine.cores()} cores, load {load:.1f};", end=" ")
    print(", ".join(f"{name} {version(name)}" for name in ("ctranslate2", "faster-whisper", "openai-whisper", "torch")))
    with tempfile.TemporaryDirectory() as folder:
        weights = options.weights or untrained(Path(folder), options.size, options.tokens)
        if not options.weights:
            print(f"untrained weights, {options.tokens} tokens in every window: this measures computing only")
        os.environ["LECTURE_MODELS"] = str(weights)
        model = models.shared().recogniser(models.choose("faster-whisper", options.size))
        sound = heard(options.recording, options.seconds)
        missed = False
        if not options.stages:
            contenders = all_contenders(weights, options.size, model, options.beam)
            if options.only:
                contenders = {name: one for name, one in contenders.items() if name in {"ours", *options.only}}
            sounds = {"continuous": sound}
            if not options.text:
                sounds["a quarter silent"] = with_silences(sound)
            for name, samples in sounds.items():
                missed |= contest(name, samples, contenders, options.repetitions, options.text)
        stages(options.recording, options.size, sound, model)
    return missed


# ---------------------------------------------------------------------------------------- the contest


def contest(
    name: str, sound: Samples, contenders: dict[str, Callable[[Samples], Said]], repetitions: int, text: Path | None
) -> bool:
    """Let the contenders take turns, and print how much longer than us they took; whether a goal was missed."""
    took: dict[str, list[float]] = {contender: [] for contender in contenders}
    said: dict[str, Said] = {}
    for hear in contenders.values():
        hear(sound[: 10 * SAMPLE_RATE])  # what is only loaded or started once, is now
    for turn in range(repetitions):
        for contender, hear in list(contenders.items())[:: -1 if turn % 2 else 1]:
            began = time.perf_counter()
            said[contender] = hear(sound)
            took[contender].append(time.perf_counter() - began)
    ours = took["ours"]
    print(f"\n{name}, {len(sound) / SAMPLE_RATE:.0f} s, {repetitions} turns; how many times ours is as fast:")
    print(f"{'':26}{'min':>8}{'median':>8}{'max':>8}{'goal':>8}{'median s':>10}{'segments':>10}")
    missed = False
    for contender, seconds in took.items():
        ratios = [theirs / our for theirs, our in zip(seconds, ours, strict=True)]
        goal = GOALS.get(contender, {}).get(name)
        missed |= goal is not None and median(ratios) < goal
        print(
            f"{contender:26}{min(ratios):8.2f}{median(ratios):8.2f}{max(ratios):8.2f}{goal or '':>8}"
            f"{median(seconds):10.1f}{said[contender][1]:10}"
            + (f"   word error rate {error_rate(text, said[contender][0]):.3f}" if text else ""),
            flush=True,
        )
    return missed


def all_contenders(weights: Path, size: str, model: Any, beam: bool) -> dict[str, Callable[[Samples], Said]]:
    """Who takes part, by name. All decode English; ours also where it has to find that out."""
    import whisper
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    reference = whisper.load_model(str(weights / f"{size}.pt"), device="cpu")
    theirs = WhisperModel(
        str(weights / f"faster-whisper-{size}"), device="cpu", compute_type="int8", cpu_threads=machine.cores()
    )
    pipeline, batch = BatchedInferencePipeline(theirs), models.fitting_batch(size, model)

    def ours(recogniser: type[FasterWhisper], language: str | None) -> Callable[[Samples], Said]:
        def hear(sound: Samples) -> Said:
            found = [s for w in transcribe(blocks(sound), recogniser(model, language, batch=batch)) for s in w.segments]
            return " ".join(segment.text for segment in found), len(found)

        return hear

    def openai(**options: Any) -> Callable[[Samples], Said]:
        def hear(sound: Samples) -> Said:
            found = reference.transcribe(sound, language="en", condition_on_previous_text=False, fp16=False, **options)
            return found["text"], len(found["segments"])

        return hear

    def sequential(sound: Samples) -> Said:
        return told(theirs.transcribe(sound, language="en", condition_on_previous_text=False)[0])

    def batched(sound: Samples) -> Said:
        # with times, as everybody else
        return told(pipeline.transcribe(sound, language="en", batch_size=8, without_timestamps=False)[0])

    contenders = {"ours": ours(FasterWhisper, "en"), "faster-whisper, batched": batched, "faster-whisper": sequential}
    contenders |= {"openai-whisper": openai(), "ours, any language": ours(FasterWhisper, None)}
    contenders |= {"ours, greedy": ours(Greedy, "en")}
    return contenders | ({"openai-whisper, beam 5": openai(beam_size=5)} if beam else {})


class Greedy(FasterWhisper):
    """Ours with one hypothesis, as openai-whisper's function has by itself."""

    beam: ClassVar[int] = 1


def told(segments: Any) -> Said:
    found = [segment.text for segment in segments]
    return " ".join(found), len(found)


def error_rate(text: Path, said: str) -> float:
    import jiwer
    from whisper.normalizers import EnglishTextNormalizer

    normalised = EnglishTextNormalizer()
    return float(jiwer.wer(normalised(text.read_text(encoding="utf-8")), normalised(said)))


# ---------------------------------------------------------------------------------------- stage by stage


def stages(recording: Path, size: str, sound: Samples, model: Any) -> None:
    """Print how long each stage takes for so much of a recording, alone."""
    seconds = len(sound) / SAMPLE_RATE
    found: dict[str, float] = {}

    def took(stage: str, work: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        result = work()
        found[stage] = time.perf_counter() - began
        return result

    recogniser = FasterWhisper(model, "en", batch=models.fitting_batch(size, model))
    took("decoding", lambda: heard(recording, seconds))
    cut = took("speech detection", lambda: list(windows(blocks(sound), recogniser.limits)))
    batches = [cut[at : at + recogniser.batch] for at in range(0, len(cut), recogniser.batch)]
    with ThreadPoolExecutor(recogniser.at_once) as threads:
        took("recognition", lambda: list(threads.map(recognise, repeat(recogniser), batches)))
    transcript = spoken(own_texts(), "en", seconds)
    said = sentences(transcript)
    writer = Extractive()

    def notes() -> Any:
        chapters = find_chapters([s.text for s in said], [s.start for s in said])
        return writer.notes(said, chapters, "medium", lambda share: None, lambda statement: None), key_terms(said)

    written, _ = took("notes", notes)
    took("cards", lambda: good_cards(writer.flashcards(said, written, lambda share: None), said, written))
    found["report"] = timed(transcript)[3]
    whole = sum(found.values())
    print(f"\nstage by stage, {seconds:.0f} s of sound in {len(cut)} windows; notes, cards and report of own texts:")
    for stage, worked in found.items():
        print(f"{stage:26}{worked:8.2f} s{worked / whole:8.1%}{worked / seconds:10.4f} of real time")
    print(f"{'all':26}{whole:8.2f} s{'':8}{whole / seconds:10.4f} of real time")


# ---------------------------------------------------------------------------------------- sounds and weights


def heard(recording: Path, seconds: float) -> Samples:
    """The beginning of a recording, repeated where it is shorter."""
    parts, missing = [], round(seconds * SAMPLE_RATE)
    while missing > 0:
        for block in Recording(recording):
            parts.append(block[:missing])
            missing -= len(parts[-1])
            if missing <= 0:
                break
    return np.concatenate(parts)


def blocks(sound: Samples) -> list[Samples]:
    return [sound[at : at + 4096] for at in range(0, len(sound), 4096)]


def with_silences(sound: Samples) -> Samples:
    """The sound with a faint hiss after every so many seconds of it."""
    step = round(SPEECH_S * SAMPLE_RATE)
    hiss = np.random.default_rng(0).normal(0, 1e-4, round(SILENCE_S * SAMPLE_RATE)).astype(np.float32)
    parts = [part for at in range(0, len(sound), step) for part in (sound[at : at + step], hiss)]
    return np.concatenate(parts)[: round(len(sound) * (SPEECH_S + SILENCE_S) / SPEECH_S)]


def untrained(folder: Path, size: str, tokens: int) -> Path:
    """Weights for both programs, of a size's dimensions, that say so many tokens in every window.

    Where a token stands decides which one it is: the decoder's positions are made so loud that what the layers add
    cannot be heard. The layers' work is done all the same.
    """
    import torch
    from whisper.model import ModelDimensions, Whisper
    from whisper.tokenizer import get_tokenizer

    from tests.fixtures.tiny_whisper.convert import to_ctranslate2

    width, heads, layers = DIMENSIONS[size]
    torch.manual_seed(0)
    dimensions = ModelDimensions(80, 1500, width, heads, layers, 51_865, 448, width, heads, layers)
    model = Whisper(dimensions)
    tokenizer = get_tokenizer(multilingual=True, language="en", task="transcribe")
    said = [tokenizer.sot + 1, tokenizer.transcribe, *sayings(tokenizer, tokens)]
    with torch.no_grad():
        embedding = model.decoder.token_embedding.weight
        embedding.mul_(0.1)
        for at, position in enumerate(model.decoder.positional_embedding):
            position.copy_(30 * embedding[said[at] if at < len(said) else tokenizer.eot])
    torch.save({"dims": vars(dimensions), "model_state_dict": model.state_dict()}, folder / f"{size}.pt")
    to_ctranslate2(folder / f"{size}.pt", folder)
    (folder / "ctranslate2").rename(folder / f"faster-whisper-{size}")
    return folder


def sayings(tokenizer: Any, tokens: int) -> list[int]:
    """Words in segments of a second each, with their times; the end comes last."""
    words = [word for word in range(1_000, 20_000) if tokenizer.decode([word]).strip().isalpha()]
    chance, said, at = Random(1), list[int](), tokenizer.timestamp_begin
    while len(said) < tokens - 1:
        fit = min(SEGMENT_TOKENS, tokens - 3 - len(said))
        said += [at, *chance.sample(words, max(fit, 1)), at + 50]
        at += 50
    return said


if __name__ == "__main__":
    sys.exit(main())
