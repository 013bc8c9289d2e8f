"""Choosing, finding, fetching and loading models: against a real server on loopback, with real tiny models."""

from __future__ import annotations

import gc
import json
import shutil
import subprocess
import sys
import threading
import time
import weakref
import zipfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

import download
import machine
import models
import weights
from lecture.errors import Cancelled, ModelError
from tests.fixtures import hub as loopback
from tests.fixtures import media
from tests.fixtures.hub import Hub

MODEL_BIN = Random(1).randbytes(400_000)
CHECKPOINT = Random(2).randbytes(300_000)
TINY = {
    "README.md": b"# not fetched",
    "config.json": b'{"a": 1}',
    "model.bin": MODEL_BIN,
    "tokenizer.json": b'{"b": 2}',
    "vocabulary.txt": b"words\n",
    "../config.json": b"never written outside the folder",
}
REPO = weights.FASTER_WHISPER_REPOS["tiny"]

_connections: list[object] = []


def _listen(event: str, arguments: tuple[object, ...]) -> None:
    if event in {"socket.connect", "socket.getaddrinfo"}:
        _connections.append(arguments)


sys.addaudithook(_listen)


@pytest.fixture(autouse=True)
def _fresh_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Empty caches, no hub, short patience."""
    for name in "LECTURE_MODELS LECTURE_OFFLINE HF_HUB_OFFLINE HF_HOME HF_HUB_CACHE HTTP_PROXY http_proxy".split():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_ENDPOINT", loopback.dead_url())
    monkeypatch.setattr(weights, "WHISPER_URL", loopback.dead_url())
    monkeypatch.setattr(weights, "ANSWER_S", 0.5)
    monkeypatch.setattr(download, "STALL_S", 0.5)
    monkeypatch.setattr(download, "PAUSE_S", 0.05)
    monkeypatch.setattr(download, "REPORT_S", 0.0)
    monkeypatch.setattr(machine, "cores", lambda: 2)
    monkeypatch.setattr(models, "_has_gpu", lambda: False)
    weights.forget()
    yield
    weights.forget()


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub that has every size of faster-whisper, and a server with openai-whisper's tiny checkpoint."""
    with Hub() as server:
        for repo in weights.FASTER_WHISPER_REPOS.values():
            server.repos[repo] = dict(TINY)
        digest = loopback.sha256(CHECKPOINT)
        server.plain[f"whisper/{digest}/tiny.pt"] = CHECKPOINT
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        monkeypatch.setattr(weights, "WHISPER_URL", f"{server.url}/whisper")
        monkeypatch.setitem(weights.WHISPER_SHA256, "tiny", digest)
        yield server


def put_faster_whisper(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name in ("config.json", "model.bin", "tokenizer.json", "vocabulary.txt"):
        (folder / name).write_bytes(TINY[name])
    return folder


def put_checkpoint(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", b"weights")
    return path


def seconds_of(call: object) -> float:
    start = time.monotonic()
    assert callable(call)
    call()
    return time.monotonic() - start


# ------------------------------------------------------------------------------------------ fetching


@pytest.mark.parametrize("recogniser", ["faster-whisper", "whisper"])
def test_fetched_once_and_then_found_without_network(hub: Hub, recogniser: str) -> None:
    seen: list[models.Download] = []
    path = weights.fetch(recogniser, "tiny", seen.append)

    assert models.find(recogniser, "tiny") == path
    if recogniser == "whisper":
        assert path.read_bytes() == CHECKPOINT
    else:
        files = {file.name: file.read_bytes() for file in path.iterdir()}
        assert files == {name: TINY[name] for name in files}
        assert set(files) == {"config.json", "model.bin", "tokenizer.json", "vocabulary.txt"}
    assert not [left for left in path.parent.iterdir() if left.name.endswith(".partial")]
    assert all(request.authorization is None for request in hub.requests)

    total = seen[0].total
    assert [step.done for step in seen] == sorted(step.done for step in seen)
    assert seen[-1].done == total == seen[-1].weights.bytes
    assert total == sum(file.stat().st_size for file in (path.iterdir() if path.is_dir() else [path]))

    hub.requests.clear()
    weights.forget()
    choice = models.choose(recogniser, "tiny")
    assert choice.download is None
    assert weights.fetch(recogniser, "tiny") == path
    assert hub.contents() == []


def test_a_listing_cannot_write_outside_its_folder(hub: Hub) -> None:
    path = weights.fetch("faster-whisper", "tiny")
    assert not (path.parent / "config.json").exists()


def test_the_hub_is_read_as_its_own_client_reads_it(hub: Hub) -> None:
    from huggingface_hub import HfApi

    info = HfApi(endpoint=hub.url, token=False).model_info(REPO, files_metadata=True)
    offered = weights.offer("faster-whisper", "tiny")
    theirs = {file.rfilename: (file.size, file.lfs.sha256 if file.lfs else file.blob_id) for file in info.siblings}
    for file in offered.files:
        assert (file.size, file.digest.partition(":")[2]) == theirs[file.name]
        assert f"/resolve/{info.sha}/" in file.url


def test_downloads_go_to_the_folder_that_lecture_models_names(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LECTURE_MODELS", str(tmp_path / "mine"))
    assert weights.fetch("faster-whisper", "tiny") == tmp_path / "mine" / "faster-whisper-tiny"
    assert weights.fetch("whisper", "tiny") == tmp_path / "mine" / "tiny.pt"


@pytest.mark.parametrize("behaviour", ["stall", "trickle"])
@pytest.mark.parametrize("recogniser", ["faster-whisper", "whisper"])
def test_a_stalled_download_ends_in_bounded_time_and_goes_on_later(
    hub: Hub, recogniser: str, behaviour: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "STALL_BYTES", 500_000)
    hub.behave(*(["serve"] if recogniser == "faster-whisper" else []), behaviour)
    bound = download.ATTEMPTS * (2 * download.STALL_S + download.PAUSE_S) + 1

    def fails() -> None:
        with pytest.raises(ModelError, match=r"(stopped sending|sends next to nothing); try again, and it"):
            weights.fetch(recogniser, "tiny")

    assert seconds_of(fails) < bound
    assert models.find(recogniser, "tiny") is None

    hub.behave("serve")
    hub.requests.clear()
    assert weights.fetch(recogniser, "tiny") == models.find(recogniser, "tiny")
    assert any(request.range for request in hub.contents()), "what had arrived was thrown away"


@pytest.mark.parametrize("recogniser", ["faster-whisper", "whisper"])
def test_a_connection_cut_off_is_continued(hub: Hub, recogniser: str) -> None:
    hub.behave("cut", "cut", "serve")
    path = weights.fetch(recogniser, "tiny")
    assert (path / "model.bin" if path.is_dir() else path).read_bytes() in {MODEL_BIN, CHECKPOINT}
    assert any(request.range for request in hub.contents())


def test_a_server_that_cannot_continue_sends_all_again(hub: Hub) -> None:
    hub.behave("cut", "restart")
    assert weights.fetch("whisper", "tiny").read_bytes() == CHECKPOINT
    assert hub.contents()[-1].range


@pytest.mark.parametrize("behaviour", ["cut", "500"])
def test_a_connection_that_always_breaks_is_given_up(hub: Hub, behaviour: str) -> None:
    hub.behave(behaviour)
    with pytest.raises(ModelError, match="try again"):
        weights.fetch("whisper", "tiny")
    assert len(hub.contents()) == download.ATTEMPTS
    assert models.find("whisper", "tiny") is None


def test_a_file_that_is_gone_is_not_asked_for_again(hub: Hub) -> None:
    hub.behave("404")
    with pytest.raises(ModelError, match="status 404"):
        weights.fetch("whisper", "tiny")
    assert len(hub.contents()) == 1


@pytest.mark.parametrize("recogniser", ["faster-whisper", "whisper"])
def test_damaged_bytes_are_thrown_away_and_fetched_once_more(hub: Hub, recogniser: str) -> None:
    hub.behave("damage", "serve")
    path = weights.fetch(recogniser, "tiny")
    assert path == models.find(recogniser, "tiny")
    weights_file = path / "model.bin" if path.is_dir() else path
    assert weights_file.read_bytes() in {MODEL_BIN, CHECKPOINT}
    for name in ("config.json", "tokenizer.json") if path.is_dir() else ():
        assert (path / name).read_bytes() == TINY[name]  # small files carry a digest, too


@pytest.mark.parametrize("recogniser", ["faster-whisper", "whisper"])
def test_bytes_damaged_twice_are_an_error_and_leave_nothing(hub: Hub, recogniser: str, tmp_path: Path) -> None:
    hub.behave("damage")
    with pytest.raises(ModelError, match="arrived damaged twice"):
        weights.fetch(recogniser, "tiny")
    assert models.find(recogniser, "tiny") is None
    assert [path for path in tmp_path.rglob("*") if path.suffix in {".bin", ".json", ".pt"} and path.is_file()] == []


def test_a_disk_too_full_is_said_before_anything_is_fetched(hub: Hub) -> None:
    offered = weights.offer("whisper", "tiny")
    huge = download.Weights("Whisper tiny", "127.0.0.1", 1 << 60)
    with pytest.raises(ModelError, match=r"has .* MB; make room"):
        download.fetch(download.Offer(huge, offered.files, offered.place))
    assert hub.contents() == []


def test_an_incomplete_copy_in_the_own_folder_is_named(hub: Hub) -> None:
    place = put_faster_whisper(weights.folder() / "faster-whisper-tiny")
    (place / "tokenizer.json").unlink()
    assert models.find("faster-whisper", "tiny") is None
    with pytest.raises(ModelError, match=f"{place} lacks files that are needed; delete it"):
        models.Models().recogniser(models.choose("faster-whisper", "tiny"))


def test_a_folder_that_cannot_be_written_is_named(hub: Hub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("LECTURE_MODELS", str(tmp_path / "file"))
    with pytest.raises(ModelError, match=r"file cannot be written .*LECTURE_MODELS"):
        weights.fetch("whisper", "tiny")


def test_cancelling_stops_at_once_and_keeps_what_is_there(hub: Hub) -> None:
    def cancel(step: models.Download) -> None:
        if step.done:
            raise Cancelled

    with pytest.raises(Cancelled):
        weights.fetch("whisper", "tiny", cancel)
    assert models.find("whisper", "tiny") is None
    hub.requests.clear()
    weights.fetch("whisper", "tiny")
    assert hub.contents()[0].range


def test_two_threads_download_once(hub: Hub) -> None:
    paths: list[Path] = []
    threads = [threading.Thread(target=lambda: paths.append(weights.fetch("faster-whisper", "tiny"))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(paths)) == 1
    assert len(paths) == 3
    assert len([request for request in hub.contents() if request.path.startswith("storage/")]) == 1


def test_the_table_of_checkpoints_is_openai_whispers_own() -> None:
    import faster_whisper.utils
    import whisper

    table = dict(weights.WHISPER_SHA256)
    assert table.keys() == weights.FASTER_WHISPER_REPOS.keys() == set(models.SIZES)
    for size, sha256 in table.items():
        name = "large-v3-turbo" if size == "turbo" else size
        assert whisper._MODELS[size].endswith(f"/main/whisper/models/{sha256}/{name}.pt")
        assert faster_whisper.utils._MODELS[size] == weights.FASTER_WHISPER_REPOS[size]


# ------------------------------------------------------------------------------------------ finding


def test_the_own_folder_comes_before_the_shared_caches(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, hub: Hub
) -> None:
    shared = put_checkpoint(tmp_path / "cache" / "whisper" / "large-v3-turbo.pt")
    assert models.find("whisper", "turbo") == shared
    monkeypatch.setenv("LECTURE_MODELS", str(tmp_path / "mine"))
    own = put_checkpoint(tmp_path / "mine" / "turbo.pt")
    assert models.find("whisper", "turbo") == own
    assert models.find("whisper", "base") is None
    sphinx = models.find("pocketsphinx", "en-us")
    assert sphinx
    assert sphinx.is_dir()


def test_weights_that_the_hub_client_fetched_are_found(hub: Hub, tmp_path: Path) -> None:
    from huggingface_hub import hf_hub_download

    cache = tmp_path / "cache" / "huggingface" / "hub"
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        hf_hub_download(REPO, name, cache_dir=cache, endpoint=hub.url, token=False)
    assert models.find("faster-whisper", "tiny") is None
    fetched = hf_hub_download(REPO, "model.bin", cache_dir=cache, endpoint=hub.url, token=False)
    assert models.find("faster-whisper", "tiny") == Path(fetched).parent


def test_a_checkpoint_that_another_program_left_half_written_is_not_found(tmp_path: Path) -> None:
    path = put_checkpoint(tmp_path / "cache" / "whisper" / "tiny.pt")
    assert models.find("whisper", "tiny") == path
    path.write_bytes(path.read_bytes()[:-30])
    assert models.find("whisper", "tiny") is None


# ------------------------------------------------------------------------------------------ choosing


def test_auto_takes_what_is_here(hub: Hub, tmp_path: Path) -> None:
    put_faster_whisper(weights.folder() / "faster-whisper-base")
    choice = models.choose()
    assert (choice.recogniser, choice.model, choice.download) == ("faster-whisper", "base", None)
    assert choice.reason == "Whisper's base model fits this computer; faster-whisper is the fastest way to run it here."
    assert hub.requests == []


@pytest.mark.parametrize(
    ("cores", "free", "size", "tasks", "windows"),
    [
        (2, 4 << 30, "base", 2, 4),
        (1, 4 << 30, "base", 1, 4),
        (16, 32 << 30, "small", 4, 4),
        (4, 3 << 30, "small", 4, 1),
        (4, 1 << 30, "medium", 1, 1),
        (4, 0, "large-v3", 1, 1),
    ],
)
def test_batches_are_as_many_and_as_large_as_cores_and_free_memory_carry(
    monkeypatch: pytest.MonkeyPatch,
    tiny_whisper: Path,
    cores: int,
    free: int,
    size: str,
    tasks: int,
    windows: int,
) -> None:
    monkeypatch.setattr(machine, "cores", lambda: cores)
    monkeypatch.setattr(machine, "free_memory", lambda: free)
    model = models._load_faster_whisper(tiny_whisper / "faster-whisper-tiny", size)
    assert model.model.num_workers == tasks
    assert models.fitting_batch(size, model) == windows


@pytest.mark.parametrize(("cores", "gpu", "size"), [(2, False, "base"), (4, False, "small"), (2, True, "turbo")])
def test_auto_downloads_the_size_that_fits(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, cores: int, gpu: bool, size: str
) -> None:
    monkeypatch.setattr(machine, "cores", lambda: cores)
    monkeypatch.setattr(models, "_has_gpu", lambda: gpu)
    put_checkpoint(weights.folder() / "tiny.pt")
    choice = models.choose()
    assert (choice.recogniser, choice.model) == ("faster-whisper", size)
    assert choice.download
    host = hub.url.removeprefix("http://")
    assert choice.download.source == f"{host}/{weights.FASTER_WHISPER_REPOS[size]}"
    assert choice.download.bytes == sum(
        len(TINY[name]) for name in ("config.json", "model.bin", "tokenizer.json", "vocabulary.txt")
    )
    assert choice.reason.startswith(f"Whisper's {size} model fits this computer; faster-whisper is")


def test_auto_without_network_takes_the_best_that_is_here() -> None:
    put_checkpoint(weights.folder() / "tiny.pt")
    assert (models.choose().recogniser, models.choose().model) == ("whisper", "tiny")
    put_faster_whisper(weights.folder() / "faster-whisper-tiny")
    assert (models.choose().recogniser, models.choose().model) == ("faster-whisper", "tiny")
    put_faster_whisper(weights.folder() / "faster-whisper-large-v3")
    assert models.choose().model == "tiny", "a model that this computer is too slow for"
    put_checkpoint(weights.folder() / "base.pt")
    choice = models.choose()
    assert (choice.recogniser, choice.model, choice.download) == ("whisper", "base", None)
    assert "nothing can be downloaded now" in choice.reason


def test_auto_with_nothing_at_all_is_a_draft_in_english() -> None:
    choice = models.choose()
    assert (choice.recogniser, choice.model, choice.download) == ("pocketsphinx", "en-us", None)
    assert "does not answer" in choice.reason
    assert "expect errors and no punctuation" in choice.reason
    assert models.choose(language="en").recogniser == "pocketsphinx"
    with pytest.raises(ModelError, match="knows only English"):
        models.choose(language="de")
    with pytest.raises(ModelError, match="knows only English"):
        models.choose("pocketsphinx", language="fr")


def test_what_was_asked_for_and_cannot_be_had_is_an_error() -> None:
    put_checkpoint(weights.folder() / "tiny.pt")
    with pytest.raises(ModelError) as caught:
        models.choose("whisper", "small")
    host = weights.WHISPER_URL.removeprefix("http://")
    assert str(caught.value) == (
        f"Whisper's small weights are not on this machine and cannot be downloaded now ({host} does not answer); "
        "choose another recogniser or size, or put them in the folder named by LECTURE_MODELS."
    )
    assert caught.value.__cause__ is not None
    with pytest.raises(ModelError, match="Whisper's small weights"):
        models.choose(model="small")
    with pytest.raises(ModelError, match="no recogniser “vosk”"):
        models.choose("vosk")
    with pytest.raises(ModelError, match="no Whisper model “huge”"):
        models.choose(model="huge")
    assert models.choose(model="tiny").recogniser == "whisper"
    assert models.choose("whisper").model == "tiny"
    assert models.choose("pocketsphinx", "small").model == "en-us"


def test_offline_makes_no_connection_at_all(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LECTURE_OFFLINE", "1")
    _connections.clear()
    assert models.choose().recogniser == "pocketsphinx"
    assert "LECTURE_OFFLINE is set" in models.choose().reason
    shared = models.Models()
    for recogniser in ("faster-whisper", "whisper"):
        with pytest.raises(ModelError, match="LECTURE_OFFLINE is set"):
            models.choose(recogniser)
        with pytest.raises(ModelError, match="LECTURE_OFFLINE is set"):
            shared.recogniser(models.Choice(recogniser, "tiny", ""))
    with pytest.raises(ModelError, match="LECTURE_OFFLINE is set"):
        shared.writer(models.WRITERS[0].name)
    assert shared.recogniser(models.choose())
    assert _connections == []
    assert hub.requests == []

    monkeypatch.delenv("LECTURE_OFFLINE")
    assert models.choose().download
    assert _connections, "the test would not notice a connection"


@pytest.mark.parametrize("answer", ["silent", "drip", "portal", "404", "500"])
def test_a_hub_that_does_not_help_costs_little_and_once(hub: Hub, answer: str) -> None:
    hub.answer = answer
    assert seconds_of(models.choose) < weights.ANSWER_S + 0.5
    asked = len(hub.requests)
    assert models.choose().recogniser == "pocketsphinx"
    assert asked == len(hub.requests) == 1
    if answer not in {"portal", "404"}:  # it is the whole server that does not answer, not one model that is not there
        with pytest.raises(ModelError, match="does not answer"):
            models.choose(model="medium")
        assert len(hub.requests) == 1
    hub.answer = "serve"
    models.forget()
    assert models.choose().recogniser == "faster-whisper"


def test_a_failed_download_makes_auto_choose_the_next_best_but_not_an_explicit_choice(hub: Hub) -> None:
    first = models.choose()
    hub.behave("damage")
    with pytest.raises(ModelError):
        models.Models().recogniser(first)
    second = models.choose()
    assert second.recogniser == "pocketsphinx"
    assert "arrived damaged twice" in second.reason
    hub.behave("serve")
    assert models.choose("faster-whisper").download, "the student may try again"


# ------------------------------------------------------------------------------------------ loading


@pytest.fixture(scope="module")
def tiny_whisper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with random weights of small dimensions: tiny.pt, base.pt and faster-whisper-tiny/."""
    import torch
    from whisper.model import ModelDimensions, Whisper

    from tests.fixtures.tiny_whisper.convert import to_ctranslate2

    folder = tmp_path_factory.mktemp("tiny_whisper")
    torch.manual_seed(0)
    model = Whisper(ModelDimensions(80, 1500, 16, 2, 1, 51865, 448, 16, 2, 3))
    torch.nn.init.zeros_(model.decoder.positional_embedding)  # Whisper leaves it as the memory happens to be
    for name in ("tiny", "base"):
        torch.save({"dims": model.dims.__dict__, "model_state_dict": model.state_dict()}, folder / f"{name}.pt")
    to_ctranslate2(folder / "tiny.pt", folder)
    (folder / "ctranslate2").rename(folder / "faster-whisper-tiny")
    return folder


def test_a_recogniser_is_fetched_loaded_and_used(hub: Hub, tiny_whisper: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np
    import torch

    hub.repos[REPO] = {file.name: file.read_bytes() for file in (tiny_whisper / "faster-whisper-tiny").iterdir()}
    checkpoint = (tiny_whisper / "tiny.pt").read_bytes()
    digest = loopback.sha256(checkpoint)
    hub.plain[f"whisper/{digest}/tiny.pt"] = checkpoint
    monkeypatch.setitem(weights.WHISPER_SHA256, "tiny", digest)
    shared, seen = models.Models(), []

    model = shared.recogniser(models.choose("faster-whisper", "tiny"), seen.append)
    assert model.encode(np.zeros((80, 3000), dtype=np.float32)).shape == [1, 1500, 16]
    assert model.model.compute_type.startswith("int8")
    assert seen[-1].done == seen[-1].total

    model = shared.recogniser(models.choose("whisper", "tiny"))
    assert model.embed_audio(torch.zeros(1, 80, 3000)).shape == (1, 1500, 16)

    decoders = shared.recogniser(models.choose("pocketsphinx"))
    speech = (media.excerpt(42, 46) * 32_767).astype(np.int16).tobytes()
    assert "memory" in [word.text for word in next(decoders.recognise([speech]))]


def test_one_object_for_all_and_the_old_one_is_freed(tiny_whisper: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LECTURE_MODELS", str(tiny_whisper))
    shared = models.Models()
    choice = models.choose("whisper", "tiny")
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(shared.recogniser(choice))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len({id(model) for model in found}) == 1
    assert shared.recogniser(choice) is found[0]

    old = weakref.ref(found[0])
    found.clear()
    new = shared.recogniser(models.choose("whisper", "base"))
    assert old() is None
    assert shared.recogniser(models.choose("whisper", "base")) is new
    assert models.shared() is models.shared()


@pytest.mark.parametrize("recogniser", ["faster-whisper", "whisper"])
@pytest.mark.parametrize("damage", ["cut", "nonsense", "empty"])
def test_damaged_weights_are_named(
    recogniser: str, damage: str, tiny_whisper: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    whole = tiny_whisper / ("tiny.pt" if recogniser == "whisper" else "faster-whisper-tiny/model.bin")
    content = whole.read_bytes()
    path = tmp_path / "mine" / whole.relative_to(tiny_whisper)
    if recogniser == "faster-whisper":
        put_faster_whisper(path.parent)
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes({"cut": content[: len(content) // 2], "nonsense": b"nonsense" * 1000, "empty": b""}[damage])
    monkeypatch.setenv("LECTURE_MODELS", str(tmp_path / "mine"))
    place = path if recogniser == "whisper" else path.parent
    with pytest.raises(ModelError, match=f"{place} is damaged or of another kind; delete it") as caught:
        models.Models().recogniser(models.choose(recogniser, "tiny"))
    assert caught.value.__cause__ is not None


def test_importing_models_is_quick_and_loads_no_model_library() -> None:
    heavy = "torch", "transformers", "whisper", "faster_whisper", "ctranslate2", "requests", "streamlit"
    script = (
        "import time, sys; start = time.perf_counter(); import models; "
        f"print(time.perf_counter() - start, [name for name in {heavy} if name in sys.modules])"
    )
    root = Path(models.__file__).parent
    printed = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    seconds, _, loaded = printed.stdout.partition(" ")
    assert float(seconds) < 0.3
    assert loaded.strip() == "[]"


# ------------------------------------------------------------------------------------------ writers

WORDS = "a lecture is about water rain river sea sun cloud . , The falls and rises summary".split()


@pytest.fixture(scope="module")
def tiny_writers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a seq2seq and a causal text model of a few thousand random weights."""
    from tokenizers import Tokenizer, pre_tokenizers
    from tokenizers import models as token_models
    from transformers import (
        LlamaConfig,
        LlamaForCausalLM,
        PreTrainedTokenizerFast,
        T5Config,
        T5ForConditionalGeneration,
    )

    folder = tmp_path_factory.mktemp("writers")
    vocabulary = {word: number for number, word in enumerate(["<pad>", "</s>", "<unk>", *WORDS])}
    words = Tokenizer(token_models.WordLevel(vocabulary, unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    tokens = {"pad_token_id": 0, "eos_token_id": 1, "vocab_size": len(vocabulary)}
    seq2seq = T5ForConditionalGeneration(
        T5Config(d_model=16, d_kv=8, d_ff=32, num_layers=1, num_heads=2, decoder_start_token_id=0, **tokens)
    )
    causal = LlamaForCausalLM(
        LlamaConfig(
            hidden_size=16,
            intermediate_size=32,
            num_hidden_layers=1,
            num_attention_heads=2,
            max_position_embeddings=256,
            bos_token_id=1,
            **tokens,
        )
    )
    for name, model in (("seq2seq", seq2seq), ("causal", causal)):
        model.save_pretrained(folder / name)
        PreTrainedTokenizerFast(
            tokenizer_object=words, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
        ).save_pretrained(folder / name)
    return folder


def generated(writer: models.Writer) -> str:
    inputs = writer.tokenizer("The sun falls . The lecture is about water .", return_tensors="pt")
    inputs.pop("token_type_ids", None)
    output = writer.model.generate(**inputs, max_new_tokens=5, do_sample=False)
    return str(writer.tokenizer.decode(output[0], skip_special_tokens=True))


@pytest.mark.parametrize(("kind", "context"), [("seq2seq", 512), ("causal", 256)])
def test_a_writer_in_a_folder_loads_and_writes(tiny_writers: Path, kind: str, context: int) -> None:
    _connections.clear()
    name = str(tiny_writers / kind)
    shared = models.Models()
    assert models.writer_weights(name) is None
    writer = shared.writer(name)
    assert (writer.name, writer.kind, writer.context) == (name, kind, context)
    assert not writer.model.training
    assert set(generated(writer).split()) <= {*WORDS, "<unk>"}
    assert shared.writer(name) is writer
    assert _connections == []


def test_a_writer_is_fetched_from_the_hub_once(hub: Hub, tiny_writers: Path) -> None:
    name = "somebody/small-writer"
    files = {file.name: file.read_bytes() for file in (tiny_writers / "causal").iterdir()}
    hub.repos[name] = files | {"pytorch_model.bin": b"a pickle", "modeling.py": b"raise SystemExit", "README.md": b""}
    cost = models.writer_weights(name)
    assert cost
    assert (cost.name, cost.bytes) == (name, sum(map(len, files.values())))
    seen: list[models.Download] = []
    writer = models.Models().writer(name, seen.append)
    assert writer.kind == "causal"
    assert generated(writer)
    assert seen[-1].done == cost.bytes
    assert {file.name for file in (weights.folder() / "somebody--small-writer").iterdir()} == set(files)
    hub.requests.clear()
    assert models.writer_weights(name) is None
    models.Models().writer(name)
    assert hub.requests == []


def test_a_writer_that_lacks_a_file_is_not_found(tiny_writers: Path, tmp_path: Path) -> None:
    folder = tmp_path / "writer"
    shutil.copytree(tiny_writers / "causal", folder)
    assert weights.find_writer(str(folder)) == folder
    shards = {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(shards))
    (folder / "model.safetensors").rename(folder / "model-1.safetensors")
    assert weights.find_writer(str(folder)) is None
    (folder / "model-2.safetensors").touch()
    assert weights.find_writer(str(folder)) == folder
    for path in folder.glob("tokenizer*"):
        path.unlink()
    assert weights.find_writer(str(folder)) is None


def test_another_writer_frees_the_one_before(tiny_writers: Path) -> None:
    shared = models.Models()
    old = weakref.ref(shared.writer(str(tiny_writers / "seq2seq")).model)
    assert old() is not None
    shared.writer(str(tiny_writers / "causal"))
    gc.collect()
    assert old() is None


def test_writers_that_cannot_be_had_say_so(hub: Hub, tiny_writers: Path, tmp_path: Path) -> None:
    hub.repos["somebody/pickles"] = {"config.json": b"{}", "pytorch_model.bin": b"a pickle"}
    for name, why in {
        "nobody/nothing": "does not have them",
        "somebody/pickles": "has no weights of the right kind",
        "C:\\models": "neither a folder with a model nor a name on the hub",
        "": "neither a folder with a model nor a name on the hub",
    }.items():
        for ask in (models.writer_weights, models.Models().writer):
            with pytest.raises(ModelError, match=why):
                ask(name)


@pytest.mark.parametrize("damage", ["cut", "layer missing", "unknown kind"])
def test_a_damaged_writer_is_named(tiny_writers: Path, tmp_path: Path, damage: str) -> None:
    from safetensors.torch import load_file, save_file

    folder = tmp_path / "writer"
    shutil.copytree(tiny_writers / "causal", folder)
    path = folder / "model.safetensors"
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-100])
    elif damage == "layer missing":
        tensors = load_file(path)
        save_file({name: tensor for name, tensor in tensors.items() if "mlp" not in name}, path, {"format": "pt"})
    else:
        (folder / "config.json").write_text('{"model_type": "my_own"}')
    with pytest.raises(ModelError, match=f"{folder} is damaged or of another kind"):
        models.Models().writer(str(folder))
