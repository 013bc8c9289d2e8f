"""A real page in a real browser: servers of the program, and a Chromium that hears a lecture in its microphone."""

from __future__ import annotations

import contextlib
import os
import re
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
from playwright.sync_api import Browser, BrowserContext, BrowserType, ConsoleMessage, Page, expect, sync_playwright

from lecture.library import Library
from lecture.process import Settings
from tests.fixtures import machine, media

ROOT = Path(__file__).parents[2]
_FAREWELL = re.compile(
    r"^Exception in ASGI application\nTraceback(?:(?!^\S*Error\b)[\s\S])*?"
    r'^starlette\.websockets\.WebSocketDisconnected: Cannot call "send" once a close message has been sent\.\n',
    re.MULTILINE,
)
"""The whole of one such report: from its first line to the one that names the error."""
SPOKEN_S = 12.0
"""Seconds of the demonstration lecture that the microphone hears."""

expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser on a busy machine may be late: what fails is tried once more, and named at the end as a rerun."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


class Server:
    """The program as `make run` starts it, on a machine of its own: its address, and what it keeps."""

    def __init__(self, folder: Path, *options: str, script: str = "server.py", **settings: str) -> None:
        """Start it.

        Args:
            folder: empty; everything that it writes lies there.
            options: Streamlit's, as on its command line.
            script: what Streamlit runs; "app3.py" is the page without the server's own addresses.
            settings: environment variables.
        """
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._data, self._log = folder / "data", folder / "log.txt"
        self._environment = {**os.environ, **machine.empty(folder), "HOME": str(folder), **settings}
        self._command = [*f"-m streamlit run {script} --server.port {port}".split(), *options]
        self.start()

    def start(self) -> None:
        """Start it again after its end, with what it kept."""
        command = [sys.executable, *self._command]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            self._wait()
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        """End it at once, as a power cut does: it cannot do anything about it."""
        self._process.kill()
        self._process.wait(timeout=20)

    def end(self) -> None:
        """End it for good; nothing went wrong in it that its log knows of."""
        self._process.terminate()
        self._process.wait(timeout=20)
        assert "Traceback" not in _without_farewells(self.log()), self.log()

    def log(self) -> str:
        """All that it printed."""
        return self._log.read_text()

    def memory(self) -> int:
        """Bytes that its process holds now."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return 1024 * int(re.search(r"^VmRSS:\s+(\d+)", status, re.MULTILINE)[1])

    def kept_files(self) -> set[Path]:
        """The recordings and captions that it holds now."""
        parts = (self._data / "incoming", self._data / "lectures")
        return {path for part in parts for path in part.rglob("*") if path.is_file()}

    def library(self) -> Library:
        """Its library, opened beside it."""
        return Library(f"sqlite:///{self._data / 'library.db'}", self._data)

    def forget(self) -> None:
        """Delete all lectures and what it remembers of settings."""
        library = self.library()
        for entry in library.entries():
            library.delete(entry.id)
        library.prefer(Settings())
        library.close()

    def _wait(self, patience_s: float = 90.0) -> None:
        deadline = time.monotonic() + patience_s
        while self._process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(URLError, ConnectionError), urlopen(f"{self.url}/_stcore/health") as answer:
                if answer.status == 200:
                    return
            time.sleep(0.2)
        raise RuntimeError(f"the page did not start:\n{self.log()}")


def _without_farewells(log: str) -> str:
    """A log without what Streamlit prints when a page is closed while it is still connecting."""
    return _FAREWELL.sub("", log)


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
        page.on("console", lambda line: self.problems.append(_told(line)) if line.type == "error" else None)
        page.on("dialog", lambda dialog: (self.problems.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def foreign_hosts(self) -> set[str]:
        """Hosts other than this machine that were asked for anything."""
        asked = {urlsplit(url) for url in self.requests}
        return {str(url.hostname) for url in asked if url.scheme not in ("blob", "data")} - {"127.0.0.1"}


def _told(line: ConsoleMessage) -> str:
    """A line of the browser's console, with the address that it is about."""
    return f"{line.text} ({line.location['url']})"


def launch(kind: BrowserType, heard: Path | None, *options: str) -> Browser:
    """Start a Chromium with a new profile.

    Args:
        kind: Playwright's Chromium.
        heard: a recording that its microphone hears once, whenever it is opened; None gives it no microphone.
        options: more of Chromium's own.
    """
    names = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
    installed = next(filter(None, map(shutil.which, names)), None)
    if installed is None and not Path(kind.executable_path).exists():
        pytest.skip("no Chromium: install chromium or google-chrome, or run `playwright install chromium`")
    arguments = """
        --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
        --disable-component-update --disable-sync --use-fake-ui-for-media-stream
    """.split()
    if heard:
        arguments += ["--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={heard}%noloop"]
    return kind.launch(executable_path=installed or kind.executable_path, args=[*arguments, *options])


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser whose microphone hears the start of the demonstration lecture."""
    heard = media.write(tmp_path_factory.mktemp("microphone") / "heard.wav", media.excerpt(0.0, SPOKEN_S), rate=48_000)
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium, heard)
        yield browser
        browser.close()


Start = Callable[..., Server]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts the program once more, for this test alone; takes what `Server` takes after its folder."""
    with contextlib.ExitStack() as running:

        def start(*options: str, **settings: str) -> Server:
            folder = tmp_path / f"server {len(list(tmp_path.iterdir()))}"
            folder.mkdir()
            server = Server(folder, *options, **settings)
            running.callback(server.end)
            return server

        yield start


@pytest.fixture(scope="session")
def _server(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The program on a machine without Whisper and without a network. (No browser, no server.)"""
    server = Server(tmp_path_factory.mktemp("server"))
    yield server
    server.end()


@pytest.fixture
def server(_server: Server) -> Iterator[Server]:
    """The same, without any lecture: nothing of one test is left for another."""
    yield _server
    _server.forget()
    assert _server.kept_files() == set()


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
def browse(chromium: Browser, watch: Watch, start: Start, server: Server) -> Iterator[Callable[..., Page]]:
    """Opens a page in a browser of its own, or a lecture's address; takes what `Browser.new_context` takes."""
    assert start and server  # they outlive the pages: one whose server ends, or whose lecture is deleted, complains
    contexts: list[BrowserContext] = []

    def browse(server: Server, lecture: str = "", **options: object) -> Page:
        contexts.append(chromium.new_context(permissions=["microphone"], **options))
        page = contexts[-1].new_page()
        watch.over(page)
        page.goto(f"{server.url}/?lecture={lecture}" if lecture else server.url)
        expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=60_000)
        return page

    yield browse
    for context in contexts:
        context.close()


@pytest.fixture
def page(browse: Callable[..., Page], server: Server) -> Page:
    """The input view on the machine without Whisper."""
    return browse(server)
