"""Many students at one server: each uploads a lecture and works with it, all at once, while recordings are recognised.

python benchmarks/load.py                                  # 20 students for 3 minutes
python benchmarks/load.py --students 50 --minutes 60

Each student is a browser as far as the server can tell: a connection, uploads and reruns in Streamlit's own messages;
nothing is drawn. Each one's lecture holds a word of its own, and every page is looked through for the others' words.
Two recordings are recognised meanwhile, one after another and again from the beginning, as long as this lasts. Printed
are the seconds of reruns and uploads, errors, mix-ups, and how the server's memory grows once all pages are open. The
exit status is 1 where something went wrong, or half of the reruns took longer than a second.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from statistics import linear_regression, median, quantiles

sys.path.insert(0, str(Path(__file__).parent.parent))

import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect

from benchmarks.report import own_texts, spoken
from lecture.process import Settings
from lecture.source import Source, store
from lecture.transcript import to_srt
from tests.browser.conftest import Server

SAMPLE = Path(__file__).parent.parent / "samples" / "how-memory-works.mp3"
LIMIT_S = 1.0
"""Seconds that the median rerun may take."""
PATIENCE_S = 120.0
"""Seconds after which an answer is not waited for any more."""
THINKS_S = 0.5
"""Seconds between a student's clicks."""
WORD = re.compile(r"\bmarker\d{4}\b")


@dataclass
class Student:
    """A browser tab: its connection, the widgets it has touched, and what it was shown."""

    number: int
    url: str
    reruns: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    uploaded_s: float = 0.0
    is_open: bool = False

    @property
    def word(self) -> str:
        return f"marker{self.number:04}"

    def work(self, until: float) -> None:
        """Upload a lecture, and look at it again and again."""
        try:
            with self._connected() as self.socket:
                self._study(until)
        except Exception as error:  # noqa: BLE001 (whatever it is, it is what this is about)
            self.problems.append(f"{type(error).__name__}: {error}")

    def _connected(self) -> connect:
        self.http = requests.Session()
        self.http.get(f"{self.url}/_stcore/health", timeout=PATIENCE_S)
        self.token = self.http.cookies.get("_streamlit_xsrf", "")
        self.query, self.session = "", ""
        self.widgets: dict[str, WidgetState] = {}
        self.known: dict[str, ForwardMsg] = {}
        self.deltas: list[Delta] = []
        return connect(
            f"{self.url.replace('http', 'ws')}/_stcore/stream",
            subprotocols=["streamlit"],
            additional_headers={"Cookie": f"_streamlit_xsrf={self.token}"},
            max_size=None,
        )

    def _study(self, until: float) -> None:
        self._rerun()
        began = time.monotonic()
        shown = self._upload()
        while self.word not in shown and time.monotonic() < began + PATIENCE_S:
            time.sleep(1)
            shown = self._rerun()
        self.uploaded_s, self.is_open = time.monotonic() - began, True
        while time.monotonic() < until:
            time.sleep(THINKS_S)
            began = time.monotonic()
            shown = self._rerun()
            self.reruns.append(time.monotonic() - began)
            self._look(shown)

    def _upload(self) -> str:
        """Choose a file of captions, and press the button."""
        lecture = spoken(own_texts()[self.number :], "en", 1_800)
        marked = replace(lecture.segments[0], text=f"Today {self.word} is what we talk about.")
        captions = to_srt(replace(lecture, segments=(marked, *lecture.segments[1:]))).encode()
        name = f"{self.word}.srt"
        asked = BackMsg()
        asked.file_urls_request.request_id, asked.file_urls_request.session_id = "1", self.session
        asked.file_urls_request.file_names.append(name)
        self.socket.send(asked.SerializeToString())
        urls = next(m for m in self._messages() if m.WhichOneof("type") == "file_urls_response")
        (place,) = urls.file_urls_response.file_urls
        self._send(place, name, captions)
        uploader = next(d.new_element.file_uploader for d in self.deltas if d.new_element.HasField("file_uploader"))
        chosen = WidgetState(id=uploader.id)
        chosen.file_uploader_state_value.uploaded_file_info.add(
            name=name, size=len(captions), file_id=place.file_id, file_urls=place
        )
        self.widgets[uploader.id] = chosen
        self._rerun()
        button = next(d.new_element.button for d in self.deltas if d.new_element.button.label == "Make study notes")
        return self._rerun(WidgetState(id=button.id, trigger_value=True))

    def _send(self, place: FileURLs, name: str, content: bytes) -> None:
        headers = {"X-Xsrftoken": self.token}
        address = f"{self.url}{place.upload_url}"
        answer = self.http.put(address, files={"file": (name, content)}, headers=headers, timeout=PATIENCE_S)
        answer.raise_for_status()

    def _rerun(self, pressed: WidgetState | None = None) -> str:
        """Have the page's script run; all the text that it shows."""
        asked = BackMsg()
        asked.rerun_script.query_string = self.query
        asked.rerun_script.widget_states.widgets.extend(self.widgets.values())
        if pressed:
            asked.rerun_script.widget_states.widgets.append(pressed)
        self.socket.send(asked.SerializeToString())
        self.deltas = []
        for message in self._messages():
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.session = message.new_session.initialize.session_id or self.session
                self.deltas = []
            elif kind == "delta":
                self.deltas.append(message.delta)
            elif kind == "page_info_changed":
                self.query = message.page_info_changed.query_string
            elif kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                break
        return b"\n".join(delta.SerializeToString() for delta in self.deltas).decode("utf-8", "replace")

    def _messages(self) -> Iterator[ForwardMsg]:
        while True:
            message = ForwardMsg()
            message.ParseFromString(self.socket.recv(timeout=PATIENCE_S))
            if message.WhichOneof("type") == "ref_hash":
                message = self.known[message.ref_hash]
            elif message.metadata.cacheable:
                self.known[message.hash] = message
            yield message

    def _look(self, shown: str) -> None:
        others = set(WORD.findall(shown)) - {self.word}
        if others:
            self.problems.append(f"a page of another student: {sorted(others)[:3]}")
        if self.word not in shown:
            self.problems.append("the lecture is not shown any more")
        if any(delta.new_element.HasField("exception") for delta in self.deltas):
            self.problems.append("an exception on the page")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=3.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        try:
            return report(server, options.students, options.minutes, Path(folder))
        finally:
            server.kill()


def report(server: Server, number: int, minutes: float, folder: Path) -> int:
    """Let the students work, and print how it went."""
    until = time.monotonic() + 60 * minutes
    students = [Student(n, server.url) for n in range(number)]
    threads = [threading.Thread(target=student.work, args=(until,)) for student in students]
    for thread in threads:
        thread.start()
    while not all(student.is_open or student.problems for student in students):
        time.sleep(0.2)
    recording = threading.Thread(target=keep_recognising, args=(server, until, folder))
    recording.start()
    memory: list[tuple[float, float]] = []
    while any(thread.is_alive() for thread in threads):
        memory.append((time.monotonic() / 60, server.memory() / 2**20))
        time.sleep(1)
    recording.join()
    problems = [f"student {s.number}: {problem}" for s in students for problem in s.problems]
    problems += ["a traceback in the server's log"] if "Traceback" in server.log() else []
    reruns = [seconds for student in students for seconds in student.reruns]
    print(f"{number} students, {minutes:g} minutes, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    if not reruns:
        print(*problems, sep="\n")
        return 1
    print(f"from upload to notes     {median(s.uploaded_s for s in students):6.1f} s at the median")
    print(f"reruns                   {len(reruns):6}, {median(reruns):.2f} s at the median", end="")
    print(f", {quantiles(reruns, n=20)[-1]:.2f} s for 19 of 20, {max(reruns):.2f} s at most")
    half = memory[len(memory) // 2 :]
    growth = linear_regression(*zip(*half, strict=True)).slope if len(half) > 2 else float("nan")
    print(f"the server's memory      {memory[0][1]:6.0f} MB, {memory[-1][1]:.0f} MB at the end", end="")
    print(f", {growth:+.1f} MB a minute in the second half")
    print(f"errors and mix-ups       {len(problems):6}", *problems[:5], sep="\n  ")
    return int(bool(problems) or median(reruns) > LIMIT_S)


def keep_recognising(server: Server, until: float, folder: Path) -> None:
    """Two recordings for the server's worker, again and again."""
    library = server.library()
    while time.monotonic() < until:
        entries = []
        for title in ("one", "two"):
            with SAMPLE.open("rb") as sound:
                source = Source(recording=store(sound, f"{title}.mp3", folder / "taken"))
            entry, _ = library.add(source, Settings(vocabulary=title), datetime.now().astimezone())
            entries.append(entry.id)
        while time.monotonic() < until and any(
            (entry := library.entry(one)) and entry.state in ("waiting", "running") for one in entries
        ):
            time.sleep(1)
        for one in entries:
            library.delete(one)
    library.close()


if __name__ == "__main__":
    sys.exit(main())
