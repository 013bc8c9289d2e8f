"""A transcript as paragraphs: all of it, in pieces that one can read."""

from itertools import pairwise

from lecture.files.paragraphs import LONGEST_S, SHORTEST_S, USUAL_S, paragraphs
from lecture.transcript import Segment, Transcript


def of(segments, language="en"):
    return list(paragraphs(Transcript(tuple(segments), language, "whisper", "tiny", 9e3)))


def test_a_paragraph_ends_with_a_sentence_once_it_is_long_enough():
    segments = [Segment(i * 5.0, i * 5.0 + 5, f"Sentence {i}." if i % 3 == 2 else f"part {i}") for i in range(60)]
    found = of(segments)
    assert " ".join(one.text for one in found) == " ".join(segment.text for segment in segments)
    assert all(one.text.endswith(".") for one in found)
    lengths = [later.start - one.start for one, later in pairwise(found)]
    assert all(USUAL_S <= length <= LONGEST_S for length in lengths)


def test_a_lecture_without_full_stops_is_parted_all_the_same():
    found = of(Segment(float(i), i + 1.0, "and") for i in range(600))
    assert len(found) == 600 / LONGEST_S


def test_a_pause_ends_a_paragraph():
    assert [one.start for one in of([Segment(0, 20, "a"), Segment(22, 25, "b"), Segment(27, 30, "c")])] == [0, 22]
    assert [one.start for one in of([Segment(0, 2, "a"), Segment(2 + SHORTEST_S, 25, "b")])] == [0, 2 + SHORTEST_S]


def test_empty_segments_and_scripts_without_spaces():
    assert of([]) == of([Segment(0, 1, " \x00 ")]) == []
    assert of([Segment(0, 1, "波"), Segment(1, 2, "能")], "zh")[0].text == "波能"
