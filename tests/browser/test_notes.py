"""The notes on the page: they play their moments, answer questions, follow corrections, and hold nothing invented."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from tests.browser.conftest import Server, Start
from tests.browser.steps import (
    CAPTIONS,
    PATIENCE_MS,
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
)
from tests.fixtures import media
from tests.fixtures.endpoint import Asked, ModelServer, Refuses, Says

pytestmark = pytest.mark.browser

Browse = Callable[..., Page]
TRUE = "Consolidation is the slow process that makes new memories strong."
INVENTED = (
    "Dopamine released by chocolate doubles the capacity of working memory.",
    "Most adults can keep about nine separate items there at the same time.",
    "Sigmund Freud published a famous experiment on his own memory in 1885.",
    "Forgetting always means that a memory has been destroyed.",
)


@pytest.fixture
def lecture(page: Page) -> Page:
    """The demonstration lecture with its captions."""
    give(page, media.SAMPLE, CAPTIONS)
    expect_results(page)
    return page


def moment_of(button: Locator) -> float:
    return float(button.get_attribute("data-moment"))


def style(page: Page, name: str) -> None:
    open_tab(page, "Notes").get_by_role("radio", name=name).click()


def ask(page: Page, question: str) -> Locator:
    """Ask, and wait for the answer."""
    panel = open_tab(page, "Ask")
    before = panel.get_by_test_id("stChatMessage").count()
    field = panel.get_by_placeholder("Ask something about it")
    field.fill(question)
    field.press("Enter")
    expect(panel.get_by_test_id("stChatMessage")).to_have_count(before + 2)
    answer = panel.get_by_test_id("stChatMessage").last
    expect(answer.get_by_test_id("stCaptionContainer")).to_be_visible()
    return answer


# ------------------------------------------------------------------------------------------------- what is there


def test_a_key_point_plays_the_moment_it_rests_on(lecture: Page) -> None:
    point = lecture.get_by_role("tabpanel", name="Notes").locator("p").filter(has_text="Spacing is the habit").first
    button = point.get_by_role("button")
    assert moment_of(button) > 200
    button.click()
    expect_playing(lecture, moment_of(button))
    spoken = open_tab(lecture, "Transcript").locator(".line[aria-current]")
    expect(spoken).to_contain_text("Spacing is the habit of dividing your learning")


def test_the_bar_of_chapters_shows_their_lengths_and_plays_them(lecture: Page) -> None:
    bar = lecture.get_by_role("group", name="Chapters of the lecture").get_by_role("button")
    starts = [moment_of(bar.nth(i)) for i in range(bar.count())]
    assert 4 <= len(starts) <= 8
    assert starts == sorted(set(starts))
    widths = [bar.nth(i).bounding_box()["width"] for i in range(bar.count())]
    lengths = [end - start for start, end in zip(starts, [*starts[1:], 342.0], strict=True)]
    longest = max(range(len(lengths)), key=lengths.__getitem__)
    assert widths[longest] == max(widths)
    bar.nth(2).click()
    expect_playing(lecture, starts[2])


def test_the_notes_come_in_three_styles(lecture: Page) -> None:
    notes = lecture.get_by_role("tabpanel", name="Notes")
    expect(notes.get_by_role("heading", name="In short")).to_be_visible()
    titles = lecture.get_by_role("group", name="Chapters of the lecture").locator("span").all_inner_texts()
    for name in ("Detailed", "Outline"):
        style(lecture, name)
        expect(notes.get_by_role("heading", name="In short")).to_have_count(0)
        headings = notes.locator(".notes h3")
        expect(headings).to_have_count(len(titles))
        for number, title in enumerate(titles):
            expect(headings.nth(number)).to_contain_text(title)
    expect(notes.locator(".notes li").first).to_be_visible()
    assert notes.locator(".notes li").count() >= 2 * len(titles)
    expect(notes.locator("dt").filter(has_text="Working memory")).to_have_count(1)
    expect(notes.get_by_text(re.compile(r"These notes draw on \d+ ?% of what was said"))).to_be_visible()


# ------------------------------------------------------------------------------------------------- asking


def test_an_answer_plays_its_source_understands_what_came_before_and_is_kept(lecture: Page) -> None:
    answer = ask(lecture, "What is working memory?")
    source = answer.locator("p").filter(has_text="Working memory is the small mental space").first
    source.get_by_role("button").click()
    expect_playing(lecture, moment_of(source.get_by_role("button")))
    assert "four separate items" in ask(lecture, "And how many items can it keep?").inner_text()
    expect(ask(lecture, "Who won the football world cup?")).to_contain_text("Not in this lecture")
    lecture.reload()
    expect_results(lecture)
    panel = open_tab(lecture, "Ask")
    expect(panel.get_by_test_id("stChatMessage")).to_have_count(6)
    panel.get_by_role("button", name="Forget this conversation").click()
    expect(panel.get_by_test_id("stChatMessage")).to_have_count(0)


def test_all_lectures_can_be_asked_and_a_source_leads_to_its_lecture(
    lecture: Page, browse: Browse, server: Server
) -> None:
    other = browse(server)
    said = "1\n00:00:07,000 --> 00:00:12,000\nA lever multiplies a force by the ratio of its arms.\n"
    give(other, payload("levers.srt", said))
    expect_results(other)
    open_tab(other, "Ask").get_by_role("radio", name="All my lectures").click()
    link = ask(other, "What is working memory?").get_by_role("link").first
    expect(link).to_have_text("How memory works, 00:42")
    link.click()
    expect(other.get_by_role("heading", name="How memory works", level=1)).to_be_visible()
    expect(other.locator(".line.found")).to_contain_text("Working memory is the small mental space")


# ------------------------------------------------------------------------------------------------- correcting


def test_notes_cards_and_files_follow_a_correction_on_request(lecture: Page) -> None:
    panel = open_tab(lecture, "Transcript")
    line = panel.locator(".line").filter(has_text="Grouping is the art of joining")
    line.hover()
    line.get_by_role("button", name=re.compile("Correct")).click()
    field = panel.locator("textarea")
    field.fill("Grouping is the craft of joining several small pieces into a larger unit, called a chunk.")
    field.press("Control+Enter")
    expect(lecture.get_by_text("You corrected 1 line.")).to_be_visible()
    assert "Grouping is the craft" not in open_tab(lecture, "Notes").inner_text()
    lecture.get_by_role("button", name="Update notes and cards").click()
    lecture.get_by_role("button", name="Use the new one").click(timeout=PATIENCE_MS)
    expect(open_tab(lecture, "Notes").get_by_text("Grouping is the craft of joining").first).to_be_visible()
    expect(lecture.get_by_text("You corrected")).to_have_count(0)
    open_tab(lecture, "Downloads")
    assert "Grouping is the craft" in download(lecture, "Summary", "Markdown").text
    assert "Grouping is the craft" in download(lecture, "Flashcards", "CSV").text
    lecture.get_by_role("button", name="Earlier versions").click()
    lecture.get_by_role("button", name="Bring it back").click()
    expect(open_tab(lecture, "Notes").get_by_text("Grouping is the art of joining").first).to_be_visible()


# ------------------------------------------------------------------------------------------------- a model's notes


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


def liar(asked: Asked) -> str:
    """Says one true thing where it was said, and invents the rest, citing sentences for all of it."""
    numbers = sorted(asked.material) or [0]
    true = [{"text": TRUE, "sentences": [number]} for number in numbers if TRUE in asked.material.get(number, "")]
    false = [{"text": text, "sentences": numbers[:2]} for text in INVENTED]
    cards = [
        {"question": f"Is it so: {one['text']}", "answer": one["text"], "sentences": one["sentences"]} for one in false
    ]
    return json.dumps(
        {
            "title": "Chocolate and Freud",
            "summary": [*true, *false[:2]],
            "key_points": false[2:],
            "cards": cards,
            "answer": false,
            "translations": list(INVENTED),
        }
    )


def use(page: Page, model: ModelServer, key: str = "") -> None:
    choose(page, "Writer", "Language model server: rephrases")
    for label, value in (("Address of the server", model.url), ("Its model", "tiny"), ("Key, if it needs one", key)):
        field = page.get_by_label(label, exact=True)
        field.fill(value)
        field.press("Enter")
    page.wait_for_timeout(500)


def everything_shown_and_saved(page: Page) -> str:
    """All text of the notes on the page, in every style and tab, and in every file that is offered."""
    shown = []
    for name in ("Brief", "Detailed", "Outline"):
        style(page, name)
        page.wait_for_timeout(700)
        shown.append(page.locator("body").inner_text())
    for tab in ("Flashcards", "Ask", "Downloads"):
        shown.append(open_tab(page, tab).inner_text())
    offered = {
        "Study report": ["Full report as TXT"],
        "Summary": ["TXT", "Markdown"],
        "Flashcards": ["TXT", "CSV", "JSON"],
    }
    shown += [download(page, what, kind).text for what, kinds in offered.items() for kind in kinds]
    report = PdfReader(io.BytesIO(download(page, "Study report", "PDF study report").content))
    shown += [leaf.extract_text() for leaf in report.pages]
    return " ".join(" ".join(shown).split())


def expect_nothing_invented(text: str) -> None:
    for claim in INVENTED:
        assert claim not in text
    for word in ("Dopamine", "chocolate", "Chocolate", "Freud", "nine separate"):
        assert word not in text


def test_nothing_that_a_model_invents_is_shown_or_saved(lecture: Page, model: ModelServer) -> None:
    model.behave(Says(liar))
    use(lecture, model)
    lecture.get_by_role("button", name="Write the notes again").click()
    seen = []
    while not lecture.get_by_role("button", name="Use the new one").is_visible():
        seen.append(lecture.locator("body").inner_text())
        lecture.wait_for_timeout(200)
    expect_nothing_invented(" ".join(seen))
    lecture.get_by_role("button", name="Use the new one").click()
    expect(lecture.get_by_text("Worded by").first).to_be_visible()
    text = everything_shown_and_saved(lecture)
    expect_nothing_invented(text)
    assert TRUE in text
    assert re.search(r"The model wrote \d+ sentences that the lecture does not support: dropped.", text)
    answer = ask(lecture, "What does consolidation do?")
    expect_nothing_invented(answer.inner_text())
    expect(answer).to_contain_text(TRUE)


@pytest.mark.parametrize(
    "behaviour",
    [
        Says("Freud says: Dopamine released by chocolate doubles the capacity of working memory. Sure!"),
        Says(liar, cut=150),
        Refuses(500, "Dopamine"),
    ],
    ids=["prose", "cut off", "broken"],
)
def test_where_a_model_fails_the_lecture_is_quoted_and_the_page_says_so(
    lecture: Page, model: ModelServer, behaviour: Says | Refuses
) -> None:
    model.behave(behaviour)
    use(lecture, model, key="sk-very-secret")
    lecture.get_by_role("button", name="Write the notes again").click()
    lecture.get_by_role("button", name="Use the new one").click(timeout=PATIENCE_MS)
    expect(lecture.get_by_test_id("stAlert").filter(has_text="built-in writer").first).to_be_visible()
    text = everything_shown_and_saved(lecture)
    expect_nothing_invented(text)
    assert "sk-very-secret" not in text


def test_a_key_reaches_the_server_and_is_not_kept(
    browse: Browse, start: Start, model: ModelServer, tmp_path: Path
) -> None:
    server = start()
    page = browse(server)
    give(page, CAPTIONS)
    expect_results(page)
    model.behave(Says(liar))
    use(page, model, key="sk-very-secret")
    page.get_by_role("button", name="Write the notes again").click()
    expect(page.get_by_role("button", name="Use the new one")).to_be_visible(timeout=PATIENCE_MS)
    assert any("sk-very-secret" in str(asked.headers) for asked in model.asked)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name == "library.db" for path in files)
    assert not [path for path in files if b"sk-very-secret" in path.read_bytes()]
    assert "sk-very-secret" not in server.log()


def test_the_page_says_when_text_leaves_the_computer(page: Page) -> None:
    choose(page, "Writer", "Language model server: rephrases")
    address = page.get_by_label("Address of the server", exact=True)
    warning = page.get_by_text("The text of your lecture leaves this computer")
    address.fill("http://127.0.0.1:11434")
    address.press("Enter")
    expect(warning).to_have_count(0)
    address.fill("https://models.example.org/v1")
    address.press("Enter")
    expect(warning).to_be_visible()


# ------------------------------------------------------------------------------------------------- the look


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_part_of_the_notes_is_readable_and_fits_on_a_phone(browse: Browse, server: Server, scheme: str) -> None:
    page = browse(server, color_scheme=scheme, viewport=PHONE)
    give(page, media.SAMPLE, CAPTIONS)
    expect_results(page)
    for name in ("Brief", "Detailed", "Outline"):
        style(page, name)
        page.wait_for_timeout(500)
        expect_readable(page)
        expect_fits(page)
    ask(page, "What is the forgetting curve?")
    expect_readable(page)
    expect_fits(page)
