import random
from pathlib import Path

import pytest

from lecture.captions import read_captions
from lecture.function_words import spoken_language
from lecture.ranking import importance, rank_sentences, stands_alone, terms, topics
from lecture.sentences import sentences

SAMPLES = Path(__file__).parent.parent / "samples"

TIDES = [
    "So, um, hello again, and let me see whether this is on.",
    "The tide is the rise and fall of the sea under the pull of the moon.",
    "I was at the beach on Sunday, as some of you know.",
    "A spring tide is a tide at new moon or full moon, when sun and moon pull together.",
    "Yeah, well, that was nice.",
    "A neap tide comes when the pull of the sun works against the pull of the moon.",
    "You will see why in a minute, I hope.",
    "The range of a spring tide in this bay is fourteen metres.",
    "Okay, and there we go.",
]


@pytest.mark.parametrize("strip", [False, True], ids=["captions", "draft without punctuation"])
def test_what_a_lecture_defines_comes_before_chatter(strip):
    said = [s.lower().replace(",", "").replace(".", "") for s in TIDES] if strip else TIDES
    assert set(rank_sentences(said, 0, len(said))[:4]) == {1, 3, 5, 7}


def test_a_definition_says_more_than_the_same_words_in_a_question():
    said = ["Does a groyne or a harbour slow the sand?", "Right.", "A groyne is a harbour that slows the sand."]
    scores = importance(said)
    assert scores[2] > scores[0]


def test_importance_is_highest_where_ranking_begins():
    scores = importance(TIDES)
    assert sorted(scores, reverse=True)[:4] == sorted((scores[i] for i in (1, 3, 5, 7)), reverse=True)


def test_of_two_equal_sentences_the_first_is_ranked_first_and_the_last_of_a_stretch_is_not():
    said = ["The moon pulls the sea."] * 4
    assert rank_sentences(said, 0, 4) == [0, 1, 2, 3]


def test_a_stretch_is_ranked_by_what_is_spoken_of_there():
    moon, salt = "The moon pulls the sea.", "The salt fills the lake."
    moons = ["The moon is bright.", "A sea without a moon is still.", "A full moon stirs every sea."]
    salts = ["The salt is white.", "A lake without salt is fresh.", "Much salt stops every lake."]
    said = [*moons, salt, moon, "Right.", *salts, moon, salt, "Right."]
    of_moon, of_salt = rank_sentences(said, 0, 6), rank_sentences(said, 6, 12)
    assert of_moon.index(4) < of_moon.index(3)
    assert of_salt.index(10) < of_salt.index(9)


def test_ranking_gives_every_index_of_the_stretch_once():
    said = TIDES * 5
    assert sorted(rank_sentences(said, 3, 29)) == list(range(3, 29))
    assert rank_sentences(said, 4, 4) == []
    assert rank_sentences(["", "...", "—"], 0, 3) in ([0, 1, 2], [1, 0, 2])


def test_the_definitions_of_the_demonstration_lecture_are_near_the_top():
    said = [s.text for s in sentences(read_captions(SAMPLES / "how-memory-works.vtt"))]
    top = " ".join(said[i] for i in rank_sentences(said, 0, len(said))[:15])
    defined = ["Working memory is", "Memory encoding is", "Long-term memory is", "The forgetting curve is"]
    assert all(term in top for term in defined)
    assert "Thank you for listening" not in top


GERMAN = [
    "Also die Zelle ist von einer Hülle umgeben.",
    "Und die Hülle lässt nur das Wasser in die Zelle.",
    "Das ist auch sehr gut so, wie wir noch sehen werden.",
    "In der Zelle liegt der Kern, und der Kern hat auch eine Hülle.",
]
CHINESE = ["细胞膜是细胞的外层。", "细胞膜控制水的进出。", "大家好。", "细胞核在细胞的中间。"]


def test_function_words_of_other_languages_are_no_topics():
    assert {"zelle", "hülle", "kern"} <= {topic for said in topics(GERMAN) for topic in said}
    assert not {"die", "und", "der", "wir", "auch"} & {topic for said in topics(GERMAN) for topic in said}
    assert spoken_language("the cell has a wall and it is thin".split()) == "en"
    assert spoken_language(" ".join(GERMAN).lower().split()) == "de"
    assert spoken_language("wazungu hawakuona simba porini".split()) is None


def test_words_that_are_everywhere_are_no_topics_of_a_language_without_a_list():
    words = ["simba", "nyoka", "tembo", "twiga", "chui", "fisi", "kifaru", "nyani", "mamba", "kiboko"]
    said = [f"katika mbuga {word} huyu" for word in words]
    assert [list(found) for found in topics(said)] == [[word] for word in words]


def test_writing_without_spaces_has_topics_and_ranks():
    assert "细胞" in topics(CHINESE)[0]
    assert rank_sentences(CHINESE, 0, 4)[0] != 2
    assert topics(["การสังเคราะห์ด้วยแสงต้องใช้แสง"])[0]


def test_signs_on_letters_do_not_cut_words():
    assert terms("हिन्दी भाषा") == ["हिन्दी", "भाषा"]
    assert terms("the memory's trace, re-written") == ["memory", "trace", "re-written"]


def test_the_same_lecture_is_always_ranked_the_same():
    said = TIDES * 3
    other = random.Random(1).sample(TIDES, len(TIDES))
    first = rank_sentences(said, 0, len(said))
    rank_sentences(other, 0, len(other))
    assert rank_sentences(list(said), 0, len(said)) == first


def test_what_leans_on_the_sentence_before_does_not_stand_alone():
    assert stands_alone("A spring tide comes at new moon.")
    assert not stands_alone("And this is why it comes at new moon.")
    assert not stands_alone("A tide.")
