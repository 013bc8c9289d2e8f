"""Many machines: a real scheduler and real workers, each in a process of its own, that are killed as machines are."""

import pickle
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import psutil
import pytest

import models
from lecture.audio import Recording
from lecture.cluster import Cluster, Share
from lecture.errors import ClusterError
from lecture.jobs import Worker
from lecture.library import Library
from lecture.notes import Statement
from lecture.process import Lecture, Record, Settings, process
from lecture.recognisers import WHISPER_LIMITS
from lecture.source import Source, StoredFile
from lecture.transcribe import Recognised
from lecture.windows import windows
from tests.fixtures import media
from tests.fixtures.cluster import (
    ROOT,
    LocalCluster,
    children_of,
    environment,
    free_port,
    kill,
    silence_worker_of,
    wait_until,
)
from tests.fixtures.endpoint import ModelServer
from tests.fixtures.lectures import add

dask = pytest.importorskip("dask")
pytest.importorskip("distributed", reason="the packages for a cluster are not installed")

TINY_LECTURE = ROOT / "tests" / "fixtures" / "tiny_whisper" / "lecture.mp3"
WHISPER = Settings(recogniser="faster-whisper", model="tiny")
SPHINX = Settings(recogniser="pocketsphinx")


@pytest.fixture(scope="module")
def recording(tmp_path_factory) -> Path:
    """More than five minutes that the tiny Whisper knows: four batches and more."""
    samples = np.tile(media.excerpt(0, 80, TINY_LECTURE), 4)
    return media.write(tmp_path_factory.mktemp("recording") / "lecture.flac", samples)


@pytest.fixture(autouse=True)
def _models(monkeypatch, tiny_whisper):
    monkeypatch.setenv("LECTURE_MODELS", str(tiny_whisper))


@pytest.fixture(scope="module")
def at_home(recording, tiny_whisper, tmp_path_factory) -> Lecture:
    """What one machine makes of the recording."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(tmp_path_factory.mktemp("home"), tiny_whisper).items():
            patch.setenv(name, value)
        return process(source(recording), WHISPER, Record(), models.Models())


@pytest.fixture(scope="module")
def two(tiny_whisper, tmp_path_factory):
    """A scheduler and two workers that all tests may use which leave them alive."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(tmp_path_factory.mktemp("machine"), tiny_whisper).items():
            patch.setenv(name, value)
        cluster = LocalCluster(tmp_path_factory.mktemp("two"))
        try:
            cluster.start_scheduler()
            cluster.start_worker()
            cluster.start_worker()
            cluster.wait_for_workers(2)
            yield cluster
        finally:
            cluster.stop()


@pytest.fixture
def pair(two) -> LocalCluster:
    """The same, with a new page of notes."""
    two.forget()
    return two


@pytest.fixture
def own(tmp_path):
    """A cluster without any part yet, to be mistreated."""
    cluster = LocalCluster(tmp_path / "cluster")
    yield cluster
    cluster.stop()


@pytest.fixture(params=["sqlite"])
def library(tmp_path, request):
    """A library whose worker works no longer than the test."""
    server = request.getfixturevalue("postgresql") if request.param == "postgresql" else None
    library = Library(server and server.url(server.new_database()), tmp_path / "library")
    yield library
    silence_worker_of(library)


def source(path: Path) -> Source:
    return Source(recording=StoredFile(path, path.name))


def work(library: Library, cluster: LocalCluster) -> Worker:
    return Worker(library, models.Models(), lambda: datetime.now(UTC), cluster.cluster)


def wait_for(library: Library, lecture_id: str, *states: str) -> None:
    wait_until(lambda: library.entry(lecture_id).state in states)


# --------------------------------------------------------------------------------------------- the same result


def test_a_cluster_makes_of_a_lecture_what_one_machine_makes_of_it(pair, recording, at_home):
    made = process(source(recording), WHISPER, Record(), share=pair.cluster.share())
    assert made.transcript == at_home.transcript
    assert (made.notes, made.flashcards, made.rejected) == (at_home.notes, at_home.flashcards, at_home.rejected)
    assert len({pid for pid, _ in pair.windows()}) == 2, "one worker did everything"
    assert Counter(start for _, start in pair.windows()).most_common(1)[0][1] == 1
    assert [settings for _, settings in pair.moments("notes_and_cards")] == [["extractive"]]


def test_each_worker_loads_a_model_once_however_many_lectures_there_are(pair, recording):
    for _ in range(2):
        process(source(recording), WHISPER, Record(), share=pair.cluster.share())
    assert len(pair.windows()) == 2 * len({start for _, start in pair.windows()})
    assert all(number == 1 for number in Counter(pid for pid, _ in pair.moments("load_recogniser", ever=True)).values())


def test_language_and_vocabulary_reach_the_workers(pair, recording):
    settings = Settings(recogniser="faster-whisper", model="tiny", language="en", vocabulary="mitochondria")
    process(source(recording), settings, Record(), share=pair.cluster.share())
    assert {tuple(told[1:]) for _, told in pair.moments("recognise")} == {("en", "mitochondria")}


def test_a_servers_key_stays_where_it_was_given(pair, recording, monkeypatch):
    """The notes of an endpoint are asked for from here, and nothing of it is handed to a worker."""
    handed: list[bytes] = []
    submit = Share.submit

    def watched(share, function, *arguments):
        handed.append(pickle.dumps((function, arguments)))
        return submit(share, function, *arguments)

    class WithKey(Record):
        def key(self) -> str:
            return "sk-secret"

    monkeypatch.setattr(Share, "submit", watched)
    with ModelServer() as server:
        settings = replace(WHISPER, writer="endpoint", endpoint=server.url, endpoint_model="tiny")
        process(source(recording), settings, WithKey(), share=pair.cluster.share())
        assert any("sk-secret" in str(asked.headers) for asked in server.asked)
        assert handed and not any(b"sk-secret" in data or server.url.encode() in data for data in handed)
    assert pair.moments("notes_and_cards") == []


def test_statements_of_the_notes_are_told_as_they_are_without_a_cluster(pair, tmp_path):
    here, there = Told(), Told()
    captions = StoredFile(media.SAMPLE.with_suffix(".vtt"), "talk.vtt")
    process(Source(captions=captions), Settings(), here)
    process(Source(captions=captions), Settings(), there, share=pair.cluster.share())
    assert there.statements == here.statements != []


def test_pocketsphinx_works_in_processes_of_the_workers_own(pair, tmp_path):
    talk = source(media.write(tmp_path / "talk.flac", media.excerpt(0, 25)))
    made = process(talk, SPHINX, Record(), share=pair.cluster.share())
    assert made.transcript == process(talk, SPHINX, Record(), models.Models()).transcript
    workers = {pid for pid, _ in pair.windows()}
    assert workers and all(children_of(pid) for pid in workers)


def test_a_worker_that_is_stopped_leaves_no_process_behind(own, tmp_path):
    """PocketSphinx's processes are children of a child: none is to outlive the command, however that ends."""
    talk = source(media.write(tmp_path / "talk.flac", media.excerpt(0, 10)))
    own.start_scheduler()
    for end in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        worker = own.start_worker()
        own.wait_for_workers(1)
        process(talk, SPHINX, Record(), share=own.cluster.share())
        descendants = children_of(worker.pid)
        assert len(descendants) >= 2
        worker.send_signal(end)
        assert worker.wait(30) == (-signal.SIGKILL if end == signal.SIGKILL else 0)
        _, alive = psutil.wait_procs(descendants, 20)
        assert not alive
        own.wait_for_workers(0)


# --------------------------------------------------------------------------------------------- parts that are lost


def test_a_worker_killed_in_the_midst_of_a_lecture_costs_nothing_but_time(own, library, recording, at_home):
    own.start_scheduler()
    own.start_worker()
    own.start_worker()
    own.wait_for_workers(2)
    entry = add(library, recording.read_bytes(), "lecture.flac", WHISPER)
    worker = work(library, own)
    wait_until(lambda: library.windows_done(entry.id) >= 1)
    at_work = {pid for pid, _ in own.windows()}
    victim = own.windows()[-1][0]
    kill(victim)
    wait_for(library, entry.id, "ready", "failed")
    assert library.lecture(entry.id).transcript == at_home.transcript
    assert worker.trouble is None
    wait_until(lambda: {pid for pid, _ in own.moments("start")} - at_work - {victim})  # it was started again


def test_the_scheduler_restarted_in_the_midst_of_a_lecture_costs_no_window_twice(own, library, recording, at_home):
    own.start_scheduler()
    own.start_worker()
    own.wait_for_workers(1)
    entry = add(library, recording.read_bytes(), "lecture.flac", WHISPER)
    worker = work(library, own)
    wait_until(lambda: library.windows_done(entry.id) >= 3)
    own.kill_scheduler()
    wait_until(lambda: worker.trouble)
    assert own.address in worker.trouble and "does not answer" in worker.trouble
    wait_for(library, entry.id, "waiting")
    finished = {window.start for window in library.recognised(entry.id).values()}
    own.forget()
    own.start_scheduler()
    wait_for(library, entry.id, "ready", "failed")
    assert library.lecture(entry.id).transcript == at_home.transcript
    assert worker.trouble is None
    again = [start for _, start in own.windows()]
    assert again and not finished & set(again)
    assert len(again) == len(set(again))


def test_a_window_that_takes_every_worker_down_fails_its_lecture_and_no_other(own, library, recording, monkeypatch):
    monkeypatch.setenv("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", "1")  # not three: to be quick
    own.start_scheduler()
    first = windows_of(recording)[0]
    own.start_worker(die=str(first))
    own.start_worker(die=str(first))
    own.wait_for_workers(2)
    bad = add(library, recording.read_bytes(), "bad.flac", WHISPER)
    good = [add(library, media.SAMPLE.with_suffix(".vtt").read_text() + " " * n, "good.vtt") for n in range(3)]
    work(library, own)
    wait_for(library, bad.id, "failed")
    assert library.entry(bad.id).error == (
        "Several workers of the cluster ended while they were at this lecture, perhaps because memory ran out. "
        "Try a smaller model."
    )
    for entry in good:
        wait_for(library, entry.id, "ready", "failed")
        assert library.entry(entry.id).error is None
    own.wait_for_workers(2)


def test_a_worker_that_joins_late_takes_part(own, recording, at_home):
    own.start_scheduler()
    own.start_worker()
    own.wait_for_workers(1)
    record = Told(at_third=lambda: (own.start_worker(), own.wait_for_workers(2)))
    for told in (record, Record()):
        made = process(source(recording), WHISPER, told, share=own.cluster.share())
        assert made.transcript == at_home.transcript
    assert len({pid for pid, _ in own.windows()}) == 2


def test_without_a_scheduler_lectures_wait_and_the_page_says_why(own, library):
    entry = add(library, media.SAMPLE.with_suffix(".vtt").read_text(), "talk.vtt")
    worker = work(library, own)
    wait_until(lambda: worker.trouble)
    assert worker.trouble == (
        f"The cluster's scheduler at {own.address} does not answer. "
        "Check that it runs, and that this machine reaches it."
    )
    assert library.entry(entry.id).state == "waiting"
    own.start_scheduler()
    wait_until(lambda: "No worker has joined" in (worker.trouble or ""))
    assert library.entry(entry.id).state == "waiting"
    own.start_worker()
    wait_for(library, entry.id, "ready")
    wait_until(lambda: worker.trouble is None)


def test_a_scheduler_that_says_nothing_is_not_waited_for_in_silence(own, library, monkeypatch):
    monkeypatch.setattr("lecture.cluster.CONNECT_S", 1.0)
    own.start_scheduler()
    own.start_worker()
    own.wait_for_workers(1)
    worker = work(library, own)
    with own.frozen_scheduler():
        entry = add(library, media.SAMPLE.with_suffix(".vtt").read_text(), "talk.vtt")
        wait_until(lambda: worker.trouble)
        assert "does not answer" in worker.trouble
    wait_for(library, entry.id, "ready")
    wait_until(lambda: worker.trouble is None)


@pytest.mark.parametrize("address", ["nonsense://x", "tcp://", "http://127.0.0.1:1"])
def test_an_address_that_is_none_is_named(address):
    with pytest.raises(ClusterError, match="is no address of a scheduler"):
        Cluster(address).threads()


def test_with_certificates_nobody_without_them_gets_in(own, tmp_path, monkeypatch):
    if not shutil.which("openssl"):
        pytest.skip("openssl, which makes certificates, is not there")
    names = ["-keyout", tmp_path / "key", "-out", tmp_path / "certificate", "-subj", "/CN=cluster", "-days", "2"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *names], capture_output=True, check=True
    )
    tls = "DASK_DISTRIBUTED__COMM__TLS__"
    monkeypatch.setenv(f"{tls}CA_FILE", str(tmp_path / "certificate"))
    for part in ("SCHEDULER", "WORKER"):
        monkeypatch.setenv(f"{tls}{part}__CERT", str(tmp_path / "certificate"))
        monkeypatch.setenv(f"{tls}{part}__KEY", str(tmp_path / "key"))
    own.address = f"tls://127.0.0.1:{own.port}"
    own.start_scheduler("--host", "tls://127.0.0.1")
    own.start_worker()
    wait_until(lambda: "Registered to" in own.said())
    with pytest.raises(ClusterError, match="wants certificates"):
        Cluster(own.address).threads()
    files = {f"client.{name}": str(tmp_path / file) for name, file in (("cert", "certificate"), ("key", "key"))}
    settings = {f"distributed.comm.tls.{name}": file for name, file in files.items()}
    with dask.config.set({**settings, "distributed.comm.tls.ca-file": str(tmp_path / "certificate")}):
        own.cluster = Cluster(own.address)
        own.wait_for_workers(1)
        assert own.cluster.share().submit(int).result() == 0


# --------------------------------------------------------------------------------------------- many lectures


def test_a_lecture_that_is_cancelled_and_tried_again_at_once_is_in_one_pair_of_hands(pair, library, recording):
    entry = add(library, recording.read_bytes(), "lecture.flac", WHISPER)
    worker, at_work = work(library, pair), []
    for _ in range(3):
        wait_for(library, entry.id, "running")
        wait_until(lambda: worker.lectures_at_work == 1)
        library.cancel(entry.id)
        library.try_again(entry.id)
        worker.wake()
        for _ in range(50):
            at_work.append(sum(thread.name == "lecture" for thread in threading.enumerate()))
            time.sleep(0.01)
    wait_for(library, entry.id, "ready")
    wait_until(lambda: not worker.lectures_at_work)
    assert max(at_work) == 1


def test_a_cancelled_lecture_takes_its_waiting_windows_back(own, library, recording):
    """At once, though its worker says nothing for a long time: it is stopped in the midst of a window."""
    own.start_scheduler()
    own.start_worker()
    own.wait_for_workers(1)
    entry = add(library, recording.read_bytes(), "lecture.flac", WHISPER)
    worker = work(library, own)
    wait_until(lambda: library.windows_done(entry.id) >= 1)
    (pid,) = {pid for pid, _ in own.windows()}
    psutil.Process(pid).suspend()
    try:
        done = library.windows_done(entry.id)
        assert own.tasks() > 0
        library.cancel(entry.id)
        wait_until(lambda: not worker.lectures_at_work)
        wait_until(lambda: own.tasks() == 0)
        begun = len(own.moments("recognise"))
    finally:
        psutil.Process(pid).resume()
    own.cluster.share().submit(int).result()
    assert len(own.moments("recognise")) <= begun + 1  # one may be under way
    assert library.windows_done(entry.id) == done < len(windows_of(recording))
    assert library.entry(entry.id).state == "cancelled"


@pytest.mark.parametrize("library", ["sqlite", "postgresql"], indirect=True)
def test_fifty_lectures_of_five_owners_become_ready_in_turn(pair, library):
    said = media.SAMPLE.with_suffix(".vtt").read_text()
    owner_of = {}
    for owner in range(5):
        for number in range(10):
            text = said.replace("memory", f"memory{owner}{number}")
            owner_of[add(library.of(f"owner {owner}"), text, f"{number}.vtt").id] = owner
    worker = work(library, pair)
    wait_until(lambda: all(entry.state in ("ready", "failed") for entry in library.entries()), 180)
    assert {entry.state for entry in library.entries()} == {"ready"}
    assert worker.trouble is None
    order = [owner_of[entry.id] for entry in sorted(library.entries(), key=lambda e: library.finished(e.id))]
    for ready in range(5, 51, 5):
        counts = Counter(order[:ready])
        assert max(counts.values()) - min(counts[owner] for owner in range(5)) <= 2, order
    assert len({pid for pid, _ in pair.moments("notes_and_cards")}) == 2


# --------------------------------------------------------------------------------------------- the command line


def command_line(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lecture", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=180)


def test_the_command_line_spreads_its_lectures(pair, recording, tmp_path):
    for name in ("one", "two"):
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / f"{name}.flac").write_bytes(recording.read_bytes())
    (tmp_path / "in" / "bad.mp3").write_text("no recording")
    options = ("--cluster", pair.address, "--recogniser", "faster-whisper", "--model", "tiny")
    done = command_line("process", tmp_path / "in", "--out", tmp_path / "out", *options)
    assert done.returncode == 2, done.stderr
    assert "bad.mp3 is not a recording" in done.stderr and "Made 2, failed 1:" in done.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"One", "Two"}
    assert len(pair.windows()) == 2 * len(windows_of(recording))
    again = command_line("process", tmp_path / "in" / "one.flac", "--out", tmp_path / "out", *options)
    assert "skipped 1" in again.stderr and again.returncode == 0


def test_the_command_line_says_that_no_scheduler_is_there(tmp_path):
    address = f"tcp://127.0.0.1:{free_port()}"
    done = command_line("process", media.SAMPLE.with_suffix(".vtt"), "--out", tmp_path, "--cluster", address)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"The cluster's scheduler at {address} does not answer. Check that it runs, and that this machine reaches it.\n"
    )


def test_a_lecture_on_the_command_line_whose_scheduler_dies_says_so(own, recording, tmp_path):
    own.start_scheduler()
    own.start_worker()
    own.wait_for_workers(1)
    options = ("--cluster", own.address, "--recogniser", "faster-whisper", "--model", "tiny")
    arguments = ("process", str(recording), "--out", str(tmp_path / "out"), *options)
    command = subprocess.Popen(
        [sys.executable, "-m", "lecture", *arguments], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    wait_until(own.windows)
    own.kill_scheduler()
    _, said = command.communicate(timeout=60)
    assert command.returncode == 2
    assert "does not answer" in said and "Traceback" not in said


# ---------------------------------------------------------------------------------------------


class Told(Record):
    """What a lecture's processing says; `at_third` is done when the third window was recognised."""

    def __init__(self, at_third: Callable[[], object] = lambda: None) -> None:
        self.statements: list[Statement] = []
        self.windows = 0
        self._at_third = at_third

    def on_recognised(self, window: Recognised) -> None:
        self.windows += 1
        if self.windows == 3:
            self._at_third()

    def on_statement(self, statement: Statement) -> None:
        self.statements.append(statement)


def windows_of(path: Path) -> list[float]:
    return [window.start for window in windows(Recording(path), WHISPER_LIMITS)]
