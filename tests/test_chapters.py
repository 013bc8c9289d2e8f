import time
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.notes import borders, f_score, headed_text, marked_text
from lecture.captions import read_captions
from lecture.chapters import chapter_titles, find_chapters
from lecture.sentences import sentences

SAMPLES = Path(__file__).parent.parent / "samples"

BEES = """
The hive of the honey bee has one queen and thousands of workers.
The queen lays all the eggs of the hive.
The workers feed the larvae with pollen and honey.
Pollen is carried to the hive in small baskets on the legs of the workers.
Honey is made of nectar, which the workers dry with their wings.
A strong hive keeps twenty kilos of honey for the winter.
When the hive is full the old queen leaves with half of the workers.
The larvae of a new queen get a special food from the workers.
Without nectar and pollen the larvae starve.
In winter the workers keep the queen warm in the middle of the hive.
""".strip().splitlines()
STEEL = """
Steel is iron with a little carbon in it.
The furnace melts the ore, and the carbon of the coke takes the oxygen out of the ore.
Iron from the furnace has too much carbon and breaks.
Oxygen is blown through the melted iron to burn the carbon.
Steel with more carbon is hard, and steel with less carbon bends.
The slag swims on the iron in the furnace and is poured off.
Old steel goes back into the furnace with the ore.
A furnace burns for years, since cold iron would crack its walls.
Nickel in the steel keeps oxygen from turning the iron to rust.
Slag from the furnace ends up in roads.
""".strip().splitlines()
CHAT = [
    "Well, I do not know about you.",
    "It was quite late.",
    "Somebody had said so before.",
    "We should maybe go there again.",
    "You may say what you like.",
    "They really went on and on.",
] * 8

GERMAN = """
Die Zellmembran ist eine dünne Hülle um die Zelle.
Die Zellmembran lässt Wasser in die Zelle.
Salze gehen durch die Zellmembran nur mit Hilfe von Kanälen.
In der Zelle liegt der Zellkern.
Der Zellkern enthält die Gene der Zelle.
Kommen wir nun zum Licht der Sonne und den Blättern.
Das Blattgrün fängt in den Blättern das Licht ein.
Aus Kohlendioxid und Wasser entsteht mit dem Licht der Zucker.
Ohne das Licht gibt es in den Blättern keinen Zucker.
Das Blattgrün ist ein Farbstoff in den Blättern.
""".strip().splitlines()
CHINESE = """
细胞膜是细胞的外层。
细胞膜控制水的进出。
细胞核在细胞的中间。
细胞核和细胞膜都很重要。
接下来我们讲光合作用。
光合作用需要阳光。
植物的叶绿素吸收阳光。
没有阳光就没有光合作用。
""".strip().splitlines()


def draft(said: list[str]) -> list[str]:
    return [s.lower().replace(",", "").replace(".", "") for s in said]


# --------------------------------------------------------------------------------------------- where


@pytest.mark.parametrize("write", [list, draft], ids=["captions", "draft without punctuation"])
def test_a_lecture_that_turns_to_something_else_has_a_chapter_there(write):
    assert find_chapters(write(BEES + STEEL)) == [0, 10]


def test_one_topic_is_one_chapter_however_long():
    assert find_chapters(BEES) == [0]
    mixed = [BEES[i * 7 % 10] for i in range(60)]
    assert find_chapters(mixed) == [0]


def test_talk_without_topics_has_no_chapters():
    assert find_chapters(CHAT) == [0]


def test_how_many_chapters_depends_on_what_is_said_and_not_on_how_much():
    two_long = [BEES[i * 3 % 10] for i in range(40)] + [STEEL[i * 3 % 10] for i in range(40)]
    assert len(find_chapters(two_long)) == len(find_chapters(BEES + STEEL)) == 2


def test_what_the_lecturer_announces_draws_the_border():
    plain = [*BEES[:9], "Winter is hard.", "Iron is everywhere.", *STEEL[1:]]
    turned = [*BEES[:9], "Let us now turn to metals.", "Iron is everywhere.", *STEEL[1:]]
    assert find_chapters(turned) == [0, 9]
    assert find_chapters(plain) != [0, 9]


def test_a_long_pause_draws_the_border():
    said = [*BEES, "Summer is warm.", "Fire glows.", "Smoke is dirty.", *STEEL]

    def starts(pause_before: int) -> list[float]:
        at = [0.0]
        for i, sentence in enumerate(said[:-1], start=1):
            at.append(at[-1] + 0.06 * len(sentence) + 0.3 + 8 * (i == pause_before))
        return at

    assert {find_chapters(said, starts(place))[1] for place in (10, 12, 13)} == {10, 12, 13}
    assert find_chapters(said, [0.0] * len(said)) == find_chapters(said)


def test_the_chapters_of_the_demonstration_lecture_begin_at_its_headings():
    said = sentences(read_captions(SAMPLES / "how-memory-works.vtt"))
    _, headings = headed_text(SAMPLES / "how-memory-works.md")
    chapters = find_chapters([s.text for s in said], [s.start for s in said])
    assert set(headings) <= set(chapters)
    assert len(chapters) <= len(headings) + 2


@pytest.mark.parametrize("said", [GERMAN, CHINESE], ids=["German", "Chinese"])
def test_other_languages_have_chapters_too(said):
    assert find_chapters(said) == [0, len(said) // 2 if said is CHINESE else 5]


@pytest.mark.parametrize("count", range(8))
def test_a_very_short_lecture_has_one_chapter(count):
    assert find_chapters(BEES[:count], [float(i) for i in range(count)]) == [0] * bool(count)


@pytest.mark.parametrize("said", [[""] * 5, ["..."] * 50, ["um"] * 50, ["การสังเคราะห์ด้วยแสง"] * 20, ["🙂 🙂"] * 9])
def test_what_is_no_text_gets_chapters_and_titles_without_complaint(said):
    chapters = find_chapters(said)
    assert chapters[0] == 0
    assert all(a < b < len(said) for a, b in pairwise(chapters))
    titles = chapter_titles(said, chapters)
    assert all(titles) and len(titles) == len(set(titles)) == len(chapters)


def test_three_hours_take_little_longer_a_sentence_than_twenty_minutes():
    short = [f"{s} Number{i // 9} and thing{i % 83}." for i, s in enumerate((BEES + STEEL) * 15)]
    long = [f"{s} Number{i // 9} and thing{i % 83}." for i, s in enumerate((BEES + STEEL) * 150)]

    def took(said: list[str]) -> float:
        began = time.perf_counter()
        find_chapters(said)
        return time.perf_counter() - began

    assert took(long) < 60 * min(took([*short, str(i)]) for i in range(3))


# --------------------------------------------------------------------------------------------- titles


def test_a_title_is_what_the_chapter_speaks_of_more_than_the_others():
    bees, steel = chapter_titles(BEES + STEEL, [0, 10])
    assert set(bees.lower().split(" and ")) <= {"hive", "workers", "queen", "honey"}
    assert set(steel.lower().split(" and ")) <= {"furnace", "iron", "carbon", "steel", "ore", "oxygen"}


def test_a_term_of_several_words_and_a_term_that_is_defined_are_preferred():
    said = [
        "Spring tides come with the new moon.",
        "The water is high in spring tides.",
        "In the bay spring tides lift the water by fourteen metres.",
        "Let us go on.",
        "A delta is a fan of mud at the mouth of a river.",
        "The river brings mud.",
        "Mud sinks where the river is slow.",
    ]
    titles = chapter_titles(said, [0, 3])
    assert titles[0] == "Spring tides"
    assert "delta" in titles[1].lower()


def test_the_question_that_a_chapter_sets_out_to_answer_is_its_title():
    said = [*BEES, "Now let us turn to the second question, which is why iron rusts.", *STEEL]
    assert chapter_titles(said, [0, 10])[1] == "Why iron rusts"
    said[10] = "Now let us see how this is done."
    assert "how this" not in chapter_titles(said, [0, 10])[1].lower()


@pytest.mark.parametrize("write", [list, draft], ids=["captions", "draft"])
def test_titles_are_phrases_of_their_chapter_and_no_two_alike(write):
    said = write([s.text for s in sentences(read_captions(SAMPLES / "how-memory-works.vtt"))])
    chapters = find_chapters(said)
    titles = chapter_titles(said, chapters)
    assert len(titles) == len(set(titles)) == len(chapters)
    for title, begin, end in zip(titles, chapters, [*chapters[1:], len(said)], strict=True):
        text = " ".join(said[begin:end]).lower()
        assert all(part.lower() in text for part in title.split(" and "))
        assert title[0].isupper()
        assert 1 <= len(title.split()) <= 6
        assert title.split()[-1].lower() not in {"the", "of", "is", "a", "and", "to", "we"}


def test_proper_names_and_abbreviations_keep_their_capitals():
    said = ["The DNA of Gregor Mendel was never seen.", "The DNA is long.", "Gregor Mendel grew peas."]
    assert chapter_titles(said, [0])[0] in {"Gregor Mendel", "DNA", "DNA and Gregor Mendel"}


def test_titles_in_other_languages():
    german, chinese = chapter_titles(GERMAN, [0, 5]), chapter_titles(CHINESE, [0, 4])
    assert "Zell" in german[0] and {"Licht", "Blättern", "Blattgrün", "Zucker"} & set(german[1].split())
    assert "细胞" in chinese[0] and "光" in chinese[1]


def test_a_chapter_that_names_nothing_is_called_by_its_first_words_or_its_number():
    titles = chapter_titles([*CHAT[:4], "Volcanoes slept."], [0, 4])
    assert titles == ["Part 1", "Volcanoes slept"]
    assert chapter_titles([], []) == []


# --------------------------------------------------------------------------------------------- the benchmark's measures


def test_pk_and_window_diff_are_as_defined():
    perfect = borders([0, 4], [0, 4], 8)
    assert (perfect.pk, perfect.window_diff, perfect.found, perfect.true) == (0.0, 0.0, 2, 2)
    # Windows of two sentences; those that begin at 2 and 3 hold the border, as one of six each.
    assert borders([4], [], 8).pk == pytest.approx(2 / 6)
    one_too_many = borders([4], [4, 5], 8)
    assert one_too_many.pk == pytest.approx(1 / 6)
    assert one_too_many.window_diff == pytest.approx(2 / 6)


def test_f_score_is_of_mean_precision_and_mean_recall():
    assert f_score([([2, 0, 1], {2})], 1) == pytest.approx(1.0)
    assert f_score([([2, 0, 1, 3], {2, 3})], 2) == pytest.approx(0.5)
    assert f_score([([0, 1], {1}), ([0], {0})], 3) == pytest.approx(2 * 0.75 * 1.0 / 1.75)


def test_marked_texts_are_read_sentence_by_sentence(tmp_path):
    (tmp_path / "a.ref").write_text("=====\nOne.\nTwo.\n\n=====\nThree.\n=====\n", encoding="utf-8")
    assert marked_text(tmp_path / "a.ref") == (["One.", "Two.", "Three."], [2])
