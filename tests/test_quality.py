"""What the gate lets through, and what it keeps out, by reason."""

import pytest

from lecture.flashcards import GAP, Flashcard
from lecture.learning.faults import BROKEN, NEEDS_CONTEXT, is_broken, needs_context
from lecture.learning.quality import (
    CUT,
    GIVEN_AWAY,
    GUESSED,
    LONG,
    REASONS,
    REPEATED,
    SEVERAL,
    SHORT,
    UNSUPPORTED,
    good_cards,
)
from lecture.notes import Evidence, Notes
from lecture.sentences import Sentence

SAID = (
    "Good morning, and welcome to the lecture about volcanoes.",
    "Magma is molten rock that lies below the surface of the Earth.",
    "Lava is molten rock that has reached the surface.",
    "Basalt is dark because iron colours it, and it flows easily because it holds little silica.",
    "In 1902 Mount Pelée destroyed the town of Saint-Pierre, and about 28,000 people died.",
    "He survived in a prison cell, as I said.",
    "Shield volcanoes are wide and flat, while stratovolcanoes are steep and tall.",
    "So, um, the ash the ash can stop an engine.",
    "Giant clouds of ash cooled the whole world by 0.5 degrees in 1816.",
    "This happened again in 1991, here in this picture.",
)
LECTURE = tuple(Sentence(text, 10.0 * i, 10.0 * i + 10) for i, text in enumerate(SAID))
NOTES = Notes((), (), "extractive")


def card(question: str, answer: str, sentence: int, until: int | None = None) -> Flashcard:
    cited = LECTURE[sentence : (until or sentence) + 1]
    quote = " ".join(one.text for one in cited)
    return Flashcard(
        question, answer, Evidence(quote, cited[0].start, cited[-1].end), "cloze" if GAP in question else "question"
    )


def reasons(*cards: Flashcard, notes: Notes = NOTES) -> dict[str, int]:
    return dict(good_cards(cards, LECTURE, notes)[1])


GOOD = [
    card("What is magma?", "Molten rock that lies below the surface of the Earth.", 1),
    card("Why is basalt dark?", "Because iron colours it.", 3),
    card("Which volcano destroyed Saint-Pierre in 1902?", "Mount Pelée.", 4),
    card("How many people died when Mount Pelée destroyed Saint-Pierre?", "About 28,000.", 4),
    card("What shape do shield volcanoes have?", "They are wide and flat.", 6),
    card(f"Giant clouds of ash cooled the whole world by {GAP} degrees in 1816.", "0.5", 8),
    card(f"In 1902 {GAP} destroyed the town of Saint-Pierre.", "Mount Pelée", 4),
]


@pytest.mark.parametrize("good", GOOD, ids=lambda card: card.question)
def test_a_good_card_passes(good):
    kept, rejected = good_cards([good], LECTURE, NOTES)
    assert not rejected
    assert [one.question for one in kept] == [good.question]
    assert kept[0].id


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (card("Why did he survive?", "In a prison cell he survived.", 5), NEEDS_CONTEXT),
        (card("What happened here in 1991?", "Clouds of ash.", 9), NEEDS_CONTEXT),
        (card("What does this picture show?", "Ash in 1991.", 9), NEEDS_CONTEXT),
        (card("What is the topic of the lecture?", "Volcanoes.", 0), NEEDS_CONTEXT),
        (card("What is lava?", "That is molten rock that has reached the surface.", 2), NEEDS_CONTEXT),
        (card(f"{GAP} happened again in 1991, here in this picture.", "This", 9), SHORT),
        (card("Which one is the first kind of volcano?", "Shield volcanoes.", 6), NEEDS_CONTEXT),
        (card(f"The ash, um, the ash can stop an {GAP}.", "engine", 7), BROKEN),
        (card("What can the the ash stop?", "An engine.", 7), BROKEN),
        (card("Is lava molten rock that has reached the surface?", "Molten rock has reached the surface.", 2), GUESSED),
        (card("What about basalt and iron in it?", "Yes.", 3), GUESSED),
        (card("Which of the following is dark?", "Basalt.", 3), GUESSED),
        (
            card(
                "What is lava that has reached the surface as molten rock?",
                "Molten rock that has reached the surface.",
                2,
            ),
            GIVEN_AWAY,
        ),
        (card(f"Magma is molten rock that lies below the surface of the Earth: {GAP}.", "magma", 1), GIVEN_AWAY),
        (card("When did Mount Pelée destroy a town in 1902?", "In 1902.", 4), GIVEN_AWAY),
        (card("What is magma and where is lava?", "Molten rock below the surface.", 1, 2), SEVERAL),
        (card("What is magma? What is lava?", "Molten rock below the surface.", 1, 2), SEVERAL),
        (card("What is magma?", "Molten rock. It lies below the surface of the Earth.", 1), SEVERAL),
        (card(f"{GAP} is molten rock that lies below the {GAP} of the Earth.", "Magma", 1), SEVERAL),
        (card("What is magma?", " ".join(["Molten rock below the surface"] * 10), 1), LONG),
        (card("Magma?", "Molten rock below the surface.", 1), SHORT),
        (card("What is magma like below the surface?", "Like that of it.", 1), SHORT),
        (card("What is magma?", "Frozen water that floats on the polar seas.", 1), UNSUPPORTED),
        (card("How many people died when Mount Pelée destroyed Saint-Pierre?", "About 38,000.", 4), UNSUPPORTED),
        (card("Which volcano destroyed Saint-Pierre in 1902?", "Mount Etna.", 4), UNSUPPORTED),
        (card("Which volcano destroyed Pompeii in 79?", "Mount Pelée.", 4), UNSUPPORTED),
        (card("What is magma?", "Molten rock that has reached the surface.", 4), UNSUPPORTED),
        (card(f"Giant clouds of ash warmed the whole world by {GAP} degrees in 1816.", "0.5", 8), UNSUPPORTED),
        (card(f"Giant clouds of ash cooled the whole world by 0.{GAP} degrees in 1816.", "5", 8), CUT),
        (card(f"In 1902 Mount {GAP} destroyed the town of Saint-Pierre.", "Pelée", 4), CUT),
        (card(f"In 1902 Mount Pelée destroyed the town of Saint-{GAP}.", "Pierre", 4), CUT),
    ],
    ids=lambda value: value.question if isinstance(value, Flashcard) else value,
)
def test_a_bad_card_is_left_out_for_its_reason(bad, reason):
    assert reasons(bad) == {reason: 1}


@pytest.mark.parametrize(
    ("alone", "leaning"),
    [
        ("A path leads from one vertex to another.", "A path leads to another."),
        ("A model is an assignment of values to variables.", "The assignment is due on Friday."),
        ("A bid binds the buyer for the rest of the auction.", "A bid binds the rest."),
        (
            "A negative weight breaks the search because paths grow.",
            "A negative weight breaks that, because paths grow.",
        ),
    ],
)
def test_words_that_point_elsewhere_may_have_what_they_point_to_beside_them(alone, leaning):
    assert not needs_context(alone)
    assert needs_context(leaning)


def test_an_abbreviation_is_no_hesitation():
    assert not is_broken("An HMM has hidden states.")
    assert is_broken("Hmm an automaton has hidden states.")


def test_a_quote_that_the_lecture_does_not_have_supports_nothing():
    invented = Evidence("Magma is molten rock that lies below the crust of Mars.", 10.0, 20.0)
    assert reasons(Flashcard("What is magma?", "Molten rock that lies below the crust of Mars.", invented)) == {
        UNSUPPORTED: 1
    }
    elsewhere = Evidence(SAID[1], 50.0, 60.0)
    assert reasons(Flashcard("What is magma?", "Molten rock that lies below the surface.", elsewhere)) == {
        UNSUPPORTED: 1
    }


@pytest.mark.parametrize(
    "again",
    [
        card("What is magma?", "Molten rock below the Earth's surface.", 1),
        card("What's magma?", "Molten rock that lies below the surface of the Earth.", 1),
        card(f"Magma is {GAP} that lies below the surface of the Earth.", "molten rock", 1),
        card(f"{GAP} is molten rock that lies below the surface of the Earth.", "Magma", 1),
    ],
    ids=lambda card: card.question,
)
def test_the_second_of_two_that_say_the_same_is_left_out(again):
    kept, rejected = good_cards([GOOD[0], again], LECTURE, NOTES)
    assert rejected == {REPEATED: 1}
    assert [one.question for one in kept] == ["What is magma?"]


def test_cards_about_like_things_are_not_the_same():
    assert reasons(GOOD[0], card("What is lava?", "Molten rock that has reached the surface.", 2)) == {}


def test_the_students_own_cards_are_never_left_out():
    own = Flashcard("This?", "That.", Evidence("", 3.0, 3.0), "own")
    kept, rejected = good_cards([own, own], LECTURE, NOTES)
    assert len(kept) == 2
    assert not rejected


def test_reasons_are_counted_and_the_rest_stays_in_the_lectures_order():
    cards = [
        GOOD[4],
        card("What does this show?", "Ash in 1991.", 9),
        GOOD[0],
        card("Why did he survive?", "He was in a cell.", 5),
    ]
    kept, rejected = good_cards(cards, LECTURE, NOTES)
    assert rejected == {NEEDS_CONTEXT: 2}
    assert [one.question for one in kept] == [GOOD[0].question, GOOD[4].question]
    assert set(rejected) <= set(REASONS)


def test_translated_cards_are_judged_by_their_words_alone():
    german = Notes((), (), "a model", language="de")
    translated = card("Was ist Magma?", "Geschmolzenes Gestein unter der Oberfläche der Erde.", 1)
    assert reasons(translated, notes=german) == {}
    assert reasons(card("Magma bedeutet was?", "Geschmolzenes Gestein unter der Erde.", 1)) == {UNSUPPORTED: 1}
    assert reasons(card("Was zeigt dieses Bild von Magma?", "Gestein.", 1), notes=german) == {NEEDS_CONTEXT: 1}


def test_nothing_comes_of_nothing():
    assert good_cards((), LECTURE, NOTES) == ((), {})
    assert good_cards(GOOD[:1], (), NOTES) == ((), {UNSUPPORTED: 1})
