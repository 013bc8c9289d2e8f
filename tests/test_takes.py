"""Recordings that arrive in parts, as the library keeps them: in order, once, and never lost once acknowledged."""

from __future__ import annotations

import errno
import gc
import hashlib
import multiprocessing
import os
import sys
import tracemalloc
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from pathlib import Path
from types import ModuleType

import pytest

from lecture import growing, refusals, takes, uploads
from lecture.backup import backup, restore
from lecture.errors import LectureError, SourceError, StorageError
from lecture.library import Library
from lecture.process import Settings
from lecture.refusals import Closed, OutOfOrder, TooLarge, UnknownRecording, WrongKey
from lecture.takes import Begun, Take, Takes
from tests.fixtures.lectures import NOW, add, rows_of, said
from tests.fixtures.postgres import only_on_sqlite

WEBM = "audio/webm;codecs=opus"
CHUNKS = [bytes([65 + number]) * (4_000 + number) for number in range(6)]


@pytest.fixture
def library(tmp_path, database) -> Library:
    return Library(folder=tmp_path / "library")


@pytest.fixture(autouse=True)
def _no_program(monkeypatch) -> None:
    """A new process runs this one's main module again: after a test of the page, that is the page."""
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))


@pytest.fixture
def incoming(library) -> Takes:
    return Takes(library)


@pytest.fixture
def live(incoming) -> Begun:
    return incoming.begin("Recording 2026-11-21 10.15", "live", Settings(), NOW)


def send(incoming: Takes, begun: Begun, chunk: int, take: int = 0, content: bytes | None = None, **other) -> Take:
    content = CHUNKS[chunk] if content is None else content
    said = {"mime_type": WEBM, "now": NOW, **other}
    return incoming.store(begun.lecture_id, begun.key, take, chunk, content=content, **said)


def stored(incoming: Takes, begun: Begun, take: int = 0) -> bytes:
    return incoming.of(begun.lecture_id).takes[take].path.read_bytes()


def files(library: Library) -> set[str]:
    lectures = library.folder / "lectures"
    return {str(path.relative_to(lectures)) for path in lectures.rglob("*")}


# --------------------------------------------------------------------------------------------------- chunk by chunk


def test_chunks_become_one_file(incoming, live):
    for number, content in enumerate(CHUNKS):
        take = send(incoming, live, number)
        assert (take.number, take.chunks, take.mime_type) == (0, number + 1, WEBM)
        assert take.size == take.path.stat().st_size == sum(map(len, CHUNKS[: number + 1]))
        assert take.path.read_bytes().endswith(content)
    assert stored(incoming, live) == b"".join(CHUNKS)


def test_a_chunk_that_is_sent_twice_is_stored_once(incoming, live):
    for number in (0, 1, 1, 0, 2, 0, 1, 2):
        take = send(incoming, live, number)
    assert (take.chunks, stored(incoming, live)) == (3, b"".join(CHUNKS[:3]))


@pytest.mark.parametrize("chunk", [2, 3, 5, -1])
def test_a_chunk_before_its_turn_is_refused_and_says_what_is_there(incoming, live, chunk):
    send(incoming, live, 0)
    send(incoming, live, 1) if chunk != 2 else None
    before = stored(incoming, live)
    with pytest.raises(OutOfOrder) as refused:
        send(incoming, live, chunk)
    assert refused.value.chunks == incoming.of(live.lecture_id).takes[0].chunks
    assert stored(incoming, live) == before


@pytest.mark.parametrize(("take", "chunk"), [(1, 0), (0, 1), (-1, 0), (7, 0)])
def test_a_recording_begins_at_its_beginning(incoming, live, library, take, chunk):
    with pytest.raises(OutOfOrder) as refused:
        send(incoming, live, chunk, take)
    assert refused.value.chunks == 0
    assert files(library) == set()


def test_the_next_take_closes_the_one_before(incoming, live):
    send(incoming, live, 0)
    send(incoming, live, 1)
    send(incoming, live, 0, take=1, content=b"anew", mime_type="audio/ogg")
    assert [(one.number, one.chunks, one.mime_type) for one in incoming.of(live.lecture_id).takes] == [
        (0, 2, WEBM),
        (1, 1, "audio/ogg"),
    ]
    with pytest.raises(Closed, match="another tab"):
        send(incoming, live, 2)
    assert send(incoming, live, 1).chunks == 2  # its acknowledgement was lost
    assert (stored(incoming, live), stored(incoming, live, 1)) == (b"".join(CHUNKS[:2]), b"anew")
    with pytest.raises(OutOfOrder) as refused:
        send(incoming, live, 1, take=2)
    assert refused.value.chunks == 0


def test_two_recorders_that_begin_the_same_take_are_told_apart(incoming, live):
    send(incoming, live, 0, content=b"the first tab")
    with pytest.raises(Closed, match="another tab"):
        send(incoming, live, 0, content=b"the second one")
    send(incoming, live, 0, content=b"the second one", take=1)
    assert [stored(incoming, live, number) for number in (0, 1)] == [b"the first tab", b"the second one"]


def test_an_empty_chunk_counts(incoming, live):
    assert send(incoming, live, 0, content=b"").chunks == 1
    assert send(incoming, live, 1, content=b"sound").size == 5


# --------------------------------------------------------------------------------------------------- what goes wrong


def test_what_a_crash_left_behind_what_counts_is_cut_off(incoming, live):
    path = send(incoming, live, 0).path
    with path.open("ab") as file:
        file.write(b"written, but never counted" * 1_000)
    send(incoming, live, 1)
    assert stored(incoming, live) == CHUNKS[0] + CHUNKS[1]


def test_a_first_chunk_that_a_crash_left_uncounted_is_written_anew(incoming, live, library):
    path = library.folder / "lectures" / live.lecture_id / "takes" / "0"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"written, but never counted" * 1_000)
    send(incoming, live, 0)
    assert stored(incoming, live) == CHUNKS[0]


def write_and_die(folder: Path, begun: Begun, chunk: int, before_the_write: bool) -> None:
    """A process whose power fails around the writing of a chunk."""
    append = takes.append

    def dies(*args: object) -> bool:
        if not before_the_write:
            append(*args)
        os._exit(1)

    takes.append = dies
    send(Takes(Library(folder=folder)), begun, chunk)


@pytest.mark.parametrize("before_the_write", [True, False])
def test_a_process_that_dies_before_it_acknowledged_has_added_nothing(incoming, live, library, before_the_write):
    send(incoming, live, 0)
    library.close()
    dying = multiprocessing.get_context("spawn").Process(
        target=write_and_die, args=(library.folder, live, 1, before_the_write)
    )
    dying.start()
    dying.join(60)
    assert dying.exitcode == 1
    again = Takes(Library(folder=library.folder))
    (take,) = again.of(live.lecture_id).takes
    assert (take.chunks, take.size) == (1, len(CHUNKS[0]))
    assert (take.path.stat().st_size > take.size) != before_the_write
    with pytest.raises(OutOfOrder):
        send(again, live, 2)
    for number in (1, 2):
        send(again, live, number)
    assert stored(again, live) == b"".join(CHUNKS[:3])


@pytest.mark.parametrize("number", [0, 1])
def test_a_full_disk_adds_nothing_and_later_it_goes_on(incoming, live, monkeypatch, number):
    for chunk in range(number):
        send(incoming, live, chunk)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(growing.os, "fsync", full)
        with pytest.raises(StorageError, match="The disk is full"):
            send(incoming, live, number)
    assert sum(take.chunks for take in incoming.of(live.lecture_id).takes) == number
    assert incoming._library.files(row(incoming, live)).joinpath("takes/0").stat().st_size == sum(
        map(len, CHUNKS[:number])
    )
    for chunk in range(number, 3):
        send(incoming, live, chunk)
    assert stored(incoming, live) == b"".join(CHUNKS[:3])


def row(incoming: Takes, begun: Begun) -> object:
    with incoming._library.transaction() as session:
        found = takes.lecture_row(session, begun.lecture_id)
        session.expunge(found)
        return found


def test_a_chunk_is_on_the_disk_before_it_is_counted(incoming, live, library, monkeypatch):
    """The database, seen from another connection at the moment of each synchronisation, has not counted the chunk."""
    counted = []

    def synchronised(descriptor: int) -> None:
        size = os.fstat(descriptor).st_size
        counted.append((size, *rows_of(library, "SELECT coalesce(sum(size), 0) FROM takes")[0]))

    monkeypatch.setattr(growing.os, "fsync", synchronised)
    send(incoming, live, 0)
    send(incoming, live, 1)
    first, both = len(CHUNKS[0]), len(CHUNKS[0]) + len(CHUNKS[1])
    assert (counted[0], counted[-1]) == ((first, 0), (both, first))


def test_a_take_that_somebody_took_away_is_gone_on_with_in_the_next(incoming, live):
    send(incoming, live, 0).path.write_bytes(b"")
    with pytest.raises(Closed, match="gone from the disk"):
        send(incoming, live, 1)
    send(incoming, live, 0, take=1, content=b"from here on")
    assert stored(incoming, live, 1) == b"from here on"


def send_all(library: Library | Path, begun: Begun) -> None:
    library = Library(folder=library) if isinstance(library, Path) else library
    for number in range(len(CHUNKS)):
        while True:
            try:
                send(Takes(library), begun, number)
                break
            except OutOfOrder:
                continue


def test_several_senders_in_several_processes_store_each_chunk_once(incoming, live, library):
    spawn = multiprocessing.get_context("spawn")
    others = [spawn.Process(target=send_all, args=(library.folder, live)) for _ in range(2)]
    for other in others:
        other.start()
    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(send_all, library, live) for _ in range(4)]:
            done.result()
    for other in others:
        other.join(60)
    assert [other.exitcode for other in others] == [0, 0]
    (take,) = incoming.of(live.lecture_id).takes
    assert (take.chunks, stored(incoming, live)) == (len(CHUNKS), b"".join(CHUNKS))


# --------------------------------------------------------------------------------------------------- whose it is


@pytest.mark.parametrize("key", ["", "x" * 43, "Ä\udcff"])
def test_only_the_key_allows_to_add(incoming, live, library, key):
    key = key.encode("utf-8", "replace").decode()
    send(incoming, live, 0)
    for work in (
        lambda: incoming.store(live.lecture_id, key, 0, 1, WEBM, b"foreign", NOW),
        lambda: incoming.mark(live.lecture_id, key, [1.0]),
        lambda: incoming.end(live.lecture_id, [1], key, NOW),
        lambda: incoming.admit(live.lecture_id, key),
    ):
        with pytest.raises(WrongKey):
            work()
    found = incoming.of(live.lecture_id)
    assert (found.takes[0].chunks, found.marks, found.ended) == (1, (), False)


def test_another_recordings_key_and_the_lectures_id_are_no_keys(incoming, live):
    other = incoming.begin("Another", "live", Settings(), NOW)
    for key in (other.key, live.lecture_id):
        with pytest.raises(WrongKey):
            incoming.store(live.lecture_id, key, 0, 0, WEBM, b"foreign", NOW)


def test_the_key_itself_is_nowhere_in_the_library(incoming, live, library):
    send(incoming, live, 0)
    (kept,) = rows_of(library, "SELECT key FROM recordings")
    assert kept == (hashlib.sha256(live.key.encode()).hexdigest(),)
    library.close()
    assert all(live.key.encode() not in path.read_bytes() for path in library.folder.rglob("*") if path.is_file())


def test_what_is_no_recording_is_unknown(incoming, library):
    lecture = said(library, "Osmosis is the movement of water.")
    for lecture_id in (lecture.id, "nobody-has-this-id", "../../etc", ""):
        assert incoming.of(lecture_id) is None
        with pytest.raises(UnknownRecording):
            incoming.store(lecture_id, "", 0, 0, WEBM, b"sound", NOW)
        with pytest.raises(UnknownRecording):
            incoming.end(lecture_id, None, None, NOW)
    assert library.entry(lecture.id).state == "ready"


def test_a_deleted_recording_takes_nothing_more_and_leaves_nothing(incoming, live, library):
    send(incoming, live, 0)
    library.delete(live.lecture_id)
    assert (files(library), incoming.of(live.lecture_id), incoming.to_caption(NOW)) == (set(), None, [])
    with pytest.raises(UnknownRecording):
        send(incoming, live, 1)
    assert files(library) == set()
    assert [rows_of(library, f"SELECT count(*) FROM {table}") for table in ("recordings", "takes")] == [[(0,)]] * 2


def test_a_recording_that_is_deleted_while_it_is_sent_leaves_nothing(incoming, library):
    for _ in range(5):
        begun = incoming.begin("Recording", "live", Settings(), NOW)

        def go_on(begun: Begun = begun) -> None:
            for number in count():
                send(incoming, begun, number, content=b"sound")

        with ThreadPoolExecutor(1) as thread:
            sending = thread.submit(go_on)
            while not incoming.of(begun.lecture_id).takes:
                pass
            library.delete(begun.lecture_id)
            with pytest.raises((UnknownRecording, Closed)):
                sending.result()
        assert files(library) == set()


# --------------------------------------------------------------------------------------------------- beginning


@pytest.mark.parametrize(
    ("mime_type", "name"),
    [
        (WEBM, "Recording 2026-11-21 10.15.webm"),
        ("AUDIO/WEBM", "Recording 2026-11-21 10.15.webm"),
        ("audio/mp4;codecs=mp4a.40.2", "Recording 2026-11-21 10.15.m4a"),
        ("audio/ogg; codecs=opus", "Recording 2026-11-21 10.15.ogg"),
    ],
)
def test_a_live_recording_is_named_by_its_first_take(incoming, live, library, mime_type, name):
    assert library.entry(live.lecture_id).title == "Recording 2026-11-21 10.15"
    send(incoming, live, 0, mime_type=mime_type)
    send(incoming, live, 0, take=1, content=b"another", mime_type="audio/ogg")
    entry = library.entry(live.lecture_id)
    assert (entry.title, entry.source.main.name, entry.state) == ("Recording 2026-11-21 10.15", name, "recording")


@pytest.mark.parametrize("mime_type", ["", "text/html", "audio/webm2", "video/x-matroska", "x" * 10_000])
def test_what_no_browser_records_is_refused(incoming, live, library, mime_type):
    with pytest.raises(SourceError, match="format"):
        send(incoming, live, 0, mime_type=mime_type)
    assert (files(library), incoming.of(live.lecture_id).takes) == (set(), ())


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\0b\r\nc", "", " \n", "<b>Cells</b>", "x" * 5_000])
def test_a_name_is_data(incoming, library, name):
    for kind, ending in (("live", ""), ("upload", ".mp3")):
        begun = incoming.begin(f"{name}{ending}", kind, Settings(), NOW)
        send(incoming, begun, 0)
        entry = library.entry(begun.lecture_id)
        assert 0 < len(entry.source.main.name) <= 210
        assert entry.source.main.name.endswith(ending or ".webm")
        assert not set("\0\r\n") & set(entry.title)
        assert incoming.of(begun.lecture_id).takes[0].path == (
            library.folder / "lectures" / begun.lecture_id / "takes" / "0"
        )


def test_a_recording_without_a_name_is_called_by_its_time(incoming, library):
    assert library.entry(incoming.begin("", "live", Settings(), NOW).lecture_id).title == "Recording 2026-03-04 10.00"


@pytest.mark.parametrize(
    ("name", "size", "error", "words"),
    [
        ("talk.exe", 10, SourceError, "no recording"),
        ("talk.srt", 10, SourceError, "no recording"),
        ("talk", 10, SourceError, "no recording"),
        ("talk.mp3", 0, SourceError, "empty"),
        ("talk.mp3", 4_000_000_001, TooLarge, "4 GB"),
        ("talk.mp3", 3_000_000_000, StorageError, "The disk is full: 3000 MB are needed, 1000 MB are free"),
    ],
)
def test_an_upload_that_cannot_be_taken_is_refused_before_it_is_sent(
    incoming, library, monkeypatch, name, size, error, words
):
    disk = type(uploads.shutil.disk_usage(library.folder))(10**10, 9 * 10**9, 10**9)
    monkeypatch.setattr(uploads.shutil, "disk_usage", lambda folder: disk)
    with pytest.raises(error, match=words):
        incoming.begin(name, "upload", Settings(), NOW, size)
    assert library.entries() == []


@pytest.mark.parametrize("kind", ["live", "upload"])
def test_the_whole_has_a_largest_size(incoming, library, monkeypatch, kind):
    monkeypatch.setitem(refusals.LARGEST, kind, 10_000)
    begun = incoming.begin("talk.mp3", kind, Settings(), NOW)
    send(incoming, begun, 0, content=b"x" * 9_999)
    with pytest.raises(TooLarge):
        send(incoming, begun, 1, content=b"xx")
    if kind == "live":  # all takes count
        with pytest.raises(TooLarge):
            send(incoming, begun, 0, take=1, content=b"xx")
    assert send(incoming, begun, 1, content=b"x").size == 10_000


# --------------------------------------------------------------------------------------------------- marks, captions


def test_marks_are_kept_in_order_and_once(incoming, live):
    incoming.mark(live.lecture_id, live.key, [61.5, 3.0])
    assert incoming.of(live.lecture_id).marks == (3.0, 61.5)
    incoming.mark(live.lecture_id, live.key, [3, 70.25, 61.5, 3.0])
    assert incoming.of(live.lecture_id).marks == (3.0, 61.5, 70.25)


@pytest.mark.parametrize("marks", [[-1.0], [float("nan")], [float("inf")], list(range(1_001))])
def test_marks_are_moments_of_a_recording(incoming, live, marks):
    incoming.mark(live.lecture_id, live.key, [1.0])
    with pytest.raises(SourceError, match="marks"):
        incoming.mark(live.lecture_id, live.key, marks)
    assert incoming.of(live.lecture_id).marks == (1.0,)


def test_captions_are_made_of_what_was_heard_from_within_a_minute_or_has_ended(incoming, live, library):
    silent = incoming.begin("Nothing yet", "live", Settings(), NOW)
    upload = incoming.begin("talk.mp3", "upload", Settings(), NOW)
    assert incoming.to_caption(NOW) == []
    send(incoming, live, 0)
    send(incoming, upload, 0)
    assert incoming.to_caption(NOW) == [live.lecture_id]
    send(incoming, live, 1, now=NOW + timedelta(seconds=100))
    for seconds, wanted in ((100, [live.lecture_id]), (160, [live.lecture_id]), (160.1, [])):
        assert incoming.to_caption(NOW + timedelta(seconds=seconds)) == wanted
    assert incoming.of(live.lecture_id).heard_from == NOW + timedelta(seconds=100)
    incoming.end(live.lecture_id, [2], live.key, NOW)
    assert incoming.to_caption(NOW + timedelta(days=2)) == [live.lecture_id]
    assert incoming.of(silent.lecture_id).takes == ()


def test_a_recording_is_not_taken_for_processing_before_its_end(incoming, live, library):
    send(incoming, live, 0)
    library.interrupt()
    library.cancel(live.lecture_id)
    library.try_again(live.lecture_id)
    assert library.take_next() is None
    assert library.entry(live.lecture_id).state == "recording"


# --------------------------------------------------------------------------------------------------- ending


def test_an_ended_recording_takes_nothing_more(incoming, live):
    send(incoming, live, 0)
    incoming.mark(live.lecture_id, live.key, [1.0])
    for _ in range(2):  # the answer may be lost
        assert incoming.end(live.lecture_id, [1], live.key, NOW) == live.lecture_id
    for work in (
        lambda: send(incoming, live, 1),
        lambda: send(incoming, live, 0),
        lambda: send(incoming, live, 0, take=1),
        lambda: incoming.mark(live.lecture_id, live.key, [2.0]),
    ):
        with pytest.raises(Closed, match="ended"):
            work()
    found = incoming.of(live.lecture_id)
    assert (found.ended, found.marks, stored(incoming, live)) == (True, (1.0,), CHUNKS[0])


@pytest.mark.parametrize("made", [[3, 1], [2, 2], [2, 1, 1], [0, 0, 0, 9]])
def test_an_end_is_refused_while_chunks_are_missing(incoming, live, made):
    send(incoming, live, 0)
    send(incoming, live, 1)
    send(incoming, live, 0, take=1, content=b"another")
    with pytest.raises(OutOfOrder) as refused:
        incoming.end(live.lecture_id, made, live.key, NOW)
    assert refused.value.chunks == [2, 1]
    assert not incoming.of(live.lecture_id).ended
    send(incoming, live, 1, take=1)


@pytest.mark.parametrize("made", [[2, 1], [2, 1, 0, 0], [1, 1], [], None])
def test_an_end_is_one_where_nothing_is_missing(incoming, live, made):
    send(incoming, live, 0)
    send(incoming, live, 1)
    send(incoming, live, 0, take=1, content=b"another")
    incoming.end(live.lecture_id, made, live.key, NOW)
    assert incoming.of(live.lecture_id).ended


def test_a_recording_of_nothing_has_no_end(incoming, live):
    for _ in range(2):
        with pytest.raises(SourceError, match="Nothing has been recorded"):
            incoming.end(live.lecture_id, [], live.key, NOW)
        assert not incoming.of(live.lecture_id).ended
    send(incoming, live, 0)


def test_the_page_ends_what_nobody_sends_to_any_more(incoming, live):
    send(incoming, live, 0)
    for seconds in (0, 59, 60):
        with pytest.raises(LectureError, match="still being recorded"):
            incoming.end(live.lecture_id, None, None, NOW + timedelta(seconds=seconds))
        assert not incoming.of(live.lecture_id).ended
    incoming.end(live.lecture_id, None, None, NOW + timedelta(seconds=61))
    assert incoming.of(live.lecture_id).ended


def test_of_a_chunk_and_an_end_at_once_the_chunk_counts_or_is_refused(incoming, library):
    for _ in range(10):
        begun = incoming.begin("Recording", "live", Settings(), NOW)
        send(incoming, begun, 0)
        with ThreadPoolExecutor(2) as threads:
            sending = threads.submit(send, incoming, begun, 1)
            threads.submit(incoming.end, begun.lecture_id, [1], begun.key, NOW).result()
            refused = isinstance(sending.exception(), Closed)
        found = incoming.of(begun.lecture_id)
        assert (found.ended, found.takes[0].chunks) == (True, 1 if refused else 2)


# --------------------------------------------------------------------------------------------------- uploads


def uploaded(incoming: Takes, content: bytes, name: str = "my_talk.mp3", settings: Settings | None = None) -> Begun:
    begun = incoming.begin(name, "upload", settings or Settings(), NOW, len(content))
    for number, start in enumerate(range(0, len(content), 5_000)):
        send(incoming, begun, number, content=content[start : start + 5_000], mime_type="")
    return begun


SOUND = bytes(range(256)) * 80


def test_an_upload_in_parts_is_what_an_ordinary_one_is(incoming, library, tmp_path):
    begun = uploaded(incoming, SOUND)
    assert incoming.end(begun.lecture_id, [5], begun.key, NOW) == begun.lecture_id
    ordinary = Library(f"sqlite:///{tmp_path / 'other.db'}", folder=tmp_path / "other")
    add(ordinary, SOUND, "my_talk.mp3")
    kept = "title, created, fingerprint, recording_name, captions_name, settings, state, progress, duration, task"
    assert rows_of(library, f"SELECT {kept} FROM lectures") == rows_of(ordinary, f"SELECT {kept} FROM lectures")
    assert files(library) == {begun.lecture_id, f"{begun.lecture_id}/recording"}
    entry = library.take_next()
    assert (entry.id, entry.source.recording.path.read_bytes()) == (begun.lecture_id, SOUND)
    assert incoming.end(begun.lecture_id, [5], begun.key, NOW) == begun.lecture_id  # the answer was lost
    assert library.entry(begun.lecture_id).state == "running"


def test_the_length_that_a_file_says_is_known_as_with_an_ordinary_upload(incoming, library):
    sample = Path(__file__).parent.parent / "samples" / "how-memory-works.mp3"
    begun = incoming.begin("memory.mp3", "upload", Settings(), NOW)
    send(incoming, begun, 0, content=sample.read_bytes())
    incoming.end(begun.lecture_id, None, begun.key, NOW)
    assert library.entry(begun.lecture_id).duration == pytest.approx(343, abs=2)


def test_an_upload_that_is_known_gives_the_lecture_of_before(incoming, library):
    for earlier in (add(library, SOUND, "talk.mp3").id, None):
        begun = uploaded(incoming, SOUND)
        known = incoming.end(begun.lecture_id, [5], begun.key, NOW)
        assert known == (earlier or library.entries()[0].id)
        assert library.entry(begun.lecture_id) is None
        assert files(library) == {known, f"{known}/recording"}
    other = uploaded(incoming, SOUND, settings=Settings(language="fr"))
    assert incoming.end(other.lecture_id, [5], other.key, NOW) == other.lecture_id
    assert add(library, SOUND, "once more.mp3", Settings(language="fr")).id == other.lecture_id


def test_an_upload_that_has_not_wholly_arrived_does_not_end(incoming, library):
    begun = incoming.begin("talk.mp3", "upload", Settings(), NOW, len(SOUND))
    send(incoming, begun, 0, content=SOUND[:5_000])
    for chunks, key in (([1], begun.key), (None, None)):
        with pytest.raises(SourceError, match="Not all"):
            incoming.end(begun.lecture_id, chunks, key, NOW + timedelta(hours=1))
    with pytest.raises(TooLarge, match="More has arrived"):
        send(incoming, begun, 1, content=SOUND)
    send(incoming, begun, 1, content=SOUND[5_000:])
    incoming.end(begun.lecture_id, [2], begun.key, NOW)
    assert library.entry(begun.lecture_id).source.recording.path.read_bytes() == SOUND


def test_an_upload_is_one_file(incoming):
    begun = uploaded(incoming, SOUND[:10])
    with pytest.raises(LectureError):
        send(incoming, begun, 0, take=1, content=b"")


@pytest.mark.parametrize("moved", [False, True])
def test_an_upload_whose_end_was_broken_off_is_ended_again(incoming, library, monkeypatch, moved):
    begun = uploaded(incoming, SOUND)

    def fails(*args: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as trouble:
        trouble.setattr(*((uploads, "fingerprint_of", fails) if moved else (Path, "replace", fails)))
        with pytest.raises(StorageError):
            incoming.end(begun.lecture_id, [5], begun.key, NOW)
    assert library.entry(begun.lecture_id).state == "recording"
    assert incoming.end(begun.lecture_id, [5], begun.key, NOW) == begun.lecture_id
    entry = library.entry(begun.lecture_id)
    assert (entry.state, entry.source.recording.path.read_bytes()) == ("waiting", SOUND)


def test_an_upload_that_is_ended_twice_at_once_ends_once(incoming, library):
    begun = uploaded(incoming, SOUND)
    with ThreadPoolExecutor(4) as threads:
        ends = [threads.submit(incoming.end, begun.lecture_id, [5], begun.key, NOW) for _ in range(4)]
        assert {end.result() for end in ends} == {begun.lecture_id}
    assert [entry.state for entry in library.entries()] == ["waiting"]
    assert library.entry(begun.lecture_id).source.recording.path.read_bytes() == SOUND


def test_an_upload_that_another_end_has_handed_on_is_left_to_its_processing(incoming, library):
    begun = uploaded(incoming, SOUND)
    incoming.end(begun.lecture_id, [5], begun.key, NOW)
    library.take_next()
    assert uploads.take_in(library, begun.lecture_id) == begun.lecture_id
    assert library.entry(begun.lecture_id).state == "running"


# --------------------------------------------------------------------------------------------------- for long


@only_on_sqlite
def test_a_long_recording_grows_on_the_disk_and_not_in_memory(incoming, live, library):
    """Ten minutes at 32 kbit/s; `benchmarks/receiving.py` does three hours."""
    content = os.urandom(8_000)
    send(incoming, live, 0, content=content)
    database = library.database.stat().st_size
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as alone:  # no other test's threads
        kept, peak = alone.submit(memory_of, library.folder, live, content).result()
    assert stored(incoming, live) == content * 300
    assert kept < 200_000  # what was sent meanwhile has 1,600,000
    assert peak < 1_000_000
    assert library.database.stat().st_size - database < 50_000
    written = sum(path.stat().st_size for path in library.folder.rglob("*") if path.is_file())
    assert written - 300 * 8_000 < 6_000_000  # the database, and its log of at most 4 MB


def memory_of(folder: Path, begun: Begun, content: bytes) -> tuple[int, int]:
    """Bytes kept after the last 200 of 300 chunks, and at most meanwhile."""
    incoming = Takes(Library(folder=folder))
    tracemalloc.start()
    for number in range(1, 100):
        send(incoming, begun, number, content=content)
    gc.collect()
    before, _ = tracemalloc.get_traced_memory()
    for number in range(100, 300):
        assert send(incoming, begun, number, content=content).chunks == number + 1
    _, peak = tracemalloc.get_traced_memory()
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    return after - before, peak - before


# --------------------------------------------------------------------------------------------------- backups


@only_on_sqlite
def test_a_backup_leaves_out_what_is_still_being_recorded(incoming, live, library, tmp_path):
    send(incoming, live, 0)
    lecture = said(library, "Osmosis is the movement of water.")
    assert backup(library, tmp_path / "a.zip") == 1
    assert (library.entry(live.lecture_id).state, stored(incoming, live)) == ("recording", CHUNKS[0])
    send(incoming, live, 1)
    assert restore(tmp_path / "a.zip", tmp_path / "restored") == 1
    restored = Library(folder=tmp_path / "restored")
    assert [entry.id for entry in restored.entries()] == [lecture.id]
    assert Takes(restored).of(live.lecture_id) is None


@only_on_sqlite
def test_a_backup_has_the_marks_of_a_recording_that_is_over(incoming, live, library, tmp_path):
    send(incoming, live, 0)
    incoming.mark(live.lecture_id, live.key, [1.5, 2.5])
    incoming.end(live.lecture_id, [1], live.key, NOW)
    folder = library.folder / "lectures" / live.lecture_id
    (folder / "takes" / "0").rename(folder / "recording")
    with library.transaction() as session:  # as the captions' worker leaves it
        takes.lecture_row(session, live.lecture_id).state = "waiting"
    assert backup(library, tmp_path / "a.zip") == 1
    restore(tmp_path / "a.zip", tmp_path / "restored")
    restored = Library(folder=tmp_path / "restored")
    assert Takes(restored).of(live.lecture_id).marks == (1.5, 2.5)
    assert restored.entry(live.lecture_id).source.recording.path.read_bytes() == CHUNKS[0]
