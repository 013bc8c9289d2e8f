"""From a source to study material, and the worker that does it in the background."""

import errno
import io
import pickle
import shutil

import numpy as np
import pytest

import models
from lecture.audio import Recording
from lecture.errors import CaptionError, LectureError, ModelError, NoSpeechError, SourceError, StorageError
from lecture.process import Lecture, Progress, Record, Settings, process
from lecture.source import Source, StoredFile, is_captions, on_disk, store
from tests.fixtures import media, tiny_writers

CAPTIONS = media.SAMPLE.with_suffix(".vtt")


def quietly(source: Source, settings: Settings | None = None) -> Lecture:
    return process(source, settings or Settings(), Record())


class Kept(Record):
    """All that is told about a lecture while it is processed."""

    def __init__(self) -> None:
        self.steps: list[Progress] = []
        self.texts: list[str] = []
        self.planned: list[int] = []
        self.recognised: list[int] = []

    def on_progress(self, progress: Progress) -> None:
        self.steps.append(progress)

    def on_planned(self, borders, language) -> None:
        self.planned += borders

    def on_recognised(self, window) -> None:
        assert window.number in self.planned
        self.recognised.append(window.number)
        self.texts += [segment.text for segment in window.segments]


# --------------------------------------------------------------------------------------------- sources


def test_an_upload_is_written_to_disk_under_a_name_of_our_own(tmp_path):
    stored = store(io.BytesIO(b"RIFF" * 1_000_000), "../../Lecture 1.WAV", tmp_path)
    assert stored.path.parent == tmp_path
    assert "Lecture" not in stored.path.name
    assert stored.path.read_bytes() == b"RIFF" * 1_000_000
    assert (stored.name, stored.mime_type) == ("../../Lecture 1.WAV", "audio/wav")
    stored.remove()
    stored.remove()
    assert not list(tmp_path.iterdir())


class FullDisk(io.BytesIO):
    """Content during whose second block the disk runs full."""

    def read(self, size: int = -1) -> bytes:
        if self.tell():
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().read(size)


def test_a_full_disk_leaves_nothing_half_written(tmp_path):
    with pytest.raises(StorageError, match="disk is full"):
        store(FullDisk(bytes(3 << 20)), "a.wav", tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "mime_type"),
    [
        ("a.mp3", "audio/mpeg"),
        ("a.M4A", "audio/mp4"),
        ("a.webm", "audio/webm"),
        ("a.mp4", "video/mp4"),
        ("a.opus", "audio/ogg"),
        ("a.unknown", "application/octet-stream"),
        ("a", "application/octet-stream"),
    ],
)
def test_the_mime_type_follows_the_name(name, mime_type, tmp_path):
    assert StoredFile(tmp_path, name).mime_type == mime_type


def test_titles_are_file_names_made_readable(tmp_path):
    assert on_disk(tmp_path / "intro_to-biology.mp3").title == "Intro to biology"
    assert on_disk(tmp_path / "Week 3 - x-rays.mp3").title == "Week 3 - x-rays"
    assert on_disk(tmp_path / ".mp3").title == ".mp3"
    with pytest.raises(SourceError):
        _ = Source().title


def test_captions_are_told_from_recordings_by_name():
    assert is_captions("a.SRT") and is_captions("b.vtt") and is_captions("c.txt")
    assert not is_captions("srt.mp3")


# --------------------------------------------------------------------------------------------- processing


def test_captions_alone_make_a_lecture():
    lecture = quietly(on_disk(CAPTIONS))
    assert lecture.transcript.recogniser == "captions"
    assert lecture.transcript.reason
    assert lecture.notes.summary and lecture.notes.key_points and lecture.flashcards
    assert pickle.loads(pickle.dumps(lecture)) == lecture


def test_captions_beside_the_recording_spare_the_recognition():
    source = Source(recording=StoredFile(media.SAMPLE, "a.mp3"), captions=StoredFile(CAPTIONS, "a.vtt"))
    lecture = quietly(source)
    assert lecture.transcript.recogniser == "captions"
    assert lecture.transcript.duration == pytest.approx(Recording(media.SAMPLE).declared, abs=0.1)


def test_a_recording_is_recognised_and_text_and_progress_appear_on_the_way(tmp_path):
    path = media.write(tmp_path / "a.flac", media.excerpt(0, 45))
    kept = Kept()
    lecture = process(on_disk(path), Settings(), kept)
    assert lecture.transcript.recogniser == "pocketsphinx"
    assert "draft" in lecture.transcript.reason
    assert lecture.transcript.duration == pytest.approx(45, abs=0.1)
    assert kept.recognised == kept.planned == list(range(len(kept.planned)))
    assert kept.texts == [s.text for s in lecture.transcript.segments]
    listening = [p for p in kept.steps if p.step == "Listening"]
    assert len(listening) >= 3
    assert [p.done for p in listening] == sorted(p.done for p in listening)
    assert listening[-1].how_far == "00:45 of 00:45"
    names = [p.step for p in kept.steps]
    assert names.index("Listening") < names.index("Writing the notes") < names.index("Making the flashcards")


@pytest.mark.parametrize("recogniser", ["faster-whisper", "whisper"])
def test_the_whole_way_with_whisper(recogniser, tiny_whisper, monkeypatch):
    monkeypatch.setenv("LECTURE_MODELS", str(tiny_whisper))
    path = media.SAMPLE.parent.parent / "tests" / "fixtures" / "tiny_whisper" / "lecture.mp3"
    lecture = quietly(on_disk(path), Settings(recogniser=recogniser, model="tiny"))
    assert (lecture.transcript.recogniser, lecture.transcript.model) == (recogniser, "tiny")
    assert lecture.transcript.language == "en"
    assert lecture.notes.summary and lecture.flashcards


def test_weights_that_are_deleted_meanwhile_are_used_to_the_end_and_the_next_lecture_has_another_recogniser(
    tiny_whisper, tmp_path, monkeypatch
):
    weights = shutil.copytree(tiny_whisper, tmp_path / "models")
    monkeypatch.setenv("LECTURE_MODELS", str(weights))

    class Deleting(Kept):
        def on_choice(self, choice):
            shutil.rmtree(weights)

    path = media.write(tmp_path / "lecture.wav", media.excerpt(0, 25))
    settings, shared = Settings(recogniser="faster-whisper", model="tiny"), models.Models()
    assert process(on_disk(path), settings, Deleting(), shared).transcript.recogniser == "faster-whisper"
    assert process(on_disk(path), Settings(), Kept(), models.Models()).transcript.recogniser == "pocketsphinx"
    with pytest.raises(ModelError, match="are not on this machine"):
        process(on_disk(path), settings, Kept(), models.Models())


def test_whisper_is_used_as_soon_as_its_weights_are_there(tiny_whisper, monkeypatch):
    monkeypatch.setenv("LECTURE_MODELS", str(tiny_whisper))
    path = media.SAMPLE.parent.parent / "tests" / "fixtures" / "tiny_whisper" / "lecture.mp3"
    assert quietly(on_disk(path)).transcript.recogniser == "faster-whisper"


@pytest.mark.parametrize("sound", [media.silence(30), media.noise(30)], ids=["silence", "noise"])
def test_a_recording_without_speech_says_so(sound, tmp_path):
    path = media.write(tmp_path / "quiet.wav", sound)
    with pytest.raises(NoSpeechError, match=r"No speech was found in quiet\.wav"):
        quietly(on_disk(path))


def test_a_recording_cut_short_is_used_and_the_transcript_says_so(tmp_path):
    whole = media.write(tmp_path / "whole.wav", media.excerpt(0, 30))
    lecture = quietly(on_disk(media.cut_short(whole, tmp_path / "short.wav")))
    assert lecture.transcript.segments
    assert any("cut short" in warning for warning in lecture.transcript.warnings)


def test_a_caption_that_ends_before_it_starts_names_its_line(tmp_path):
    path = tmp_path / "bad.srt"
    path.write_text("1\n00:00:01,000 --> 00:00:02,000\nFine.\n\n2\n00:00:09,000 --> 00:00:03,000\nWrong.\n")
    with pytest.raises(CaptionError, match="6"):
        quietly(on_disk(path))


def test_a_local_model_is_loaded_and_its_words_are_checked(tmp_path):
    """This one was never taught anything: all that it says is dropped, counted, and the lecture quoted instead."""
    tiny_writers.seq2seq(tmp_path, [CAPTIONS.read_text()], {})
    lecture = quietly(on_disk(CAPTIONS), Settings(writer="local", writer_model=str(tmp_path)))
    assert lecture.notes.summary and lecture.flashcards
    assert any("no support" in warning for warning in lecture.notes.warnings)


def test_a_local_model_that_cannot_be_had_costs_no_work():
    lecture = quietly(on_disk(CAPTIONS), Settings(writer="local", writer_model="nobody/nothing"))
    assert lecture.notes.writer == "extractive"
    assert lecture.notes.summary and lecture.flashcards
    assert "nobody/nothing" in lecture.notes.warnings[0]
    assert "built-in writer" in lecture.notes.warnings[0]


def test_an_unknown_language_is_refused_before_any_work():
    with pytest.raises(LectureError, match="xx"):
        quietly(on_disk(media.SAMPLE), Settings(language="xx"))


def test_the_same_recording_gives_the_same_transcript_twice(tmp_path):
    path = media.write(tmp_path / "a.wav", media.excerpt(35, 55))
    noisy = media.write(tmp_path / "b.wav", np.clip(4 * media.excerpt(100, 106), -1, 1))
    first = quietly(on_disk(path)).transcript
    quietly(on_disk(noisy))
    assert quietly(on_disk(path)).transcript == first
