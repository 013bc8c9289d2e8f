"""The quiz on the page: answered question by question, over a refresh, with the moments that say why."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from lecture.learning.quizzes import Quizzes
from lecture.quiz import Question, Quiz
from tests.browser.conftest import Server
from tests.browser.steps import (
    CAPTIONS,
    PHONE,
    expect_fits,
    expect_playing,
    expect_readable,
    expect_results,
    give,
    open_tab,
    payload,
)
from tests.fixtures import media

pytestmark = pytest.mark.browser

Browse = Callable[..., Page]


@pytest.fixture
def lecture(page: Page) -> Page:
    """The demonstration lecture with its captions."""
    give(page, media.SAMPLE, CAPTIONS)
    expect_results(page)
    return page


def kept(server: Server) -> Quiz:
    """The quiz of the only lecture, as the library has it."""
    library = server.library()
    quiz = Quizzes(library).of(library.entries()[0].id)
    library.close()
    assert quiz
    return quiz


def panel(page: Page) -> Locator:
    return page.get_by_role("tabpanel", name="Quiz")


def begin(page: Page) -> None:
    open_tab(page, "Quiz").get_by_role("button", name="Start the quiz").click()
    expect(panel(page).locator(".quiz-question")).to_be_visible()


def option(page: Page, place: int) -> Locator:
    return panel(page).locator(f"[class*='st-key-quiz-option-{place + 1}-']").get_by_role("button")


def shown(page: Page, quiz: Quiz) -> Question:
    """The question in sight."""
    prompt = panel(page).locator(".quiz-question").inner_text()
    return next(question for question in quiz.questions if question.prompt == prompt)


def settle(page: Page) -> None:
    """Wait until the page has run: nothing moves below the mouse any more."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def answer(page: Page, question: Question, rightly: bool = True) -> None:
    expect(panel(page).locator(".quiz-question")).to_have_text(question.prompt)
    settle(page)
    option(page, question.right if rightly else (question.right + 1) % 4).click()
    said = "Right." if rightly else "Not right."
    expect(panel(page).get_by_role("status").filter(has_text=said)).to_be_visible()


def go_on(page: Page) -> None:
    settle(page)
    panel(page).get_by_role("button", name=re.compile("Next|See how you did")).click()
    expect(panel(page).get_by_role("status")).to_have_count(0)


def test_a_whole_quiz_is_played_over_a_refresh_and_the_wrong_ones_are_tried_again(
    lecture: Page, server: Server
) -> None:
    begin(lecture)
    quiz = kept(server)
    total = len(quiz.questions)
    assert total >= 7
    missed = {quiz.questions[i].id for i in (1, 4)}
    for place, question in enumerate(quiz.questions):
        answer(lecture, question, rightly=question.id not in missed)
        expect(panel(lecture).get_by_text(f"{place + 1} of {total} attempted")).to_be_visible()
        if place == 3:  # in the middle, with an answer and its reason in sight
            lecture.reload()
            expect_results(lecture)
            open_tab(lecture, "Quiz")
            expect(panel(lecture).get_by_text(f"4 of {total} attempted, 3 right")).to_be_visible()
            expect(panel(lecture).locator(".quiz-question")).to_have_text(question.prompt)
            expect(panel(lecture).get_by_role("status")).to_contain_text("Right.")
        go_on(lecture)
    expect(panel(lecture).get_by_role("heading", name=f"{total - 2} of {total} right")).to_be_visible()
    again = panel(lecture).locator(".quiz-again .timed")
    expect(again).to_have_count(2)
    expect(again.first).to_contain_text(quiz.questions[1].evidence.quote)
    expect(panel(lecture).locator(".quiz-again h4").first).to_be_visible()
    settle(lecture)
    again.last.get_by_role("button").click()
    expect_playing(lecture, quiz.questions[4].evidence.start)

    settle(lecture)
    panel(lecture).get_by_role("button", name="Try the wrong ones again").click()
    expect(panel(lecture).get_by_text("The wrong ones again: 0 of 2 attempted")).to_be_visible()
    for place in (1, 4):
        answer(lecture, quiz.questions[place])
        go_on(lecture)
    expect(panel(lecture).get_by_role("heading", name="2 of 2 right")).to_be_visible()
    expect(panel(lecture).get_by_text(f"that is {total} of {total}")).to_be_visible()
    expect(panel(lecture).get_by_role("button", name="Try the wrong ones again")).to_have_count(0)

    settle(lecture)
    panel(lecture).get_by_role("button", name="New quiz").click()
    expect(panel(lecture).get_by_text(re.compile("^0 of "))).to_be_visible()
    new = kept(server)
    assert new.seed == quiz.seed + 1
    assert {question.id for question in new.questions} != {question.id for question in quiz.questions}


def test_the_reason_plays_its_moment_and_says_right_and_wrong_in_words(lecture: Page, server: Server) -> None:
    begin(lecture)
    question = kept(server).questions[0]
    answer(lecture, question, rightly=False)
    wrong = (question.right + 1) % 4
    marks = panel(lecture).locator(".quiz-options li")
    expect(marks.nth(question.right)).to_contain_text(re.compile(f"{re.escape(question.answer)}.*right", re.DOTALL))
    expect(marks.nth(wrong)).to_contain_text("your answer")
    expect(marks.nth(wrong)).not_to_contain_text("right")
    said = panel(lecture).locator(".quiz-said")
    expect(said).to_contain_text(question.evidence.quote)
    settle(lecture)
    said.get_by_role("button").first.click()
    expect_playing(lecture, question.evidence.start)


def test_a_quiz_is_played_by_the_keyboard_alone(lecture: Page, server: Server) -> None:
    begin(lecture)
    quiz = kept(server)
    for question in quiz.questions[:2]:
        expect(panel(lecture).locator(".quiz-question")).to_have_text(question.prompt)
        settle(lecture)
        lecture.keyboard.press(str(question.right + 1))
        expect(panel(lecture).get_by_role("status")).to_contain_text("Right.")
        expect(panel(lecture).get_by_role("button", name="Next")).to_be_focused()
        lecture.keyboard.press("Enter")
    third = quiz.questions[2]
    expect(panel(lecture).locator(".quiz-question")).to_have_text(third.prompt)
    expect(option(lecture, 0)).to_be_focused()
    for _ in range(third.right):
        lecture.keyboard.press("Tab")
    lecture.keyboard.press("Enter")
    expect(panel(lecture).get_by_role("status")).to_contain_text("Right.")
    assert kept(server).score == 3


def test_a_digit_answers_only_the_question_in_sight(lecture: Page, server: Server) -> None:
    begin(lecture)
    open_tab(lecture, "Notes")
    lecture.keyboard.press("1")
    panel_ask = open_tab(lecture, "Ask")
    panel_ask.get_by_placeholder("Ask something about it").press("2")
    lecture.wait_for_timeout(700)
    assert kept(server).answers == {}


def test_what_one_tab_answered_another_shows_and_does_not_score_again(lecture: Page, server: Server) -> None:
    begin(lecture)
    question = kept(server).questions[0]
    other = lecture.context.new_page()
    other.goto(lecture.url)
    expect_results(other)
    open_tab(other, "Quiz")
    answer(lecture, question, rightly=False)
    option(other, question.right).click()
    expect(panel(other).get_by_role("status")).to_contain_text("Not right.")
    expect(panel(other).get_by_text(re.compile(r"^1 of \d+ attempted, 0 right"))).to_be_visible()
    other.close()


def test_a_lecture_that_says_too_little_says_so(page: Page) -> None:
    give(page, payload("short.srt", "1\n00:00:01,000 --> 00:00:04,000\nThat is all there is to say.\n"))
    expect_results(page)
    open_tab(page, "Quiz").get_by_role("button", name="Start the quiz").click()
    expect(panel(page).get_by_test_id("stAlert")).to_contain_text("Nothing in this lecture makes a fair question")


def test_markup_in_a_lecture_is_shown_as_text(page: Page, server: Server) -> None:
    places = (("Elba", 1812), ("Capri", 1840), ("Malta", 1871), ("Corfu", 1903))
    lines = [
        f"{i + 1}\n00:00:{i * 5:02},000 --> 00:00:{i * 5 + 4:02},000\n"
        f"The great bridge of {place} <img src=x onerror=alert(1)> *was* opened by the king in the year {year}.\n"
        for i, (place, year) in enumerate(places)
    ]
    give(page, payload("bridges.srt", "\n".join(lines)))
    expect_results(page)
    begin(page)
    question = shown(page, kept(server))
    answer(page, question, rightly=False)
    expect(panel(page).locator(".quiz-said")).to_contain_text(question.evidence.quote)
    expect(panel(page).locator("img")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_part_of_the_quiz_is_readable_and_fits_on_a_phone(browse: Browse, server: Server, scheme: str) -> None:
    page = browse(server, color_scheme=scheme, viewport=PHONE)
    give(page, media.SAMPLE, CAPTIONS)
    expect_results(page)

    def expect_well(part: str) -> None:
        page.wait_for_timeout(500)
        expect_readable(page)
        expect_fits(page)

    open_tab(page, "Quiz")
    expect_well("start")
    begin(page)
    expect_well("question")
    quiz = kept(server)
    for place, question in enumerate(quiz.questions):
        answer(page, question, rightly=place > 1)
        if place < 3:
            expect_well(f"answer-{place}")
        go_on(page)
    expect_well("end")
