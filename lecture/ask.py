"""A question about lectures → an Answer: passages that play, and sentences of a model where they are supported.

The built-in answer is the best passages themselves. A language model may word an answer from them; each of its claims
is checked against them like everything a model writes, and what has no support is dropped and counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from lecture.asking.passages import Passage, Said, find_passages, telling_passages
from lecture.asking.query import LONGEST, Query, in_conversation, plain, query
from lecture.checking.support import find_support
from lecture.errors import ModelError, WriterError
from lecture.transcript import one_line
from lecture.writers import OnShare

__all__ = ["Answer", "Answerer", "Claim", "Exchange", "Passage", "Said", "Sourced", "ask"]

SURE_ENOUGH = 0.6
"""Least confidence of the best passage that counts as an answer."""
POSSIBLE = 0.15
"""Least confidence of the best passage to be shown at all, as what comes nearest; below it there is no answer.

Of 136 answerable questions about the project's own lectures 76 % are above the first and 96 % above the second, of 63
unanswerable ones 17 % and 48 %.
"""
_GUESS = 0.3
"""Least confidence of what a question may have been about that was not answered, for the one after it."""
_PASSAGES = 5
"""Passages of an answer at most."""
_WORTH_SHOWING = 0.1
"""Share of the best passage's weight that another one needs, to be shown below it."""
_LONGEST_CLAIM = 1_000
"""Letters; what is longer is no sentence."""
_MOST_CLAIMS = 20


@dataclass(frozen=True)
class Claim:
    """One sentence that a model answers with.

    Attributes:
        text: the sentence.
        cites: which sentences of the passages it names, counted from 0 through all of them in order.
    """

    text: str
    cites: tuple[int, ...] = ()


@dataclass(frozen=True)
class Sourced:
    """One sentence of an answer, and the passage that supports it."""

    text: str
    passage: Passage


@dataclass(frozen=True)
class Answer:
    """What a question gets.

    Attributes:
        statements: what a model worded, each with what supports it; empty with the built-in writer.
        passages: what fits best, the best first; empty if the lectures do not answer the question.
        writer: "extractive", or the model's name.
        reason: one sentence for the reader: what this is, or why there is nothing.
        dropped: how many sentences of the model were dropped because the passages do not support them.
        sure: False where the question is perhaps not answered, and the passages are only what comes nearest.
    """

    statements: tuple[Sourced, ...] = ()
    passages: tuple[Passage, ...] = ()
    writer: str = "extractive"
    reason: str = ""
    dropped: int = 0
    sure: bool = True

    @property
    def found(self) -> bool:
        """Whether there is an answer, sure or not."""
        return bool(self.passages)


@dataclass(frozen=True)
class Exchange:
    """One turn of a conversation."""

    question: str
    answer: Answer


class Answerer(Protocol):
    """A language model that words answers."""

    name: str

    def answer(
        self, question: str, passages: Sequence[Passage], before: Sequence[Exchange], on_share: OnShare
    ) -> Sequence[Claim]:
        """Word an answer from the sentences of the passages; nothing if they hold none.

        Raises:
            WriterError: it gave nothing that can be read.
            ModelError: it cannot be loaded or reached.
            Cancelled: `on_share` raised it.
        """
        ...


def ask(
    question: str,
    lectures: Sequence[Said],
    before: Sequence[Exchange] = (),
    answerer: Answerer | None = None,
    on_share: OnShare = lambda share: None,
) -> Answer:
    """Answer a question from what was said in lectures.

    Args:
        question: any text; of a very long one only the beginning is read.
        lectures: where to look; the passages of all of them compete.
        before: the conversation so far, the oldest first: "And who invented it?" is understood with it.
        answerer: words the answer; without one it is the best passages.
        on_share: told the share of the work that is done; may raise `Cancelled`.

    Returns:
        The answer; its `found` is False if the question is not answered in these lectures, or asks nothing.

    Raises:
        Cancelled: `on_share` raised it.
    """
    question = question.strip()[:LONGEST]
    if not plain(question):
        return Answer(reason="There is no question yet: write what you want to know about the lecture.")
    wanted = in_conversation(question, [(exchange.question, _shown(exchange.answer)) for exchange in before])
    quoted = _quoting(wanted, lectures, before)
    answer = _worded(question, quoted, before, answerer, on_share) if answerer and quoted.found else quoted
    on_share(1.0)
    return answer


def _shown(answer: Answer) -> str:
    return answer.passages[0].evidence.quote if answer.passages else ""


def _quoting(wanted: Query, lectures: Sequence[Said], before: Sequence[Exchange]) -> Answer:
    """The passages that answer, the best first."""
    if wanted.whole:
        passages = tuple(telling_passages(lectures, _PASSAGES))
        return Answer(passages=passages, reason=_these_fit(passages))
    near = _spoken_of(before[-1], lectures) if wanted.context else ()
    found = find_passages(wanted, lectures, _PASSAGES, near)
    if not found or found[0].confidence < POSSIBLE:
        return Answer(reason=_why_nothing(wanted, lectures))
    passages = tuple(one.passage for one in found if one.score >= _WORTH_SHOWING * found[0].score)
    if found[0].confidence >= SURE_ENOUGH:
        return Answer(passages=passages, reason=_these_fit(passages))
    where = "this lecture" if len(lectures) == 1 else "these lectures"
    return Answer(passages=passages, reason=f"Perhaps not in {where}. What comes nearest to it:", sure=False)


def _spoken_of(exchange: Exchange, lectures: Sequence[Said]) -> tuple[Passage, ...]:
    """The passage that an exchange was about, or may have been where it found none."""
    if exchange.answer.passages:
        return exchange.answer.passages[:1]
    guess = find_passages(query(exchange.question), lectures, 1)
    return tuple(one.passage for one in guess if one.confidence >= _GUESS)


def _why_nothing(wanted: Query, lectures: Sequence[Said]) -> str:
    if not (wanted.own or wanted.context or wanted.whole):
        return "The question names nothing to look for: say what you want to know about, in a word or two."
    return f"Not in {'this lecture' if len(lectures) == 1 else 'these lectures'}: nothing said there answers that."


def _these_fit(passages: Sequence[Passage]) -> str:
    where = "the lecture" if len({passage.lecture_id for passage in passages}) == 1 else "your lectures"
    return f"These passages of {where} fit best." if len(passages) > 1 else f"This passage of {where} fits best."


def _worded(question: str, quoted: Answer, before: Sequence[Exchange], answerer: Answerer, on_share: OnShare) -> Answer:
    """A model's answer without what the passages do not support; the passages alone where nothing is left of it."""
    passages = quoted.passages
    try:
        claims = answerer.answer(question, passages, before, on_share)
    except (WriterError, ModelError) as error:
        return replace(quoted, reason=f"{error} {quoted.reason}")
    claims = [Claim(plain_text, claim.cites) for claim in claims if (plain_text := one_line(claim.text))]
    kept = [sourced for claim in claims[:_MOST_CLAIMS] if (sourced := _sourced(claim, passages))]
    dropped = len(claims) - len(kept)
    if not claims:
        return replace(quoted, reason=f"{answerer.name} found no answer there. {quoted.reason}")
    if not kept:
        reason = f"What {answerer.name} answered has no support in the lecture. {quoted.reason}"
        return replace(quoted, reason=reason, dropped=dropped)
    reason = f"Worded by {answerer.name}; every sentence was checked against the lecture."
    return Answer(tuple(dict.fromkeys(kept)), passages, answerer.name, reason, dropped)


def _sourced(claim: Claim, passages: Sequence[Passage]) -> Sourced | None:
    """The claim with the passage that supports it, looked for first where the claim says it is from."""
    if len(claim.text) > _LONGEST_CLAIM:
        return None
    for passage in sorted(passages, key=lambda passage: not _is_cited(passage, claim, passages)):
        if evidence := find_support(claim.text, passage.sentences):
            return Sourced(claim.text, replace(passage, evidence=evidence))
    return None


def _is_cited(passage: Passage, claim: Claim, passages: Sequence[Passage]) -> bool:
    first = sum(len(other.sentences) for other in passages[: passages.index(passage)])
    return any(first <= place < first + len(passage.sentences) for place in claim.cites)
