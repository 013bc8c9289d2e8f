"""The Word document, read back with a Word library and as XML."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree

from lecture.files.document import study_document
from lecture.flashcards import Flashcard
from lecture.notes import Chapter, Evidence, KeyTerm, Notes, Statement
from lecture.transcript import Segment, Transcript
from tests.fixtures.study import ALL_KINDS, CHAPTERED, CREATED, HOSTILE, SCRIPTS, TRANSCRIPT


def written(title="Waves", source="waves.mp3", transcript=TRANSCRIPT, notes=CHAPTERED, cards=ALL_KINDS):
    return study_document(title, source, transcript, notes, cards, created=CREATED)


def read(content: bytes):
    return docx.Document(io.BytesIO(content))


def styled(document, style: str) -> list[str]:
    return [one.text for one in document.paragraphs if one.style.name == style]


def test_headings_lead_through_everything():
    document = read(written())
    assert styled(document, "Title") == ["Waves"]
    assert styled(document, "Heading 1") == [
        "Summary",
        "Chapter 1: Energy (00:00–03:00)",
        "Chapter 2: Matter: what stays (03:00–12:40)",
        "Key terms",
        "Flashcards",
        "Transcript",
    ]
    assert styled(document, "List Bullet") == [
        "[00:00] Waves carry energy.",
        "[00:00] Waves carry energy.",
        "[03:20] Matter stays.",
        "Wave: [00:06] A wave is a moving swing.",
    ]
    assert styled(document, "Quote") == ["They do not carry matter."]
    normal = styled(document, "Normal")
    assert "Source: waves.mp3" in normal
    assert "Date: 9 March 2026" in normal
    assert "Please note: The recording is cut short." in normal
    assert any(line.startswith("Transcript: Recognised by PocketSphinx (en-us): a draft") for line in normal)
    assert normal[-2:] == ["[00:00] Waves carry energy.", "[03:20] They do not carry matter."]


def test_cards_are_a_table_whose_head_comes_again_on_every_page():
    (table,) = read(written()).tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[:3] == [
        ["Question", "Answer", "Time"],
        ["What is a wave?", "A moving swing.", "00:06"],
        ["★ Waves carry _____.", "energy", "00:00"],
    ]
    assert len(rows) == 5
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert read(written(cards=())).tables == []


def test_properties_and_bytes_depend_on_the_input_alone():
    content = written()
    about = read(content).core_properties
    assert (about.title, about.author, about.revision) == ("Waves", "Lecture Voice-to-Notes", 1)
    assert about.created.replace(tzinfo=None) == about.modified.replace(tzinfo=None) == datetime(2026, 3, 9, 12, 30)
    assert content == written()
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert {info.date_time for info in parts.infolist()} == {(2026, 3, 9, 12, 30, 0)}


def test_nothing_made_is_a_document_all_the_same():
    document = read(written("", "", notes=Notes((), (), "extractive"), cards=()))
    assert styled(document, "Title") == ["Lecture"]
    assert styled(document, "Heading 1") == ["Transcript"]


@pytest.mark.parametrize(
    "text", [*HOSTILE, *SCRIPTS.values(), "no\ufffe\uffffcharacter", "x" * 999, "tab\tand\x0bmore"]
)
def test_words_stay_words(text):
    said = Evidence(text, 0, 1)
    statement = Statement(text, said)
    chapters = (Chapter(text, 0, 1, summary=(statement,)), Chapter(text, 1, 2, key_points=(Statement("x", said),)))
    notes = Notes(
        (statement,), (), text, text, warnings=(text,), chapters=chapters, key_terms=(KeyTerm(text, statement),)
    )
    transcript = Transcript((Segment(0, 1, text),), text, "whisper", text, 9.0, text, (text,))
    content = written(text, text, transcript, notes, (Flashcard(text, text, said),))
    document = read(content)
    shown = " ".join(re.sub("[\x00\x1b\ufffe\uffff]", "", text).replace("\ud800", "\ufffd").split())
    assert styled(document, "Title") == [shown]
    assert styled(document, "Quote") == [shown]
    assert styled(document, "List Bullet").count(f"[00:00] {shown}") == 2
    assert [cell.text for cell in document.tables[0].rows[1].cells][:2] == [shown, shown]
    assert document.paragraphs[-1].text == f"[00:00] {shown}"
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(parts.read(name))


def test_scripts_from_the_right_begin_there_and_the_language_is_known():
    transcript = Transcript((Segment(0, 1, SCRIPTS["Arabic"]),), "ar", "whisper", "base", 9.0)
    content = written(
        SCRIPTS["Hebrew"], transcript=transcript, cards=(Flashcard(SCRIPTS["Arabic"], "4", Evidence("", 0, 0)),)
    )
    document = read(content)

    def from_the_right(paragraph) -> bool:
        marked = paragraph._p.pPr is not None and paragraph._p.pPr.find(qn("w:bidi")) is not None
        assert marked == any(run.font.rtl for run in paragraph.runs)
        return marked

    assert [one.text for one in document.paragraphs if from_the_right(one)] == [
        SCRIPTS["Hebrew"],
        f"[00:00] {SCRIPTS['Arabic']}",
    ]
    assert [from_the_right(cell.paragraphs[0]) for cell in document.tables[0].rows[1].cells] == [True, False, False]
    language = document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    assert language.get(qn("w:bidi")) == "ar"
    assert read(written(transcript=Transcript((), "x y<", "whisper", None, 0.0))).paragraphs


def test_elements_stand_in_the_order_that_word_demands():
    notes = Notes((), (Statement("x", Evidence(SCRIPTS["Arabic"], 0, 1)),), "extractive")
    document = read(written(notes=notes))
    (quote,) = [one for one in document.paragraphs if one.style.name == "Quote"]
    names = [element.tag.split("}")[1] for element in quote._p.pPr]
    assert names == ["pStyle", "bidi", "ind"]
