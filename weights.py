"""Model weights: where they lie on this machine, and what the servers offer.

Downloads go to `folder()`, which has one layout and can be copied to another computer as its `LECTURE_MODELS`:

    faster-whisper-base/    CTranslate2 folder: model.bin, config.json, tokenizer.json, vocabulary
    base.pt                 openai-whisper checkpoint
    Owner--name/            transformers folder of a local writer
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import download
from download import File, Offer, OnDownload, Weights
from lecture.errors import ModelError

if TYPE_CHECKING:
    from requests import Response

ANSWER_S = 3.0
"""Seconds a server has to say what it offers, name lookup included."""
REMEMBER_S = 120.0
"""Seconds for which a server's answer, or its silence, is not asked for again."""
FASTER_WHISPER_REPOS = {
    "tiny": "Systran/faster-whisper-tiny",
    "base": "Systran/faster-whisper-base",
    "small": "Systran/faster-whisper-small",
    "medium": "Systran/faster-whisper-medium",
    "large-v3": "Systran/faster-whisper-large-v3",
    "turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
}
WHISPER_URL = "https://openaipublic.azureedge.net/main/whisper/models"
WHISPER_SHA256 = {
    "tiny": "65147644a518d12f04e32d6f3b26facc3f8dd46e5390956a9424a650c0ce22b9",
    "base": "ed3a0b6b1c0edf879ad9b11b1af5a0e6ab5db9205f891f668f8b0e6c6326e34e",
    "small": "9ecf779972d90ba49c06d968637d720dd632c55bbf19d441fb42bf17a411e794",
    "medium": "345ae4da62f9b3d59415adc60127b97c714f32e89e936602e85993674d08dcb1",
    "large-v3": "e5b1a55b89c1367dacf97e3e19bfd829a01529dbfdeefa8caeb59b3f1b81dadb",
    "turbo": "aff26ae408abcba5fbf8813c21e62b0941638c5f6eebfb145be0c9839262a19a",
}

_FASTER_WHISPER_FILE = re.compile(
    r"(model\.bin|config\.json|tokenizer\.json|preprocessor_config\.json|vocabulary\.\w+)"
)
_WRITER_FILE = re.compile(r"(?!consolidated)[\w.-]+\.(safetensors|json|model|txt|jinja)")
_OFFLINE_SWITCHES = ("LECTURE_OFFLINE", "HF_HUB_OFFLINE")
_YES = {"1", "true", "yes", "on"}
_HUB_NAME = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)?")


class NotOffered(ModelError):
    """Weights cannot be had from their server now; `why` is a clause such as "huggingface.co does not answer"."""

    def __init__(self, name: str, why: str) -> None:
        """Says what is wrong, why, and what to do."""
        super().__init__(
            f"The weights of {name} cannot be downloaded now ({why}); "
            "try again later, or put them in the folder named by LECTURE_MODELS."
        )
        self.why = why


# ---------------------------------------------------------------------------------------- on this machine


def folder() -> Path:
    """Where downloads go, and where weights are looked for first."""
    chosen = os.environ.get("LECTURE_MODELS")
    return Path(chosen).expanduser() if chosen else _cache() / "lecture-notes" / "models"


def find(recogniser: str, model: str) -> Path | None:
    """The recogniser's weights on this machine: `folder()` first, then the caches that other programs share.

    Args:
        recogniser: "faster-whisper", "whisper" or "pocketsphinx".
        model: a Whisper size, or "en-us" for pocketsphinx.

    Returns:
        A CTranslate2 folder, a `.pt` file, or pocketsphinx's model folder; None where there is none.
    """
    long_name = "large-v3-turbo" if model == "turbo" else model
    if recogniser == "pocketsphinx":
        import pocketsphinx

        return Path(pocketsphinx.get_model_path()) / "en-us"
    if recogniser == "whisper":
        own = [folder() / f"{name}.pt" for name in (model, long_name)]
        # openai-whisper's own downloads are written in place: one that was cut off looks like the file itself.
        shared = [path for path in [_cache() / "whisper" / f"{long_name}.pt"] if _is_whole_archive(path)]
        return next((path for path in own + shared if path.is_file()), None)
    own = [folder() / f"faster-whisper-{name}" for name in (model, long_name)]
    return next(filter(_is_ctranslate2, own + _snapshots(FASTER_WHISPER_REPOS.get(model, ""))), None)


def find_writer(name: str) -> Path | None:
    """A local writer's folder on this machine: a path, a folder in `folder()`, or the hub client's cache."""
    given = Path(name).expanduser() if name.startswith("~/") else Path(name)
    own = [given, folder() / name.replace("/", "--"), folder() / given.name]
    with suppress(OSError):  # too long for a path, or not to be looked into: then it is none of ours
        return next(filter(_is_transformers, own + _snapshots(name)), None)
    return None


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _snapshots(repo: str) -> list[Path]:
    """The revisions of a repository in the hub client's cache, newest first."""
    home = os.environ.get("HF_HOME") or _cache() / "huggingface"
    cache = Path(os.environ.get("HF_HUB_CACHE") or Path(home) / "hub")
    found = (cache / f"models--{repo.replace('/', '--')}" / "snapshots").glob("*")
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


def _is_whole_archive(path: Path) -> bool:
    return path.is_file() and zipfile.is_zipfile(path)


def _is_ctranslate2(path: Path) -> bool:
    # Without tokenizer.json faster-whisper would fetch one from the network.
    needed = ("model.bin", "config.json", "tokenizer.json")
    return all((path / name).is_file() for name in needed) and any(path.glob("vocabulary.*"))


def _is_transformers(path: Path) -> bool:
    shards = {"model.safetensors"}
    with suppress(OSError, ValueError, KeyError):  # a small model has one file and no index
        shards = set(json.loads((path / "model.safetensors.index.json").read_text())["weight_map"].values())
    return all((path / name).is_file() for name in {"config.json", *shards}) and any(path.glob("tokenizer*"))


# ---------------------------------------------------------------------------------------- what is offered

_Key = tuple[str, ...]
_answers: dict[_Key, tuple[float, Offer | NotOffered]] = {}
_silent: dict[str, tuple[float, str]] = {}
_failed: dict[_Key, tuple[float, str]] = {}
_asking = threading.Lock()


def offer(kind: str, model: str, *, again: bool = True) -> Offer:
    """Asks the server what a download would bring: at most ANSWER_S seconds, remembered for REMEMBER_S.

    Args:
        kind: "faster-whisper", "whisper" or "writer".
        model: a Whisper size, or a writer's hub name such as "Qwen/Qwen2.5-0.5B-Instruct".
        again: whether to offer what `fetch` failed to fetch in the last REMEMBER_S seconds.

    Raises:
        NotOffered: downloads are forbidden, the server does not answer, or it does not have the model.
    """
    name = _title(kind, model)
    forbidden = [switch for switch in _OFFLINE_SWITCHES if os.environ.get(switch, "0").lower() in _YES]
    if forbidden:
        raise NotOffered(name, f"{forbidden[0]} is set")
    if kind == "writer" and not _HUB_NAME.fullmatch(model):
        raise NotOffered(name, "this is neither a folder with a model nor a name on the hub")
    key = _key(kind, model)
    with _asking:
        until, why = _failed.get(key, (0.0, ""))
        if not again and until > time.monotonic():
            raise NotOffered(name, why)
        until, answer = _answers.get(key, (0.0, NotOffered(name, "")))
        if until < time.monotonic():
            try:
                answer = _ask(kind, model, name)
            except NotOffered as no:
                answer = no
            _answers[key] = (time.monotonic() + REMEMBER_S, answer)
    if isinstance(answer, NotOffered):
        raise NotOffered(name, answer.why) from answer
    return answer


def fetch(kind: str, model: str, on_download: OnDownload | None = None) -> Path:
    """Downloads weights; a failure is remembered for REMEMBER_S seconds. See `offer` and `download.fetch`."""
    offered = offer(kind, model)
    try:
        path = download.fetch(offered, on_download)
        _check_whole(kind, path, offered.weights)
    except download.DownloadFailed as error:
        _failed[_key(kind, model)] = (time.monotonic() + REMEMBER_S, error.why)
        raise
    return path


def _check_whole(kind: str, path: Path, weights: Weights) -> None:
    """Somebody's own incomplete copy may lie in the place of a download; a repository may lack a file."""
    is_whole = {"faster-whisper": _is_ctranslate2, "whisper": Path.is_file, "writer": _is_transformers}[kind]
    if not is_whole(path):
        raise download.DownloadFailed(weights, f"{path} lacks files that are needed", "delete it and try again")


def forget() -> None:
    """Forgets what servers answered and what failed, so that the next `offer` asks: for a "try again" button."""
    with _asking:
        _answers.clear()
        _silent.clear()
        _failed.clear()


def _title(kind: str, model: str) -> str:
    program = "openai-whisper" if kind == "whisper" else kind
    return model if kind == "writer" else f"Whisper {model} for {program}"


def _key(kind: str, model: str) -> _Key:
    return kind, model, str(folder()), _hub(), WHISPER_URL


def _hub() -> str:
    return (os.environ.get("HF_ENDPOINT") or "https://huggingface.co").rstrip("/")


def _ask(kind: str, model: str, name: str) -> Offer:
    if kind == "whisper":
        return _plain_file_offer(name, model)
    if kind == "writer":
        return _hub_offer(name, model, _WRITER_FILE, folder() / model.replace("/", "--"))
    place = folder() / f"faster-whisper-{model}"
    return _hub_offer(name, FASTER_WHISPER_REPOS[model], _FASTER_WHISPER_FILE, place)


def _plain_file_offer(name: str, size: str) -> Offer:
    sha256 = WHISPER_SHA256[size]
    url = f"{WHISPER_URL}/{sha256}/{'large-v3-turbo' if size == 'turbo' else size}.pt"
    host = urlsplit(url).netloc
    length = int(_answer(name, "HEAD", url).headers.get("Content-Length", 0))
    if not length:
        raise NotOffered(name, f"{host} does not say how large they are")
    file = File(f"{size}.pt", url, length, f"sha256:{sha256}")
    return Offer(Weights(name, host, length), (file,), folder() / file.name)


def _hub_offer(name: str, repo: str, wanted: re.Pattern[str], place: Path) -> Offer:
    hub = _hub()
    host = urlsplit(hub).netloc
    try:
        listing = _answer(name, "GET", f"{hub}/api/models/{repo}?blobs=true").json()
        files = tuple(
            File(
                entry["rfilename"],
                f"{hub}/{repo}/resolve/{listing['sha']}/{entry['rfilename']}",
                entry["size"],
                f"sha256:{entry['lfs']['sha256']}" if entry.get("lfs") else f"git:{entry['blobId']}",
            )
            for entry in listing["siblings"]
            if wanted.fullmatch(entry["rfilename"])  # also keeps out any path that leaves the folder
        )
    except (ValueError, KeyError, TypeError) as error:  # a captive portal's log-in page, for one
        raise NotOffered(name, f"{host} does not answer as a model hub does") from error
    if not any(file.name.endswith((".bin", ".safetensors")) for file in files):
        raise NotOffered(name, f"{host}/{repo} has no weights of the right kind")
    return Offer(Weights(name, f"{host}/{repo}", sum(file.size for file in files)), files, place)


def _answer(name: str, method: str, url: str) -> Response:
    """The server's answer. In a thread of its own, because a name lookup knows no time limit.

    Raises:
        NotOffered: no answer within ANSWER_S seconds, or a refusal.
    """
    host = urlsplit(url).netloc
    until, why = _silent.get(host, (0.0, ""))
    if until > time.monotonic():
        raise NotOffered(name, why)
    answers: list[Response | OSError] = []

    def ask() -> None:
        try:
            answers.append(download.request(method, url, ANSWER_S))
        except OSError as error:
            answers.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(ANSWER_S)
    answer = answers[0] if answers else TimeoutError(f"no answer in {ANSWER_S} s")
    if isinstance(answer, OSError) or answer.status_code >= 500:
        why = f"{host} does not answer"
        _silent[host] = (time.monotonic() + REMEMBER_S, why)
        raise NotOffered(name, why) from (answer if isinstance(answer, OSError) else None)
    if answer.status_code == 404:
        raise NotOffered(name, f"{host} does not have them")
    if answer.status_code >= 400:  # a hub answers 401 for what needs an account, and for what does not exist
        raise NotOffered(name, f"{host} refuses them, status {answer.status_code}")
    return answer
