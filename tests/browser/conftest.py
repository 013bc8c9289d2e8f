"""A real page in a real browser: servers of the program, and a Chromium that hears a lecture in its microphone."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.fixtures import machine, media

ROOT = Path(__file__).parents[2]
SPOKEN_S = 12.0
"""Seconds of the demonstration lecture that the microphone hears."""

expect.set_options(timeout=20_000)


@dataclass(frozen=True)
class Server:
    """A running page, and the folder in which it keeps what it was given."""

    url: str
    temporary: Path

    def kept_files(self) -> set[Path]:
        """The recordings and captions that the program holds now."""
        return {path for path in self.temporary.glob("lecture-*/*") if path.is_file()}


@dataclass
class Watch:
    """What a page did that a student would not see."""

    requests: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        """Note every request, error and dialog of a page from now on."""
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("websocket", lambda socket: self.requests.append(socket.url))
        page.on("pageerror", lambda error: self.problems.append(f"exception: {error}"))
        page.on("console", lambda line: self.problems.append(line.text) if line.type == "error" else None)
        page.on("dialog", lambda dialog: (self.problems.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def foreign_hosts(self) -> set[str]:
        """Hosts other than this machine that were asked for anything."""
        asked = {urlsplit(url) for url in self.requests}
        return {str(url.hostname) for url in asked if url.scheme not in ("blob", "data")} - {"127.0.0.1"}


def _chromium(playwright: Playwright) -> str:
    names = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
    installed = next(filter(None, map(shutil.which, names)), None)
    own = playwright.chromium.executable_path
    if installed is None and not Path(own).exists():
        pytest.skip("no Chromium: install chromium or google-chrome, or run `playwright install chromium`")
    return installed or own


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser with a new profile whose microphone hears the start of the demonstration lecture, once."""
    heard = media.write(tmp_path_factory.mktemp("microphone") / "heard.wav", media.excerpt(0.0, SPOKEN_S), rate=48_000)
    arguments = """
        --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
        --disable-component-update --disable-sync
        --use-fake-ui-for-media-stream --use-fake-device-for-media-stream
    """.split()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=_chromium(playwright),
            args=[*arguments, f"--use-file-for-fake-audio-capture={heard}%noloop"],
        )
        yield browser
        browser.close()


Start = Callable[[dict[str, str]], Server]


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts the program as `streamlit run app3.py` does, on a machine of its own."""
    with contextlib.ExitStack() as running:
        yield lambda settings: running.enter_context(_running(tmp_path_factory.mktemp("server"), settings))


@pytest.fixture(scope="module")
def server(chromium: Browser, start: Start) -> Server:
    """The page on a machine without Whisper and without a network. (No browser, no server.)"""
    return start({})


@contextlib.contextmanager
def _running(folder: Path, settings: dict[str, str]) -> Iterator[Server]:
    url = f"http://127.0.0.1:{_free_port()}"
    temporary, log = folder / "temporary", folder / "log.txt"
    temporary.mkdir()
    environment = {**os.environ, **machine.empty(folder), "HOME": str(folder), "TMPDIR": str(temporary), **settings}
    command = [sys.executable, "-m", "streamlit", "run", "app3.py", "--server.port", url.rpartition(":")[2]]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        _wait_for(url, process, log)
        yield Server(url, temporary)
    finally:
        process.terminate()
        process.wait(timeout=20)
    assert "Traceback" not in log.read_text(), log.read_text()


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path, patience_s: float = 90.0) -> None:
    deadline = time.monotonic() + patience_s
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(URLError, ConnectionError), urlopen(f"{url}/_stcore/health", timeout=5) as answer:
            if answer.status == 200:
                return
        time.sleep(0.2)
    raise RuntimeError(f"the page did not start:\n{log.read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def watch() -> Iterator[Watch]:
    """In every test: no request leaves this machine, no error in the console, no dialog."""
    watch = Watch()
    yield watch
    assert watch.foreign_hosts() == set()
    assert watch.problems == []


@pytest.fixture
def browse(chromium: Browser, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Opens a page in a tab of its own; takes what `Browser.new_context` takes."""
    contexts: list[BrowserContext] = []

    def browse(server: Server, **options: object) -> Page:
        contexts.append(chromium.new_context(permissions=["microphone"], **options))
        page = contexts[-1].new_page()
        watch.over(page)
        page.goto(server.url)
        expect(page.get_by_role("heading", name="Lecture Voice-to-Notes")).to_be_visible(timeout=60_000)
        return page

    yield browse
    for context in contexts:
        context.close()


@pytest.fixture
def page(browse: Callable[..., Page], server: Server) -> Page:
    """The input view on the machine without Whisper."""
    return browse(server)
