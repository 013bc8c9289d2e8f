"""What a student does on the page, and what is seen there."""

from __future__ import annotations

import contextlib
import re
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import FilePayload, Locator, Page, TimeoutError, expect

from tests.fixtures import media

CAPTIONS = media.SAMPLE.with_suffix(".vtt")
TIDES = Path(__file__).parents[1] / "fixtures" / "tiny_whisper" / "lecture.mp3"
PATIENCE_MS = 120_000
"""For recognition on a busy machine."""
PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Downloaded:
    """A file as the browser saved it."""

    name: str
    mime_type: str
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode("utf-8-sig")


def give(page: Page, *files: Path | FilePayload) -> None:
    """Upload files and have notes made of them."""
    uploader = page.get_by_test_id("stFileUploader")
    uploader.locator("input[type=file]").set_input_files(list(files))
    button = page.get_by_role("button", name="Make study notes", exact=True)
    expect(button).to_be_enabled()
    button.click()


def payload(name: str, content: str | bytes) -> FilePayload:
    content = content.encode() if isinstance(content, str) else content
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def record(page: Page, seconds: float) -> None:
    """Record so much of what the microphone hears."""
    page.get_by_role("button", name="Start recording").click()
    expect(page.get_by_role("heading", name="Live captions")).to_be_visible()
    expect(page.locator(".recorder")).to_have_count(1)  # that of the page before is gone
    clock = page.locator(".recorder [data-part=clock]")
    expect(clock).to_have_text(f"00:{int(seconds):02}", timeout=1000 * seconds + 20_000)
    page.get_by_role("button", name="Finish, and make study notes").click()


def record_a_note(page: Page, seconds: float) -> None:
    """The same on a page that is served alone: press its recorder's button, let the lecturer speak, press it again."""
    button = page.frame_locator("iframe[title*=mic_recorder]").get_by_role("button")
    expect(button).to_have_text("● Start recording")
    button.click()
    expect(button).to_have_text("■ Stop, and make study notes")
    page.wait_for_timeout(seconds * 1000)  # speech takes its time
    button.click()


def expect_results(page: Page) -> None:
    expect(page.get_by_role("tab", name="Notes")).to_be_visible(timeout=PATIENCE_MS)


def open_tab(page: Page, name: str) -> Locator:
    tab = page.get_by_role("tab", name=name)
    expect(tab).to_have_count(1)  # that of the run before is gone
    tab.click()
    panel = page.get_by_role("tabpanel", name=name)
    expect(panel).to_be_visible()
    return panel


def transcript_of(page: Page) -> str:
    lines = open_tab(page, "Transcript").locator(".line .words")
    expect(lines.first).to_be_visible()
    return " ".join(lines.all_text_contents())


def start_over(page: Page) -> None:
    again = page.get_by_role("button", name="Start over")
    expect(again).to_have_count(1)  # that of the run before is gone
    again.click()
    expect(page.get_by_role("heading", name="Lecture Voice-to-Notes")).to_be_visible()
    expect(page.get_by_role("button", name="Make study notes", exact=True)).to_be_disabled()


def expect_still(page: Page) -> None:
    """The page has run to its end; a file that is asked for while it runs is one of the run before, and gone."""
    expect(page.locator("[data-test-script-state]")).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=PATIENCE_MS
    )


def save(page: Page, button: Locator) -> Downloaded:
    expect_still(page)
    with page.expect_response(lambda response: "/media/" in response.url) as response, page.expect_download() as file:
        button.click()
    content = Path(file.value.path()).read_bytes()
    return Downloaded(file.value.suggested_filename, response.value.headers["content-type"], content)


def download(page: Page, what: str, kind: str) -> Downloaded:
    """Save one of the files that the results view offers, such as the "SRT" of the "Transcript"."""
    return save(page, page.locator(f".st-key-download-{what}-{kind}".replace(" ", "-")).get_by_role("button"))


def expect_one_sentence(page: Page, says: str | re.Pattern[str]) -> None:
    """The page shows this error, and nothing that only a programmer understands."""
    alert = page.get_by_test_id("stAlert")
    expect(alert).to_have_count(1, timeout=PATIENCE_MS)
    expect(alert).to_contain_text(says)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    assert "Traceback" not in page.locator("body").inner_text()


def choose(page: Page, setting: str, option: str) -> None:
    page.get_by_role("combobox", name=setting).fill(option)
    page.get_by_role("option", name=option, exact=True).click()


def seconds_of_a_rerun(page: Page) -> float:
    """How long a chosen setting takes until what depends on it is there."""
    setting = page.get_by_role("combobox", name="Writer")
    setting.fill("Local")
    began = time.monotonic()
    page.get_by_role("option", name="Local language model").click()
    page.get_by_role("combobox", name="Language model").wait_for()  # `expect` would describe the whole page meanwhile
    took = time.monotonic() - began
    choose(page, "Writer", "Built in: quotes the lecture")
    expect(page.get_by_role("combobox", name="Language model")).to_have_count(0)
    return took


def expect_playing(page: Page, from_s: float, within_s: float = 3.0) -> None:
    """The player stands at a moment, or a little later, and goes on."""
    page.wait_for_function(
        """([from, within]) => {
            const { paused, currentTime, readyState } = document.querySelector(".player audio, .player video");
            return !paused && readyState > 2 && currentTime > from && currentTime < from + within;
        }""",
        arg=[from_s, within_s],
    )


def expect_fits(page: Page) -> None:
    """Nothing has to be scrolled sideways to be seen."""
    too_wide = page.evaluate(
        """() => [document.documentElement, ...document.querySelectorAll('[data-testid=stMain]')]
            .filter(element => element.scrollWidth > element.clientWidth)
            .map(element => `${element.tagName} ${element.scrollWidth} > ${element.clientWidth}`)"""
    )
    assert too_wide == [], too_wide


def expect_readable(page: Page, least: float = 4.5) -> None:
    """All text that is to be read stands out from what lies behind it (WCAG 2.2, success criterion 1.4.3)."""
    with contextlib.suppress(TimeoutError):  # the page's own style arrives after its first texts
        page.wait_for_function(f"least => ({_PALE_TEXTS})(least).length === 0", arg=least, timeout=5_000)
    pale = page.evaluate(_PALE_TEXTS, least)
    assert pale == [], pale


_PALE_TEXTS = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")
