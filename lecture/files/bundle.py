"""Everything that was made of a lecture: as files by name, and as one ZIP."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO

from lecture.audio import Recording
from lecture.errors import SourceError
from lecture.files.anki import write_deck
from lecture.files.archive import write_archive
from lecture.files.card_files import flashcards_csv, flashcards_json, flashcards_txt
from lecture.files.document import study_document
from lecture.files.export import full_report_txt, summary_txt
from lecture.files.markdown import notes_markdown
from lecture.files.names import safe_filename
from lecture.flashcards import identified
from lecture.source import Source
from lecture.transcript import to_json, to_srt, to_txt, to_vtt

if TYPE_CHECKING:
    from lecture.process import Lecture


def study_files(
    lecture: Lecture,
    lecture_id: str,
    title: str,
    report: Callable[[], bytes],
    *,
    created: datetime,
    exported: datetime,
) -> Iterator[tuple[str, bytes]]:
    """Make every file of a lecture, each when its turn comes.

    Args:
        lecture: what was made of it.
        lecture_id: tells its cards from those of other lectures, in Anki.
        title: as the student calls it.
        report: makes the PDF.
        created: the date that reports bear.
        exported: the time that the Anki deck bears; see `write_deck`.

    Yields:
        Names and contents. What the student gave is not among them.
    """
    source, transcript, notes = lecture.source.main.name, lecture.transcript, lecture.notes
    cards = identified(lecture.flashcards)
    told = (title, source, transcript, notes, cards)
    yield "report.pdf", report()
    yield "report.docx", study_document(*told, created=created)
    yield "report.txt", full_report_txt(*told, created=created).encode()
    yield "summary.md", notes_markdown(*told, created=created).encode()
    yield "summary.txt", summary_txt(title, transcript, notes).encode()
    yield "flashcards.apkg", anki_deck(lecture, lecture_id, title, exported)
    yield "flashcards.csv", flashcards_csv(cards)
    yield "flashcards.json", flashcards_json(cards).encode()
    yield "flashcards.txt", flashcards_txt(title, transcript, cards).encode()
    yield "transcript.txt", to_txt(transcript).encode()
    yield "transcript without times.txt", to_txt(transcript, times=False).encode()
    yield "transcript.srt", to_srt(transcript).encode()
    yield "transcript.vtt", to_vtt(transcript).encode()
    yield "transcript.json", to_json(transcript).encode()


def write_bundle(target: BinaryIO, title: str, files: Iterator[tuple[str, bytes]], created: datetime) -> None:
    """Write files as one ZIP, in a folder that is named after the lecture.

    Args:
        target: gets the ZIP.
        title: of the lecture.
        files: names and contents.
        created: the date that the files bear.
    """
    folder = safe_filename(title, "")
    write_archive(target, ((f"{folder}/{name}", content) for name, content in files), created)


def anki_deck(lecture: Lecture, lecture_id: str, title: str, exported: datetime) -> bytes:
    """The lecture's cards for Anki, with sound where there is a recording; see `write_deck`."""
    deck = io.BytesIO()
    write_deck(
        deck,
        lecture_id,
        title,
        lecture.transcript,
        lecture.notes,
        cards=lecture.flashcards,
        recording=_sound(lecture.source),
        exported=exported,
    )
    return deck.getvalue()


def _sound(source: Source) -> Recording | None:
    """The recording; None where there is none to be heard: cards are worth having without their sound."""
    try:
        return Recording(source.recording.path, source.recording.name) if source.recording else None
    except SourceError:
        return None
