"""A printed page: fonts for every script, texts set in columns, what stays together, headings, page furniture.

All text is data: nothing in it is read as markup, control characters and direction overrides are dropped, and a
character that no font can print is shown as a placeholder and named.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont, TTLibError  # type: ignore[import-untyped]
from fpdf import FPDF
from fpdf.fonts import TTFFont
from fpdf.prefs import ViewerPreferences

from lecture.transcript import format_time, one_line

Colour = tuple[int, int, int]
INK, SOFT, GREY, LINE = (28, 33, 40), (75, 85, 99), (107, 114, 128), (217, 222, 229)
ACCENT, TINT, AMBER, AMBER_TINT = (21, 94, 117), (242, 247, 249), (180, 83, 9), (255, 248, 235)

# Layout, in mm on A4 (210 × 297). Times stand in a column of their own, left of all text.
LEFT, RIGHT, TOP, BOTTOM = 25.0, 29.0, 28.0, 25.0
WIDTH = 210 - LEFT - RIGHT
HEADER_Y, HEADER_LINE_Y, FOOTER_Y, COVER_TOP = 14.0, 20.0, 283.0, 60.0
SECTION_GAP, GAP, SMALL_GAP, PAD = 10.0, 3.2, 1.2, 4.0
RADIUS, RULE, HAIRLINE = 1.6, 1.1, 0.2
KEEP_WITH_HEADING = 24.0

# Columns: left edge and width, in mm.
Column = tuple[float, float]
FULL, TIMES, MAIN = (LEFT, WIDTH), (LEFT, 17.0), (LEFT + 17, WIDTH - 17)
LABELS, FACTS, QUOTES = (LEFT, 25.0), (LEFT + 25, WIDTH - 25), (LEFT + 21, WIDTH - 21)
OPTIONS = (LEFT + 26, WIDTH - 26)
INSET = (LEFT + PAD, WIDTH - 2 * PAD)

BOOKMARK_LENGTH, SHORTEST_LINE = 80, 30  # characters
PLACEHOLDER = "□"
_WIDTHS = 2_000  # texts of a font whose widths are remembered: those of the lines that are being broken

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
class Style:
    """How a kind of text looks: size in points, distance of its lines in mm."""

    size: float
    leading: float
    emphasis: str = ""
    colour: Colour = INK
    side: str = "L"


EYEBROW, SECTION, ASIDE = Style(8.5, 6, "B", ACCENT), Style(15, 8, "B", ACCENT), Style(8.5, 8, "", GREY, "R")
CHAPTER = Style(12, 6.2, "B", ACCENT)
HEADLINE, LONG_HEADLINE = Style(24, 10.4, "B"), Style(15, 7, "B")
BODY, LEAD, POINT = Style(10.5, 5.5), Style(11.5, 6.1), Style(10.5, 5.5, "B")
LETTER = Style(10.5, 5.5, "", GREY)
SMALL, LABEL, NOTE = Style(9, 4.8), Style(9, 4.8, "", GREY), Style(8.5, 4.5, "", SOFT)
QUOTE, TIME = Style(9.5, 5, "I", SOFT), Style(8.5, 5.5, "", GREY)
NOTICE, FURNITURE, NUMBER = Style(10, 5.6, "B", AMBER), Style(8, 4, "", GREY), Style(8, 4, "", GREY, "R")
ENTRY, PAGE_NUMBER = Style(10, 5.6), Style(10, 5.6, "", GREY, "R")
ROW, INDENT = 6.2, 6.0  # mm, of the contents
BASELINE = 0.3 * 25.4 / 72  # mm that a baseline sinks in its line with each point of size


def clean(text: str) -> str:
    """Text as one line of composed, visible characters: no controls, no direction overrides, no half surrogates."""
    text = one_line(text)
    return text if text.isascii() else _INVISIBLE.sub("", unicodedata.normalize("NFC", text)).strip()


def clip(text: str, length: int) -> str:
    """At most `length` characters of a text, with … where it was cut."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def from_the_right(text: str) -> bool:
    """Whether a text begins at the right: its first letter decides."""
    first = next((d for d in map(unicodedata.bidirectional, text) if d in ("L", "R", "AL")), "L")
    return first != "L"


@dataclass(frozen=True)
class _Mark:
    """Something that the contents list: its name, 0 for a section and 1 for a part of one, its page, a link to it."""

    name: str
    level: int
    page: int
    link: int


@cache
def _characters(font: Path) -> frozenset[str]:
    """The characters that a font file has glyphs for; none where it is missing or damaged."""
    try:
        with TTFont(font, lazy=True, fontNumber=0) as opened:
            return frozenset(map(chr, opened.getBestCmap() or {}))
    except (OSError, TTLibError):
        return frozenset()


def _remember_widths(font: TTFFont) -> None:
    """Have a font not shape the same text anew to measure it.

    Breaking a text into lines, fpdf2 measures all that is on the line so far three times for every letter: half of the
    time that a report in Arabic takes.
    """
    measure = font.shaped_text_width  # of fpdf2's own class, also below

    @lru_cache(_WIDTHS)
    def known(text: str, size: float, shaping: tuple[tuple[str, Any], ...]) -> tuple[int, float]:
        return measure(text, size, {"features": {}, **dict(shaping)})

    class Remembering(TTFFont):
        __slots__ = ()

        def shaped_text_width(
            self, text: str, font_size_pt: float, text_shaping_params: dict[str, Any] | None
        ) -> tuple[int, float]:
            shaping = dict(text_shaping_params or {})
            if shaping.pop("features", None):
                return measure(text, font_size_pt, text_shaping_params)
            return known(text, font_size_pt, tuple(shaping.items()))

    font.__class__ = Remembering  # fpdf2 takes no class of font, and its fonts no attributes


class Book(FPDF):
    """The document as it is written, from the top of the first page to the end of the last."""

    def __init__(self, title: str, texts: Iterable[str], language: str | None, created: datetime) -> None:
        """Begin a document.

        Args:
            title: for whoever lists files.
            texts: all that will be set: fonts are chosen by their characters.
            language: two-letter code, or None where unknown.
            created: the date that the document bears.
        """
        super().__init__(format="A4", unit="mm")
        self.set_margins(LEFT, TOP, RIGHT)
        self.set_auto_page_break(True, BOTTOM)
        self.c_margin = 0
        self.alias_nb_pages("")  # it would replace the same characters in a transcript
        self.set_title(title)
        self.set_creator("Lecture Voice-to-Notes")
        self.set_creation_date(created if created.tzinfo else created.astimezone())
        if language and language.isalpha():
            self.set_lang(language)
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self.jumps: list[tuple[float, int]] = []  # seconds and link of each transcript paragraph
        for emphasis, name in (("", "Regular"), ("B", "Bold"), ("I", "Italic")):
            self.add_font("noto", emphasis, FONTS / f"NotoSans-{name}.ttf")
        characters = "".join(dict.fromkeys("".join(map(clean, texts))))
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
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                _remember_widths(font)
        self.missing = "".join(c for c in characters if c in wanted)
        self._gaps = str.maketrans(dict.fromkeys(self.missing, PLACEHOLDER))
        self._marks: list[_Mark] = []
        self._rows: list[tuple[int, float]] = []  # page and height of each row of the contents

    def put(self, text: str, style: Style, column: Column = MAIN, link: int | None = None, dry: bool = False) -> float:
        """Set a text from the present height downwards, or (dry) only measure it. Its height in mm."""
        if not (text := clean(text).translate(self._gaps)):
            return 0.0
        shaped = Counter(self._families.get(c, "noto") for c in _SHAPED.findall(text))
        # Shaping takes four times as long, so only where a script needs it; fpdf2 recurses along characters that
        # are not letters, and a long row of them would end in a RecursionError.
        self.set_text_shaping(bool(shaped) and not _NO_LETTERS.search(text))
        most = max(shaped, key=lambda name: shaped[name], default="noto")
        family = most if 2 * shaped[most] > len(text) else "noto"  # a font for its spaces too, where it can be
        self.set_font(family, style.emphasis if family == "noto" else "", style.size)
        self.set_text_color(*style.colour)
        side = "R" if from_the_right(text) else style.side
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

    def bar(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """A filled rectangle."""
        self.set_fill_color(*colour)
        self.rect(x, y, width, height, style="F")

    def ensure(self, height: float) -> bool:
        """Go to a new page unless `height` mm are left on this one; False where no page has so much."""
        fits = height <= self.eph
        if self.get_y() > TOP and self.will_page_break(height if fits else self.eph / 3):
            self.add_page()
        return fits

    def settle(self, text: str, style: Style) -> None:
        """Go to a new page, or end this one early, where its end would leave one line of the text alone."""
        if not self.will_page_break(style.leading * (3 + len(text) / SHORTEST_LINE)):
            return
        lines = round(self.put(text, style, dry=True) / style.leading)
        room = int((self.page_break_trigger - self.get_y()) / style.leading)
        if room < min(lines, 2) or room < lines <= 3:
            self.add_page()
        elif lines - room == 1:
            self.set_auto_page_break(True, BOTTOM + style.leading)

    def place(self, seconds: float) -> int | None:
        """The link to what was said at a time."""
        index = bisect_right(self.jumps, seconds + 0.05, key=lambda jump: jump[0]) - 1
        return self.jumps[max(index, 0)][1] if self.jumps else None

    def say(self, seconds: float, text: str, style: Style, link: bool = True) -> None:
        """A text with its time beside it, which leads to its place in the transcript."""
        self.settle(text, style)
        top = self.get_y()
        self.ln(BASELINE * (style.size - TIME.size))
        time, margin = replace(TIME, leading=style.leading), self.b_margin
        self.set_auto_page_break(False)  # it sinks a little, and must not sink onto the next page without its text
        self.put(format_time(seconds), time, TIMES, self.place(seconds) if link else None)
        self.set_auto_page_break(True, margin)
        self.set_y(top)
        self.put(text, style)
        self.set_auto_page_break(True, BOTTOM)

    def mark(self, name: str, level: int = 0, in_contents: bool = True) -> None:
        """What begins here gets a place in the outline and in the contents."""
        name = clip(clean(name), BOOKMARK_LENGTH)
        self.start_section(name, level=level)
        if in_contents:
            self._marks.append(_Mark(name, level, self.page, self.add_link(y=self.get_y())))

    def leave_room_for_contents(self, rows: int) -> None:
        """Keep so many rows free, on as many pages as they need; `write_contents` fills them."""
        for _ in range(rows):
            self.ensure(ROW)
            self._rows.append((self.page, self.get_y()))
            self.ln(ROW)

    def write_contents(self) -> None:
        """Fill the rows that were left for it with what was marked, each with its page."""
        self.set_auto_page_break(False)
        for (page, y), mark in zip(self._rows, self._marks, strict=False):
            self.page = page
            self.current_font_is_set_on_page = False  # each page is a stream of its own
            indent = INDENT * mark.level
            self.set_y(y)
            style = ENTRY if mark.level else replace(ENTRY, emphasis="B")
            self.put(self._fitting(mark.name, style, MAIN[1] - indent), style, (LEFT + indent, MAIN[1]), mark.link)
            self.set_y(y)
            self.put(str(mark.page), PAGE_NUMBER, FULL, mark.link)
        self.page = self.pages_count
        self.set_auto_page_break(True, BOTTOM)

    def _fitting(self, text: str, style: Style, width: float) -> str:
        """The text, cut until it takes one line."""
        while self.put(text, style, (LEFT, width), dry=True) > style.leading:
            text = clip(text, len(text) * 9 // 10)
        return text

    def heading(self, name: str, aside: str = "", following: float = KEEP_WITH_HEADING) -> None:
        """A section's name, on the same page as what follows it."""
        if self.get_y() > TOP:
            self.ln(SECTION_GAP)
        self.ensure(SECTION.leading + GAP + min(following, self.eph / 2))
        self.mark(name)
        self.section_title(name, aside)

    def section_title(self, name: str, aside: str = "") -> None:
        """A section's name, with a line below it."""
        top = self.get_y()
        self.put(name, SECTION, FULL)
        self.set_y(top + BASELINE * (SECTION.size - ASIDE.size))
        self.put(aside, ASIDE, FULL)
        self.bar(LEFT, top + SECTION.leading + 0.6, WIDTH, HAIRLINE, LINE)
        self.set_y(top + SECTION.leading + GAP)

    def notice(self, lines: Sequence[tuple[str, Style]]) -> None:
        """A tinted box that nobody overlooks."""
        height = sum(self.put(text, style, INSET, dry=True) for text, style in lines) + 2 * PAD
        self.ln(GAP)
        if self.ensure(height):
            self.bar(LEFT, self.get_y(), WIDTH, height, AMBER_TINT)
            self.bar(LEFT, self.get_y(), RULE, height, AMBER)
        self.ln(PAD)
        for text, style in lines:
            self.put(text, style, INSET)
        self.ln(PAD)

    def furnish(self, title: str) -> None:
        """The title above every page but the first, and below each its number and how many there are."""
        self.set_auto_page_break(False)
        title = self._fitting(title, FURNITURE, WIDTH)
        for number in range(1, self.pages_count + 1):
            self.page = number
            self.current_font_is_set_on_page = False  # each page is a stream of its own
            if self.page > 1:
                self.set_y(HEADER_Y)
                self.put(title, FURNITURE, FULL)
                self.bar(LEFT, HEADER_LINE_Y, WIDTH, HAIRLINE, LINE)
            self.set_y(FOOTER_Y)
            self.put(f"{self.page} / {self.pages_count}", NUMBER, FULL)
