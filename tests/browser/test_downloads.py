"""Every file that the page offers, saved by a real browser and opened by what opens such files."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from anki.collection import Collection, ImportAnkiPackageRequest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.steps import (
    CAPTIONS,
    PHONE,
    Downloaded,
    download,
    expect_fits,
    expect_readable,
    expect_results,
    give,
    open_tab,
)
from tests.fixtures import media

pytestmark = pytest.mark.browser


def imported(deck: Downloaded, folder: Path) -> Collection:
    path = folder / "saved.apkg"
    path.write_bytes(deck.content)
    collection = Collection(str(folder / "collection.anki2"))
    collection.import_anki_package(ImportAnkiPackageRequest(package_path=str(path)))
    return collection


def test_cards_go_to_anki_with_their_sound_and_everything_comes_as_one_zip(page: Page, tmp_path: Path) -> None:
    give(page, media.write(tmp_path / "memory.mp3", media.excerpt(0.0, 120.0)), CAPTIONS)
    expect_results(page)
    files = open_tab(page, "Downloads")
    expect(files.get_by_text("Each card plays its moment.")).to_be_visible()

    cards = json.loads(download(page, "Flashcards", "JSON").text)
    assert cards
    deck = download(page, "Flashcards", "Anki")
    assert (deck.name, deck.mime_type) == ("Memory.apkg", "application/x-apkg")
    collection = imported(deck, tmp_path)
    assert collection.note_count() == len(cards)
    heard = list(Path(collection.media.dir()).glob("*.mp3"))
    assert len(heard) >= sum(card["evidence"]["end"] < 119 for card in cards) > 0
    collection.import_anki_package(ImportAnkiPackageRequest(package_path=str(tmp_path / "saved.apkg")))
    assert collection.note_count() == len(cards)
    collection.close()

    everything = download(page, "Everything", "All files as one ZIP")
    assert (everything.name, everything.mime_type) == ("Memory.zip", "application/zip")
    with zipfile.ZipFile(io.BytesIO(everything.content)) as parts:
        assert parts.testzip() is None
        names = {name.removeprefix("Memory/") for name in parts.namelist()}
        assert {"report.pdf", "report.docx", "summary.md", "flashcards.apkg", "transcript.srt"} <= names
        assert json.loads(parts.read("Memory/flashcards.json")) == cards

    document = docx.Document(io.BytesIO(download(page, "Study report", "Word").content))
    assert [one.text for one in document.paragraphs if one.style.name == "Title"] == ["Memory"]
    said = "Good morning, and welcome to this short lecture about memory."
    assert download(page, "Transcript", "TXT without times").text.startswith(said)
    assert said in download(page, "Summary", "Markdown with transcript").text


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_downloads_fit_a_phone_and_can_be_read(browse: Callable[..., Page], server: Server, theme: str) -> None:
    page = browse(server, viewport=PHONE, color_scheme=theme)
    give(page, CAPTIONS)
    expect_results(page)
    files = open_tab(page, "Downloads")
    headings = ["Everything", "Study report", "Notes", "Flashcards", "Transcript", "What you gave"]
    expect(files.locator("strong")).to_have_text(headings)
    expect(files.get_by_text("plays its moment")).to_have_count(0)  # there is no recording
    expect_fits(page)
    expect_readable(page)
