"""How far live captions are behind: from the end of a word in the sound to its first display on the page.

python benchmarks/captions.py                         # three minutes of the demonstration lecture
python benchmarks/captions.py --seconds 340 --recogniser faster-whisper
python benchmarks/captions.py --recording talk.mp3 --seconds 600

A real browser records the lecture from a microphone that plays it, sends it to a server of its own, and shows the page;
what it shows is noted ten times a second. The end of a word is that of the finished transcript, so recognisers that
time no words (Whisper, here) are measured by their segments. Recognition, browser and server share this machine.
Needs Chromium (or Google Chrome) and the packages of requirements-dev.txt.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

sys.path.insert(0, str(Path(__file__).parent.parent))

import av
from playwright.sync_api import Page, sync_playwright

import machine
import models
from lecture.library import Library
from lecture.process import Lecture, Settings

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "samples" / "how-memory-works.mp3"
LONGEST_WAIT_S = 600.0
NOTE = """
    window.shown = [];
    const start = MediaRecorder.prototype.start;
    MediaRecorder.prototype.start = function (...given) {
        this.addEventListener("start", () => { window.began ??= performance.now(); });
        return start.apply(this, given);
    };
    setInterval(() => {
        const lines = [...document.querySelectorAll(".captions p")];
        const until = Math.max(0, ...lines.map((line) => Number(line.dataset.until)));
        const last = window.shown.at(-1);
        if (window.began && until !== last?.[1]) window.shown.push([(performance.now() - window.began) / 1000, until]);
    }, 100);
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recording", type=Path, default=SAMPLE)
    parser.add_argument("--seconds", type=float, default=180.0)
    parser.add_argument("--recogniser", choices=models.RECOGNISERS, default="pocketsphinx")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        heard = sound(options.recording, options.seconds, Path(folder) / "heard.wav")
        data = Path(folder) / "data"
        library = Library(folder=data)
        library.prefer(Settings(recogniser=options.recogniser))
        with server(data) as url, recorder(url, heard) as page:
            page.wait_for_timeout(options.seconds * 1000)
            shown, waited, lecture = finish(page, library)
    lags = [first(shown, end) - end for end in ends(lecture)]
    ordered = sorted(lags)
    print(
        f"{options.seconds:.0f} s of {options.recording.name}, {lecture.transcript.recogniser}, {machine.cores()} cores"
    )
    print(
        f"{len(lags)} words: behind by {statistics.median(lags):.1f} s at the median, "
        f"{ordered[int(0.9 * len(ordered))]:.1f} s for nine of ten, {ordered[-1]:.1f} s at worst"
    )
    print(f"from Stop to the notes: {waited:.1f} s")


def sound(recording: Path, seconds: float, to: Path) -> Path:
    """The beginning of a recording as a microphone of Chromium's plays it."""
    with av.open(str(recording)) as source, av.open(str(to), "w", format="wav") as wav:
        stream = wav.add_stream("pcm_s16le", rate=48_000)
        stream.layout = "mono"
        resampler = av.AudioResampler("s16", "mono", 48_000)
        for frame in source.decode(audio=0):
            if frame.time is not None and frame.time > seconds:
                break
            for part in resampler.resample(frame):
                wav.mux(stream.encode(part))
    return to


@contextmanager
def server(data: Path) -> Iterator[str]:
    """The program as `make run` starts it, on data of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", "server.py", "--server.port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, "LECTURE_DATA": str(data)}) as process:
        try:
            wait_for(url, process)
            yield url
        finally:
            process.terminate()


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 90
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urlopen(f"{url}/_stcore/health") as answer:
                if answer.status == 200:
                    return
        except (URLError, ConnectionError):
            time.sleep(0.2)
    raise SystemExit("The page did not start.")


@contextmanager
def recorder(url: str, heard: Path) -> Iterator[Page]:
    """A page that has begun to record what the microphone plays."""
    installed = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))), None)
    switches = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={heard}%noloop",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed, args=switches)
        page = browser.new_context(permissions=["microphone"]).new_page()
        page.add_init_script(NOTE)
        page.goto(url)
        page.get_by_role("button", name="Start recording").click()
        page.wait_for_function("window.began !== undefined")
        yield page
        browser.close()


def finish(page: Page, library: Library) -> tuple[list[tuple[float, float]], float, Lecture]:
    """What was shown, and when; seconds from Stop until the notes were there; the lecture."""
    shown = [(float(at), float(until)) for at, until in page.evaluate("window.shown")]
    lecture_id = parse_qs(urlsplit(page.url).query)["lecture"][0]
    page.get_by_role("button", name="Finish, and make study notes").click()
    began = time.monotonic()
    while time.monotonic() - began < LONGEST_WAIT_S:
        if lecture := library.lecture(lecture_id):
            return shown, time.monotonic() - began, lecture
        time.sleep(0.1)
    raise SystemExit("The lecture did not become ready.")


def ends(lecture: Lecture) -> Iterator[float]:
    """When each word was over, or each segment whose words are not timed."""
    for segment in lecture.transcript.segments:
        yield from [word.end for word in segment.words] or [segment.end]


def first(shown: Sequence[tuple[float, float]], end: float) -> float:
    """When something was shown that reaches as far as a word; the last moment where nothing ever did."""
    return next((at for at, until in shown if until >= end - 0.02), shown[-1][0])


if __name__ == "__main__":
    main()
