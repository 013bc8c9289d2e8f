"""Finding sentences: what is found, and that the short way to usual words finds the same as the long one."""

from __future__ import annotations

from random import Random

import pytest
from sqlalchemy import func, insert, select, text

import lecture.search
from lecture.database import LectureRow, SentenceRow
from lecture.library import Library
from tests.fixtures.lectures import said

LECTURES, SENTENCES = 60, 8
WORDS = "the theory of osmosis this that memory works sleep".split()
QUERIES = ("the", "th", "t", "memory th", "the t", "osmosis", "memory sleep work", "nothing", "of the", "sleep t")
OWNER = "https://login.example alice"


@pytest.fixture
def library(tmp_path, database) -> Library:
    """Many lectures of few words, every third of which somebody else owns; some were corrected or deleted since."""
    library, chance = Library(folder=tmp_path / "library"), Random(3)
    first = said(library, "This is the first.", "The second is this.")
    with library.transaction() as session:
        row = session.scalar(select(LectureRow).where(LectureRow.id == first.id))
        like = {
            name: getattr(row, name) for name in ("created", "settings", "state", "progress", "task", "corrections")
        }
        for number in range(2, LECTURES):
            owner = OWNER if number % 3 else None
            session.execute(
                insert(LectureRow).values(
                    **like, id=f"id{number}", number=number, title=f"T{number}", fingerprint=f"{number}", owner=owner
                )
            )
            _speak(session, number, chance)
        for number in (7, 50, 23):  # their sentences are the last ones in the index now
            session.execute(text("DELETE FROM sentences WHERE lecture = :number"), {"number": number})
            _speak(session, number, chance)
        session.execute(text("DELETE FROM lectures WHERE number IN (57, 58, 11)"))
    return library


def _speak(session, number: int, chance: Random) -> None:
    rows = [
        {"lecture": number, "number": n, "start": n, "end": n + 1.0, "text": " ".join(chance.choices(WORDS, k=3))}
        for n in range(SENTENCES)
    ]
    session.execute(insert(SentenceRow), rows)


@pytest.mark.parametrize("limit", [1, 5, 50, 10_000])
def test_usual_words_are_found_on_the_short_way_and_the_same(library, monkeypatch, limit):
    for some in (library, library.of(OWNER)):
        found = {query: some.search(query, limit) for query in QUERIES}
        with monkeypatch.context() as patch:
            patch.setattr(lecture.search, "_RECENT", 10_000)
            assert {query: some.search(query, limit) for query in QUERIES} == found
        assert found["the"]
        assert found["nothing"] == []


def test_what_is_found_stands_in_the_order_of_the_lectures_then_of_what_was_said(library):
    found = [
        (int(hit.lecture_id[2:]), hit.sentence.start) for hit in library.search("the", 10_000) if "id" in hit.lecture_id
    ]
    assert found == sorted(found, key=lambda one: (-one[0], one[1]))
    assert len(found) > 100


def test_a_usual_word_is_only_looked_for_in_the_newest_lectures(library, monkeypatch):
    asked = []
    really = lecture.search._sentences_with
    monkeypatch.setattr(lecture.search, "_RECENT", 10)
    monkeypatch.setattr(
        lecture.search, "_sentences_with", lambda *some, **named: asked.append((some, named)) or really(*some, **named)
    )
    assert len(library.search("the", 5)) == 5
    assert [len(some[3]) for some, _ in asked] == [10]
    library.search("nothing", 5)
    assert len(asked) == 3


def test_lectures_about_something_are_the_owners_best(library):
    everybody, theirs = library.lectures_about(["osmosis"], 100), library.of(OWNER).lectures_about(["osmosis"], 100)
    with library.transaction() as session:
        owned = set(session.scalars(select(LectureRow.id).where(LectureRow.owner == OWNER)))
        spoken = select(func.count(LectureRow.id.distinct())).join(
            SentenceRow, SentenceRow.lecture == LectureRow.number
        )
        having = session.scalar(spoken.where(LectureRow.owner == OWNER, SentenceRow.text.contains("osmosis")))
    assert set(theirs) <= owned
    assert set(theirs) < set(everybody)
    assert len(theirs) == having
    assert library.of("https://login.example nobody").lectures_about(["osmosis"]) == []
