"""Conversations about lectures, kept in the library."""

import pytest

from lecture.ask import Exchange, ask
from lecture.asking.conversations import Conversations
from lecture.library import Entry, Library
from tests.fixtures.lectures import NOW, said


@pytest.fixture
def library(tmp_path, database) -> Library:
    return Library(folder=tmp_path / "library")


@pytest.fixture
def conversations(library) -> Conversations:
    return Conversations(library)


@pytest.fixture
def osmosis(library) -> Entry:
    return said(library, "Osmosis is the movement of water.", "A cell without salt swells.", "osmosis.srt")


@pytest.fixture
def levers(library) -> Entry:
    return said(library, "A lever multiplies a force.", "Archimedes wrote about the lever.", "levers.srt")


def asked(conversations: Conversations, about: str | None, question: str) -> Exchange:
    answer = ask(question, conversations.to_be_asked(about, question), conversations.about(about))
    exchange = Exchange(question, answer)
    conversations.keep(about, exchange, NOW)
    return exchange


def test_a_conversation_is_there_again_as_it_was_and_apart_from_others(library, conversations, osmosis, levers):
    first = asked(conversations, osmosis.id, "What is osmosis?")
    second = asked(conversations, osmosis.id, "Who invented the telephone?")
    assert first.answer.passages[0].evidence.quote == "Osmosis is the movement of water."
    assert not second.answer.found
    again = Conversations(Library(folder=library.folder))
    assert again.about(osmosis.id) == (first, second)
    assert again.about(levers.id) == again.about(None) == ()


def test_a_question_to_all_lectures_is_answered_by_the_one_that_speaks_of_it(conversations, osmosis, levers):
    for question, lecture in (("What does a lever do?", levers), ("Why does a cell swell?", osmosis)):
        answer = asked(conversations, None, question).answer
        assert (answer.passages[0].lecture_id, answer.passages[0].title) == (lecture.id, lecture.title)
    assert len(conversations.about(None)) == 2


def test_a_follow_up_to_all_lectures_looks_where_the_question_before_did(conversations, osmosis, levers):
    asked(conversations, None, "What does a lever do?")
    assert conversations.to_be_asked(None, "And who wrote about it?")[0].lecture_id == levers.id


def test_a_question_of_no_words_finds_no_lecture(conversations, osmosis):
    for question in ("", "?", '"', "the of and", "* OR NEAR("):
        assert conversations.to_be_asked(None, question) == ()


def test_a_proposal_is_not_asked(library, conversations, levers):
    from lecture.process import Settings
    from lecture.proposals import Proposals

    Proposals(library).write_again(levers.id, Settings(), NOW)
    assert [one.lecture_id for one in conversations.to_be_asked(None, "lever")] == [levers.id]


def test_a_conversation_can_be_forgotten_and_goes_with_its_lecture(library, conversations, osmosis, levers):
    for about in (osmosis.id, levers.id, None):
        asked(conversations, about, "What is osmosis?")
    conversations.forget(levers.id)
    assert [len(conversations.about(about)) for about in (osmosis.id, levers.id, None)] == [1, 0, 1]
    library.delete(osmosis.id)
    assert conversations.about(osmosis.id) == ()
    conversations.forget(None)
    assert conversations.about(None) == ()


def test_nothing_is_kept_for_a_lecture_that_was_deleted_meanwhile(library, conversations, osmosis):
    exchange = asked(conversations, None, "What is osmosis?")
    library.delete(osmosis.id)
    conversations.keep(osmosis.id, exchange, NOW)
    assert conversations.about(osmosis.id) == ()
    assert len(conversations.about(None)) == 1
