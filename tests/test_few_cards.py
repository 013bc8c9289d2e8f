"""What the page says of cards: what they ask for, and how there could be more where there are few."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lecture.flashcards import Flashcard
from lecture.notes import Evidence
from tests.test_app import _a_program_of_its_own, click, give, opened, worked  # noqa: F401 - a fixture for all tests
from views import cards

BARE = """1
00:00:01,000 --> 00:00:06,000
And so we went there and did it again, as I said, you know, and it was so good.

2
00:00:06,500 --> 00:00:11,000
So then that was it, and this is where we are with it now, more or less.
"""
RICH = """1
00:00:01,000 --> 00:00:06,000
Osmosis is the movement of water through a membrane that keeps salt back.

2
00:00:06,500 --> 00:00:11,000
Magma is molten rock that rises because it is lighter than the rock around it.

3
00:00:11,500 --> 00:00:16,000
Photosynthesis is the process by which plants turn light into sugar.

4
00:00:16,500 --> 00:00:21,000
Inflation is the rise of prices over time, and it makes savings worth less.

5
00:00:21,500 --> 00:00:26,000
Mount Tambora erupted in 1815 and killed about 70,000 people.
"""


def said(page) -> list[str]:
    return [caption.value for caption in page.caption if "The built-in writer found few sentences" in caption.value]


def test_where_there_are_few_cards_the_page_says_how_there_could_be_more():
    page = worked(give(opened(), ("talk.srt", BARE)))
    assert not page.session_state.flashcards
    (hint,) = said(page)
    assert "make a card" in hint
    assert "settings on the left" in hint
    cards, quiz = said(click(page, "Start the quiz"))
    assert cards == hint
    assert "make a fair question" in quiz


def test_enough_cards_need_no_advice():
    page = worked(give(opened(), ("talk.srt", RICH)))
    assert len(page.session_state.flashcards) > 3
    assert not said(page)


def test_what_a_model_wrote_needs_no_advice():
    page = worked(give(opened(), ("talk.srt", BARE)))
    page.session_state.summary = replace(page.session_state.summary, writer="tiny")
    page.run()
    assert not said(page)


@pytest.mark.parametrize(
    ("kind", "says"), [("why", "why"), ("compare", "compares"), ("definition", ""), ("own", "yours")]
)
def test_a_card_says_what_it_asks_for_where_that_is_more_than_a_fact(kind, says):
    card = Flashcard("Why does magma rise?", "It is light.", Evidence("Magma is light.", 0, 4), kind, "an-id")
    assert cards._told(card, playable=True)["sign"] == says
