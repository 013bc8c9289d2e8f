"""Who logs in sees their own lectures, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, Start
from tests.browser.steps import CAPTIONS, expect_results, expect_still, give, open_tab, payload, record, start_over
from tests.fixtures import media
from tests.fixtures.provider import USERS, Provider

pytestmark = pytest.mark.browser

Browse = Callable[..., Page]
SRT = "1\n00:00:01,000 --> 00:00:04,000\nOsmosis is the movement of water through a membrane.\n"
MEMORY = "How memory works"
QUIET = ("--logger.level=error",)
"""Streamlit's own log has a traceback of each login that came to nothing, as a warning."""


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.stop()


@pytest.fixture
def department(start: Start, provider: Provider, tmp_path: Path) -> Server:
    """The program where users log in."""
    secrets = tmp_path / "secrets.toml"
    secrets.write_text(provider.secrets())
    return start(f"--secrets.files={secrets}", *QUIET)


def log_in(page: Page, user: str) -> None:
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name=user.removesuffix(" refused")).click()
    if user in USERS:
        expect(page.get_by_test_id("stSidebar").get_by_text(user)).to_be_visible()
        expect_still(page)


def expect_only_the_login(page: Page, *never: str) -> None:
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    expect(page.get_by_test_id("stFileUploader")).to_have_count(0)
    expect(page.get_by_test_id("stSidebar")).to_have_count(0)
    body = page.locator("body").inner_text()
    assert not [word for word in (*never, "Traceback") if word in body]


def lecture_of(page: Page) -> str:
    return page.url.partition("?lecture=")[2]


def titles(page: Page) -> list[str]:
    expect_still(page)
    return page.locator(".st-key-lectures button[kind=tertiary]").all_inner_texts()


def test_each_user_sees_their_own_lectures_alone(department: Server, browse: Browse, provider: Provider):
    alice, mallory = browse(department), browse(department)
    expect_only_the_login(alice)
    log_in(alice, "Alice")
    log_in(mallory, "Mallory")
    give(alice, CAPTIONS, media.SAMPLE)
    give(mallory, payload("Water.srt", SRT))
    expect_results(alice)
    expect_results(mallory)
    theirs, address = lecture_of(alice), f"{department.url}/recording/{lecture_of(alice)}"
    assert alice.context.request.get(address).body() == media.SAMPLE.read_bytes()
    assert open_tab(alice, "Notes").inner_text()

    # Neither lists, searches nor opens the other's.
    start_over(alice)
    start_over(mallory)
    assert titles(alice) == [MEMORY]
    assert titles(mallory) == ["Water"]
    search = mallory.get_by_role("textbox", name="Search everything that was said")
    search.fill("memory")
    search.press("Enter")
    expect(mallory.get_by_text("Nobody said that in your lectures.")).to_be_visible()
    mallory.goto(f"{department.url}/?lecture={theirs}")
    expect(mallory.get_by_text("There is no lecture at this address.")).to_be_visible()
    expect(mallory.get_by_role("tab")).to_have_count(0)
    mallory.goto(f"{department.url}/?review={theirs}")
    expect(mallory.get_by_text("There is nothing to review at this address.")).to_be_visible()

    # The recording is its owner's browser's alone.
    assert mallory.context.request.get(address).status == 404
    assert browse(department).context.request.get(address).status == 403
    forged = {"cookie": "_streamlit_user=" + "x" * 40, "origin": department.url}
    assert browse(department).context.request.get(address, headers=forged).status == 403

    # A recording that is begun by the page is its user's.
    alice.goto(department.url)
    record(alice, 2)
    expect_results(alice)
    recorded = lecture_of(alice)
    library = department.library()
    owned = {user: library.of(f"{provider.url} {subject}").entries() for user, subject in USERS.items()}
    assert [entry.id for entry in owned["Alice"]] == [recorded, theirs]
    assert [entry.title for entry in owned["Mallory"]] == ["Water"]
    library.close()

    # Who logs out leaves nothing behind: in no tab, and not for the next who uses this browser.
    cookies = alice.context.cookies()
    start_over(alice)
    other = alice.context.new_page()
    other.goto(f"{department.url}/?lecture={theirs}")
    expect_results(other)
    alice.get_by_role("button", name="Log out").click()
    expect_only_the_login(alice, MEMORY, "Alice")
    alice.goto(f"{department.url}/?lecture={theirs}")
    expect_only_the_login(alice, MEMORY, "Alice")
    other.get_by_role("tab", name="Quiz").click()
    other.get_by_role("combobox", name="Writer").fill("Local")
    other.get_by_role("option", name="Local language model").click()
    expect_only_the_login(other, MEMORY, "Alice")
    assert alice.context.request.get(address).status == 403
    kept = mallory.context.browser.new_context()
    kept.add_cookies(cookies)
    assert kept.request.get(address).status == 403
    kept.close()
    other.close()
    log_in(alice, "Mallory")
    assert titles(alice) == ["Water"]


def test_a_login_that_comes_to_nothing_is_one_sentence_on_the_page(
    department: Server, browse: Browse, provider: Provider
):
    page = browse(department)
    log_in(page, "Nobody")
    expect(page.get_by_text("You were not logged in.")).to_be_visible()
    expect_only_the_login(page)
    provider.broken = True
    log_in(page, "Alice refused")
    expect(page.get_by_text("You were not logged in.")).to_be_visible()
    provider.broken, provider.foreign = False, True
    log_in(page, "Alice refused")
    expect(page.get_by_text("You were not logged in.")).to_be_visible()
    expect_only_the_login(page)
    provider.foreign = False
    log_in(page, "Alice")
    expect(page.get_by_text("You were not logged in.")).to_have_count(0)
    page.get_by_role("button", name="Log out").click()
    expect_only_the_login(page, "Alice")
    provider.stop()
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("The login cannot be reached just now.")).to_be_visible()
    expect_only_the_login(page)
