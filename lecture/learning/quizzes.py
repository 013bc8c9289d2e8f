"""The quizzes of the lectures in a library: what was answered is kept, whatever becomes of the page."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import TypeAdapter
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lecture.database import LectureRow, QuizRow, lecture_row
from lecture.library import Library
from lecture.quiz import Quiz, make_quiz
from lecture.sentences import sentences

_quiz = TypeAdapter(Quiz)


class Quizzes:
    """One quiz for each lecture of a library.

    It stays as it was made, also when notes and cards are written anew or a line is corrected, until it is renewed.
    Each method is one transaction, and changes nothing that another tab changed meanwhile: what is answered in one tab
    is answered in all of them.
    """

    def __init__(self, library: Library) -> None:
        self._library = library

    def of(self, lecture_id: str) -> Quiz | None:
        """A lecture's quiz as it stands; None where there is none yet."""
        with self._library.transaction() as session:
            row = lecture_row(session, lecture_id)
            kept = _kept(session, row) if row else None
        return _quiz.validate_json(kept) if kept else None

    def begin(self, lecture_id: str) -> Quiz | None:
        """Make the lecture's first quiz; the one there is where there is one; None where the lecture is not ready."""
        return self.of(lecture_id) or self._new(lecture_id, None)

    def renew(self, lecture_id: str, seed: int) -> Quiz | None:
        """Put another quiz, made of the lecture as it is now, in the place of the one with this seed.

        Where there is another one already, since another tab asked for it first, it stays.
        """
        quiz = self.of(lecture_id)
        if quiz is None or quiz.seed != seed:
            return quiz
        return self._new(lecture_id, quiz)

    def answer(self, lecture_id: str, question_id: str, option: int) -> Quiz | None:
        """Answer a question; one that is answered already stays as it is. Returns the quiz as it stands."""
        return self._change(lecture_id, lambda quiz: quiz.answered(question_id, option))

    def go_on(self, lecture_id: str, question_id: str) -> Quiz | None:
        """Show what comes after an answered question. Returns the quiz as it stands."""
        return self._change(lecture_id, lambda quiz: quiz.gone_on(question_id))

    def retry_wrong(self, lecture_id: str) -> Quiz | None:
        """At the end, ask the wrong ones again. Returns the quiz as it stands."""
        return self._change(lecture_id, Quiz.retry_wrong)

    def _new(self, lecture_id: str, old: Quiz | None) -> Quiz | None:
        lecture = self._library.lecture(lecture_id)
        if lecture is None:
            return None
        seed = old.seed + 1 if old else 0
        made = make_quiz(sentences(lecture.transcript), lecture.notes, lecture.flashcards, seed)
        new = Quiz.of(made, seed)
        if old:
            return self._change(lecture_id, lambda quiz: new if quiz.seed == old.seed else quiz)
        with self._library.transaction() as session:
            row = lecture_row(session, lecture_id)
            if row is None:
                return None
            try:
                with session.begin_nested():
                    session.execute(insert(QuizRow).values(lecture=row.number, quiz=_quiz.dump_json(new).decode()))
            except IntegrityError:  # another tab was first
                return _quiz.validate_json(_kept(session, row) or "")
        return new

    def _change(self, lecture_id: str, change: Callable[[Quiz], Quiz]) -> Quiz | None:
        """Change what is stored; from anew where somebody else changed it between the reading and the writing."""
        while True:
            with self._library.transaction() as session:
                row = lecture_row(session, lecture_id)
                kept = _kept(session, row) if row else None
                if row is None or kept is None:
                    return None
                quiz = change(_quiz.validate_json(kept))
                changed = _quiz.dump_json(quiz).decode()
                if changed == kept:
                    return quiz
                as_it_was = (QuizRow.lecture == row.number, QuizRow.quiz == kept)
                done = session.execute(
                    update(QuizRow).where(*as_it_was).values(quiz=changed).returning(QuizRow.lecture)
                )
                if done.first():
                    return quiz


def _kept(session: Session, row: LectureRow) -> str | None:
    return session.scalar(select(QuizRow.quiz).where(QuizRow.lecture == row.number))
