"""python -m lecture process: run as users run it, in a process of its own."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from anki.collection import Collection, ImportAnkiPackageRequest
from pypdf import PdfReader

from tests.fixtures import media

ROOT = Path(__file__).parent.parent
FILES = {
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
    assert one_line(done.stderr).startswith("gone.mp3 cannot be opened")
    assert {folder.name for folder in (tmp_path / "out").iterdir()} == {"Talk", "Talk (2)"}


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
