"""Fetching a model's files: whole or not at all, with progress, in bounded time.

One loop serves both of Whisper's sources (a hub of model repositories, and plain files), because the clients that
come with the model libraries retry a dead connection for a minute, report progress in steps of 10 MB and cannot be
cancelled. It sends no token and no telemetry.
"""

from __future__ import annotations

import hashlib
import http.client
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lecture.errors import ModelError

if TYPE_CHECKING:
    from requests import Response

STALL_S = 10.0
"""Seconds in which a connection must bring STALL_BYTES; otherwise it counts as broken."""
STALL_BYTES = 10_000
ATTEMPTS = 3
"""Broken connections in a row, none of which brought WORTHWHILE_BYTES, before a download gives up."""
WORTHWHILE_BYTES = 1_000_000
PAUSE_S = 1.0
"""Seconds between a broken connection and the next attempt."""
REPORT_S = 0.1
"""Seconds between two reports of progress, which are also the chances to cancel."""
BLOCK_BYTES = 1 << 16


@dataclass(frozen=True)
class Weights:
    """What has to be fetched: `name` and `source` (host and path) for the reader, size in `bytes`."""

    name: str
    source: str
    bytes: int


@dataclass(frozen=True)
class Download:
    """How far a download is: `done` of `total` bytes, over all of its files."""

    weights: Weights
    done: int
    total: int


OnDownload = Callable[[Download], None]
"""Told about a download as it runs; may raise `lecture.errors.Cancelled` to stop it (what is there is kept)."""


@dataclass(frozen=True)
class File:
    """One file of an offer: `size` in bytes, `digest` "sha256:…", or "git:…" (SHA-1 of a git blob)."""

    name: str
    url: str
    size: int
    digest: str


@dataclass(frozen=True)
class Offer:
    """Files that a server offers, and the file or folder that they become on this machine."""

    weights: Weights
    files: tuple[File, ...]
    place: Path


class DownloadFailed(ModelError):
    """A download ended without its files; `why` is a clause such as "huggingface.co stopped sending"."""

    def __init__(self, weights: Weights, why: str, advice: str) -> None:
        """Says what is wrong, why, and what to do."""
        super().__init__(f"The download of {weights.name} failed: {why}; {advice}.")
        self.why = why


class _Broken(Exception):
    """A connection stalled or ended early: worth another attempt."""


class _Refused(Exception):
    """The server does not give this file, or gives a damaged one: another attempt is of no use."""


def fetch(offered: Offer, on_download: OnDownload | None = None) -> Path:
    """Downloads an offer, going on where an earlier attempt stopped, and checks every file's digest.

    Files gather in a folder beside their place and move there when all are whole, so that nothing half-written
    is ever found. Threads and processes that fetch the same weights wait for each other.

    Returns:
        The file or folder with the weights.

    Raises:
        DownloadFailed: the connection breaks ATTEMPTS times, files arrive damaged, or the disk refuses.
        Cancelled: `on_download` raised it.
    """
    weights, place = offered.weights, offered.place
    meter = _Meter(weights, on_download)
    workshop = place.with_name(f"{place.name}.partial")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with _alone(workshop, meter):
            if not place.exists():
                _prepare(offered, workshop)
                for file in offered.files:
                    _fetch_file(file, workshop / file.name, meter)
                _move(workshop, place)
    except _Broken as error:
        raise DownloadFailed(weights, str(error), "try again, and it goes on from where it stopped") from error
    except _Refused as error:
        raise DownloadFailed(weights, str(error), "try again later, or choose another model") from error
    except OSError as error:
        why = f"{place.parent} cannot be written ({error.strerror or error})"
        raise DownloadFailed(weights, why, "name another folder in LECTURE_MODELS, or make room") from error
    meter.finish()
    return place


def request(method: str, url: str, timeout: float, *, start: int = 0, stream: bool = False) -> Response:
    """One HTTP request without any token; `timeout` in seconds for connecting and between two bytes.

    Raises:
        OSError: no connection, or none in time.
    """
    import requests

    return requests.request(
        method,
        url,
        headers={"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {}),
        timeout=timeout,
        stream=stream,
        allow_redirects=True,
        auth=lambda prepared: prepared,  # otherwise requests sends what a .netrc file holds for the host
    )


class _Meter:
    """Bytes over all files of a download, reported at most every REPORT_S seconds."""

    def __init__(self, weights: Weights, on_download: OnDownload | None) -> None:
        self.before = 0  # bytes of the files already complete
        self._weights = weights
        self._on_download = on_download
        self._next = 0.0

    def at(self, done: int) -> None:
        """Reports `done` bytes of the current file. Raises what the listener raises."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + REPORT_S
            self._report(self.before + done)

    def finish(self) -> None:
        """Reports that all bytes are here."""
        self._report(self._weights.bytes)

    def _report(self, done: int) -> None:
        if self._on_download:
            total = self._weights.bytes
            self._on_download(Download(self._weights, min(done, total), total))


@contextmanager
def _alone(workshop: Path, meter: _Meter) -> Iterator[None]:
    """Keeps other threads and processes out; the one that waits sees the progress and can be cancelled."""
    import filelock

    lock = filelock.FileLock(workshop.with_suffix(".lock"))
    while True:
        try:
            lock.acquire(timeout=0.5)
            break
        except filelock.Timeout:
            meter.at(_bytes_in(workshop))
    try:
        yield
    finally:
        lock.release()


def _prepare(offered: Offer, workshop: Path) -> None:
    workshop.mkdir(exist_ok=True)
    names = {file.name for file in offered.files}
    for path in workshop.iterdir():
        if path.name not in names:  # from an older revision of the model
            path.unlink()
    missing, free = offered.weights.bytes - _bytes_in(workshop), shutil.disk_usage(workshop).free
    if missing > free:
        why = f"{workshop.parent} needs room for {missing / 1e6:.0f} MB and has {free / 1e6:.0f} MB"
        raise DownloadFailed(offered.weights, why, "make room, or choose a smaller model")


def _move(workshop: Path, place: Path) -> None:
    if place.suffix == ".pt":
        (workshop / place.name).replace(place)
        workshop.rmdir()
    else:
        workshop.replace(place)


def _fetch_file(file: File, path: Path, meter: _Meter) -> None:
    for _ in range(2):
        _receive(file, path, meter)
        if _digest(file, path) == file.digest:
            meter.before += file.size
            return
        path.unlink()
    raise _Refused(f"{file.name} arrived damaged twice from {urlsplit(file.url).netloc}")


def _receive(file: File, path: Path, meter: _Meter) -> None:
    """Fills `path` to the file's size, over as many connections as it takes while they bring something."""
    failures = 0
    while (before := _size(path)) != file.size or not path.exists():
        try:
            _receive_some(file, path, meter)
        except _Broken:
            failures = 1 if _size(path) - before >= WORTHWHILE_BYTES else failures + 1
            if failures >= ATTEMPTS:
                raise
            time.sleep(PAUSE_S)


def _receive_some(file: File, path: Path, meter: _Meter) -> None:
    """Appends to `path` what one connection brings."""
    host = urlsplit(file.url).netloc
    with path.open("ab") as out:
        if out.tell() > file.size:
            out.truncate(0)
        with _connection(file, host, out.tell()) as response:
            if response.status_code != 206:
                out.truncate(0)  # the server cannot go on in the middle
            for block in _blocks(response, host):
                if out.tell() + len(block) > file.size:
                    raise _Broken(f"{host} sent more than it announced")
                out.write(block)
                meter.at(out.tell())
        if out.tell() < file.size:
            raise _Broken(f"{host} closed the connection too early")


def _connection(file: File, host: str, start: int) -> Response:
    try:
        response = request("GET", file.url, STALL_S, start=start, stream=True)
    except OSError as error:
        raise _Broken(f"{host} does not answer") from error
    if response.status_code >= 500 or response.status_code in {408, 416, 429}:
        raise _Broken(f"{host} has trouble of its own (status {response.status_code})")
    if response.status_code >= 400:
        raise _Refused(f"{host} refuses {file.name} (status {response.status_code})")
    return response


def _blocks(response: Response, host: str) -> Iterator[bytes]:
    """What arrives, as it arrives; ends a connection that brings next to nothing."""
    import urllib3

    received, check_at = 0, time.monotonic() + STALL_S
    while True:
        try:
            # read1 returns what one look at the network brings; read would wait until the block is full.
            block = response.raw.read1(BLOCK_BYTES, decode_content=False)
        except urllib3.exceptions.ReadTimeoutError as error:
            raise _Broken(f"{host} stopped sending") from error
        except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError) as error:
            raise _Broken(f"{host} closed the connection too early") from error
        if not block:
            return
        yield block
        received += len(block)
        if time.monotonic() > check_at:
            if received < STALL_BYTES:
                raise _Broken(f"{host} sends next to nothing")
            received, check_at = 0, time.monotonic() + STALL_S


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _bytes_in(folder: Path) -> int:
    return sum(_size(path) for path in folder.glob("*"))


def _digest(file: File, path: Path) -> str:
    """The digest of what is in `path`, by the method of the file's own."""
    git = file.digest.startswith("git:")
    digest = hashlib.sha1(usedforsecurity=False) if git else hashlib.sha256()
    if git:
        digest.update(f"blob {path.stat().st_size}\0".encode())
    with path.open("rb") as content:
        while block := content.read(BLOCK_BYTES):
            digest.update(block)
    return f"{'git' if git else 'sha256'}:{digest.hexdigest()}"
