"""Conversations about lectures: what was asked and answered, kept in the library."""

from __future__ import annotations

from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, delete, select

from lecture.ask import Exchange, Said
from lecture.database import ExchangeRow, LectureRow, lecture_row
from lecture.library import Library
from lecture.ranking import terms

_ASKED_AT_ONCE = 5
"""Lectures that a question to all of them is answered from: those that speak most of its words."""

_exchange = TypeAdapter(Exchange)


class Conversations:
    """One conversation for each lecture of a library, and one about all of them (lecture id None)."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def about(self, lecture_id: str | None) -> tuple[Exchange, ...]:
        """What was asked and answered, the oldest first."""
        with self._library.transaction() as session:
            if lecture_id is None:
                asked = select(ExchangeRow).where(*self._about_all())
            else:
                asked = select(ExchangeRow).join(LectureRow, ExchangeRow.lecture == LectureRow.number)
                asked = asked.where(LectureRow.id == lecture_id)
            rows = session.scalars(asked.order_by(ExchangeRow.number))
            return tuple(_exchange.validate_json(row.exchange) for row in rows)

    def keep(self, lecture_id: str | None, exchange: Exchange, asked: datetime) -> None:
        """Store a question and its answer; of a lecture that was deleted meanwhile nothing is kept."""
        with self._library.transaction() as session:
            row = lecture_row(session, lecture_id) if lecture_id else None
            if lecture_id and row is None:
                return
            session.add(
                ExchangeRow(
                    lecture=row.number if row else None,
                    exchange=_exchange.dump_json(exchange).decode(),
                    asked=asked.isoformat(),
                )
            )

    def forget(self, lecture_id: str | None) -> None:
        """Delete a conversation."""
        with self._library.transaction() as session:
            row = lecture_row(session, lecture_id) if lecture_id else None
            if lecture_id is None:
                session.execute(delete(ExchangeRow).where(*self._about_all()))
            elif row:
                session.execute(delete(ExchangeRow).where(ExchangeRow.lecture == row.number))

    def to_be_asked(self, lecture_id: str | None, question: str) -> tuple[Said, ...]:
        """What was said in the lecture; or in those of all that speak most of what is, or was last, asked."""
        if lecture_id:
            ids = [lecture_id]
        else:
            before = [exchange.question for exchange in self.about(None)[-1:]]
            ids = self._library.lectures_about(terms(" ".join([question, *before])), _ASKED_AT_ONCE)
        found = ((one, self._library.said(one)) for one in ids)
        return tuple(Said(one, *said) for one, said in found if said)

    def _about_all(self) -> tuple[ColumnElement[bool], ...]:
        return ExchangeRow.lecture.is_(None), ExchangeRow.owner.is_not_distinct_from(self._library.owner)
