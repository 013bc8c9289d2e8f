"""Notes and reports as text: complete, and harmless whatever was said."""

import re

import pytest

from lecture.files.card_files import flashcards_txt
from lecture.files.export import full_report_txt, summary_txt, writer_provenance
from lecture.files.markdown import notes_markdown
from lecture.flashcards import Flashcard
from lecture.notes import Evidence, Notes, Statement
from tests.fixtures.study import CARDS, CHAPTERED, CREATED, HOSTILE, NOTES, TRANSCRIPT

DRAFT = "Recognised by PocketSphinx (en-us): a draft. Expect wrong words and no punctuation."
WORDED = (
    "Worded by the model tiny-model. The notes cover 80 % of the lecture. "
    "Left out because the transcript does not support them: 2."
)


def test_summary_txt():
    assert summary_txt("Waves", TRANSCRIPT, NOTES) == (
        f"Waves\n=====\n\nTranscript: {DRAFT}\nNotes: {WORDED}\n"
        "Please note: The recording is cut short.\nPlease note: The end is not covered.\n\n"
        "Summary\n-------\n\n[00:00] Waves carry energy.\n\n"
        'Key points\n----------\n\n[03:20] Matter stays.\n    "They do not carry matter."\n'
    )


def test_full_report_has_everything_in_order():
    report = full_report_txt("Waves", "waves.mp3", TRANSCRIPT, NOTES, CARDS, created=CREATED)
    parts = [
        "Waves\n=====\n",
        "Source: waves.mp3\nDate: 9 March 2026\nLength: 12:40\nLanguage: en\n",
        f"Transcript: {DRAFT} No Whisper weights are here.\n",
        f"Notes: {WORDED} You asked for it.\n",
        "Please note: The recording is cut short.\nPlease note: The end is not covered.\n",
        "Summary\n-------\n\n[00:00] Waves carry energy.\n",
        "Key points\n----------\n\n[03:20] Matter stays.\n",
        "Flashcards\n----------\n\n1. What do waves carry?\n",
        "2. And not?\n",
        "Transcript\n----------\n",
        "[00:00] Waves carry energy.\n[03:20] They do not carry matter.\n",
    ]
    places = [report.index(part) for part in parts]
    assert places == sorted(places)
    assert report.endswith(parts[-1])


def test_empty_notes_make_no_empty_sections():
    bare = Notes((), (), "extractive")
    for text in (
        summary_txt("", TRANSCRIPT, bare),
        full_report_txt("", "", TRANSCRIPT, bare, (), created=CREATED),
    ):
        assert "Lecture" in text.split("\n")[0]
        assert not {"Summary", "Key points", "Flashcards", "Source:"} & set(re.split(r"\n|# ", text))


def test_writer_provenance():
    assert writer_provenance(Notes((), (), "extractive")) == (
        "Sentences chosen from the lecture itself by the built-in writer."
    )
    assert writer_provenance(NOTES) == WORDED
    assert "99 %" in writer_provenance(Notes((), (), "m", coverage=0.9999))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_title_or_statement_cannot_forge_lines(text):
    def everything(words):
        evidence = Evidence(words, 0, 1)
        notes = Notes((Statement(words, evidence),), (Statement("other", evidence),), words)
        cards = (Flashcard(words, words, evidence),)
        return [
            summary_txt(words, TRANSCRIPT, notes),
            flashcards_txt(words, TRANSCRIPT, cards),
            notes_markdown(words, words, TRANSCRIPT, notes, cards, created=CREATED, with_transcript=True),
            full_report_txt(words, words, TRANSCRIPT, notes, cards, created=CREATED),
        ]

    for written, plain in zip(everything(text), everything("plain"), strict=True):
        assert written.count("\n") == plain.count("\n")
        assert not {"\x00", "\x1b", "\r"} & set(written)
        written.encode()


def test_chapters_and_key_terms():
    written = summary_txt("Waves", TRANSCRIPT, CHAPTERED)
    assert "Chapter 2: Matter: what stays (03:00–12:40)\n---" in written
    assert "Key terms\n---------\n\nWave: [00:06] A wave is a moving swing.\n" in written
    assert "Key points" not in written
