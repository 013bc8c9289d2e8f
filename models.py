"""Every model: which exist, which one fits this machine, and loading it, once per process.

`choose` says which recogniser will do the work and why; `shared()` is the process's one holder of loaded models.
Finding files is in `weights.py`, fetching them in `download.py`. Model libraries are imported where they are first
needed, so that `import models` costs next to nothing.
"""

from __future__ import annotations

import contextlib
import gc
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

import machine
from download import Download, OnDownload, Weights
from lecture.errors import ModelError
from sphinx import Decoders
from weights import NotOffered, fetch, find, find_writer, forget, offer

__all__ = [
    "MOST_TASKS",
    "RECOGNISERS",
    "SIZES",
    "WRITERS",
    "Choice",
    "Download",
    "Models",
    "OnDownload",
    "SuggestedWriter",
    "Weights",
    "Writer",
    "choose",
    "find",
    "forget",
    "shared",
    "writer_weights",
]

RECOGNISERS = ("faster-whisper", "whisper", "pocketsphinx")
SIZES = ("tiny", "base", "small", "medium", "large-v3", "turbo")
_BY_QUALITY = ("tiny", "base", "small", "medium", "turbo", "large-v3")
_DRAFT_MODEL = "en-us"

_MOST_DECODERS = 4
"""Processes of PocketSphinx at most, at some 200 MB each."""

MOST_TASKS = 4
"""Batches that CTranslate2 works on at once, each on cores of its own: faster than one batch on all cores."""
_MOST_WINDOWS = 4
"""In such a batch; more are no faster on a CPU (`benchmarks/speed.py`)."""
_GPU_WINDOWS = 8
_WINDOW_BYTES = {
    "tiny": 80 << 20,
    "base": 120 << 20,
    "small": 250 << 20,
    "medium": 500 << 20,
    "turbo": 290 << 20,
    "large-v3": 770 << 20,
}
"""What recognising a window takes beside the weights: measured for base, the others by their heads, width and layers.
"""

Kind = Literal["seq2seq", "causal"]


@dataclass(frozen=True)
class SuggestedWriter:
    """A local writer worth offering: hub name, kind, licence, and about how many bytes a download takes."""

    name: str
    kind: Kind
    licence: str
    bytes: int


WRITERS = (
    SuggestedWriter("Qwen/Qwen2.5-0.5B-Instruct", "causal", "Apache-2.0", 999_000_000),
    SuggestedWriter("HuggingFaceTB/SmolLM2-360M-Instruct", "causal", "Apache-2.0", 727_000_000),
    SuggestedWriter("Qwen/Qwen2.5-1.5B-Instruct", "causal", "Apache-2.0", 3_100_000_000),
    SuggestedWriter("facebook/bart-large-cnn", "seq2seq", "MIT", 1_628_000_000),
)
"""Suggestions, the default first; any other hub name or folder with safetensors is taken too."""


@dataclass(frozen=True)
class Choice:
    """Which recogniser does the work.

    Attributes:
        recogniser: one of RECOGNISERS.
        model: a Whisper size, or "en-us" for pocketsphinx.
        reason: one sentence for the student: why this one.
        download: what has to be fetched first; None where the weights are on this machine.
    """

    recogniser: str
    model: str
    reason: str
    download: Weights | None = None


@dataclass(frozen=True)
class Writer:
    """A loaded local writer.

    Attributes:
        name: hub name or folder it was asked for by.
        kind: "seq2seq" (reads, then writes) or "causal" (continues a prompt; takes chat messages).
        tokenizer: the transformers tokenizer.
        model: the transformers model, in evaluation mode.
        context: tokens it can take in; for "causal" this counts what it writes, too.
    """

    name: str
    kind: Kind
    tokenizer: Any
    model: Any
    context: int


# ---------------------------------------------------------------------------------------- choosing


def choose(recogniser: str = "auto", model: str = "auto", language: str | None = None) -> Choice:
    """Picks the recogniser and its model for this machine, as it is now.

    May ask the model server what it offers; without a network that costs `weights.ANSWER_S` seconds, and then
    nothing for `weights.REMEMBER_S`. A download that failed is not proposed again for as long.

    Args:
        recogniser: "auto" or one of RECOGNISERS.
        model: "auto" or one of SIZES; pocketsphinx has only its own and ignores this.
        language: code of the lecture's language, None where it is to be recognised.

    Raises:
        ModelError: what was asked for is unknown, is neither here nor to be had, or cannot do the language.
    """
    _check_names(recogniser, model)
    if recogniser == "pocketsphinx":
        return _draft(language, "PocketSphinx was chosen: it writes a draft, so expect errors and no punctuation.")
    wanted = fitting_size() if model == "auto" else model
    engines = ("faster-whisper", "whisper") if recogniser == "auto" else (recogniser,)

    if find(engines[0], wanted):
        return Choice(engines[0], wanted, _reason(recogniser, model, engines[0], wanted))
    try:
        download = offer(engines[0], wanted, again=recogniser != "auto").weights
    except NotOffered as error:
        missing = error
    else:
        return Choice(engines[0], wanted, _reason(recogniser, model, engines[0], wanted), download)

    for size in _closest_first(wanted) if model == "auto" else (wanted,):
        for engine in engines:
            if find(engine, size):
                reason = (
                    f"Of what is on this computer, Whisper's {size} model, run by {_program(engine)}, fits best, "
                    f"and nothing can be downloaded now ({missing.why})."
                )
                return Choice(engine, size, reason)
    if recogniser == "auto" and model == "auto":
        return _draft(
            language,
            f"No Whisper model is on this computer and none can be downloaded now ({missing.why}), "
            "so PocketSphinx writes a draft: expect errors and no punctuation.",
        )
    raise ModelError(
        f"Whisper's {wanted} weights are not on this machine and cannot be downloaded now ({missing.why}); "
        "choose another recogniser or size, or put them in the folder named by LECTURE_MODELS."
    ) from missing


def fitting_size() -> str:
    """The Whisper size that this machine runs at a bearable speed."""
    if _has_gpu():
        return "turbo"
    return "small" if machine.cores() >= 4 else "base"


def fitting_batch(size: str, model: Any) -> int:
    """How many windows a loaded faster-whisper model of this size is best given in a batch, on this machine now."""
    if model.model.device == "cuda":
        return _GPU_WINDOWS
    tasks: int = model.model.num_workers
    return max(1, min(_MOST_WINDOWS, _windows_at_once(size) // tasks))


def _windows_at_once(size: str) -> int:
    """Windows that half of the free memory carries, at least one."""
    carried = machine.free_memory() // 2 // _WINDOW_BYTES[size]
    return max(1, min(MOST_TASKS * _MOST_WINDOWS, carried))


def _check_names(recogniser: str, model: str) -> None:
    if recogniser not in ("auto", *RECOGNISERS):
        raise ModelError(f"There is no recogniser “{recogniser}”; choose auto, {', '.join(RECOGNISERS)}.")
    if model not in ("auto", *SIZES) and recogniser != "pocketsphinx":
        raise ModelError(f"There is no Whisper model “{model}”; choose auto, {', '.join(SIZES)}.")


def _draft(language: str | None, reason: str) -> Choice:
    if language and language.lower().split("-")[0] != "en":
        raise ModelError(
            f"PocketSphinx knows only English, and “{language}” was chosen; for a Whisper model, which knows other "
            "languages, connect to the internet once, or put its weights in the folder named by LECTURE_MODELS."
        )
    return Choice("pocketsphinx", _DRAFT_MODEL, reason)


def _reason(recogniser: str, model: str, engine: str, size: str) -> str:
    """Says nothing of a download: the reason is still read when that is long over."""
    engine_is = "is the fastest way to run it here" if recogniser == "auto" else "was chosen"
    size_is = "fits this computer" if model == "auto" else "was chosen"
    return f"Whisper's {size} model {size_is}; {_program(engine)} {engine_is}."


def _program(engine: str) -> str:
    return "openai-whisper" if engine == "whisper" else engine


def _closest_first(wanted: str) -> list[str]:
    """All sizes: the best of those that are no larger than wanted, then the larger ones, smallest first."""
    at = _BY_QUALITY.index(wanted) + 1
    return [*reversed(_BY_QUALITY[:at]), *_BY_QUALITY[at:]]


@lru_cache(maxsize=1)
def _has_gpu() -> bool:
    import ctranslate2

    try:
        return int(ctranslate2.get_cuda_device_count()) > 0
    except RuntimeError:  # a driver that does not fit
        return False


# ---------------------------------------------------------------------------------------- loading

T = TypeVar("T")


class _Slot(Generic[T]):
    """Room for one loaded model; threads that ask at once load it once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: tuple[str, T] | None = None

    def get(self, key: str) -> T | None:
        with self._lock:
            return self._held[1] if self._held and self._held[0] == key else None

    def fill(self, key: str, load: Callable[[], T]) -> T:
        with self._lock:
            if self._held is None or self._held[0] != key:
                self._held = None  # before loading: two models at once may not fit into memory
                _release_memory()
                self._held = (key, load())
            return self._held[1]


class Models:
    """Loaded models: one recogniser and one writer at a time; another one asked for frees the one before."""

    def __init__(self) -> None:
        """Holds nothing yet."""
        self._recogniser: _Slot[Any] = _Slot()
        self._writer: _Slot[Writer] = _Slot()

    def recogniser(self, choice: Choice, on_download: OnDownload | None = None) -> Any:
        """The recogniser that was chosen, fetched and loaded if it is not yet.

        Returns:
            `faster_whisper.WhisperModel`, `whisper.model.Whisper` or `sphinx.Decoders`. openai-whisper does one
            thing at a time: the caller keeps threads from using it together.

        Raises:
            ModelError: the weights cannot be had, are damaged, or do not fit into memory.
            Cancelled: `on_download` raised it.
        """
        key = f"{choice.recogniser}/{choice.model}"
        held = self._recogniser.get(key)
        if held is not None:
            return held
        path = find(choice.recogniser, choice.model) or fetch(choice.recogniser, choice.model, on_download)
        return self._recogniser.fill(key, lambda: _load_recogniser(choice, path))

    def writer(self, name: str, on_download: OnDownload | None = None) -> Writer:
        """The local writer of this hub name or folder, fetched and loaded if it is not yet.

        Raises:
            ModelError: the weights cannot be had, are damaged, or are no text model.
            Cancelled: `on_download` raised it.
        """
        held = self._writer.get(name)
        if held is not None:
            return held
        path = find_writer(name) or fetch("writer", name, on_download)
        return self._writer.fill(name, lambda: _load_writer(name, path))


@lru_cache(maxsize=1)
def shared() -> Models:
    """The process's one instance: page and background work use the same loaded models."""
    return Models()


def writer_weights(name: str) -> Weights | None:
    """What a download of this writer would cost; None if it is on this machine.

    Raises:
        ModelError: it is neither here nor to be had.
    """
    return None if find_writer(name) else offer("writer", name).weights


def _release_memory() -> None:
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()


def _load_recogniser(choice: Choice, path: Path) -> Any:
    load = {"faster-whisper": _load_faster_whisper, "whisper": _load_whisper, "pocketsphinx": _load_pocketsphinx}
    with _plain_errors(choice.model, path):
        return load[choice.recogniser](path, choice.model)


def _load_faster_whisper(path: Path, size: str) -> Any:
    import numpy as np
    from faster_whisper import WhisperModel

    if _has_gpu():
        # What is missing of CUDA's libraries shows at the first use, not at loading.
        with contextlib.suppress(RuntimeError, ValueError):
            model = WhisperModel(str(path), device="cuda", compute_type="float16")
            mels = model.feature_extractor.mel_filters.shape[0]
            model.encode(np.zeros((mels, 3000), dtype=np.float32))
            return model
    tasks = min(machine.cores(), MOST_TASKS, _windows_at_once(size))
    threads = machine.cores() // tasks
    return WhisperModel(str(path), device="cpu", compute_type="int8", cpu_threads=threads, num_workers=tasks)


def _load_whisper(path: Path, size: str) -> Any:
    import whisper

    model = whisper.load_model(str(path))
    # Loaded from a file, the model does not know its alignment heads: word times would be worse. They do not fit
    # a checkpoint of another shape under this name.
    with contextlib.suppress(RuntimeError):
        model.set_alignment_heads(whisper._ALIGNMENT_HEADS[size])
    return model


def _load_pocketsphinx(path: Path, _model: str) -> Any:
    return Decoders(min(machine.cores(), _MOST_DECODERS))


def _load_writer(name: str, path: Path) -> Writer:
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    gpu = torch.cuda.is_available()
    local: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    with _plain_errors(name, path):
        config = AutoConfig.from_pretrained(path, **local)
        kind: Kind = "seq2seq" if config.is_encoder_decoder else "causal"
        auto: Any = AutoModelForSeq2SeqLM if kind == "seq2seq" else AutoModelForCausalLM
        tokenizer = AutoTokenizer.from_pretrained(path, **local)
        model, report = auto.from_pretrained(
            path,
            use_safetensors=True,
            dtype="auto" if gpu else torch.float32,  # half precision is slower on most CPUs
            output_loading_info=True,
            **local,
        )
        if report["missing_keys"]:  # transformers would make them up at random
            raise ValueError(f"no weights for {', '.join(sorted(report['missing_keys'])[:3])}")
    model = model.to("cuda" if gpu else "cpu").eval()
    return Writer(name, kind, tokenizer, model, _context(config, tokenizer))


def _context(config: Any, tokenizer: Any) -> int:
    """Tokens that the model takes; 512 (T5's training length) where neither part of it says."""
    told = [getattr(config, "max_position_embeddings", None), getattr(config, "n_positions", None)]
    told.append(tokenizer.model_max_length)
    return min((number for number in told if number and number < 10_000_000), default=512)


@contextlib.contextmanager
def _plain_errors(name: str, path: Path) -> Iterator[None]:
    """Turns what model libraries raise into one sentence that names the file."""
    try:
        yield
    except MemoryError as error:
        raise ModelError(_too_large(name)) from error
    except ImportError as error:
        raise ModelError(f"The model {name} needs a package that is not installed ({error}).") from error
    except Exception as error:  # every library has its own ways to stumble over a damaged file
        if "alloc" in str(error) or "out of memory" in str(error):
            raise ModelError(_too_large(name)) from error
        raise ModelError(
            f"The model {name} cannot be loaded: {path} is damaged or of another kind; delete it and try again."
        ) from error


def _too_large(name: str) -> str:
    return f"The model {name} does not fit into this computer's memory; choose a smaller one."
