"""The PDF study report: cover and contents, summary, chapters, glossary, cards, quiz, provenance, transcript.

Each statement has the time it was said, which leads to its place in the transcript. The same input and date give the
same bytes. How things look on paper is in `typesetting`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from lecture import __version__
from lecture.files.paragraphs import Paragraph, paragraphs
from lecture.files.sections import parted
from lecture.flashcards import Flashcard
from lecture.notes import Chapter, KeyTerm, Notes, Statement, in_order
from lecture.process import Settings
from lecture.quiz import Question
from lecture.transcript import Transcript, format_time, is_draft, provenance
from typesetting import (
    ACCENT,
    BODY,
    BOOKMARK_LENGTH,
    CHAPTER,
    COVER_TOP,
    EYEBROW,
    FACTS,
    FULL,
    GAP,
    HAIRLINE,
    HEADLINE,
    KEEP_WITH_HEADING,
    LABEL,
    LABELS,
    LEAD,
    LEFT,
    LETTER,
    LINE,
    LONG_HEADLINE,
    MAIN,
    NOTE,
    NOTICE,
    OPTIONS,
    PAD,
    PLACEHOLDER,
    POINT,
    QUOTE,
    QUOTES,
    RADIUS,
    ROW,
    RULE,
    SECTION,
    SECTION_GAP,
    SMALL,
    SMALL_GAP,
    TIME,
    TINT,
    WIDTH,
    Book,
    Style,
    clean,
    clip,
    from_the_right,
)

TITLE_LENGTH = 240  # characters
BOOKMARK_EVERY = 600.0  # seconds of transcript
NAMED_MISSING = 12  # how many unprintable characters the report names
LETTERS = "ABCDEFGH"
DRAFT_NOTE = (
    "This transcript was made by a recogniser that needs no download and hears less well. Expect wrong words and no "
    "punctuation, and listen to the recording before you rely on a sentence."
)
TIMES_LEAD = "Each time leads to its place in the transcript"

# Where questions and answers of cards stand: left and right of the middle of the page, to be folded there.
FOLD = 105 - LEFT
QUESTION, ANSWER = (LEFT + PAD, FOLD - 2 * PAD), (LEFT + FOLD + PAD, WIDTH - FOLD - 2 * PAD)


@dataclass(frozen=True)
class Report:
    """The finished PDF, and the characters that no font could print: each is shown as □ in it."""

    pdf: bytes
    missing: str


@dataclass(frozen=True)
class _Fact:
    """A line of the cover, or of what is said about how the report was made."""

    label: str
    value: str
    reason: str = ""


def study_report(  # noqa: PLR0917 - six things make a report
    title: str,
    source: str,
    transcript: Transcript,
    notes: Notes,
    flashcards: Sequence[Flashcard],
    created: datetime,
    *,
    questions: Sequence[Question] = (),
    settings: Settings | None = None,
    rejected: Mapping[str, int] | None = None,
) -> Report:
    """Set all that was made of a lecture as a PDF.

    Args:
        title: of the lecture.
        source: name of the file it came from.
        transcript: what was said.
        notes: what stands in the chapters.
        flashcards: to be printed and folded.
        created: the date that the report bears.
        questions: of the quiz; their answers stand after all of them.
        settings: what the student chose, for the page that says how the report was made.
        rejected: how many cards were not good enough, by reason.
    """
    title = clip(clean(title) or clean(source) or "Untitled lecture", TITLE_LENGTH)
    said = list(paragraphs(transcript))
    cover = _cover_facts(source, transcript, notes, created)
    making = _making(transcript, notes, settings or Settings(), rejected or {})
    warnings = [*transcript.warnings, *notes.warnings]
    texts = [title, *warnings, *(paragraph.text for paragraph in said)]
    texts += [part for fact in (*cover, *making) for part in (fact.label, fact.value, fact.reason)]
    texts += _texts(notes, flashcards, questions)

    book = _StudyBook(title, texts, transcript.language, created)
    book.cover(title, cover, warnings, draft=is_draft(transcript))
    book.contents(_sections(notes, flashcards, questions))
    book.jumps = [(paragraph.start, book.add_link()) for paragraph in said]
    book.add_page()
    book.statements("Summary", notes.summary, LEAD, TIMES_LEAD)
    if notes.marked:
        book.statements("Marked while recording", notes.marked, POINT)
    if chapters := parted(notes):
        book.chapters(chapters)
    else:
        book.statements("Key points", notes.key_points, POINT)
    book.glossary(notes.key_terms)
    book.flashcards(flashcards)
    book.quiz(questions)
    book.making(making)
    book.lecture(said)
    book.write_contents()
    book.furnish(f"Draft – {title}" if is_draft(transcript) else title)
    return Report(bytes(book.output()), book.missing)


def _sections(notes: Notes, flashcards: Sequence[Flashcard], questions: Sequence[Question]) -> int:
    """How many rows the contents have."""
    chapters = len(parted(notes))
    return 5 + chapters + bool(notes.marked) + bool(notes.key_terms) + 2 * bool(questions)


def _texts(notes: Notes, flashcards: Sequence[Flashcard], questions: Sequence[Question]) -> list[str]:
    """All that is printed of notes, cards and quiz: fonts are chosen by it."""
    chapters = parted(notes)
    statements = [*notes.summary, *notes.marked, *notes.key_points, *chain.from_iterable(map(in_order, chapters))]
    statements += [one.definition for one in notes.key_terms]
    texts = [part for one in statements for part in (one.text, one.evidence.quote)]
    texts += [*(chapter.title for chapter in chapters), *(one.term for one in notes.key_terms)]
    texts += [part for card in flashcards for part in (card.question, card.answer, card.evidence.quote)]
    return texts + [part for one in questions for part in (one.prompt, *one.options, one.evidence.quote)]


def _cover_facts(source: str, transcript: Transcript, notes: Notes, created: datetime) -> list[_Fact]:
    facts = [
        _Fact("Source", source),
        _Fact("Date", f"{created.day} {created:%B %Y}"),
        _Fact("Length", format_time(transcript.duration) if transcript.duration > 0 else ""),
        _Fact("Transcript", provenance(transcript)),
        _Fact("Notes", _writer(notes)),
    ]
    return [fact for fact in facts if clean(fact.value)]


def _making(transcript: Transcript, notes: Notes, settings: Settings, rejected: Mapping[str, int]) -> list[_Fact]:
    """Who did the work, with which settings, and what was left out."""
    covered = "" if notes.coverage >= 1 else f"They cover {notes.coverage:.0%} of the lecture’s sentences. "
    dropped = f"Left out for want of support in the transcript: {notes.dropped}." if notes.dropped else ""
    chosen = [settings.recogniser, f"model {settings.model}", f"summary {settings.summary_length}"]
    chosen += [f"language {settings.language}"] if settings.language else []
    chosen += [f"vocabulary: {settings.vocabulary}"] if settings.vocabulary.strip() else []
    facts = [
        _Fact("Transcript", provenance(transcript), transcript.reason),
        _Fact("Notes", _writer(notes), f"{notes.reason} {covered}{dropped}"),
        _Fact("Settings", ", ".join(chosen)),
        _Fact("Cards left out", ", ".join(f"{reason}: {count}" for reason, count in rejected.items())),
        _Fact("Program", f"Lecture Voice-to-Notes {__version__}"),
    ]
    return [fact for fact in facts if clean(fact.value)]


def _writer(notes: Notes) -> str:
    return "Sentences of the lecture itself" if notes.writer == "extractive" else f"Written by {notes.writer}"


def _in_alphabet(one: KeyTerm) -> tuple[str, str]:
    """Where a term stands in a glossary: by its letters, and by their accents only where nothing else tells."""
    term = one.term.casefold()
    return "".join(c for c in unicodedata.normalize("NFD", term) if not unicodedata.combining(c)), term


def _quote(text: str, quote: str) -> str:
    """A statement's quote in quotation marks; nothing where it only repeats the statement."""
    said, quoted = (re.findall(r"\w+", clean(words).casefold()) for words in (text, quote))
    return "" if said == quoted or not quoted else f"“{clean(quote)}”"


class _StudyBook(Book):
    """The report as it is written, from the cover to the end of the transcript."""

    def cover(self, title: str, facts: Sequence[_Fact], warnings: Sequence[str], draft: bool) -> None:
        """Title, facts, and what the reader must know before trusting it."""
        self.add_page()
        self.set_y(COVER_TOP)
        self.bar(LEFT, COVER_TOP - 5, 16, RULE, ACCENT)
        self.put("STUDY REPORT", EYEBROW, FULL)
        self.put(title, HEADLINE if len(title) <= BOOKMARK_LENGTH else LONG_HEADLINE, FULL)
        self.ln(2 * GAP)
        self._facts(facts)
        if self.missing:
            named = ", ".join(f"U+{ord(c):04X}" for c in self.missing[:NAMED_MISSING])
            more = f" and {len(self.missing) - NAMED_MISSING} more" if len(self.missing) > NAMED_MISSING else ""
            warnings = [*warnings, f"No font here has these characters, shown as {PLACEHOLDER}: {named}{more}."]
        for head, sentences in (("Draft", [DRAFT_NOTE] if draft else []), ("Please note", warnings)):
            if sentences:
                self.notice([(head, NOTICE), *((text, SMALL) for text in sentences)])

    def contents(self, rows: int) -> None:
        """Room for the contents, which are known in the end."""
        self.ln(SECTION_GAP)
        self.ensure(min(SECTION.leading + GAP + rows * ROW, self.eph / 2))
        self.section_title("Contents")
        self.leave_room_for_contents(rows)

    def making(self, facts: Sequence[_Fact]) -> None:
        """How the report was made."""
        self.heading("How this report was made")
        self._facts(facts)

    def _facts(self, facts: Sequence[_Fact]) -> None:
        for fact in facts:
            self.ensure(2 * SMALL.leading)
            top = self.get_y()
            self.put(fact.label, LABEL, LABELS)
            self.set_y(top)
            self.put(fact.value, SMALL, FACTS)
            self.put(fact.reason, NOTE, FACTS)
            self.ln(SMALL_GAP)

    def statements(self, name: str, statements: Sequence[Statement], style: Style, aside: str = "") -> None:
        """Sentences of the notes, each with its time, and the words that it rests on where they differ."""
        self.heading(name, aside if statements else "")
        if not statements:
            self.put("None could be drawn from this lecture.", QUOTE, FULL)
        self._list(statements, style)

    def chapters(self, chapters: Sequence[Chapter]) -> None:
        """What the lecture turns to, one after the other, with what to remember of each."""
        self.heading("Chapters", following=KEEP_WITH_HEADING + SECTION_GAP)
        for number, chapter in enumerate(chapters, 1):
            name = clip(f"{number}. {clean(chapter.title)}", BOOKMARK_LENGTH)
            self.ensure(KEEP_WITH_HEADING)
            self.ln(GAP)
            self.mark(name, level=1)
            self.say(chapter.start, name, CHAPTER)
            self.ln(SMALL_GAP)
            self._list(in_order(chapter), BODY)

    def glossary(self, key_terms: Sequence[KeyTerm]) -> None:
        """The terms of the course in the order of the alphabet, each with the sentence that says what it means."""
        if key_terms:
            self.heading("Glossary")
        for one in sorted(key_terms, key=_in_alphabet):
            self.ensure(self.put(one.term, POINT, dry=True) + self.put(one.definition.text, BODY, dry=True))
            self.say(one.definition.evidence.start, one.term, POINT)
            self.put(one.definition.text, BODY)
            self.ln(GAP)

    def _list(self, statements: Sequence[Statement], style: Style) -> None:
        for statement in statements:
            if quote := _quote(statement.text, statement.evidence.quote):
                height = self.put(statement.text, style, dry=True) + self.put(quote, QUOTE, QUOTES, dry=True)
                self.ensure(height + SMALL_GAP)
            self.say(statement.evidence.start, statement.text, style)
            if quote:
                self.ln(SMALL_GAP)
                top, page = self.get_y(), self.page
                self.put(quote, QUOTE, QUOTES)
                if page == self.page:
                    self.bar(MAIN[0] + 0.4, top + 0.7, 0.5, self.get_y() - top - 1.2, LINE)
            self.ln(GAP)

    def flashcards(self, cards: Sequence[Flashcard]) -> None:
        """Questions left and answers right of the middle of the page, each card in one piece."""
        if not cards:
            self.heading("Flashcards")
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
                self.heading("Flashcards", "Fold the page down the middle to test yourself", height)
            if self.ensure(height):
                top = self.get_y()
                self._box(top, height)
                for side, texts in sides.items():
                    self.set_y(top + PAD)
                    for text, style in texts:
                        self.put(text, style, side, self.place(start) if style is TIME else None)
                        self.ln(SMALL_GAP)
                self.set_y(top + height)
            else:  # longer than a page
                for text, style in (*sides[QUESTION][1:], *sides[ANSWER][1:]):
                    self.say(start, text, style)
            self.ln(GAP)

    def _box(self, top: float, height: float) -> None:
        """The outline of a card, its question on a tint."""
        self.set_fill_color(*TINT)
        self.rect(LEFT, top, FOLD, height, "F", round_corners=True, corner_radius=RADIUS)
        self.bar(LEFT + FOLD / 2, top, FOLD / 2, height, TINT)
        self.set_draw_color(*LINE)
        self.set_line_width(HAIRLINE)
        self.rect(LEFT, top, WIDTH, height, "D", round_corners=True, corner_radius=RADIUS)

    def quiz(self, questions: Sequence[Question]) -> None:
        """All questions, then all answers with the words of the lecture: nobody reads one by accident."""
        if not questions:
            return
        self.heading("Quiz", "The answers stand at its end")
        for number, one in enumerate(questions, 1):
            prompt = f"{number}. {one.prompt}"
            height = self.put(prompt, POINT, FULL, dry=True)
            self.ensure(height + sum(self.put(option, BODY, OPTIONS, dry=True) for option in one.options))
            self.put(prompt, POINT, FULL)
            self.ln(SMALL_GAP)
            for letter, option in zip(LETTERS, one.options, strict=False):
                self._option(letter, option)
            self.ln(GAP)
        self.heading("Answers to the quiz")
        for number, one in enumerate(questions, 1):
            answer = one.options[one.right]
            quote = _quote(answer, one.evidence.quote)
            self.ensure(self.put(answer, BODY, OPTIONS, dry=True) + self.put(quote, QUOTE, QUOTES, dry=True))
            self._option(f"{number}. {LETTERS[one.right]}", answer, one.evidence.start)
            self.put(quote, QUOTE, QUOTES)
            self.ln(GAP)

    def _option(self, letter: str, option: str, seconds: float | None = None) -> None:
        """An option beside its letter, which has a column of its own, at the side where the option begins."""
        mirrored = from_the_right(option)
        style = replace(LETTER, side="R") if mirrored else LETTER
        top = self.get_y()
        if seconds is None:
            self.put(letter, style)
        else:
            self.say(seconds, letter, style)
        self.set_y(top)
        self.put(option, BODY, (MAIN[0], OPTIONS[1]) if mirrored else OPTIONS)

    def lecture(self, said: Sequence[Paragraph]) -> None:
        """All that was said, with a bookmark every ten minutes."""
        self.heading("Transcript", following=self.eph / 3)
        if not said:
            self.put("Nothing was said.", QUOTE, FULL)
        marked = 0.0
        for paragraph, (_, link) in zip(said, self.jumps, strict=True):
            self.settle(paragraph.text, BODY)
            self.set_link(link, y=self.get_y())
            if paragraph.start - marked >= BOOKMARK_EVERY:
                marked = paragraph.start
                self.mark(f"{format_time(marked)} {paragraph.text}", level=1, in_contents=False)
            self.say(paragraph.start, paragraph.text, BODY, link=False)
            self.ln(GAP)
