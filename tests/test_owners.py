"""Owners: each sees their own lectures, and of nobody else's anything, not by its id either."""

from __future__ import annotations

import inspect
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from lecture.ask import Answer, Exchange
from lecture.asking.conversations import Conversations
from lecture.database import Base, ExchangeRow, LectureRow, OfLecture, RatingRow, WindowRow
from lecture.learning.deck import Deck
from lecture.learning.quizzes import Quizzes
from lecture.learning.reviews import Reviews
from lecture.library import Library, fingerprint_of
from lecture.live.captions import LiveCaptions
from lecture.notes import Evidence, Statement
from lecture.process import Progress, Record, Settings, process
from lecture.proposals import Proposals
from lecture.source import Source, StoredFile, store
from lecture.takes import Begun, Takes
from lecture.transcript import Segment
from lecture.uploads import take_in
from models import Choice
from tests.fixtures.lectures import NOW, add, said, uploaded
from tests.fixtures.media import SAMPLE

ALICE, MALLORY = "https://login.example alice", "https://login.example mallory"
PLAIN = Settings(recogniser="pocketsphinx")
CHOICE = Choice("pocketsphinx", "en-us", "It is built in.")
WORD = "osmosis"
_numbers = count()


@dataclass(frozen=True)
class Theirs:
    """What Alice has: a lecture in every state that there is, and what belongs to it."""

    ready: str
    proposal: str
    live: Begun
    upload: Begun
    others: tuple[str, ...]
    card: str
    question: str
    line: str
    version: int

    @property
    def ids(self) -> tuple[str, ...]:
        return (self.ready, self.proposal, self.live.lecture_id, self.upload.lecture_id, *self.others)


Attempt = Callable[[Any, str, Theirs], object]
"""What somebody else tries with a lecture's id."""

BY_CLASS: Mapping[type, Mapping[str, Attempt]] = {
    Library: {
        "entries": lambda it, id_, of: it.entries(),
        "count": lambda it, id_, of: it.count(),
        "entry": lambda it, id_, of: it.entry(id_),
        "lecture": lambda it, id_, of: it.lecture(id_),
        "rename": lambda it, id_, of: it.rename(id_, "Stolen"),
        "delete": lambda it, id_, of: it.delete(id_),
        "search": lambda it, id_, of: (it.search(WORD), it.search("o"), it.search("nothing els")),
        "correct": lambda it, id_, of: it.correct(id_, 0, of.line, "Stolen."),
        "said": lambda it, id_, of: it.said(id_),
        "lectures_about": lambda it, id_, of: it.lectures_about([WORD, "else"]),
        "pace": lambda it, id_, of: it.pace(PLAIN),
        "interrupt": lambda it, id_, of: it.interrupt(),
        "take_next": lambda it, id_, of: it.take_next(),
        "recorded": lambda it, id_, of: it.recorded(id_, "running"),
        "note_trouble": lambda it, id_, of: it.note_trouble(id_, "Trouble."),
        "try_again": lambda it, id_, of: it.try_again(id_, PLAIN),
        "cancel": lambda it, id_, of: it.cancel(id_),
        "is_wanted": lambda it, id_, of: it.is_wanted(id_),
        "note_progress": lambda it, id_, of: it.note_progress(id_, Progress("Listening", 1.0, 2.0, "seconds")),
        "choice": lambda it, id_, of: it.choice(id_),
        "note_choice": lambda it, id_, of: it.note_choice(id_, CHOICE),
        "plan": lambda it, id_, of: it.plan(id_, {0: (0.0, 3.0), 7: (3.0, 4.0)}, "de"),
        "note_segments": lambda it, id_, of: it.note_segments(id_, 0, [Segment(0.0, 1.0, "Stolen.")]),
        "recognised": lambda it, id_, of: it.recognised(id_),
        "windows_done": lambda it, id_, of: it.windows_done(id_),
        "note_statement": lambda it, id_, of: it.note_statement(id_, Statement("Stolen.", Evidence("", 0.0, 1.0))),
        "written": lambda it, id_, of: it.written(id_),
        "transcript_at_hand": lambda it, id_, of: it.transcript_at_hand(id_),
        "latest_segments": lambda it, id_, of: it.latest_segments(id_),
        "finish": lambda it, id_, of: it.finish(id_, _made(), NOW),
        "fail": lambda it, id_, of: it.fail(id_, "Stolen."),
        "finished": lambda it, id_, of: it.finished(id_),
        "preferred_settings": lambda it, id_, of: it.preferred_settings(),
        "prefer": lambda it, id_, of: it.prefer(Settings(vocabulary="mallory")),
    },
    Deck: {
        "edit": lambda it, id_, of: it.edit(id_, of.card, "Stolen?", "Stolen."),
        "star": lambda it, id_, of: it.star(id_, of.card, True),
        "delete": lambda it, id_, of: it.delete(id_, of.card),
        "add": lambda it, id_, of: it.add(id_, "Stolen?", "Stolen.", 1.0),
    },
    Reviews: {
        "due": lambda it, id_, of: (it.due(_LATER), it.due(_LATER, lecture_id=id_)),
        "weakest": lambda it, id_, of: it.weakest(_LATER),
        "counts": lambda it, id_, of: (it.counts(_LATER), it.counts(_LATER, id_)),
        "rate": lambda it, id_, of: it.rate(id_, of.card, 3, _LATER, None),
        "undo": lambda it, id_, of: (it.undo(), it.undo(0, id_)),
        "latest": lambda it, id_, of: it.latest(),
        "given": lambda it, id_, of: (it.given(0), it.given(0, id_)),
        "forecast": lambda it, id_, of: (it.forecast(NOW, 400), it.forecast(NOW, 400, id_)),
        "next_due": lambda it, id_, of: (it.next_due(NOW), it.next_due(NOW, id_)),
        "retention": lambda it, id_, of: (it.retention(_LATER, 400), it.retention(_LATER, 400, 1, id_)),
    },
    Quizzes: {
        "of": lambda it, id_, of: it.of(id_),
        "begin": lambda it, id_, of: it.begin(id_),
        "renew": lambda it, id_, of: it.renew(id_, 0),
        "answer": lambda it, id_, of: it.answer(id_, of.question, 0),
        "go_on": lambda it, id_, of: it.go_on(id_, of.question),
        "retry_wrong": lambda it, id_, of: it.retry_wrong(id_),
    },
    Conversations: {
        "about": lambda it, id_, of: (it.about(id_), it.about(None)),
        "keep": lambda it, id_, of: it.keep(id_, _exchange("Stolen?"), NOW),
        "forget": lambda it, id_, of: (it.forget(id_), it.forget(None)),
        "to_be_asked": lambda it, id_, of: (it.to_be_asked(id_, WORD), it.to_be_asked(None, WORD)),
    },
    Proposals: {
        "transcribe_again": lambda it, id_, of: it.transcribe_again(id_, PLAIN, NOW),
        "write_again": lambda it, id_, of: it.write_again(id_, PLAIN, NOW),
        "pending": lambda it, id_, of: it.pending(id_),
        "accept": lambda it, id_, of: it.accept(id_),
        "discard": lambda it, id_, of: it.discard(id_),
        "versions": lambda it, id_, of: it.versions(id_),
        "bring_back": lambda it, id_, of: it.bring_back(id_, of.version),
    },
    Takes: {
        "store": lambda it, id_, of: it.store(id_, of.live.key, 0, 1, "audio/webm", b"stolen", NOW),
        "mark": lambda it, id_, of: it.mark(id_, of.live.key, [1.0, 2.0]),
        "end": lambda it, id_, of: it.end(id_, None, None, _LATER),
        "admit": lambda it, id_, of: it.admit(id_, of.live.key),
        "of": lambda it, id_, of: it.of(id_),
        "to_caption": lambda it, id_, of: it.to_caption(NOW),
    },
    LiveCaptions: {
        "note": lambda it, id_, of: it.note(id_, [Segment(0.0, 1.0, "Stolen.")]),
        "provisional": lambda it, id_, of: it.provisional(id_),
        "marks": lambda it, id_, of: it.marks(id_),
    },
}
WITHOUT_A_LECTURE = {
    Library: {"of", "owner", "database", "close", "transaction", "files", "shown", "add"},
    Takes: {"begin"},
}
"""What finds no lecture: it makes one, is handed one, or concerns the library itself."""
_LATER = NOW + timedelta(days=3)


def _exchange(question: str) -> Exchange:
    return Exchange(question, Answer((), (), "Nobody said that."))


def _made() -> Any:
    file = store(io.BytesIO(b"1\n00:00:01,000 --> 00:00:04,000\nStolen.\n"), "s.srt", Path(_Scratch.folder))
    return process(Source(captions=file), Settings(), Record())


class _Scratch:
    folder = ""


@pytest.fixture
def everybody(tmp_path, database) -> Library:
    _Scratch.folder = str(tmp_path / "scratch")
    return Library(folder=tmp_path / "library")


@pytest.fixture
def empty(tmp_path) -> Library:
    """Where there really is nothing."""
    return Library(f"sqlite:///{tmp_path / 'empty.db'}", tmp_path / "empty")


@pytest.fixture
def theirs(everybody) -> Theirs:
    """Alice's lectures, in all states; everything that can be said of a lecture is said of them."""
    library = everybody.of(ALICE)
    ready = said(library, f"Photosynthesis is {WORD}.", "Osmosis is the movement of water through a membrane.")
    _written_again(library, ready.id)
    Proposals(library).accept(ready.id)
    proposal = _written_again(library, ready.id)
    line = library.lecture(ready.id).transcript.segments[0].text
    Deck(library).add(ready.id, "What is osmosis?", "Movement of water.", 1.0)
    cards = library.lecture(ready.id).flashcards
    assert Reviews(library).rate(ready.id, cards[0].id, 4, NOW - timedelta(days=9), None)
    (shown,) = (one.state for one in Reviews(library).weakest(NOW))
    assert Reviews(library).rate(ready.id, cards[0].id, 3, NOW - timedelta(days=1), shown)
    quiz = Quizzes(library).begin(ready.id)
    Conversations(library).keep(ready.id, _exchange("What is osmosis?"), NOW)
    Conversations(library).keep(None, _exchange("And of all?"), NOW)
    library.prefer(Settings(vocabulary="alice"))
    live = Takes(library).begin("Talk", "live", PLAIN, NOW)
    Takes(library).store(live.lecture_id, live.key, 0, 0, "audio/webm", b"sound", NOW)
    Takes(library).mark(live.lecture_id, live.key, [0.5])
    LiveCaptions(library).note(live.lecture_id, [Segment(0.0, 1.0, "Just now.")])
    upload = Takes(library).begin("talk.mp3", "upload", PLAIN, NOW, size=5)
    Takes(library).store(upload.lecture_id, upload.key, 0, 0, "audio/mpeg", b"sound", NOW)
    running = _recorded(library)
    library.take_next()
    library.note_choice(running, CHOICE)
    library.plan(running, {0: (0.0, 2.0), 1: (2.0, 4.0)}, "en")
    library.note_segments(running, 0, [Segment(0.0, 1.0, "It was osmosis.")])
    library.note_statement(running, Statement("It was.", Evidence("It was.", 0.0, 1.0)))
    failed, cancelled, waiting = _recorded(library), _recorded(library), _recorded(library)
    library.take_next()
    library.fail(failed, "That did not work.")
    library.cancel(cancelled)
    states = {entry.state for entry in library.entries()}
    assert states == {"ready", "recording", "running", "failed", "cancelled", "waiting"}
    (version,) = Proposals(library).versions(ready.id)
    others = (running, failed, cancelled, waiting)
    return Theirs(
        ready.id, proposal, live, upload, others, cards[0].id, quiz.questions[0].id if quiz.questions else "", line,
        version.number,
    )  # fmt: skip


def _written_again(library: Library, lecture_id: str) -> str:
    Proposals(library).write_again(lecture_id, PLAIN, NOW)
    entry = library.take_next()
    library.finish(entry.id, _made(), NOW)
    return entry.id


def _recorded(library: Library) -> str:
    return add(library, SAMPLE.read_bytes()[: 20_000 + next(_numbers)], "talk.mp3").id


def public(kind: type) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_")}


def rows(library: Library) -> set[tuple[Any, ...]]:
    """All that is in the database."""
    found = set()
    with library._engine.connect() as connection:
        for name, table in Base.metadata.tables.items():
            found |= {(name, *row) for row in connection.execute(select(table))}
    return found


def files(library: Library) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in (library.folder / "lectures").rglob("*") if path.is_file()}


def outcome(work: Callable[[], object]) -> object:
    """What came of it, also where that is an error."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
        return type(error), str(error)


# --------------------------------------------------------------------------------------------- nobody else's


@pytest.mark.parametrize("kind", BY_CLASS)
def test_every_method_is_tried_on_the_lectures_of_somebody_else(kind):
    assert public(kind) == set(BY_CLASS[kind]) | WITHOUT_A_LECTURE.get(kind, set())


def test_every_class_that_works_on_a_library_is_among_them():
    import lecture.asking.conversations
    import lecture.learning.deck
    import lecture.learning.quizzes
    import lecture.learning.reviews
    import lecture.live.captions
    import lecture.proposals
    import lecture.takes

    modules = [value for name, value in vars(lecture).items() if inspect.ismodule(value)]
    modules += [lecture.asking.conversations, lecture.learning.deck, lecture.learning.quizzes]
    modules += [lecture.learning.reviews, lecture.live.captions]
    found = set()
    for module in modules:
        for kind in vars(module).values():
            if inspect.isclass(kind) and kind.__module__ == module.__name__ and "__init__" in vars(kind):
                parameters = list(inspect.signature(kind.__init__).parameters.values())
                if [str(one.annotation) for one in parameters[1:]] == ["Library"]:
                    found.add(kind)
    assert found == set(BY_CLASS) - {Library}


def test_every_table_is_confined():
    """Preferences are kept under their owner's name."""
    confined = {one.__tablename__ for one in [*OfLecture.__subclasses__(), LectureRow, ExchangeRow]}
    assert set(Base.metadata.tables) == confined | {"preferences"}


def test_nothing_of_somebody_else_is_found_or_changed(everybody, empty, theirs):
    """As if there were no such lecture: what comes of each method is what an empty library says."""
    mallory, rows_before, files_before = everybody.of(MALLORY), rows(everybody), files(everybody)
    assert rows_before
    assert files_before
    wrong = []
    for kind, by_name in BY_CLASS.items():
        for name, attempt in by_name.items():
            for id_ in theirs.ids:
                here, there = (library if kind is Library else kind(library) for library in (mallory, empty))
                if outcome(lambda: attempt(here, id_, theirs)) != outcome(lambda: attempt(there, id_, theirs)):  # noqa: B023
                    wrong.append(f"{kind.__name__}.{name} found {id_}")
            if not rows_before <= rows(everybody) or files(everybody) != files_before:
                wrong.append(f"{kind.__name__}.{name} changed something")
                rows_before, files_before = rows(everybody), files(everybody)
    assert wrong == []


def test_an_upload_of_somebody_else_is_not_taken_in(everybody, empty, theirs):
    before = rows(everybody)
    for id_ in theirs.ids:
        here, there = (outcome(lambda: take_in(one, id_)) for one in (everybody.of(MALLORY), empty))  # noqa: B023
        assert here == there
    assert rows(everybody) == before


def test_statements_of_all_kinds_are_confined(everybody, theirs):
    """Also those that nobody has written yet."""
    with everybody.of(MALLORY).transaction() as session:
        for mapper in Base.registry.mappers:
            if mapper.class_.__tablename__ != "preferences":
                assert session.scalars(select(mapper.class_)).all() == []
                assert session.execute(select(*(getattr(mapper.class_, one.key) for one in mapper.columns))).all() == []
                with pytest.raises(RuntimeError, match="everybody"):
                    session.execute(select(mapper.local_table))
        assert session.get(LectureRow, 1) is None
        assert session.get(RatingRow, 1) is None
        with pytest.raises(RuntimeError, match="everybody"):
            session.execute(text("SELECT * FROM lectures"))
    with everybody.of(ALICE).transaction() as session:
        (row,) = session.scalars(select(LectureRow).where(LectureRow.id == theirs.others[0]))
        assert len(row.windows) == len(session.scalars(select(WindowRow)).all()) == 2


# --------------------------------------------------------------------------------------------- one's own


def test_the_owner_finds_everything(everybody, theirs):
    alice = everybody.of(ALICE)
    assert {entry.id for entry in alice.entries()} == set(theirs.ids) - {theirs.proposal}
    assert [hit.lecture_id for hit in alice.search(WORD)] == [theirs.ready] * 2
    assert alice.lectures_about([WORD]) == [theirs.ready]
    assert Reviews(alice).counts(_LATER).learnt == 1
    assert Reviews(alice).latest() == 2
    assert len(Conversations(alice).about(None)) == len(Conversations(alice).about(theirs.ready)) == 1
    assert Takes(alice).to_caption(NOW) == [theirs.live.lecture_id]
    assert alice.preferred_settings().vocabulary == "alice"


def test_who_has_no_owner_sees_all_but_keeps_preferences_and_conversations_apart(everybody, theirs):
    assert len(everybody.entries()) == len(everybody.of(ALICE).entries())
    assert everybody.preferred_settings() is None
    assert Conversations(everybody).about(None) == ()
    Conversations(everybody).forget(None)
    assert len(Conversations(everybody.of(ALICE)).about(None)) == 1


def test_what_comes_in_is_its_owners_and_the_same_file_is_another_lecture_for_each(everybody):
    given = [add(library, "content") for library in (everybody.of(ALICE), everybody, everybody.of(MALLORY))]
    assert len({entry.id for entry in given}) == 3
    again = [
        library.add(uploaded(library, "content", "talk.srt"), Settings(), NOW)
        for library in (everybody.of(ALICE), everybody, everybody.of(MALLORY))
    ]
    assert again == [(entry, False) for entry in given]
    assert [entry.id for entry in everybody.of(ALICE).entries()] == [given[0].id]


def test_an_upload_in_parts_is_known_only_to_who_sent_it_before(everybody):
    """It ends where nobody asks who sent it: its key allows that."""
    ends = []
    for owner in (ALICE, MALLORY, MALLORY):
        begun = Takes(everybody.of(owner)).begin("talk.mp3", "upload", PLAIN, NOW)
        Takes(everybody).store(begun.lecture_id, begun.key, 0, 0, "audio/mpeg", b"sound", NOW)
        ends.append(Takes(everybody).end(begun.lecture_id, [1], begun.key, NOW))
    assert ends[0] != ends[1] == ends[2]
    assert [entry.id for entry in everybody.of(MALLORY).entries()] == [ends[1]]


def test_a_proposal_is_its_lectures_owners_whoever_asks_for_it(everybody):
    ready = said(everybody.of(ALICE), "Osmosis is slow.")
    Proposals(everybody).write_again(ready.id, PLAIN, NOW)
    proposal = Proposals(everybody.of(ALICE)).pending(ready.id)
    assert proposal
    assert everybody.of(MALLORY).entry(proposal.id) is None


def test_a_library_of_one_owner_does_not_become_another_ones(everybody):
    with pytest.raises(ValueError, match="another"):
        everybody.of(ALICE).of(MALLORY)


def test_owners_share_one_connection_to_the_database(everybody):
    assert everybody.of(ALICE)._engine is everybody._engine
    assert fingerprint_of(Source(captions=StoredFile(Path(__file__), "x")))


# --------------------------------------------------------------------------------------------- whose turn it is


def test_whose_lectures_are_fewest_at_work_is_next_then_who_has_waited_longest(everybody):
    alice = [add(everybody.of(ALICE), f"a{n}").id for n in range(4)]
    mallory = [add(everybody.of(MALLORY), f"m{n}").id for n in range(2)]
    nobody = [add(everybody, f"n{n}").id for n in range(2)]
    order = [alice[0], mallory[0], nobody[0], alice[1], mallory[1], nobody[1], alice[2], alice[3]]
    assert [everybody.take_next().id for _ in order] == order
    assert everybody.take_next() is None


def test_who_has_finished_is_not_held_back_by_it(everybody):
    first = add(everybody.of(ALICE), "a0")
    add(everybody.of(MALLORY), "m0")
    second = add(everybody.of(ALICE), "a1")
    assert everybody.take_next().id == first.id
    everybody.fail(first.id, "That did not work.")
    everybody.take_next()
    assert everybody.take_next().id == second.id


def test_where_there_is_room_for_one_it_is_each_owners_turn_in_turn(everybody):
    alice = [add(everybody.of(ALICE), f"a{n}").id for n in range(3)]
    mallory = [add(everybody.of(MALLORY), f"m{n}").id for n in range(2)]
    for expected in (alice[0], mallory[0], alice[1], mallory[1], alice[2]):
        now = everybody.take_next()
        assert now.id == expected
        everybody.fail(now.id, "That did not work.")
