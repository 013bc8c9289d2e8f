"""The flashcards on the page: turned over, played, starred, edited, deleted, added, by mouse and by keyboard."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from lecture.database import lecture_row
from lecture.flashcards import GAP, Flashcard
from lecture.learning import quality
from lecture.learning.deck import Deck
from tests.browser.conftest import Server
from tests.browser.steps import (
    CAPTIONS,
    PHONE,
    download,
    expect_fits,
    expect_readable,
    expect_results,
    give,
    open_tab,
    payload,
)
from tests.browser.test_lectures import lecture_id
from tests.fixtures import media
from views.cards import LEFT_OUT, left_out

pytestmark = pytest.mark.browser

Browse = Callable[..., Page]
HOSTILE = "<img src=x onerror=alert(1)> <script>alert(2)</script> **bold** [a](javascript:alert(3)) $x^2$"


@pytest.fixture
def lecture(page: Page) -> Page:
    """The demonstration lecture with its captions, at its cards."""
    return opened(page)


def opened(page: Page) -> Page:
    give(page, media.SAMPLE, CAPTIONS)
    expect_results(page)
    open_cards(page)
    return page


def open_cards(page: Page) -> Locator:
    panel = open_tab(page, "Flashcards")
    expect(boxes(page).first).to_be_visible()
    return panel


def boxes(page: Page) -> Locator:
    """The cards that are to be seen, each with what can be done with it."""
    return page.locator(".deck .box:visible")


def face(page: Page, number: int) -> Locator:
    return boxes(page).nth(number).locator(".card")


def tool(page: Page, number: int, name: str) -> Locator:
    box = boxes(page).nth(number)
    box.hover()
    return box.get_by_role("button", name=re.compile(f"^{name}"))


def expect_up(card: Locator, side: str) -> None:
    """This side is the one that is seen and read out."""
    expect(card.locator(f".{side}")).to_have_attribute("aria-hidden", "false")
    expect(card).to_have_attribute("aria-pressed", str(side == "back").lower())


def kept(page: Page, server: Server) -> tuple[Flashcard, ...]:
    """The cards as the library has them."""
    library = server.library()
    lecture = library.lecture(lecture_id(page))
    library.close()
    assert lecture
    return lecture.flashcards


def wait_for(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert true()


def run_again(page: Page) -> None:
    """Have the page run again without a change to its cards."""
    other = page.get_by_role("radio", name="Long")
    other.click()
    expect(other).to_be_checked()
    page.wait_for_timeout(500)


def edit(page: Page, number: int, question: str, answer: str) -> Locator:
    """Open a card's form and write; gives its box."""
    tool(page, number, "Edit").click()
    box = boxes(page).nth(number)
    expect(box.get_by_label("Question")).to_be_focused()
    box.get_by_label("Question").fill(question)
    box.get_by_label("Answer").fill(answer)
    return box


# ---------------------------------------------------------------------------------------------------------- turning


def test_cards_turn_by_mouse_and_by_keyboard_and_stay_as_they_lie(lecture: Page, server: Server) -> None:
    press = lecture.keyboard.press
    face(lecture, 0).click()
    expect_up(face(lecture, 0), "back")
    expect_up(face(lecture, 1), "front")
    press("ArrowRight")
    expect(face(lecture, 1)).to_be_focused()
    press("Space")
    expect_up(face(lecture, 1), "back")
    press("Enter")
    expect_up(face(lecture, 1), "front")
    expect(lecture.locator(".player audio")).to_have_js_property("paused", True)

    lecture.evaluate("window.first = document.activeElement.shadowRoot.querySelector('.box')")
    run_again(lecture)
    tool(lecture, 4, "Star").click()
    wait_for(lambda: kept(lecture, server)[4].starred)
    lecture.wait_for_timeout(1000)
    expect_up(face(lecture, 0), "back")
    assert face(lecture, 0).evaluate("card => card.parentElement === window.first")


def test_the_arrows_go_from_card_to_card_and_tab_to_what_can_be_done_with_it(lecture: Page) -> None:
    press = lecture.keyboard.press
    last = boxes(lecture).count() - 1
    tops = [boxes(lecture).nth(i).bounding_box()["y"] for i in range(last + 1)]
    across = tops.count(tops[0])
    assert across >= 2
    face(lecture, 0).focus()
    for key, number in (
        ("ArrowRight", 1),
        ("ArrowUp", 1),
        ("ArrowLeft", 0),
        ("ArrowLeft", 0),
        ("ArrowUp", 0),
        ("ArrowDown", across),
        ("End", last),
        ("ArrowRight", last),
        ("ArrowDown", last),
        ("Home", 0),
        ("ArrowDown", across),
    ):
        press(key)
        expect(face(lecture, number)).to_be_focused()
    names = []
    for _ in range(4):
        press("Tab")
        names.append(lecture.evaluate("document.activeElement.shadowRoot.activeElement.title"))
    assert [name.split()[0] for name in names] == ["Play", "Star", "Edit", "Delete"]
    press("ArrowRight")
    expect(face(lecture, across + 1)).to_be_focused()
    press("Shift+Tab")  # one card is on the way of Tab, not all
    expect(lecture.get_by_role("button", name="Add a card")).to_be_focused()


def test_a_gap_is_seen_as_one_and_filled_on_the_back(lecture: Page, server: Server) -> None:
    number, card = next((i, card) for i, card in enumerate(kept(lecture, server)) if GAP in card.question)
    expect(face(lecture, number).locator(".front .gap")).to_have_count(1)
    assert GAP not in face(lecture, number).text_content()
    face(lecture, number).click()
    expect(face(lecture, number).locator(".answer")).to_have_text(card.question.replace(GAP, card.answer))
    expect(face(lecture, number).locator(".filled")).to_have_text(card.answer)


def test_a_card_plays_its_moment(lecture: Page, server: Server) -> None:
    card = kept(lecture, server)[3]
    tool(lecture, 3, "Play from").click()
    lecture.wait_for_function(
        """from => {
            const { paused, currentTime } = document.querySelector(".player audio");
            return !paused && currentTime >= from && currentTime < from + 3;
        }""",
        arg=card.evidence.start,
    )
    expect_up(face(lecture, 3), "front")


def test_the_page_says_how_many_cards_were_left_out_and_why(lecture: Page, server: Server) -> None:
    library = server.library()
    with library.transaction() as session:
        row = lecture_row(session, lecture_id(lecture))
        row.rejected = json.dumps({quality.NEEDS_CONTEXT: 3, quality.REPEATED: 2})
    library.close()
    lecture.reload()
    expect_results(lecture)
    open_cards(lecture)
    facts = lecture.locator(".deck .facts")
    expect(facts).to_contain_text(f"{boxes(lecture).count()} cards. Left out: 3 needed their context, 2 said the same")
    assert left_out({}) == ""
    assert set(LEFT_OUT) == set(quality.REASONS)


# ---------------------------------------------------------------------------------------------------------- starring


def test_stars_are_kept_and_the_starred_can_be_seen_alone(lecture: Page, server: Server) -> None:
    ids = [card.id for card in kept(lecture, server)]
    library = server.library()
    with library.transaction() as session:  # others wait until it ends
        lecture_row(session, lecture_id(lecture)).title = "Memory"
        session.flush()
        for number in (1, 2, 4):  # one right after the other
            tool(lecture, number, "Star").click()
            expect(tool(lecture, number, "Star")).to_have_attribute("aria-pressed", "true", timeout=500)
    library.close()
    wait_for(lambda: [card.id for card in kept(lecture, server) if card.starred] == [ids[1], ids[2], ids[4]])

    lecture.reload()
    expect_results(lecture)
    open_cards(lecture)
    expect(tool(lecture, 1, "Star")).to_have_attribute("aria-pressed", "true")
    expect(tool(lecture, 0, "Star")).to_have_attribute("aria-pressed", "false")
    lecture.get_by_role("button", name="Starred").click()
    expect(boxes(lecture)).to_have_count(3)
    expect(lecture.locator(".tally")).to_have_text(f"3 of {len(ids)} cards.")
    face(lecture, 0).focus()
    lecture.keyboard.press("ArrowRight")
    expect(face(lecture, 1)).to_be_focused()
    lecture.keyboard.press("Tab")
    lecture.keyboard.press("Tab")
    lecture.keyboard.press("Space")  # takes the second star away: the card is no longer among the starred
    expect(boxes(lecture)).to_have_count(2)
    expect(face(lecture, 1)).to_be_focused()
    wait_for(lambda: [card.id for card in kept(lecture, server) if card.starred] == [ids[1], ids[4]])
    lecture.get_by_role("button", name="All", exact=True).click()
    expect(boxes(lecture)).to_have_count(len(ids))


# ---------------------------------------------------------------------------------------------------------- editing


def test_an_edited_card_is_kept_and_reaches_the_files(lecture: Page, server: Server) -> None:
    before = kept(lecture, server)
    face(lecture, 1).click()
    edit(lecture, 1, f"What is\n {HOSTILE}?", "=1+1").get_by_label("Answer").press("Control+Enter")
    expect(face(lecture, 1).locator(".question")).to_have_text(f"What is {HOSTILE}?")
    expect(boxes(lecture).nth(1).get_by_text("edited", exact=True)).to_be_visible()
    expect(boxes(lecture).nth(1).get_by_role("button", name=re.compile("^Edit"))).to_be_focused()
    expect_up(face(lecture, 1), "back")
    assert face(lecture, 1).locator("img, script, b").count() == 0
    open_tab(lecture, "Downloads")
    rows = list(csv.DictReader(io.StringIO(download(lecture, "Flashcards", "CSV").text)))
    assert rows[1]["question"] == f"What is {HOSTILE}?"
    assert rows[1]["answer"].lstrip("'") == "=1+1"

    lecture.reload()
    expect_results(lecture)
    open_cards(lecture)
    expect(face(lecture, 1).locator(".answer")).to_have_text("=1+1")
    assert [card.id for card in kept(lecture, server)] == [card.id for card in before]


def test_what_is_refused_is_said_and_nothing_written_is_lost(lecture: Page, server: Server) -> None:
    before = kept(lecture, server)
    box = edit(lecture, 0, "Why?", " ")
    box.get_by_role("button", name="Save").click()
    expect(box.get_by_text("A card needs a question and an answer. Fill in both.")).to_be_visible()
    box.get_by_label("Answer").fill("because " * 200)
    box.get_by_label("Answer").press("Control+Enter")
    expect(box.get_by_text("at most 1,000 letters")).to_be_visible()
    expect(box.get_by_label("Question")).to_have_value("Why?")
    expect(box.get_by_label("Answer")).to_have_value("because " * 200)
    expect(box.get_by_label("Answer")).to_be_editable()
    run_again(lecture)
    expect(box.get_by_label("Question")).to_have_value("Why?")
    assert kept(lecture, server) == before
    box.get_by_label("Answer").fill("Because.")
    box.get_by_role("button", name="Save").click()
    expect(face(lecture, 0).locator(".answer")).to_have_text("Because.")


def test_an_edit_can_be_left(lecture: Page, server: Server) -> None:
    before = kept(lecture, server)
    edit(lecture, 0, "Nothing of this", "is kept.").get_by_label("Question").press("Escape")
    expect(lecture.get_by_label("Question")).to_have_count(1)  # the one of the form for new cards, not seen
    edit(lecture, 0, "Nor", "of this.").get_by_role("button", name="Cancel").click()
    edit(lecture, 0, before[0].question, before[0].answer).get_by_role("button", name="Save").click()
    expect(face(lecture, 0).locator(".question")).to_be_visible()
    assert kept(lecture, server) == before


def test_a_card_that_was_deleted_elsewhere_does_not_take_what_is_written_with_it(lecture: Page, server: Server) -> None:
    box = edit(lecture, 2, "A long question?", "A long answer.")
    gone = kept(lecture, server)[2]
    library = server.library()
    Deck(library).delete(lecture_id(lecture), gone.id)
    library.close()
    box.get_by_role("button", name="Save").click()
    expect(lecture.get_by_text("This card is no longer there.")).to_be_visible()
    form = lecture.locator(".deck .writing:visible")
    expect(form.get_by_label("Question")).to_have_value("A long question?")
    count = boxes(lecture).count()
    form.get_by_role("button", name="Cancel").click()
    expect(boxes(lecture)).to_have_count(count - 1)
    expect(lecture.locator(".tally")).to_have_text(f"{count - 1} cards.")


# -------------------------------------------------------------------------------------------------- deleting, adding


def test_a_card_is_deleted_when_that_is_meant(lecture: Page, server: Server) -> None:
    before = [card.id for card in kept(lecture, server)]
    tool(lecture, 1, "Delete").click()
    asked = lecture.get_by_role("group", name="Delete this card?")
    asked.get_by_role("button", name="Keep").click()
    expect(asked).to_have_count(0)
    lecture.keyboard.press("Enter")  # the focus is where it was
    expect(asked.get_by_role("button", name="Delete")).to_be_focused()
    lecture.keyboard.press("Escape")
    expect(asked).to_have_count(0)
    assert [card.id for card in kept(lecture, server)] == before

    after = face(lecture, 2).locator(".question").text_content()
    lecture.keyboard.press("Enter")
    lecture.keyboard.press("Enter")
    expect(boxes(lecture)).to_have_count(len(before) - 1)
    expect(face(lecture, 1)).to_be_focused()
    expect(face(lecture, 1).locator(".question")).to_have_text(after)
    wait_for(lambda: [card.id for card in kept(lecture, server)] == [before[0], *before[2:]])
    expect(face(lecture, 1)).to_be_focused()
    lecture.reload()
    expect_results(lecture)
    open_cards(lecture)
    expect(boxes(lecture)).to_have_count(len(before) - 1)


def test_a_card_of_one_s_own_belongs_to_where_the_player_stands(lecture: Page, server: Server) -> None:
    count = boxes(lecture).count()
    lecture.locator(".player audio").evaluate("audio => { audio.currentTime = 200.4 }")
    lecture.get_by_role("button", name="Add a card").click()
    adder = lecture.locator(".adder")
    expect(adder.get_by_text("It belongs to 03:20, where the player stands.")).to_be_visible()
    expect(adder.get_by_label("Question")).to_be_focused()
    adder.get_by_label("Question").fill("Mine?")
    lecture.keyboard.press("Escape")
    expect(adder).to_be_hidden()
    lecture.get_by_role("button", name="Add a card").click()  # nothing written is lost
    lecture.keyboard.press("Control+Enter")
    expect(adder.get_by_text("A card needs a question and an answer.")).to_be_visible()
    expect(adder.get_by_label("Question")).to_have_value("Mine?")
    adder.get_by_label("Answer").fill("Yes.")
    adder.get_by_role("button", name="Save").click()
    expect(adder.get_by_text("Added.")).to_be_visible()
    expect(adder.get_by_label("Question")).to_have_value("")
    expect(boxes(lecture)).to_have_count(count + 1)
    starts = [card.evidence.start for card in kept(lecture, server)]
    place = next(i for i, card in enumerate(kept(lecture, server)) if card.kind == "own")
    assert starts == sorted(starts)
    assert starts[place] == pytest.approx(200.4, abs=0.1)
    expect(boxes(lecture).nth(place)).to_contain_text("03:20")
    expect(boxes(lecture).nth(place).get_by_text("yours", exact=True)).to_be_visible()
    lecture.reload()
    expect_results(lecture)
    open_cards(lecture)
    expect(face(lecture, place).locator(".question")).to_have_text("Mine?")


def test_a_lecture_without_a_recording_or_good_cards_takes_cards_of_one_s_own(page: Page) -> None:
    give(page, payload("hm.srt", "1\n00:00:01,000 --> 00:00:09,000\nWell, so there we are then, as you see.\n"))
    expect_results(page)
    panel = open_tab(page, "Flashcards")
    expect(panel.get_by_text("Nothing in this lecture made a good card")).to_be_visible()
    panel.get_by_role("button", name="Add a card").click()
    expect(panel.get_by_text("where the player stands")).to_be_hidden()
    panel.get_by_label("Question").fill("Who?")
    panel.get_by_label("Answer").fill("Me.")
    panel.get_by_label("Answer").press("Control+Enter")
    expect(boxes(page)).to_have_count(1)
    expect(panel.get_by_text("Nothing in this lecture made a good card")).to_be_hidden()
    expect(boxes(page).locator(".time")).to_have_count(0)
    tool(page, 0, "Delete").click()
    page.keyboard.press("Enter")
    expect(boxes(page)).to_have_count(0)
    expect(page.get_by_role("button", name="Add a card")).to_be_focused()


def test_a_hundred_cards_stay_quick(lecture: Page, server: Server) -> None:
    library = server.library()
    for number in range(100):
        Deck(library).add(lecture_id(lecture), f"What is {number}?", f"The number {number}.", 3.0 * number)
    library.close()
    lecture.reload()
    expect_results(lecture)
    open_cards(lecture)
    assert boxes(lecture).count() > 100
    took = face(lecture, 60).evaluate(
        """card => {
            const began = performance.now();
            for (let i = 0; i < 20; i += 1) card.click();
            card.getBoundingClientRect();
            return performance.now() - began;
        }"""
    )
    assert took < 500
    began = time.monotonic()
    tool(lecture, 60, "Star").click()
    wait_for(lambda: any(card.starred for card in kept(lecture, server)))
    assert time.monotonic() - began < 5


# ------------------------------------------------------------------------------------------------------ how it looks


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", ["phone", "wide"])
def test_cards_fit_and_can_be_read(browse: Browse, server: Server, theme: str, width: str) -> None:
    size = {"viewport": PHONE, "has_touch": True} if width == "phone" else {"viewport": {"width": 1200, "height": 850}}
    page = opened(browse(server, color_scheme=theme, **size))
    if width == "phone":  # nothing has to be hovered over there
        expect(boxes(page).nth(3).get_by_role("button", name=re.compile("^Edit"))).to_have_css("opacity", "1")
    face(page, 0).click()
    tool(page, 1, "Star").click()
    tool(page, 2, "Delete").click()
    edit(page, 3, "W" * 200, "A card that is being edited.")
    page.get_by_role("button", name="Add a card").click()
    boxes(page).nth(1).hover()
    page.wait_for_timeout(500)
    expect_fits(page)
    expect_readable(page)
    boxes(page).nth(3).get_by_role("button", name="Save").click()
    expect(boxes(page).nth(3).get_by_text("edited", exact=True)).to_be_visible()
    expect_fits(page)
    expect_readable(page)
