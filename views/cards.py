"""Flashcards that turn over: a small component, since turning one must not rerun the page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from lecture.flashcards import Flashcard
from lecture.transcript import format_time

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "flashcards",
    html='<div class="cards"></div>',
    css=(_HERE / "cards.css").read_text(encoding="utf-8"),
    js=(_HERE / "cards.js").read_text(encoding="utf-8"),
)


def flashcards(cards: Sequence[Flashcard]) -> None:
    """Show cards, question up; a click, the space bar or Enter turns one over."""
    if not cards:
        st.info("Nothing in this lecture made a good card: it defines no terms and names no figures.")
        return
    st.caption(f"{len(cards)} cards. Click one, or press the space bar, to turn it over.")
    _component(
        data=[
            {
                "question": card.question,
                "answer": card.answer,
                "time": format_time(card.evidence.start),
                "quote": card.evidence.quote,
            }
            for card in cards
        ],
        key="flashcards-component",
    )
