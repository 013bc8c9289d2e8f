"""Recordings that are transcribed while they are made."""

from __future__ import annotations

import resource
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import av
import numpy as np
import pytest
import streamlit as st
from filelock import FileLock, Timeout
from streamlit.testing.v1 import AppTest

import models
from lecture import database
from lecture.audio import SAMPLE_RATE, Recording
from lecture.errors import Cancelled, ModelError, NoSpeechError, SourceError
from lecture.files.sections import sections
from lecture.jobs import IDLE_S, Worker
from lecture.journal import Journal
from lecture.library import Entry, Library
from lecture.live import captioner
from lecture.live.captions import LiveCaptions
from lecture.live.joining import join
from lecture.live.marks import marked_moments
from lecture.live.provisional import Provisional
from lecture.live.recording import LOOK_S, LiveRecording
from lecture.process import Record, Settings, process
from lecture.proposals import Proposals
from lecture.recognisers import PocketSphinx
from lecture.sentences import Sentence
from lecture.takes import Begun, Incoming, Take, Takes
from lecture.transcript import Segment
from tests.fixtures import media
from tests.fixtures.lectures import NOW
from views import session, shared
from views.live import how_it_arrives

WEBM = "audio/webm;codecs=opus"
SPHINX = Settings(recogniser="pocketsphinx")


# ------------------------------------------------------------------------------------------------------- reading


class Arriving:
    """A recording that arrives: its takes' files, and what is said of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.incoming = Incoming("id", "live", (), False, (), NOW, None)

    def __call__(self) -> Incoming:
        return self.incoming

    def come(self, content: bytes, take: int = 0) -> None:
        path = self.folder / str(take)
        with path.open("ab") as file:
            file.write(content)
        others = tuple(one for one in self.incoming.takes if one.number != take)
        grown = Take(take, WEBM, 1, path.stat().st_size, path)
        self.incoming = replace(self.incoming, takes=tuple(sorted((*others, grown), key=lambda one: one.number)))

    def end(self) -> None:
        self.incoming = replace(self.incoming, ended=True)


@pytest.fixture
def arriving(tmp_path: Path) -> Arriving:
    (tmp_path / "takes").mkdir()
    return Arriving(tmp_path / "takes")


def heard(recording: Recording) -> np.ndarray:
    return np.concatenate(list(recording))


def test_what_arrives_in_chunks_of_any_size_is_read_as_the_whole_file_is(arriving: Arriving, tmp_path: Path) -> None:
    content = b"".join(media.chunks(media.excerpt(0, 8)))
    borders = np.sort(np.random.default_rng(1).integers(1, len(content), 60)).tolist()
    pieces = iter([content[begin:end] for begin, end in zip([0, *borders], [*borders, len(content)], strict=True)])

    def next_piece() -> None:
        if (piece := next(pieces, None)) is None:
            arriving.end()
        else:
            arriving.come(piece)

    arriving.come(next(pieces))
    (tmp_path / "whole.webm").write_bytes(content)
    live = LiveRecording("lecture.webm", arriving, meanwhile=next_piece)
    assert np.array_equal(heard(live), heard(Recording(tmp_path / "whole.webm")))
    assert live.position == live.duration == pytest.approx(8, abs=0.03)
    assert not live.warnings()


def test_sound_is_there_before_the_next_chunk_comes(arriving: Arriving) -> None:
    chunks = iter(media.chunks(media.excerpt(0, 6)))
    arriving.come(next(chunks))
    seen = []

    def next_chunk() -> None:
        seen.append(live.position)
        if (chunk := next(chunks, None)) is None:
            arriving.end()
        else:
            arriving.come(chunk)

    live = LiveRecording("lecture.webm", arriving, meanwhile=next_chunk)
    heard(live)
    assert all(position > number - 1.2 for number, position in enumerate(seen)), seen


def test_takes_are_read_one_after_another_and_a_broken_one_is_told(arriving: Arriving, tmp_path: Path) -> None:
    first, second = (b"".join(media.chunks(media.excerpt(begin, begin + 3))) for begin in (0, 3))
    arriving.come(first, 0)
    arriving.come(b"no recording at all", 1)
    arriving.come(second[: len(second) // 2], 2)
    arriving.come(second, 3)
    arriving.end()
    ended = []
    live = LiveRecording("lecture.webm", arriving, on_end=lambda: ended.append(live.position))
    length = len(heard(live)) / SAMPLE_RATE
    assert 7 < length < 8.1
    assert ended == [pytest.approx(length)]
    assert "arrived damaged" in live.warnings()[0]


def test_what_is_raised_meanwhile_ends_the_reading(arriving: Arriving) -> None:
    def give_up() -> None:
        raise Cancelled("Nobody sends any more.")

    arriving.come(media.chunks(media.excerpt(0, 3))[0])
    with pytest.raises(Cancelled, match="Nobody sends"):
        heard(LiveRecording("lecture.webm", arriving, meanwhile=give_up))


@pytest.mark.parametrize("before", [1, 2])
def test_what_the_decoder_would_take_for_damage_ends_the_reading_too(before: int, arriving: Arriving) -> None:
    """Else all that comes after it would be missing, without a word."""
    chunks = media.chunks(media.excerpt(0, 3))

    def fail() -> None:
        arriving.come(b"".join(chunks[before:]))
        arriving.end()
        raise ValueError("the recogniser's mistake")

    arriving.come(b"".join(chunks[:before]))
    with pytest.raises(ValueError, match="the recogniser's mistake"):
        heard(LiveRecording("lecture.webm", arriving, meanwhile=fail))


def test_what_safari_records_is_read_as_it_comes(arriving: Arriving, tmp_path: Path) -> None:
    content = mp4(tmp_path / "take.mp4", media.excerpt(0, 5))
    seen, pieces = [], iter([content[at : at + 7_000] for at in range(0, len(content), 7_000)])

    def next_piece() -> None:
        seen.append(live.position)
        if (piece := next(pieces, None)) is None:
            arriving.end()
        else:
            arriving.come(piece)

    arriving.come(next(pieces))
    live = LiveRecording("lecture.m4a", arriving, meanwhile=next_piece)
    assert len(heard(live)) / SAMPLE_RATE == pytest.approx(5, abs=0.1)
    assert 1.5 < seen[len(seen) // 2] < 3.5, seen
    assert not live.warnings()


def test_a_take_that_cannot_be_read_to_its_end_is_told(arriving: Arriving, tmp_path: Path) -> None:
    content = mp4(tmp_path / "take.mp4", media.excerpt(0, 5))
    half = content.index(b"moof", len(content) // 2) - 4
    arriving.come(content[:half] + (4).to_bytes(4, "big") + b"moof" + content[half:])
    arriving.end()
    live = LiveRecording("lecture.m4a", arriving)
    assert len(heard(live)) / SAMPLE_RATE < 4
    assert "arrived damaged" in live.warnings()[0]


def test_a_recording_without_a_sound_says_so(arriving: Arriving) -> None:
    arriving.come(b"")
    arriving.end()
    with pytest.raises(SourceError, match="nothing of it has arrived"):
        heard(LiveRecording("lecture.webm", arriving))


def test_joined_takes_can_be_played_to_their_end(tmp_path: Path) -> None:
    takes = []
    for number, (begin, end) in enumerate([(0, 4), (4, 4.2), (4.2, 9)]):
        takes.append(tmp_path / str(number))
        takes[-1].write_bytes(b"".join(media.chunks(media.excerpt(begin, end))))
    takes[1].write_bytes(takes[1].read_bytes()[:40])  # its tab was gone before even its head was sent
    join(takes, tmp_path / "recording")
    joined = Recording(tmp_path / "recording", "lecture.webm")
    assert joined.declared == pytest.approx(8.8, abs=0.1)
    assert len(heard(joined)) / SAMPLE_RATE == pytest.approx(8.8, abs=0.1)
    assert {path.name for path in tmp_path.iterdir()} == {"0", "1", "2", "recording"}


def test_takes_of_another_microphone_or_browser_can_be_played_too(tmp_path: Path) -> None:
    """A player of the first would read others wrongly, or not at all; and the takes are removed."""
    first, second, third = (tmp_path / str(number) for number in range(3))
    mp4(first, media.excerpt(0, 4))
    mp4(second, media.excerpt(4, 8), rate=24_000)
    third.write_bytes(b"".join(media.chunks(media.excerpt(8, 12))))
    join([first, second, third], tmp_path / "recording")
    sound, spoken = heard(Recording(tmp_path / "recording")), media.excerpt(0, 12)
    assert len(sound) == pytest.approx(len(spoken), abs=0.3 * SAMPLE_RATE)
    for at in (1, 5, 9):
        assert alike(sound, spoken, at, at + 2) > 0.8, at


def test_a_first_take_of_which_only_the_head_arrived_is_passed_over(tmp_path: Path) -> None:
    content = b"".join(media.chunks(media.excerpt(0, 3)))
    (tmp_path / "0").write_bytes(content[: content.index(bytes.fromhex("1F43B675"))])  # where the first cluster begins
    (tmp_path / "1").write_bytes(b"not even a head")
    mp4(tmp_path / "2", media.excerpt(0, 4))
    join([tmp_path / "0", tmp_path / "1", tmp_path / "2"], tmp_path / "recording")
    assert alike(heard(Recording(tmp_path / "recording")), media.excerpt(0, 4), 1, 3) > 0.8


def test_a_disk_that_is_full_leaves_the_recording_of_before(tmp_path: Path) -> None:
    take = tmp_path / "0"
    take.write_bytes(b"".join(media.chunks(media.excerpt(0, 8))))
    (tmp_path / "recording").write_bytes(b"joined before")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (take.stat().st_size - 2_000, limits[1]))
    try:
        with pytest.raises(OSError):
            join([take], tmp_path / "recording")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (tmp_path / "recording").read_bytes() == b"joined before"
    assert {path.name for path in tmp_path.iterdir()} >= {"0", "recording"}
    assert not list(tmp_path.glob("*.joining"))


def mp4(path: Path, samples: np.ndarray, rate: int = 48_000) -> bytes:
    """A file as Safari's recorder makes it: in fragments, with AAC."""
    options = {"movflags": "empty_moov+default_base_moof+frag_keyframe", "frag_duration": "1000000"}
    with av.open(str(path), "w", format="mp4", options=options) as container:
        sound = container.add_stream("aac", rate=rate)
        sound.layout = "mono"
        frame = av.AudioFrame.from_ndarray(samples[None, :], format="flt", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        resampler = av.AudioResampler(sound.format, sound.layout, sound.rate)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(sound.encode(part))
        container.mux(sound.encode(None))
    return path.read_bytes()


def alike(sound: np.ndarray, spoken: np.ndarray, begin: float, end: float) -> float:
    """How well a stretch agrees with what was spoken, a fifth of a second sooner or later."""
    stretch, most = slice(round(begin * SAMPLE_RATE), round(end * SAMPLE_RATE)), SAMPLE_RATE // 5
    sound = np.pad(sound, (0, max(0, len(spoken) - len(sound))))[: len(spoken)]
    return max(np.corrcoef(spoken[stretch], np.roll(sound, by)[stretch])[0, 1] for by in range(-most, most, 5))


def test_takes_without_sound_are_no_recording(tmp_path: Path) -> None:
    (tmp_path / "0").write_bytes(b"nothing")
    with pytest.raises(SourceError, match="Nothing of this recording can be played"):
        join([tmp_path / "0"], tmp_path / "recording")
    assert {path.name for path in tmp_path.iterdir()} == {"0"}


# --------------------------------------------------------------------------------------------------- provisional


def test_words_are_there_while_they_are_spoken_and_stay_until_their_window_has_ended() -> None:
    told: list[list[Segment]] = []
    provisional = Provisional(PocketSphinx(models.shared().recogniser(models.choose("pocketsphinx"))), told.append)
    blocks = np.array_split(media.excerpt(0, 9), 9)
    for _ in provisional.heard(blocks):
        provisional.recognise()
    words = [" ".join(segment.text for segment in segments) for segments in told]
    assert len(words) >= 5, words
    assert "good morning" in words[1] + words[2]
    assert "lecture about memory" in words[-1]
    assert told[-1][-1].end > 7.5
    provisional.finished_until(told[-1][-1].start)
    assert told[-1] == [told[-2][-1]]


def test_words_of_before_an_interruption_stay_until_their_window_has_ended() -> None:
    told: list[list[Segment]] = []
    before = [Segment(20.0, 22.0, "said then"), Segment(24.0, 26.0, "and then")]
    provisional = Provisional(PocketSphinx(None), told.append, before)
    for _ in provisional.heard([media.silence(30)]):
        provisional.finished_until(12.0)
    assert told == []
    provisional.finished_until(23.0)
    provisional.finished_until(27.0)
    assert told == [before[1:], []]


def test_words_stay_however_long_their_window_does_not_end() -> None:
    told: list[list[Segment]] = []
    provisional = Provisional(PocketSphinx(models.shared().recogniser(models.choose("pocketsphinx"))), told.append)
    sound = np.concatenate([media.excerpt(0, 9), media.silence(130), media.excerpt(9, 20)])
    for _ in provisional.heard(np.array_split(sound, 150)):
        provisional.recognise()
    words = " ".join(segment.text for segment in told[-1])
    assert words.startswith("good morning and welcome")
    assert words.count("good morning") == 1
    assert told[-1][-1].end > 147
    provisional.finished_until(60.0)
    assert told[-1][0].start > 135


def test_what_has_not_grown_is_not_recognised_again() -> None:
    asked: list[tuple[float, float]] = []

    class Counting(PocketSphinx):
        def recognise(self, windows):
            asked.extend((window.start, window.end) for window in windows)
            return super().recognise(windows)

    provisional = Provisional(Counting(models.shared().recogniser(models.choose("pocketsphinx"))), lambda said: None)
    for _ in provisional.heard(np.array_split(media.excerpt(0, 20), 20)):
        provisional.recognise()
    assert len(asked) == len(set(asked))
    assert max(end - start for start, end in asked) <= 10.1
    assert sum(end - start for start, end in asked) < 120  # 210 if all of it were recognised each time


# ------------------------------------------------------------------------------------------------------- captions


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library(f"sqlite:///{tmp_path / 'library.db'}", tmp_path)
    yield library
    library.close()


def begin(library: Library) -> Begun:
    return Takes(library).begin("", "live", SPHINX, NOW)


def send(library: Library, begun: Begun, chunks: list[bytes], take: int = 0) -> None:
    for number, chunk in enumerate(chunks):
        Takes(library).store(begun.lecture_id, begun.key, take, number, WEBM, chunk, NOW)


def wait_until(library: Library, begun: Begun, true: Callable[[Entry], object]) -> Entry:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        entry = library.entry(begun.lecture_id)
        assert entry
        if true(entry):
            return entry
        time.sleep(0.05)
    raise AssertionError(f"it did not come about: {entry}")


def words_so_far(library: Library, begun: Begun) -> str:
    said = (*library.latest_segments(begun.lecture_id), *LiveCaptions(library).provisional(begun.lecture_id))
    return " ".join(segment.text for segment in said)


def test_a_recording_has_captions_while_it_is_made_and_becomes_what_an_upload_of_it_becomes(library: Library) -> None:
    Worker(library, models.shared(), lambda: NOW)
    begun, takes = begin(library), Takes(library)
    chunks = media.chunks(media.excerpt(0, 32))
    send(library, begun, chunks[:-8])
    wait_until(library, begun, lambda entry: "usual way" in words_so_far(library, begun))
    assert library.entry(begun.lecture_id).state == "recording"
    for number, chunk in enumerate(chunks[-8:], start=len(chunks) - 8):
        takes.store(begun.lecture_id, begun.key, 0, number, WEBM, chunk, NOW)
    takes.mark(begun.lecture_id, begun.key, [20.0])
    takes.end(begun.lecture_id, [len(chunks)], begun.key, NOW)
    entry = wait_until(library, begun, lambda entry: entry.state == "ready")

    live, uploaded = library.lecture(begun.lecture_id), process(entry.source, SPHINX, Record())
    assert live and live.transcript == uploaded.transcript
    assert replace(live.notes, marked=()) == uploaded.notes
    assert live.flashcards == uploaded.flashcards
    [marked] = live.notes.marked
    assert ("Marked while recording", (marked,)) in sections(live.notes)
    assert marked.evidence.start <= 19.0 <= marked.evidence.end + 1.0
    assert [path.name for path in entry.source.recording.path.parent.iterdir()] == ["recording"]

    Proposals(library).write_again(begun.lecture_id, SPHINX, NOW)
    wait_for = time.monotonic() + 60
    while Proposals(library).pending(begun.lecture_id).state != "ready" and time.monotonic() < wait_for:
        time.sleep(0.05)
    Proposals(library).accept(begun.lecture_id)
    assert library.lecture(begun.lecture_id).notes.marked == (marked,)


def test_a_recording_that_cannot_be_captioned_goes_on_and_is_transcribed_at_its_end(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise ModelError("The model is damaged. Delete it.")

    monkeypatch.setattr(captioner, "process", fail)
    Worker(library, models.shared(), lambda: NOW)
    begun = begin(library)
    chunks = media.chunks(media.excerpt(0, 10))
    send(library, begun, chunks)
    entry = wait_until(library, begun, lambda entry: entry.error)
    assert (entry.state, entry.error) == ("recording", "The model is damaged. Delete it.")
    Takes(library).end(begun.lecture_id, [len(chunks)], begun.key, NOW)
    entry = wait_until(library, begun, lambda entry: entry.state == "ready")
    assert entry.error is None
    assert [path.name for path in entry.source.recording.path.parent.iterdir()] == ["recording"]


def test_a_recording_that_is_deleted_is_not_listened_to_any_more(library: Library) -> None:
    Worker(library, models.shared(), lambda: NOW)
    begun = begin(library)
    send(library, begun, media.chunks(media.excerpt(0, 6)))
    wait_until(library, begun, lambda entry: words_so_far(library, begun))
    library.delete(begun.lecture_id)
    deadline = time.monotonic() + 20
    while any(thread.name == "captions" for thread in threading.enumerate()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(thread.name == "captions" for thread in threading.enumerate())


@contextmanager
def locked(library: Library) -> Iterator[None]:
    """Another program is writing."""
    with closing(sqlite3.connect(library.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@pytest.fixture
def impatient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    """A library that does not wait long for other programs, nor to try again."""
    monkeypatch.setattr(database, "BUSY_S", 0.2)
    monkeypatch.setattr(captioner, "RETRY_S", 0.2)
    library = Library(f"sqlite:///{tmp_path / 'library.db'}", tmp_path)
    yield library
    library.close()


def captions_have_stopped() -> bool:
    return not any(thread.name == "captions" for thread in threading.enumerate())


def wait_for(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 120
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert true()


def files_of(library: Library, begun: Begun) -> list[str]:
    return sorted(path.name for path in (library.folder / "lectures" / begun.lecture_id).iterdir())


def test_captions_go_on_after_a_silence_and_after_a_locked_library(
    impatient: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is recognised twice, doubled or lost: it becomes what an upload of the same sound becomes."""
    library, clock, planned = impatient, [NOW], []
    real = Journal.on_planned

    def spied(self: Journal, borders, language) -> None:
        planned.extend(borders)
        real(self, borders, language)

    monkeypatch.setattr(Journal, "on_planned", spied)
    worker = Worker(library, models.shared(), lambda: clock[0])
    begun, takes = begin(library), Takes(library)
    chunks = media.chunks(media.excerpt(0, 34))
    send(library, begun, chunks[:24])
    wait_until(library, begun, lambda entry: library.windows_done(begun.lecture_id))
    wait_until(library, begun, lambda entry: LiveCaptions(library).provisional(begun.lecture_id))
    before = words_so_far(library, begun)
    clock[0] += timedelta(minutes=29)
    time.sleep(10 * LOOK_S)
    assert not captions_have_stopped()  # a break
    clock[0] += timedelta(minutes=2)
    wait_for(captions_have_stopped)
    assert words_so_far(library, begun) == before
    takes.store(begun.lecture_id, begun.key, 0, 24, WEBM, chunks[24], clock[0])
    wait_for(lambda: not captions_have_stopped())
    with locked(library):
        wait_for(lambda: worker.trouble_with(begun.lecture_id))
        assert "being used by another program" in worker.trouble_with(begun.lecture_id)
    for number, chunk in enumerate(chunks[25:], start=25):
        takes.store(begun.lecture_id, begun.key, 0, number, WEBM, chunk, clock[0])
    wait_for(lambda: worker.trouble_with(begun.lecture_id) is None)
    takes.end(begun.lecture_id, [len(chunks)], begun.key, clock[0])
    entry = wait_until(library, begun, lambda entry: entry.state == "ready")
    assert library.lecture(begun.lecture_id).transcript == process(entry.source, SPHINX, Record()).transcript
    assert sorted(planned) == sorted(set(planned))


def test_words_of_before_an_interruption_are_gone_where_nothing_is_heard_any_more(
    library: Library, arriving: Arriving
) -> None:
    begun, choice = begin(library), models.choose("pocketsphinx")
    library.note_choice(begun.lecture_id, choice)
    LiveCaptions(library).note(begun.lecture_id, [Segment(0.5, 1.5, "misheard")])
    entry, journal = library.entry(begun.lecture_id), Journal(library, begun.lecture_id, {})
    arriving.come(b"".join(media.chunks(media.silence(3))))
    arriving.end()
    with pytest.raises(NoSpeechError):
        process(entry.source, SPHINX, journal, models.shared(), LiveRecording("lecture.webm", arriving))
    assert LiveCaptions(library).provisional(begun.lecture_id) == ()


def stopping_before_it_is_stored(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """Have captions stop when all is made: an event for that, and one to let them go on."""
    made, go_on = threading.Event(), threading.Event()

    def stopping(*arguments):
        lecture = process(*arguments)
        made.set()
        assert go_on.wait(60)
        return lecture

    monkeypatch.setattr(captioner, "process", stopping)
    return made, go_on


def test_notes_that_cannot_be_stored_are_made_by_the_worker_when_they_can(
    impatient: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the lecture would be "running" for ever, and nobody at it."""
    made, go_on = stopping_before_it_is_stored(monkeypatch)
    worker = Worker(impatient, models.shared(), lambda: NOW)
    begun = begin(impatient)
    chunks = media.chunks(media.excerpt(0, 8))
    send(impatient, begun, chunks)
    Takes(impatient).end(begun.lecture_id, [len(chunks)], begun.key, NOW)
    assert made.wait(60)
    with locked(impatient):
        go_on.set()
        wait_for(lambda: worker.trouble_with(begun.lecture_id))
        assert impatient.entry(begun.lecture_id).state == "running"
    wait_until(impatient, begun, lambda entry: entry.state == "ready")
    assert "good morning" in impatient.lecture(begun.lecture_id).transcript.segments[0].text
    wait_for(lambda: files_of(impatient, begun) == ["recording"])
    assert worker.trouble_with(begun.lecture_id) is None


def test_a_recording_that_is_cancelled_and_tried_again_at_once_waits_until_nobody_is_at_it(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else what was made with the settings of before would be kept, and two would be at it."""
    made, go_on = stopping_before_it_is_stored(monkeypatch)
    worker = Worker(library, models.shared(), lambda: NOW)
    begun = begin(library)
    chunks = media.chunks(media.excerpt(0, 8))
    send(library, begun, chunks)
    Takes(library).end(begun.lecture_id, [len(chunks)], begun.key, NOW)
    assert made.wait(60)
    library.cancel(begun.lecture_id)
    library.try_again(begun.lecture_id, replace(SPHINX, summary_length="long"))
    worker.wake()
    time.sleep(1.5)
    assert library.entry(begun.lecture_id).state == "waiting"
    go_on.set()
    wait_until(library, begun, lambda entry: entry.state == "ready")
    wait_for(lambda: files_of(library, begun) == ["recording"])


def test_takes_that_cannot_be_joined_now_are_said_to_be_kept_and_are_joined_later(impatient: Library) -> None:
    worker = Worker(impatient, models.shared(), lambda: NOW)
    begun = begin(impatient)
    chunks = media.chunks(media.excerpt(0, 8))
    send(impatient, begun, chunks)
    hindrance = impatient.folder / "lectures" / begun.lecture_id / "recording.joining"
    hindrance.mkdir()
    Takes(impatient).end(begun.lecture_id, [len(chunks)], begun.key, NOW)
    wait_for(lambda: worker.trouble_with(begun.lecture_id))
    assert impatient.entry(begun.lecture_id).state == "recording"
    hindrance.rmdir()
    wait_until(impatient, begun, lambda entry: entry.state == "ready")
    wait_for(lambda: files_of(impatient, begun) == ["recording"])


@pytest.mark.parametrize("without_captions", [False, True])
def test_takes_that_can_never_be_joined_fail_once_and_are_kept(
    without_captions: bool, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise RuntimeError("out of luck")

    monkeypatch.setattr(captioner, "process" if without_captions else "join", fail)
    monkeypatch.setattr(captioner, "join", fail)
    Worker(library, models.shared(), lambda: NOW)
    begun = begin(library)
    chunks = media.chunks(media.excerpt(0, 3))
    send(library, begun, chunks)
    Takes(library).end(begun.lecture_id, [len(chunks)], begun.key, NOW)
    entry = wait_until(library, begun, lambda entry: entry.state == "failed")
    assert "out of luck" in entry.error
    wait_for(captions_have_stopped)
    assert files_of(library, begun) == ["takes"]


def test_nothing_is_left_of_a_lecture_that_is_deleted_while_it_is_joined(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []

    def delete_meanwhile(takes: list[Path], to: Path) -> None:
        library.delete(to.parent.name)
        to.parent.mkdir()  # as where the file came just after the folder had been looked through
        to.write_bytes(takes[0].name.encode())
        written.append(to)

    monkeypatch.setattr(captioner, "join", delete_meanwhile)
    Worker(library, models.shared(), lambda: NOW)
    begun = begin(library)
    chunks = media.chunks(media.excerpt(0, 3))
    send(library, begun, chunks)
    Takes(library).end(begun.lecture_id, [len(chunks)], begun.key, NOW)
    wait_for(lambda: written)
    wait_for(lambda: not written[0].parent.exists())


def test_takes_that_a_crash_left_are_removed_where_there_is_the_recording(library: Library) -> None:
    joined, failed = begin(library), begin(library)
    for begun in (joined, failed):
        send(library, begun, [b"sound"])
        library.recorded(begun.lecture_id, "waiting")
        library.cancel(begun.lecture_id)
    (library.folder / "lectures" / joined.lecture_id / "recording").write_bytes(b"sound")
    Worker(library, models.shared(), lambda: NOW)
    wait_for(lambda: files_of(library, joined) == ["recording"])
    assert files_of(library, failed) == ["takes"]


def test_the_captioner_outlives_what_nobody_thought_of(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    real, asked = Takes.to_caption, []

    def once_wrong(self: Takes, now: datetime) -> list[str]:
        asked.append(now)
        if len(asked) == 1:
            raise RuntimeError("out of luck")
        return real(self, now)

    monkeypatch.setattr(Takes, "to_caption", once_wrong)
    Worker(library, models.shared(), lambda: NOW)
    wait_for(lambda: len(asked) > 1)


def test_a_worker_in_trouble_keeps_its_turn(impatient: Library) -> None:
    """Else another program would listen to the recordings that this one is listening to."""
    begun = begin(impatient)
    impatient.recorded(begun.lecture_id, "waiting")
    with locked(impatient):
        worker = Worker(impatient, models.shared(), lambda: NOW)
        wait_for(lambda: worker.trouble)
        with pytest.raises(Timeout):
            FileLock(impatient.folder / "worker.lock").acquire(timeout=2 * IDLE_S)


def test_a_clock_that_was_set_back_does_not_keep_a_recording_open(library: Library) -> None:
    begun, later = begin(library), NOW + timedelta(hours=1)
    Takes(library).store(begun.lecture_id, begun.key, 0, 0, WEBM, b"sound", later)
    assert Takes(library).to_caption(NOW) == []
    assert Takes(library).to_caption(later) == [begun.lecture_id]
    Takes(library).end(begun.lecture_id, None, None, NOW)
    assert Takes(library).to_caption(NOW) == [begun.lecture_id]


def test_the_key_of_an_endpoint_may_come_while_it_is_recorded(library: Library) -> None:
    keys: dict[str, str | None] = {}
    journal = Journal(library, "id", keys)
    keys["id"] = "secret"
    assert journal.key() == "secret"


def test_silence_is_said_to_be_silence(library: Library) -> None:
    Worker(library, models.shared(), lambda: NOW)
    begun = begin(library)
    chunks = media.chunks(media.silence(4))
    send(library, begun, chunks)
    Takes(library).end(begun.lecture_id, [len(chunks)], begun.key, NOW)
    entry = wait_until(library, begun, lambda entry: entry.state == "failed")
    assert "No speech was found" in entry.error


# ---------------------------------------------------------------------------------------------------------- page


@pytest.fixture
def page() -> Iterator[Callable[[str], AppTest]]:
    """Opens a lecture in a new tab of a program of its own."""

    def opened(lecture_id: str) -> AppTest:
        page = AppTest.from_file(str(Path(__file__).parents[1] / "app3.py"), default_timeout=60)
        page.query_params["lecture"] = lecture_id
        page.run()
        assert not page.exception
        return page

    st.cache_resource.clear()
    yield opened
    st.cache_resource.clear()


def test_a_recording_that_nobody_sends_any_more_can_be_finished_from_any_tab(page) -> None:
    begun = begin(session.library())
    send(session.library(), begun, media.chunks(media.excerpt(0, 6)))  # some time ago
    shared.worker().keys[begun.lecture_id] = "secret"
    tab = page(begun.lecture_id)
    assert shared.worker().keys[begun.lecture_id] == "secret"  # this tab knows of no other
    assert "Nothing has arrived for" in " ".join(caption.value for caption in tab.caption)
    next(button for button in tab.button if button.label.startswith("Finish with")).click().run()
    assert not tab.exception
    wait_until(session.library(), begun, lambda entry: entry.state == "ready")
    assert not tab.run().exception
    assert "good morning" in tab.session_state.transcription.segments[0].text


def test_a_recording_that_waits_for_the_disk_says_so_and_is_not_called_unfinished(page) -> None:
    begun = begin(session.library())
    send(session.library(), begun, media.chunks(media.excerpt(0, 6)))
    hindrance = session.library().folder / "lectures" / begun.lecture_id / "recording.joining"
    hindrance.mkdir()
    Takes(session.library()).end(begun.lecture_id, None, None, datetime.now().astimezone())
    shared.worker()
    wait_for(lambda: shared.worker().trouble_with(begun.lecture_id))
    captions = [caption.value for caption in page(begun.lecture_id).caption]
    assert any("go on by themselves once that is mended" in caption for caption in captions), captions
    assert how_it_arrives(session.library().entry(begun.lecture_id)).startswith("Listening")


# --------------------------------------------------------------------------------------------------------- marks


def test_a_mark_is_of_what_had_been_said_when_it_was_made() -> None:
    said = [Sentence("First.", 0, 4), Sentence("Second.", 5, 9), Sentence("Third.", 10, 14)]
    marked = marked_moments(said, [10.4, 12.0, 13.0, 0.2, 60.0])
    assert [(one.text, one.evidence.start) for one in marked] == [("First.", 0), ("Second.", 5), ("Third.", 10)]
    assert marked_moments([], [3.0]) == ()
