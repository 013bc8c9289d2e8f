"""Cards in the lecture's own words: what is asked, and what is left alone."""

from pathlib import Path

import pytest

from lecture.captions import read_captions
from lecture.chapters import find_chapters
from lecture.flashcards import GAP, Flashcard, identified, quoting_cards, spread
from lecture.learning.quality import good_cards
from lecture.learning.usability import least_usable
from lecture.learning.vocabulary import vocabulary
from lecture.notes import Evidence, Notes
from lecture.sentences import Sentence, sentences
from lecture.transcript import Transcript
from lecture.writers import Extractive
from tests.fixtures import media
from tests.test_notes import in_pieces, transcript

BEES = (
    "Honey bees live in large colonies with a single queen. "
    "A worker bee gathers nectar and pollen from flowers. "
    "Every colony stores honey for the winter. "
)
"""What makes a lecture of a single sentence long enough to have words of its own."""


def cards_of(text: str) -> list[Flashcard]:
    """The built-in writer's cards of a text, without those of the sentences about bees."""
    found = sentences(in_pieces(text + " " + BEES, 5))
    return [card for card in quoting_cards(found, notes_of(found)) if card.evidence.quote not in BEES]


def notes_of(found: tuple[Sentence, ...]) -> Notes:
    chapters = find_chapters([s.text for s in found], [s.start for s in found])
    return Extractive().notes(found, chapters, "medium", lambda share: None, lambda statement: None)


def asked(text: str) -> list[tuple[str, str]]:
    return [(card.question, card.answer) for card in cards_of(text)]


# --------------------------------------------------------------------------------------------- questions


def test_a_definition_becomes_a_question():
    (card,) = cards_of("So, osmosis is the movement of water through a membrane.")
    assert (card.question, card.answer) == ("What is osmosis?", "The movement of water through a membrane.")
    assert card.kind == "definition"
    assert card.evidence.quote == "So, osmosis is the movement of water through a membrane."


def test_of_two_definitions_in_a_sentence_a_card_asks_for_one():
    assert asked("Mitosis is the division of a nucleus into two, and meiosis is the division into four.") == [
        ("What is mitosis?", "The division of a nucleus into two.")
    ]


def test_a_list_in_a_definition_is_kept_whole():
    ((_, answer),) = asked("Metabolism is the sum of reactions that build, change, or break down molecules.")
    assert answer == "The sum of reactions that build, change, or break down molecules."


@pytest.mark.parametrize(
    "text",
    [
        "It is the reason why we sleep at night.",
        "This is a way to remember more of it.",
        "The problem is the lack of time for it.",
        "What we need is a better way of doing it.",
        "There is a long list of other examples here.",
        "Relevance is a tough problem in many fields of work.",
        "Lambda is the largest distance between the two of them.",
    ],
)
def test_what_defines_no_term_becomes_no_question(text):
    assert not [card for card in cards_of(text) if card.kind == "definition"]


@pytest.mark.parametrize(
    "text",
    [
        "The answer was given by the man with the comet in 1715.",
        "The temperature of x is 40 degrees when Lambda is small.",
        "The state of the colonies are about 40 degrees in winter.",
        "Most hives are find at about 40 degrees in winter.",
    ],
)
def test_a_subject_of_before_a_formula_or_bad_grammar_makes_no_card(text):
    assert cards_of(text) == []


def test_a_reason_is_asked_for():
    assert asked("Polar foxes are white in winter because snow hides them from hungry bears.") == [
        ("Why are polar foxes white in winter?", "Because snow hides them from hungry bears.")
    ]


def test_where_the_verb_cannot_change_places_the_question_goes_around_it():
    assert asked("Desert plants grow long roots because water lies deep below the ground.") == [
        ("Why is it that desert plants grow long roots?", "Because water lies deep below the ground.")
    ]


def test_a_name_keeps_its_capital_in_a_question():
    found = asked(
        "Kepler needed good data, and Kepler found it. Kepler used ellipses because circles did not fit Mars."
    )
    assert ("Why is it that Kepler used ellipses?", "Because circles did not fit Mars.") in found


@pytest.mark.parametrize(
    "text",
    [
        "He left the city because the plague had come to it.",
        "Iron rusts because of that.",
        "The result was wrong because the input had been lost.",
        "Bread rises because, as I said, yeast makes gas.",
    ],
)
def test_a_reason_that_cannot_be_understood_alone_is_not_asked_for(text):
    assert not [card for card in cards_of(text) if card.question.startswith("Why")]


def test_it_is_asked_who_did_something_and_when_something_was_done():
    assert asked("Alexander Fleming discovered penicillin in a London hospital.") == [
        ("Who discovered penicillin in a London hospital?", "Alexander Fleming.")
    ]
    assert asked("The Eiffel Tower in Paris was finished in 1889.") == [
        ("When was the Eiffel Tower in Paris finished?", "In 1889.")
    ]


# --------------------------------------------------------------------------------------------- gaps


@pytest.mark.parametrize(
    ("text", "question", "answer"),
    [
        (
            "A frozen river of snow is sometimes called a glacier.",
            f"A frozen river of snow is sometimes called a {GAP}.",
            "glacier",
        ),
        (
            "After 1492 European ships carried potatoes and maize across the ocean.",
            f"After {GAP} European ships carried potatoes and maize across the ocean.",
            "1492",
        ),
        (
            "An adult blue whale weighs about 4.5 million ounces without its food.",
            f"An adult blue whale weighs about {GAP} million ounces without its food.",
            "4.5",
        ),
        (
            "Spring water is cold. Volcanic islands grow where hot rock rises through the spring water.",
            f"Volcanic islands grow where hot rock rises through the {GAP}.",
            "spring water",
        ),
    ],
)
def test_a_gap_stands_for_a_whole_name_number_or_term(text, question, answer):
    card = next(card for card in cards_of(text) if card.question == question)
    assert (card.answer, card.kind) == (answer, "cloze")


@pytest.mark.parametrize(
    "text",
    [
        "Of the honey we speak tomorrow in this honey lecture about honey.",
        "They keep about 400 people in that colony there.",
        "So, um, the bees they they bring 30 grams of of honey.",
        "The bees on this slide carry 30 grams of honey.",
        "As I said, the colony has 30 thousand bees.",
        "And then 30 thousand bees of the.",
        "Okay, 30 thousand bees, right?",
    ],
)
def test_a_sentence_that_leans_on_something_or_is_broken_gets_no_gap(text):
    assert cards_of(text) == []


def test_no_sentence_makes_two_cards_and_no_two_say_the_same():
    text = (
        "Osmosis is the movement of water through a membrane. Now, osmosis is the movement of water through membranes."
    )
    assert len(cards_of(text)) == 1


# --------------------------------------------------------------------------------------------- whole lectures


@pytest.fixture(scope="module")
def lecture() -> Transcript:
    return read_captions(Path(media.SAMPLE).with_suffix(".vtt"), "captions.vtt")


def test_cards_of_the_demonstration_lecture(lecture):
    found = sentences(lecture)
    notes = notes_of(found)
    cards = quoting_cards(found, notes)
    assert len(cards) >= 10
    assert good_cards(cards, found, notes) == (identified(cards), {})
    quotes = {s.text: s for s in found}
    for card in cards:
        assert card.evidence.start == quotes[card.evidence.quote].start
        assert card.answer.rstrip(".").lower() in card.evidence.quote.lower()
    assert {"what is working memory?", "what is the forgetting curve?"} <= {card.question.lower() for card in cards}
    without = [c for c in notes.chapters if not any(c.start <= card.evidence.start < c.end for card in cards)]
    assert set(without) <= set(notes.chapters[:1]), "only the introduction may be without a card"


def test_a_draft_without_full_stops_gets_fewer_cards_and_they_are_whole(lecture):
    draft = transcript(
        *(
            type(s)(s.start, s.end, " ".join(w.strip(".,;:?!").lower() for w in s.text.split()))
            for s in lecture.segments
        )
    )
    found = sentences(draft)
    cards = quoting_cards(found, notes_of(found))
    assert 4 <= len(cards) < len(quoting_cards(sentences(lecture), notes_of(sentences(lecture))))
    assert "What is working memory?" in {card.question for card in cards}
    assert not good_cards(cards, found, notes_of(found))[1]


GERMAN = [
    "Die Photosynthese ist der Vorgang, bei dem Pflanzen aus Licht Energie gewinnen.",
    "Ohne Chlorophyll kann die Photosynthese in den Blättern nicht beginnen.",
    "Das Chlorophyll liegt in den Chloroplasten, und die Chloroplasten liegen in den Zellen.",
    "In jeder Zelle eines Blattes liegen viele Chloroplasten mit Chlorophyll.",
    "Das haben wir hier gestern an den Chloroplasten und dem Chlorophyll schon gesehen.",
    "Die Pflanzen geben bei der Photosynthese Sauerstoff an die Luft ab.",
]


def test_another_language_gets_gaps_of_its_terms_alone():
    found = tuple(Sentence(text, 5.0 * i, 5.0 * i + 5) for i, text in enumerate(GERMAN))
    cards = quoting_cards(found, Notes((), (), "extractive"))
    assert cards
    assert {card.kind for card in cards} == {"cloze"}
    assert {card.answer for card in cards} <= {"Chlorophyll", "Chloroplasten", "Photosynthese"}
    assert not any("gestern" in card.question for card in cards)


def test_a_long_lecture_gets_two_dozen_cards_for_an_hour_from_all_its_parts():
    def of_length(count: int) -> tuple[Flashcard, ...]:
        names = ["".join(chr(97 + int(digit)) for digit in f"{i:03}") for i in range(count)]
        said = [f"The {name}ium plant is a tree that grows beside the river {name.title()}o." for name in names]
        found = tuple(Sentence(text, 6.0 * i, 6.0 * i + 6) for i, text in enumerate(said))
        return quoting_cards(found, notes_of(found))

    an_hour = of_length(600)
    assert 20 <= len(an_hour) <= 24
    for quarter in range(4):
        assert any(900 * quarter <= card.evidence.start < 900 * (quarter + 1) for card in an_hour)
    assert len(of_length(24)) <= 12


TALK = [
    "So the the ants they follow a.",
    "An ant colonies is uses trails of.",
    "and trails of scent are laid by the.",
    "So here we we see trails and scent.",
    "Okay so ants and ants and food.",
    "So ants leave scent on the food.",
    "Ants find food by trails of scent.",
]
"""Speech that was recognised badly."""


def test_rough_speech_gets_a_card_only_of_words_that_it_says_again():
    def of(*sentences: str) -> set[str]:
        found = tuple(Sentence(text, 5.0 * i, 5.0 * i + 5) for i, text in enumerate([*sentences, *TALK]))
        return {
            card.question for card in quoting_cards(found, Notes((), (), "extractive")) if card.kind == "definition"
        }

    said, heard = (
        "Scent trails are the paths that lead ants to food.",
        "Scent trails are the bass that bleed aunts to fodder.",
    )
    assert of(said, "Scent trails matter.", "Scent trails fade.") == {"What are scent trails?"}
    assert of(heard, "Scent trails matter.", "Scent trails fade.") == set()


GRAPHS = [
    "Okay, so, um, good morning everybody, let's get going.",
    "So last week we looked at sorting, and today it's graphs.",
    "So, you know, a graph is basically a set of vertices and a set of edges between them.",
    "And the the degree of a vertex is the number of edges that touch it, right?",
    "Now, here's the thing.",
    "So this one here has, what, three edges, as you can see on the slide.",
    "And if you look over there, that's the other one.",
    "So an edge can have a weight, and then we have a weighted graph, okay?",
    "The weight of an edge is, like, the length of a road.",
    "And so what we want is the shortest path.",
    "Now a path is just a sequence of edges that leads from one vertex to another.",
    "I don't know, maybe that's obvious.",
    "So we can compute the shortest path with a priority queue, okay, and the queue gives us the closest vertex.",
    "Yeah, and I had a student who who did this the wrong way.",
    "So a negative weight breaks that, because the the algorithm never goes back.",
    "So if a graph has a cycle of negative weight, then there is no shortest path.",
    "And we'll see that next week, I guess.",
    "A tree is a graph without a cycle, you know.",
    "And a spanning tree touches every vertex of the graph with as few edges as possible.",
    "So one way to store a graph is, you know, a matrix.",
    "In an adjacency matrix, each row stands for a vertex.",
    "So that costs memory.",
    "And the adjacency matrix wastes memory if the graph has few edges.",
    "So, all right, that's the end.",
]
"""Speech as a lecturer speaks it, recognised well."""


def of_speech(*sentences: str) -> dict[str, Flashcard]:
    """The cards of a spoken lecture that passed the gate, by the sentence they rest on."""
    found = tuple(Sentence(text, 5.0 * i, 5.0 * i + 5) for i, text in enumerate(sentences))
    notes = notes_of(found)
    kept, rejected = good_cards(quoting_cards(found, notes), found, notes)
    assert not rejected
    return {card.evidence.quote: card for card in kept}


def test_free_speech_gets_several_cards_without_its_openers_and_fillers():
    cards = of_speech(*GRAPHS)
    assert 4 <= len(cards) <= 12
    graph = cards[GRAPHS[2]]
    assert (graph.question, graph.answer) == ("What is a graph?", "A set of vertices and a set of edges between them.")
    degree = cards[GRAPHS[3]]
    assert degree.question.replace(GAP, degree.answer) == "The degree of a vertex is the number of edges that touch it."
    cycle = cards[GRAPHS[15]]
    assert cycle.question.startswith("If a ")
    for card in cards.values():
        assert not {"so", "um", "okay", "basically", "like", "know"} & set(card.question.lower().split())


def test_of_a_long_spoken_sentence_a_card_shows_the_part_that_says_something():
    card = of_speech(*GRAPHS)[GRAPHS[12]]
    assert card.question.replace(GAP, card.answer) == "We can compute the shortest path with a priority queue."


def test_speech_that_points_stumbles_or_tells_of_the_course_gets_no_card():
    cards = of_speech(*GRAPHS)
    for at in (0, 1, 4, 5, 6, 9, 11, 13, 14, 16, 21, 23):
        assert GRAPHS[at] not in cards


BROKEN_GRAPHS = [
    "So the graph of it has is the vertex edges.",
    "Graph together the edges of vertex becausw and weight.",
    "We over at the graph of tropical vertex edge.",
    "Small graphs from a small graph and therefore edges has large weight.",
    "The red line is the graph of the vertex.",
    "And edges of of edges it goes the vertex the weight.",
]


@pytest.mark.parametrize("broken", BROKEN_GRAPHS)
def test_speech_that_was_not_heard_rightly_gets_no_card(broken):
    assert broken not in of_speech(*GRAPHS, broken)


def test_the_worse_a_lecture_was_heard_the_more_a_card_must_be_worth():
    worth = [least_usable(share / 100) for share in (0, 8, 14, 20, 60)]
    assert worth[0] == worth[1] < worth[2] < worth[3] == worth[4]
    heard = of_speech(*GRAPHS)
    misheard = of_speech(*GRAPHS, *(f"of the the graph {word} is are a." for word in "one two three four".split() * 6))
    assert 1 <= len(misheard) < len(heard)


def test_a_term_of_an_example_is_worth_less_than_one_of_the_whole_lecture():
    words = vocabulary((*(f"So the vertex number {n} has an edge." for n in range(19)), "So the umbrella is wet."))
    assert words.reach("vertex") == 10
    assert words.reach("umbrella") == 1
    assert words.weight("vertex") > words.weight("number")


def test_nothing_said_makes_no_cards():
    assert quoting_cards((), Notes((), (), "extractive")) == ()


# --------------------------------------------------------------------------------------------- ids and order


def card_at(start: float, question: str = "What is it?") -> Flashcard:
    return Flashcard(question, "Something.", Evidence("Something.", start, start + 1))


def test_the_same_card_gets_the_same_id_again_and_keeps_the_one_it_has():
    one, same, other = identified([card_at(1), card_at(2), card_at(1, "Who is it?")])
    assert one.id == same.id != other.id
    assert identified([one]) == (one,)


def test_spread_takes_from_the_whole_lecture_in_its_order():
    cards = [card_at(float(start)) for start in range(100)]
    chosen = [card.evidence.start for card in spread(cards[::-1])]
    assert len(chosen) == 24
    assert chosen == sorted(chosen)
    assert chosen[0] < 5
    assert chosen[-1] > 90
    assert len(spread(cards, 10)) == 10
