"""Reviewing on the page, with the keyboard, over a refresh."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from lecture.learning.reviews import Reviews
from lecture.library import Library
from lecture.review import RATINGS
from tests.browser.conftest import Server
from tests.browser.steps import CAPTIONS, PHONE, expect_fits, expect_readable, expect_results, give, open_tab
from tests.fixtures import media

pytestmark = pytest.mark.browser

Browse = Callable[..., Page]


@pytest.fixture
def library(server: Server, lecture: Page) -> Library:
    """The server's library, with the demonstration lecture."""
    assert lecture
    return server.library()


@pytest.fixture
def lecture(page: Page) -> Page:
    """The demonstration lecture's captions alone."""
    give(page, CAPTIONS)
    expect_results(page)
    return page


def begin(page: Page) -> None:
    """Review the cards of the lecture that is open."""
    open_tab(page, "Flashcards").get_by_role("button", name="Review these cards").click()
    expect_question(page)


def expect_question(page: Page) -> None:
    """A card is asked for, and the keyboard is heard."""
    expect(page.get_by_role("button", name="Show answer")).to_be_visible()
    expect(page.locator(".st-key-review-keys [data-listening]")).to_be_attached()


def question(page: Page) -> Locator:
    return page.locator(".review h2")


def stands(page: Page) -> tuple[int, int]:
    """Which card of how many is shown."""
    said = page.get_by_test_id("stProgress").inner_text()
    place, of = re.fullmatch(r"\s*(\d+) of (\d+)\s*", said).groups()
    return int(place), int(of)


def expect_place(page: Page, place: int, of: int) -> None:
    expect(page.get_by_test_id("stProgress")).to_have_text(f"{place} of {of}")


def rating(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=re.compile(rf"^{name} · "))


def show_answer(page: Page) -> None:
    expect_question(page)
    expect(rating(page, "Good")).to_have_count(0)  # those of the card before go when the page has run
    page.keyboard.press("Space")
    expect(rating(page, "Good")).to_be_visible()


def rate_all(page: Page, key: str) -> None:
    """Rate what is left, each card the same, with the keyboard alone."""
    over = page.get_by_text("Done:")
    for _ in range(60):
        expect(over.or_(page.get_by_role("button", name="Show answer"))).to_be_visible()
        if over.count():
            return
        show_answer(page)
        page.keyboard.press(key)
        expect(rating(page, "Good")).to_have_count(0)
    raise AssertionError("the review never ends")


def weeks_of_studying(library: Library) -> None:
    """A month in which the lecture was reviewed every day, up to yesterday."""
    reviews, now = Reviews(library), datetime.now().astimezone()
    for days in range(30, 0, -1):
        then = now - timedelta(days=days)
        for number, showing in enumerate(reviews.due(then)[:8]):
            reviews.rate(*showing.key, 1 if (number + days) % 7 == 0 else 3, then, showing.state)


def test_a_review_with_the_keyboard_over_a_refresh(lecture: Page, library: Library) -> None:
    begin(lecture)
    _, cards = stands(lecture)
    assert cards == Reviews(library).counts(datetime.now().astimezone()).new >= 5
    asked = []
    for place, key in ((1, "3"), (2, "4"), (3, "1")):
        expect_place(lecture, place, cards)
        asked.append(question(lecture).inner_text())
        assert lecture.locator(".review .answer").count() == 0
        show_answer(lecture)
        expect(lecture.locator(".review .answer")).not_to_be_empty()
        assert [rating(lecture, name).count() for name in RATINGS.values()] == [1, 1, 1, 1]
        lecture.keyboard.press(key)
        expect(question(lecture)).not_to_have_text(asked[-1])
    # What was not known comes again, so it is not done with.
    expect_place(lecture, 3, cards)
    shown = question(lecture).inner_text()
    lecture.reload()
    expect(question(lecture)).to_have_text(shown)
    expect_place(lecture, 3, cards)
    assert sorted(given.rating for given in Reviews(library).given(0)) == [1, 3, 4]

    expect_question(lecture)  # after a refresh, the keyboard is heard a moment later than the card is seen
    lecture.keyboard.press("u")
    expect(question(lecture)).to_have_text(asked[2])
    lecture.get_by_role("button", name="Undo").click()
    expect(question(lecture)).to_have_text(asked[1])
    expect_place(lecture, 2, cards)
    assert [given.rating for given in Reviews(library).given(0)] == [3]

    rate_all(lecture, "4")
    expect(lecture.get_by_text(f"Done: {cards} cards reviewed, {cards} of them known at once.")).to_be_visible()
    expect(lecture.get_by_text(re.compile(r"^Next: \d+ cards? (tomorrow|on \d+ \w+)\.$"))).to_be_visible()
    expect(lecture.get_by_role("heading", name="Due in the next two weeks")).to_be_visible()
    lecture.get_by_role("button", name="Back to the lecture").click()
    expect_results(lecture)
    expect(open_tab(lecture, "Flashcards").get_by_text("no card is due")).to_be_visible()


def test_keys_that_are_pressed_while_the_page_runs_count_once(lecture: Page, library: Library) -> None:
    begin(lecture)
    _, cards = stands(lecture)
    for key in ("3", "4", "3", "4", "3"):
        lecture.keyboard.press("Space")
        lecture.keyboard.press(key)
        lecture.keyboard.press(key)  # by then the next card is asked for, and not yet answered
    expect_place(lecture, 6, cards)
    expect(lecture.get_by_role("button", name="Show answer")).to_be_visible()
    given = Reviews(library).given(0)
    assert [one.rating for one in reversed(given)] == [3, 4, 3, 4, 3]
    assert len({one.card_id for one in given}) == 5
    for _ in range(2):
        lecture.keyboard.press("u")
    expect_place(lecture, 4, cards)
    assert [one.rating for one in reversed(Reviews(library).given(0))] == [3, 4, 3]


def test_the_space_bar_and_the_digits_stay_with_what_has_the_focus(lecture: Page, library: Library) -> None:
    begin(lecture)
    lecture.get_by_role("button", name="Finish").focus()
    lecture.keyboard.press("Space")
    expect_results(lecture)
    begin(lecture)
    show_answer(lecture)
    words = lecture.get_by_role("textbox", name="Course vocabulary")
    words.click()
    words.press_sequentially("1 2 3 4 u")
    expect(words).to_have_value("1 2 3 4 u")
    expect(rating(lecture, "Good")).to_be_visible()
    assert Reviews(library).given(0) == []


def test_two_tabs_count_a_showing_once(lecture: Page, library: Library, server: Server, browse: Browse) -> None:
    begin(lecture)
    other = browse(server)
    other.goto(lecture.url)
    for page in (lecture, other):
        expect_question(page)
        show_answer(page)
    shown = question(other).inner_text()
    for page in (lecture, other):
        page.keyboard.press("4")
    for page in (lecture, other):
        expect(question(page)).not_to_have_text(shown)
    assert len(Reviews(library).given(0)) == 1


def test_the_start_page_knows_what_is_due_and_the_reviews_address_leads_back(lecture: Page, library: Library) -> None:
    cards = Reviews(library).counts(datetime.now().astimezone()).new
    lecture.get_by_role("button", name="Start over").click()
    offer = lecture.get_by_text(f"Review: {min(20, cards)} cards due today")
    expect(offer).to_be_visible()
    below = lecture.get_by_role("heading", name="Upload")
    assert offer.bounding_box()["y"] < below.bounding_box()["y"]
    lecture.get_by_role("button", name="Review", exact=True).click()
    expect_question(lecture)
    address = lecture.url
    expect(lecture.locator(".review small")).to_have_text(library.entries()[0].title)
    show_answer(lecture)
    lecture.get_by_role("link", name="Open the lecture").click()
    expect_results(lecture)
    lecture.goto(address)
    expect_question(lecture)
    lecture.get_by_role("button", name="Finish").click()
    expect(lecture.get_by_role("heading", name="Your lectures")).to_be_visible()


def test_back_leads_from_a_review_to_the_lecture_and_on_to_the_start(lecture: Page) -> None:
    begin(lecture)
    lecture.get_by_role("button", name="Finish").click()
    expect_results(lecture)
    lecture.wait_for_timeout(2_500)  # nobody turns back sooner
    lecture.go_back()
    expect_question(lecture)
    lecture.go_back()
    expect_results(lecture)
    lecture.wait_for_timeout(2_500)
    lecture.go_back()
    expect(lecture.get_by_role("button", name="Make study notes", exact=True)).to_be_visible()
    lecture.go_forward()
    expect_results(lecture)


def test_the_answer_plays_its_moment(page: Page) -> None:
    give(page, media.SAMPLE, CAPTIONS)
    expect_results(page)
    begin(page)
    show_answer(page)
    button = page.locator(".review button.play")
    moment = float(button.get_attribute("data-moment"))
    button.click()
    page.wait_for_function(
        """from => {
            const { paused, currentTime } = document.querySelector("audio");
            return !paused && currentTime >= from && currentTime < from + 3;
        }""",
        arg=moment,
    )
    page.keyboard.press("3")
    expect(page.get_by_role("button", name="Show answer")).to_be_visible()
    expect(page.locator("audio")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, PHONE])
def test_five_minutes_of_the_weakest_cards_fit_every_screen_and_can_be_read(
    library: Library, server: Server, browse: Browse, scheme: str, size: dict[str, int]
) -> None:
    weeks_of_studying(library)
    page = browse(server, viewport=size, color_scheme=scheme)
    page.get_by_role("button", name="Five minutes").click()
    expect_question(page)
    expect_fits(page)
    expect_readable(page)
    show_answer(page)
    expect_fits(page)
    expect_readable(page)
    page.keyboard.press("1")
    rate_all(page, "1")
    expect(page.get_by_text(re.compile(r"when you were asked, by weeks: from \d+ \w+: \d+ of"))).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(2)
    expect_fits(page)
    expect_readable(page)


def test_an_address_that_names_nothing_leads_to_the_start(server: Server, browse: Browse) -> None:
    page = browse(server)
    page.goto(f"{server.url}/?review=no-such-lecture&after=x")
    expect(page.get_by_text("There is nothing to review at this address.")).to_be_visible()
    expect(page.get_by_role("button", name="Make study notes", exact=True)).to_be_visible()
