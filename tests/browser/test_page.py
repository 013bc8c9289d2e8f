"""The page as a student meets it: a real Chromium, a real server, a real recogniser."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import av
import pytest
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from lecture.captions import read_captions
from tests.browser.conftest import Server, Start, Watch
from tests.browser.steps import (
    CAPTIONS,
    PATIENCE_MS,
    PHONE,
    TIDES,
    choose,
    download,
    expect_fits,
    expect_one_sentence,
    expect_readable,
    expect_results,
    give,
    open_tab,
    payload,
    record_a_note,
    save,
    seconds_of_a_rerun,
    start_over,
    transcript_of,
)
from tests.fixtures import media

pytestmark = pytest.mark.browser


# ------------------------------------------------------------------------------------- lecture in, notes out


def test_the_page_alone_makes_notes_of_what_was_said_each_time(browse: Callable[..., Page], start: Start) -> None:
    server = start(script="app3.py")
    page = browse(server)
    expect(page.get_by_text("For up to 20 minutes")).to_be_visible()
    expect(page.get_by_text("Send it in parts")).to_have_count(0)
    for spoken_s in (6.5, 5.5):
        record_a_note(page, spoken_s)
        expect_results(page)
        assert "short lecture about memory" in transcript_of(page)
        expect(page.get_by_test_id("stAlert")).to_contain_text("PocketSphinx writes a draft")

        open_tab(page, "Downloads")
        name = re.compile(r"^Recording \d{4}-\d\d-\d\d \d\d\.\d\d\.webm$")
        saved = save(page, page.get_by_role("button", name=name))
        assert saved.mime_type == "audio/webm"
        assert abs(played_seconds(saved.content) - spoken_s) < 2
        start_over(page)
    assert len(server.kept_files()) == 2


def played_seconds(content: bytes) -> float:
    """How long a recording lasts when it is really decoded."""
    with av.open(io.BytesIO(content)) as container:
        return sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))


def test_an_uploaded_recording_becomes_every_file_that_is_offered(page: Page, tmp_path: Path) -> None:
    give(page, media.write(tmp_path / "memory lecture.mp3", media.excerpt(0.0, 25.0)))
    expect_results(page)
    expect(page.get_by_role("heading", name="Memory lecture")).to_be_visible()
    said = transcript_of(page)
    assert "perhaps he read a page" in said or "welcome to this short lecture" in said
    open_tab(page, "Downloads")

    report = download(page, "Study report", "PDF study report")
    assert (report.name, report.mime_type) == ("Memory lecture.pdf", "application/pdf")
    printed = " ".join(" ".join(leaf.extract_text() for leaf in PdfReader(io.BytesIO(report.content)).pages).split())
    assert "Memory lecture" in printed
    assert " ".join(said.split()[:8]) in printed
    assert "PocketSphinx" in printed

    cards = json.loads(download(page, "Flashcards", "JSON").text)
    assert all(card["evidence"]["quote"].lower() in said.lower() for card in cards)
    table = download(page, "Flashcards", "CSV")
    assert (table.name, table.mime_type) == ("Memory lecture flashcards.csv", "text/csv; charset=utf-8")
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [row["question"] for row in rows] == [card["question"] for card in cards]

    for kind, mime_type in {"TXT": "text/plain", "SRT": "application/x-subrip", "VTT": "text/vtt"}.items():
        saved = download(page, "Transcript", kind)
        assert saved.name == f"Memory lecture.{kind.lower()}"
        assert saved.mime_type.split(";")[0] == mime_type
        assert words(read_captions(saved.content, saved.name)) == said.split()
    for what, kind, name in (
        ("Study report", "Full report as TXT", "Memory lecture report.txt"),
        ("Summary", "TXT", "Memory lecture summary.txt"),
        ("Summary", "Markdown", "Memory lecture summary.md"),
        ("Flashcards", "TXT", "Memory lecture flashcards.txt"),
    ):
        saved = download(page, what, kind)
        assert saved.name == name
        assert "PocketSphinx" in saved.text


def words(transcript: object) -> list[str]:
    return " ".join(segment.text for segment in transcript.segments).split()


def test_whisper_writes_down_a_lecture_and_the_page_says_so(
    browse: Callable[..., Page], start: Start, tiny_whisper: Path
) -> None:
    page = browse(start(LECTURE_MODELS=str(tiny_whisper)))
    give(page, TIDES)
    expect_results(page)
    said = transcript_of(page).lower()
    sentences = [sentence["text"].lower() for sentence in json.loads(TIDES.with_suffix(".json").read_text())]
    missed = [sentence for sentence in sentences if sentence not in said]
    assert len(missed) <= len(sentences) // 4, missed
    expect(page.get_by_text("Recognised by faster-whisper, model tiny, language en.")).to_be_visible()
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    open_tab(page, "Downloads")
    report = download(page, "Study report", "PDF study report")
    assert "faster-whisper" in PdfReader(io.BytesIO(report.content)).pages[0].extract_text()


def test_two_files_of_one_name_are_two_lectures(page: Page, server: Server) -> None:
    for number, word in enumerate(("photosynthesis", "mitochondria"), start=1):
        give(page, payload("lecture.txt", f"Today we speak about {word}, and about nothing else at all.\n"))
        expect_results(page)
        assert word in transcript_of(page)
        assert len(server.kept_files()) == number
        start_over(page)


def test_captions_alone_are_ready_at_once(page: Page) -> None:
    give(page, CAPTIONS)
    expect(page.get_by_role("tab", name="Notes")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("From the captions you uploaded.")).to_be_visible()
    expect(page.locator(".player audio")).to_have_count(0)
    assert transcript_of(page).startswith("Good morning, and welcome to this short lecture about memory.")
    open_tab(page, "Downloads")
    expect(page.get_by_role("button", name=CAPTIONS.name)).to_be_visible()


def test_captions_beside_a_recording_spare_the_recognition_and_keep_the_player(page: Page, tmp_path: Path) -> None:
    recording = media.write(tmp_path / "memory.mp3", media.excerpt(0.0, 5.0))
    give(page, recording, CAPTIONS)
    expect(page.get_by_role("tab", name="Notes")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("heading", name="Memory", exact=True)).to_be_visible()
    player = page.locator(".player audio")
    expect(player).to_be_visible()
    page.wait_for_function("audio => audio.duration > 4.5 && audio.duration < 5.5", arg=player.element_handle())
    open_tab(page, "Downloads")
    for file, mime_type in ((recording, "audio/mpeg"), (CAPTIONS, "text/vtt; charset=utf-8")):
        original = save(page, page.get_by_role("button", name=file.name))
        assert (original.name, original.mime_type, original.content) == (file.name, mime_type, file.read_bytes())


# ----------------------------------------------------------------------------------------------- bad input


def _no_index(folder: Path) -> Path:
    return media.without_index(media.write(folder / "whole.m4a", media.excerpt(0.0, 2.0)), folder / "lecture.m4a")


def _written(name: str, content: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / name).write_text(content, encoding="utf-8")
        return folder / name

    return write


_BACKWARDS = "1\n00:00:01,000 --> 00:00:04,000\nGood morning.\n\n2\n00:00:09,000 --> 00:00:05,000\nWelcome.\n"


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        pytest.param(_written("lecture.mp3", "This is text.\n" * 99), "is not a recording that can be read", id="text"),
        pytest.param(_written("lecture.mp3", ""), "lecture.mp3 is empty", id="empty"),
        pytest.param(
            lambda folder: media.write(folder / "lecture.wav", media.noise(30.0, 0.0005)),
            "No speech was found in lecture.wav",
            id="silence",
        ),
        pytest.param(_no_index, "lecture.m4a is damaged: its index is missing", id="no-index"),
        pytest.param(
            lambda folder: media.write_video_without_sound(folder / "lecture.mp4"),
            "lecture.mp4 has no sound",
            id="no-sound",
        ),
        pytest.param(
            _written("lecture.srt", _BACKWARDS),
            "Line 6 of lecture.srt: the caption ends before it starts",
            id="backwards",
        ),
    ],
)
def test_what_cannot_be_used_gets_one_sentence(
    page: Page, server: Server, tmp_path: Path, made: Callable[[Path], Path], sentence: str
) -> None:
    give(page, made(tmp_path))
    expect_one_sentence(page, sentence)
    start_over(page)
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    expect(page.get_by_text("Failed: ")).to_contain_text(sentence)
    assert len(server.kept_files()) == 1  # to be tried again, or deleted


def test_a_failed_lecture_can_be_tried_again_with_other_settings(page: Page, tmp_path: Path) -> None:
    choose(page, "Language of the lecture", "German")
    give(page, media.write(tmp_path / "memory.wav", media.excerpt(0.0, 6.0)))
    expect_one_sentence(page, "PocketSphinx knows only English")
    choose(page, "Language of the lecture", "English")
    page.get_by_role("button", name="Try again").click()
    expect_results(page)
    assert "memory" in transcript_of(page)


def test_a_recording_cut_short_is_used_with_a_warning(page: Page, tmp_path: Path) -> None:
    whole = media.write(tmp_path / "whole.flac", media.excerpt(0.0, 20.0))
    give(page, media.cut_short(whole, tmp_path / "lecture.flac", 0.6))
    expect_results(page)
    expect(page.get_by_test_id("stAlert").filter(has_text="probably cut short")).to_be_visible()
    assert "memory" in transcript_of(page)


# --------------------------------------------------------------------------------------------- while it works


def test_a_click_does_not_disturb_the_work_and_cancel_ends_it(page: Page, server: Server) -> None:
    page.get_by_role("button", name="Try the demonstration lecture").click()
    first_words = page.locator(".timed p").first
    expect(first_words).to_contain_text("short lecture about memory", timeout=PATIENCE_MS)
    heard_s = listened_s(page)
    print(f"\nA change of a setting while PocketSphinx works: {seconds_of_a_rerun(page):.2f} s")
    choose(page, "Model size", "small")
    page.wait_for_function(
        "before => (document.body.innerText.match(/Listening … (\\d+):(\\d+) of 05/) || []).slice(1)"
        ".reduce((sum, part) => 60 * sum + Number(part), 0) > before + 10",
        arg=heard_s,
        timeout=PATIENCE_MS,
    )
    expect(first_words).to_contain_text("short lecture about memory")  # not begun anew

    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Try the demonstration lecture")).to_be_visible()
    expect(page.get_by_text("Cancelled")).to_be_visible()
    assert len(server.kept_files()) == 1

    give(page, payload("next.txt", "The next lecture need not wait for the cancelled one to end.\n"))
    expect(page.get_by_role("tab", name="Notes")).to_be_visible(timeout=15_000)


def listened_s(page: Page) -> int:
    minutes, seconds = re.findall(r"Listening … (\d+):(\d+) of 05", page.locator("body").inner_text())[0]
    return 60 * int(minutes) + int(seconds)


# ----------------------------------------------------------------------------------------- cards and hostile text

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> **bold** [link](javascript:alert(3)) $x^2$ `code`"


def test_cards_turn_over_by_click_and_by_keyboard(page: Page) -> None:
    give(page, CAPTIONS)
    expect_results(page)
    cards = open_tab(page, "Flashcards").locator(".card")
    first, second = cards.nth(0), cards.nth(1)
    expect(first).to_have_attribute("aria-pressed", "false")
    face_up(first, "front")

    first.click()
    face_up(first, "back")
    face_up(second, "front")

    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    face_up(second, "back")
    page.keyboard.press("Enter")
    face_up(second, "front")

    page.get_by_role("radio", name="Long").click()  # the page runs again; the first card stays as it lies
    expect(page.get_by_role("radio", name="Long")).to_be_checked()
    face_up(first, "back")


def face_up(card: Locator, side: str) -> None:
    """This side is the one that is seen and read out."""
    other = "back" if side == "front" else "front"
    expect(card.locator(f".{side}")).to_have_attribute("aria-hidden", "false")
    expect(card.locator(f".{other}")).to_have_attribute("aria-hidden", "true")
    expect(card).to_have_attribute("aria-pressed", str(side == "back").lower())


def test_what_a_lecture_or_a_file_name_says_is_shown_as_text(page: Page, watch: Watch) -> None:
    sentence = f"Entropy is a measure of {HOSTILE} in every closed system that we know."
    name = "<img src=x onerror=alert(4)> *a* $y$ <script>.srt"
    give(page, payload(name, f"1\n00:00:01,000 --> 00:00:09,000\n{sentence}\n"))
    expect_results(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(name.removesuffix(".srt"))
    summary = open_tab(page, "Notes")
    expect(summary.locator(".statements").first).to_contain_text(sentence)
    assert transcript_of(page) == sentence
    cards = open_tab(page, "Flashcards")
    cards.get_by_role("button", name="Add a card").click()
    for side in ("Question", "Answer"):
        cards.get_by_label(side).fill(f"{side} {HOSTILE}")
    cards.get_by_role("button", name="Save").click()
    card = cards.locator(".card").filter(has_text="Question").first
    card.click()
    expect(card.locator(".question")).to_have_text(f"Question {HOSTILE}")
    expect(card.locator(".answer")).to_have_text(f"Answer {HOSTILE}")
    open_tab(page, "Downloads")
    expect(page.get_by_role("button", name=name)).to_be_visible()
    injected = page.locator("main, [data-testid=stMain]").locator("img[src=x], script, strong:text('bold'), .katex")
    expect(injected).to_have_count(0)
    assert watch.problems == []


# -------------------------------------------------------------------------------------------------- how it looks


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_view_fits_a_phone_and_can_be_read(browse: Callable[..., Page], server: Server, theme: str) -> None:
    page = browse(server, viewport=PHONE, color_scheme=theme)
    expect_fits(page)
    expect_readable(page)
    give(page, payload("lecture.mp3", ""))
    expect_one_sentence(page, "lecture.mp3 is empty")
    expect_fits(page)
    expect_readable(page)
    start_over(page)
    give(page, CAPTIONS)
    expect_results(page)
    for name in ("Notes", "Transcript", "Flashcards", "Ask", "Downloads"):
        open_tab(page, name)
        expect_fits(page)
        expect_readable(page)
