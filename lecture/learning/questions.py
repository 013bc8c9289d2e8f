"""A sentence → the questions it answers: what something is, why, when and who, and gaps.

A question is asked only where its grammar is sure to come out right; everything else becomes a gap, or nothing. What
was read from notes is judged by rules, what was spoken freely by the sum of many signs: see `usability`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from lecture.learning.clauses import Clause, capitalised, clauses, taken_apart, without_lead_in
from lecture.learning.definitions import definition
from lecture.learning.faults import faults, is_broken, needs_context, points_elsewhere, says_twice
from lecture.learning.gaps import GAP, Gapped, frequent, gapped, spoken_gaps
from lecture.learning.spoken import Statement, statements
from lecture.learning.usability import FORMULA, SOME_VAGUE, VAGUE, Place, usability
from lecture.learning.vocabulary import Vocabulary
from lecture.ranking import WORD, terms

_BECAUSE = re.compile(r"^(?P<what>.{15,}?),? (?P<why>because (?!of course\b).+?)[.]?$")
_INVERTED = frozenset("is are was were can could must should will would".split())
"""Verbs that change places with their subject in a question."""
_IN_YEAR = re.compile(
    r"^(?P<subject>.+?) (?P<verb>was|were) (?P<rest>.+?),? (?P<when>(?:in|on) (?:[\w ]{0,18} )?(?:1\d{3}|20\d\d))\.$"
)
_DID = re.compile(
    r"^(?P<who>(?:(?:Sir |Dr\. )?[A-Z][\w'’-]+ ){2,3})(?P<what>(?:published|invented|discovered|wrote|"
    r"proposed|built|designed|"
    r"founded|introduced|developed|patented|showed|proved|coined|measured|described|created|found|made|took|"
    r"finished|tested) "
    r".+)\.$"
)
_JUDGES = re.compile(
    r"^(?:an?|the|one of the) (?:small|(?:very|really|quite|so|extremely|pretty|most|rather) )?(?:good|bad|tough|"
    r"important|nice|big|"
    r"great|popular|interesting|hard|difficult|simple|easy|natural|common|standard|typical|main|strange|"
    r"different|famous|best|"
    r"better|worst|real|key|central|huge|obvious|little|nother|lot|bit|few|way|problem|question|case|example|"
    r"thing|one|only)\b",
    re.IGNORECASE,
)
"""A meaning that begins so says what somebody thinks of the thing."""
_SAYS_WHICH = re.compile(r"\b(?:that|which|who|where|when|of|for|in|to|with|between|used|by|from|whose|how)\b")
_SPEAKERS = re.compile(r"\b(?:we|us|our|ours|you|your|let)\b", re.IGNORECASE)
_UNIQUE = frozenset(
    "brain heart sun earth moon body mind universe world sky ocean sea internet bible church parliament economy "
    "liver skin eye ear lung cortex hippocampus genome atmosphere".split()
)
"""What there is only one of, or one kind: "the brain" needs no sentence before it."""
_ANYBODY = re.compile(
    r"(?:[Tt]o [^,]{5,40}, |In [^,]{5,40}, )?(?:We|You|One|we|you|one) (?:can|need to|have to|must|"
    r"should) (?!see|say|look|think|"
    r"talk|go|do|get|have|be|imagine|notice|ask|try|want|come|tell|show|also|just|always|now|really|hear|read|"
    r"call|face)\w+ "
)
_KNOWN = 3
"""In how many sentences of free speech a term must be, before it is asked what it means."""
_FEWEST_OF_MEANING = 6
"""Words of a meaning in free speech."""
_TRUSTED = 0.75
"""Share of its words that must be said again, or be general English."""
_ASKED_WELL = 0.1
"""How much more usable a question is than the best gap in the same statement."""
_LONGEST_ANSWER = 30
"""Words; a longer answer is more than one idea."""


@dataclass(frozen=True)
class Asked:
    """A question that a sentence answers.

    Attributes:
        kind: what it asks for, as of a card.
        question: it, or a sentence with a gap.
        answer: what the sentence says.
        worth: how good a card it would make; higher is better.
    """

    kind: Literal["definition", "question", "cloze"]
    question: str
    answer: str
    worth: float


def questions(sentence: str, words: Vocabulary, place: Place | None = None) -> Iterator[Asked]:
    """What a student could be asked, given a sentence of a lecture; nothing unless it can be understood alone.

    Args:
        sentence: as it was said.
        words: of the lecture.
        place: of the sentence; tells most where it was spoken freely.
    """
    if words.is_spoken:
        yield from _spoken(sentence, words, place or Place(sentence))
        return
    if words.language not in ("en", None) or not words.punctuated:
        yield from _careful(sentence, words)
        return
    yield from _why(sentence, words)
    yield from _generic(sentence, words)
    for clause in clauses(sentence):
        if FORMULA.search(clause.text) or not clause.agrees:
            continue
        yield from _meaning(clause, words)
        if _can_be_asked(clause, words):
            yield from _facts(clause, words)
            if gap := gapped(clause.text, words):
                yield Asked("cloze", gap.question, gap.answer, gap.worth + _clarity(clause, words))


def _generic(sentence: str, words: Vocabulary) -> Iterator[Asked]:
    """What one can do, or has to: "we" and "you" are anybody there."""
    text = capitalised(without_lead_in(sentence))
    if not _ANYBODY.match(text) or len(_SPEAKERS.findall(text)) > 1 or FORMULA.search(text) or any(faults(text)):
        return
    if not text.endswith(".") or not 8 <= len(text.split()) <= 24 or SOME_VAGUE.search(text):
        return
    gap = gapped(text, words)
    if gap and gap.worth >= 1.7 and words.trust(text) >= 0.75:
        yield Asked("cloze", gap.question, gap.answer, gap.worth + words.trust(text))


def _clarity(clause: Clause, words: Vocabulary) -> float:
    length = len(clause.text.split())
    return (
        words.trust(clause.text)
        + 0.3 * clause.whole
        - 0.05 * max(0, length - 20)
        - 0.5 * bool(_SPEAKERS.search(clause.text))
        - 0.3 * clause.text.startswith("The ")
    )


def _can_be_asked(clause: Clause, words: Vocabulary) -> bool:
    """Whether a clause says something of a subject that is known without the lecture."""
    noun = WORD.findall(clause.noun)[-1].lower()
    if clause.definite and noun not in _UNIQUE:
        parts = WORD.findall(clause.noun)[-2:]
        is_name = len(parts) == 2 and all(part[0].isupper() for part in parts)
        if len(parts) < 2 or (words.often(*parts) < 2 and not is_name):
            return False
    return not (noun in VAGUE or not terms(clause.noun) or SOME_VAGUE.search(clause.text))


def _meaning(clause: Clause, words: Vocabulary) -> Iterator[Asked]:
    found = definition(clause.text)
    if not found or clause.when or _JUDGES.match(found.meaning):
        return
    length = len(found.meaning.split())
    if (
        ";" in found.meaning
        or not 4 <= length <= _LONGEST_ANSWER
        or not _SAYS_WHICH.search(found.meaning)
        or len(found.term) < 3
    ):
        return
    if set(terms(found.term)) & set(terms(found.meaning)) and len(terms(found.term)) == 1:
        return
    if (
        found.article == "the "
        and len(found.term.split()) == 1
        and not re.search(r"\b(?:that|which|who)\b", found.meaning)
    ):
        return
    verb = "are" if found.verb == "are" else "is"
    yield Asked(
        "definition", f"What {verb} {found.article}{found.term}?", f"{capitalised(found.meaning)}.", 4.0 - 0.02 * length
    )


def _why(sentence: str, words: Vocabulary) -> Iterator[Asked]:
    for whole in (sentence, sentence.partition(";")[0] + "."):
        found = _BECAUSE.match(_stripped(whole))
        if not found or " because " in found["why"][8:]:
            continue
        what, why = capitalised(found["what"].rstrip(",")) + ".", f"{capitalised(found['why'])}."
        clause = taken_apart(what)
        if not clause or clause.when or any(faults(what)) or not _can_be_asked(clause, words):
            continue
        if not clause.agrees or FORMULA.search(whole) or re.search(r"\b(?:we|our|us)\b", why):
            continue
        if needs_context(found["why"][8:], known=what) or is_broken(why) or not 5 <= len(why.split()) <= 24:
            continue
        if re.match(r"because (?:it|they)\b", why, re.IGNORECASE) and len(clause.subject.split()) > 6:
            continue
        yield Asked("question", _why_question(clause, words), why, 3.0)
        return


def _spoken(sentence: str, words: Vocabulary, place: Place) -> Iterator[Asked]:
    """What a sentence of free speech can be asked: each gap of each of its statements, and what it defines."""
    for statement in statements(sentence):
        gaps = [
            (gap, usability(statement, gap, words, place))
            for gap in spoken_gaps(statement.text, words)
            if _bare(gap.answer) in _bare(sentence)  # not where a word between its words was taken out
        ]
        best = max((worth for _, worth in gaps), default=0.0)
        for gap, worth in gaps:
            yield Asked("cloze", gap.question, gap.answer, worth)
            if meaning := _spoken_meaning(statement, gap, words):
                yield Asked("definition", meaning.question, meaning.answer, best + _ASKED_WELL)


def _bare(text: str) -> str:
    return f" {' '.join(WORD.findall(text.lower()))} "


def _spoken_meaning(statement: Statement, gap: Gapped, words: Vocabulary) -> Asked | None:
    """The question for what the gap's term means, where the statement begins with the term and says so."""
    if not statement.clause or not re.match(rf"(?:(?:An?|The) )?{GAP} (?:is|are) ", gap.question):
        return None
    found = next(_meaning(statement.clause, words), None)
    if not found or len(found.answer.split()) < _FEWEST_OF_MEANING or words.trust(found.answer) < _TRUSTED:
        return None
    return found if words.often(*WORD.findall(gap.answer)[-2:]) >= _KNOWN else None


def _stripped(sentence: str) -> str:
    return re.sub(r"^(?:(?:and|but|so|now|however|well|of course),? )+", "", sentence.strip(), flags=re.IGNORECASE)


def _why_question(clause: Clause, words: Vocabulary) -> str:
    subject = words.within(clause.subject)
    said = clause.text.rstrip(".")
    if clause.verb in _INVERTED and said.lower().startswith(f"{clause.subject} {clause.verb} ".lower()):
        return f"Why {clause.verb} {subject} {clause.rest}?"
    return f"Why is it that {subject}{said[len(clause.subject) :]}?"


def _facts(clause: Clause, words: Vocabulary) -> Iterator[Asked]:
    """When something was done, and who did it."""
    found = _IN_YEAR.match(clause.text)
    if found and clause.verb == found["verb"] and found["subject"] == clause.subject and " and " not in found["rest"]:
        subject = words.within(clause.subject)
        yield Asked("question", f"When {clause.verb} {subject} {found['rest']}?", f"{capitalised(found['when'])}.", 2.5)
    did = _DID.match(clause.text)
    if did and len(set(terms(did["what"]))) >= 3 and not re.search(r"\b(?:his|her|it|he|she|their)\b", did["what"]):
        yield Asked("question", f"Who {did['what']}?", f"{did['who'].strip()}.", 3.0)


def _careful(sentence: str, words: Vocabulary) -> Iterator[Asked]:
    """Of a draft without full stops, and of other languages: what can be told without knowing the grammar."""
    text = sentence.strip()
    length = len(text.split())
    if says_twice(text) or not 6 <= length <= 28:
        return
    if words.language not in ("en", None):
        gap = frequent(text, words)
        if gap and text[:1].isupper() and text[-1:] in ".。।" and not points_elsewhere(text):
            yield Asked("cloze", gap.question, gap.answer, 1.0)
        return
    plain = _stripped(text.rstrip("."))
    if needs_context(plain) or is_broken(plain):
        return
    found = definition(plain)
    if found and not _JUDGES.match(found.meaning) and 5 <= len(found.meaning.split()) <= _LONGEST_ANSWER:
        verb = "are" if found.verb == "are" else "is"
        yield Asked("definition", f"What {verb} {found.article}{found.term}?", f"{capitalised(found.meaning)}.", 4.0)
    clause = taken_apart(plain)
    if clause and not words.rough and not any(faults(plain)) and _can_be_asked(clause, words):
        gap = gapped(capitalised(plain), words)
        if gap and gap.worth >= 1.5:
            yield Asked("cloze", gap.question, gap.answer, gap.worth)
