"""What holds for any input: bytes, text, captions, JSON and models' replies are read, or refused in one sentence.

`make test` tries the same examples each time; `--hypothesis-profile=long` tries many more, and others each time.
"""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from lecture.audio import LONGEST_S, SAMPLE_RATE, Recording
from lecture.backup import backup, restore
from lecture.captions import CAPTION_SUFFIXES, LONGEST_CAPTION, read_captions
from lecture.command_line.made import Task
from lecture.errors import CaptionError, LectureError, SourceError
from lecture.files.card_files import flashcards_from_json, flashcards_json
from lecture.flashcards import identified
from lecture.library import Library
from lecture.process import Settings
from lecture.sentences import Sentence, sentences
from lecture.source import Source, StoredFile
from lecture.transcript import Transcript, from_json, one_line, to_json, to_srt, to_txt, to_vtt
from lecture.writing.language_model import AnswerRequest, CardsRequest, NotesRequest, TranslationRequest
from lecture.writing.structured_replies import ReplyReader
from tests.conftest import few
from tests.fixtures import anything
from tests.fixtures.damaged import WHOLE, whole
from tests.fixtures.lectures import said

names = st.sampled_from(CAPTION_SUFFIXES).flatmap(lambda suffix: anything.texts.map(lambda text: f"{text}{suffix}"))


def in_a_sentence(refusal: LectureError) -> None:
    """A refusal is text that any page, terminal and file can take."""
    said = str(refusal)
    assert said.endswith(".")
    assert said == one_line(said)
    said.encode()


def is_in_order(transcript: Transcript) -> None:
    assert transcript.segments
    for before, after in zip(transcript.segments, transcript.segments[1:], strict=False):
        assert 0 <= before.start <= before.end <= after.start <= after.end
    for segment in transcript.segments:
        assert segment.text == one_line(segment.text) != ""
        assert len(segment.text) <= LONGEST_CAPTION
    assert transcript.duration == transcript.segments[-1].end
    to_json(transcript).encode()


# ------------------------------------------------------------------------------------------------------------ captions


def read(content: bytes, name: str) -> None:
    try:
        is_in_order(read_captions(content, name))
    except CaptionError as refusal:
        in_a_sentence(refusal)


@given(st.binary(max_size=400), names)
def test_any_bytes_are_captions_or_refused(content: bytes, name: str) -> None:
    read(content, name)


@given(anything.texts, names, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"]))
def test_any_text_is_captions_or_refused(text: str, name: str, encoding: str) -> None:
    read(text.encode(encoding, "replace"), name)


@given(anything.almost_captions, names)
@example("WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n\n\n00:00:01.000 --> 00:00:02.000\nx", "a.vtt")
def test_what_is_almost_a_caption_file_is_read_or_refused(text: str, name: str) -> None:
    read(text.encode("utf-8", "replace"), name)


def plain(transcript: Transcript) -> Transcript:
    """The transcript as captions can have it: times in order, apart, of whole milliseconds, and no endless lines."""
    at, kept = 0.0, []
    for segment in transcript.segments:
        if text := one_line(one_line(segment.text)[:LONGEST_CAPTION]):
            kept.append(replace(segment, start=at, end=at + 1.5, text=text))
            at += 2.0
    return replace(transcript, segments=tuple(kept))


@given(anything.transcripts.map(plain))
def test_captions_that_were_written_here_are_read_back_alike(transcript: Transcript) -> None:
    assume(transcript.segments)
    for content, name in ((to_srt(transcript), "a.srt"), (to_vtt(transcript), "a.vtt")):
        found = read_captions(content.encode(), name)
        assert [(s.start, s.end, s.text) for s in found.segments] == [
            (s.start, s.end, s.text) for s in transcript.segments
        ], name


@given(anything.transcripts)
def test_text_that_was_written_here_is_read_back_or_refused(transcript: Transcript) -> None:
    for times in (True, False):
        read(to_txt(transcript, times=times).encode(), "a.txt")


# ------------------------------------------------------------------------------------------------------------ JSON


@given(anything.transcripts)
def test_a_transcript_is_read_back_from_json_as_it_was(transcript: Transcript) -> None:
    assume(all(text == text.encode("utf-8", "replace").decode() for text in all_texts(transcript)))
    assert from_json(to_json(transcript)) == transcript
    assert from_json(to_json(transcript).encode()) == transcript


def all_texts(transcript: Transcript) -> list[str]:
    said = [word.text for segment in transcript.segments for word in segment.words]
    return [
        *said,
        *(s.text for s in transcript.segments),
        transcript.model or "",
        transcript.reason,
        *transcript.warnings,
    ]


@given(anything.json_values.map(json.dumps) | anything.texts | st.binary(max_size=100), anything.texts)
def test_any_json_is_a_transcript_and_cards_or_refused(content: str | bytes, name: str) -> None:
    for reads, refuses in ((from_json, CaptionError), (flashcards_from_json, SourceError)):
        try:
            reads(content, f"lecture {name}")
        except refuses as refusal:
            in_a_sentence(refusal)


@st.composite
def changed(draw: st.DrawFn, whole: dict[str, object]) -> str:
    """A JSON object of which some part is another, or gone."""
    value: object = json.loads(json.dumps(whole))
    place = value
    while isinstance(place, (dict, list)) and place:
        key = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], (dict, list)) or draw(st.booleans()):
            if draw(st.booleans()):
                del place[key]
            else:
                place[key] = draw(anything.json_values)
            break
        place = place[key]
    return json.dumps(value)


TRANSCRIPT = {
    "language": "en",
    "recogniser": "captions",
    "model": None,
    "duration": 4.0,
    "reason": "",
    "warnings": [],
    "segments": [{"start": 0.0, "end": 2.0, "text": "One.", "words": [{"start": 0.0, "end": 1.0, "text": "One."}]}],
}
CARD = {"question": "What?", "answer": "That.", "evidence": {"quote": "That.", "start": 1.0, "end": 2.0}, "kind": "own"}


@given(changed(TRANSCRIPT))
def test_an_altered_transcript_is_read_or_refused(content: str) -> None:
    try:
        transcript = from_json(content)
    except CaptionError as refusal:
        in_a_sentence(refusal)
    else:
        assert from_json(to_json(transcript)) == transcript
        to_srt(transcript).encode()
        sentences(transcript)


@given(changed({"cards": [CARD, CARD]}).map(lambda text: json.dumps(json.loads(text).get("cards"))))
def test_altered_cards_are_read_or_refused(content: str) -> None:
    try:
        cards = identified(flashcards_from_json(content))
    except SourceError as refusal:
        in_a_sentence(refusal)
    else:
        assert flashcards_from_json(flashcards_json(cards)) == cards


@given(anything.json_values.map(json.dumps) | anything.texts)
def test_any_record_beside_results_means_made_or_not_made(tmp_path_factory, content: str) -> None:
    folder = tmp_path_factory.mktemp("results")
    (folder / "made.json").write_bytes(content.encode("utf-8", "surrogatepass"))
    task = Task(Source(captions=StoredFile(folder / "a.srt", "a.srt")), folder, "a.srt", {"a.srt": "0"})
    assert not task.is_done(Settings())


# ----------------------------------------------------------------------------------------------------- models' replies

SENTENCES = (Sentence("Water moves through the membrane.", 0.0, 2.0), Sentence("It is called osmosis.", 2.0, 4.0))
REQUESTS = (
    NotesRequest(SENTENCES, 1, 1),
    CardsRequest(SENTENCES, 2),
    AnswerRequest(SENTENCES, "What moves?"),
    TranslationRequest(("Water moves.",), "German"),
)
REPLIES = {
    "title": "Osmosis",
    "summary": [{"text": "Water moves.", "sentences": [1]}],
    "key_points": [{"text": "It is osmosis.", "sentences": [2]}],
    "cards": [{"kind": "why", "things": [], "question": "Why?", "answer": "So.", "sentences": [1]}],
    "answer": [{"text": "Water.", "sentences": [1, 99]}],
    "translations": [{"number": 1, "text": "Wasser."}],
}
_prose = st.builds(
    "{}{}{}".format,
    st.sampled_from(
        ["", "1. ", "Question: ", "Q: ", "<think>", "```json\n", "9" * 5_000 + ". ", "{" * 3_000, "[" * 3_000]
    ),
    anything.texts,
    st.sampled_from(["", "\nAnswer: It is.", "```", "</think>", "}", '{"text": "']),
)


@given(changed(REPLIES) | anything.json_values.map(json.dumps) | _prose, st.data())
def test_any_reply_of_a_model_is_read_as_far_as_it_makes_sense(reply: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(reply)))
    for request in REQUESTS:
        claims: list[object] = []
        reader = ReplyReader(request, claims.append)
        reader.feed(reply[:cut])
        reader.feed(reply[cut:])
        reader.finish(whole=True)
        for claim in claims:
            repr(claim)
            for text in (claim.text, claim.question, *claim.things):
                text.encode()  # what is not UTF-8 could not be stored


# ------------------------------------------------------------------------------------------------------------ sound

_folder = pytest.fixture(scope="module")(lambda tmp_path_factory: tmp_path_factory.mktemp("sound"))


def hear(path: Path) -> None:
    try:
        recording = Recording(path)
        assert sum(map(len, recording)) <= (LONGEST_S + 1) * SAMPLE_RATE
        assert all(one_line(warning) == warning for warning in recording.warnings())
    except SourceError as refusal:
        in_a_sentence(refusal)


@few(10)
@given(
    content=st.binary(max_size=4_000),
    head=st.sampled_from([b"", b"RIFF\0\0\0\0WAVE", b"\0\0\0\x20ftypM4A ", b"OggS\0"]),
)
def test_any_bytes_are_a_recording_or_refused(_folder: Path, content: bytes, head: bytes) -> None:
    (_folder / "a.mp3").write_bytes(head + content)
    hear(_folder / "a.mp3")


@few(20)
@given(kind=st.sampled_from(sorted(WHOLE)), seed=st.integers(0, 2**32), strikes=st.integers(1, 60), head=st.booleans())
def test_a_recording_with_any_damage_is_read_or_refused(
    _folder: Path, kind: str, seed: int, strikes: int, head: bool
) -> None:
    chance, content = random.Random(seed), bytearray(whole(WHOLE[kind]))
    for _ in range(strikes):
        at = chance.randrange(min(len(content), 1_000) if head else len(content))
        match chance.randrange(4):
            case 0:
                del content[at : at + chance.randrange(1, 64)]
            case 1:
                content[at:at] = chance.randbytes(chance.randrange(1, 64))
            case 2:
                content[at : at + 4] = chance.choice(
                    [b"\xff\xff\xff\xff", bytes(4), b"\x7f\xff\xff\xff", b"\x80\0\0\0"]
                )
            case _:
                content[at] = chance.randrange(256)
    (_folder / "b.mp3").write_bytes(content)
    hear(_folder / "b.mp3")


# ------------------------------------------------------------------------------------------------------------ backups


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> bytes:
    folder = tmp_path_factory.mktemp("archive")
    library = Library(folder=folder / "library")
    said(library, "Osmosis is the movement of water.")
    backup(library, folder / "backup.zip")
    library.close()
    return (folder / "backup.zip").read_bytes()


@few(25)
@given(seed=st.integers(0, 2**32), strikes=st.integers(1, 20), cut=st.floats(0.02, 1))
def test_a_damaged_backup_is_restored_or_refused_and_leaves_nothing(
    archive: bytes, tmp_path_factory, seed: int, strikes: int, cut: float
) -> None:
    folder, chance, content = tmp_path_factory.mktemp("restored"), random.Random(seed), bytearray(archive)
    for _ in range(strikes):
        content[chance.randrange(len(content))] = chance.randrange(256)
    (folder / "b.zip").write_bytes(content[: round(len(content) * cut)] if cut < 0.9 else content)
    try:
        restore(folder / "b.zip", folder / "library")
    except LectureError as refusal:
        in_a_sentence(refusal)
        assert {path.name for path in folder.iterdir()} == {"b.zip"}


@few(25)
@given(member=anything.texts.filter(lambda name: name and "\0" not in name and len(name) < 200))
@example(member="../../outside")
@example(member="/etc/outside")
@example(member="lectures/../../outside")
def test_a_backup_with_any_other_member_writes_nothing_beside_the_library(
    archive: bytes, tmp_path_factory, member: str
) -> None:
    folder = tmp_path_factory.mktemp("restored")
    (folder / "b.zip").write_bytes(archive)
    with ZipFile(folder / "b.zip", "a") as changed:
        try:
            changed.writestr(member, "outside")
        except UnicodeEncodeError:
            assume(False)
    try:
        restore(folder / "b.zip", folder / "library")
    except LectureError as refusal:
        in_a_sentence(refusal)
    assert {path.name for path in folder.iterdir()} <= {"b.zip", "library"}
