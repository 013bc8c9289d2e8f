"""Sentences + Notes + Flashcards → Quiz: multiple choice about a lecture, and how far it was answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from lecture.flashcards import Flashcard
from lecture.learning.quiz_material import Material
from lecture.learning.quiz_options import Candidate, Question, QuestionKind
from lecture.learning.quiz_questions import candidates
from lecture.notes import Notes
from lecture.ranking import alike, terms
from lecture.sentences import Sentence

__all__ = ["Question", "Quiz", "make_quiz"]

_MOST = 12
"""Questions of one quiz."""
_MOST_OF_A_KIND: Mapping[QuestionKind, int] = {
    "term": 4,
    "meaning": 4,
    "number": 4,
    "name": 3,
    "gap": 4,
    "reason": 3,
    "card": 4,
}
_MOST_GAPS_OF_SPEECH = 10
"""Questions for terms that are left out where a lecture was spoken freely: it gives few of the other kinds."""
_CHANCE = 1.5
"""How much chance decides, beside a question's worth."""
_TOO_ALIKE = 0.8
_TELLS = 0.55
"""Share of common terms, those of the prompts' frame among them, from which a question tells another one's answer."""


@dataclass(frozen=True)
class Quiz:
    """A quiz as far as it was answered.

    Attributes:
        questions: all of them, in the lecture's order.
        seed: what decided which questions there are; the next quiz takes the next one.
        round: 1, and one more each time that the wrong ones are tried again.
        asked: ids of this round's questions.
        answers: the option chosen, by the question's id.
        at: index among those asked of the one that is shown; their number at the end.
    """

    questions: tuple[Question, ...]
    seed: int = 0
    round: int = 1
    asked: tuple[str, ...] = ()
    answers: Mapping[str, int] = field(default_factory=dict)
    at: int = 0

    @classmethod
    def of(cls, questions: Sequence[Question], seed: int) -> Quiz:
        """A quiz that nobody answered yet."""
        return cls(tuple(questions), seed, asked=tuple(question.id for question in questions))

    @property
    def current(self) -> Question | None:
        """The question that is shown; None at the end."""
        return self._question(self.asked[self.at]) if self.at < len(self.asked) else None

    @property
    def attempted(self) -> int:
        """How many of this round's questions were answered."""
        return sum(id_ in self.answers for id_ in self.asked)

    @property
    def score(self) -> int:
        """How many of this round's questions were answered rightly."""
        return sum(self.is_right(question) for question in self.questions if question.id in self.asked)

    @property
    def known(self) -> int:
        """How many of all questions were answered rightly, in whichever round."""
        return sum(map(self.is_right, self.questions))

    @property
    def wrong(self) -> tuple[Question, ...]:
        """The questions that were answered wrongly, in order."""
        return tuple(q for q in self.questions if q.id in self.answers and not self.is_right(q))

    def is_right(self, question: Question) -> bool:
        """Whether a question was answered, and rightly."""
        return self.answers.get(question.id) == question.right

    def answered(self, question_id: str, option: int) -> Quiz:
        """The quiz after an answer; as it was where the question is answered already, or neither is there."""
        question = self._question(question_id)
        if question is None or question_id not in self.asked or question_id in self.answers:
            return self
        if option not in range(len(question.options)):
            return self
        return replace(self, answers={**self.answers, question_id: option})

    def gone_on(self, question_id: str) -> Quiz:
        """The quiz with the next question; as it was where another one is shown, or this one is not answered."""
        if self.current is None or self.current.id != question_id or question_id not in self.answers:
            return self
        return replace(self, at=self.at + 1)

    def retry_wrong(self) -> Quiz:
        """The quiz with its wrong ones to be answered again; as it was before the end, or where there are none."""
        if self.current is not None or not self.wrong:
            return self
        asked = tuple(question.id for question in self.wrong)
        answers = {id_: option for id_, option in self.answers.items() if id_ not in asked}
        return replace(self, round=self.round + 1, asked=asked, answers=answers, at=0)

    def _question(self, question_id: str) -> Question | None:
        return next((question for question in self.questions if question.id == question_id), None)


def make_quiz(
    sentences: Sequence[Sentence], notes: Notes, cards: Sequence[Flashcard], seed: int = 0
) -> tuple[Question, ...]:
    """Make questions with four options of one kind each, one of them right.

    What is wrong comes from the lecture too, and from nothing that it says elsewhere of what is asked. Where no three
    such options can be had, the question is not asked.

    Args:
        sentences: the whole lecture.
        notes: of the lecture; questions are spread over its chapters, and ask first for what the notes state.
        cards: of the lecture; what they ask for comes first, too.
        seed: decides which questions are asked, beside which options, in which order.

    Returns:
        At most a dozen questions in the lecture's order; the same for the same arguments. None where nothing in the
        lecture makes a fair question.
    """
    material, chance = Material(sentences, notes, cards), Random(f"quiz {seed}")  # noqa: S311, no secret
    chosen: list[tuple[int, Candidate, Question]] = []
    places = _places(chance)
    place = next(places)
    for candidate in _in_turn(material, chance):
        if len(chosen) == _MOST:
            break
        if not _is_new(candidate, material, chosen):
            continue
        question = candidate.make(chance, place)
        if question and not any(_gives_away(question, other, material) for _, _, other in chosen):
            chosen.append((candidate.at, candidate, question))
            place = next(places)
    return tuple(question for _, _, question in sorted(chosen, key=lambda found: (found[0], found[2].id)))


def _in_turn(material: Material, chance: Random) -> list[Candidate]:
    """What may be asked: the best of each chapter, then the second best, and so on."""
    chapters: dict[int, list[tuple[float, Candidate]]] = {}
    for candidate in candidates(material):
        rank = candidate.worth + chance.uniform(0, _CHANCE)
        chapters.setdefault(material.chapter(candidate.at), []).append((rank, candidate))
    for ranked in chapters.values():
        ranked.sort(key=lambda found: -found[0])
    turns = [(turn, -rank, candidate) for ranked in chapters.values() for turn, (rank, candidate) in enumerate(ranked)]
    return [candidate for _, _, candidate in sorted(turns, key=lambda found: found[:2])]


def _places(chance: Random) -> Iterator[int]:
    """Places for the right option: each of the four once, in any order, again and again."""
    while True:
        places = [0, 1, 2, 3]
        chance.shuffle(places)
        yield from places


def _is_new(candidate: Candidate, material: Material, chosen: Sequence[tuple[int, Candidate, Question]]) -> bool:
    """Whether a quiz neither asks for this already, nor about this sentence, nor too often in this way."""
    kinds = Counter(other.kind for _, other, _ in chosen)
    gaps_alone = candidate.kind == "gap" and material.words.is_spoken
    if kinds[candidate.kind] >= (_MOST_GAPS_OF_SPEECH if gaps_alone else _MOST_OF_A_KIND[candidate.kind]):
        return False
    said = terms(material.texts[candidate.at])
    return not any(
        candidate.key == other.key or alike(said, terms(material.texts[at])) >= _TOO_ALIKE for at, other, _ in chosen
    )


def _gives_away(one: Question, other: Question, material: Material) -> bool:
    """Whether one question tells another one's answer.

    Free speech has its few terms in most of its statements, so there it counts only if both say much the same.
    """
    worded = ("term", "gap", "name")
    told = any(a.kind in worded and a.answer.casefold() in b.prompt.casefold() for a, b in ((one, other), (other, one)))
    return told and (not material.words.is_spoken or alike(terms(one.prompt), terms(other.prompt)) >= _TELLS)
