"""The player and the transcript: lines play their moment, are marked while they are spoken, found and corrected."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from lecture.captions import read_captions
from lecture.transcript import Segment
from tests.browser.conftest import Server, Start, Watch
from tests.browser.steps import (
    CAPTIONS,
    PHONE,
    choose,
    download,
    expect_fits,
    expect_playing,
    expect_readable,
    expect_results,
    give,
    open_tab,
    payload,
    record,
    transcript_of,
)
from tests.browser.test_lectures import MOON, lecture_id, row
from tests.fixtures import media

pytestmark = pytest.mark.browser

Browse = Callable[..., Page]
LINES: tuple[Segment, ...] = read_captions(CAPTIONS, CAPTIONS.name).segments


@pytest.fixture
def lecture(page: Page) -> Page:
    """The demonstration lecture with its captions, at its transcript."""
    return opened(page)


def opened(page: Page) -> Page:
    give(page, media.SAMPLE, CAPTIONS)
    expect_results(page)
    open_tab(page, "Transcript")
    expect(lines(page)).to_have_count(len(LINES))
    return page


def lines(page: Page) -> Locator:
    return page.locator(".line")


def spoken(page: Page) -> Locator:
    return page.locator(".line[aria-current]")


def at_s(page: Page) -> float:
    return page.locator(".player audio, .player video").evaluate("media => media.currentTime")


def expect_paused(page: Page, paused: bool = True) -> None:
    page.wait_for_function("paused => document.querySelector('.player audio').paused === paused", arg=paused)


# --------------------------------------------------------------------------------------------------------- playing


def test_a_line_plays_its_moment_and_the_line_being_spoken_is_marked(lecture: Page) -> None:
    expect(spoken(lecture)).to_have_count(0)
    lines(lecture).nth(8).locator(".time").click()
    expect_playing(lecture, LINES[8].start)
    expect(spoken(lecture)).to_have_text(re.compile(re.escape(LINES[8].text)))
    lecture.get_by_label("Speed").select_option("2×")
    expect(spoken(lecture)).to_have_text(re.compile(re.escape(LINES[9].text)))
    assert at_s(lecture) > LINES[9].start - 0.1
    expect(spoken(lecture)).to_have_text(re.compile(re.escape(LINES[10].text)))

    lines(lecture).nth(30).locator(".words").click()
    expect_playing(lecture, LINES[30].start)
    expect(spoken(lecture)).to_have_count(1)
    expect(spoken(lecture)).to_contain_text(LINES[30].text)
    assert lecture.locator(".player audio").evaluate("audio => audio.playbackRate") == 2


def test_words_can_be_selected_without_playing_them(lecture: Page) -> None:
    box = lines(lecture).nth(2).locator(".words").bounding_box()
    lecture.mouse.move(box["x"] + 5, box["y"] + 10)
    lecture.mouse.down()
    lecture.mouse.move(box["x"] + 150, box["y"] + 10, steps=5)
    lecture.mouse.up()
    lecture.wait_for_timeout(500)
    expect_paused(lecture)
    assert at_s(lecture) == 0


def test_the_player_goes_on_while_the_page_changes_around_it(lecture: Page) -> None:
    lecture.evaluate("window.first = document.querySelector('.player audio')")
    lines(lecture).nth(3).locator(".time").click()
    expect_playing(lecture, LINES[3].start)
    before_s = at_s(lecture)
    open_tab(lecture, "Flashcards")
    choose(lecture, "Writer", "Local language model: rephrases")
    expect(lecture.get_by_role("combobox", name="Language model")).to_be_visible()
    open_tab(lecture, "Downloads")
    lecture.get_by_role("radio", name="Short").click()
    expect(lecture.get_by_role("radio", name="Short")).to_be_checked()
    lecture.wait_for_timeout(500)
    assert lecture.evaluate("window.first === document.querySelector('.player audio') && !window.first.paused")
    assert at_s(lecture) > before_s + 1
    open_tab(lecture, "Transcript")
    expect(spoken(lecture)).to_be_in_viewport()


def test_the_recording_comes_in_parts_from_the_server(lecture: Page, watch: Watch) -> None:
    lines(lecture).nth(55).locator(".time").click()
    expect_playing(lecture, LINES[55].start)
    asked = [url for url in watch.requests if "/recording/" in url]
    assert {url.rpartition("/")[2] for url in asked} == {lecture_id(lecture)}
    assert not any("/media/" in url and "static" not in url for url in watch.requests)


def test_the_page_alone_plays_through_streamlit(browse: Browse, start: Start, watch: Watch) -> None:
    page = opened(browse(start(script="app3.py")))
    lines(page).nth(40).locator(".time").click()
    expect_playing(page, LINES[40].start)
    expect(spoken(page)).to_contain_text(LINES[40].text)
    assert not any("/recording/" in url for url in watch.requests)


def test_what_the_browser_recorded_plays_from_any_line(page: Page) -> None:
    record(page, 11)  # its file says nowhere how long it is
    expect_results(page)
    open_tab(page, "Transcript")
    last = lines(page).last
    last.locator(".time").click()
    expect_playing(page, 1, within_s=15)
    expect(spoken(page)).to_have_count(1)
    minutes, seconds = last.locator(".time").inner_text().split(":")
    assert at_s(page) >= 60 * int(minutes) + int(seconds)


def test_a_film_is_seen_and_sound_in_a_film_s_container_is_heard(page: Page, tmp_path: Path) -> None:
    give(page, media.write(tmp_path / "memory.mp4", media.excerpt(0.0, 8.0)), CAPTIONS)
    expect_results(page)
    expect(page.locator(".player video.unseen")).to_be_visible()
    open_tab(page, "Transcript").locator(".time").nth(1).click()
    expect_playing(page, LINES[1].start)
    expect_fits(page)


def test_what_this_browser_cannot_play_is_said_in_one_sentence(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(media.CODECS, "m4a", "alac")  # which Chromium does not know
    give(page, media.write(tmp_path / "lecture.m4a", media.excerpt(0.0, 5.0)), CAPTIONS)
    expect_results(page)
    sentence = "This browser cannot play lecture.m4a. Try another browser, or upload the recording as MP3."
    expect(page.locator(".player .trouble")).to_have_text(sentence)
    assert transcript_of(page).startswith("Good morning")
    expect_readable(page)


def test_a_recording_deleted_meanwhile_is_said_to_be_out_of_reach(
    lecture: Page, browse: Browse, server: Server, watch: Watch
) -> None:
    lines(lecture).nth(1).locator(".time").click()
    expect_playing(lecture, LINES[1].start)
    library = server.library()
    library.delete(lecture_id(lecture))
    library.close()
    lecture.locator(".player audio").evaluate("audio => { audio.src += '?' }")  # not what the browser still holds
    expect(lecture.locator(".player .trouble")).to_have_text(
        "The recording cannot be reached just now. Load the page again."
    )
    watch.problems[:] = [problem for problem in watch.problems if "404" not in problem]


def test_captions_alone_have_plain_times_and_no_player(page: Page) -> None:
    give(page, CAPTIONS)
    expect_results(page)
    panel = open_tab(page, "Transcript")
    expect(panel.locator(".line time").first).to_have_text("00:00")
    expect(page.locator(".player, [data-moment]")).to_have_count(0)
    expect(page.get_by_label("Follow")).to_be_hidden()


def test_another_site_cannot_play_it(lecture: Page, chromium: Browser, server: Server) -> None:
    address = f"{server.url}/recording/{lecture_id(lecture)}"
    heard = """address => new Promise(resolve => {
        const audio = new Audio(address);
        audio.onloadedmetadata = () => resolve("heard");
        audio.onerror = () => resolve("refused");
    })"""
    assert lecture.evaluate(heard, address) == "heard"
    context = chromium.new_context()
    elsewhere = context.new_page()
    elsewhere.goto(server.url.replace("127.0.0.1", "localhost"))  # another site, for a browser
    assert elsewhere.evaluate(heard, address) == "refused"
    context.close()


# -------------------------------------------------------------------------------------------------------- following


def test_the_list_follows_the_lecture_but_not_against_the_hand(lecture: Page) -> None:
    box = lecture.locator(".lines")
    lines(lecture).nth(1).locator(".time").click()
    expect_playing(lecture, LINES[1].start)
    box.hover()
    lecture.mouse.wheel(0, 1500)
    lecture.wait_for_function("() => !document.querySelector('.player audio').paused")
    lecture.wait_for_timeout(300)
    scrolled = box.evaluate("list => list.scrollTop")
    assert scrolled > 500
    lecture.locator(".player audio").evaluate("(audio, at) => { audio.currentTime = at }", LINES[5].start)
    expect(spoken(lecture)).to_contain_text(LINES[5].text)
    lecture.wait_for_timeout(700)
    assert abs(box.evaluate("list => list.scrollTop") - scrolled) < 5

    lecture.get_by_label("Follow").uncheck()
    lecture.get_by_label("Follow").check()  # now, please
    expect(spoken(lecture)).to_contain_text(LINES[6].text)
    expect(spoken(lecture)).to_be_in_viewport()
    lecture.get_by_label("Follow").uncheck()
    lecture.locator(".player audio").evaluate("(audio, at) => { audio.currentTime = at }", LINES[50].start)
    expect(spoken(lecture)).to_contain_text(LINES[50].text)
    lecture.wait_for_timeout(500)
    expect(spoken(lecture)).not_to_be_in_viewport()


# --------------------------------------------------------------------------------------------------------- searching


def test_a_search_counts_marks_and_walks_through_the_places(lecture: Page) -> None:
    query, count = lecture.get_by_label("Search this lecture"), lecture.locator(".count")
    here = lecture.locator("mark.current")
    places = sum(line.text.lower().count("memory") for line in LINES)
    query.fill("MEMORY")
    expect(count).to_have_text(f"1 of {places}")
    expect(lecture.locator("mark")).to_have_count(places)
    query.press("Shift+Enter")
    expect(count).to_have_text(f"{places} of {places}")
    expect(here).to_be_in_viewport()
    query.press("Enter")
    query.press("Enter")
    expect(count).to_have_text(f"2 of {places}")
    lecture.get_by_role("button", name="Next place").click()
    lecture.get_by_role("button", name="Previous place").click()
    expect(count).to_have_text(f"2 of {places}")
    lecture.get_by_role("radio", name="Short").click()  # the page runs again
    expect(lecture.get_by_role("radio", name="Short")).to_be_checked()
    expect(count).to_have_text(f"2 of {places}")

    over_the_border = f"{LINES[2].text.split()[-1]} {LINES[3].text.split()[0]}"
    query.fill(over_the_border)
    expect(count).to_have_text("1 of 1")
    expect(here).to_have_count(2)
    query.fill("zebra")
    expect(count).to_have_text("Not found")
    expect(lecture.locator("mark")).to_have_count(0)
    query.fill("")
    expect(count).to_have_text("")
    assert transcript_of(lecture) == " ".join(line.text for line in LINES)


def test_a_search_knows_no_accents_and_no_patterns(page: Page) -> None:
    said = "Schrödinger's café (a.k.a. “the [cat]”) is İstanbul's ﬁrst 🧠 naïve place."
    give(page, payload("cat.srt", f"1\n00:00:01,000 --> 00:00:09,000\n{said}\n"))
    expect_results(page)
    open_tab(page, "Transcript")
    for query, marked in {
        "schrodinger": "Schrödinger",
        "CAFE (A.K.": "café (a.k.",
        "[cat]": "[cat]",
        "istanbul": "İstanbul",
        "🧠 naive": "🧠 naïve",
    }.items():
        page.get_by_label("Search this lecture").fill(query)
        expect(page.locator("mark")).to_have_text([marked])
    assert transcript_of(page) == said


# -------------------------------------------------------------------------------------------------------- correcting


def correct(page: Page, number: int, text: str) -> Locator:
    """Open a line's editor and write; gives the editor."""
    line = lines(page).nth(number)
    line.hover()
    line.get_by_role("button", name="Correct").click()
    editor = line.get_by_role("textbox", name="What was said")
    expect(editor).to_be_focused()
    editor.fill(text)
    return editor


def test_a_corrected_line_is_kept(lecture: Page, server: Server) -> None:
    text = "It never <b>means</b> that your mind is weak & slow."
    lines(lecture).nth(3).locator(".time").click()
    correct(lecture, 2, f"  {text}\n").press("Control+Enter")
    line = lines(lecture).nth(2)
    expect(line.locator(".words")).to_have_text(text)
    expect(line.locator(".sign")).to_have_text("corrected")
    expect(line.get_by_role("button", name="Correct")).to_be_focused()
    expect_paused(lecture, False)
    assert transcript_of(lecture) == " ".join([*(s.text for s in LINES[:2]), text, *(s.text for s in LINES[3:])])

    library = server.library()
    kept = library.lecture(lecture_id(lecture)).transcript.segments
    library.close()
    assert [(s.text, s.corrected) for s in kept[1:4]] == [(LINES[1].text, False), (text, True), (LINES[3].text, False)]
    open_tab(lecture, "Downloads")
    assert text in download(lecture, "Transcript", "TXT").text
    lecture.reload()
    expect_results(lecture)
    open_tab(lecture, "Transcript")
    expect(lines(lecture).nth(2).locator(".words")).to_have_text(text)
    expect(lecture.locator(".sign")).to_have_count(1)


def test_a_correction_can_be_left(lecture: Page) -> None:
    correct(lecture, 2, "Nothing of this is kept.").press("Escape")
    expect(lecture.get_by_label("What was said")).to_have_count(0)
    correct(lecture, 2, "Nor of this.")
    lecture.get_by_role("button", name="Cancel").click()
    correct(lecture, 2, "   ")
    expect(lecture.get_by_role("button", name="Save")).to_be_disabled()
    lecture.get_by_role("button", name="Cancel").click()
    correct(lecture, 2, LINES[2].text).press("Control+Enter")
    expect(lecture.get_by_label("What was said")).to_have_count(0)
    expect(lecture.locator(".sign")).to_have_count(0)
    assert transcript_of(lecture) == " ".join(line.text for line in LINES)


def test_a_line_that_was_changed_elsewhere_is_not_overwritten_and_nothing_written_is_lost(
    lecture: Page, server: Server
) -> None:
    library = server.library()
    library.correct(lecture_id(lecture), 2, LINES[2].text, "Somebody else was quicker.")
    library.close()
    lines(lecture).nth(1).locator(".time").click()
    expect_playing(lecture, LINES[1].start)
    editor = correct(lecture, 2, "This took me a long time to write.")
    editor.press("Control+Enter")
    expect(lecture.get_by_test_id("stAlert")).to_contain_text("changed elsewhere")
    expect(lines(lecture).nth(2).get_by_text("Not saved")).to_be_visible()
    expect(editor).to_have_value("This took me a long time to write.")
    expect(editor).to_be_editable()
    expect_paused(lecture, False)


# ----------------------------------------------------------------------------------------------------- unsure words


def test_words_that_the_recogniser_was_not_sure_of_are_marked_and_explained(page: Page, tmp_path: Path) -> None:
    give(page, media.write(tmp_path / "memory.mp3", media.excerpt(100, 130)))
    expect_results(page)
    words = len(transcript_of(page).split())
    unsure = page.locator(".line .unsure")
    expect(unsure.first).to_have_attribute("title", "Not sure of this word")
    assert 0 < unsure.count() < 0.3 * words
    expect(page.locator(".legend")).to_be_visible()
    number = int(unsure.first.evaluate("word => [...word.closest('.lines').children].indexOf(word.closest('.line'))"))
    correct(page, number, "Now I am sure of it.").press("Control+Enter")
    expect(lines(page).nth(number).locator(".sign")).to_be_visible()
    expect(lines(page).nth(number).locator(".unsure")).to_have_count(0)


def test_without_unsure_words_nothing_is_explained(lecture: Page) -> None:
    expect(lecture.locator(".legend")).to_be_hidden()


# --------------------------------------------------------------------------------------------------------- keyboard


def test_the_keyboard_alone_suffices(lecture: Page) -> None:
    press = lecture.keyboard.press
    lecture.get_by_label("Search this lecture").focus()
    press("Tab")  # "Follow"
    press("Tab")
    expect(lines(lecture).first.locator(".time")).to_be_focused()
    for _ in range(3):
        press("ArrowDown")
    expect(lines(lecture).nth(3).locator(".time")).to_be_focused()
    press("Enter")
    expect_playing(lecture, LINES[3].start)
    press("k")
    expect_paused(lecture)
    before_s = at_s(lecture)
    press("l")
    assert at_s(lecture) == pytest.approx(before_s + 10, abs=0.2)
    press("J")
    assert at_s(lecture) == pytest.approx(before_s, abs=0.2)
    press("Tab")
    expect(lines(lecture).nth(3).get_by_role("button", name="Correct")).to_be_focused()
    press("Enter")
    lecture.keyboard.type("k jkl ")
    press("Control+Enter")
    expect(lines(lecture).nth(3).locator(".words")).to_have_text(re.compile("k jkl"))
    expect_paused(lecture)

    lines(lecture).nth(4).locator(".words").click()
    expect_playing(lecture, LINES[4].start)
    press(" ")
    expect_paused(lecture)
    before_s = at_s(lecture)
    press("ArrowRight")
    assert at_s(lecture) == pytest.approx(before_s + 10, abs=0.2)
    press("ArrowLeft")
    press("ArrowLeft")
    press("ArrowLeft")
    assert at_s(lecture) == pytest.approx(max(0, before_s - 20), abs=0.2)
    press(" ")
    expect_paused(lecture, False)

    query = lecture.get_by_label("Search this lecture")
    query.fill("")
    query.press_sequentially("kj l")
    expect(query).to_have_value("kj l")
    expect_paused(lecture, False)
    lecture.get_by_role("tab", name="Notes").focus()
    at = at_s(lecture)
    press("ArrowRight")  # moves among tabs
    assert at_s(lecture) < at + 5


def test_the_player_s_own_buttons(lecture: Page) -> None:
    lines(lecture).nth(10).locator(".time").click()
    expect_playing(lecture, LINES[10].start)
    before_s = at_s(lecture)
    lecture.get_by_role("button", name="Forward 10 seconds").click()
    expect_playing(lecture, before_s + 9)
    lecture.get_by_role("button", name="Back 10 seconds").click()
    lecture.get_by_role("button", name="Back 10 seconds").click()
    expect_playing(lecture, before_s - 11, within_s=4)


# ----------------------------------------------------------------------------------------------------- how it looks


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", ["phone", "wide"])
def test_it_fits_can_be_read_and_stays_in_sight(browse: Browse, server: Server, theme: str, width: str) -> None:
    size = PHONE if width == "phone" else {"width": 1200, "height": 850}
    page = opened(browse(server, viewport=size, color_scheme=theme))
    lines(page).nth(6).locator(".time").click()
    expect(spoken(page)).to_have_count(1)
    expect_fits(page)
    expect_readable(page)
    page.get_by_label("Search this lecture").fill("memory")
    expect(page.locator("mark.current")).to_have_count(1)
    correct(page, 1, "A line that is being corrected.")
    expect_fits(page)
    expect_readable(page)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".sign")).to_have_count(1)
    expect_readable(page)
    page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, main.scrollHeight)")
    expect(page.locator(".player")).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Forward 10 seconds").click(timeout=3000)  # nothing lies over it


def test_a_search_over_all_lectures_leads_to_its_line_on_a_phone(browse: Browse, server: Server) -> None:
    page = browse(server, viewport=PHONE)
    give(page, media.SAMPLE, CAPTIONS)
    expect_results(page)
    page.get_by_role("button", name="Start over").click()
    give(page, payload("moon.srt", MOON))
    expect_results(page)
    page.get_by_role("button", name="Start over").click()
    expect(row(page, "Moon")).to_be_visible()
    search = page.get_by_role("textbox", name="Search everything that was said")
    search.fill(LINES[45].text)
    search.press("Enter")
    page.get_by_role("button", name=re.compile("· How memory works$")).first.click()
    expect(page.locator(".found")).to_contain_text(LINES[45].text)
    page.wait_for_function(
        "at => Math.abs(document.querySelector('.player audio').currentTime - at) < 1.5", arg=LINES[45].start
    )
    expect_paused(page)
    expect(page.locator(".found")).to_be_in_viewport()
