from itertools import pairwise
from pathlib import Path

import pytest

from lecture.captions import read_captions
from lecture.learning.definitions import key_terms
from lecture.notes import Chapter, Evidence, Notes, Statement, find_chapters, in_order, rank_sentences, share_drawn_on
from lecture.ranking import terms
from lecture.sentences import Sentence, sentences
from lecture.transcript import Segment, Transcript
from lecture.writers import Extractive, Length
from tests.fixtures import media


def transcript(*segments: Segment) -> Transcript:
    return Transcript(segments, "en", "captions", None, segments[-1].end if segments else 0.0)


def in_pieces(text: str, words: int, pause: float = 0.0) -> Transcript:
    """The text as caption fragments of so many words, half a second a word."""
    said, pieces, at = text.split(), [], 0.0
    for i in range(0, len(said), words):
        part = said[i : i + words]
        pieces.append(Segment(at, at + 0.5 * len(part), " ".join(part)))
        at = pieces[-1].end + pause
    return transcript(*pieces)


@pytest.fixture(scope="module")
def lecture() -> Transcript:
    return read_captions(Path(media.SAMPLE).with_suffix(".vtt"), "captions.vtt")


@pytest.fixture(scope="module")
def draft(lecture) -> Transcript:
    """The same as a recogniser without punctuation gives it."""
    return transcript(
        *(
            Segment(s.start, s.end, " ".join(w.strip(".,;:?!").lower() for w in s.text.split()))
            for s in lecture.segments
        )
    )


# --------------------------------------------------------------------------------------------- sentences


def test_fragments_are_put_together_and_cut_at_full_stops():
    found = sentences(
        in_pieces("Light is a wave. It bends, e.g. in glass, by 1.5 times. Dr. Snell found why! Who knew?", 3)
    )
    assert [s.text for s in found] == [
        "Light is a wave.",
        "It bends, e.g. in glass, by 1.5 times.",
        "Dr. Snell found why!",
        "Who knew?",
    ]
    assert found[0].start == 0.0
    assert found[1].start == pytest.approx(2.0, abs=0.4)
    assert found[-1].end == pytest.approx(9.0)


def test_text_without_full_stops_is_cut_where_the_speaker_pauses():
    found = sentences(
        transcript(
            Segment(0, 2, "light is a wave"),
            Segment(2.1, 3, "in a field"),
            Segment(4, 6, "and it bends in glass"),
        )
    )
    assert [(s.text, s.start, s.end) for s in found] == [
        ("light is a wave in a field", 0, 3),
        ("and it bends in glass", 4, 6),
    ]


def test_other_scripts_full_stops_count():
    assert len(sentences(transcript(Segment(0, 4, "光は波です。水で曲がります。")))) == 2


def test_nothing_said_gives_no_sentences():
    assert sentences(transcript()) == ()


def test_every_word_is_in_exactly_one_sentence_and_times_never_run_backwards(lecture):
    found = sentences(lecture)
    assert " ".join(s.text for s in found) == " ".join(s.text for s in lecture.segments)
    assert all(a.end <= b.start + 0.001 for a, b in pairwise(found))


# --------------------------------------------------------------------------------------------- ranking


def test_every_sentence_is_ranked_once_and_those_that_say_something_come_first():
    said = [
        "So, yeah, let us go on.",
        "Osmosis is the movement of water through a membrane towards the side with more salt.",
        "Okay, and that is that, as I said.",
        "A plant cell in fresh water swells, because osmosis carries water into it.",
    ]
    order = rank_sentences(said, 0, 4)
    assert sorted(order) == [0, 1, 2, 3]
    assert set(order[:2]) == {1, 3}
    assert sorted(rank_sentences(said, 2, 4)) == [2, 3]


def test_terms_are_content_words_without_endings():
    assert terms("The memories that we're keeping, and a memory kept") == ["memory", "keep", "memory", "kept"]


# --------------------------------------------------------------------------------------------- the built-in writer


def written(said: tuple[Sentence, ...], length: Length = "medium", told: list[Statement] | None = None) -> Notes:
    chapters = find_chapters([s.text for s in said], [s.start for s in said])
    told = [] if told is None else told
    return Extractive().notes(said, chapters, length, lambda share: None, told.append)


@pytest.mark.parametrize("length", ["short", "medium", "long"])
@pytest.mark.parametrize("said", ["lecture", "draft"])
def test_every_statement_is_a_sentence_of_the_lecture_with_its_time(said, length, request):
    found = sentences(request.getfixturevalue(said))
    notes = written(found, length)
    by_text = {s.text: s for s in found}
    for statement in (*notes.summary, *notes.key_points):
        sentence = by_text[statement.evidence.quote]
        assert statement.text.lower() == sentence.text.lower()
        assert (statement.evidence.start, statement.evidence.end) == (sentence.start, sentence.end)


def test_the_summary_covers_the_lecture_in_order_and_key_points_repeat_nothing(lecture):
    notes = written(sentences(lecture))
    starts = [s.evidence.start for s in notes.summary]
    assert starts == sorted(starts)
    for part in range(3):
        assert any(part / 3 <= start / lecture.duration < (part + 1) / 3 for start in starts)
    assert not {s.text for s in notes.summary} & {s.text for s in notes.key_points}


def test_a_longer_summary_has_more_sentences(lecture):
    sizes = [len(written(sentences(lecture), n).summary) for n in ("short", "medium", "long")]
    assert sizes == sorted(set(sizes))


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_very_short_lecture_has_notes_too(count, lecture):
    found = sentences(lecture)[3 : 3 + count]
    notes = written(found)
    assert len(notes.summary) == count
    assert Extractive().flashcards(found, notes, lambda share: None) is not None


def test_chapters_follow_each_other_without_gaps_and_hold_what_was_said_in_them(lecture, draft):
    for said in (lecture, draft):
        found = sentences(said)
        notes = written(found, "long")
        assert 3 <= len(notes.chapters) <= 10
        assert (notes.chapters[0].start, notes.chapters[-1].end) == (found[0].start, found[-1].end)
        assert all(one.end == other.start for one, other in pairwise(notes.chapters))
        assert len({chapter.title for chapter in notes.chapters}) == len(notes.chapters)
        for chapter in notes.chapters:
            assert chapter.summary
            for statement in in_order(chapter):
                assert chapter.start <= statement.evidence.start < chapter.end
            assert not {s.text for s in chapter.summary} & {s.text for s in chapter.key_points}


def test_the_summary_is_told_as_it_is_written(lecture):
    told: list[Statement] = []
    assert tuple(told) == () != written(sentences(lecture), told=told).summary == tuple(told)


def test_what_notes_draw_on_is_counted_once():
    def said(start: float, end: float) -> Statement:
        return Statement("Something.", Evidence("Something.", start, end))

    segments = [Segment(0, 10, "one"), Segment(20, 30, "two")]
    assert share_drawn_on(Notes((), (), "extractive"), segments) == 0
    twice = Notes((said(0, 5),), (said(0, 5), said(3, 6)), "extractive")
    assert share_drawn_on(twice, segments) == pytest.approx(6 / 20)
    chapter = Chapter("All", 0, 30, (said(0, 10),), (said(20, 30),))
    assert share_drawn_on(Notes((), (), "extractive", chapters=(chapter,)), segments) == 1
    assert share_drawn_on(twice, []) == 0


# --------------------------------------------------------------------------------------------- key terms


def terms_of(text: str) -> list[tuple[str, str]]:
    return [(one.term, one.definition.text) for one in key_terms(sentences(in_pieces(text, 5)))]


def test_a_key_term_comes_with_the_sentence_that_defines_or_names_it():
    found = terms_of(
        "So, osmosis is the movement of water through a membrane. Now a question for you. "
        "We join small pieces into a larger unit, called a chunk. Osmosis is an old word for it, by the way."
    )
    assert found == [
        ("Osmosis", "So, osmosis is the movement of water through a membrane."),
        ("Chunk", "We join small pieces into a larger unit, called a chunk."),
    ]


def test_part_of_another_term_is_a_term_of_its_own():
    found = terms_of("Memory is the store of what we know. Working memory is the small space for what we think of.")
    assert [term for term, _ in found] == ["Memory", "Working memory"]


@pytest.mark.parametrize("text", ["It is the reason why we sleep at night.", "He called the police at once.", "Good."])
def test_what_defines_nothing_is_no_key_term(text):
    assert terms_of(text) == []
