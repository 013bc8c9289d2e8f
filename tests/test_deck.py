"""A lecture's cards as the student changes them."""

from dataclasses import replace

import pytest

from lecture.errors import LectureError
from lecture.flashcards import Flashcard, identified
from lecture.learning.deck import Deck
from lecture.library import Entry, Library
from lecture.notes import Evidence
from tests.fixtures.lectures import said


@pytest.fixture
def library(tmp_path, database) -> Library:
    return Library(folder=tmp_path / "library")


@pytest.fixture
def deck(library) -> Deck:
    return Deck(library)


@pytest.fixture
def lecture(library) -> Entry:
    return said(library, "Osmosis is the movement of water.", "Diffusion is the movement of particles in a room.")


def cards(library: Library, lecture: Entry) -> tuple[Flashcard, ...]:
    return library.lecture(lecture.id).flashcards


def test_a_card_keeps_its_id_when_it_is_edited(library, deck, lecture):
    first = cards(library, lecture)[0]
    deck.edit(lecture.id, first.id, "  What is\nosmosis? ", "Water that moves.")
    expected = replace(first, question="What is osmosis?", answer="Water that moves.", edited=True)
    assert cards(library, lecture)[0] == expected
    assert cards(library, lecture)[1:] == cards(Library(folder=library.folder), lecture)[1:]


def test_the_same_card_made_again_has_the_same_id_and_others_have_others(library, lecture):
    made = cards(library, lecture)
    assert len({card.id for card in made}) == len(made) >= 2
    assert identified(replace(card, id="") for card in made) == made


def test_cards_are_starred_deleted_and_added(library, deck, lecture):
    first, *others = cards(library, lecture)
    deck.star(lecture.id, first.id, True)
    assert cards(library, lecture)[0].starred
    deck.star(lecture.id, first.id, False)
    deck.delete(lecture.id, others[0].id)
    deck.add(lecture.id, "Mine?", "Yes.", 2.5, "mine")
    assert [card.id for card in cards(library, lecture)].count("mine") == 1
    assert others[0] not in cards(library, lecture)
    own = next(card for card in cards(library, lecture) if card.id == "mine")
    assert own == Flashcard("Mine?", "Yes.", Evidence("", 2.5, 2.5), "own", "mine")
    starts = [card.evidence.start for card in cards(library, lecture)]
    assert starts == sorted(starts)


@pytest.mark.parametrize(("question", "answer"), [("", "x"), ("x", " \n"), ("x" * 1001, "x"), ("x", "x" * 1001)])
def test_a_card_without_a_side_or_too_long_is_refused_and_nothing_changes(library, deck, lecture, question, answer):
    before = cards(library, lecture)
    with pytest.raises(LectureError):
        deck.add(lecture.id, question, answer, 0.0)
    with pytest.raises(LectureError):
        deck.edit(lecture.id, before[0].id, question, answer)
    assert cards(library, lecture) == before


def test_what_is_not_there_is_not_changed(library, deck, lecture):
    before = cards(library, lecture)
    deck.edit(lecture.id, "no such card", "a", "b")
    deck.delete("no such lecture", before[0].id)
    deck.star(lecture.id, "no such card", True)
    assert cards(library, lecture) == before
