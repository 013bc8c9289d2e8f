"""Multiple choice: what is asked, what is offered beside the right answer, and how far a quiz was answered."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from random import Random

import pytest

from lecture.captions import read_captions
from lecture.checking.support import find_support
from lecture.flashcards import GAP, Flashcard, identified
from lecture.learning.definitions import key_terms
from lecture.learning.quiz_figures import figures, others_like
from lecture.learning.quiz_material import Material
from lecture.learning.quiz_names import find_names, may_hold
from lecture.learning.quiz_options import stands_out
from lecture.learning.quiz_questions import candidates
from lecture.learning.quiz_spoken import may_be_said
from lecture.learning.quizzes import Quizzes
from lecture.library import Entry, Library
from lecture.notes import Evidence, Notes, find_chapters
from lecture.process import Earlier, Record, Settings, process
from lecture.proposals import Proposals
from lecture.quiz import Question, Quiz, make_quiz
from lecture.sentences import Sentence, sentences
from lecture.writers import Extractive
from tests.fixtures import media
from tests.fixtures.lectures import NOW, add, make_ready, said
from tests.test_flashcards import GRAPHS

ROOT = Path(__file__).parents[1]
SCRIPTS = {path.stem: path for path in (ROOT / "benchmarks" / "data" / "lectures").glob("*.md")}
LECTURES = [*sorted(SCRIPTS), "how-memory-works"]
SEEDS = range(5)
GAPS = ("number", "name", "gap")
WORDED = ("meaning", "reason", "card")


def spoken(*texts: str) -> tuple[Sentence, ...]:
    """Sentences of five seconds each."""
    return tuple(Sentence(text, 5.0 * i, 5.0 * i + 5) for i, text in enumerate(texts))


@cache
def lecture(name: str) -> tuple[Sentence, ...]:
    if name not in SCRIPTS:
        return sentences(read_captions(media.SAMPLE.with_suffix(".vtt"), "captions.vtt"))
    lines = SCRIPTS[name].read_text(encoding="utf-8").splitlines()
    return spoken(*(line.strip() for line in lines if line.strip() and not line.startswith("#")))


@cache
def made(heard: tuple[Sentence, ...]) -> tuple[Notes, tuple[Flashcard, ...]]:
    """The built-in writer's notes and cards."""
    writer = Extractive()
    chapters = find_chapters([s.text for s in heard], [s.start for s in heard])
    notes = writer.notes(heard, chapters, "medium", lambda share: None, lambda statement: None)
    notes = replace(notes, key_terms=key_terms(heard))
    return notes, identified(writer.flashcards(heard, notes, lambda share: None))


@cache
def asked(heard: tuple[Sentence, ...], seed: int = 0) -> tuple[Question, ...]:
    notes, cards = made(heard)
    return make_quiz(heard, notes, cards, seed)


def everything_asked() -> list[tuple[tuple[Sentence, ...], Question]]:
    return [(lecture(name), question) for name in LECTURES for seed in SEEDS for question in asked(lecture(name), seed)]


def wrong(question: Question) -> list[str]:
    return [option for place, option in enumerate(question.options) if place != question.right]


def squeezed(text: str) -> str:
    """Letters and digits alone, in lower case."""
    return re.sub(r"[\W_]+", " ", text).casefold().strip()


# --------------------------------------------------------------------------------------------- what is asked


@pytest.mark.parametrize("name", LECTURES)
def test_a_lecture_makes_a_quiz_of_most_of_its_chapters_and_of_several_kinds(name):
    for seed in SEEDS:
        questions = asked(lecture(name), seed)
        starts = [chapter.start for chapter in made(lecture(name))[0].chapters]
        chapters = {sum(start <= question.evidence.start for start in starts) for question in questions}
        assert 7 <= len(questions) <= 12
        assert len(chapters) > len(starts) / 2
        assert len({question.kind for question in questions}) >= 3
        times = [question.evidence.start for question in questions]
        assert times == sorted(times)


def test_every_question_has_four_different_options_and_its_words_were_said_at_its_moment():
    for heard, question in everything_asked():
        assert len({squeezed(option) for option in question.options}) == 4, question
        assert 0 <= question.right < 4
        at_the_moment = next(s for s in heard if s.start == question.evidence.start)
        assert at_the_moment.text == question.evidence.quote
        if question.kind != "card":
            assert squeezed(question.answer) in squeezed(question.evidence.quote), question


def test_no_wrong_option_is_right_as_well():
    """Neither said in the evidence, nor a form or a part of the right one, nor supported by another sentence."""
    for heard, question in everything_asked():
        quote = squeezed(question.evidence.quote)
        others = [sentence for sentence in heard if sentence.text != question.evidence.quote]
        for option in wrong(question):
            mine, right = squeezed(option), squeezed(question.answer)
            assert f" {mine} " not in f" {quote} ", question
            assert mine.rstrip("s") != right.rstrip("s"), question
            if question.kind in ("term", "gap", "name"):
                assert not set(mine.split()) >= set(right.split()), question
                assert not set(mine.split()) <= set(right.split()), question
            if question.kind in GAPS:
                claim = question.prompt.partition("“")[2].rstrip("”").replace(GAP, option)
                assert find_support(claim, others) is None, question


def test_options_are_of_one_kind_and_none_stands_out_by_its_form():
    for heard, question in everything_asked():
        options = question.options
        assert len({option[0].isupper() for option in options if option[0].isalpha()}) <= 1, question
        if question.kind == "number":
            assert len({option[0].isdigit() for option in options}) == 1
            assert len({"." in option for option in options}) == len({"," in option for option in options}) == 1
            values = [figures(f"{option} metres")[0].value for option in options]
            assert values == sorted(values)
            assert all(larger >= 1.05 * less or larger - less >= 3 for less, larger in pairwise(values))
        if question.kind == "name":
            known = {name.full: name for name in find_names([sentence.text for sentence in heard])}
            assert len({known[option].kind for option in options}) == 1
            assert len({" " in option for option in options}) == 1
        if question.kind in WORDED:
            lengths = sorted(map(len, wrong(question)))
            assert 0.75 * lengths[0] <= len(question.answer) <= 1.25 * lengths[-1], question
        article = re.search(rf"\b(an?) {GAP}", question.prompt)
        if article:
            assert all((option[0] in "aeiou") == (article[1] == "an") for option in options), question


def test_after_an_article_stand_only_words_that_can_follow_it():
    heard = spoken(
        "A lever is a bar that turns about a fixed point.",
        "Nothing else is as old as the tools of the builders.",
        "A wedge is a piece of wood that splits what it enters.",
        "Builders have used all of them for thousands of years.",
        "A pulley is a wheel that guides the rope over its rim.",
        "Every workshop keeps some of them on its shelves today.",
        "A screw is a thread that climbs around a metal cylinder.",
        "Many of them were already known in ancient Egypt.",
        "An axle is a rod that carries the wheels of a cart.",
        "Oil makes the work of all machines a little easier.",
        "Friction is a force that slows whatever slides over the ground.",
        "Grease keeps it small where metal slides on metal.",
        "A hammer is a weight that drives nails into the planks.",
    )
    found = [one for one in candidates(Material(heard, *made(heard))) if one.kind == "gap"]
    gaps = [question for one in found for seed in range(20) if (question := one.make(Random(seed), 0))]
    after_a = [question for question in gaps if f"A {GAP}" in question.prompt]
    assert after_a
    assert not any({"axle", "friction"} & set(question.options) for question in after_a)


def test_no_prompt_tells_its_answer_or_that_of_another_question():
    for name in LECTURES:
        for seed in SEEDS:
            questions = asked(lecture(name), seed)
            for question in questions:
                assert f" {squeezed(question.answer)} " not in f" {squeezed(question.prompt)} ", question
            for one, other in combinations(questions, 2):
                assert one.evidence.quote != other.evidence.quote
                assert one.prompt != other.prompt
                for a, b in ((one, other), (other, one)):
                    if a.kind in ("term", "gap", "name"):
                        assert squeezed(a.answer) not in squeezed(b.prompt), (a, b)


def test_a_sentence_that_leans_on_others_is_not_asked_about():
    leaning = re.compile(r"[“.] ?(?:It|This|That|These|Those|He|She|They|But|And|So|Here|There)\b")
    for _, question in everything_asked():
        assert not leaning.search(question.prompt), question


def test_the_same_seed_gives_the_same_quiz_and_others_give_others():
    for name in LECTURES:
        notes, cards = made(lecture(name))
        assert make_quiz(lecture(name), notes, cards, 3) == asked(lecture(name), 3)
        ids = [tuple(question.id for question in asked(lecture(name), seed)) for seed in SEEDS]
        assert len(set(ids)) == len(SEEDS)


def test_the_right_option_stands_at_every_place():
    places = [question.right for _, question in everything_asked()]
    assert all(places.count(place) > 0.15 * len(places) for place in range(4))
    for name in LECTURES:
        assert len({question.right for question in asked(lecture(name))}) == 4


def test_what_the_lecture_says_of_the_other_terms_goes_with_the_question():
    terms = [question for _, question in everything_asked() if question.kind == "term"]
    told = [
        (option, remark)
        for question in terms
        for option, remark in zip(question.options, question.remarks, strict=True)
        if remark
    ]
    assert len(told) > len(terms)
    assert all(option.casefold() in remark.casefold() for option, remark in told)


def test_reasons_and_a_models_cards_are_asked_beside_other_reasons():
    heard = spoken(
        "Ice floats.", "The sky scatters light.", "A bridge grows in summer.", "Salt eats the hulls of ships."
    )
    reasons = [
        ("Why does ice float on water?", "It takes more room than the water it was made from."),
        ("Why is the sky blue?", "Short waves of light are scattered more than long ones."),
        ("Why do bridges have gaps?", "Steel grows in the heat of a long summer day."),
        ("Why do ships rust?", "Iron binds oxygen wherever salt and moisture reach it."),
    ]
    cards = identified(
        Flashcard(question, answer, Evidence(s.text, s.start, s.end))
        for (question, answer), s in zip(reasons, heard, strict=True)
    )
    questions = make_quiz(heard, Notes((), (), "a model"), cards)
    assert {question.prompt for question in questions} == {question for question, _ in reasons}
    for question in questions:
        assert set(question.options) == {answer.rstrip(".") for _, answer in reasons}
        assert f"{question.answer}." == dict(reasons)[question.prompt]


def test_a_right_answer_that_its_length_gives_away_is_not_asked_for():
    others = [f"Because the wind of the {word} blows over the sea" for word in ("north", "south", "east")]
    assert not stands_out("Because the moon pulls at the water of seas", others)
    assert stands_out("Because of the moon", others)
    assert stands_out(f"{others[0]} and pulls at all the water of it", others)
    heard = spoken("Tides rise.", "Ice floats.", "The sky is wide.", "Ships rust.")
    answers = ["The moon pulls", *(f"{other}." for other in others)]
    cards = identified(
        Flashcard(f"Why does {what}?", answer, Evidence(s.text, s.start, s.end))
        for what, answer, s in zip(("a tide rise", "ice float", "it rain", "iron rust"), answers, heard, strict=True)
    )
    assert not make_quiz(heard, Notes((), (), "a model"), cards)


def test_free_speech_gets_several_questions_with_its_own_terms_for_options():
    heard = spoken(*GRAPHS, "And an algorithm has a cost.", "So the adjacency matrix is a table.", "A queue is a list.")
    questions = asked(heard)
    assert len(questions) >= 4
    for question in questions:
        claim = question.prompt.partition("“")[2].rstrip("”").replace(GAP, question.answer)
        assert claim[0].isupper()
        assert not {"so", "um", "okay", "basically"} & set(claim.lower().split())
        said_often = " ".join(sentence.text for sentence in heard).lower()
        assert all(option.lower() in said_often for option in question.options)


def test_of_free_speech_an_option_that_another_sentence_says_is_right_as_well():
    said = ["A worker feeds the larvae of the hive.", "So, you know, the queen, she also feeds the larvae of a hive."]
    claim = "A queen feeds the larvae of the hive."
    assert may_be_said(claim, "queen", 0, said)
    assert not may_be_said("A drone feeds the larvae of the hive.", "drone", 0, said)
    assert not may_be_said(claim, "queen", 1, said), "its own sentence does not count"


def test_own_and_edited_cards_are_not_asked_since_nothing_proves_them():
    card = Flashcard("Why me?", "Because I said so, and nobody else.", Evidence("", 0, 0), "own", "mine")
    cards = [replace(card, id=str(i), answer=f"{card.answer} {i}") for i in range(5)]
    assert make_quiz(spoken("Nothing was said."), Notes((), (), "x"), cards) == ()


# --------------------------------------------------------------------------------------------- other texts


OTHER_SCRIPTS = {
    "German": "Die Brücke über den Fluss {} wurde im Jahr {} nach langer Arbeit endlich für alle Menschen eröffnet.",
    "Russian": "Мост через большую реку {} был построен в {} году после долгой и очень трудной работы инженеров.",
    "Greek": "Η γέφυρα στο ποτάμι {} χτίστηκε το {} μετά από πολύ καιρό και πολλή δουλειά των μηχανικών.",
    "Arabic": "تم بناء الجسر فوق النهر الكبير {} في عام {} بعد عمل طويل وشاق قام به المهندسون.",
    "Chinese": "经过工程师们多年的辛苦工作，大河上的第{}座桥终于在 {} 年建成了。",
}


@pytest.mark.parametrize("language", OTHER_SCRIPTS)
def test_other_scripts_make_gaps_for_figures_or_nothing(language):
    places = "Alpha Beta Gamma Delta Epsilon Zeta".split()
    years = (1771, 1802, 1834, 1866, 1899, 1923)
    heard = spoken(*(OTHER_SCRIPTS[language].format(a, b) for a, b in zip(places, years, strict=True)))
    questions = asked(heard)
    assert questions or language == "Chinese"
    for question in questions:
        assert question.kind == "number"
        assert GAP in question.prompt
        assert int(question.answer) in years
        assert question.answer in question.evidence.quote


@pytest.mark.parametrize("text", ["", "Ein einfacher Satz.", "Just one plain sentence, and no more.", "光は波です。"])
def test_a_plain_sentence_makes_no_question(text):
    assert asked(spoken(text) if text else ()) == ()


def test_a_draft_without_punctuation_makes_gaps_alone():
    heard = spoken(*(re.sub(r"[^\w\s'-]", "", s.text).lower() for s in lecture("how-memory-works")))
    questions = [question for seed in SEEDS for question in asked(heard, seed)]
    assert questions
    assert {question.kind for question in questions} <= {"number", "gap"}


def test_markup_in_what_was_said_is_text_like_any_other():
    heard = spoken(
        *(
            f"The bridge <b>of {place}</b> & co was opened to the public in the year {year}."
            for place, year in (("Elba", 1812), ("Capri", 1840), ("Malta", 1871), ("Corfu", 1903))
        )
    )
    assert all("&lt;" not in question.prompt for question in asked(heard))


# --------------------------------------------------------------------------------------------- figures and names


@pytest.mark.parametrize(
    ("text", "said", "kind", "lone"),
    [
        ("It was opened in July 1940 by a king.", "1940", "year", True),
        ("The span is 1,280 metres.", "1,280", "count", True),
        ("It kept sixty-one percent of it.", "sixty-one", "share", True),
        ("It kept 61 % of it.", "61", "share", True),
        ("Between 200 and 1,000 metres it wins.", "200", "count", False),
        ("It killed three of every ten people.", "three", "count", False),
        ("There are two main types.", "two", "count", False),
        ("See chapter 12 apples.", "12", "count", False),
        ("It is 2.4 metres deep.", "2.4", "count", True),
    ],
)
def test_a_figure_is_read_with_its_kind_and_asked_for_only_alone(text, said, kind, lone):
    figure = next(figure for figure in figures(text) if figure.said == said)
    assert (figure.kind, figure.lone) == (kind, lone)


@pytest.mark.parametrize(
    "text", ["about 95 percent of them", "in 1883 it stood", "2.4 metres", "1,280 metres", "forty men"]
)
def test_other_figures_are_of_the_same_form_and_not_too_near(text):
    figure = next(figure for figure in figures(text) if figure.lone)
    for seed in range(40):
        for below in range(4):
            others = others_like(figure, [], below, (1000, 2020), Random(seed))
            assert others is not None
            assert len({*others, figure.said}) == 4
            for other in others:
                assert other[0].isdigit() == figure.said[0].isdigit()
                assert ("," in other, "." in other) == ("," in figure.said, "." in figure.said)
                value = figures(f"{other} metres")[0].value
                assert abs(value - figure.value) >= (4 if figure.kind == "year" else 0.16 * figure.value)
                assert figure.kind != "share" or value < 100


def test_people_and_places_are_told_apart_and_towns_from_their_countries():
    found = find_names([sentence.text for sentence in lecture("why-bridges-stand")])
    kinds = {name.full: name.kind for name in found}
    assert kinds["Robert Hooke"] == kinds["Benjamin Baker"] == "person"
    assert kinds["Scotland"] == kinds["Japan"] == kinds["London"] == "place"
    assert not {"Forth Bridge", "Brooklyn Bridge", "July", "Roman"} & kinds.keys()
    named = {name.full: name for name in found}
    assert may_hold(named["London"], named["England"])
    assert may_hold(named["England"], named["Scotland"])
    assert may_hold(named["Zhaozhou"], named["France"])
    assert not may_hold(named["Japan"], named["Scotland"])


# --------------------------------------------------------------------------------------------- answering


@pytest.fixture
def quiz() -> Quiz:
    return Quiz.of(asked(lecture("how-memory-works"))[:4], seed=0)


def play(quiz: Quiz, rightly: bool | list[bool]) -> Quiz:
    """Answer what is asked, to the end."""
    todo = list(rightly) if isinstance(rightly, list) else [rightly] * len(quiz.asked)
    for well in todo:
        question = quiz.current
        assert question
        option = question.right if well else (question.right + 1) % 4
        quiz = quiz.answered(question.id, option).gone_on(question.id)
    return quiz


def test_a_question_is_not_scored_twice(quiz):
    first = quiz.questions[0]
    missed = quiz.answered(first.id, (first.right + 1) % 4)
    assert missed.attempted == 1
    assert missed.answered(first.id, first.right) is missed
    hit = quiz.answered(first.id, first.right)
    assert hit.answered(first.id, first.right) is hit
    assert (missed.score, hit.score, hit.attempted) == (0, 1, 1)


def test_what_is_not_there_is_no_answer(quiz):
    first = quiz.questions[0]
    assert quiz.answered("no such question", 0) is quiz
    assert quiz.answered(first.id, 4) is quiz
    assert quiz.answered(first.id, -1) is quiz


def test_the_next_question_comes_once_this_one_is_answered(quiz):
    first, second, *_ = quiz.questions
    assert quiz.current == first
    assert quiz.gone_on(first.id) is quiz
    on = quiz.answered(first.id, 0).gone_on(first.id)
    assert on.current == second
    assert on.gone_on(first.id) is on


def test_only_the_wrong_ones_are_tried_again_until_all_are_known(quiz):
    played = play(quiz, [True, False, True, False])
    assert played.current is None
    assert (played.score, played.known) == (2, 2)
    again = played.retry_wrong()
    assert again.asked == (quiz.questions[1].id, quiz.questions[3].id)
    assert (again.round, again.attempted, again.score, again.known) == (2, 0, 0, 2)
    assert again.answered(quiz.questions[0].id, 0) is again
    played = play(again, [True, False])
    assert (played.score, played.known) == (1, 3)
    last = play(played.retry_wrong(), True)
    assert last.asked == (quiz.questions[3].id,)
    assert (last.score, last.known, last.wrong) == (1, 4, ())
    assert last.retry_wrong() is last


def test_nothing_is_tried_again_before_the_end(quiz):
    first = quiz.questions[0]
    missed = quiz.answered(first.id, (first.right + 1) % 4)
    assert missed.retry_wrong() is missed


# --------------------------------------------------------------------------------------------- in the library


@pytest.fixture
def library(tmp_path, database) -> Library:
    return Library(folder=tmp_path / "library")


@pytest.fixture
def memory(library) -> Entry:
    add(library, media.SAMPLE.with_suffix(".vtt").read_bytes(), "memory.vtt")
    return make_ready(library)


@pytest.fixture
def quizzes(library) -> Quizzes:
    return Quizzes(library)


def test_a_quiz_is_there_again_as_it_was(library, quizzes, memory):
    assert quizzes.of(memory.id) is None
    begun = quizzes.begin(memory.id)
    assert begun and len(begun.questions) > 6
    first = begun.questions[0]
    quizzes.answer(memory.id, first.id, 2)
    gone_on = quizzes.go_on(memory.id, first.id)
    again = Quizzes(Library(folder=library.folder))
    assert again.of(memory.id) == gone_on == begun.answered(first.id, 2).gone_on(first.id)
    assert again.begin(memory.id) == gone_on


def test_what_one_tab_answered_another_cannot_change(quizzes, library, memory):
    begun = quizzes.begin(memory.id)
    first = begun.questions[0]
    other_tab = Quizzes(Library(folder=library.folder))
    quizzes.answer(memory.id, first.id, 1)
    assert other_tab.answer(memory.id, first.id, 2).answers == {first.id: 1}
    assert quizzes.go_on(memory.id, first.id) == other_tab.go_on(memory.id, first.id)


def test_answers_at_the_same_moment_are_all_kept_and_each_once(library, quizzes, memory):
    begun = quizzes.begin(memory.id)
    tabs = [Quizzes(Library(folder=library.folder)) for _ in range(4)]
    answers = [(tab, question.id, place) for question in begun.questions for place, tab in enumerate(tabs)]
    with ThreadPoolExecutor(len(tabs)) as at_once:
        seen = list(at_once.map(lambda one: one[0].answer(memory.id, one[1], one[2]).answers[one[1]], answers))
    kept = quizzes.of(memory.id).answers
    assert kept.keys() == {question.id for question in begun.questions}
    assert seen == [kept[question_id] for _, question_id, _ in answers]


def test_quizzes_begun_at_the_same_moment_are_one(library, memory):
    tabs = [Quizzes(Library(folder=library.folder)) for _ in range(4)]
    with ThreadPoolExecutor(len(tabs)) as at_once:
        begun = list(at_once.map(lambda tab: tab.begin(memory.id), tabs))
    assert all(quiz == begun[0] for quiz in begun)


def test_a_corrected_line_and_new_notes_leave_a_quiz_as_it_is_until_it_is_renewed(library, quizzes, memory):
    begun = quizzes.begin(memory.id)
    line = next(s for s in library.lecture(memory.id).transcript.segments if "Consolidation is" in s.text)
    number = library.lecture(memory.id).transcript.segments.index(line)
    library.correct(memory.id, number, line.text, line.text.replace("Consolidation", "Hardening"))
    Proposals(library).write_again(memory.id, Settings(), NOW)
    write_next(library)
    Proposals(library).accept(memory.id)
    assert quizzes.of(memory.id) == begun
    renewed = quizzes.renew(memory.id, begun.seed)
    assert renewed.seed == begun.seed + 1
    assert {q.id for q in renewed.questions} != {q.id for q in begun.questions}
    assert "Consolidation" not in str(renewed)
    assert quizzes.renew(memory.id, begun.seed) == renewed == quizzes.of(memory.id)


class AtHand(Record):
    """As the worker does it: what was said is known."""

    def __init__(self, library: Library, lecture_id: str) -> None:
        self._transcript = library.transcript_at_hand(lecture_id)

    def earlier(self) -> Earlier:
        return Earlier(transcript=self._transcript)


def write_next(library: Library) -> None:
    """Do what waits, here and now."""
    entry = library.take_next()
    library.finish(entry.id, process(entry.source, entry.settings, AtHand(library, entry.id)), NOW)


def test_the_wrong_ones_are_tried_again_in_the_library_too(quizzes, memory):
    quiz = quizzes.begin(memory.id)
    for question in quiz.questions:
        missed = question == quiz.questions[1]
        quizzes.answer(memory.id, question.id, (question.right + missed) % 4)
        quizzes.go_on(memory.id, question.id)
    again = quizzes.retry_wrong(memory.id)
    assert again == quizzes.of(memory.id)
    assert again.asked == (quiz.questions[1].id,)


def test_a_lecture_that_says_too_little_has_an_empty_quiz(library, quizzes):
    plain = said(library, "That is all there is.")
    assert quizzes.begin(plain.id) == quizzes.of(plain.id) == Quiz.of((), 0)
    assert quizzes.of(plain.id).current is None


def test_a_quiz_goes_with_its_lecture_and_none_is_made_for_one_that_is_not_there(library, quizzes, memory):
    quizzes.begin(memory.id)
    library.delete(memory.id)
    assert quizzes.of(memory.id) is None
    assert quizzes.begin(memory.id) is None
    assert quizzes.answer(memory.id, "x", 0) is None
    assert quizzes.renew(memory.id, 0) is None
