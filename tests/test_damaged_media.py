"""Damaged and malicious recordings: none takes the program down, hangs it, leads it astray, or leaves half a lecture.

The files are those of `tests/fixtures/damaged.py`; `benchmarks/damaged.py` prints what became of them.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import lecture.decoder
import models
from benchmarks import damaged as benchmark
from lecture.audio import SAMPLE_RATE, Recording, declared_duration
from lecture.errors import SourceError
from lecture.jobs import Worker
from lecture.library import Library
from lecture.live.joining import join
from lecture.process import Settings
from tests.fixtures import media
from tests.fixtures.canary import canary
from tests.fixtures.damaged import CASES, SECONDS, pointers, write
from tests.fixtures.lectures import NOW, SRT, add

ROOT = Path(__file__).parent.parent
DONE = ("ready", "failed")


@pytest.fixture(scope="module")
def outcomes() -> dict[str, dict[str, object]]:
    """What became of each file, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "benchmarks/damaged.py", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return {one["name"]: one for one in map(json.loads, done.stdout.splitlines())}


def test_there_are_many_of_them_and_every_one_was_tried(outcomes):
    assert len(outcomes) == len(CASES) >= 200


@pytest.mark.parametrize("name", CASES)
def test_a_damaged_recording_is_read_or_refused_in_a_sentence_within_the_limits(name, outcomes):
    found = outcomes[name]
    assert found["fault"] is None
    assert found["refusal"] or found["heard"] > 0
    assert found["took"] < benchmark.LIMIT_S
    assert found["memory"] < benchmark.LIMIT_MB


def test_whole_recordings_are_heard_to_their_end_however_unusual(outcomes):
    whole = [one for name, one in outcomes.items() if name.startswith(("whole:", "really", "chapters", "cover"))]
    assert len(whole) > 40
    for one in whole:
        assert one["heard"] == pytest.approx(SECONDS, abs=0.2), one
        assert one["warnings"] == [], one


def test_a_bomb_stands_for_twelve_hours_at_most_and_its_transcript_says_so(outcomes):
    for name in ("silence for 14 hours.flac", "days in jumps of 59 minutes.mkv"):
        assert outcomes[name]["heard"] == pytest.approx(12 * 3600)
        assert "longer than 12 hours" in outcomes[name]["warnings"][0]


def test_an_encrypted_recording_is_called_that(outcomes):
    for kind in ("drms", "enca", "drmi"):
        assert "protected against copying" in outcomes[f"locked as {kind}.m4a"]["refusal"]


# ------------------------------------------------------------------------------------------------------ no files at all


def test_a_folder_and_a_pipe_are_no_recordings(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp3")
    (tmp_path / "folder.mp3").mkdir()
    for name in ("pipe.mp3", "folder.mp3"):
        with pytest.raises(SourceError, match=f"{name} is not a file"):
            Recording(tmp_path / name)


def test_a_link_is_what_it_leads_to(tmp_path):
    (tmp_path / "link.mp3").symlink_to(media.SAMPLE)
    assert Recording(tmp_path / "link.mp3").declared == Recording(media.SAMPLE).declared
    for name, target in (("nowhere.mp3", tmp_path / "gone"), ("circle.mp3", tmp_path / "circle.mp3")):
        (tmp_path / name).symlink_to(target)
        with pytest.raises(SourceError, match=f"{name} cannot be opened"):
            Recording(tmp_path / name)


@pytest.mark.parametrize("name", ["a\x1b[2Jb.mp3", "a\nb.mp3", "a\x9bb\udce9.mp3"])
def test_a_name_is_shown_without_what_would_steer_a_terminal(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(b"no sound")
    with pytest.raises(SourceError) as refusal:
        Recording(path)
    assert all(letter.isprintable() for letter in str(refusal.value))
    str(refusal.value).encode()


# ------------------------------------------------------------------------------------------------ the decoder's process


@pytest.fixture
def long(tmp_path) -> Path:
    """A recording that no pipe holds all the sound of."""
    return media.write(tmp_path / "long.flac", np.tile(media.excerpt(0, 10), 20))


def decoders() -> list[int]:
    """The decoders of this process that are at work."""
    children = " ".join(path.read_text() for path in Path("/proc/self/task").glob("*/children")).split()
    return [int(one) for one in children if b"lecture.decoding" in Path(f"/proc/{one}/cmdline").read_bytes()]


@pytest.mark.parametrize("by", [signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL])
def test_a_crash_of_the_decoder_costs_what_comes_after_it_and_is_said(by, long):
    recording = Recording(long)
    blocks = iter(recording)
    next(blocks)
    [decoder] = decoders()
    os.kill(decoder, by)
    list(blocks)
    assert 1 <= recording.position < 30
    assert "could not be read any further" in recording.warnings()[0]
    list(recording)
    assert (recording.position, recording.warnings()) == (pytest.approx(200, abs=0.1), ())


def test_a_decoder_that_makes_no_progress_is_given_up(long, monkeypatch):
    monkeypatch.setattr(lecture.decoder, "PATIENCE_S", 1.0)
    recording = Recording(long)
    blocks = iter(recording)
    next(blocks)
    [decoder] = decoders()
    os.kill(decoder, signal.SIGSTOP)
    began = time.monotonic()
    list(blocks)
    assert time.monotonic() - began < 10
    assert "took too long" in recording.warnings()[0]
    assert decoders() == []


def test_who_takes_time_over_each_block_does_not_lose_the_decoder(long, monkeypatch):
    monkeypatch.setattr(lecture.decoder, "PATIENCE_S", 0.5)
    recording = Recording(long)
    blocks = iter(recording)
    next(blocks)
    time.sleep(3)
    list(blocks)
    assert (recording.position, recording.warnings()) == (pytest.approx(200, abs=0.1), ())


def test_a_decoder_that_wants_more_memory_than_it_may_have_is_refused(long, monkeypatch):
    monkeypatch.setattr(lecture.decoder, "MEMORY", 64 << 20)
    with pytest.raises(SourceError, match=r"long\.flac"):
        list(Recording(long))


def test_nothing_is_decoded_any_more_once_nobody_listens(long):
    blocks = iter(Recording(long))
    next(blocks)
    assert len(decoders()) == 1
    blocks.close()
    assert decoders() == []


def test_a_decoder_ends_with_the_program_that_asked_however_that_ends(long):
    script = (
        "import sys, os; from pathlib import Path; from lecture.audio import Recording\n"
        "blocks = iter(Recording(Path(sys.argv[1]))); next(blocks)\n"
        "from tests.test_damaged_media import decoders; print(*decoders(), flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(long)], cwd=ROOT, stdout=subprocess.PIPE, check=False)
    assert done.returncode == -signal.SIGKILL
    decoder, end = int(done.stdout), time.monotonic() + 20
    while Path(f"/proc/{decoder}").exists():
        assert time.monotonic() < end, "it is still there"
        time.sleep(0.05)


def test_a_module_that_lies_in_the_folder_one_works_in_is_not_taken_for_ours(tmp_path, monkeypatch):
    for name in ("av", "json", "lecture"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('taken')")
    monkeypatch.chdir(tmp_path)
    assert sum(map(len, Recording(media.write(tmp_path / "a.wav", media.noise(1.0))))) == SAMPLE_RATE


def test_damaged_takes_are_joined_or_refused_in_a_sentence(tmp_path):
    kinds = ("webm", "mp4", "ogg", "fragments.mp4")
    names = [
        name for name in CASES if name.startswith(("cut at", "middle gone", "1.0%", "10.0%")) and name.endswith(kinds)
    ]
    whole = write("whole: webm", tmp_path)
    joined = 0
    for name in names[::5]:
        try:
            join([whole, write(name, tmp_path)], tmp_path / "joined")
        except SourceError as refusal:
            assert "\n" not in str(refusal)
            continue
        joined += 1
        assert sum(map(len, Recording(tmp_path / "joined"))) > 2.5 * SAMPLE_RATE
    assert joined > 3


# ------------------------------------------------------------------------------------------- files that point elsewhere


def test_nothing_that_a_file_points_at_is_read_or_asked_for(tmp_path):
    with canary(tmp_path / "canary") as bird:
        files = pointers(bird.path, bird.address)
        assert len(files) >= 40
        assert not bird.read()
        for name, content in files.items():
            path = tmp_path / "canary" / name
            path.write_bytes(content)
            declared_duration(io.BytesIO(content))
            try:
                recording = Recording(path)
                list(recording)
                assert name == "linked segment.mkv"
                assert recording.position < SECONDS + 0.2
            except SourceError as refusal:
                assert "\n" not in str(refusal)
            assert (bird.asked, bird.read()) == ([], False), name
        list(Recording(bird.path))
        assert bird.read()  # it does sing


def test_the_command_line_follows_nothing_either_and_leaves_no_half_lecture(tmp_path):
    with canary(tmp_path / "canary") as bird:
        lectures = tmp_path / "lectures"
        lectures.mkdir()
        for name, content in pointers(bird.path, bird.address).items():
            if name.startswith(("file in its", "address.m3u8", "file, called", "file.ffconcat")):
                (lectures / f"{name}.mp3").write_bytes(content)
        for name in ("locked as drms.m4a", "cut at moov.m4a", "noise.mp3", "40 bits.wav", "0.1% flipped: mp3"):
            write(name, lectures)
        (lectures / "good.srt").write_text(SRT.format("Osmosis is the movement of water.", "It needs a membrane."))
        done = subprocess.run(
            [sys.executable, "-m", "lecture", "process", str(lectures), "--out", str(tmp_path / "out")],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert (bird.asked, bird.read()) == ([], False)
    assert "Traceback" not in done.stderr
    assert "Something unexpected" not in done.stderr
    assert (tmp_path / "out" / "Good" / "made.json").exists()
    for made in (tmp_path / "out").iterdir():
        assert (made / "made.json").exists(), made


# ------------------------------------------------------------------------------------------- the library and its worker


@pytest.mark.parametrize("every", [11, pytest.param(1, marks=pytest.mark.long)])
def test_the_library_takes_them_all_and_ends_with_each(every, tmp_path, tiny_whisper, monkeypatch):
    monkeypatch.setenv("LECTURE_MODELS", str(tiny_whisper))
    library, entries = Library(folder=tmp_path / "library"), {}
    settings = Settings(recogniser="whisper", model="tiny", language="en")
    bombs = ("silence for 14 hours.flac", "days in jumps of 59 minutes.mkv")  # each takes a minute
    for name in [name for name in list(CASES)[::every] if name not in bombs]:
        entries[name] = add(library, CASES[name](), name, settings)
    with canary(tmp_path / "canary") as bird:
        for name, content in list(pointers(bird.path, bird.address).items())[:: min(every, 4)]:
            entries[name] = add(library, content, f"{name}.mp3", settings)
        entries["good"] = add(library, SRT.format("Osmosis is the movement of water.", "It needs a membrane."))
        worker, end = Worker(library, models.shared(), lambda: NOW), time.monotonic() + 500
        while any(entry.state not in DONE for entry in library.entries()):
            assert time.monotonic() < end, [entry for entry in library.entries() if entry.state not in DONE]
            time.sleep(0.1)
        assert worker.trouble is None
        assert (bird.asked, bird.read()) == ([], False)
    for name, entry in entries.items():
        now, made = library.entry(entry.id), library.lecture(entry.id)
        assert now
        if now.state == "failed":
            assert made is None, name
            assert now.error and "\n" not in now.error and "unexpected" not in now.error, (name, now.error)
        else:
            assert made and made.transcript.segments and made.notes, name
    assert library.entry(entries["good"].id).state == "ready"
    folders = {path.name for path in (library.folder / "lectures").iterdir()}
    assert folders == {entry.id for entry in library.entries()}
    shutil.rmtree(library.folder)
