"""Made anew: proposals that wait for the student's word, corrected lines, and the versions of before."""

from dataclasses import replace

import pytest

from lecture.errors import LectureError
from lecture.learning.deck import Deck
from lecture.library import Entry, Library
from lecture.process import Earlier, Record, Settings, process
from lecture.proposals import Proposals, with_corrections
from lecture.transcript import Segment, Transcript, Word, from_json, to_json
from tests.fixtures.lectures import NOW, SRT, add, said, uploaded

LATER = NOW.replace(hour=15)


@pytest.fixture
def library(tmp_path, database) -> Library:
    return Library(folder=tmp_path / "library")


@pytest.fixture
def proposals(library) -> Proposals:
    return Proposals(library)


@pytest.fixture
def lecture(library) -> Entry:
    return said(library, "Osmosis is the movement of water.", "Osmosis stops when both sides are equal.")


class AtHand(Record):
    """As the worker does it: what was said is known."""

    def __init__(self, library: Library, lecture_id: str) -> None:
        self._transcript = library.transcript_at_hand(lecture_id)

    def earlier(self) -> Earlier:
        return Earlier(transcript=self._transcript)


def write_next(library: Library) -> None:
    """Do what waits, here and now."""
    entry = library.take_next()
    library.finish(entry.id, process(entry.source, entry.settings, AtHand(library, entry.id)), LATER)


def texts(library: Library, lecture: Entry) -> list[str]:
    return [segment.text for segment in library.lecture(lecture.id).transcript.segments]


def quotes(library: Library, lecture: Entry) -> str:
    """All words that notes and cards of a lecture rest on."""
    made = library.lecture(lecture.id)
    statements = [*made.notes.summary, *made.notes.key_points]
    return " ".join(one.evidence.quote for one in (*statements, *made.flashcards))


# --------------------------------------------------------------------------------------------- correcting


def test_a_corrected_line_is_in_the_transcript_and_found_by_a_search(library, lecture):
    library.correct(lecture.id, 0, "Osmosis is the movement of water.", "  Osmosis is a movement\nof water.  ")
    assert texts(library, lecture)[0] == "Osmosis is a movement of water."
    assert library.lecture(lecture.id).transcript.segments[0].corrected
    assert not library.lecture(lecture.id).transcript.segments[1].corrected
    assert library.entry(lecture.id).corrections == 1
    assert [hit.sentence.text for hit in library.search("a movement")] == ["Osmosis is a movement of water."]
    assert library.search("the movement") == []


def test_a_corrected_lines_words_are_no_longer_doubtful_and_it_survives_json(library, lecture):
    doubtful = Segment(1.0, 2.0, "osmo sis", (Word(1.0, 1.5, "osmo", 0.1), Word(1.5, 2.0, "sis", 0.1)))
    transcript = replace(library.lecture(lecture.id).transcript, segments=(doubtful,))
    other = add(library, SRT.format("x", "y"), "other.srt")
    library.take_next()
    library.finish(other.id, replace(library.lecture(lecture.id), transcript=transcript), NOW)
    library.correct(other.id, 0, "osmo sis", "osmosis")
    (segment,) = library.lecture(other.id).transcript.segments
    assert segment == Segment(1.0, 2.0, "osmosis", (), corrected=True)
    corrected = library.lecture(other.id).transcript
    assert from_json(to_json(corrected)) == corrected


@pytest.mark.parametrize(
    ("number", "before", "text"),
    [
        (0, "What another tab saw.", "New."),
        (7, "Osmosis is the movement of water.", "New."),
        (-1, "Osmosis stops when both sides are equal.", "New."),
        (0, "Osmosis is the movement of water.", " \n "),
    ],
)
def test_a_line_that_is_another_one_by_now_is_not_overwritten(library, lecture, number, before, text):
    with pytest.raises(LectureError):
        library.correct(lecture.id, number, before, text)
    assert texts(library, lecture)[0] == "Osmosis is the movement of water."
    assert library.entry(lecture.id).corrections == 0


def test_notes_and_cards_follow_a_correction_on_request(library, proposals, lecture):
    library.correct(lecture.id, 0, "Osmosis is the movement of water.", "Diffusion is the movement of particles.")
    assert "Diffusion" not in quotes(library, lecture)
    proposals.write_again(lecture.id, Settings(), LATER)
    assert proposals.pending(lecture.id).state == "waiting"
    write_next(library)
    assert "Diffusion" not in quotes(library, lecture)
    proposals.accept(lecture.id)
    assert "Diffusion is the movement of particles." in quotes(library, lecture)
    assert "Osmosis is" not in quotes(library, lecture)
    assert library.entry(lecture.id).corrections == 0
    assert library.finished(lecture.id) == LATER


def test_what_is_corrected_while_notes_are_written_is_not_lost(library, proposals, lecture):
    library.correct(lecture.id, 0, "Osmosis is the movement of water.", "Diffusion is the movement of particles.")
    proposals.write_again(lecture.id, Settings(), LATER)
    library.correct(lecture.id, 1, "Osmosis stops when both sides are equal.", "It stops when both sides are equal.")
    write_next(library)
    proposals.accept(lecture.id)
    assert texts(library, lecture)[1] == "It stops when both sides are equal."
    assert library.entry(lecture.id).corrections == 1


# --------------------------------------------------------------------------------------------- proposals


def test_an_accepted_proposal_takes_the_place_of_the_old_transcript_in_searches_too(library, proposals):
    """A recording is needed to propose: this one has one, though nobody recognises it."""
    entry = recorded_twice(library, proposals)
    assert library.search("mitosis") == []
    proposals.accept(entry.id)
    assert library.lecture(entry.id).transcript.segments[0].text.startswith("Mitosis")
    assert library.search("osmosis") == []
    assert [hit.lecture_id for hit in library.search("mitosis")] == [entry.id]
    assert len(library.entries()) == 1
    assert [path.name for path in (library.folder / "lectures").iterdir()] == [entry.id]


def recorded_twice(library: Library, proposals: Proposals) -> Entry:
    entry = add(library, b"sound", "a.wav")
    for first in ("Osmosis is the movement of water.", "Mitosis is the division of a cell."):
        file = uploaded(library, SRT.format(first, "Nothing else was said."), "a.srt")
        library.finish(library.take_next().id, process(file, Settings(), Record()), NOW)
        if first.startswith("Osmosis"):
            proposals.transcribe_again(entry.id, Settings(model="tiny"), NOW)
    return entry


def test_corrected_lines_stay_corrected_when_the_lecture_is_transcribed_again(library, proposals):
    entry = recorded_twice(library, proposals)
    library.correct(entry.id, 1, "Nothing else was said.", "Nothing else matters.")
    proposals.accept(entry.id)
    assert texts(library, entry) == ["Mitosis is the division of a cell.", "Nothing else matters."]
    assert library.entry(entry.id).corrections == 1, "the new notes were made without it"


def test_a_correction_never_swallows_words_said_beside_it():
    before = Transcript((Segment(0, 4, "old"), Segment(4, 6, "right", corrected=True)), "en", "whisper", None, 9.0)
    long = replace(before, segments=(Segment(0, 9, "one long line with everything in it"),))
    assert with_corrections(long, before) == (long, 0)
    fitting = replace(before, segments=(Segment(0, 3.9, "new"), Segment(4.1, 5, "wrong"), Segment(5, 6.2, "too")))
    corrected, kept = with_corrections(fitting, before)
    assert ([segment.text for segment in corrected.segments], kept) == (["new", "right"], 1)


def test_what_was_asked_for_last_is_the_proposal(library, proposals, lecture):
    proposals.write_again(lecture.id, Settings(summary_length="short"), LATER)
    proposals.write_again(lecture.id, Settings(summary_length="long"), LATER, "an-id-chosen-before")
    assert proposals.pending(lecture.id).id == "an-id-chosen-before"
    assert proposals.pending(lecture.id).settings.summary_length == "long"
    proposals.discard(lecture.id)
    assert proposals.pending(lecture.id) is None
    assert library.take_next() is None


def test_a_proposal_that_is_not_ready_cannot_be_accepted(library, proposals, lecture):
    before = library.lecture(lecture.id)
    proposals.write_again(lecture.id, Settings(), LATER)
    proposals.accept(lecture.id)
    assert library.lecture(lecture.id) == before
    assert proposals.pending(lecture.id).state == "waiting"


def test_statements_are_seen_as_they_are_written_and_gone_when_the_work_begins_anew(library, proposals, lecture):
    proposals.write_again(lecture.id, Settings(), LATER)
    work = library.take_next()
    first, second = library.lecture(lecture.id).notes.summary[:2]
    for statement in (first, second):
        library.note_statement(work.id, statement)
    assert library.written(work.id) == (first, second)
    library.interrupt()
    library.take_next()
    assert library.written(work.id) == ()


def test_cards_that_the_student_starred_edited_or_added_stay_when_cards_are_made_anew(library, proposals, lecture):
    deck = Deck(library)
    library.correct(lecture.id, 0, "Osmosis is the movement of water.", "Diffusion is the movement of particles.")
    first = library.lecture(lecture.id).flashcards[0]
    deck.star(lecture.id, first.id, True)
    deck.add(lecture.id, "Who found it?", "Dutrochet.", 3.0, "my-card")
    proposals.write_again(lecture.id, Settings(), LATER)
    write_next(library)
    proposals.accept(lecture.id)
    cards = {card.id: card for card in library.lecture(lecture.id).flashcards}
    assert cards[first.id] == replace(first, starred=True)
    assert cards["my-card"].answer == "Dutrochet."
    assert any("iffusion" in card.question for card in cards.values())
    assert len(cards) == len(library.lecture(lecture.id).flashcards)


# --------------------------------------------------------------------------------------------- versions


def test_the_version_of_before_is_kept_and_can_be_brought_back(library, proposals, lecture):
    before = library.lecture(lecture.id)
    proposals.write_again(lecture.id, Settings(summary_length="short"), LATER)
    write_next(library)
    proposals.accept(lecture.id)
    after = library.lecture(lecture.id)
    (version,) = proposals.versions(lecture.id)
    assert (version.notes, version.finished) == (before.notes, NOW)
    proposals.bring_back(lecture.id, version.number)
    assert library.lecture(lecture.id) == before
    assert library.entry(lecture.id).settings == Settings()
    assert [kept.notes for kept in proposals.versions(lecture.id)] == [after.notes]


def test_only_a_lectures_own_versions_can_be_brought_back(library, proposals, lecture):
    proposals.write_again(lecture.id, Settings(), LATER)
    write_next(library)
    proposals.accept(lecture.id)
    other = said(library, "Mitosis is the division of a cell.", name="other.srt")
    proposals.bring_back(other.id, proposals.versions(lecture.id)[0].number)
    assert texts(library, other)[0].startswith("Mitosis")


def test_ten_versions_are_kept_and_go_with_their_lecture(library, proposals, lecture):
    for _ in range(12):
        proposals.write_again(lecture.id, Settings(), LATER)
        write_next(library)
        proposals.accept(lecture.id)
    assert len(proposals.versions(lecture.id)) == 10
    library.delete(lecture.id)
    assert proposals.versions(lecture.id) == []
