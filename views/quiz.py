"""The quiz: one question at a time, what the lecture says of it, and what to look at again."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

import streamlit as st

from lecture.notes import Chapter
from lecture.quiz import Question, Quiz
from views import session
from views.cards import FEW, more_by_a_model
from views.player import play_button
from views.text import plain

_HERE = Path(__file__).parent
_keyboard = st.components.v2.component(
    "quiz-keyboard",
    html='<div class="quiz-keyboard" hidden></div>',
    css=(_HERE / "quiz.css").read_text(encoding="utf-8"),
    js=(_HERE / "quiz.js").read_text(encoding="utf-8"),
    isolate_styles=False,  # the questions around it are styled here, too
)


def quiz_view(chapters: Sequence[Chapter], playable: bool) -> None:
    """Show the lecture's quiz where it stands: it is kept in the library, so a refresh loses nothing.

    Args:
        chapters: of the notes; at the end they say what to look at again.
        playable: whether there is a recording to play.
    """
    quiz = session.quizzes().of(session.lecture_id())
    if quiz is None:
        st.caption("Up to twelve questions about this lecture, four options each. You can stop and go on at any time.")
        st.button("Start the quiz", on_click=session.begin_quiz, type="primary", icon=":material/quiz:")
    elif not quiz.questions:
        st.info("Nothing in this lecture makes a fair question: it defines too few terms and names too few figures.")
        _more_questions(quiz)
        _new_quiz(quiz)
    elif quiz.current:
        _ask(quiz, quiz.current, playable)
    else:
        _end(quiz, chapters, playable)


def _ask(quiz: Quiz, question: Question, playable: bool) -> None:
    """One question: its options, or what was answered and why it is right or wrong."""
    answered = quiz.answers.get(question.id)
    _progress(quiz)
    st.html(f'<p class="quiz-question" dir="auto">{escape(question.prompt)}</p>')
    if answered is None:
        for place, option in enumerate(question.options):
            st.button(
                plain(f"{place + 1}  {option}"),
                key=f"quiz-option-{place + 1}-{question.id}",
                on_click=session.answer_quiz,
                args=(question.id, place),
                width="stretch",
            )
        st.caption("Click an answer, or press 1 to 4.")
    else:
        _answered(question, answered, playable)
        last = quiz.at + 1 == len(quiz.asked)
        st.button(
            "See how you did" if last else "Next",
            key=f"quiz-next-{question.id}",
            on_click=session.go_on_quiz,
            args=(question.id,),
            type="primary",
        )
    _keyboard(key="quiz-keyboard", data={"question": question.id, "answered": answered is not None})


def _more_questions(quiz: Quiz) -> None:
    """How there could be more questions, where there are few."""
    if len(quiz.questions) < FEW:
        more_by_a_model("make a fair question", "write more cards, and these make questions")


def _progress(quiz: Quiz) -> None:
    total = len(quiz.asked)
    again = "The wrong ones again: " if quiz.round > 1 else ""
    said = f"{again}{quiz.attempted} of {total} attempted, {quiz.score} right"
    st.progress(quiz.attempted / total, text=said)


def _answered(question: Question, answered: int, playable: bool) -> None:
    """Each option with what it is, in words and not by colour alone, and the words of the lecture."""
    right = answered == question.right
    options = "".join(_option(question, place, answered) for place in range(len(question.options)))
    verdict = "✓ Right." if right else "✗ Not right."
    remark = "" if right else question.remarks[answered]
    also = f"<p><span>{escape(question.options[answered])}: <q>{escape(remark)}</q></span></p>" if remark else ""
    moment = play_button(question.evidence.start, playable=playable)
    said = f"<p>{moment}<span>{escape(question.evidence.quote)}</span></p>"
    st.html(
        f'<ol class="quiz-options">{options}</ol>'
        f'<p class="quiz-verdict {"right" if right else "wrong"}" role="status"><b>{verdict}</b> The lecture says:</p>'
        f'<div class="timed quiz-said" dir="auto">{said}{also}</div>'
    )


def _option(question: Question, place: int, answered: int) -> str:
    option = escape(question.options[place])
    if place == question.right:
        mine = ", your answer" if place == answered else ""
        return f'<li class="right" dir="auto">{option} <b>✓ right{mine}</b></li>'
    if place == answered:
        return f'<li class="wrong" dir="auto">{option} <b>✗ your answer</b></li>'
    return f'<li dir="auto">{option}</li>'


def _end(quiz: Quiz, chapters: Sequence[Chapter], playable: bool) -> None:
    """The score, and what to look at again."""
    st.subheader(f"{quiz.score} of {len(quiz.asked)} right", anchor=False)
    if quiz.round > 1:
        st.write(f"With what you knew before, that is {quiz.known} of {len(quiz.questions)}.")
    if quiz.wrong:
        st.markdown("**Look at these again**")
        st.html(f'<div class="quiz-again">{_again(quiz.wrong, chapters, playable)}</div>')
    else:
        st.write("You know all of it.")
    _more_questions(quiz)
    with st.container(horizontal=True):
        if quiz.wrong:
            st.button("Try the wrong ones again", on_click=session.retry_quiz, type="primary", icon=":material/replay:")
        _new_quiz(quiz)


def _new_quiz(quiz: Quiz) -> None:
    st.button("New quiz", on_click=session.renew_quiz, args=(quiz.seed,), icon=":material/quiz:")


def _again(wrong: Sequence[Question], chapters: Sequence[Chapter], playable: bool) -> str:
    """The moments of the questions answered wrongly, below their chapters."""
    html, before = [], None
    for question in wrong:
        chapter = next((c for c in reversed(chapters) if c.start <= question.evidence.start), None)
        if chapter and chapter != before:
            number = chapters.index(chapter) + 1
            html.append(f"<h4>{number}. {escape(chapter.title)}</h4>")
        before = chapter
        moment = play_button(question.evidence.start, playable=playable)
        html.append(
            f'<div class="timed" dir="auto"><p>{moment}<span>{escape(question.evidence.quote)}</span></p></div>'
        )
    return "".join(html)
