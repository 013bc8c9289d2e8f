"""What counts as said: claims about a short lecture, true ones and false ones."""

from __future__ import annotations

import pytest

from lecture.sentences import Sentence
from lecture.support import find_support

LECTURE = [
    Sentence(text, 4.0 * i, 4.0 * i + 3.5)
    for i, text in enumerate(
        [
            "Working memory is the small mental space that holds the ideas you are using right now.",
            "Most adults can hold about four separate items there at the same time.",
            "Encoding is the process that turns an experience into a memory you can keep.",
            "It depends on attention, because the mind cannot store what it never noticed.",
            "However, a new memory of a word list is weak at first, and it needs sleep and repetition to settle.",
            "Consolidation is the slow process during deep sleep that makes a new memory stable and lasting.",
            "In nineteen twenty four, Jenkins and Dallenbach studied how sleeping students at Cornell remember words.",
            "A week later, the first group remembered only forty percent, and the second group remembered 61 percent.",
            "The forgetting curve is a graph that shows how memory fades over time without review.",
            "After one day, about two thirds of the list was gone.",
            "Forgetting does not always mean that a memory has been destroyed.",
            "Yet sleep is not a passive state, but an active one.",
            "There were 1,200 people in the largest trial, and students of every age took part.",
        ]
    )
]


@pytest.mark.parametrize(
    ("claim", "place"),
    [
        ("Working memory is a small mental space for the ideas you are using.", 0),
        ("Adults can hold about 4 separate items at the same time.", 1),
        ("Encoding turns experiences into memories.", 2),
        ("The mind can't store what was never noticed.", 3),
        ("A new memory is weak at first and needs sleep.", 4),
        ("Consolidation is a slow process making memories stable.", 5),
        ("Jenkins and Dallenbach studied sleeping students in 1924.", 6),
        ("The second group remembered 61% a week later.", 7),
        ("The lecture explains that the forgetting curve shows how memory fades without review.", 8),
        ("About two thirds of the list was gone after one day.", 9),
        ("Forgetting doesn't always mean a memory has been destroyed.", 10),
        ("Sleep is an active state.", 11),
        ("Students of every age took part in the largest trial.", 12),
        ("The largest trial had 1200 people.", 12),
    ],
)
def test_a_paraphrase_is_supported_by_its_sentence(claim: str, place: int) -> None:
    evidence = find_support(claim, LECTURE)
    assert evidence is not None
    assert evidence.quote == LECTURE[place].text
    assert (evidence.start, evidence.end) == (LECTURE[place].start, LECTURE[place].end)


@pytest.mark.parametrize(
    "claim",
    [
        "Adults can hold about seven separate items at the same time.",
        "Adults can hold about 5 separate items at the same time.",
        "Jenkins and Dallenbach studied sleeping students in 1925.",
        "Jenkins and Dallenbach studied sleeping students in the nineteen thirties, in 1930.",
        "The second group remembered 40% a week later.",
        "The third group remembered 61 percent.",
        "About one third of the list was gone after one day.",
        "The largest trial had 1300 people.",
    ],
)
def test_another_number_is_not_supported(claim: str) -> None:
    assert find_support(claim, LECTURE) is None


@pytest.mark.parametrize(
    "claim",
    [
        "Einstein and Dallenbach studied how sleeping students at Cornell remember words.",
        "Jenkins and Dallenbach studied how sleeping students in Boston remember words.",
        "For Freud, a new memory of a word list is weak and needs sleep and repetition to settle.",
        "Miller: adults can hold about four separate items at the same time.",
    ],
)
def test_another_name_is_not_supported(claim: str) -> None:
    assert find_support(claim, LECTURE) is None


@pytest.mark.parametrize(
    "claim",
    [
        "The mind can store what it never noticed.",
        "A new memory is not weak at first.",
        "Forgetting means that a memory has been destroyed.",
        "Sleep is a passive state.",
        "Sleep is not an active state.",
        "Encoding never turns an experience into a memory.",
        "Consolidation is the slow process during deep sleep that makes a new memory unstable and lasting.",
    ],
)
def test_the_contrary_by_negation_is_not_supported(claim: str) -> None:
    assert find_support(claim, LECTURE) is None


@pytest.mark.parametrize(
    "claim",
    [
        "Consolidation is the quick process during deep sleep that makes a new memory stable and lasting.",
        "A new memory of a word list is strong at first, and it needs sleep and repetition to settle.",
        "The forgetting curve is a graph that shows how memory fades over time with review.",
    ],
)
def test_the_opposite_word_is_not_supported(claim: str) -> None:
    assert find_support(claim, LECTURE) is None


@pytest.mark.parametrize(
    "claim",
    [
        "Dopamine is a substance that makes people happy.",
        "Consolidation depends on a healthy diet.",
        "Encoding is the process that cures depression and anxiety.",
        "The exam is cancelled and all students pass.",
        "It is so.",
        "",
    ],
)
def test_what_was_not_said_is_not_supported(claim: str) -> None:
    assert find_support(claim, LECTURE) is None


def test_neighbouring_sentences_support_a_claim_together() -> None:
    evidence = find_support("Encoding turns an experience into a memory and depends on attention.", LECTURE)
    assert evidence is not None
    assert evidence.quote == f"{LECTURE[2].text} {LECTURE[3].text}"
    assert (evidence.start, evidence.end) == (LECTURE[2].start, LECTURE[3].end)


def test_sentences_far_apart_do_not() -> None:
    assert find_support("Working memory depends on a graph without review.", LECTURE) is None


@pytest.mark.parametrize("sentence", LECTURE, ids=lambda sentence: sentence.text[:30])
def test_the_lecture_supports_its_own_words(sentence: Sentence) -> None:
    evidence = find_support(sentence.text, LECTURE)
    assert evidence is not None
    assert evidence.quote == sentence.text


def test_a_draft_without_capitals_supports_names_it_knows_and_no_others() -> None:
    draft = [Sentence(s.text.lower().rstrip("."), s.start, s.end) for s in LECTURE]
    assert find_support("Jenkins and Dallenbach studied sleeping students.", draft)
    assert find_support("Consolidation makes a new memory stable.", draft)
    assert not find_support("Einstein and Dallenbach studied sleeping students.", draft)


def test_numbers_in_words_are_numbers() -> None:
    said = [
        Sentence(
            "It weighs three hundred and forty two grams, and costs twenty five euros in two thousand twelve.", 0, 5
        )
    ]
    assert find_support("It weighs 342 grams.", said)
    assert find_support("It costs 25 euros.", said)
    assert not find_support("It weighs 340 grams.", said)
    assert not find_support("It weighs 25 grams.", said)
