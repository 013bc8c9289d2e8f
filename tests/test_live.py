"""Recordings that are transcribed while they are made."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import models
from lecture.audio import SAMPLE_RATE, Recording
from lecture.errors import Cancelled, ModelError, SourceError
from lecture.files.sections import sections
from lecture.jobs import Worker
from lecture.library import Entry, Library
from lecture.live import captioner
from lecture.live.captions import LiveCaptions
from lecture.live.joining import join
from lecture.live.marks import marked_moments
from lecture.live.provisional import Provisional
from lecture.live.recording import LiveRecording
from lecture.process import Record, Settings, process
from lecture.proposals import Proposals
from lecture.recognisers import PocketSphinx
from lecture.sentences import Sentence
from lecture.takes import Begun, Incoming, Take, Takes
from lecture.transcript import Segment
from tests.fixtures import media
from tests.fixtures.lectures import NOW

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


def test_silence_is_said_to_be_silence(library: Library) -> None:
    Worker(library, models.shared(), lambda: NOW)
    begun = begin(library)
    chunks = media.chunks(media.silence(4))
    send(library, begun, chunks)
    Takes(library).end(begun.lecture_id, [len(chunks)], begun.key, NOW)
    entry = wait_until(library, begun, lambda entry: entry.state == "failed")
    assert "No speech was found" in entry.error


# --------------------------------------------------------------------------------------------------------- marks


def test_a_mark_is_of_what_had_been_said_when_it_was_made() -> None:
    said = [Sentence("First.", 0, 4), Sentence("Second.", 5, 9), Sentence("Third.", 10, 14)]
    marked = marked_moments(said, [10.4, 12.0, 13.0, 0.2, 60.0])
    assert [(one.text, one.evidence.start) for one in marked] == [("First.", 0), ("Second.", 5), ("Third.", 10)]
    assert marked_moments([], [3.0]) == ()
