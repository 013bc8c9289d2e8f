"""The server asks nobody for anything while a student works with it. (In every browser test, nor does the page.)"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Start
from tests.browser.steps import CAPTIONS, expect_results, give, open_tab
from tests.fixtures.witness import Witness

pytestmark = pytest.mark.browser


def test_offline_the_server_asks_nobody_for_anything(
    start: Start, browse: Callable[..., Page], tmp_path_factory: pytest.TempPathFactory
) -> None:
    witness = Witness(Path(tmp_path_factory.mktemp("witness")))
    page = browse(start(**witness.environment))
    give(page, CAPTIONS)
    expect_results(page)
    for tab in ("Transcript", "Flashcards", "Quiz", "Ask", "Downloads"):
        open_tab(page, tab)
    expect(page.get_by_role("button", name="Study report")).to_be_visible()
    assert witness.hosts == set()
