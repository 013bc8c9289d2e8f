"""Finding sentences by their words: SQLite's full-text index, or PostgreSQL's."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from math import log
from typing import Any

from sqlalchemy import ColumnElement, Integer, Text, case, cast, delete, func, literal_column, or_, select, text
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.orm import Session

from lecture.columns import TRANSCRIPT
from lecture.database import LectureRow, SentenceRow
from lecture.owners import KNOWS_OWNERS, owner_of
from lecture.sentences import sentences

_BEST = 200
"""Sentences that decide which lectures speak most of something: not how long a lecture is."""
_RECENT = 20
"""Lectures, the newest, that words are looked for in first: a usual word is in them more often than hits are shown."""
_LONG_TO_FIND = 3
"""Letters below which the beginning of a word is that of very many words."""
_USUAL_WORDS = 15
"""Different words of a usual sentence."""


def store_sentences(session: Session, row: LectureRow) -> None:
    """Have what was said in a lecture found by a search."""
    session.execute(delete(SentenceRow).where(SentenceRow.lecture == row.number))
    if row.transcript and not row.proposal_for:
        session.add_all(
            SentenceRow(lecture=row.number, number=number, start=s.start, end=s.end, text=s.text)
            for number, s in enumerate(sentences(TRANSCRIPT.validate_json(row.transcript)))
        )


def sentences_with(session: Session, words: Sequence[str], limit: int) -> Sequence[tuple[SentenceRow, LectureRow]]:
    """Sentences that hold all of some words, the last one perhaps unfinished; those of the newest lecture first.

    Words that everybody uses all the time fill the list from the newest lectures alone: the others, and all their
    sentences that would have to be sorted, are only asked where these have too few. What begins with a letter or two
    takes the index long each time; with a whole word beside it, there are few sentences to sort.
    """
    if len(words) > 1 and len(words[-1]) < _LONG_TO_FIND:
        return _sentences_with(session, words, limit)
    newest = select(LectureRow.number).where(LectureRow.proposal_for.is_(None), LectureRow.state == "ready")
    recent = session.scalars(newest.order_by(LectureRow.number.desc()).limit(_RECENT)).all()
    if len(recent) < _RECENT:
        return _sentences_with(session, words, limit)
    found = _sentences_with(session, words, limit, recent)
    if len(found) == limit:
        return found
    return [*found, *_sentences_with(session, words, limit - len(found), without=recent)]


def _sentences_with(
    session: Session, words: Sequence[str], limit: int, among: Sequence[int] = (), without: Sequence[int] = ()
) -> list[tuple[SentenceRow, LectureRow]]:
    """Sentences that hold all of some words, of all lectures or only among some, or of all without some."""
    found = select(SentenceRow, LectureRow).join(LectureRow, LectureRow.number == SentenceRow.lecture)
    if among:
        found = found.where(SentenceRow.lecture.in_(among))
    if without:
        found = found.where(SentenceRow.lecture.not_in(without))
    if _is_sqlite(session):
        quoted = [f'"{word.replace(chr(34), "")}"' for word in words]
        first = _first_of(session, among)
        matching = text(
            "sentences.rowid IN (SELECT rowid FROM sentences_index WHERE sentences_index MATCH :q AND rowid >= :first)"
        )
        found = found.where(matching.bindparams(q=" ".join(quoted) + "*", first=first))
    else:
        spoken = [_phrase(word) for word in words[:-1]] + [_phrase(words[-1], unfinished=True)]
        found = found.where(_matches(reduce(lambda one, other: one.op("&&")(other), spoken)))
    found = found.order_by(LectureRow.number.desc(), SentenceRow.number).limit(limit)
    return [(sentence, lecture) for sentence, lecture in session.execute(found)]


def _first_of(session: Session, among: Sequence[int]) -> int:
    """The first row that SQLite's index has of some lectures, so that it need not go through those before it."""
    first: ColumnElement[int | None] = func.min(literal_column("sentences.rowid", Integer))
    found = select(first).select_from(SentenceRow).where(SentenceRow.lecture.in_(among))
    return (session.scalar(found) or 0) if among else 0


def lectures_about(session: Session, words: Sequence[str], limit: int) -> Sequence[str]:
    """The ids of the lectures that speak most of any of some words, or of words that begin so; the best first."""
    if not _is_sqlite(session):
        return _about_on_postgresql(session, words, limit)
    # `rank` is BM25, the better the smaller.
    best = text(
        "SELECT lectures.id FROM (SELECT rowid AS at, rank FROM sentences_index WHERE sentences_index MATCH :q "
        "AND (:owner IS NULL OR rowid IN (SELECT sentences.rowid FROM sentences "
        "JOIN lectures ON lectures.number = sentences.lecture WHERE lectures.owner = :owner)) "
        "ORDER BY rank LIMIT :best) AS hits JOIN sentences ON sentences.rowid = hits.at "
        "JOIN lectures ON lectures.number = sentences.lecture WHERE lectures.proposal_for IS NULL "
        "GROUP BY lectures.id ORDER BY MIN(hits.rank) LIMIT :n"
    )
    values = {"q": " OR ".join(f'"{word}"*' for word in words), "n": limit, "best": _BEST, "owner": owner_of(session)}
    return session.scalars(best, values, execution_options={KNOWS_OWNERS: True}).all()


def _about_on_postgresql(session: Session, words: Sequence[str], limit: int) -> Sequence[str]:
    """As SQLite's: a word counts the more, the fewer sentences have it, and in a short sentence most (BM25)."""
    matching = [_matches(_phrase(word, unfinished=True)) for word in words]
    counted = [select(func.count()).select_from(SentenceRow).where(one).scalar_subquery() for one in matching]
    sentences, *having = session.execute(
        select(select(func.count()).select_from(SentenceRow).scalar_subquery(), *counted)
    ).one()
    weights = [log(1 + sentences / number) if number else 0.0 for number in having]
    said = sum((case((one, weight), else_=0.0) for one, weight in zip(matching, weights, strict=True)), start=0.0)
    score: Any = said / (1 + 1.2 * (0.25 + 0.75 * func.length(_words()) / _USUAL_WORDS))
    hits = select(SentenceRow.lecture, score.label("score")).where(or_(*matching))
    best = hits.order_by(text("score DESC")).limit(_BEST).subquery()
    found = select(LectureRow.id).join(best, best.c.lecture == LectureRow.number)
    found = found.where(LectureRow.proposal_for.is_(None)).group_by(LectureRow.number)
    return session.scalars(found.order_by(func.max(best.c.score).desc(), LectureRow.number).limit(limit)).all()


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _words() -> ColumnElement[Any]:
    return literal_column("sentences.words", TSVECTOR)


def _matches(query: ColumnElement[Any]) -> ColumnElement[bool]:
    return _words().bool_op("@@")(query)


def _phrase(word: str, unfinished: bool = False) -> ColumnElement[Any]:
    """What finds a word, or the words next to one another that it consists of, such as those of "well-known"."""
    phrase = func.phraseto_tsquery(literal_column("'simple'"), func.lecture_words(word), type_=TSQUERY)
    if not unfinished:
        return phrase
    # Empty where there is no letter in it: then it asks for nothing.
    ending = cast(func.nullif(cast(phrase, Text), "").concat(":*"), TSQUERY)
    return func.coalesce(ending, phrase, type_=TSQUERY)
