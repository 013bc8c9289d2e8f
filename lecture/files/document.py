"""The study report as a Word document (.docx): headings to navigate by, chapters, key terms, cards, transcript.

The same input gives the same bytes.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from lecture.files.archive import write_archive
from lecture.files.card_files import marked
from lecture.files.export import writer_provenance
from lecture.files.paragraphs import paragraphs
from lecture.files.sections import other_words, sections
from lecture.flashcards import Flashcard
from lecture.notes import Notes
from lecture.transcript import Transcript, format_time, one_line, provenance

PROGRAM = "Lecture Voice-to-Notes"

_ACCENT, _GREY = RGBColor(0x15, 0x5E, 0x75), RGBColor(0x6B, 0x72, 0x80)
_LONGEST_PROPERTY = 255
"""Letters, as the format has it."""
_NO_CHARACTERS = re.compile("[\ufffe\uffff]")
"""Besides controls, XML 1.0 has none of these."""
_AFTER_BIDI = tuple(
    f"w:{name}"
    for name in """adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc
    textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange""".split()
)
"""What the format wants behind a paragraph's direction: Word refuses a file with another order."""
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_TIME = "Time"


def study_document(
    title: str,
    source: str,
    transcript: Transcript,
    notes: Notes,
    cards: Sequence[Flashcard],
    *,
    created: datetime,
) -> bytes:
    """Write everything as a Word document.

    Args:
        title: of the lecture.
        source: name of the file it came from.
        transcript: what was said.
        notes: summary, chapters and key terms.
        cards: become a table.
        created: the date the document bears.
    """
    document = docx.Document()
    _design(document, notes.language or transcript.language)
    _describe(document, title, transcript, notes, created)
    _say(document.add_paragraph(style="Title"), _clean(title) or "Lecture")
    _facts(document, source, transcript, notes, created)
    _notes(document, notes)
    _cards(document, cards)
    _transcript(document, transcript)
    return _packed(document, created)


def _design(document: Document, language: str | None) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.5)
    styles = document.styles
    styles["Normal"].font.name, styles["Normal"].font.size = "Calibri", Pt(11)
    for name in ("Title", "Heading 1"):
        styles[name].font.color.rgb = _ACCENT
    time = styles.add_style(_TIME, WD_STYLE_TYPE.CHARACTER)
    time.font.size, time.font.color.rgb = Pt(9), _GREY
    spelling = styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    if spelling is not None and language and _LANGUAGE.fullmatch(language):
        for script in ("w:val", "w:eastAsia", "w:bidi"):
            spelling.set(qn(script), language)


def _describe(document: Document, title: str, transcript: Transcript, notes: Notes, created: datetime) -> None:
    """What a file manager shows."""
    moment = created.astimezone(UTC).replace(tzinfo=None)
    about = document.core_properties
    about.title = (_clean(title) or "Lecture")[:_LONGEST_PROPERTY]
    about.author = about.last_modified_by = PROGRAM
    about.comments = _clean(f"{provenance(transcript)} {writer_provenance(notes)}")[:_LONGEST_PROPERTY]
    about.created = about.modified = moment
    about.revision = 1


def _facts(document: Document, source: str, transcript: Transcript, notes: Notes, created: datetime) -> None:
    facts = [
        ("Source", source),
        ("Date", f"{created.day} {created:%B %Y}"),
        ("Length", format_time(transcript.duration)),
        ("Language", transcript.language or ""),
        ("Transcript", f"{provenance(transcript)} {transcript.reason}"),
        ("Notes", f"{writer_provenance(notes)} {notes.reason}"),
        *(("Please note", warning) for warning in (*transcript.warnings, *notes.warnings)),
    ]
    for label, value in facts:
        if text := _clean(value):
            line = document.add_paragraph()
            line.paragraph_format.space_after = Pt(2)
            line.add_run(f"{label}: ").bold = True
            _say(line, text)


def _notes(document: Document, notes: Notes) -> None:
    for heading, statements in sections(notes):
        _say(document.add_heading(level=1), heading)
        for statement in statements:
            _say(document.add_paragraph(style="List Bullet"), statement.text, statement.evidence.start)
            if quote := other_words(statement):
                said = document.add_paragraph(style="Quote")
                said.paragraph_format.left_indent = Cm(1.3)
                _say(said, quote)
    if notes.key_terms:
        document.add_heading("Key terms", level=1)
    for one in notes.key_terms:
        line = document.add_paragraph(style="List Bullet")
        line.add_run(f"{_clean(one.term)}: ").bold = True
        _say(line, one.definition.text, one.definition.evidence.start)


def _cards(document: Document, cards: Sequence[Flashcard]) -> None:
    if not cards:
        return
    document.add_heading("Flashcards", level=1)
    table = document.add_table(rows=1, cols=3, style="Table Grid")
    table.autofit = False
    widths = (Cm(8), Cm(6.5), Cm(1.5))
    head = table.rows[0]
    head._tr.get_or_add_trPr().append(_element("w:tblHeader"))  # again on every page
    for cell, label, width in zip(head.cells, ("Question", "Answer", "Time"), widths, strict=True):
        cell.width = width
        cell.paragraphs[0].add_run(label).bold = True
    for card in cards:
        row = table.add_row()
        row._tr.get_or_add_trPr().append(_element("w:cantSplit"))
        texts = (marked(card), card.answer, format_time(card.evidence.start))
        for cell, text, width in zip(row.cells, texts, widths, strict=True):
            cell.width = width
            _say(cell.paragraphs[0], text)


def _transcript(document: Document, transcript: Transcript) -> None:
    document.add_heading("Transcript", level=1)
    for one in paragraphs(transcript):
        _say(document.add_paragraph(), one.text, one.start)


def _say(paragraph: Paragraph, text: str, seconds: float | None = None) -> None:
    """Put text into a paragraph, after its time; from the right where its script runs so."""
    text = _clean(text)
    if seconds is not None:
        paragraph.add_run(f"[{format_time(seconds)}] ", style=_TIME)
    paragraph.add_run(text)
    first = next((d for d in map(unicodedata.bidirectional, text) if d in ("L", "R", "AL")), "L")
    if first != "L":
        paragraph._p.get_or_add_pPr().insert_element_before(_element("w:bidi"), *_AFTER_BIDI)
        for run in paragraph.runs:
            run.font.rtl = True


def _element(name: str) -> BaseOxmlElement:
    return OxmlElement(name)


def _clean(text: str) -> str:
    """Text as XML can hold it, on one line."""
    return _NO_CHARACTERS.sub("", one_line(text))


def _packed(document: Document, created: datetime) -> bytes:
    """The document's files with one date: they bear the clock's otherwise."""
    saved, packed = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as parts:
        write_archive(packed, ((name, parts.read(name)) for name in parts.namelist()), created)
    return packed.getvalue()
