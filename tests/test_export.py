"""Files made from notes and cards: complete, readable back, and harmless whatever was said."""

import csv
import html
import io
import json
import re
import unicodedata
from datetime import datetime

import pytest

from lecture.errors import SourceError
from lecture.export import (
    MAX_NAME_BYTES,
    flashcards_csv,
    flashcards_from_json,
    flashcards_json,
    flashcards_txt,
    full_report_txt,
    safe_filename,
    summary_markdown,
    summary_txt,
    writer_provenance,
)
from lecture.flashcards import Flashcard
from lecture.notes import Evidence, Notes, Statement
from lecture.transcript import Segment, Transcript

TRANSCRIPT = Transcript(
    (Segment(0, 5, "Waves carry energy."), Segment(200.5, 205, "They do not carry matter.")),
    "en",
    "pocketsphinx",
    "en-us",
    760.0,
    reason="No Whisper weights are here.",
    warnings=("The recording is cut short.",),
)
NOTES = Notes(
    summary=(Statement("Waves carry energy.", Evidence("Waves carry energy.", 0, 5)),),
    key_points=(Statement("Matter stays.", Evidence("They do not carry matter.", 200.5, 205)),),
    writer="tiny-model",
    reason="You asked for it.",
    coverage=0.8,
    dropped=2,
    warnings=("The end is not covered.",),
)
CARDS = (
    Flashcard("What do waves carry?", "Energy.", Evidence("Waves carry energy.", 0, 5)),
    Flashcard("And not?", "Matter.", Evidence("They do not carry matter.", 200.5, 205)),
)
DRAFT = "Recognised by PocketSphinx (en-us): a draft. Expect wrong words and no punctuation."
WORDED = (
    "Worded by the model tiny-model. The notes cover 80 % of the lecture. "
    "Left out because the transcript does not support them: 2."
)
HOSTILE = [
    "<script>alert(1)</script> & <b>",
    "&lt;b&gt; &copy;",
    "# heading",
    "####### more #",
    "- list",
    "+ list",
    "1. first",
    "2024) second",
    "> quote",
    "--- rule",
    "*** rule",
    "=== underline",
    "``` code",
    "~~~ code",
    "~~gone~~ and `tick`",
    "*stars* and __bars__ and snake_case",
    "[link](http://evil.example) ![picture](x.png)",
    "[a]: http://evil.example",
    "https://evil.example www.evil.example WWW.evil.example mailto:x@evil.example",
    "<http://evil.example>",
    "| a | b |",
    "$x$ and back\\slash \\* \\",
    "a line\nand # another\n\n- more",
    "[x] done",
    "(aside)",
    ": colon 12:30 3:4",
    "C#",
    "    four blanks",
    "\x00\x1b[31m",
    "half \ud800 surrogate",
]


def one_card(question):
    return (Flashcard(question, "a", Evidence("q", 1.5, 2)),)


def table(cards):
    return list(csv.DictReader(io.StringIO(flashcards_csv(cards).decode("utf-8-sig"), newline="")))


# Text


def test_summary_txt():
    assert summary_txt("Waves", TRANSCRIPT, NOTES) == (
        f"Waves\n=====\n\nTranscript: {DRAFT}\nNotes: {WORDED}\n"
        "Please note: The recording is cut short.\nPlease note: The end is not covered.\n\n"
        "Summary\n-------\n\n[00:00] Waves carry energy.\n\n"
        'Key points\n----------\n\n[03:20] Matter stays.\n    "They do not carry matter."\n'
    )


def test_flashcards_txt():
    assert flashcards_txt("Waves", TRANSCRIPT, CARDS) == (
        f"Waves\n=====\n\nTranscript: {DRAFT}\n\n"
        '1. What do waves carry?\n   Answer: Energy.\n   [00:00] "Waves carry energy."\n\n'
        '2. And not?\n   Answer: Matter.\n   [03:20] "They do not carry matter."\n'
    )


def test_full_report_has_everything_in_order():
    report = full_report_txt("Waves", "waves.mp3", TRANSCRIPT, NOTES, CARDS, created=datetime(2026, 3, 9))
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
        summary_markdown("", TRANSCRIPT, bare),
        full_report_txt("", "", TRANSCRIPT, bare, (), created=datetime(2026, 3, 9)),
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
            summary_markdown(words, TRANSCRIPT, notes),
            flashcards_txt(words, TRANSCRIPT, cards),
            full_report_txt(words, words, TRANSCRIPT, notes, cards, created=datetime(2026, 3, 9)),
        ]

    for written, plain in zip(everything(text), everything("plain"), strict=True):
        assert written.count("\n") == plain.count("\n")
        assert not {"\x00", "\x1b", "\r"} & set(written)
        written.encode()


# Markdown


def test_summary_markdown():
    assert summary_markdown("Waves", TRANSCRIPT, NOTES) == (
        f"# Waves\n\n- **Transcript:** {DRAFT}\n- **Notes:** {WORDED}\n"
        "- **Please note:** The recording is cut short.\n- **Please note:** The end is not covered.\n"
        "\n## Summary\n\n- [00:00] Waves carry energy.\n"
        "\n## Key points\n\n- [03:20] Matter stays.\n\n  > They do not carry matter.\n"
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_words_as_they_were_said(text):
    markdown_it = pytest.importorskip("markdown_it")
    notes = Notes((Statement(text, Evidence(text, 0, 1)),), (Statement("x", Evidence(text, 2, 3)),), "extractive")
    written = summary_markdown(text, TRANSCRIPT, notes)
    shown = " ".join(re.sub(r"[\x00\x1b]", "", text).replace("\ud800", "\ufffd").split())
    reader = markdown_it.MarkdownIt("commonmark").enable(["table", "strikethrough"])
    page = reader.render(written)
    assert [html.unescape(t) for t in re.findall(r"<h1>(.*?)</h1>", page)] == [shown]
    assert html.unescape(re.search(r"<li>\[00:00\] (.*?)</li>", page, re.DOTALL)[1]) == shown
    assert html.unescape(re.search(r"<blockquote>\n<p>(.*?)</p>\n</blockquote>", page, re.DOTALL)[1]) == shown
    assert set(re.findall(r"<(\w+)", page)) == {"h1", "h2", "ul", "li", "strong", "p", "blockquote"}
    for bare in (r"https?://", r"(?i)www\.", r"mailto:", r"\w@\w"):  # GitHub makes links of these
        assert not re.search(bare, written)


# CSV


def test_csv_reads_back_with_its_mark_and_columns():
    content = flashcards_csv(CARDS)
    assert content.startswith(b"\xef\xbb\xbfquestion,answer,quote,start,end\r\n")
    assert b"\r\r" not in content
    assert table(CARDS)[1] == {
        "question": "And not?",
        "answer": "Matter.",
        "quote": "They do not carry matter.",
        "start": "200.500",
        "end": "205.000",
    }
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


# JSON


def test_cards_read_back_equal():
    assert flashcards_from_json(flashcards_json(CARDS)) == CARDS
    assert flashcards_from_json(flashcards_json(CARDS).encode()) == CARDS
    assert flashcards_from_json(flashcards_json(())) == ()
    assert json.loads(flashcards_json(CARDS))[1] == {
        "question": "And not?",
        "answer": "Matter.",
        "evidence": {"quote": "They do not carry matter.", "start": 200.5, "end": 205},
    }


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "JSON"),
        ("{}", "array"),
        ('[{"question": "q", "answer": "a"}]', "1 evidence"),
        ('[{"question": 1, "answer": "a", "evidence": {"quote": "", "start": 0, "end": 1}}]', "1 question"),
        ('[{"question": "q", "answer": "a", "evidence": {"quote": "", "start": NaN, "end": 1}}]', "1 evidence start"),
        ('[{"question": "q", "answer": "a", "evidence": {"quote": "", "start": 0, "end": -1}}]', "1 evidence end"),
    ],
)
def test_what_holds_no_cards(content, says):
    with pytest.raises(SourceError, match=says) as caught:
        flashcards_from_json(content, "mine.json")
    assert str(caught.value).startswith("mine.json does not hold")
    assert "\n" not in str(caught.value)


# File names


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Waves", "Waves.txt"),
        ("Einführung in die Ökologie – Ω Ж 語", "Einführung in die Ökologie – Ω Ж 語.txt"),
        ("../../etc/passwd", "etc passwd.txt"),
        ("C:\\Windows\\system32", "C Windows system32.txt"),
        ('a<b>c:d"e|f?g*h', "a b c d e f g h.txt"),
        ("a\x00b\nc\u202etxt.exe", "ab ctxt.exe.txt"),
        ("", "lecture.txt"),
        ("...", "lecture.txt"),
        (" . ~/-", "lecture.txt"),
        ("CON", "_CON.txt"),
        ("nul.tar", "_nul.tar.txt"),
        ("com¹ .x", "_com¹ .x.txt"),
        ("lpt9", "_lpt9.txt"),
        ("Console", "Console.txt"),
        ("-rf", "rf.txt"),
        (".hidden", "hidden.txt"),
        ("half \ud800", "half \ufffd.txt"),
        ("e\u0301", "é.txt"),
        ("می\u200cخواهم", "می\u200cخواهم.txt"),
    ],
)
def test_names_that_every_system_accepts(title, name):
    assert safe_filename(title, ".txt") == name


@pytest.mark.parametrize(
    "title", ["x" * 999, "語" * 999, "👩\u200d🔬" * 99, "e\u0323\u0301" * 999, "x." * 99, "x " * 99]
)
@pytest.mark.parametrize("before", ["", "a", "ab", "a" * 7, "a" * 10])
def test_long_names_are_cut_between_letters(before, title):
    title = before + title
    name = safe_filename(title, "-flashcards.csv")
    assert name.endswith("-flashcards.csv")
    assert len(name.encode()) <= MAX_NAME_BYTES
    assert len(name.encode()) > MAX_NAME_BYTES - 20
    stem = name.removesuffix("-flashcards.csv")
    assert unicodedata.normalize("NFC", title).startswith(stem)
    left = unicodedata.normalize("NFC", title)[len(stem)]
    assert not unicodedata.combining(left)
    assert left != "\u200d"
    assert stem[-1] not in " .\u200d"


def test_a_suffix_may_begin_with_a_space():
    assert safe_filename("Waves ", " summary.md") == "Waves summary.md"


def test_a_suffix_is_no_way_out():
    assert safe_filename("a", "/../b.txt") == "a .. b.txt"
    assert safe_filename("con", "") == "_con"
