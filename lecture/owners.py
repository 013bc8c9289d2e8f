"""Whose lectures: a session of the database that is an owner's finds and changes nobody else's.

Every statement passes here, so that none can forget to ask. Who has no owner sees all: the worker, the command line,
and the page on a private computer.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, event, or_, select
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria
from sqlalchemy.sql.base import ExecutableOption

from lecture.database import ExchangeRow, LectureRow, OfLecture

KNOWS_OWNERS = "knows_owners"
"""Execution option of a statement in plain SQL that regards the session's owner itself."""


class OwnersSession(Session):
    """A session of the database that is confined to the lectures of the owner in its `info`, if there is one."""


def owner_of(session: Session) -> str | None:
    """Whose lectures a session is confined to; None where it sees all."""
    owner: str | None = session.info.get("owner")
    return owner


def owned_by(owner: str | None) -> ColumnElement[bool]:
    """That a lecture is this owner's, or nobody's."""
    return LectureRow.owner.is_not_distinct_from(owner)


@event.listens_for(OwnersSession, "do_orm_execute")
def _confine(state: ORMExecuteState) -> None:
    """Add to what is asked, changed or deleted that it is the owner's.

    Raises:
        RuntimeError: a statement is in plain SQL, to which nothing can be added.
    """
    owner = owner_of(state.session)
    if owner is None or state.is_insert:
        return
    if not state.is_orm_statement:
        if not state.execution_options.get(KNOWS_OWNERS):
            raise RuntimeError("This statement would find everybody's lectures.")
        return
    state.statement = state.statement.options(*_of(owner))


@lru_cache(maxsize=1_000)
def _of(owner: str) -> Sequence[ExecutableOption]:
    """What confines a statement, of whatever tables, to an owner's lectures and all that belongs to them."""
    criteria: dict[type, ColumnElement[bool]] = {
        LectureRow: LectureRow.owner == owner,
        ExchangeRow: _exchanges_of(owner),
    }
    criteria |= {part: part.lecture.in_(_lectures_of(owner)) for part in OfLecture.__subclasses__()}
    return [with_loader_criteria(table, theirs, include_aliases=True) for table, theirs in criteria.items()]


@event.listens_for(OwnersSession, "before_flush")
def _give(session: Session, _context: UOWTransaction, _instances: object) -> None:
    """What is new is the session's owner's."""
    owner = owner_of(session)
    if owner is None:
        return
    for row in session.new:
        if isinstance(row, (LectureRow, ExchangeRow)):
            row.owner = owner


def _lectures_of(owner: str) -> Any:
    lectures = LectureRow.__table__
    return select(lectures.c.number).where(lectures.c.owner == owner)


def _exchanges_of(owner: str) -> ColumnElement[bool]:
    """Those about one lecture are its owner's, and those about all are of whoever asked."""
    about_all = and_(ExchangeRow.lecture.is_(None), ExchangeRow.owner == owner)
    return or_(ExchangeRow.lecture.in_(_lectures_of(owner)), about_all)
