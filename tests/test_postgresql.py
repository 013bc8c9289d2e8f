"""The library on a PostgreSQL server: what differs from SQLite. All else is tested with both; see `database`."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from lecture.database import bring_up_to_date
from lecture.errors import StorageError
from lecture.library import Library
from lecture.process import Settings
from lecture.takes import Takes
from tests.fixtures.lectures import NOW, add, rows_of, said
from tests.fixtures.postgres import Server, only_on_postgresql

pytestmark = only_on_postgresql


@pytest.fixture
def library(tmp_path, database) -> Library:
    return Library(folder=tmp_path / "library")


@pytest.fixture
def another(postgresql, database) -> str:
    """The URL of a database of this test's own, without tables."""
    return postgresql.url(postgresql.new_database())


def found(library: Library, query: str) -> list[str]:
    return [hit.sentence.text for hit in library.search(query)]


def test_the_library_is_on_the_server(library):
    add(library, "content")
    assert library.database is None
    assert not list(library.folder.glob("*.db"))


def test_a_url_needs_no_driver(library, postgresql: Server, tmp_path):
    entry = add(library, "content")
    for kind in ("postgresql", "postgres"):
        url = postgresql.url(postgresql.shared).replace("postgresql+psycopg", kind)
        assert Library(url, library.folder).entries() == [entry]


# --------------------------------------------------------------------------------------------- searching


def test_words_are_found_without_accents_in_any_script_and_side_by_side_where_they_belong_together(library):
    said(library, "Crème brûlée is well-known in the École d'été.", "The known is not well.")
    said(library, "ЁЛКА и Йод.", "Ελληνικά και ﬁle H2O.")
    first, second = "Crème brûlée is well-known in the École d'été.", "The known is not well."
    assert found(library, "creme BRULEE") == found(library, "ecole") == found(library, "d'ete") == [first]
    assert found(library, "well-known") == [first]
    assert found(library, "well-kn") == [first]
    assert found(library, "known well") == [first, second]
    assert found(library, "елка") == found(library, "йод") == ["ЁЛКА и Йод."]
    assert found(library, "ΕΛΛΗΝΙΚΆ") == found(library, "file h2o") == ["Ελληνικά και ﬁle H2O."]


def test_a_search_uses_the_index(library):
    said(library, "Osmosis is the movement of water.")
    with library._engine.connect() as connection:
        connection.exec_driver_sql("SET enable_seqscan = off")
        query = "phraseto_tsquery('simple', lecture_words('osmosis'))"
        plan = connection.exec_driver_sql(f"EXPLAIN SELECT 1 FROM sentences WHERE words @@ {query}")
        assert "sentences_words" in "".join(line for (line,) in plan)


def test_an_endless_sentence_does_no_harm(library):
    ready = said(library, "Osmosis is slow.")
    endless = " ".join(f"word{n}" for n in range(200_000))
    with library.transaction() as session:
        session.execute(text("UPDATE sentences SET text = :endless WHERE number = 0"), {"endless": endless})
    assert [hit.lecture_id for hit in library.search("word100")] == [ready.id]


def test_the_lecture_that_speaks_most_of_the_rarest_word_comes_first(library):
    for n in range(3):
        said(library, f"Water is water in lecture {n}.", "Water again and water.")
    rare = said(library, "Osmosis is what we see.", "Nothing else was said.")
    assert library.lectures_about(["water", "osmosis"])[0] == rare.id
    assert library.lectures_about(["osmo"]) == [rare.id]
    assert len(library.lectures_about(["water"], limit=2)) == 2
    assert library.lectures_about(["nothing-like-this", '"', "!"]) == []


def test_sentences_of_before_there_was_an_index_are_found(library, another, postgresql, tmp_path):
    ready = said(library, "Osmosis is the movement of water.")
    bring_up_to_date(another, "0005")
    old = create_engine(another)
    with library._engine.connect() as here, old.begin() as there:
        for table, columns in (("lectures", "*"), ("sentences", 'lecture, number, start, "end", text')):
            for row in here.exec_driver_sql(f"SELECT {columns} FROM {table}").mappings():
                known = [name for name in row if name != "owner"]
                names = ", ".join(f'"{name}"' for name in known)
                values = ", ".join(f":{name}" for name in known)
                there.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), dict(row))
    old.dispose()
    (hit,) = Library(another, tmp_path / "old").search("movement")
    assert hit.lecture_id == ready.id


# --------------------------------------------------------------------------------------------- side by side


def test_two_who_ask_for_work_at_once_get_different_lectures(library):
    first, second = add(library, "a"), add(library, "b")
    with library.transaction() as session:
        session.execute(text("SELECT 1 FROM lectures WHERE id = :id FOR UPDATE"), {"id": first.id})
        assert library.take_next().id == second.id
    assert library.take_next().id == first.id
    assert library.take_next() is None


def test_processes_that_open_a_new_library_at_once_all_can(another, tmp_path):
    code = """if True:
        import sys
        from pathlib import Path
        from lecture.library import Library
        print("here", flush=True)
        sys.stdin.readline()
        print(len(Library(sys.argv[1], Path(sys.argv[2])).entries()))
    """
    command = [sys.executable, "-c", code, another, str(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    others = [subprocess.Popen(command, cwd=Path(__file__).parent.parent, **pipes) for _ in range(3)]
    for other in others:
        assert other.stdout.readline() == "here\n"
    for other in others:
        other.stdin.write("\n")
        other.stdin.flush()
    said_by_each = [other.communicate(timeout=60) for other in others]
    assert said_by_each == [("0\n", "")] * 3


def test_who_waits_too_long_for_another_program_is_told(library, monkeypatch):
    monkeypatch.setattr("lecture.database.BUSY_S", 1.0)
    entry, ours = add(library, "a"), Library(folder=library.folder)
    with library.transaction() as session:
        session.execute(text("SELECT 1 FROM lectures FOR UPDATE"))
        assert ours.entries() == [entry]
        with pytest.raises(StorageError, match="used by another program"):
            ours.rename(entry.id, "x")
    ours.rename(entry.id, "x")
    assert library.entry(entry.id).title == "x"


def test_a_server_that_was_started_again_is_used_again(library, postgresql):
    entry = add(library, "a")
    with postgresql.administration.connect() as connection:
        ended = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{postgresql.shared}'"
        connection.exec_driver_sql(ended)
    assert library.entries() == [entry]


# --------------------------------------------------------------------------------------------- what is given


def test_the_character_nul_is_left_out_of_names(library):
    """It comes from file names and is no character of a text in PostgreSQL."""
    entry = add(library, "content", "a\0b.srt")
    assert library.entry(entry.id).source.captions.name == "ab.srt"
    library.rename(entry.id, "Week\0 3")
    assert library.entry(entry.id).title == "Week 3"
    begun = Takes(library).begin("Talk\0", "live", Settings(), NOW)
    assert library.entry(begun.lecture_id).title == "Talk"


def test_what_goes_with_a_lecture_goes_when_it_is_deleted_and_numbers_are_not_used_again(library):
    before = said(library, "Osmosis is slow.")
    (number,) = rows_of(library, "SELECT number FROM lectures")
    library.delete(before.id)
    assert rows_of(library, "SELECT * FROM sentences") == []
    said(library, "Osmosis is slow.")
    assert rows_of(library, "SELECT number FROM lectures") > [number]


# --------------------------------------------------------------------------------------------- faults


def test_a_server_that_is_not_there_is_named_without_the_password(tmp_path, database):
    with pytest.raises(StorageError, match="does not answer") as refused:
        Library("postgresql://lecture:secret@127.0.0.1:9/lectures", tmp_path)
    assert "secret" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_database_that_does_not_exist_is_named(tmp_path, postgresql, database):
    with pytest.raises(StorageError, match='"nowhere" does not exist'):
        Library(postgresql.url("nowhere"), tmp_path)


@pytest.mark.parametrize("url", ["lectures", "postgresql://u:secret@host:port/db", "mysql://u:secret@host/db", "://"])
def test_what_is_no_address_of_a_known_database_is_refused(tmp_path, monkeypatch, url, database):
    monkeypatch.setenv("LECTURE_DB", url)
    with pytest.raises(StorageError, match="LECTURE_DB") as refused:
        Library(folder=tmp_path)
    assert "secret" not in str(refused.value)


def test_without_its_driver_it_says_what_to_install(tmp_path, monkeypatch, postgresql, database):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StorageError, match="psycopg"):
        Library(postgresql.url(postgresql.shared), tmp_path)


def test_a_user_who_may_only_read_is_told_so(library, postgresql):
    entry = add(library, "content")
    with postgresql.administration.connect() as connection:
        connection.exec_driver_sql("CREATE ROLE reader LOGIN IN ROLE pg_read_all_data")
    url = postgresql.url(postgresql.shared).replace("lecture@", "reader@")
    reader = Library(url, library.folder)
    assert reader.entries() == [entry]
    with pytest.raises(StorageError, match="cannot be written"):
        reader.rename(entry.id, "x")
