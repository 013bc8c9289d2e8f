"""Whatever a title, a lecture, a caption or a model says: every export is valid, and shows it as text.

What each export does with single traps stands in its own tests; here all of them get everything.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import subprocess
import sys
import time
import unicodedata
import zipfile
from pathlib import Path

import docx
import pytest
from anki.collection import Collection, ImportAnkiPackageRequest
from hypothesis import example, given
from markdown_it import MarkdownIt
from pypdf import PdfReader

from lecture.captions import LONGEST_CAPTION, read_captions
from lecture.errors import CaptionError
from lecture.files.bundle import study_files, write_bundle
from lecture.files.card_files import flashcards_from_json
from lecture.flashcards import Flashcard, identified
from lecture.notes import Chapter, Evidence, KeyTerm, Notes, Statement
from lecture.process import Lecture
from lecture.source import Source, StoredFile
from lecture.transcript import Segment, Transcript, encodable, from_json, one_line
from report import study_report
from tests.conftest import few
from tests.fixtures import anything, media
from tests.fixtures.study import CREATED

ROOT = Path(__file__).parent.parent
TRAPS = {
    "HTML": "<script>alert(1)</script><img src=http://evil.example/x onerror=alert(1)><iframe src=javascript:alert(1)>",
    "Markdown": "# x\n[a](javascript:alert(1)) ![b](http://evil.example/x) `c` **d** $e$ <http://evil.example> | f |",
    "right to left": "\u202egpj.exe\u202c \u2066abc\u2069 שלום \u200fمرحبا\u200e",
    "controls": "\x00\x01\x07\x08\x1b[2J\x1b]0;owned\x07\x1b]8;;http://evil.example\x07link\x7f\x9b31m\x85\u2028",
    "emoji": "👩‍👩‍👧‍👦🇩🇪🏴󠁧󠁢󠁳󠁣󠁴󠁿 e\u0301\u0301 ﷽ \U0010ffff \ufffe \ud83d \ude00",
    "formula": '=HYPERLINK("http://evil.example","x")',
    "other formula": "@SUM(1)|cmd|' /C calc'!A0",
    "Anki": "{{c1::x}} {{FrontSide}} [sound:x.mp3] [latex]x[/latex] [anki:tts lang=en]x[/anki:tts]",
    "caption": "1\n00:00:01,000 --> 00:00:02,000\n\nWEBVTT\n\nNOTE x",
    "path": "../../../etc/passwd C:\\Windows\\x /abs NUL con.txt . ..",
    "XML": ']]> <![CDATA[ &xxe; <!ENTITY x SYSTEM "file:///etc/passwd"> &#0; \ufffe',
    "LaTeX": "\\input{/etc/passwd} $\\href{javascript:alert(1)}{x}$ \\(x\\)",
    "long word": "x" * 20_000,
    "one line of 1 MB": "word and <b>more</b> " * 50_000,
}
SAID = (
    "Osmosis is the movement of water through a membrane, from where there is more of it to where there is less. " * 9
)
SHORT = [trap for trap in TRAPS if not trap.endswith("MB")]
SEEN = "\t\n"
"""All controls that a text file may hold."""


def lecture_of(whole: str) -> Lecture:
    """A lecture that says this and nothing else, everywhere; in lines as long as any reader gives them."""
    lines = [whole[at : at + LONGEST_CAPTION] for at in range(0, len(whole), LONGEST_CAPTION)]
    text = lines[0]
    said = Evidence(text, 1.0, 2.0)
    statement = Statement(text, said)
    chapters = (Chapter(text, 0, 5, summary=(statement,)), Chapter(text, 5, 9, key_points=(statement,)))
    notes = Notes((statement,), (statement,), text, text, warnings=(text,), chapters=chapters)
    notes = Notes(**{**vars(notes), "key_terms": (KeyTerm(text, statement),)})
    cards = (Flashcard(text, text, said), Flashcard(f"{text} _____", text, said, "cloze"))
    transcript = Transcript(
        tuple(Segment(n, n + 1, line) for n, line in enumerate(lines)),
        "en",
        "whisper",
        text,
        9.0,
        reason=text,
        warnings=(text,),
    )
    return Lecture(Source(captions=StoredFile(media.SAMPLE.with_suffix(".vtt"), text)), transcript, notes, cards)


def written(made: Lecture, title: str) -> dict[str, bytes]:
    def report() -> bytes:
        source = made.source.main.name
        return study_report(title, source, made.transcript, made.notes, made.flashcards, CREATED).pdf

    return dict(study_files(made, "id", title, report, created=CREATED, exported=CREATED))


def are_valid(files: dict[str, bytes], made: Lecture) -> None:
    """Each file opens in what it is made for, and holds nothing that does anything."""
    for name, content in files.items():
        check = CHECKS[name.rpartition(".")[2]]
        check(content, name, made)


def a_pdf(content: bytes, name: str, made: Lecture) -> None:
    reader = PdfReader(io.BytesIO(content))
    assert len(reader.pages) > 1
    assert not {"/AA", "/AcroForm", "/Names"} & set(root := reader.trailer["/Root"])
    assert isinstance(root.get("/OpenAction", []), list)  # a place in the document, no action
    for page in reader.pages:
        for link in page.get("/Annots", ()):
            assert "/URI" not in (action := link.get_object().get("/A", {})), action
            assert action.get("/S") in (None, "/GoTo")
    (reader.metadata.title or "").encode()


def a_document(content: bytes, name: str, made: Lecture) -> None:
    document = docx.Document(io.BytesIO(content))
    assert document.paragraphs
    assert not [rel for rel in document.part.rels.values() if rel.is_external]
    assert not document.element.xpath("//w:fldSimple | //w:instrText | //w:object | //w:altChunk")


def plain_text(content: bytes, name: str, made: Lecture) -> None:
    steering = {letter for letter in content.decode() if unicodedata.category(letter) == "Cc"} - set(SEEN)
    assert not steering, (name, steering)


def a_page(content: bytes, name: str, made: Lecture) -> None:
    plain_text(content, name, made)
    front, _, body = content.decode().removeprefix("---\n").partition("\n---\n")
    rendered = MarkdownIt("commonmark", {"linkify": False, "html": True}).render(body)
    assert set(re.findall(r"<(\w+)", rendered)) <= {*"h1 h2 h3 ul ol li strong em p br blockquote hr".split()}
    assert {line.partition(":")[0] for line in front.splitlines()} >= {"title", "date", "source"}


def a_table(content: bytes, name: str, made: Lecture) -> None:
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert len(rows) == len(made.flashcards)
    for row, card in zip(rows, made.flashcards, strict=True):
        wanted = (card.question, card.answer, card.evidence.quote)
        for cell, text in zip((row["question"], row["answer"], row["quote"]), wanted, strict=True):
            plain = text.encode("utf-8", "replace").decode()
            assert cell in (plain, f"'{plain}")
            assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


def some_json(content: bytes, name: str, made: Lecture) -> None:
    json.loads(content)
    if name == "flashcards.json":
        found = flashcards_from_json(content)
        assert [card.question for card in found] == [encodable(card.question) for card in identified(made.flashcards)]
    else:
        assert [s.text for s in from_json(content).segments] == [encodable(s.text) for s in made.transcript.segments]


def captions(content: bytes, name: str, made: Lecture) -> None:
    plain_text(content, name, made)
    said = " ".join(one_line(segment.text) for segment in made.transcript.segments).split()
    if said:
        found = read_captions(content, name)
        assert sorted(" ".join(segment.text for segment in found.segments).split()) == sorted(said)


def a_deck(content: bytes, name: str, made: Lecture) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert package.testzip() is None


CHECKS = {
    "pdf": a_pdf,
    "docx": a_document,
    "txt": plain_text,
    "md": a_page,
    "csv": a_table,
    "json": some_json,
    "srt": captions,
    "vtt": captions,
    "apkg": a_deck,
}


@pytest.mark.parametrize("trap", [*SHORT, pytest.param("one line of 1 MB", marks=pytest.mark.long)])
def test_every_export_holds_a_trap_as_text(trap):
    made, began = lecture_of(TRAPS[trap]), time.monotonic()
    files = written(made, TRAPS[trap][:5_000])
    assert time.monotonic() - began < 120
    are_valid(files, made)


def test_anki_takes_every_trap_and_none_of_them_is_more_than_text(tmp_path):
    collection = Collection(str(tmp_path / "collection.anki2"))
    for trap, text in TRAPS.items():
        made = lecture_of(text)
        path = tmp_path / "deck.apkg"
        path.write_bytes(written_deck(made, text[:5_000], trap))
        collection.import_anki_package(ImportAnkiPackageRequest(package_path=str(path)))
    found = [collection.get_note(note) for note in collection.find_notes("")]
    assert len(found) >= len(TRAPS)
    for note in found:
        for card in note.cards():
            output = card.render_output()
            for page in (output.question_text, output.answer_text):
                assert not re.findall(
                    r"<(?:script|img|iframe|a)\b|\bon\w+=[^&\s]*(?=[^<]*>)", re.sub("&[^;]*;", "", page)
                )
            assert not output.question_av_tags
            assert not output.answer_av_tags
    collection.close()


def written_deck(made: Lecture, title: str, lecture_id: str) -> bytes:
    from lecture.files.bundle import anki_deck

    return anki_deck(made, lecture_id, title, CREATED)


@few(12)
@given(anything.transcripts, anything.notes, anything.cards, anything.texts, anything.texts)
def test_every_export_of_anything_is_valid(transcript, notes, cards, title, source) -> None:
    made = Lecture(Source(captions=StoredFile(media.SAMPLE.with_suffix(".vtt"), source)), transcript, notes, cards)
    files = written(made, title)
    for name in ("transcript.srt", "transcript.vtt"):  # times that run backwards are said to, when they are read
        with contextlib.suppress(CaptionError):
            read_captions(files.pop(name), name)
    are_valid(files, made)


@given(anything.texts)
@example("../../etc/passwd")
@example("a/../../b")
@example("\x00")
def test_a_bundle_stays_in_its_folder(title: str) -> None:
    target = io.BytesIO()
    write_bundle(target, title, iter([("report.txt", b"x"), ("flashcards.csv", b"y")]), CREATED)
    with zipfile.ZipFile(target) as bundle:
        for name in bundle.namelist():
            folder, _, file = name.partition("/")
            assert file in ("report.txt", "flashcards.csv")
            assert folder.strip(". ")
            assert folder == encodable(folder)
            assert not [letter for letter in folder if unicodedata.category(letter) == "Cc"]
            assert not set(folder) & set('<>:"/\\|?*')
            assert len(os.fsencode(folder)) < 255


# ------------------------------------------------------------------------------------------------------------ terminal


@pytest.mark.parametrize(
    "name",
    ["\x1b]0;owned\x07\x1b[2J\x9b31m", "\u202egpj.exe <script>", "=1+1", "a\nb\rc", "%s{0}\\x1b", "caf\udce9"],
)
def test_no_name_and_no_text_steers_the_terminal(name, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    said = TRAPS["controls"].replace("\x00", "") + TRAPS["HTML"]
    lines = "".join(f"{n}\n00:00:{n:02},000 --> 00:00:{n + 1:02},000\n{said} {SAID} {n}.\n\n" for n in (1, 3))
    (folder / f"{name}.srt").write_text(lines)
    (folder / f"{name} 3.mp3").write_bytes(b"no sound")
    (folder / f"{name} 2.vtt").write_text(f"WEBVTT\n\n00:05 --> 00:01 {name.encode('utf-8', 'replace').decode()}\n")
    done = subprocess.run(
        [sys.executable, "-m", "lecture", "process", str(folder), "--out", str(tmp_path / "out")],
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=300,
    )
    said_to_user = (done.stdout + done.stderr).decode("utf-8", "surrogateescape")
    assert "Traceback" not in said_to_user
    assert "Something unexpected" not in said_to_user
    assert not {letter for letter in said_to_user if unicodedata.category(letter) == "Cc"} - {"\n"}, said_to_user
    assert (tmp_path / "out").exists(), said_to_user
    made = list((tmp_path / "out").iterdir())
    assert len(made) == 1, said_to_user
    assert (made[0] / "made.json").exists()
