"""python -m lecture process: run as users run it, in a process of its own."""

import contextlib
import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from anki.collection import Collection, ImportAnkiPackageRequest
from pypdf import PdfReader

import machine
from tests.fixtures import media

ROOT = Path(__file__).parent.parent
CAPTIONS = media.SAMPLE.with_suffix(".vtt").read_text()
FILES = {
    "made.json",
    "transcript.txt",
    "transcript without times.txt",
    "transcript.srt",
    "transcript.vtt",
    "transcript.json",
    "summary.md",
    "summary.txt",
    "flashcards.apkg",
    "flashcards.json",
    "flashcards.csv",
    "flashcards.txt",
    "report.pdf",
    "report.docx",
    "report.txt",
}


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command with a terminal-less standard error, on a machine without models or network."""
    return subprocess.run(
        [sys.executable, "-m", "lecture", "process", *map(str, arguments)],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def one_line(text: str) -> str:
    assert "Traceback" not in text
    lines = text.strip().splitlines()
    assert len(lines) == 1, text
    return lines[0]


def results(folder: Path) -> set[str]:
    """The folders of lectures that were made; nothing else may lie beside them."""
    made = set((folder / "out").iterdir())
    assert all((path / "made.json").exists() for path in made)
    return {path.name for path in made}


def captions(path: Path, word: str = "memory") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(CAPTIONS.replace("memory", word))
    return path


def sound(path: Path, start: float, end: float) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return media.write(path, media.excerpt(start, end))


def contents(folder: Path) -> dict[str, tuple[int, int]]:
    """What tells a file that was written anew: its inode and its time."""
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.iterdir()}


def test_a_recording_becomes_a_folder_with_everything(tmp_path):
    path = media.write(tmp_path / "my_lecture.mp3", media.excerpt(35, 60))
    done = run(path, "--out", tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    folder = tmp_path / "out" / "My lecture"
    assert done.stdout.strip() == str(folder)
    assert {file.name for file in folder.iterdir()} == FILES
    assert {entry.name for entry in (tmp_path / "out").iterdir()} == {"My lecture"}
    transcript = json.loads((folder / "transcript.json").read_text())
    assert transcript["recogniser"] == "pocketsphinx"
    assert transcript["duration"] == pytest.approx(25, abs=0.2)
    assert all({"start", "end", "text"} <= segment.keys() for segment in transcript["segments"])
    cards = json.loads((folder / "flashcards.json").read_text())
    assert all(card.keys() >= {"question", "answer", "evidence", "kind"} for card in cards)
    assert all(card["id"] for card in cards)
    assert all(card["evidence"].keys() == {"quote", "start", "end"} for card in cards)
    rows = list(csv.reader((folder / "flashcards.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == len(cards) + 1
    text = "".join(page.extract_text() for page in PdfReader(folder / "report.pdf").pages)
    assert "working memory" in text
    assert "draft" in (folder / "transcript.txt").read_text().splitlines()[0]
    assert "draft" in (folder / "summary.md").read_text()


def test_whisper_by_name(tiny_whisper, tmp_path, monkeypatch):
    monkeypatch.setenv("LECTURE_MODELS", str(tiny_whisper))
    lecture = ROOT / "tests" / "fixtures" / "tiny_whisper" / "lecture.mp3"
    done = run(lecture, "--out", tmp_path, "--recogniser", "whisper", "--model", "tiny", "--language", "en")
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "Lecture" / "transcript.json").read_text())["recogniser"] == "whisper"


def test_several_files_are_finished_although_one_fails(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "talk.vtt").write_bytes(media.SAMPLE.with_suffix(".vtt").read_bytes())
    done = run(
        tmp_path / "a" / "talk.vtt", tmp_path / "gone.mp3", tmp_path / "b" / "talk.vtt", "--out", tmp_path / "out"
    )
    assert done.returncode == 2
    reason, *summary = done.stderr.splitlines()
    assert reason.startswith("gone.mp3 cannot be opened")
    assert summary == ["Made 2, failed 1:", f"  gone.mp3: {reason}"]
    assert results(tmp_path) == {"Talk", "Talk (2)"}


def bad(folder: Path) -> dict[str, tuple[Path, str]]:
    empty, text, playlist, captions = (folder / n for n in ("empty.mp3", "notes.mp3", "list.mp3", "bad.srt"))
    empty.touch()
    text.write_text("not a recording " * 100)
    playlist.write_text("#EXTM3U\nother.mp3\n")
    captions.write_text("1\n00:00:05,000 --> 00:00:02,000\nBackwards.\n")
    m4a = media.write(folder / "whole.m4a", media.excerpt(0, 3))
    return {
        "empty": (empty, "empty"),
        "text": (text, "not a recording"),
        "m4a without index": (media.without_index(m4a, folder / "cut.m4a"), "index"),
        "video without sound": (media.write_video_without_sound(folder / "silent.mp4"), "no sound"),
        "silence": (media.write(folder / "silence.wav", media.silence(30)), "No speech was found"),
        "playlist": (playlist, "playlist"),
        "backward caption": (captions, "Line 2"),
    }


@pytest.mark.parametrize(
    "kind",
    ["empty", "text", "m4a without index", "video without sound", "silence", "playlist", "backward caption"],
)
def test_bad_input_gets_one_line_and_status_2(kind, tmp_path):
    path, expected = bad(tmp_path)[kind]
    done = run(path, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert expected in one_line(done.stderr)
    assert not list(tmp_path.glob("out/*"))


def test_a_recording_cut_short_is_used_with_a_warning(tmp_path):
    whole = media.write(tmp_path / "whole.flac", media.excerpt(35, 60))
    done = run(media.cut_short(whole, tmp_path / "short.flac"), "--out", tmp_path / "out")
    assert done.returncode == 0
    assert "cut short" in one_line(done.stderr)
    assert (tmp_path / "out" / "Short" / "report.pdf").exists()


def test_the_same_file_again_gives_the_same_cards_in_anki(tmp_path):
    collection = Collection(str(tmp_path / "collection.anki2"))
    counts = []
    for folder in ("first", "second"):
        assert run(media.SAMPLE.with_suffix(".vtt"), "--out", tmp_path / folder).returncode == 0
        package = tmp_path / folder / "How memory works" / "flashcards.apkg"
        collection.import_anki_package(ImportAnkiPackageRequest(package_path=str(package)))
        counts.append(collection.note_count())
    collection.close()
    assert counts[0] == counts[1] > 0


def test_captions_out_of_order_are_used_with_a_warning(tmp_path):
    path = tmp_path / "mixed.srt"
    path.write_text(
        "1\n00:00:08,000 --> 00:00:12,000\nSecond.\n\n"
        "2\n00:00:01,000 --> 00:00:04,000\nOsmosis is the movement of water.\n"
    )
    done = run(path, "--out", tmp_path / "out")
    assert done.returncode == 0
    assert "order" in one_line(done.stderr)
    assert "Osmosis" in (tmp_path / "out" / "Mixed" / "transcript.txt").read_text().splitlines()[0]


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "out").write_text("a file where the folder should be")
    done = run(media.SAMPLE.with_suffix(".vtt"), "--out", tmp_path / "out")
    assert done.returncode == 2
    assert str(tmp_path / "out") in one_line(done.stderr)


def test_whisper_without_weights_or_network_says_what_to_do(tmp_path):
    done = run(media.SAMPLE, "--out", tmp_path, "--recogniser", "faster-whisper")
    assert done.returncode == 2
    assert "LECTURE_MODELS" in one_line(done.stderr)


# --------------------------------------------------------------------------------------------- many files and folders


def test_a_folder_is_searched_for_recordings_and_captions_but_not_for_results_or_notes_of_the_users_own(tmp_path):
    term = tmp_path / "term"
    captions(term / "week 1" / "cells.vtt", "cells")
    captions(term / "week 2" / "genes.srt", "genes")
    captions(term / ".hidden" / "no.vtt", "no")
    captions(term / "week 2" / "._genes.srt")
    (term / "week 2" / "shopping list.txt").write_text("Milk. Bread. Butter.")
    (term / "week 2" / "slides.pdf").write_bytes(b"%PDF-1.7")
    done = run(term, "--out", term / "out")
    assert (done.returncode, done.stderr) == (0, "Made 2.\n")
    assert results(term) == {"Cells", "Genes"}
    moved = term / "of last year"
    (term / "out").rename(moved)
    assert run(term, "--out", term / "out").stderr == "Made 2.\n"


def test_a_recording_and_the_captions_of_its_name_are_one_lecture(tmp_path):
    sound(tmp_path / "in" / "Cells.wav", 35, 41)
    captions(tmp_path / "in" / "cells.srt", "cells")
    captions(tmp_path / "in" / "cells.vtt", "something else")
    captions(tmp_path / "in" / "genes.vtt", "genes")
    done = run(tmp_path / "in", tmp_path / "in" / "genes.vtt", "--out", tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "cells.vtt is left out: cells.srt says the same.\nMade 2.\n")
    assert results(tmp_path) == {"Cells", "Genes"}
    made = json.loads((tmp_path / "out" / "Cells" / "made.json").read_text())
    assert set(made["sources"]) == {"Cells.wav", "cells.srt"}
    transcript = json.loads((tmp_path / "out" / "Cells" / "transcript.json").read_text())
    assert transcript["recogniser"] == "captions"
    assert "something else" not in (tmp_path / "out" / "Cells" / "transcript.txt").read_text()


def test_a_folder_without_lectures_says_so_and_the_others_are_made(tmp_path):
    (tmp_path / "empty").mkdir()
    captions(tmp_path / "cells.vtt")
    done = run(tmp_path / "empty", tmp_path / "cells.vtt", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert done.stderr.startswith("There are no recordings or captions in")
    assert results(tmp_path) == {"Cells"}


# --------------------------------------------------------------------------------------------- done already


@pytest.fixture
def done_before(tmp_path) -> Path:
    """A folder with captions, of which everything was made."""
    captions(tmp_path / "in" / "talk.vtt")
    assert run(tmp_path / "in", "--out", tmp_path / "out").returncode == 0
    return tmp_path


def test_what_is_done_is_left_alone(done_before):
    before = contents(done_before / "out" / "Talk")
    done = run(done_before / "in", "--out", done_before / "out")
    assert (done.returncode, done.stdout) == (0, "")
    assert one_line(done.stderr) == "Made 0, skipped 1 that are done (--again makes them anew)."
    assert contents(done_before / "out" / "Talk") == before


@pytest.mark.parametrize("change", ["--again", "settings", "source", "a result is gone", "no record", "damaged record"])
def test_what_is_not_done_any_more_is_made_anew_in_its_place(done_before, change):
    folder = done_before / "out" / "Talk"
    before, more = contents(folder), []
    if change == "--again":
        more = ["--again"]
    elif change == "settings":
        more = ["--summary", "short"]
    elif change == "source":
        captions(done_before / "in" / "talk.vtt", "wombats")
    elif change == "a result is gone":
        (folder / "report.pdf").unlink()
    elif change == "no record":
        (folder / "made.json").unlink()
    else:
        (folder / "made.json").write_text('{"version": ')
    done = run(done_before / "in", "--out", done_before / "out", *more)
    assert done.returncode == 0
    assert "replaces what was in" in one_line(done.stderr)
    assert results(done_before) == {"Talk"}
    after = contents(folder)
    assert after.keys() == before.keys() == FILES
    assert all(after[name] != before[name] for name in FILES)
    assert ("wombats" in (folder / "transcript.txt").read_text()) == (change == "source")


def test_a_lecture_keeps_its_folder_whatever_else_is_made_and_wherever_it_is_moved(done_before):
    """Two lectures of one name: neither ever takes the other's results."""
    captions(done_before / "more" / "talk.vtt", "genes")
    assert run(done_before / "more", "--out", done_before / "out").stderr == ""
    assert results(done_before) == {"Talk", "Talk (2)"}
    for inputs in (["more", "in"], ["in"], ["more"]):
        done = run(*(done_before / name for name in inputs), "--out", done_before / "out")
        assert f"Made 0, skipped {len(inputs)}" in done.stderr
    (done_before / "more").rename(done_before / "moved")
    assert "Made 0, skipped 1" in run(done_before / "moved", "--out", done_before / "out").stderr
    assert "genes" in (done_before / "out" / "Talk (2)" / "transcript.txt").read_text()


def test_a_lecture_whose_writer_was_away_is_made_again_until_it_was_there(tmp_path):
    path, nobody = captions(tmp_path / "talk.vtt"), "http://u:secret@127.0.0.1:9/v1"
    for _ in range(2):
        done = run(path, "--out", tmp_path / "out", "--writer", "endpoint", "--endpoint", nobody)
        assert "built-in writer made these notes instead" in done.stderr
    assert "secret" not in (tmp_path / "out" / "Talk" / "made.json").read_text()


# --------------------------------------------------------------------------------------------- several at once


def test_several_at_once_make_the_same_as_one_after_another(tmp_path):
    sound(tmp_path / "in" / "a.mp3", 35, 45)
    sound(tmp_path / "in" / "b.mp3", 45, 55)
    captions(tmp_path / "in" / "c.vtt")
    media.write(tmp_path / "in" / "d.wav", media.silence(5))
    one = run(tmp_path / "in", "--out", tmp_path / "one")
    two = run(tmp_path / "in", "--out", tmp_path / "out", "--workers", "2")
    assert one.returncode == two.returncode == 2
    assert "Made 3, failed 1:\n  d.wav: No speech was found" in two.stderr
    assert "Traceback" not in two.stderr
    assert sorted(two.stdout.splitlines()) == [str(tmp_path / "out" / name) for name in "ABC"]
    assert results(tmp_path) == {"A", "B", "C"}
    for name in "ABC":
        for file in ("transcript.json", "flashcards.json", "summary.txt"):
            assert (tmp_path / "one" / name / file).read_bytes() == (tmp_path / "out" / name / file).read_bytes()


def started(*arguments: str | Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "lecture", "process", *map(str, arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=ROOT, preexec_fn=heeding_ctrl_c, **pipes)  # noqa: PLW1509 - it sets a handler


def heeding_ctrl_c() -> None:
    """As in a terminal: a shell has what it starts in the background ignore it, and so does all that this starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def parent(process: int) -> int | None:
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    return None


def workers_of(process: int) -> list[int]:
    """The worker processes that it started itself."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            line = (path / "cmdline").read_bytes()
            if b"popen_loky" in line and parent(int(path.name)) == process:
                found.append(int(path.name))
    return found


def workers_at_work(running: subprocess.Popen[str], number: int) -> list[int]:
    for _ in range(600):
        if len(found := workers_of(running.pid)) >= number:
            return found
        assert running.poll() is None, running.stderr.read()
        time.sleep(0.1)
    raise AssertionError("There are no workers")


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds processes in /proc")
needs_two_cores = pytest.mark.skipif(machine.cores() < 2, reason="one core carries one lecture at a time")


@needs_proc
@needs_two_cores
def test_a_worker_that_is_killed_costs_no_lecture(tmp_path):
    for number in range(3):
        sound(tmp_path / "in" / f"{number}.mp3", 35, 50 + number)
    running = started(tmp_path / "in", "--out", tmp_path / "out", "--workers", "2")
    os.kill(workers_at_work(running, 2)[0], signal.SIGKILL)
    _, error = running.communicate(timeout=300)
    assert (running.returncode, error) == (0, "Made 3.\n")
    assert results(tmp_path) == {"0", "1", "2"}


@needs_proc
@needs_two_cores
def test_ctrl_c_ends_all_workers_and_leaves_nothing_half_written(tmp_path):
    for number in range(2):
        sound(tmp_path / "in" / f"{number}.mp3", 0, 100 + number)
    running = started(tmp_path / "in", "--out", tmp_path / "out", "--workers", "2")
    workers = workers_at_work(running, 2)
    time.sleep(3)
    running.send_signal(signal.SIGINT)
    _, error = running.communicate(timeout=60)
    assert running.returncode == 130
    assert one_line(error).startswith("Stopped.")
    assert not list(tmp_path.glob("out/*"))
    for _ in range(50):
        if not any(Path(f"/proc/{worker}").exists() for worker in workers):
            break
        time.sleep(0.1)
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)


# --------------------------------------------------------------------------------------------- on a terminal


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_terminal_shows_how_far_all_and_each_are(tmp_path, workers):
    captions(tmp_path / "in" / "done.vtt")
    assert run(tmp_path / "in", "--out", tmp_path / "out").returncode == 0
    captions(tmp_path / "in" / "cells.vtt", "cells")
    captions(tmp_path / "in" / "genes.vtt", "genes")
    pty, termios = pytest.importorskip("pty"), pytest.importorskip("termios")
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 100))
    arguments = [str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--workers", workers]
    environment = {**os.environ, "COLUMNS": "100"}
    running = subprocess.Popen(
        [sys.executable, "-m", "lecture", "process", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # how a terminal says that nobody writes to it any more
        while part := os.read(ours, 4096):
            shown += part
    os.close(ours)
    text = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", shown.decode())
    assert running.wait(60) == 0
    assert running.stdout.read().decode().count("\n") == 2
    running.stdout.close()
    assert re.search(r"Lectures: .* 1 of 3 ", text)
    assert re.search(r"Lectures: .* 2 of 3 ", text)
    assert re.search(r"cells.vtt: .*(Reading the captions|Writing the notes|Making the flashcards)", text)
    assert re.search(r"genes.vtt: .*(Reading the captions|Writing the notes|Making the flashcards)", text)
    assert "Made 2, skipped 1" in text
