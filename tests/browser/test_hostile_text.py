"""A lecture whose title, captions and cards try to be a page: they are text in every tab, and nothing else happens."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, Watch
from tests.browser.steps import expect_results, expect_still, give, open_tab, payload, transcript_of

pytestmark = pytest.mark.browser

MARKS = (
    "<img src=http://evil.example/x onerror=alert(1)> <script>alert(2)</script> [a](javascript:alert(3)) **b** $x^2$"
)
SCRIPT = "<style>*{display:none}</style><iframe srcdoc='<script>alert(4)</script>'></iframe> :material/close: \u202eabc"
NAME = "'><img src=x onerror=alert(5)> <b>week</b> **1**.srt"
PLACES = (("Elba", 1812), ("Capri", 1840), ("Malta", 1871), ("Corfu", 1903), ("Crete", 1911), ("Rhodes", 1923))
LINES = "".join(
    f"{i + 1}\n00:00:{i * 5:02},000 --> 00:00:{i * 5 + 4:02},000\n"
    f"The great bridge of {place} {MARKS if i % 2 else SCRIPT} was opened by the king in the year {year}.\n\n"
    for i, (place, year) in enumerate(PLACES)
)
MADE = "img[src*=evil], img[onerror], script:not([src]):not([type]), iframe[srcdoc], a[href^=javascript], .katex"
"""What would be there if any of it were taken for more than text."""


def test_nothing_that_a_lecture_says_becomes_a_part_of_the_page(page: Page, server: Server, watch: Watch) -> None:
    own = page.locator(MADE).count()
    give(page, payload(NAME, LINES))
    expect_results(page)
    said = transcript_of(page)
    assert "<img src=http://evil.example/x onerror=alert(1)> <script>alert(2)</script>" in said
    assert "<iframe srcdoc=" in said
    names = [tab.inner_text() for tab in page.get_by_role("tab").all()]
    assert len(names) > 3
    for name in names:
        open_tab(page, name)
        expect_still(page)
        expect(page.locator(MADE)).to_have_count(own)
        expect(page.get_by_test_id("stException")).to_have_count(0)
    page.reload()
    expect_results(page)
    page.goto(server.url)
    expect(page.get_by_text("<b>week</b>").first).to_be_visible()
    expect(page.locator(MADE)).to_have_count(own)
    assert watch.foreign_hosts() == set()
    assert watch.problems == []
