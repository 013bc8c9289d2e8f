"""Files of flashcards: complete, readable back, and harmless whatever was said."""

import csv
import io
import json

import pytest

from lecture.errors import SourceError
from lecture.files.card_files import flashcards_csv, flashcards_from_json, flashcards_json, flashcards_txt
from lecture.flashcards import Flashcard
from lecture.notes import Evidence
from tests.fixtures.study import ALL_KINDS, CARDS, TRANSCRIPT


def one_card(question):
    return (Flashcard(question, "a", Evidence("q", 1.5, 2)),)


def table(cards):
    return list(csv.DictReader(io.StringIO(flashcards_csv(cards).decode("utf-8-sig"), newline="")))


def test_flashcards_txt():
    assert flashcards_txt("Waves", TRANSCRIPT, CARDS) == (
        "Waves\n=====\n\nTranscript: Recognised by PocketSphinx (en-us): a draft. "
        "Expect wrong words and no punctuation.\n\n"
        '1. What do waves carry?\n   Answer: Energy.\n   [00:00] "Waves carry energy."\n\n'
        '2. And not?\n   Answer: Matter.\n   [03:20] "They do not carry matter."\n'
    )


def test_text_marks_starred_cards_and_quotes_nothing_for_own_ones():
    written = flashcards_txt("Waves", TRANSCRIPT, ALL_KINDS)
    assert '2. ★ Waves carry _____.\n   Answer: energy\n   [00:00] "Waves carry energy."\n' in written
    assert "3. Is this my own card?\n   Answer: Yes.\n   [03:20]\n" in written


def test_csv_reads_back_with_its_mark_and_columns():
    content = flashcards_csv(CARDS)
    assert content.startswith(b"\xef\xbb\xbfquestion,answer,quote,start,end,kind,starred\r\n")
    assert b"\r\r" not in content
    assert table(CARDS)[1] == {
        "question": "And not?",
        "answer": "Matter.",
        "quote": "They do not carry matter.",
        "start": "200.500",
        "end": "205.000",
        "kind": "question",
        "starred": "",
    }
    assert [row["kind"] for row in table(ALL_KINDS)] == ["definition", "cloze", "own", "question"]
    assert [row["starred"] for row in table(ALL_KINDS)] == ["", "yes", "", ""]
    assert table(one_card('é, "Ω";\nЖ'))[0]["question"] == 'é, "Ω";\nЖ'


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "＝1", "\t x", "=cmd|' /C calc'!A0"],
)
def test_no_cell_is_a_formula(text):
    cards = (Flashcard(text, text, Evidence(text, 0, 1)),)
    row = table(cards)[0]
    assert row["question"] == row["answer"] == row["quote"] == "'" + text


def test_other_cells_stay_as_they_are():
    assert table(one_card("a = b - c @ d"))[0]["question"] == "a = b - c @ d"


def test_cards_read_back_equal():
    assert flashcards_from_json(flashcards_json(ALL_KINDS)) == ALL_KINDS
    assert flashcards_from_json(flashcards_json(CARDS).encode()) == CARDS
    assert flashcards_from_json(flashcards_json(())) == ()
    assert json.loads(flashcards_json(ALL_KINDS))[1] == {
        "id": "b2",
        "kind": "cloze",
        "question": "Waves carry _____.",
        "answer": "energy",
        "evidence": {"quote": "Waves carry energy.", "start": 0, "end": 5},
        "starred": True,
        "edited": False,
    }


def test_cards_of_before_there_were_ids_and_kinds_can_be_read():
    older = '[{"question": "q", "answer": "a", "evidence": {"quote": "w", "start": 1, "end": 2.5}}]'
    assert flashcards_from_json(older) == (Flashcard("q", "a", Evidence("w", 1, 2.5)),)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "JSON"),
        ("{}", "array"),
        ('[{"question": "q", "answer": "a"}]', "1 evidence"),
        ('[{"question": 1, "answer": "a", "evidence": {"quote": "", "start": 0, "end": 1}}]', "1 question"),
        ('[{"question": "q", "answer": "a", "evidence": {"quote": "", "start": NaN, "end": 1}}]', "1 evidence start"),
        ('[{"question": "q", "answer": "a", "evidence": {"quote": "", "start": 0, "end": -1}}]', "1 evidence end"),
        ('[{"question": "", "answer": "", "evidence": {"quote": "", "start": 0, "end": 1}, "kind": "x"}]', "1 kind"),
    ],
)
def test_what_holds_no_cards(content, says):
    with pytest.raises(SourceError, match=says) as caught:
        flashcards_from_json(content, "mine.json")
    assert str(caught.value).startswith("mine.json does not hold")
    assert "\n" not in str(caught.value)
