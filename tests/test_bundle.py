"""Everything as one ZIP: complete, the same again, safe to unpack, and not held in memory at once."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from datetime import UTC, datetime

import pytest

from lecture.captions import read_captions
from lecture.files.archive import write_archive
from lecture.files.bundle import study_files, write_bundle
from lecture.files.card_files import flashcards_from_json
from lecture.notes import Notes
from lecture.process import Lecture
from lecture.source import Source, StoredFile
from lecture.transcript import Transcript, from_json
from report import study_report
from tests.fixtures import media
from tests.fixtures.study import ALL_KINDS, CHAPTERED, CREATED, HOSTILE, TRANSCRIPT

NAMES = {
    *("report.pdf", "report.docx", "report.txt"),
    *("summary.md", "summary.txt"),
    *("flashcards.apkg", "flashcards.csv", "flashcards.json", "flashcards.txt"),
    *("transcript.txt", "transcript without times.txt", "transcript.srt", "transcript.vtt", "transcript.json"),
}


def lecture(recording=None, notes=CHAPTERED, cards=ALL_KINDS, transcript=TRANSCRIPT) -> Lecture:
    captions = StoredFile(media.SAMPLE.with_suffix(".vtt"), "waves.vtt")
    return Lecture(Source(recording, None if recording else captions), transcript, notes, cards)


def files(made: Lecture, title="Waves"):
    def report() -> bytes:
        return study_report(title, "waves.mp3", made.transcript, made.notes, made.flashcards, CREATED).pdf

    return study_files(made, "id", title, report, created=CREATED, exported=CREATED)


def bundled(made: Lecture, title="Waves") -> bytes:
    target = io.BytesIO()
    write_bundle(target, title, files(made, title), CREATED)
    return target.getvalue()


def test_everything_is_there_and_can_be_read():
    with zipfile.ZipFile(io.BytesIO(bundled(lecture()))) as parts:
        assert parts.testzip() is None
        content = {name.removeprefix("Waves/"): parts.read(name) for name in parts.namelist()}
    assert set(content) == NAMES
    assert content["report.pdf"].startswith(b"%PDF")
    assert flashcards_from_json(content["flashcards.json"]) == ALL_KINDS
    assert from_json(content["transcript.json"]) == TRANSCRIPT
    said = [segment.text for segment in TRANSCRIPT.segments]
    for name in ("transcript.srt", "transcript.vtt"):
        assert [segment.text for segment in read_captions(content[name], name).segments] == said
    assert b"[03:20] They do not" in content["transcript.txt"]
    assert content["transcript without times.txt"].decode().splitlines()[2:] == said
    for name in ("report.docx", "flashcards.apkg"):
        assert zipfile.is_zipfile(io.BytesIO(content[name]))


def test_the_cards_sound_where_there_is_a_recording(tmp_path):
    with_sound = dict(files(lecture(StoredFile(media.SAMPLE, "waves.mp3"))))["flashcards.apkg"]
    broken = tmp_path / "broken"
    broken.write_bytes(b"no recording")
    silent = dict(files(lecture(StoredFile(broken, "broken.mp3"))))["flashcards.apkg"]

    def sounds(package: bytes) -> int:
        with zipfile.ZipFile(io.BytesIO(package)) as parts:
            return len([name for name in parts.namelist() if name.isdigit()])

    assert (sounds(with_sound), sounds(silent)) == (4, 0)


def test_the_same_lecture_gives_the_same_bytes():
    assert bundled(lecture()) == bundled(lecture())


@pytest.mark.parametrize("title", [*HOSTILE, "../../etc/passwd", "C:\\x", "", "con", "/root", "語" * 300])
def test_no_title_leads_out_of_the_folder_that_it_is_unpacked_in(title, tmp_path):
    target = io.BytesIO()
    write_bundle(target, title, iter([("a.txt", b"a"), ("b.txt", b"b")]), CREATED)
    with zipfile.ZipFile(target) as parts:
        parts.extractall(tmp_path / "here")
        assert all(len(name.split("/")) == 2 for name in parts.namelist())
    assert [path.name for path in tmp_path.iterdir()] == ["here"]
    assert len(list((tmp_path / "here").rglob("*.txt"))) == 2


def test_a_lecture_of_which_nothing_was_made():
    nothing = lecture(
        notes=Notes((), (), "extractive"), cards=(), transcript=Transcript((), None, "whisper", None, 0.0)
    )
    assert set(dict(files(nothing))) == NAMES


def test_only_one_file_is_held_at_a_time():
    def large():
        for number in range(20):
            yield f"{number}", bytes(5_000_000)

    tracemalloc.start()
    write_archive(io.BytesIO(), large(), CREATED)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


def test_dates_before_zip_files_are_possible():
    target = io.BytesIO()
    write_archive(target, [("a", b"a")], datetime(1970, 1, 1, tzinfo=UTC))
    assert zipfile.ZipFile(target).getinfo("a").date_time == (1980, 1, 1, 0, 0, 0)
