"""The library: lectures taken in, found again, renamed and deleted; and its database, new, old, shared and broken."""

import contextlib
import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import models
from lecture.database import bring_up_to_date
from lecture.errors import StorageError
from lecture.library import Library
from lecture.process import Progress, Settings
from lecture.source import on_disk
from lecture.transcribe import Recognised
from lecture.transcript import Segment
from tests.fixtures.lectures import NOW, SRT, add, make_ready, rows_of, said, uploaded
from tests.fixtures.postgres import only_on_sqlite

ROOT = Path(__file__).parent.parent


@pytest.fixture
def library(tmp_path, database) -> Library:
    return Library(folder=tmp_path / "library")


def change(library: Library, statement: str) -> None:
    with library._engine.begin() as connection:
        connection.exec_driver_sql(statement)


def python(code: str, *arguments: str | Path) -> subprocess.Popen[str]:
    """Another process with this program."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answer(started: subprocess.Popen[str]) -> str:
    out, err = started.communicate(timeout=60)
    assert started.returncode == 0, err
    return out.strip()


def everything(library: Library) -> list[object]:
    return [(entry, library.lecture(entry.id), library.finished(entry.id)) for entry in library.entries()]


# --------------------------------------------------------------------------------------------- taking in


def test_a_lecture_taken_in_waits_with_its_files_in_a_folder_of_its_own(library):
    entry = add(library, b"RIFF", "my_lecture.wav", Settings(language="de"))
    assert (entry.title, entry.state, entry.created) == ("My lecture", "waiting", NOW)
    assert (entry.settings, entry.error, entry.duration) == (Settings(language="de"), None, None)
    assert entry.source.recording.path.read_bytes() == b"RIFF"
    assert entry.source.recording.path.is_relative_to(library.folder)
    assert entry.source.recording.name == "my_lecture.wav"
    assert library.entry(entry.id) == entry
    assert library.lecture(entry.id) is None
    assert not list((library.folder / "incoming").iterdir())


def test_lectures_are_listed_the_newest_first(library):
    entries = [add(library, SRT.format(n, n), f"{n}.srt") for n in "abc"]
    assert library.entries() == entries[::-1]
    assert len({entry.id for entry in entries}) == 3
    assert all(len(entry.id) >= 20 for entry in entries)


def test_a_ready_lecture_comes_back_as_it_was_made(library):
    ready = said(library, "Osmosis is the movement of water.")
    lecture = library.lecture(ready.id)
    assert [s.text for s in lecture.transcript.segments] == [
        "Osmosis is the movement of water.",
        "Nothing else was said.",
    ]
    assert (ready.duration, library.finished(ready.id)) == (lecture.transcript.duration, NOW)
    assert lecture.source == ready.source
    assert lecture.notes.summary


def test_the_same_files_with_the_same_settings_are_the_lecture_of_before(library):
    before = add(library, "the same", "a.srt")
    again = uploaded(library, "the same", "b.srt")
    entry, is_new = library.add(again, Settings(), NOW)
    assert (entry, is_new) == (before, False)
    assert not again.captions.path.exists()
    assert before.source.captions.path.exists()
    assert len(library.entries()) == 1


def test_other_settings_or_other_files_make_another_lecture(library):
    add(library, "the same")
    assert library.add(uploaded(library, "the same", "a.srt"), Settings(summary_length="long"), NOW)[1]
    assert library.add(uploaded(library, "not the same", "a.srt"), Settings(), NOW)[1]
    assert library.add(uploaded(library, "the same", "a.wav"), Settings(), NOW)[1]
    assert len(library.entries()) == 4


def test_a_lecture_tried_again_with_other_settings_is_known_by_those(library):
    entry = add(library, "the same")
    library.cancel(entry.id)
    library.try_again(entry.id, Settings(summary_length="long"))
    again, is_new = library.add(uploaded(library, "the same", "a.srt"), Settings(summary_length="long"), NOW)
    assert (again.id, is_new) == (entry.id, False)
    assert library.add(uploaded(library, "the same", "a.srt"), Settings(), NOW)[1]


def test_files_without_a_digest_are_told_apart_by_their_bytes(library, tmp_path):
    for name in ("a.srt", "b.srt"):
        (tmp_path / name).write_text(name)
    assert library.add(on_disk(tmp_path / "a.srt"), Settings(), NOW)[1]
    assert library.add(on_disk(tmp_path / "b.srt"), Settings(), NOW)[1]


@pytest.mark.parametrize("name", ["../../../up.srt", "/etc/passwd", "a/../../b.wav", "..", "C:\\x\\..\\y.mp3"])
def test_a_file_name_never_becomes_a_path(library, name):
    entry = add(library, b"content", name)
    library.rename(entry.id, "../../" + name)
    outside = [path for path in library.folder.parent.iterdir() if path not in (library.folder, entry.source.main.path)]
    assert entry.source.main.path.parent == library.folder / "lectures" / entry.id
    assert [path.name for path in outside if path.name != "machine"] == []
    assert library.entry(entry.id).title == "../../" + name
    assert library.entry(entry.id).source.main.name == name


def test_a_refused_lecture_leaves_its_upload_where_it_was(library):
    """Else a recording would be lost when the disk is full."""
    upload = uploaded(library, "content", "a.srt")
    (library.folder / "lectures").write_text("a file where the folder should be")
    with pytest.raises(StorageError):
        library.add(upload, Settings(), NOW)
    assert upload.captions.path.read_text() == "content"
    assert library.entries() == []
    (library.folder / "lectures").unlink()
    assert library.add(upload, Settings(), NOW)[1]


def test_an_upload_stays_where_it_was_when_the_database_refuses(library, database):
    upload = uploaded(library, "content", "a.srt")
    on_sqlite = "CREATE TRIGGER refused BEFORE INSERT ON lectures BEGIN SELECT RAISE(ABORT, 'refused'); END"
    refusal, end = "ALTER TABLE lectures ADD CONSTRAINT refused CHECK (id = '')", "DROP CONSTRAINT refused"
    change(library, on_sqlite if database == "sqlite" else refusal)
    with pytest.raises(Exception, match="refused"):
        library.add(upload, Settings(), NOW)
    change(library, "DROP TRIGGER refused" if database == "sqlite" else f"ALTER TABLE lectures {end}")
    assert upload.captions.path.exists()
    assert not list(library.folder.glob("lectures/*"))


# --------------------------------------------------------------------------------------------- renaming, deleting


def test_a_lecture_can_be_renamed(library):
    entry = add(library, "a")
    library.rename(entry.id, "Week 3: <b>cells</b>")
    assert library.entry(entry.id).title == "Week 3: <b>cells</b>"
    library.rename("nobody", "x")


def test_a_deleted_lecture_leaves_neither_rows_nor_files_nor_hits(library, database):
    gone = said(library, "Osmosis is the movement of water.")
    stays = said(library, "Mitosis is the division of a cell.")
    library.plan(gone.id, {0: (0.0, 9.0)}, "en")
    library.delete(gone.id)
    assert library.entries() == [stays]
    assert (library.entry(gone.id), library.lecture(gone.id)) == (None, None)
    assert [path.name for path in (library.folder / "lectures").iterdir()] == [stays.id]
    assert library.search("osmosis") == []
    assert len(library.search("mitosis")) == 1
    counts = [rows_of(library, f"SELECT count(*) FROM {table}") for table in ("lectures", "sentences", "windows")]
    assert counts == [[(1,)], [(2,)], [(0,)]]
    if database == "sqlite":
        rows_of(library, "INSERT INTO sentences_index(sentences_index, rank) VALUES ('integrity-check', 1) RETURNING 1")
    library.delete(gone.id)


@pytest.mark.parametrize("lecture_id", ["", ".", "..", "../..", "nobody"])
def test_an_id_from_an_address_deletes_nothing_that_is_not_a_lecture(library, lecture_id):
    stays = add(library, "content")
    library.delete(lecture_id)
    assert stays.source.captions.path.exists()
    assert library.entries() == [stays]


# --------------------------------------------------------------------------------------------- searching


def found(library: Library, query: str, limit: int = 50) -> list[str]:
    return [hit.sentence.text for hit in library.search(query, limit)]


def test_a_search_finds_the_sentence_its_lecture_and_its_moment(library):
    ready = said(library, "Osmosis is the movement of water.", "Diffusion needs no membrane at all.")
    (hit,) = library.search("membrane")
    assert (hit.lecture_id, hit.title, hit.sentence.text) == (ready.id, "Talk", "Diffusion needs no membrane at all.")
    assert (hit.sentence.start, hit.sentence.end) == (5.0, 9.0)


def test_a_sentence_must_hold_every_word_in_any_order_and_the_last_may_be_unfinished(library):
    said(library, "Working memory holds about four things.", "Memory fades without working at it.")
    assert found(library, "holds working") == ["Working memory holds about four things."]
    assert len(found(library, "MEMORY work")) == 2
    assert found(library, "fad") == ["Memory fades without working at it."]
    assert found(library, "wor fades") == []  # only the last word may be unfinished
    assert found(library, "emory") == []


@pytest.mark.parametrize(
    "query",
    [
        *(
            '"',
            '""',
            '"memory',
            '"memory"',
            "memory *",
            "memory*",
            "*memory",
            "memory -",
            "-memory",
            "memory:",
            "^memory",
        ),
        *("{text}: memory", "(memory", "memory)", "text:memory", "memory\0", "me\0mory", "' OR 1=1 --", "%", "_"),
    ],
)
def test_search_syntax_is_harmless(library, query):
    said(library, "Working memory holds about four things.")
    assert set(found(library, query)) <= {"Working memory holds about four things."}
    if "memory" in query and ":" not in query:
        assert found(library, query)


@pytest.mark.parametrize("query", ["memory AND things", "memory OR nothing", "memory NOT four", "NEAR(memory four)"])
def test_operators_are_words_like_others(library, query):
    said(library, "Working memory holds about four things.", "Memory and other things count.")
    assert found(library, query) == (["Memory and other things count."] if "AND" in query else [])


def test_an_empty_search_finds_nothing(library):
    said(library, "Working memory holds about four things.")
    assert found(library, "") == found(library, " \t ") == []


def test_accents_and_other_scripts_are_found(library):
    said(library, "La théorie des ensembles.", "Die Größe der Zelle.")
    said(library, "Осмос это движение воды.", "細胞 は 分裂 する")
    assert found(library, "theorie") == found(library, "THÉORIE") == ["La théorie des ensembles."]
    assert found(library, "größ") == ["Die Größe der Zelle."]
    assert found(library, "осмос") == ["Осмос это движение воды."]
    assert len(found(library, "細胞")) == 1


def test_hits_come_from_the_newest_lecture_first_in_the_order_they_were_said_and_not_too_many(library):
    for n in "abc":
        said(library, f"The cell {n} divides.", f"Then cell {n} rests.")
    assert found(library, "cell", limit=3) == ["The cell c divides.", "Then cell c rests.", "The cell b divides."]
    assert len(found(library, "cell")) == 6


def test_what_is_not_ready_is_not_found(library):
    add(library, SRT.format("Osmosis is slow.", "Really."))
    assert found(library, "osmosis") == []
    make_ready(library)
    assert found(library, "osmosis") == ["Osmosis is slow."]


# --------------------------------------------------------------------------------------------- work in progress


def test_windows_are_kept_by_number_until_their_borders_or_their_recogniser_change(library):
    entry = add(library, "a")
    draft = models.Choice("pocketsphinx", "en-us", "It is here.")
    library.note_choice(entry.id, draft)
    library.plan(entry.id, {0: (0.0, 8.0), 1: (8.0, 20.5)}, "en")
    segment = Segment(0.1, 0.30000000000000004, "Zwölf.")
    library.note_segments(entry.id, 0, [segment])
    library.note_segments(entry.id, 1, [])
    assert library.choice(entry.id) == (draft, "en")
    assert library.recognised(entry.id) == {0: Recognised(0, 0.0, 8.0, (segment,)), 1: Recognised(1, 8.0, 20.5, ())}
    assert library.latest_segments(entry.id) == [segment]
    library.plan(entry.id, {0: (0.0, 8.0), 1: (8.0, 21.0), 2: (21.0, 30.0)}, "en")
    assert list(library.recognised(entry.id)) == [0]
    library.note_choice(entry.id, models.Choice("whisper", "tiny", "It is better."))
    assert library.recognised(entry.id) == {}
    assert library.choice(entry.id)[1] is None


def test_progress_is_seen_and_says_how_long_the_recording_is(library):
    entry = add(library, "a")
    library.note_progress(entry.id, Progress("Listening", 3.0, 60.0, "seconds"))
    seen = library.entry(entry.id)
    assert (seen.progress, seen.duration) == (Progress("Listening", 3.0, 60.0, "seconds"), 60.0)


def test_two_tabs_see_and_change_the_same_lecture(library):
    other = Library(folder=library.folder)
    entry = add(library, "a")
    library.take_next()
    other.cancel(entry.id)
    assert not library.is_wanted(entry.id)
    library.fail(entry.id, "too late")
    assert other.entry(entry.id).state == "cancelled"
    other.rename(entry.id, "Renamed")
    assert library.entry(entry.id).title == "Renamed"
    other.delete(entry.id)
    library.try_again(entry.id)
    library.note_progress(entry.id, Progress("Listening"))
    library.note_segments(entry.id, 0, [])
    library.plan(entry.id, {0: (0.0, 1.0)}, None)
    assert library.entries() == []


# --------------------------------------------------------------------------------------------- preferences


def test_the_settings_chosen_last_are_remembered(library):
    assert library.preferred_settings() is None
    library.prefer(Settings(language="de", vocabulary="Größe, quark"))
    library.prefer(Settings(recogniser="whisper", summary_length="long"))
    assert Library(folder=library.folder).preferred_settings() == Settings(recogniser="whisper", summary_length="long")


# --------------------------------------------------------------------------------------------- the database


def test_another_process_sees_everything(library):
    ready = said(library, "Osmosis is the movement of water.")
    waiting = add(library, "later")
    library.prefer(Settings(language="fr"))
    code = """if True:
        from lecture.library import Library
        library = Library()
        for entry in library.entries():
            print(entry.id, entry.state, library.lecture(entry.id) is not None)
        print(library.search("osmosis")[0].sentence.start, library.preferred_settings().language)
    """
    os.environ["LECTURE_DATA"] = str(library.folder)  # put back by the fixture that set it
    expected = f"{waiting.id} waiting False\n{ready.id} ready True\n1.0 fr"
    assert answer(python(code)) == expected


@only_on_sqlite
def test_the_database_keeps_a_log_of_writes_so_that_readers_never_wait(library):
    with contextlib.closing(sqlite3.connect(library.folder / "library.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        connection.execute("BEGIN IMMEDIATE")
        assert library.entries() == []
    with library._engine.connect() as ours:
        assert ours.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert ours.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


@only_on_sqlite
def test_an_older_library_is_brought_up_to_date_and_can_be_searched(library, tmp_path):
    """All that the first version had is in the new one, and what was ready is found."""
    said(library, "Osmosis is the movement of water.", "Diffusion needs no membrane at all.")
    add(library, "not ready yet")
    library.prefer(Settings(language="fr"))
    old = tmp_path / "old"
    old.mkdir()
    bring_up_to_date(f"sqlite:///{old / 'library.db'}", "0001")
    with contextlib.closing(sqlite3.connect(old / "library.db")) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert "sentences" not in tables
        connection.execute("ATTACH ? AS new", (str(library.folder / "library.db"),))
        for table in ("lectures", "windows", "preferences"):
            columns = ", ".join(row[1] for row in connection.execute(f"PRAGMA main.table_info({table})"))
            connection.execute(f"INSERT INTO main.{table} SELECT {columns} FROM new.{table}")
        connection.commit()
    (library.folder / "lectures").rename(old / "lectures")
    upgraded = Library(folder=old)
    assert [entry.state for entry in upgraded.entries()] == ["waiting", "ready"]
    assert [(e.id, e.title, e.settings) for e in upgraded.entries()] == [
        (e.id, e.title, e.settings) for e in library.entries()
    ]
    ready = upgraded.entries()[1]
    assert upgraded.lecture(ready.id).transcript == library.lecture(ready.id).transcript
    assert upgraded.preferred_settings() == Settings(language="fr")
    (hit,) = upgraded.search("membrane")
    assert (hit.lecture_id, hit.sentence.start) == (ready.id, 5.0)
    upgraded.delete(ready.id)
    assert upgraded.search("membrane") == []


def test_a_current_library_opened_again_is_as_it_was(library):
    said(library, "Osmosis is the movement of water.")
    before = everything(library)
    for _ in range(2):
        assert everything(Library(folder=library.folder)) == before
    assert len(library.search("osmosis")) == 1


def test_processes_that_open_a_new_library_at_once_all_can(tmp_path):
    """They start together: each waits for a line before it opens."""
    code = """if True:
        import sys
        from pathlib import Path
        from lecture.library import Library
        print("here", flush=True)
        sys.stdin.readline()
        print(len(Library(folder=Path(sys.argv[1])).entries()))
    """
    others = [python(code, tmp_path / "new") for _ in range(3)]
    for other in others:
        assert other.stdout.readline() == "here\n"
    for other in others:
        other.stdin.write("\n")
        other.stdin.flush()
    assert [answer(other) for other in others] == ["0"] * 3


def test_a_library_whose_making_was_interrupted_is_made_next_time(tmp_path):
    code = """if True:
        import os, sys
        from pathlib import Path
        import alembic.op
        from lecture.library import Library
        make = alembic.op.create_table
        def die(name, *columns, **options):
            if name == sys.argv[2]:
                os.kill(os.getpid(), 9)
            return make(name, *columns, **options)
        alembic.op.create_table = die
        Library(folder=Path(sys.argv[1]))
    """
    for table in ("windows", "sentences"):
        assert python(code, tmp_path / "new", table).wait(60) == -9
    assert Library(folder=tmp_path / "new").entries() == []


def test_another_database_can_be_named(tmp_path, monkeypatch):
    monkeypatch.setenv("LECTURE_DB", f"sqlite:///{tmp_path / 'elsewhere.db'}")
    library = Library(folder=tmp_path / "library")
    add(library, "a")
    assert not (tmp_path / "library" / "library.db").exists()
    assert len(Library(url=f"sqlite:///{tmp_path / 'elsewhere.db'}", folder=tmp_path / "library").entries()) == 1


# --------------------------------------------------------------------------------------------- faults


@only_on_sqlite
def test_a_library_that_another_program_holds_says_so_and_works_when_released(library, monkeypatch):
    monkeypatch.setattr("lecture.database.BUSY_S", 0.2)
    ours = Library(folder=library.folder)
    with contextlib.closing(sqlite3.connect(library.folder / "library.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StorageError, match="used by another program"):
            ours.prefer(Settings())
        assert ours.entries() == []
        with pytest.raises(StorageError, match="used by another program"):
            add(ours, "a")
    assert add(ours, "a") == ours.entries()[0]


def test_a_library_in_a_place_that_is_no_folder_says_so(tmp_path):
    (tmp_path / "library").write_text("a file")
    with pytest.raises(StorageError, match="Nothing can be written to"):
        Library(folder=tmp_path / "library")


@contextlib.contextmanager
def nobody():
    """As a user with no more rights than others; root may write everywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def read_only_folder():
    """A library with one lecture whose files and folder may only be read."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        ready = said(library := Library(folder=folder), "Osmosis is the movement of water.")
        library._engine.dispose()
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        yield folder, ready
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights in another way")
def test_a_read_only_library_says_so(read_only_folder):
    folder, _ = read_only_folder
    with nobody(), pytest.raises(StorageError, match="cannot be written"):
        Library(folder=folder).prefer(Settings())


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights in another way")
def test_a_folder_that_cannot_be_made_says_so(read_only_folder):
    folder, _ = read_only_folder
    with nobody(), pytest.raises(StorageError, match="Nothing can be written to"):
        Library(folder=folder / "sub")


@only_on_sqlite
def test_a_database_that_turns_read_only_says_so_and_is_still_read(library):
    ready = said(library, "Osmosis is the movement of water.")
    with library._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")  # kept by the pooled connection
    with pytest.raises(StorageError, match="cannot be written"):
        library.rename(ready.id, "x")
    assert library.lecture(ready.id)
    assert library.entry(ready.id).title == "Talk"


def test_a_database_that_does_not_answer_is_named(tmp_path):
    with pytest.raises(StorageError, match="cannot be written"):
        Library(url=f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}", folder=tmp_path / "library")


def test_a_damaged_database_says_so(tmp_path):
    (tmp_path / "library.db").write_bytes(b"This was a database once. " * 1000)
    with pytest.raises(StorageError):
        Library(folder=tmp_path)
