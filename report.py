"""The PDF study report: summary, chapters, key terms, flashcards and transcript, each with the time it was said.

All text is data: nothing in it is read as markup, control characters and direction overrides are dropped, and a
character that no font can print is shown as a placeholder and named. The same input and date give the same bytes.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError  # type: ignore[import-untyped]
from fpdf import FPDF
from fpdf.prefs import ViewerPreferences

from lecture.flashcards import Flashcard
from lecture.notes import Chapter, KeyTerm, Notes, Statement, in_order
from lecture.transcript import Transcript, format_time, is_draft, one_line, provenance

Colour = tuple[int, int, int]
INK, SOFT, GREY, LINE = (28, 33, 40), (75, 85, 99), (107, 114, 128), (217, 222, 229)
ACCENT, TINT, AMBER, AMBER_TINT = (21, 94, 117), (242, 247, 249), (180, 83, 9), (255, 248, 235)

# Layout, in mm on A4 (210 × 297). Times stand in a column of their own, left of all text.
LEFT, RIGHT, TOP, BOTTOM = 25.0, 29.0, 28.0, 25.0
WIDTH = 210 - LEFT - RIGHT
HEADER_Y, HEADER_LINE_Y, FOOTER_Y = 14.0, 20.0, 283.0
SECTION_GAP, GAP, SMALL_GAP, PAD = 10.0, 3.2, 1.2, 4.0
RADIUS, RULE, HAIRLINE = 1.6, 1.1, 0.2
KEEP_WITH_HEADING = 24.0
FOLD = 105 - LEFT  # the middle of the page, between question and answer

# Columns: left edge and width, in mm.
Column = tuple[float, float]
FULL, TIMES, MAIN = (LEFT, WIDTH), (LEFT, 17.0), (LEFT + 17, WIDTH - 17)
LABELS, FACTS, QUOTES = (LEFT, 25.0), (LEFT + 25, WIDTH - 25), (LEFT + 21, WIDTH - 21)
INSET = (LEFT + PAD, WIDTH - 2 * PAD)
QUESTION, ANSWER = (LEFT + PAD, FOLD - 2 * PAD), (LEFT + FOLD + PAD, WIDTH - FOLD - 2 * PAD)

# A transcript paragraph, in seconds: within these lengths it ends where the speaker pauses or ends a sentence.
PARAGRAPH_SHORTEST, PARAGRAPH_USUAL, PARAGRAPH_LONGEST = 18.0, 40.0, 60.0
PAUSE, BOOKMARK_EVERY = 1.2, 600.0
ENDS_SENTENCE = (*".!?…。！？।؟۔", ".”", "!”", "?”", '."', '!"', '?"')
SPACELESS = frozenset({"ja", "km", "lo", "my", "th", "yue", "zh"})  # languages written without spaces

TITLE_LENGTH, BOOKMARK_LENGTH, SHORTEST_LINE = 240, 80, 30  # characters
NAMED_MISSING = 12  # how many unprintable characters the report names
DRAFT_NOTE = (
    "This transcript was made by a recogniser that needs no download and hears less well. Expect wrong words and no "
    "punctuation, and listen to the recording before you rely on a sentence."
)
PLACEHOLDER = "□"

FONTS = Path(__file__).parent / "assets" / "fonts"
SYSTEM_FONTS = (  # for scripts too large to bundle; the first of these that has a character prints it
    *(f"/usr/share/fonts/{where}/NotoSansCJK-Regular.ttc" for where in ("opentype/noto", "noto-cjk", "noto")),
    *("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf", "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"),
    "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
    *(f"C:/Windows/Fonts/{name}" for name in ("msyh.ttc", "YuGothR.ttc", "malgun.ttf", "seguisym.ttf")),
)

_CJK = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_UNBREAKABLE = re.compile("[!-~]+ ?|.[ 、。，．：；？！）」』】〉》”’…ーぁぃぅぇぉっゃゅょァィゥェォッャュョ]*")
_JOINED = "\u0300-\u036f\u0590-\u109f\u1780-\u17ff\ufb1d-\ufdff\ufe70-\ufefc"  # change beside their neighbours
_SHAPED = re.compile(f"[{_JOINED}]")
_NO_LETTERS = re.compile(r"[\W\d_]{200}")
_INVISIBLE = re.compile(
    f"(?<![{_JOINED}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINED}])"
    "|[\u00ad\u034f\u061c\u180b-\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f]"
    "|[\ufe00-\ufe0f\ufeff\ufff0-\ufffb\U000e0000-\U000e0fff]"
)


@dataclass(frozen=True)
class Report:
    """The finished PDF, and the characters that no font could print: each is shown as □ in it."""

    pdf: bytes
    missing: str


@dataclass(frozen=True)
class _Style:
    """How a kind of text looks: size in points, distance of its lines in mm."""

    size: float
    leading: float
    emphasis: str = ""
    colour: Colour = INK
    side: str = "L"


EYEBROW, SECTION, ASIDE = _Style(8.5, 6, "B", ACCENT), _Style(15, 8, "B", ACCENT), _Style(8.5, 8, "", GREY, "R")
CHAPTER = _Style(12, 6.2, "B", ACCENT)
HEADLINE, LONG_HEADLINE = _Style(24, 10.4, "B"), _Style(15, 7, "B")
BODY, LEAD, POINT = _Style(10.5, 5.5), _Style(11.5, 6.1), _Style(10.5, 5.5, "B")
SMALL, LABEL, NOTE = _Style(9, 4.8), _Style(9, 4.8, "", GREY), _Style(8.5, 4.5, "", SOFT)
QUOTE, TIME = _Style(9.5, 5, "I", SOFT), _Style(8.5, 5.5, "", GREY)
NOTICE, FURNITURE, NUMBER = _Style(10, 5.6, "B", AMBER), _Style(8, 4, "", GREY), _Style(8, 4, "", GREY, "R")
BASELINE = 0.3 * 25.4 / 72  # mm that a baseline sinks in its line with each point of size


def study_report(  # noqa: PLR0917 - six things make a report
    title: str, source: str, transcript: Transcript, notes: Notes, flashcards: Sequence[Flashcard], created: datetime
) -> Report:
    """Set a lecture's notes as a PDF. `source` is the name of its file, `created` the date that the report bears."""
    title = _clip(_clean(title) or _clean(source) or "Untitled lecture", TITLE_LENGTH)
    paragraphs = _paragraphs(transcript)
    facts = _facts(source, transcript, notes, created)
    warnings = [*transcript.warnings, *notes.warnings]
    texts = [title, *warnings, *(text for _, text in paragraphs), *(part for fact in facts for part in fact)]
    chapters = notes.chapters if len(notes.chapters) > 1 else ()
    statements = [*notes.summary, *notes.key_points, *(s for chapter in chapters for s in in_order(chapter))]
    statements += [one.definition for one in notes.key_terms]
    texts += [part for s in statements for part in (s.text, s.evidence.quote)]
    texts += [*(chapter.title for chapter in chapters), *(one.term for one in notes.key_terms)]
    texts += [part for card in flashcards for part in (card.question, card.answer, card.evidence.quote)]

    book = _Book(title, texts, transcript, created)
    book.front(title, facts, warnings, draft=is_draft(transcript))
    book.jumps = [(start, book.add_link()) for start, _ in paragraphs]
    book.statements("Summary", notes.summary, LEAD, "Each time leads to its place in the transcript")
    if chapters:
        book.chapters(chapters)
    else:
        book.statements("Key points", notes.key_points, POINT)
    book.key_terms(notes.key_terms)
    book.flashcards(flashcards)
    book.lecture(paragraphs)
    book.furnish(f"Draft – {title}" if is_draft(transcript) else title)
    return Report(bytes(book.output()), book.missing)


def _facts(source: str, transcript: Transcript, notes: Notes, created: datetime) -> list[tuple[str, str, str]]:
    """Label, value and explanation of each thing that stands below the title."""
    writer = "Sentences of the lecture itself" if notes.writer == "extractive" else f"Written by {notes.writer}"
    covered = "" if notes.coverage >= 1 else f" They cover {notes.coverage:.0%} of the lecture’s sentences."
    dropped = f" Left out for want of support in the transcript: {notes.dropped}." if notes.dropped else ""
    facts = [
        ("Source", source, ""),
        ("Date", f"{created.day} {created:%B %Y}", ""),
        ("Length", format_time(transcript.duration) if transcript.duration > 0 else "", ""),
        ("Transcript", provenance(transcript), transcript.reason),
        ("Notes", writer, f"{notes.reason}{covered}{dropped}"),
    ]
    return [fact for fact in facts if _clean(fact[1])]


def _paragraphs(transcript: Transcript) -> list[tuple[float, str]]:
    """Gather segments, which may be as short as a breath, into paragraphs, each with the time it begins."""
    paragraphs: list[tuple[float, list[str]]] = []
    begun = ended = 0.0
    for segment in transcript.segments:
        if not (text := _clean(segment.text)):
            continue
        length, pause = ended - begun, segment.start - ended >= PAUSE
        complete = bool(paragraphs) and paragraphs[-1][1][-1].endswith(ENDS_SENTENCE)
        rests = (length >= PARAGRAPH_SHORTEST and pause) or (length >= PARAGRAPH_USUAL and complete)
        if not paragraphs or rests or length >= PARAGRAPH_LONGEST:
            paragraphs.append((begun := segment.start, []))
        paragraphs[-1][1].append(text)
        ended = segment.end
    glue = "" if transcript.language in SPACELESS else " "
    return [(start, glue.join(texts)) for start, texts in paragraphs]


def _clean(text: str) -> str:
    """Text as one line of composed, visible characters: no controls, no direction overrides, no half surrogates."""
    text = one_line(text)
    return text if text.isascii() else _INVISIBLE.sub("", unicodedata.normalize("NFC", text)).strip()


def _clip(text: str, length: int) -> str:
    """At most `length` characters of a text, with … where it was cut."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _quote(text: str, quote: str) -> str:
    """A statement's quote in quotation marks; nothing where it only repeats the statement."""
    said, quoted = (re.findall(r"\w+", _clean(words).casefold()) for words in (text, quote))
    return "" if said == quoted or not quoted else f"“{_clean(quote)}”"


@cache
def _characters(font: Path) -> frozenset[str]:
    """The characters that a font file has glyphs for; none where it is missing or damaged."""
    try:
        with TTFont(font, lazy=True, fontNumber=0) as opened:
            return frozenset(map(chr, opened.getBestCmap() or {}))
    except (OSError, TTLibError):
        return frozenset()


class _Book(FPDF):
    """The document as it is written, from the top of the first page to the end of the last."""

    def __init__(self, title: str, texts: Iterable[str], transcript: Transcript, created: datetime) -> None:
        super().__init__(format="A4", unit="mm")
        self.set_margins(LEFT, TOP, RIGHT)
        self.set_auto_page_break(True, BOTTOM)
        self.c_margin = 0
        self.alias_nb_pages("")  # it would replace the same characters in a transcript
        self.set_title(title)
        self.set_creator("Lecture Voice-to-Notes")
        self.set_creation_date(created if created.tzinfo else created.astimezone())
        if transcript.language and transcript.language.isalpha():
            self.set_lang(transcript.language)
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self.jumps: list[tuple[float, int]] = []  # seconds and link of each transcript paragraph
        for emphasis, name in (("", "Regular"), ("B", "Bold"), ("I", "Italic")):
            self.add_font("noto", emphasis, FONTS / f"NotoSans-{name}.ttf")
        characters = "".join(dict.fromkeys("".join(map(_clean, texts))))
        wanted = {c for c in characters if not c.isspace()} | {PLACEHOLDER}
        wanted -= _characters(FONTS / "NotoSans-Regular.ttf")
        self._families: dict[str, str] = {}  # characters that Noto Sans lacks, and the font that has them
        bundled = sorted(FONTS.glob("NotoSans[A-Z]*.ttf"))
        for path in (*bundled, *map(Path, SYSTEM_FONTS)):
            if found := wanted and wanted & _characters(path):
                wanted -= found
                self.add_font(family := f"fallback {path.stem.lower()}", "", path)
                self._families.update(dict.fromkeys(sorted(found), family))
        self.set_fallback_fonts(["noto", *dict.fromkeys(self._families.values())], exact_match=False)
        self.missing = "".join(c for c in characters if c in wanted)
        self._gaps = str.maketrans(dict.fromkeys(self.missing, PLACEHOLDER))

    def put(self, text: str, style: _Style, column: Column = MAIN, link: int | None = None, dry: bool = False) -> float:
        """Set a text from the present height downwards, or (dry) only measure it. Its height in mm."""
        if not (text := _clean(text).translate(self._gaps)):
            return 0.0
        shaped = Counter(self._families.get(c, "noto") for c in _SHAPED.findall(text))
        # Shaping takes four times as long, so only where a script needs it; fpdf2 recurses along characters that
        # are not letters, and a long row of them would end in a RecursionError.
        self.set_text_shaping(bool(shaped) and not _NO_LETTERS.search(text))
        most = max(shaped, key=lambda name: shaped[name], default="noto")
        family = most if 2 * shaped[most] > len(text) else "noto"  # a font for its spaces too, where it can be
        self.set_font(family, style.emphasis if family == "noto" else "", style.size)
        self.set_text_color(*style.colour)
        first = next((d for d in map(unicodedata.bidirectional, text) if d in ("L", "R", "AL")), "L")
        side = style.side if first == "L" else "R"
        if 3 * len(_CJK.findall(text)) > len(text):
            text = self._break(text, column[1])
        self.set_x(column[0])
        size = self.multi_cell(column[1], style.leading, text, align=side, link=link, dry_run=dry, output="HEIGHT")
        return float(str(size))

    def _break(self, text: str, width: float) -> str:
        """Break a text without spaces into lines, none of which begins with a full stop or inside a Latin word."""
        lines, used = [""], 0.0
        for piece in _UNBREAKABLE.findall(text):
            used += (size := self.get_string_width(piece))
            if used > width - HAIRLINE:
                lines.append("")
                used = size
            lines[-1] += piece
        return "\n".join(lines)

    def _bar(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """A filled rectangle."""
        self.set_fill_color(*colour)
        self.rect(x, y, width, height, style="F")

    def _ensure(self, height: float) -> bool:
        """Go to a new page unless `height` mm are left on this one; False where no page has so much."""
        fits = height <= self.eph
        if self.get_y() > TOP and self.will_page_break(height if fits else self.eph / 3):
            self.add_page()
        return fits

    def _settle(self, text: str, style: _Style) -> None:
        """Go to a new page, or end this one early, where its end would leave one line of the text alone."""
        if not self.will_page_break(style.leading * (3 + len(text) / SHORTEST_LINE)):
            return
        lines = round(self.put(text, style, dry=True) / style.leading)
        room = int((self.page_break_trigger - self.get_y()) / style.leading)
        if room < min(lines, 2) or room < lines <= 3:
            self.add_page()
        elif lines - room == 1:
            self.set_auto_page_break(True, BOTTOM + style.leading)

    def _place(self, seconds: float) -> int | None:
        """The link to what was said at a time."""
        index = bisect_right(self.jumps, seconds + 0.05, key=lambda jump: jump[0]) - 1
        return self.jumps[max(index, 0)][1] if self.jumps else None

    def _say(self, seconds: float, text: str, style: _Style, link: bool = True) -> None:
        """A text with its time beside it, which leads to its place in the transcript."""
        self._settle(text, style)
        top = self.get_y()
        self.ln(BASELINE * (style.size - TIME.size))
        time = replace(TIME, leading=style.leading)
        self.put(format_time(seconds), time, TIMES, self._place(seconds) if link else None)
        self.set_y(top)
        self.put(text, style)
        self.set_auto_page_break(True, BOTTOM)

    def _heading(self, name: str, aside: str = "", following: float = KEEP_WITH_HEADING) -> None:
        """A section's name, on the same page as what follows it."""
        if self.get_y() > TOP:
            self.ln(SECTION_GAP)
        self._ensure(SECTION.leading + GAP + min(following, self.eph / 2))
        self.start_section(name)
        top = self.get_y()
        self.put(name, SECTION, FULL)
        self.set_y(top + BASELINE * (SECTION.size - ASIDE.size))
        self.put(aside, ASIDE, FULL)
        self._bar(LEFT, top + SECTION.leading + 0.6, WIDTH, HAIRLINE, LINE)
        self.set_y(top + SECTION.leading + GAP)

    def front(self, title: str, facts: list[tuple[str, str, str]], warnings: Sequence[str], draft: bool) -> None:
        """The top of the first page: title, facts, and what the reader must know before trusting it."""
        self.add_page()
        self._bar(LEFT, TOP - 5, 16, RULE, ACCENT)
        self.put("STUDY REPORT", EYEBROW, FULL)
        self.put(title, HEADLINE if len(title) <= BOOKMARK_LENGTH else LONG_HEADLINE, FULL)
        self.ln(GAP)
        for label, value, reason in facts:
            top = self.get_y()
            self.put(label, LABEL, LABELS)
            self.set_y(top)
            self.put(value, SMALL, FACTS)
            self.put(reason, NOTE, FACTS)
            self.ln(SMALL_GAP)
        if self.missing:
            named = ", ".join(f"U+{ord(c):04X}" for c in self.missing[:NAMED_MISSING])
            more = f" and {len(self.missing) - NAMED_MISSING} more" if len(self.missing) > NAMED_MISSING else ""
            warnings = [*warnings, f"No font here has these characters, shown as {PLACEHOLDER}: {named}{more}."]
        for head, sentences in (("Draft", [DRAFT_NOTE] if draft else []), ("Please note", warnings)):
            if sentences:
                self._notice([(head, NOTICE), *((text, SMALL) for text in sentences)])

    def _notice(self, lines: Sequence[tuple[str, _Style]]) -> None:
        """A tinted box that nobody overlooks."""
        height = sum(self.put(text, style, INSET, dry=True) for text, style in lines) + 2 * PAD
        self.ln(GAP)
        if self._ensure(height):
            self._bar(LEFT, self.get_y(), WIDTH, height, AMBER_TINT)
            self._bar(LEFT, self.get_y(), RULE, height, AMBER)
        self.ln(PAD)
        for text, style in lines:
            self.put(text, style, INSET)
        self.ln(PAD)

    def statements(self, name: str, statements: Sequence[Statement], style: _Style, aside: str = "") -> None:
        """Sentences of the notes, each with its time, and the words that it rests on where they differ."""
        self._heading(name, aside if statements else "")
        if not statements:
            self.put("None could be drawn from this lecture.", QUOTE, FULL)
        self._list(statements, style)

    def chapters(self, chapters: Sequence[Chapter]) -> None:
        """What the lecture turns to, one after the other, with what to remember of each."""
        for number, chapter in enumerate(chapters, 1):
            if number == 1:
                self._heading("Chapters", following=KEEP_WITH_HEADING + SECTION_GAP)
            name = _clip(f"{number}. {_clean(chapter.title)}", BOOKMARK_LENGTH)
            self._ensure(KEEP_WITH_HEADING)
            self.ln(GAP)
            self.start_section(name, level=1)
            self._say(chapter.start, name, CHAPTER)
            self.ln(SMALL_GAP)
            self._list(in_order(chapter), BODY)

    def key_terms(self, key_terms: Sequence[KeyTerm]) -> None:
        """The terms of the course in the order of the alphabet, each with the sentence that says what it means."""
        for number, one in enumerate(sorted(key_terms, key=lambda one: one.term.casefold()), 1):
            if number == 1:
                self._heading("Key terms")
            self._ensure(self.put(one.term, POINT, dry=True) + self.put(one.definition.text, BODY, dry=True))
            self._say(one.definition.evidence.start, one.term, POINT)
            self.put(one.definition.text, BODY)
            self.ln(GAP)

    def _list(self, statements: Sequence[Statement], style: _Style) -> None:
        for statement in statements:
            if quote := _quote(statement.text, statement.evidence.quote):
                height = self.put(statement.text, style, dry=True) + self.put(quote, QUOTE, QUOTES, dry=True)
                self._ensure(height + SMALL_GAP)
            self._say(statement.evidence.start, statement.text, style)
            if quote:
                self.ln(SMALL_GAP)
                top, page = self.get_y(), self.page
                self.put(quote, QUOTE, QUOTES)
                if page == self.page:
                    self._bar(MAIN[0] + 0.4, top + 0.7, 0.5, self.get_y() - top - 1.2, LINE)
            self.ln(GAP)

    def flashcards(self, cards: Sequence[Flashcard]) -> None:
        """Questions left and answers right of the middle of the page, each card in one piece."""
        if not cards:
            self._heading("Flashcards")
            self.put("None could be drawn from this lecture.", QUOTE, FULL)
        for number, card in enumerate(cards, 1):
            start, quote = card.evidence.start, _quote(card.answer, card.evidence.quote)
            sides = {
                QUESTION: [(f"Card {number}", TIME), (card.question, POINT)],
                ANSWER: [(format_time(start), TIME), (card.answer, BODY), *([(quote, QUOTE)] if quote else [])],
            }
            taken = [sum(SMALL_GAP + self.put(*text, side, dry=True) for text in sides[side]) for side in sides]
            height = max(taken) + 2 * (PAD - SMALL_GAP)
            if number == 1:
                self._heading("Flashcards", "Fold the page down the middle to test yourself", height)
            if self._ensure(height):
                top = self.get_y()
                self._box(top, height)
                for side, texts in sides.items():
                    self.set_y(top + PAD)
                    for text, style in texts:
                        self.put(text, style, side, self._place(start) if style is TIME else None)
                        self.ln(SMALL_GAP)
                self.set_y(top + height)
            else:  # longer than a page
                for text, style in (*sides[QUESTION][1:], *sides[ANSWER][1:]):
                    self._say(start, text, style)
            self.ln(GAP)

    def _box(self, top: float, height: float) -> None:
        """The outline of a card, its question on a tint."""
        self.set_fill_color(*TINT)
        self.rect(LEFT, top, FOLD, height, "F", round_corners=True, corner_radius=RADIUS)
        self._bar(LEFT + FOLD / 2, top, FOLD / 2, height, TINT)
        self.set_draw_color(*LINE)
        self.set_line_width(HAIRLINE)
        self.rect(LEFT, top, WIDTH, height, "D", round_corners=True, corner_radius=RADIUS)

    def lecture(self, paragraphs: Sequence[tuple[float, str]]) -> None:
        """All that was said, with a bookmark every ten minutes."""
        self._heading("Transcript", following=self.eph / 3)
        if not paragraphs:
            self.put("Nothing was said.", QUOTE, FULL)
        marked = 0.0
        for (start, text), (_, link) in zip(paragraphs, self.jumps, strict=True):
            self._settle(text, BODY)
            self.set_link(link, y=self.get_y())
            if start - marked >= BOOKMARK_EVERY:
                marked = start
                self.start_section(_clip(f"{format_time(start)} {text}", BOOKMARK_LENGTH), level=1)
            self._say(start, text, BODY, link=False)
            self.ln(GAP)

    def furnish(self, title: str) -> None:
        """The title above every page but the first, and below each its number and how many there are."""
        self.set_auto_page_break(False)
        while self.put(title, FURNITURE, FULL, dry=True) > FURNITURE.leading:
            title = _clip(title, len(title) * 9 // 10)
        for number in range(1, self.pages_count + 1):
            self.page = number
            self.current_font_is_set_on_page = False  # each page is a stream of its own
            if self.page > 1:
                self.set_y(HEADER_Y)
                self.put(title, FURNITURE, FULL)
                self._bar(LEFT, HEADER_LINE_Y, WIDTH, HAIRLINE, LINE)
            self.set_y(FOOTER_Y)
            self.put(f"{self.page} / {self.pages_count}", NUMBER, FULL)
