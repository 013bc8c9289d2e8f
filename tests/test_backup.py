"""A whole library in one file, and back."""

import errno
import io
import os
import random
import signal
import sqlite3
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lecture import backup as backup_module
from lecture.__main__ import main
from lecture.backup import backup, restore
from lecture.errors import LectureError, SourceError, StorageError
from lecture.library import Library
from lecture.process import Progress, Record, Settings, process
from lecture.proposals import Proposals
from lecture.source import Source, store
from lecture.transcript import Segment
from models import Choice
from tests.fixtures import media

ROOT = Path(__file__).parent.parent
CREATED = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)
CAPTIONS = media.SAMPLE.with_suffix(".vtt")


def took_in(library: Library, name: str, recording: bytes, captions: bytes | None = None) -> str:
    incoming = library.folder / "incoming"
    source = Source(
        store(io.BytesIO(recording), f"{name}.mp3", incoming),
        store(io.BytesIO(captions), f"{name}.vtt", incoming) if captions else None,
    )
    return library.add(source, Settings(), CREATED)[0].id


def fill(library: Library) -> None:
    """Two lectures that are ready, and one that is being processed."""
    for name in ("How memory works", "Memory again"):
        took_in(library, name, media.SAMPLE.read_bytes() + name.encode(), CAPTIONS.read_bytes())
        entry = library.take_next()
        library.finish(entry.id, process(entry.source, entry.settings, Record()), CREATED)
    half = took_in(library, "Half heard", bytes(range(256)) * 9_000)
    library.take_next()
    library.note_choice(half, Choice("pocketsphinx", "en-us", "A reason."))
    library.plan(half, {0: (0.0, 8.0), 1: (8.0, 20.5)}, "en")
    library.note_segments(half, 0, [Segment(0.5, 7.0, "Half of what was said.")])
    library.note_progress(half, Progress("Listening", 8.0, 60.0, "seconds"))
    library.prefer(Settings(summary_length="long"))


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library(folder=tmp_path_factory.mktemp("full"))
    fill(library)
    return library


@pytest.fixture(scope="module")
def saved(full, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("saved") / "library.zip"
    assert backup(full, path) == 3
    return path


def shown(library: Library) -> list[object]:
    """All that a library has, its folder apart."""
    found: list[object] = [library.preferred_settings(), library.search("memory")]
    for entry in library.entries():
        files = [entry.source.recording, entry.source.captions]
        lecture = library.lecture(entry.id)
        found += [
            (entry.id, entry.title, entry.created, entry.progress, entry.error, entry.duration, entry.settings),
            "waiting" if entry.state == "running" else entry.state,
            [(file.name, file.path.read_bytes()) for file in files if file],
            lecture and (lecture.transcript, lecture.notes, lecture.flashcards),
            (library.choice(entry.id), library.recognised(entry.id), library.finished(entry.id)),
        ]
    return found


def everything_under(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --------------------------------------------------------------------------------------------- there and back


@pytest.mark.parametrize("is_there", [False, True])
def test_a_restored_library_is_the_same(full, saved, tmp_path, is_there):
    folder = tmp_path / "data"
    if is_there:
        folder.mkdir()
    assert restore(saved, folder) == 3
    restored = Library(folder=folder)
    assert shown(restored) == shown(full)
    assert [entry.state for entry in restored.entries()] == ["waiting", "ready", "ready"]
    assert restored.search("memory")
    assert {path.name for path in tmp_path.iterdir()} == {"data"}
    assert {path.name for path in folder.iterdir()} <= {"library.db", "library.db-wal", "library.db-shm", "lectures"}


def test_what_was_running_goes_on_where_it_was(saved, tmp_path):
    restore(saved, tmp_path / "data")
    restored = Library(folder=tmp_path / "data")
    entry = restored.take_next()
    assert entry.title == "Half heard"
    assert restored.choice(entry.id) == (Choice("pocketsphinx", "en-us", "A reason."), "en")
    assert restored.latest_segments(entry.id)[0].text == "Half of what was said."


def test_a_backup_of_a_restored_library_holds_the_same(saved, tmp_path):
    restore(saved, tmp_path / "data")
    backup(Library(folder=tmp_path / "data"), tmp_path / "again.zip")
    with zipfile.ZipFile(saved) as first, zipfile.ZipFile(tmp_path / "again.zip") as second:
        names = [name for name in first.namelist() if name != "library.db"]
        assert sorted(second.namelist()) == sorted([*names, "library.db"])
        assert all(first.read(name) == second.read(name) for name in names)


def test_a_proposal_comes_back_with_its_lecture(tmp_path):
    library = Library(folder=tmp_path / "data")
    lecture = took_in(library, "Heard again", b"recording" * 100)
    Proposals(library).transcribe_again(lecture, Settings(recogniser="whisper"), CREATED)
    assert backup(library, tmp_path / "a.zip") == 1
    assert restore(tmp_path / "a.zip", tmp_path / "restored") == 1
    proposal = Proposals(Library(folder=tmp_path / "restored")).pending(lecture)
    assert proposal.id == Proposals(library).pending(lecture).id
    assert proposal.source.recording.path.read_bytes() == b"recording" * 100


def test_recordings_are_not_compressed_again_and_all_else_is(saved):
    with zipfile.ZipFile(saved) as archive:
        for member in archive.infolist():
            stored = member.filename.endswith("/recording")
            assert (member.compress_type == zipfile.ZIP_STORED) == stored


def test_progress_rises_to_the_whole(full, tmp_path):
    for step, work in (
        ("Backing up", lambda told: backup(full, tmp_path / "a.zip", told.append)),
        ("Restoring", lambda told: restore(tmp_path / "a.zip", tmp_path / "data", told.append)),
    ):
        told: list[Progress] = []
        work(told)
        assert {progress.step for progress in told} == {step}
        assert [progress.done for progress in told] == sorted(progress.done for progress in told)
        assert told[-1].done == told[-1].total


# --------------------------------------------------------------------------------------------- while others work

WRITING = """
import io, sys
from datetime import UTC, datetime
from pathlib import Path
from lecture.library import Library
from lecture.process import Settings
from lecture.source import Source, store
from lecture.transcript import Segment
library = Library(folder=Path(sys.argv[1]))
for number in range(10_000):
    content = str(number).encode() * 20_000
    source = Source(store(io.BytesIO(content), f"{number}.mp3", library.folder / "incoming"))
    lecture = library.add(source, Settings(), datetime(2026, 3, 2, tzinfo=UTC))[0].id
    library.plan(lecture, {n: (n * 10.0, n * 10.0 + 10) for n in range(5)}, "en")
    for n in range(5):
        library.note_segments(lecture, n, [Segment(n * 10.0, n * 10.0 + 10, "word " * 200)])
    if number % 2:
        library.delete(lecture)
    print(number, flush=True)
"""


def test_a_backup_while_another_process_writes_is_whole(tmp_path):
    library = Library(folder=tmp_path / "data")
    took_in(library, "First", b"first")
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITING, str(library.folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        for number in range(4):
            for _ in range(5):
                assert writer.stdout.readline()
            assert backup(library, tmp_path / f"{number}.zip") > 1
            assert writer.poll() is None
    finally:
        writer.kill()
        writer.communicate()
    for number in range(4):
        restore(tmp_path / f"{number}.zip", tmp_path / str(number))
        with sqlite3.connect(tmp_path / str(number) / "library.db") as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert not database.execute("PRAGMA foreign_key_check").fetchall()
        restored = Library(folder=tmp_path / str(number))
        for entry in restored.entries():
            content = entry.source.recording.path.read_bytes()
            assert content == b"first" or content == entry.title.encode() * 20_000
            assert len(restored.recognised(entry.id)) <= 5


def test_a_lecture_deleted_meanwhile_is_not_in_the_backup(tmp_path):
    library = Library(folder=tmp_path / "data")
    kept = took_in(library, "Kept", b"kept" * 1_000_000)
    gone = took_in(library, "Gone", b"gone")
    again = took_in(library, "Also gone", b"also")
    # The newest is copied first.
    assert backup(library, tmp_path / "a.zip", lambda progress: [library.delete(id_) for id_ in (gone, again)]) == 1
    restore(tmp_path / "a.zip", tmp_path / "restored")
    assert [entry.id for entry in Library(folder=tmp_path / "restored").entries()] == [kept]
    assert [path.name for path in (tmp_path / "restored" / "lectures").iterdir()] == [kept]


def test_a_lecture_whose_recording_was_lost_keeps_its_transcript(tmp_path):
    library = Library(folder=tmp_path / "data")
    fill(library)
    lost = library.entries()[-1]
    lost.source.recording.path.unlink()
    assert backup(library, tmp_path / "a.zip") == 3
    restore(tmp_path / "a.zip", tmp_path / "restored")
    restored = Library(folder=tmp_path / "restored")
    assert restored.lecture(lost.id).transcript == library.lecture(lost.id).transcript


# --------------------------------------------------------------------------------------------- refusals


def test_an_empty_library_replaces_no_backup(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"an earlier one")
    with pytest.raises(StorageError, match="no lectures"):
        backup(Library(folder=tmp_path / "data"), tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == b"an earlier one"


def test_another_database_is_left_to_its_own_dump(full, tmp_path, monkeypatch):
    monkeypatch.setattr(Library, "database", None)
    with pytest.raises(StorageError, match="own dump"):
        backup(full, tmp_path / "a.zip")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["", "library.db", "lecture.mp3"])
def test_only_a_zip_file_is_ever_replaced(full, tmp_path, name):
    if name:
        (tmp_path / name).write_text("mine")
    with pytest.raises(StorageError, match=r"ends in \.zip"):
        backup(full, tmp_path / name)
    assert not name or (tmp_path / name).read_text() == "mine"


def test_a_folder_with_something_in_it_is_left_alone(saved, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(StorageError, match="LECTURE_DATA"):
        restore(saved, tmp_path)
    assert everything_under(tmp_path) == {"mine.txt": b"mine"}


def test_a_file_where_the_folder_should_be_is_left_alone(saved, tmp_path):
    (tmp_path / "data").write_text("mine")
    with pytest.raises(StorageError):
        restore(saved, tmp_path / "data")
    assert (tmp_path / "data").read_text() == "mine"


@pytest.mark.parametrize("is_there", [False, True])
def test_a_library_that_was_begun_during_a_restore_is_left_alone(saved, tmp_path, is_there):
    folder = tmp_path / "data"
    if is_there:
        folder.mkdir()
    begun = []

    def begin(progress: Progress) -> None:
        if not begun:
            begun.append(took_in(Library(folder=folder), "New", b"new"))

    with pytest.raises(StorageError, match="never overwrites"):
        restore(saved, folder, begin)
    assert [entry.id for entry in Library(folder=folder).entries()] == begun
    assert {path.name for path in tmp_path.iterdir()} == {"data"}
    assert not list(folder.glob(".unfinished*"))


def full_disk(progress: Progress) -> None:
    if progress.share > 0.5:
        raise OSError(errno.ENOSPC, "No space left on device")


def stopped(progress: Progress) -> None:
    if progress.share > 0.5:
        raise KeyboardInterrupt


@pytest.mark.parametrize(("trouble", "error"), [(full_disk, StorageError), (stopped, KeyboardInterrupt)])
def test_what_is_broken_off_leaves_nothing(full, saved, tmp_path, trouble, error):
    (tmp_path / "a.zip").write_bytes(b"an earlier one")
    with pytest.raises(error):
        backup(full, tmp_path / "a.zip", trouble)
    with pytest.raises(error):
        restore(saved, tmp_path / "data", trouble)
    assert everything_under(tmp_path) == {"a.zip": b"an earlier one"}
    (tmp_path / "volume").mkdir()
    with pytest.raises(error):
        restore(saved, tmp_path / "volume", trouble)
    assert not list((tmp_path / "volume").iterdir())


def test_too_small_a_disk_is_known_beforehand(full, saved, tmp_path, monkeypatch):
    usage = backup_module.shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(backup_module.shutil, "disk_usage", lambda folder: usage)
    for work in (lambda: backup(full, tmp_path / "a.zip"), lambda: restore(saved, tmp_path / "data")):
        with pytest.raises(StorageError, match="disk is full"):
            work()
    assert not list(tmp_path.iterdir())


RESTORING = """
import sys, time
from pathlib import Path
from lecture.backup import restore
def on_progress(progress):
    if progress.share > 0.5:
        print("half", flush=True)
        time.sleep(60)
restore(Path(sys.argv[1]), Path(sys.argv[2]), on_progress)
"""


@pytest.mark.parametrize("is_there", [False, True])
def test_a_killed_restore_can_be_done_again(full, saved, tmp_path, is_there):
    folder = tmp_path / "data"
    if is_there:
        folder.mkdir()
    restoring = subprocess.Popen(
        [sys.executable, "-c", RESTORING, str(saved), str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert restoring.stdout.readline() == "half\n"
    restoring.send_signal(signal.SIGKILL)
    restoring.communicate()
    assert not (folder / "library.db").exists()
    restore(saved, folder)
    assert shown(Library(folder=folder)) == shown(full)
    assert {path.name for path in tmp_path.iterdir()} == {"data"}


# --------------------------------------------------------------------------------------------- bad files


def made(path: Path, *members: str, database: bytes | None = None) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in members:
            archive.writestr(name, b"content")
        if database is not None:
            archive.writestr("library.db", database)
    return path


def a_database(folder: Path, *statements: str) -> bytes:
    path = folder / "made.db"
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as database:
        for statement in statements:
            database.execute(statement)
    return path.read_bytes()


def bad(kind: str, saved: Path, folder: Path) -> Path:
    path = folder / "bad.zip"
    with zipfile.ZipFile(saved) as archive:
        database = archive.read("library.db")
    match kind:
        case "gone":
            return path
        case "empty":
            path.touch()
        case "not a zip":
            path.write_bytes(media.SAMPLE.read_bytes())
        case "cut short":
            path.write_bytes(saved.read_bytes()[: saved.stat().st_size // 2])
        case "changed":
            content = bytearray(saved.read_bytes())
            content[len(content) // 3] ^= 255
            path.write_bytes(content)
        case "foreign":
            made(path, "notes.txt", "pictures/one.png")
        case "no database":
            made(path, "lectures/abc/recording")
        case "no SQLite":
            made(path, database=b"something else" * 1000)
        case "foreign database":
            made(path, database=a_database(folder, "CREATE TABLE lectures (number INTEGER)"))
        case "newer":
            changed = ("CREATE TABLE alembic_version (version_num TEXT)", "INSERT INTO alembic_version VALUES ('9999')")
            made(path, database=a_database(folder, *changed))
        case name:
            made(path, name, database=database)
    return path


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("gone", "cannot be opened"),
        ("empty", "damaged, or not a backup"),
        ("not a zip", "damaged, or not a backup"),
        ("cut short", "damaged, or not a backup"),
        ("changed", "damaged, or not a backup"),
        ("foreign", "not a backup of a library"),
        ("no database", "not a backup of a library"),
        ("no SQLite", "not a backup of a library"),
        ("foreign database", "not a backup of a library"),
        ("newer", "newer version"),
        ("../evil", "not a backup of a library"),
        ("/tmp/evil", "not a backup of a library"),
        ("lectures/../../evil/recording", "not a backup of a library"),
        ("lectures/../recording", "not a backup of a library"),
        ("lectures\\abc\\recording", "not a backup of a library"),
        ("C:/evil", "not a backup of a library"),
        ("lectures/abc/recording\n", "not a backup of a library"),
        ("lectures/abc/other", "not a backup of a library"),
        ("lectures/abc/recording/deeper", "not a backup of a library"),
        ("library.db-wal", "not a backup of a library"),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence_and_leaves_nothing(kind, expected, saved, tmp_path):
    source = bad(kind, saved, tmp_path)
    before = everything_under(tmp_path)
    with pytest.raises(SourceError, match=expected) as refused:
        restore(source, tmp_path / "data" / "library")
    assert "\n" not in str(refused.value)
    assert everything_under(tmp_path) == before
    assert not (tmp_path / "data" / "library").exists()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_twice_is_refused(saved, tmp_path):
    with zipfile.ZipFile(saved) as archive:
        database = archive.read("library.db")
    source = made(tmp_path / "a.zip", "lectures/abc/recording", "lectures/abc/recording", database=database)
    with pytest.raises(SourceError, match="not a backup"):
        restore(source, tmp_path / "data")


def test_a_link_in_a_zip_is_not_followed(saved, tmp_path):
    with zipfile.ZipFile(saved) as archive:
        database = archive.read("library.db")
        lecture = archive.namelist()[0].split("/")[1]
    link = zipfile.ZipInfo(f"lectures/{lecture}/recording")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/hostname")
        archive.writestr("library.db", database)
    restore(tmp_path / "a.zip", tmp_path / "data")
    path = tmp_path / "data" / "lectures" / lecture / "recording"
    assert not path.is_symlink()
    assert path.read_text() == "/etc/hostname"


def test_no_damage_gets_through_unnoticed(tmp_path):
    """Whatever is changed or cut in a backup, it is refused in a sentence, or restored as it was."""
    library = Library(folder=tmp_path / "library")
    took_in(library, "One", b"one" * 100)
    backup(library, tmp_path / "a.zip")
    content = (tmp_path / "a.zip").read_bytes()
    chance = random.Random(0)
    refused = 0
    for number in range(60):
        damaged = bytearray(content)
        at = chance.choice([chance.randrange(len(content)), len(content) - 1 - chance.randrange(300)])
        if number % 3:
            damaged[at] ^= chance.randrange(1, 256)
        else:
            del damaged[at:]
        (tmp_path / "damaged.zip").write_bytes(damaged)
        try:
            restore(tmp_path / "damaged.zip", tmp_path / str(number))
        except LectureError:
            refused += 1
            assert not (tmp_path / str(number)).exists()
        else:
            assert shown(Library(folder=tmp_path / str(number))) == shown(library)
    assert refused > 30


# --------------------------------------------------------------------------------------------- the command line


def run(*arguments: str | Path, data: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lecture", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "LECTURE_DATA": str(data), **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_commands_say_what_they_did(full, tmp_path):
    done = run("backup", tmp_path / "a.zip", data=full.folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"Lectures backed up to {tmp_path / 'a.zip'}: 3\n"
    done = run("restore", tmp_path / "a.zip", data=tmp_path / "data")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"Lectures restored to {tmp_path / 'data'}: 3\n"
    assert shown(Library(folder=tmp_path / "data")) == shown(full)


def test_what_the_commands_refuse_is_one_line_and_status_2(saved, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "mine.txt").touch()
    for done, expected in (
        (run("backup", tmp_path / "a.zip", data=tmp_path / "empty"), "no lectures"),
        (run("restore", tmp_path / "gone.zip", data=tmp_path / "data"), "cannot be opened"),
        (run("restore", media.SAMPLE, data=tmp_path / "data"), "not a backup"),
        (run("restore", saved, data=tmp_path / "mine"), "never overwrites"),
        (run("restore", saved, data=tmp_path / "data", LECTURE_DB="sqlite:////tmp/other.db"), "LECTURE_DB"),
    ):
        assert (done.returncode, done.stdout) == (2, "")
        assert expected in done.stderr
        assert len(done.stderr.splitlines()) == 1, done.stderr
    assert not (tmp_path / "data").exists()


def test_a_command_that_is_stopped_says_so(full, saved, tmp_path, monkeypatch, capsys):
    def pressed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setenv("LECTURE_DATA", str(full.folder))
    monkeypatch.setattr(backup_module._Copied, "copy", pressed)
    assert main(["backup", str(tmp_path / "a.zip")]) == 130
    monkeypatch.setenv("LECTURE_DATA", str(tmp_path / "data"))
    assert main(["restore", str(saved)]) == 130
    assert capsys.readouterr().err == "Stopped. Nothing was changed.\n" * 2
    assert not list(tmp_path.glob("[!m]*"))
