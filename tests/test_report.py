"""The PDF study report, read back with pypdf: its text, its outline, and every glyph that is drawn."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont
from fpdf.fonts import TTFFont
from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream

import report
import typesetting
from lecture import __version__
from lecture.flashcards import Flashcard
from lecture.notes import Chapter, Evidence, KeyTerm, Notes, Statement
from lecture.process import Settings
from lecture.quiz import Question
from lecture.transcript import Segment, Transcript
from report import Report, study_report

CREATED = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SENTENCES = [
    "Today we ask why bread rises, and why some loaves stay flat.",
    "Yeast is a fungus of one cell that feeds on sugar and gives off carbon dioxide.",
    "Gluten is the net of proteins that forms when flour is wetted and kneaded.",
    "The net holds the gas, so the dough grows like a balloon with a thousand rooms.",
    "Salt slows the yeast down, and that gives the flavour time to develop.",
    "In the oven the gas expands, the water turns to steam, and the starch sets.",
    "Remember this: without a net there is nothing to hold the gas, however much of it there is.",
]
SPECIAL = "é ß Ł Ω Ж – • “ ” … → ≈ ع क 漢 😀"


def spoken(minutes: float, sentences: list[str] = SENTENCES) -> Transcript:
    segments, start = [], 1.0
    while start < minutes * 60 - 8:
        text = sentences[len(segments) % len(sentences)]
        end = start + len(text) / 15
        segments.append(Segment(start, end, f" {text}"))
        start = end + (1.5 if len(segments) % 5 == 0 else 0.3)
    return Transcript(tuple(segments), "en", "faster-whisper", "base", minutes * 60, "Its weights are here.")


def said(*texts: str) -> Transcript:
    segments = tuple(Segment(100.0 * i, 100.0 * i + 80, text) for i, text in enumerate(texts))
    return Transcript(segments, None, "whisper", "tiny", 100.0 * len(texts))


def noted(*statements: Statement, points: tuple[Statement, ...] = ()) -> Notes:
    return Notes(statements, points, "extractive", "No model was asked for.")


def statement(text: str, start: float = 5.0, quote: str = "") -> Statement:
    return Statement(text, Evidence(quote or text, start, start + 4))


def make(
    transcript: Transcript | None = None,
    notes: Notes | None = None,
    cards: tuple[Flashcard, ...] = (),
    title: str = "Why bread rises",
    created: datetime = CREATED,
) -> Report:
    return study_report(title, "bread.m4a", transcript or spoken(2), notes or noted(), cards, created)


def pages(made: Report) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(made.pdf)).pages]


def text_of(made: Report) -> str:
    return " ".join(" ".join(pages(made)).split())


def drawn(made: Report) -> Iterator[tuple[str, str, int, bool]]:
    """Font, text, glyph id, and whether there is any ink in it, of each glyph on the pages."""
    for page in PdfReader(io.BytesIO(made.pdf)).pages:
        yield from glyphs(page)


def glyphs(page: PageObject) -> Iterator[tuple[str, str, int, bool]]:
    loaded = {}
    for key, reference in page["/Resources"]["/Font"].items():
        font = reference.get_object()
        inner = font["/DescendantFonts"][0].get_object()
        file = TTFont(io.BytesIO(inner["/FontDescriptor"]["/FontFile2"].get_data()))
        cmap = font["/ToUnicode"].get_data().decode()
        names = dict(re.findall(r"<([0-9A-F]{4})> <([0-9A-F]+)>", cmap))
        loaded[key] = (font["/BaseFont"], inner["/CIDToGIDMap"].get_data(), names, file)
    current = ""
    for operands, operator in ContentStream(page.get_contents(), page.pdf).operations:
        if operator == b"Tf":
            current = operands[0]
        if operator not in (b"Tj", b"TJ"):
            continue
        base, ids, names, file = loaded[current]
        for string in operands[0] if operator == b"TJ" else operands:
            raw = getattr(string, "original_bytes", b"")
            for high, low in zip(raw[::2], raw[1::2], strict=True):
                code = high * 256 + low
                glyph = int.from_bytes(ids[2 * code : 2 * code + 2])
                pen = RecordingPen()
                file.getGlyphSet()[file.getGlyphName(glyph)].draw(pen)
                text = bytes.fromhex(names.get(f"{code:04X}", "")).decode("utf-16-be")
                yield base, text, glyph, bool(pen.value)


def test_everything_asked_for_can_be_read_back():
    notes = Notes(
        (statement("Yeast gives off gas and the net of gluten holds it.", 7.0, SENTENCES[1]),),
        (statement("Salt slows the yeast.", 65.0, SENTENCES[4]),),
        "tiny-writer",
        "You asked for a local model.",
        coverage=0.5,
        dropped=3,
        warnings=("One chapter was too long.",),
    )
    card = Flashcard("What is gluten?", "The net of proteins in dough.", Evidence(SENTENCES[2], 13.0, 17.0))
    transcript = spoken(6)
    made = make(transcript, notes, (card,))
    text = text_of(made)
    for expected in (
        *("Why bread rises", "bread.m4a", "21 November 2026", "06:00", "faster-whisper", "base"),
        *("Its weights are here.", "tiny-writer", "You asked for a local model.", "50%", "transcript: 3"),
        *("One chapter was too long.", f"00:07 {notes.summary[0].text}", f"“{SENTENCES[1]}”"),
        *("01:05 Salt slows the yeast.", f"“{SENTENCES[4]}”"),
        *("What is gluten?", "The net of proteins in dough.", "00:13", f"“{SENTENCES[2]}”"),
    ):
        assert expected in text
    words = " ".join(segment.text.strip() for segment in transcript.segments).split()
    transcript_text = text[text.index("Transcript 00:01") :]
    assert [word for word in words if word not in transcript_text] == []
    assert transcript_text.count("Remember this:") == sum("Remember" in s.text for s in transcript.segments)
    assert made.missing == ""


def test_each_page_has_its_number_and_all_but_the_first_the_title():
    read = pages(make(spoken(20)))
    assert len(read) > 3
    for number, page in enumerate(read, 1):
        *_, title, count = page.splitlines()
        assert count == f"{number} / {len(read)}"
        assert (title == "Why bread rises") == (number > 1)


def test_outline_and_metadata():
    reader = PdfReader(io.BytesIO(make(spoken(25)).pdf))
    names = [entry["/Title"] for entry in reader.outline if isinstance(entry, dict)]
    assert names == ["Summary", "Key points", "Flashcards", "How this report was made", "Transcript"]
    (marks,) = [entry for entry in reader.outline if isinstance(entry, list)]
    assert [mark["/Title"][:3] for mark in marks] == ["10:", "20:"]
    for entry in (reader.outline[4], *marks):
        target = reader.pages[reader.get_destination_page_number(entry)].extract_text()
        assert entry["/Title"].split()[0] in target
    assert reader.metadata.title == "Why bread rises"
    assert reader.metadata.creation_date == CREATED
    assert reader.trailer["/Root"]["/Lang"] == "en"


def chaptered() -> Notes:
    chapters = tuple(
        Chapter(f"Title {n}", 60.0 * n, 60.0 * n + 60, (statement(f"Point {n}.", 60.0 * n),)) for n in range(12)
    )
    term = KeyTerm("Gluten", statement("Gluten is a net of proteins.", 13.0))
    early = KeyTerm("Ash", statement("Ash is what remains.", 400.0))
    return replace(noted(), chapters=chapters, key_terms=(term, early))


QUIZ = tuple(
    Question(
        f"q{n}",
        "meaning",
        f"What is number {n}?",
        ("one", "two", "three", f"four {n}"),
        3,
        Evidence(f"It is {n}.", 9, 12),
    )
    for n in range(3)
)


def test_the_contents_name_every_part_with_its_page_and_lead_there():
    made = study_report("T", "t.mp3", spoken(12), chaptered(), (), CREATED, questions=QUIZ)
    reader = PdfReader(io.BytesIO(made.pdf))
    listed = re.findall(r"^(.+?) (\d+)$", pages(made)[0].split("Contents")[1], re.MULTILINE)
    names = [name for name, _ in listed if not name.endswith("/")]
    chapters = [f"{n + 1}. Title {n}" for n in range(12)]
    later = ["Glossary", "Flashcards", "Quiz", "Answers to the quiz", "How this report was made", "Transcript"]
    assert names == ["Summary", "Chapters", *chapters, *later]
    links = [note.get_object() for note in reader.pages[0]["/Annots"]]
    for name, number in listed[: len(names)]:
        assert name in pages(made)[int(number) - 1]
        assert any(link["/Dest"][0] == reader.pages[int(number) - 1].indirect_reference for link in links)


def test_what_was_marked_has_a_part_of_its_own():
    marked = replace(chaptered(), marked=(statement("This comes in the exam.", 42.0),))
    made = study_report("T", "t.mp3", spoken(12), marked, (), CREATED)
    first = pages(made)[0]
    assert re.search(r"Summary \d+\nMarked while recording \d+\nChapters \d+", first)
    assert re.search(r"00:42\s+This comes in the exam\.", text_of(made))
    assert "Marked while recording" not in text_of(study_report("T", "t.mp3", spoken(12), chaptered(), (), CREATED))


def test_long_contents_take_more_pages():
    many = tuple(Chapter(f"Title {n}", 10.0 * n, 10.0 * n + 10, (statement("A point.", 10.0 * n),)) for n in range(90))
    made = study_report("T", "t.mp3", spoken(16), replace(noted(), chapters=many), (), CREATED)
    text = " ".join(" ".join(pages(made)[:4]).split())
    assert all(f"{n + 1}. Title {n}" in text for n in range(90))
    assert re.search(r"Transcript \d+", text)


def test_the_glossary_is_in_the_order_of_the_alphabet():
    text = text_of(make(notes=chaptered()))
    glossary = text[text.rindex("Glossary") :]
    assert glossary.index("Ash is what remains.") < glossary.index("Gluten is a net of proteins.")


def test_accents_do_not_change_the_order_of_the_alphabet():
    terms = ("Ύπνος", "Έλεγχος", "Ανάκληση", "Ωμέγα", "Zebra", "Énergie", "Wave")
    notes = replace(noted(), key_terms=tuple(KeyTerm(term, statement(f"{term} is one.")) for term in terms))
    glossary = text_of(make(notes=notes)).rpartition("Glossary")[2]
    assert sorted(terms, key=glossary.index) == ["Énergie", "Wave", "Zebra", "Ανάκληση", "Έλεγχος", "Ύπνος", "Ωμέγα"]


def test_options_stand_beside_their_letters_on_the_side_of_their_script():
    options = ("سماء", "دماغ", "علم", "four")
    asked = Question("q", "meaning", "What is it?", options, 0, Evidence("Sky.", 9, 12))
    made = study_report("T", "t.mp3", spoken(1), noted(), (), CREATED, questions=(asked,))
    left: dict[str, float] = {}
    for page in PdfReader(io.BytesIO(made.pdf)).pages:
        page.extract_text(visitor_text=lambda text, _, tm, *rest: left.setdefault(text.strip(), tm[4]))
    arabic = [x for text, x in left.items() if "م" in text]
    assert left["D"] < left["four"] < 200  # points; the page is 595 wide
    assert 400 < min(arabic) <= max(arabic) < left["A"]


def test_a_quiz_keeps_its_answers_for_the_end():
    text = text_of(study_report("T", "t.mp3", spoken(2), noted(), (), CREATED, questions=QUIZ))
    questions, answers = text.rsplit("Answers to the quiz", 1)
    asked = questions[questions.rindex("Quiz") :]
    assert "1. What is number 0? A one B two C three D four 0" in asked
    assert "It is 0." not in asked
    assert "3. D four 2 “It is 2.”" in answers


def test_the_report_says_how_it_was_made():
    settings = Settings(recogniser="whisper", vocabulary="gluten")
    made = study_report("T", "t", spoken(2), noted(), (), CREATED, settings=settings, rejected={"too long": 3})
    text = text_of(made)
    for said in ("whisper, model auto, summary medium, vocabulary: gluten", "too long: 3", f"Notes {__version__}"):
        assert said in text


def test_a_time_leads_to_its_place_in_the_transcript():
    made = make(spoken(30), noted(statement("It is late.", 1500.0)))
    reader = PdfReader(io.BytesIO(made.pdf))
    (link,) = [note.get_object() for note in reader.pages[1]["/Annots"]]
    target = next(i for i, page in enumerate(reader.pages) if page.indirect_reference == link["/Dest"][0])
    times = [int(m) * 60 + int(s) for m, s in re.findall(r"^(\d\d):(\d\d) ", pages(made)[target], re.MULTILINE)]
    assert times[0] <= 1500 and times[-1] >= 1400


def test_same_input_same_bytes():
    assert make().pdf == make().pdf
    assert make().pdf != make(created=CREATED.replace(day=22)).pdf


@pytest.mark.parametrize("seed", ["1", "2"])
def test_same_bytes_in_another_process(seed: str):
    code = (
        "import sys, hashlib; sys.path[:0] = ['tests']; from test_report import *; "
        "print(hashlib.sha256(make(said(SPECIAL + '😁😂🤖🦀')).pdf).hexdigest(), 'streamlit' in sys.modules)"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=Path(report.__file__).parent,
            env={**os.environ, "PYTHONHASHSEED": run},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for run in ("0", seed)
    ]
    assert runs[0] == runs[1]
    assert runs[0].split()[1] == "False"


def test_each_character_is_printed_or_named():
    made = make(said(SPECIAL), title=SPECIAL)
    text = text_of(made)
    for character in SPECIAL.split():
        assert (character in text) != (character in made.missing), character
    assert "😀" in made.missing
    assert "U+1F600" in text
    assert text.count("□") >= 2 * len(made.missing)


@pytest.mark.parametrize(
    "text",
    [SPECIAL, "".join(map(chr, range(0x20, 0x2C00))), "नमस्ते ไทย தமிழ் ქართული", "\U0010ffff\ue000￿"],
    ids=["special", "first 11,000", "scripts", "private"],
)
def test_no_glyph_is_blank(text: str):
    made = make(said(text), noted(statement(text)), (Flashcard(text[:200], text[-200:], Evidence("", 0, 1)),))
    blank = [
        (font, text)
        for font, text, glyph, ink in drawn(made)
        if (glyph == 0 or not ink) and text.strip(" \u00a0\u200c\u200d\u3164\u2800\u115f\u1160")
    ]
    assert blank == []


def test_letters_that_join_are_joined():
    shapes = {glyph for font, text, glyph, _ in drawn(make(said("ببب"))) if "Arabic" in font}
    assert len(shapes) == 3  # first, middle and last are drawn differently


def test_arabic_begins_at_the_right():
    left: dict[str, float] = {}
    for page in PdfReader(io.BytesIO(make(said("سماء"), noted(statement("Sky.")), title="T").pdf)).pages:
        page.extract_text(visitor_text=lambda text, _, tm, *rest: left.setdefault(text.strip(), tm[4]))
    (arabic,) = [x for text, x in left.items() if "م" in text]
    assert left["Sky."] < 130  # points; the page is 595 wide
    assert arabic > 400


def test_only_the_fonts_that_are_needed():
    assert {font.split("+")[1] for font, *_ in drawn(make())} <= {"NotoSans", "NotoSansBold", "NotoSansItalic"}
    assert "NotoSansArabic" in str({font for font, *_ in drawn(make(said("سماء")))})


def test_a_font_of_the_computer_helps_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    font = TTFont(typesetting.FONTS / "NotoSans-Regular.ttf")
    for table in font["cmap"].tables:
        table.cmap = {0x20: "space", ord("漢"): "A"}
    font.save(tmp_path / "Own.ttf")
    (tmp_path / "Damaged.ttf").write_bytes(b"\0\1\0\0 no font at all")
    monkeypatch.setattr(typesetting, "SYSTEM_FONTS", ())
    assert make(said("漢")).missing == "漢"
    paths = [tmp_path / name for name in ("None.ttf", "Damaged.ttf", "Own.ttf")]
    monkeypatch.setattr(typesetting, "SYSTEM_FONTS", tuple(map(str, paths)))
    made = make(said("漢字"))
    assert made.missing == "字"
    assert "漢□" in text_of(made)


def test_a_word_of_ten_thousand_letters_wraps():
    made = make(said("x" * 10_000))
    text = "\n".join(pages(made))
    assert text.count("x") == 10_000
    assert max(map(len, re.findall("x+", text))) < 90


def test_lines_of_chinese_begin_with_neither_a_stop_nor_half_a_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    text = "天空为什么是蓝色的？因为空气分子散射蓝光，瑞利Rayleigh散射。" * 40
    font = TTFont(typesetting.FONTS / "NotoSans-Regular.ttf")
    for table in font["cmap"].tables:
        table.cmap = {0x20: "space", **dict.fromkeys(map(ord, set(text) - set("Rayleigh ")), "M")}
    font.save(tmp_path / "Own.ttf")
    monkeypatch.setattr(typesetting, "SYSTEM_FONTS", (str(tmp_path / "Own.ttf"),))
    made = make(said(text))
    lines = [line for page in pages(made) for line in page.splitlines()]
    lines = lines[lines.index("Transcript") + 1 : -2]
    assert len(lines) > 20
    assert [line for line in lines if line[0] in "。，？" or line.startswith("leigh")] == []
    assert "".join(lines).count("Rayleigh") == 40


def test_text_is_only_text():
    hostile = "a **b** __c__ --d-- <b>e</b> {nb} ) Tj (\\ /JS \u202egnp\u202c \x00\x07\x1b[0m f\u200bg \ud800"
    made = make(
        said(hostile), noted(statement(hostile)), (Flashcard(hostile, hostile, Evidence(hostile, 0, 1)),), hostile
    )
    text = text_of(made)
    assert text.count("a **b** __c__ --d-- <b>e</b> {nb} ) Tj (\\ /JS gnp [0m fg \ufffd") >= 5
    assert PdfReader(io.BytesIO(made.pdf)).metadata.title.startswith("a **b** __c__")


@pytest.mark.parametrize("title", ["", " \x00 ", "T" * 5000, "long words " * 500, "))) /Names <</JavaScript"])
def test_any_title_will_do(title: str):
    made = make(title=title)
    reader = PdfReader(io.BytesIO(made.pdf))
    assert reader.metadata.title == ("bread.m4a" if not title.strip("\0 ") else reader.metadata.title)
    assert len(reader.metadata.title) <= report.TITLE_LENGTH
    assert "/Names" not in reader.trailer["/Root"]
    assert "Summary" in pages(made)[0]


def test_nothing_to_report():
    made = study_report("", "", Transcript((), None, "captions", None, 0.0), noted(), (), CREATED)
    text = text_of(made)
    assert "Untitled lecture" in text
    assert text.count("None could be drawn from this lecture.") == 3
    assert "Nothing was said." in text
    assert "Length" not in text


def test_a_quote_that_only_repeats_is_left_out():
    made = make(
        said("Nothing."), noted(statement("Salt slows yeast.", quote="salt slows yeast"), statement("A", quote="B"))
    )
    assert text_of(made).lower().count("salt slows yeast") == 1
    assert "“B”" in text_of(made)


def test_a_draft_says_so():
    draft = Transcript(spoken(20).segments, "en", "pocketsphinx", "en-us", 1200.0)
    read = pages(make(draft))
    assert "Draft\n" in read[0]
    assert "no punctuation" in read[0]
    assert all("Draft – Why bread rises" in page for page in read[1:])
    assert "Draft" not in text_of(make(spoken(20)))


@pytest.mark.parametrize("count", range(1, 14))
def test_no_heading_stands_alone_at_the_end_of_a_page(count: int):
    statements = [statement(f"Point {i}. {SENTENCES[i % 7]}", quote=f"Quote {i}.") for i in range(count)]
    card = Flashcard("What?", " ".join(SENTENCES), Evidence("x", 1, 2))
    for page in pages(make(spoken(1), noted(*statements, points=tuple(statements[:3])), (card,))):
        body = [line for line in page.splitlines() if line != "Why bread rises" and not re.match(r"\d+ / \d+$", line)]
        assert not re.match("Summary|Key points|Flashcards|Transcript$", body[-1])


@pytest.mark.parametrize("style", [typesetting.BODY, typesetting.LEAD, typesetting.CHAPTER])
def test_a_time_never_goes_to_the_next_page_without_its_text(style: typesetting.Style):
    book = typesetting.Book("T", ["It is late."], "en", CREATED)
    for tenths in range(2600, 2760):
        book.add_page()
        begun = book.page
        book.set_y(tenths / 10)
        book.say(1.0, "It is late.", style)
        assert book.page == begun or book.get_y() < 50


@pytest.mark.parametrize("minutes", [9, 10, 11, 12, 13])
def test_no_line_of_a_paragraph_stands_alone(minutes: int):
    sentences = [f"{sentence} {'And so on. ' * (minutes % 5)}" for sentence in SENTENCES]
    read = pages(make(spoken(minutes, sentences)))
    for page in read[1:]:
        body = [line for line in page.splitlines() if line != "Why bread rises" and not re.match(r"\d+ / \d+$", line)]
        starts = [i for i, line in enumerate(body) if re.match(r"\d\d:\d\d ", line)]
        assert starts[0] != 1, "one line of a paragraph at the top"
        assert page == read[-1] or len(body) - starts[-1] > 1, "one line of a paragraph at the bottom"


def test_a_card_is_never_torn():
    cards = tuple(
        Flashcard(
            f"Question {i}?", f"Begin {i}. {' '.join(SENTENCES[: i % 7])} End {i}.", Evidence(f"Quote {i}.", i, i + 1)
        )
        for i in range(1, 30)
    )
    read = pages(make(cards=cards))
    for i in range(1, 30):
        (page,) = [page for page in read if f"Card {i}\n" in page]
        assert all(f"{part} {i}" in " ".join(page.split()) for part in ("Question", "Begin", "End", "Quote"))


def test_a_card_longer_than_a_page_keeps_all_its_words():
    card = Flashcard("Why? " * 800, "Because. " * 900, Evidence("", 0, 1))
    text = text_of(make(cards=(card,)))
    assert (text.count("Why?"), text.count("Because.")) == (800, 900)


def test_an_hour_takes_seconds():
    begun = time.process_time()
    make(spoken(60))
    assert time.process_time() - begun < 10


def test_measuring_arabic_does_not_shape_the_same_text_again(monkeypatch):
    shaped = []
    shape = TTFFont.perform_harfbuzz_shaping

    def counted(font, text, *others):
        shaped.append(text)
        return shape(font, text, *others)

    monkeypatch.setattr(TTFFont, "perform_harfbuzz_shaping", counted)
    words = "المراجعة المتباعدة تثبت المعلومة لأن الدماغ يعيد بناءها في كل مرة ينام الطالب فيها بعد الدرس".split()
    chance = Random(1)
    sentences = [" ".join(chance.choices(words, k=12)) + "." for _ in range(60)]
    make(said(*sentences))
    assert len(shaped) < 2.5 * sum(map(len, sentences))
