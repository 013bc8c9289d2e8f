"""Cards by a language model that ask why and how, and that compare, over real HTTP: asked for, checked, handed on."""

from __future__ import annotations

import csv
import io
import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lecture.columns import CARDS
from lecture.files.anki import write_deck
from lecture.files.card_files import flashcards_csv, flashcards_from_json, flashcards_json
from lecture.flashcards import Flashcard
from lecture.learning.quality import good_cards
from lecture.notes import Notes
from lecture.sentences import Sentence
from lecture.transcript import Segment, Transcript
from lecture.writing.endpoint import Endpoint
from tests.fixtures.endpoint import ModelServer, Says
from tests.test_anki import Anki
from tests.test_endpoint import QUOTES, VOLCANOES

WHY = {"kind": "why", "question": "Why does magma rise?", "sentences": [2]} | {
    "answer": "Because it is lighter than the rock around it."
}
HOW = {"kind": "how", "question": "How does runny magma flow down the slope?", "sentences": [6]} | {
    "answer": "It lets the gas escape and flows quietly."
}
COMPARE = {
    "kind": "compare",
    "things": ["sticky magma", "runny magma"],
    "question": "How does sticky magma differ from runny magma?",
    "answer": "Sticky magma holds its gas until it bursts out, and runny magma lets it escape.",
    "sentences": [5, 6],
}
WHAT = {
    "kind": "definition",
    "question": "What is lava?",
    "answer": "Magma that reaches the surface.",
    "sentences": [3],
}
MERELY_BESIDE = {
    "question": "Why did Mount Tambora erupt?",
    "answer": "Because it killed about 70,000 people.",
    "sentences": [7],
}
NOTHING = Notes((), (), "tiny")


def card_of(*cards: object, lecture: tuple[Sentence, ...] = VOLCANOES) -> tuple[Flashcard, ...]:
    """The cards of a model that writes these, as far as check and gate let them through."""
    with ModelServer(Says(json.dumps({"cards": list(cards)}))) as server:
        found = Endpoint(server.url, "tiny", None).flashcards(lecture, QUOTES, lambda _: None)
    return good_cards([card for card in found if _by_model(card, cards)], lecture, NOTHING)[0]


def _by_model(card: Flashcard, written: tuple[Any, ...]) -> bool:
    """Whether it is one of those written, and none that quotes the lecture instead."""
    return any(isinstance(one, dict) and card.question == one.get("question") for one in written)


def with_other(card: dict[str, Any], **fields: object) -> dict[str, Any]:
    return card | fields


# ------------------------------------------------------------------------------------ asked for, and kept


def test_the_model_is_asked_for_cards_of_every_kind() -> None:
    with ModelServer(Says(json.dumps({"cards": [WHY]}))) as server:
        Endpoint(server.url, "tiny", None).flashcards(VOLCANOES, QUOTES, lambda _: None)
        asked = server.asked[0]
    card = asked.body["response_format"]["json_schema"]["schema"]["$defs"]["_Card"]
    assert card["properties"]["kind"]["enum"] == ["definition", "question", "why", "how", "compare"]
    assert {"kind", "things"} <= set(card["required"])
    assert all(f'"{kind}"' in asked.prompt for kind in ("why", "how", "compare"))


def test_a_card_keeps_its_kind_and_rests_on_what_was_said() -> None:
    found = {card.kind: card for card in card_of(WHY, HOW, COMPARE, WHAT)}
    assert set(found) == {"why", "how", "compare", "definition"}
    assert found["why"].evidence.quote == VOLCANOES[1].text
    assert found["compare"].evidence.quote == f"{VOLCANOES[4].text} {VOLCANOES[5].text}"


@pytest.mark.parametrize(
    ("question", "answer", "kind"),
    [
        ("Why does magma rise?", "Because it is lighter than the rock around it.", "why"),
        ("What makes magma rise?", "It is lighter than the rock around it.", "why"),
        ("How does runny magma flow down the slope?", "It lets the gas escape and flows quietly.", "how"),
        ("How many people did Mount Tambora kill?", "About 70,000 people.", "question"),
        ("What is the difference between sticky and runny magma?", COMPARE["answer"], "compare"),
    ],
)
@pytest.mark.parametrize("named", [{}, {"kind": "question"}, {"kind": "how"}], ids=["no kind", "question", "how"])
def test_an_english_question_says_itself_what_it_asks_for(
    question: str, answer: str, kind: str, named: dict[str, str]
) -> None:
    (card,) = card_of({"question": question, "answer": answer, "sentences": []} | named)
    assert card.kind == kind


def test_cards_in_prose_have_kinds_too() -> None:
    reply = f"Q: {WHY['question']}\nA: {WHY['answer']}\n\nQ: {COMPARE['question']}\nA: {COMPARE['answer']}"
    with ModelServer(Says(reply)) as server:
        found = Endpoint(server.url, "tiny", None).flashcards(VOLCANOES, QUOTES, lambda _: None)
    assert [card.kind for card in found] == ["why", "compare"]


# ------------------------------------------------------------------------------------ hostile and careless replies


@pytest.mark.parametrize("kind", ["own", "cloze", "trick", "", None, 7, ["why"], {"a": "why"}, "WHY!!", "x" * 9_999])
def test_a_kind_that_does_not_exist_is_none(kind: object) -> None:
    question = "When did Mount Tambora erupt?"
    (card,) = card_of({"kind": kind, "question": question, "answer": "In 1815.", "sentences": [7]})
    assert card.kind == "question"


def test_a_card_of_a_made_up_kind_is_checked_like_any_other() -> None:
    assert not card_of(with_other(WHY, kind="own", answer="Because the moon pulls at it."))


@pytest.mark.parametrize(
    "change",
    [
        {"answer": "Because the moon pulls at it."},  # a reason that nobody gave
        {"answer": "Because it is heavier than the rock around it."},  # the opposite
        {"sentences": [9]},  # elsewhere
        {"sentences": [99]},
        # Said together, and not as a reason:
        MERELY_BESIDE,
        {"kind": "question", **MERELY_BESIDE},
    ],
)
def test_a_reason_that_the_lecture_does_not_give_makes_no_card(change: dict[str, object]) -> None:
    assert not card_of(with_other(WHY, **change))


@pytest.mark.parametrize(
    "change",
    [
        {"sentences": [5]},  # only one of the two is spoken of there
        {"things": ["sticky magma"]},  # compared with nothing
        {"things": ["magma", "magma"]},
        {"things": ["", "sticky magma"]},
        {"things": ["sticky magma", "gas"]},  # not in the question
        {
            "question": "How does sticky magma differ from lava?",
            "things": ["sticky magma", "lava"],
            "answer": "Sticky magma holds its gas until it bursts out in an explosion.",
            "sentences": [5],
        },
        {
            "kind": "question",  # it compares, whatever it is called
            "question": "How does sticky magma differ from lava?",
            "things": [],
            "answer": "Sticky magma holds its gas until it bursts out in an explosion.",
            "sentences": [5],
        },
    ],
)
def test_what_is_compared_must_be_spoken_of_on_both_sides(change: dict[str, object]) -> None:
    assert not card_of(with_other(COMPARE, **change))


@pytest.mark.parametrize("things", [None, "sticky magma, runny magma", [], [{"a": 1}], 5])
def test_what_is_compared_is_read_from_the_question_where_the_model_does_not_say(things: object) -> None:
    (card,) = card_of(with_other(COMPARE, things=things))
    assert card.kind == "compare"


GERMAN = tuple(
    Sentence(text, 5.0 * i, 5.0 * i + 4.5)
    for i, text in enumerate(
        [
            "Magma ist geschmolzenes Gestein, und es steigt auf, weil es leichter ist als das Gestein um es herum.",
            "Zähes Magma hält sein Gas fest, bis es in einer Explosion herausbricht.",
            "Dünnflüssiges Magma lässt das Gas entweichen und fließt ruhig den Hang hinab.",
            "Der Tambora brach 1815 aus und tötete etwa 70000 Menschen auf der Insel.",
        ]
    )
)


def test_in_another_language_the_model_says_what_a_card_compares() -> None:
    card = {
        "kind": "compare",
        "things": ["Zähes Magma", "dünnflüssiges Magma"],
        "question": "Zähes Magma hält sein Gas fest, und dünnflüssiges Magma?",
        "answer": "Es lässt das Gas entweichen.",
        "sentences": [2, 3],
    }
    assert [one.kind for one in card_of(card, lecture=GERMAN)] == ["compare"]
    assert not card_of(with_other(card, things=[]), lecture=GERMAN)
    assert not card_of(with_other(card, things=["Zähes Magma", "Granit"]), lecture=GERMAN)


# ------------------------------------------------------------------------------------ handed on


def test_kinds_are_in_every_file_and_in_the_library(tmp_path: Path) -> None:
    cards = card_of(WHY, HOW, COMPARE)
    rows = list(csv.DictReader(io.StringIO(flashcards_csv(cards).decode("utf-8-sig"))))
    assert [row["kind"] for row in rows] == ["why", "compare", "how"]
    assert flashcards_from_json(flashcards_json(cards)) == cards
    assert CARDS.validate_json(CARDS.dump_json(cards)) == cards
    target = io.BytesIO()
    transcript = Transcript((Segment(0.0, 50.0, "Magma."),), "en", "tiny", None, 50.0)
    exported = datetime(2026, 1, 1, tzinfo=UTC)
    write_deck(target, "an-id", "Magma", transcript, NOTHING, cards=cards, recording=None, exported=exported)
    anki = Anki(tmp_path)
    with closing(anki.collection):
        anki.take(target.getvalue())
        tags = {tag for note in anki.notes() for tag in note.tags}
    assert {"asks::compare", "asks::how", "asks::why"} <= tags
