"""The flashcards on the page: to be turned over, played, starred, edited, deleted, and added to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from lecture.flashcards import GAP, Flashcard
from lecture.learning import faults, quality
from lecture.notes import Notes
from lecture.transcript import format_time
from views import session

LEFT_OUT: dict[str, str] = {
    faults.NEEDS_CONTEXT: "needed their context",
    faults.BROKEN: "had broken wording",
    quality.GIVEN_AWAY: "gave the answer away",
    quality.REPEATED: "said the same as another",
    quality.UNSUPPORTED: "went beyond the lecture",
    quality.CUT: "cut a name or number in two",
    quality.SEVERAL: "held more than one idea",
    quality.GUESSED: "could be guessed",
    quality.LONG: "ran too long",
    quality.SHORT: "said too little",
}
"""What is said of cards that were left out, by the reason; it follows a number."""

FEW = 4
"""Cards of a lecture, or questions of a quiz, below which the student is told how there could be more."""
_KINDS = {"why": "why", "how": "how", "compare": "compares"}
"""What is said of cards that ask for more than a fact."""
_HERE = Path(__file__).parent
_KEY = "flashcards-component"
_ANSWERED = "flashcards-answered"
"""Where the session notes the last change that was dealt with, and why it was refused, if it was."""
_LATEST_S = 86_400.0
"""Seconds; no lecture lasts longer than a day."""
_HTML = """
<div class="deck">
  <div class="tools">
    <span class="filter" role="group" aria-label="Which cards">
      <button type="button" class="all" aria-pressed="true">All</button>
      <button type="button" class="starred" aria-pressed="false">Starred</button>
    </span>
    <button type="button" class="new" aria-expanded="false">Add a card</button>
  </div>
  <div class="adder" hidden></div>
  <p class="facts"><output class="tally"></output> <span class="left-out"></span> <span class="hint">Click one, or press
    the space bar, to turn it over; the arrows go from card to card.</span></p>
  <p class="none" hidden></p>
  <div class="cards" role="list" aria-label="Flashcards"></div>
</div>
"""
_component = st.components.v2.component(
    "flashcards",
    html=_HTML,
    css=(_HERE / "cards.css").read_text(encoding="utf-8"),
    js=(_HERE / "cards.js").read_text(encoding="utf-8"),
)


def flashcards(cards: Sequence[Flashcard], rejected: Mapping[str, int], playable: bool) -> None:
    """Show a lecture's cards, question up. Turning one does not run the page again; changing one does.

    Args:
        cards: in the lecture's order.
        rejected: how many cards were not good enough, by reason.
        playable: whether there is a recording: a card then plays its moment, and one that is added gets the moment at
            which the player stands.
    """
    with st.container():  # always there, so that a card that is open stays so when the line comes or goes
        made = sum(card.kind != "own" for card in cards)
        if made < FEW:
            more_by_a_model("make a card on their own", "write more cards")
    _component(
        key=_KEY,
        data={
            "cards": [_told(card, playable) for card in cards],
            "gap": GAP,
            "leftOut": left_out(rejected),
            "playable": playable,
            "answered": st.session_state.get(_ANSWERED),
        },
        on_changed_change=_take,
    )


def more_by_a_model(these: str, more: str) -> None:
    """Where the built-in writer had little to go on: say so, and what helps.

    Args:
        these: what few sentences do, such as "make a card on their own".
        more: what a language model can do.
    """
    notes: Notes = st.session_state.summary
    if notes.writer == "extractive":
        st.caption(
            f"The built-in writer found few sentences here that {these}. A language model can {more}: choose one as "
            "the writer in the settings on the left, then press “Write the notes again” below."
        )


def left_out(rejected: Mapping[str, int]) -> str:
    """How many cards are not there and why: "Left out: 3 needed their context, 2 said the same as another."."""
    said = ", ".join(f"{count} {LEFT_OUT.get(reason, reason)}" for reason, count in rejected.items())
    return f"Left out: {said}." if said else ""


def _told(card: Flashcard, playable: bool) -> dict[str, Any]:
    """A card as the browser gets it; its quote only where it says more than the card does."""
    own, start = card.kind == "own", card.evidence.start
    shown = (card.answer, card.question.replace(GAP, card.answer))
    return {
        "id": card.id,
        "question": card.question,
        "answer": card.answer,
        "quote": "" if card.evidence.quote in shown else card.evidence.quote,
        "start": start,
        "time": "" if own and not playable else format_time(start),
        "sign": "yours" if own else " · ".join(filter(None, (_KINDS.get(card.kind), "edited" * card.edited))),
        "starred": card.starred,
    }


def _take() -> None:
    """Do what the browser asks for, and note that it was done, or why not."""
    sent = st.session_state[_KEY].get("changed")
    match sent:
        case {"edit": str(card), "question": str(question), "answer": str(answer)}:
            session.edit_card(card, question, answer)
        case {"star": str(card), "starred": bool(starred)}:
            session.star_card(card, starred)
        case {"delete": str(card)}:
            session.delete_card(card)
        case {"add": float() | int() as moment, "question": str(question), "answer": str(answer)}:
            session.add_card(question, answer, float(min(max(0.0, moment), _LATEST_S)))
        case _:
            return
    st.session_state[_ANSWERED] = {"attempt": sent.get("attempt"), "refused": session.take_message()}
