"""Work in the background: in order, one at a time, cancelled, interrupted, gone on with, and through every fault."""

import contextlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import event

import models
from lecture import process
from lecture.errors import StorageError
from lecture.jobs import Worker
from lecture.library import Entry, Library
from lecture.process import Settings
from lecture.transcript import Transcript
from tests.fixtures import media
from tests.fixtures.lectures import NOW, SRT, add, uploaded
from tests.fixtures.spy import Spy

ROOT = Path(__file__).parent.parent
TINY_LECTURE = ROOT / "tests" / "fixtures" / "tiny_whisper" / "lecture.mp3"
TALK = SRT.format("Osmosis is the movement of water.", "Diffusion needs no membrane at all.")


@pytest.fixture
def library(tmp_path) -> Library:
    return Library(folder=tmp_path / "library")


@pytest.fixture(scope="module")
def recording(tmp_path_factory) -> bytes:
    """Half a minute of the demonstration lecture: eight windows for the spy."""
    return media.write(tmp_path_factory.mktemp("recording") / "a.flac", media.excerpt(0, 40)).read_bytes()


def work(library: Library, shared: object = None) -> Worker:
    return Worker(library, shared or models.shared(), lambda: NOW)


def wait_until(true: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "this never came true"
        time.sleep(0.01)


def wait_for(library: Library, entry: Entry, *states: str) -> Entry:
    """The lecture as soon as it is in one of these states."""
    end = time.monotonic() + 60
    while (now := library.entry(entry.id)) is None or now.state not in states:
        assert time.monotonic() < end, now
        time.sleep(0.01)
    return now


def transcript(library: Library, entry: Entry) -> Transcript:
    lecture = library.lecture(entry.id)
    assert lecture
    return lecture.transcript


@pytest.fixture
def undisturbed(tmp_path, recording, monkeypatch) -> tuple[Transcript, list[float]]:
    """What the spy makes of the recording when nothing happens, and the windows it is asked for."""
    library, spy = Library(folder=tmp_path / "undisturbed"), Spy().installed(monkeypatch)
    entry = add(library, recording, "a.flac")
    work(library, spy)
    wait_for(library, entry, "ready")
    assert len(spy.heard) >= 8
    return transcript(library, entry), spy.heard


# --------------------------------------------------------------------------------------------- in order


def test_a_lecture_that_waits_becomes_ready(library):
    worker = work(library)
    entry = add(library, TALK)
    worker.wake()
    ready = wait_for(library, entry, "ready")
    assert (ready.error, library.finished(entry.id), worker.trouble) == (None, NOW, None)
    assert transcript(library, entry).segments[0].text == "Osmosis is the movement of water."


def test_lectures_are_processed_as_they_came_in_though_the_clock_was_set_back(library):
    entries = []
    for n in range(3):
        source = uploaded(library, SRT.format(f"Talk number {n}.", "That was all."), f"{n}.srt")
        entries.append(library.add(source, Settings(), NOW - timedelta(days=n))[0])
    assert library.entries() == entries[::-1]

    def clock() -> datetime:
        return NOW - timedelta(hours=sum(entry.state == "ready" for entry in library.entries()))

    Worker(library, models.shared(), clock)
    for entry in entries:
        wait_for(library, entry, "ready")
    assert [library.finished(entry.id) for entry in entries] == [NOW - timedelta(hours=n) for n in range(3)]
    assert library.entries()[0].id == entries[2].id


def test_a_lecture_that_another_process_takes_in_is_found_without_being_told(library):
    work(library)
    wait_for(library, add(Library(folder=library.folder), TALK), "ready")


def test_a_failed_lecture_says_why_and_the_next_one_is_processed(library, recording, monkeypatch):
    spy = Spy(lambda done: 1 / 0).installed(monkeypatch)
    damaged = add(library, b"this is no recording", "damaged.wav")
    broken = add(library, recording, "a.flac")
    good = add(library, TALK)
    work(library, spy)
    wait_for(library, good, "ready")
    damaged, broken = wait_for(library, damaged, "failed"), wait_for(library, broken, "failed")
    assert damaged.error.startswith("damaged.wav is not a recording that can be read.")
    assert "unexpected" in broken.error and "division by zero" in broken.error


# --------------------------------------------------------------------------------------------- cancelled, deleted


def test_a_running_lecture_is_cancelled_within_one_window_and_keeps_what_was_recognised(
    library, recording, undisturbed, monkeypatch
):
    """Another tab cancels it in mid-window: that one may end, and no other begins."""
    tab = Library(folder=library.folder)

    def cancel_at_fifth(done: int) -> None:
        if done == 4:
            tab.cancel(entry.id)
            time.sleep(0.4)

    spy = Spy(cancel_at_fifth, batch=1).installed(monkeypatch)
    entry = add(library, recording, "a.flac")
    worker = work(library, spy)
    wait_for(library, entry, "cancelled")
    wait_until(lambda: not worker.lectures_at_work)
    assert len(spy.heard) == 5
    kept = library.recognised(entry.id)
    assert list(kept) == [0, 1, 2, 3, 4]
    assert [s.text for s in library.latest_segments(entry.id, 2)] == [kept[n].segments[0].text for n in (3, 4)]

    spy.before = lambda done: None
    library.try_again(entry.id, Settings())
    wait_for(library, entry, "ready")
    assert spy.heard == undisturbed[1]  # none was recognised twice
    assert transcript(library, entry) == undisturbed[0]


def test_a_lecture_that_is_cancelled_and_tried_again_at_once_is_written_with_its_key(library, recording, monkeypatch):
    go_on, keys = threading.Event(), []
    spy = Spy(lambda done: keys.append([*worker.keys.values()]) or go_on.wait(60)).installed(monkeypatch)
    worker = work(library, spy)
    entry = add(library, recording, "a.flac")
    wait_until(lambda: keys)
    library.cancel(entry.id)
    worker.keys[entry.id] = "secret"
    library.try_again(entry.id)
    go_on.set()
    wait_for(library, entry, "ready")
    assert keys[-1] == ["secret"]
    wait_until(lambda: not worker.keys)


def test_a_lecture_with_captions_does_not_wait_for_another_one_to_be_recognised(library, recording, monkeypatch):
    go_on = threading.Event()
    spy = Spy(lambda done: go_on.wait(60)).installed(monkeypatch)
    heard, second = add(library, recording, "a.flac"), add(library, recording + b" ", "b.flac")
    work(library, spy)
    wait_until(lambda: library.entry(heard.id).state == "running")
    for name in ("one", "two"):
        with_captions = add(library, TALK.replace("Osmosis", name))
        wait_for(library, with_captions, "ready")
    assert [library.entry(entry.id).state for entry in (heard, second)] == ["running", "waiting"]
    go_on.set()
    wait_for(library, second, "ready")
    assert library.entry(heard.id).state == "ready"


def test_a_recording_does_not_wait_for_notes_that_are_written_slowly(library, recording, monkeypatch):
    go_on, written = threading.Event(), process.notes_and_cards

    def slowly(transcript, settings, record, shared):
        assert transcript.recogniser != "captions" or go_on.wait(60)
        return written(transcript, settings, record, shared)

    monkeypatch.setattr(process, "notes_and_cards", slowly)
    spy = Spy().installed(monkeypatch)
    slow = add(library, TALK)
    worker = work(library, spy)
    wait_until(lambda: library.entry(slow.id).state == "running")
    wait_for(library, add(library, recording, "a.flac"), "ready")
    assert (library.entry(slow.id).state, worker.lectures_at_work) == ("running", 1)
    go_on.set()
    wait_for(library, slow, "ready")


def test_a_lecture_that_waits_is_cancelled_or_deleted_before_it_begins(library, recording, monkeypatch):
    spy = Spy().installed(monkeypatch)
    cancelled, deleted = add(library, recording, "a.flac"), add(library, recording + b" ", "b.flac")
    library.cancel(cancelled.id)
    library.delete(deleted.id)
    last = add(library, TALK)
    work(library, spy)
    wait_for(library, last, "ready")
    assert (library.entry(cancelled.id).state, library.entry(deleted.id), spy.heard) == ("cancelled", None, [])


def test_a_lecture_deleted_while_it_runs_is_gone_and_the_next_one_is_processed(library, recording, monkeypatch):
    def delete_at_third(done: int) -> None:
        if done == 2:
            Library(folder=library.folder).delete(entry.id)
            time.sleep(0.4)

    spy = Spy(delete_at_third, batch=1).installed(monkeypatch)
    entry = add(library, recording, "a.flac")
    last = add(library, TALK)
    worker = work(library, spy)
    wait_for(library, last, "ready")
    wait_until(lambda: library.entry(entry.id) is None and not worker.lectures_at_work)
    assert (len(spy.heard), worker.trouble) == (3, None)
    assert [other.id for other in library.entries()] == [last.id]
    assert [path.name for path in (library.folder / "lectures").iterdir()] == [last.id]
    with contextlib.closing(sqlite3.connect(library.folder / "library.db")) as connection:
        assert connection.execute("SELECT count(*) FROM windows").fetchone() == (0,)


def test_a_ready_lecture_is_neither_cancelled_nor_tried_again(library):
    entry = add(library, TALK)
    work(library)
    ready = wait_for(library, entry, "ready")
    library.cancel(entry.id)
    library.try_again(entry.id, Settings(summary_length="long"))
    assert library.entry(entry.id) == ready


@pytest.mark.parametrize(
    ("settings", "anew"), [(Settings(vocabulary="quartz"), True), (Settings(summary_length="short"), False)]
)
def test_trying_again_begins_anew_only_where_something_else_would_be_recognised(
    settings, anew, library, recording, undisturbed, monkeypatch
):
    spy = Spy(lambda done: library.cancel(entry.id) if done == 2 else None).installed(monkeypatch)
    entry = add(library, recording, "a.flac")
    work(library, spy)
    wait_for(library, entry, "cancelled")
    time.sleep(0.5)
    before = len(spy.heard)
    library.try_again(entry.id, settings)
    wait_for(library, entry, "ready")
    again = spy.heard[before:]
    assert again == (undisturbed[1] if anew else undisturbed[1][len(undisturbed[1]) - len(again) :])
    assert (len(again) == len(undisturbed[1])) == anew


def test_another_tab_sees_how_far_a_lecture_is(library, recording, monkeypatch):
    tab, go_on = Library(folder=library.folder), threading.Event()
    spy = Spy(lambda done: done == 5 and go_on.wait(30), batch=1).installed(monkeypatch)
    entry = add(library, recording, "a.flac")
    work(library, spy)
    wait_until(lambda: len(tab.recognised(entry.id)) == 5)
    seen = tab.entry(entry.id)
    assert (seen.state, seen.progress.step) == ("running", "Listening")
    assert seen.duration == pytest.approx(40, abs=0.1)
    assert tab.latest_segments(entry.id)[-1].start == spy.heard[4]
    assert tab.lecture(entry.id) is None
    go_on.set()
    wait_for(tab, entry, "ready")


# --------------------------------------------------------------------------------------------- faults


def test_a_recogniser_that_fails_half_way_leaves_what_was_finished_and_can_be_tried_again(
    library, recording, undisturbed, monkeypatch
):
    def fail_at_sixth(done: int) -> None:
        if done == 5:
            raise RuntimeError("out of luck")

    spy = Spy(fail_at_sixth).installed(monkeypatch)
    entry = add(library, recording, "a.flac")
    work(library, spy)
    failed = wait_for(library, entry, "failed")
    assert "out of luck" in failed.error
    assert list(library.recognised(entry.id)) == [0, 1, 2, 3, 4]
    assert library.lecture(entry.id) is None
    spy.before = lambda done: None
    library.try_again(entry.id)
    wait_for(library, entry, "ready")
    assert spy.heard[5:] == undisturbed[1][5:]  # five, though odd, is where a batch begins: 1, 2, 2
    assert transcript(library, entry) == undisturbed[0]


def test_a_damaged_model_file_fails_the_lecture_until_it_is_whole(library, tiny_whisper, tmp_path, monkeypatch):
    shutil.copytree(tiny_whisper, tmp_path / "models")
    monkeypatch.setenv("LECTURE_MODELS", str(tmp_path / "models"))
    (weights,) = (tmp_path / "models").rglob("model.bin")
    whole = weights.read_bytes()
    weights.write_bytes(whole[:100_000])
    entry = add(library, TINY_LECTURE.read_bytes(), "lecture.mp3", Settings(recogniser="faster-whisper", model="tiny"))
    work(library, models.Models())
    failed = wait_for(library, entry, "failed")
    assert "is damaged or of another kind; delete it and try again." in failed.error
    assert str(weights.parent) in failed.error
    weights.write_bytes(whole)
    library.try_again(entry.id)
    wait_for(library, entry, "ready")


@contextlib.contextmanager
def held_by_another_program(library: Library):
    with contextlib.closing(sqlite3.connect(library.folder / "library.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


@contextlib.contextmanager
def with_every_connection(library: Library, during: str, after: str):
    """Run a pragma on each connection as it is used, and another one afterwards."""
    now = [during]
    event.listen(library._engine, "checkout", lambda connection, *_: connection.execute(now[0]))
    yield
    now[0] = after


MORE_THAN_A_PAGE = " ".join(f"w{n}" for n in range(2_000))
"""Text that does not fit into the database's free pages, and in which no phrase is said again and again."""

FAULTS = {
    "locked": (held_by_another_program, "being used by another program"),
    "read-only": (
        partial(with_every_connection, during="PRAGMA query_only = 1", after="PRAGMA query_only = 0"),
        "cannot be written",
    ),
    "disk full": (
        partial(with_every_connection, during="PRAGMA max_page_count = 1", after="PRAGMA max_page_count = 1000000"),
        "The disk is full",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_library_that_cannot_be_written_stops_the_work_until_it_can(
    fault, tmp_path, recording, undisturbed, monkeypatch
):
    """The worker says so, loses nothing, fails nothing, and goes on by itself."""
    monkeypatch.setattr("lecture.database.BUSY_S", 0.2)
    library, begin, sentence = Library(folder=tmp_path / "library"), *FAULTS[fault]
    at_fifth, broken = threading.Event(), threading.Event()

    def stop_at_fifth(done: int) -> None:
        if done == 4 and not broken.is_set():
            at_fifth.set()
            broken.wait(30)

    spy = Spy(stop_at_fifth).installed(monkeypatch)
    spy.more = MORE_THAN_A_PAGE
    entry = add(library, recording, "a.flac")
    worker = work(library, spy)
    assert at_fifth.wait(30)
    with begin(library):
        broken.set()
        wait_until(lambda: worker.trouble)
        assert sentence in worker.trouble
        assert library.entry(entry.id).state in ("running", "waiting")
        assert {0, 1, 2} <= library.recognised(entry.id).keys()
    ready = wait_for(library, entry, "ready")
    assert (ready.error, worker.trouble) == (None, None)
    assert set(spy.heard) == set(undisturbed[1])
    assert not set(spy.heard[:3]) & set(spy.heard[5:])  # batches that were finished are not repeated
    assert [(s.start, s.end) for s in transcript(library, entry).segments] == [
        (s.start, s.end) for s in undisturbed[0].segments
    ]


def test_a_worker_that_cannot_get_its_turn_says_so_and_goes_on_when_it_can(library):
    (library.folder / "worker.lock").mkdir()
    entry = add(library, TALK)
    worker = work(library)
    wait_until(lambda: worker.trouble)
    assert library.entry(entry.id).state == "waiting"
    (library.folder / "worker.lock").rmdir()
    wait_for(library, entry, "ready")
    assert worker.trouble is None


@pytest.fixture
def small_disk(tmp_path):
    """A file system of three megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)


def test_a_disk_that_is_full_while_receiving_says_so_and_keeps_nothing_half_written(small_disk):
    library = Library(folder=small_disk)
    with pytest.raises(StorageError, match="The disk is full"):
        add(library, bytes(5_000_000), "a.wav")
    assert not list((library.folder / "incoming").iterdir())
    assert library.entries() == []
    add(library, TALK)
    assert len(library.entries()) == 1


def fill(disk: Path) -> Path:
    """Take all the space that is left; gives the file that has it."""
    ballast = disk / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    return ballast


def test_an_upload_is_back_where_it_was_when_the_disk_runs_full_at_the_last_moment(small_disk):
    library = Library(folder=small_disk)
    upload = uploaded(library, TALK, "a.srt")

    def full(_connection: object) -> None:
        assert not upload.captions.path.exists()
        fill(small_disk)

    event.listen(library._engine, "commit", full)
    with pytest.raises(StorageError, match="The disk is full"):
        library.add(upload, Settings(), NOW)
    event.remove(library._engine, "commit", full)
    assert upload.captions.path.read_text() == TALK
    assert library.entries() == []
    assert not list(library.folder.glob("lectures/*"))
    (small_disk / "ballast").unlink()
    assert library.add(upload, Settings(), NOW)[1]


def test_a_disk_that_is_full_while_transcribing_costs_nothing_that_was_finished(
    small_disk, recording, undisturbed, monkeypatch
):
    library = Library(folder=small_disk)
    entry = add(library, recording, "a.flac")

    def fill_at_fifth(done: int) -> None:
        if done == 4:
            fill(small_disk)

    worker = work(library, Spy(fill_at_fifth).installed(monkeypatch))
    wait_until(lambda: worker.trouble)
    assert worker.trouble.startswith("The disk is full")
    assert {0, 1, 2} <= library.recognised(entry.id).keys()
    (small_disk / "ballast").unlink()
    wait_for(library, entry, "ready")
    assert transcript(library, entry) == undisturbed[0]


# --------------------------------------------------------------------------------------------- killed


class Child:
    """A process that works through a recording in a library; see `tests.fixtures.worker`."""

    def __init__(self, folder: Path, recording: Path, settings: dict[str, str], die: str = "") -> None:
        self.log = folder.parent / f"{folder.name}.log"
        self._before = len(self.moments())
        arguments = [json.dumps(settings), str(recording), str(self.log), die]
        self._errors = folder.parent / f"{folder.name}.errors"
        with self._errors.open("w") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.fixtures.worker", *arguments],
                cwd=ROOT,
                env={**os.environ, "LECTURE_DATA": str(folder)},
                stderr=errors,
            )

    def moments(self) -> list[str]:
        """Lines of its log, of earlier processes as well."""
        return self.log.read_text().splitlines() if self.log.exists() else []

    def own_moments(self) -> list[str]:
        return self.moments()[self._before :]

    def batches(self) -> list[list[float]]:
        """Starts of the windows it recognised, batch by batch."""
        return [json.loads(m.removeprefix("recognise ")) for m in self.own_moments() if m.startswith("recognise ")]

    def end(self) -> int:
        code = self.process.wait(90)
        assert code in (0, -9), self._errors.read_text()
        return code

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def committed(folder: Path) -> set[float]:
    """Starts of the windows whose segments are in the library."""
    if not (folder / "library.db").exists():
        return set()
    with contextlib.closing(sqlite3.connect(folder / "library.db")) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'windows'").fetchone():
            return set()
        return {start for (start,) in connection.execute("SELECT start FROM windows WHERE segments IS NOT NULL")}


class Killed:
    """A recording that is worked through by processes which are killed, and checked after each death."""

    def __init__(self, folder: Path, recording: Path, settings: dict[str, str]) -> None:
        self.start = partial(Child, folder, recording, settings)
        self.folder = folder
        self.before: set[float] = set()

    def die_at(self, moment: str) -> None:
        child = self.start(moment)
        assert child.end() == -9, f"it never came to {moment}: {child.own_moments()}"
        self._check(child)

    def die_after(self, seconds: float) -> None:
        child = self.start()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.process.wait(seconds)
        child.kill()
        self._check(child)

    def finish(self) -> Transcript:
        child = self.start()
        assert child.end() == 0
        assert child.own_moments()[-1] == "ended ready"
        self._check(child)
        library = Library(folder=self.folder)
        (entry,) = library.entries()
        assert entry.state == "ready"
        return transcript(library, entry)

    def _check(self, child: Child) -> None:
        """No window committed before was recognised again, but those that share the batch that was being committed."""
        batches = child.batches()
        assert len(batches) == len({tuple(batch) for batch in batches})
        again = [set(batch) for batch in batches if set(batch) & self.before]
        assert len(again) <= 1
        for batch in again:
            assert batch - self.before, "a whole batch that was committed was recognised again"
        now = committed(self.folder)
        assert self.before <= now, "windows that were committed are gone"
        self.before = now


VARIANTS = ("pocketsphinx", "faster-whisper")


@pytest.fixture(scope="module")
def killable(tmp_path_factory, tiny_whisper) -> Callable[[str], tuple[Path, dict[str, str], Transcript, float]]:
    """By recogniser: a recording, settings, what an undisturbed process makes of it, and the seconds that takes."""
    known: dict[str, tuple[Path, dict[str, str], Transcript, float]] = {}

    def of(variant: str) -> tuple[Path, dict[str, str], Transcript, float]:
        if variant not in known:
            folder = tmp_path_factory.mktemp(variant)
            if variant == "pocketsphinx":
                samples = media.excerpt(0, 65)
            else:
                samples = media.np.tile(media.excerpt(0, 80, TINY_LECTURE), 2)
            path = media.write(folder / "lecture.flac", samples)
            settings = {"recogniser": variant, "model": "tiny" if variant == "faster-whisper" else "auto"}
            began = time.monotonic()
            made = Killed(folder / "undisturbed", path, settings).finish()
            known[variant] = path, settings, made, time.monotonic() - began
        return known[variant]

    return of


@pytest.fixture
def on_tiny_whisper(tiny_whisper, monkeypatch) -> None:
    monkeypatch.setenv("LECTURE_MODELS", str(tiny_whisper))


MOMENTS = {
    "pocketsphinx": ("step Listening", "note_segments 2", "finish"),
    "faster-whisper": ("library open", "note_segments 4", "writing notes"),
}
ALL_MOMENTS = (
    "create windows",
    "library open",
    "note_choice",
    "step Listening",
    *(f"note_segments {n}" for n in range(5)),
    "step Writing the notes",
    "writing notes",
    "step Making the flashcards",
    "finish",
)


@pytest.mark.usefixtures("on_tiny_whisper")
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize(
    "moments",
    [
        pytest.param(MOMENTS, id="some"),
        pytest.param(dict.fromkeys(VARIANTS, ALL_MOMENTS), id="all", marks=pytest.mark.long),
    ],
)
def test_a_process_killed_at_every_stage_loses_nothing_and_repeats_at_most_what_was_under_way(
    variant, moments, killable, tmp_path
):
    recording, settings, undisturbed, _ = killable(variant)
    killed = Killed(tmp_path / "library", recording, settings)
    for moment in moments[variant]:
        killed.die_at(moment)
    assert killed.finish() == undisturbed


@pytest.mark.usefixtures("on_tiny_whisper")
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_process_killed_at_random_loses_nothing(variant, killable, tmp_path):
    kill_at_random(variant, killable, tmp_path, seed=0, kills=2)


@pytest.mark.long
@pytest.mark.usefixtures("on_tiny_whisper")
@pytest.mark.parametrize("seed", range(1, 21))
def test_a_process_killed_at_random_loses_nothing_twenty_times_in_a_row(seed, killable, tmp_path):
    kill_at_random(VARIANTS[seed % 2], killable, tmp_path, seed, kills=5)


def kill_at_random(variant: str, killable, tmp_path: Path, seed: int, kills: int) -> None:
    recording, settings, undisturbed, seconds = killable(variant)
    killed, chance = Killed(tmp_path / "library", recording, settings), random.Random(seed)
    for _ in range(kills):
        killed.die_after(chance.uniform(0.1, seconds))
    assert killed.finish() == undisturbed


def test_one_process_is_the_worker_and_another_takes_over_when_it_is_killed(tmp_path):
    recording = media.write(tmp_path / "a.flac", media.excerpt(0, 150))
    folder = tmp_path / "library"
    first = Child(folder, recording, {})
    wait_until(lambda: committed(folder))
    second = Child(folder, recording, {})
    wait_until(lambda: "added False" in second.own_moments())
    chosen = [m for m in second.moments() if m.startswith("step Choosing")]
    first.kill()
    assert len(chosen) == 1, "both worked"
    assert second.end() == 0
    assert second.moments()[-1] == "ended ready"
    assert len([m for m in second.moments() if m.startswith("step Choosing")]) == 2
