"""Decks as Anki takes them: imported into Anki's own library, again and again."""

from __future__ import annotations

import html
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import numpy as np
import pytest
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
from faster_whisper.vad import get_speech_timestamps

from lecture.audio import SAMPLE_RATE, Recording
from lecture.captions import read_captions
from lecture.files.anki import CLOZE, QUESTION, write_deck
from lecture.flashcards import Flashcard
from lecture.notes import Chapter, Evidence, Notes
from tests.fixtures import media
from tests.fixtures.study import ALL_KINDS, CHAPTERED, CREATED, HOSTILE, NOTES, SCRIPTS, TRANSCRIPT

TRAPS = [
    "[sound:secret.mp3] and [latex]x[/latex] and [$]x[/$]",
    "{{c1::gap}} and {{c2::gap::hint}} and {{Question}}",
    "std::vector }} closes",
    "\\(x\\) and \\[y\\] and $$z$$",
    "[anki:tts lang=en]boo[/anki:tts]",
    "<img src=x onerror=alert(1)><script>alert(1)</script>",
    "a\x1fb",
]
LATER = timedelta(minutes=5)


def deck(cards=ALL_KINDS, *, title="Waves", notes=CHAPTERED, recording=None, exported=CREATED, lecture="id") -> bytes:
    package = io.BytesIO()
    write_deck(package, lecture, title, TRANSCRIPT, notes, cards=cards, recording=recording, exported=exported)
    return package.getvalue()


class Anki:
    """Anki without its window: a student's collection."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.collection = Collection(str(folder / "collection.anki2"))

    def take(self, package: bytes, with_schedules: bool = False) -> dict[str, int]:
        """Import a package as the menu does; says how many notes were new, updated, already there …"""
        path = self.folder / "deck.apkg"
        path.write_bytes(package)
        options = ImportAnkiPackageOptions(with_scheduling=with_schedules)
        request = ImportAnkiPackageRequest(package_path=str(path), options=options)
        log = self.collection.import_anki_package(request).log
        return {field.name: len(value) for field, value in log.ListFields() if field.name != "found_notes"}

    def notes(self) -> list:
        return [self.collection.get_note(note) for note in self.collection.find_notes("")]

    def note(self, query: str):
        (found,) = self.collection.find_notes(query)
        return self.collection.get_note(found)

    def media(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in Path(self.collection.media.dir()).iterdir()}


@pytest.fixture
def anki(tmp_path: Path):
    opened = Anki(tmp_path)
    yield opened
    opened.collection.close()


@dataclass
class Shown:
    """A card as Anki shows it."""

    question: str
    answer: str
    sounds: Sequence[str]


def shown(note) -> Shown:
    (card,) = note.cards()
    output = card.render_output()
    return Shown(output.question_text, output.answer_text, [tag.filename for tag in output.answer_av_tags])


def text(page: str) -> str:
    """What a reader sees of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


# ------------------------------------------------------------------------------------------- what is in a deck


def test_every_kind_of_card_arrives(anki):
    assert anki.take(deck()) == {"new": 4}
    kinds = {note.fields[0]: note.note_type()["name"] for note in anki.notes()}
    assert kinds == {
        "What is a wave?": "Lecture question",
        "Waves carry {{c1::energy}}.": "Lecture cloze",
        "Is this my own card?": "Lecture question",
        "And not?": "Lecture question",
    }
    question = shown(anki.note("Question:And*"))
    assert text(question.question) == "And not?"
    assert text(question.answer) == ("And not? Matter. They do not carry matter. 03:20 · Matter: what stays · Waves")
    cloze = shown(anki.note("Text:*"))
    assert text(cloze.question) == "Waves carry [...] ."
    assert text(cloze.answer).startswith("Waves carry energy . Waves carry energy. 00:00 · Energy · Waves")
    own = shown(anki.note("Question:Is*"))
    assert "blockquote" not in own.answer


def test_tags_tell_lecture_chapter_and_star(anki):
    anki.take(deck())
    assert anki.note("Text:*").tags == ["lecture::Waves", "lecture::Waves::01_Energy", "starred"]
    assert len(anki.collection.find_notes("tag:lecture::Waves::02_Matter_what_stays")) == 2
    assert len(anki.collection.find_notes("tag:lecture::Waves")) == 4


def test_the_deck_says_where_its_words_come_from(anki):
    anki.take(deck())
    (found,) = [one for one in anki.collection.decks.all() if one["name"] == "Waves"]
    assert "a draft. Expect wrong words" in found["desc"]
    assert sorted(anki.collection.find_cards("deck:Waves")) == sorted(
        card for note in anki.notes() for card in note.card_ids()
    )


def test_new_cards_come_in_the_lectures_order(anki):
    cards = [Flashcard(f"Question {9 - i}?", "a", Evidence("w", i, i + 1), "question", f"{9 - i}") for i in range(8)]
    anki.take(deck(cards))
    new = sorted((card.due, card.note().fields[0]) for note in anki.notes() for card in note.cards())
    assert [question for _, question in new] == [card.question for card in cards]


def test_without_chapters_cards_or_title_there_is_a_deck_all_the_same(anki):
    assert anki.take(deck((), title="", notes=NOTES)) == {}
    assert anki.take(deck(ALL_KINDS[:1], title="", notes=NOTES)) == {"new": 1}
    assert anki.notes()[0].tags == ["lecture::untitled"]
    assert anki.take(deck([replace(ALL_KINDS[0], question=" ", id="x"), replace(ALL_KINDS[1], answer="")])) == {}


@pytest.mark.parametrize("words", [*TRAPS, *HOSTILE, *SCRIPTS.values()])
def test_words_stay_words(anki, words):
    said = Evidence(words, 0, 1)
    cards = [
        Flashcard(words, words, said, "question", "1"),
        Flashcard(f"A _____ {words}", words, said, "cloze", "2"),
        Flashcard(words, words, said, "cloze", "3"),
    ]
    notes = Notes((), (), words, chapters=(Chapter(words, 0, 1), Chapter(words, 1, 2)))
    assert anki.take(deck(cards, title=words, notes=notes)) == {"new": 3}
    plain = " ".join(re.sub(r"[\x00\x1b]", "", words).replace("\x1f", " ").replace("\ud800", "\ufffd").split())
    for note in anki.notes():
        page = shown(note)
        assert page.sounds == []
        assert text(page.answer).count(plain) >= 5  # question, answer, words, lecture, chapter
        assert not {"script", "img", "b"} & set(re.findall(r"<(\w+)", page.answer))
        assert page.answer.count('class="cloze"') == (note.note_type()["name"] == "Lecture cloze")
        assert "mathjax_ignore" in page.answer
        if note.note_type()["name"] == "Lecture cloze":
            assert "[...]" in text(page.question)  # no hint was made of a part of the answer
        assert len(note.cards()) == 1


def test_a_cloze_whose_gap_was_edited_away_still_asks(anki):
    anki.take(deck([ALL_KINDS[1]]))
    edited = replace(ALL_KINDS[1], question="What do waves carry?", edited=True)
    assert anki.take(deck([edited], exported=CREATED + LATER)) == {"updated": 1}
    page = shown(anki.notes()[0])
    assert text(page.question) == "What do waves carry? [...]"
    assert text(page.answer).startswith("What do waves carry? energy")


# ------------------------------------------------------------------------------------------- importing again


def test_the_same_deck_again_changes_nothing(anki):
    anki.take(deck())
    assert anki.take(deck()) == {"duplicate": 4}
    assert (anki.collection.note_count(), anki.collection.card_count()) == (4, 4)


@pytest.mark.parametrize("with_schedules", [False, True])
def test_an_edited_card_is_updated_and_keeps_its_schedule(anki, with_schedules):
    anki.take(deck())
    (card,) = anki.note("Question:And*").cards()
    card.type, card.queue, card.ivl, card.due, card.reps = 2, 2, 30, 500, 7
    anki.collection.update_card(card)
    cards = [replace(one, answer="Not matter.", edited=True) if one.id == "d4" else one for one in ALL_KINDS[1:]]
    cards.append(Flashcard("A new one?", "Yes.", Evidence("w", 7, 8), "own", "e5"))
    done = anki.take(deck(cards, exported=CREATED + LATER), with_schedules)
    assert done == {"updated": 3, "new": 1}
    assert (anki.collection.note_count(), anki.collection.card_count()) == (5, 5)
    (again,) = anki.note("Question:And*").cards()
    assert again.note().fields[1] == "Not matter."
    assert (again.id, again.type, again.ivl, again.due, again.reps) == (card.id, 2, 30, 500, 7)


def test_what_a_student_restyled_in_anki_stays(anki):
    anki.take(deck())
    kind = anki.collection.models.by_name("Lecture question")
    kind["css"] = ".card { color: red }"
    anki.collection.models.update_dict(kind)
    assert anki.take(deck(exported=datetime.now(UTC) + LATER)) == {"updated": 4}
    assert anki.collection.models.by_name("Lecture question")["css"] == ".card { color: red }"
    assert len([name for name in anki.collection.models.all_names() if name.startswith("Lecture")]) == 2


def test_another_lecture_with_the_same_cards_is_another_lecture(anki):
    anki.take(deck())
    assert anki.take(deck(title="Waves II", lecture="other")) == {"new": 4}


def test_the_note_types_keep_their_ids():
    """With others, Anki would take every card of an older deck for another one."""
    assert (QUESTION.model_id, CLOZE.model_id) == (1_784_203_651, 1_784_203_652)
    assert [field["name"] for field in QUESTION.fields] == ("Question Answer Words Time Lecture Chapter Sound".split())
    assert [field["name"] for field in CLOZE.fields] == "Text Words Time Lecture Chapter Sound".split()


def test_the_same_input_gives_the_same_bytes_and_tells_nobody_the_lectures_id():
    secret = "3vZk-unguessable-lecture-id"
    package = deck(recording=[media.noise(1.0)] * 300, lecture=secret)
    assert package == deck(recording=[media.noise(1.0)] * 300, lecture=secret)
    assert package != deck(recording=[media.noise(1.0)] * 300, lecture="another")
    with zipfile.ZipFile(io.BytesIO(package)) as parts:
        assert all(secret.encode() not in parts.read(name) for name in parts.namelist())


# ------------------------------------------------------------------------------------------- sound


def test_the_moments_can_be_heard(anki):
    captions = media.SAMPLE.with_suffix(".vtt")
    said = [one for one in read_captions(captions.read_bytes(), captions.name).segments if len(one.text) > 40][:9:3]
    cards = [
        Flashcard(f"Question {i}?", "a", Evidence(one.text, one.start, one.end), "question", str(i))
        for i, one in enumerate(said)
    ]
    anki.take(deck(cards, recording=Recording(media.SAMPLE)))
    kept = anki.media()
    assert len(kept) == len(cards) == 3
    original = np.concatenate(list(Recording(media.SAMPLE)))
    for i, one in enumerate(said):
        page = shown(anki.note(f'"Question:Question {i}?"'))
        assert len(page.sounds) == 1
        with av.open(io.BytesIO(kept[page.sounds[0]])) as container:
            sound = np.concatenate([frame.to_ndarray().ravel() for frame in container.decode(audio=0)])
        assert len(sound) / SAMPLE_RATE == pytest.approx(min(12, one.end - one.start + 0.8), abs=0.1)
        spoken = sum(part["end"] - part["start"] for part in get_speech_timestamps(sound))
        assert spoken > 0.6 * len(sound)
        begin = max(0, round((one.start - 0.3) * SAMPLE_RATE))
        assert np.corrcoef(sound, original[begin : begin + len(sound)])[0, 1] > 0.97
    assert anki.take(deck(cards, recording=Recording(media.SAMPLE))) == {"duplicate": 3}
    assert anki.media() == kept


def test_cards_of_one_moment_share_its_sound_and_a_moment_without_words_has_one(anki):
    twin = replace(ALL_KINDS[3], id="twin", question="Again?")
    anki.take(deck([*ALL_KINDS, twin], recording=[media.noise(1.0)] * 300))
    assert len(anki.media()) == 4
    assert shown(anki.note("Question:Again?")).sounds == shown(anki.note("Question:And*")).sounds != []
    assert shown(anki.note("Question:Is*")).sounds != []


def test_a_recording_that_breaks_off_or_cannot_be_read_costs_only_its_sound(anki, tmp_path):
    assert anki.take(deck(recording=[media.noise(1.0)] * 7)) == {"new": 4}
    assert len(anki.media()) == 2
    assert shown(anki.note("Question:And*")).sounds == []
    gone = Recording(media.write(tmp_path / "gone.wav", media.noise(1.0)))
    gone.path.unlink()
    assert anki.take(deck(recording=gone, exported=CREATED + LATER)) == {"updated": 4}


def test_the_package_is_what_every_anki_reads():
    """Older programs know this format; the newer ones, too."""
    with zipfile.ZipFile(io.BytesIO(deck(recording=[media.noise(1.0)] * 300))) as parts:
        assert parts.testzip() is None
        catalogue = json.loads(parts.read("media"))
        assert set(parts.namelist()) == {"collection.anki2", "media", *catalogue}
        assert all(re.fullmatch(r"lecture-[0-9a-f]{20}\.mp3", name) for name in catalogue.values())
        database = sqlite3.connect(":memory:")
        database.deserialize(parts.read("collection.anki2"))
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("SELECT count(*) FROM notes").fetchone() == (4,)
