"""A sentence → the questions it answers: what something is, why, when and who, and gaps.

A question is asked only where its grammar is sure to come out right; everything else becomes a gap, or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from lecture.learning.clauses import Clause, capitalised, clauses, taken_apart, without_lead_in
from lecture.learning.definitions import definition
from lecture.learning.faults import faults, is_broken, needs_context, points_elsewhere, says_twice
from lecture.learning.gaps import frequent, gapped
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
_GREEK = "alpha|beta|gamma|delta|epsilon|eta|theta|lambda|mu|nu|rho|sigma|tau|phi|chi|psi|omega"
_SPEAKERS = re.compile(r"\b(?:we|us|our|ours|you|your|let)\b", re.IGNORECASE)
_UNIQUE = frozenset(
    "brain heart sun earth moon body mind universe world sky ocean sea internet bible church parliament economy "
    "liver skin eye ear lung cortex hippocampus genome atmosphere".split()
)
"""What there is only one of, or one kind: "the brain" needs no sentence before it."""
_VAGUE = frozenset(
    "result results problem method methods model algorithm system approach paper task project data example "
    "goal aim idea "
    "point question answer issue reason difference main output input value number set rest part parts work "
    "code time way "
    "kind program step case".split()
)
"""Subjects that mean something only where they were introduced."""
_SOME_VAGUE = re.compile(
    rf"\bthe (?:\w+ )?(?:{'|'.join(sorted(_VAGUE))})s?\b(?! (?:of|to|that|which|for|between)\b)",
    re.IGNORECASE,
)
_NOT_IN_ROUGH = re.compile(
    r"\b(?:extremely|somewhat|and is|pretty|again|even|anyway|itself|other|we|us|our|ours|you|your|let|it|its|"
    r"they|their|them|"
    r"he|she|his|her|will|would|second|third|fourth|"
    r"is to|are to|"
    r"all the|all of the|some of the|another|also|already|now|still|more|get|gets|got|getting|done|some|so|very|"
    r"things?|something|stuff|nice|okay|whole|actual|particular|certain|let's)\b",
    re.IGNORECASE,
)
"""Words of talk and of what somebody did: in rough text most sentences with them need those around them."""
_PAST = re.compile(
    r"was|were|had|did|could|would|made|took|gave|got|came|went|found|saw|kept|held|brought|knew|said|\w+ed"
)
_DEFINITE = re.compile(
    r"\bthe (?:\w+ )?\w+(?=\s*(?:$|[,.;:]|\b(?:is|are|and|or|in|on|at|by|from|with|for|to|as)\b))", re.I
)
"""Something that is spoken of as known."""
_GOES_ON = re.compile(r"[a-z]|(?:Of|Which|That|And of|With|From|For|In which|To|As|Than|Or)\b")
_ANYBODY = re.compile(
    r"(?:[Tt]o [^,]{5,40}, |In [^,]{5,40}, )?(?:We|You|One|we|you|one) (?:can|need to|have to|must|"
    r"should) (?!see|say|look|think|"
    r"talk|go|do|get|have|be|imagine|notice|ask|try|want|come|tell|show|also|just|always|now|really|hear|read|"
    r"call|face)\w+ "
)
_FORMULA = re.compile(
    rf"\b(?!A\b|I\b)(?<!vitamin )(?<!hepatitis )[A-Z]\b(?![.'’]| cells?\b| rays?\b)|\b(?i:{_GREEK}|sub)\b"
)
"""Letters that stand for quantities: a recogniser hears them as it likes."""
_YEAR = re.compile(r"\b(?:1\d{3}|20\d\d)\b")
_SURE = 0.95
"""Share of the words of a rough text that must be said again elsewhere in it, or be general English."""
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


def questions(sentence: str, words: Vocabulary, after: str = ".") -> Iterator[Asked]:
    """What a student could be asked, given a sentence of a lecture; nothing unless it can be understood alone.

    Args:
        sentence: as it was said.
        words: of the lecture.
        after: the sentence after it: in rough text it tells whether this one is a piece of a longer one.
    """
    if words.rough and _GOES_ON.match(after):
        return
    if words.language not in ("en", None) or not words.punctuated:
        yield from _careful(sentence, words)
        return
    yield from _why(sentence, words)
    yield from _generic(sentence, words)
    for clause in clauses(sentence):
        if _FORMULA.search(clause.text) or not clause.agrees or (words.rough and words.slips(clause.text)):
            continue
        yield from _meaning(clause, words)
        if _can_be_asked(clause, words):
            yield from _facts(clause, words)
            if gap := gapped(clause.text, words):
                yield Asked("cloze", gap.question, gap.answer, gap.worth + _clarity(clause, words))


def _generic(sentence: str, words: Vocabulary) -> Iterator[Asked]:
    """What one can do, or has to: "we" and "you" are anybody there."""
    text = capitalised(without_lead_in(sentence))
    if not _ANYBODY.match(text) or len(_SPEAKERS.findall(text)) > 1 or _FORMULA.search(text) or any(faults(text)):
        return
    if words.rough and (" use " not in text or _NOT_IN_ROUGH.search(_SPEAKERS.sub("", text))):
        return
    if not text.endswith(".") or not 8 <= len(text.split()) <= 24 or _SOME_VAGUE.search(text):
        return
    gap = gapped(text, words)
    if gap and gap.worth >= 1.7 and words.trust(text) >= 0.75 and not (words.rough and words.slips(text)):
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
    if noun in _VAGUE or not terms(clause.noun) or _SOME_VAGUE.search(clause.text):
        return False
    if words.rough:
        return _is_solid(clause, words)
    return True


def _is_solid(clause: Clause, words: Vocabulary) -> bool:
    """Whether a clause of a rough text can be believed and understood: stricter than where people read from notes.

    All its words must be said again, or be general English: what was heard wrongly seldom comes twice.
    """
    noun = WORD.findall(clause.noun)[-1]
    bare = clause.subject == clause.noun
    if words.often(noun) < 2 or words.trust(clause.text) < _SURE:
        return False
    if bare and clause.verb.endswith("s") and not noun.endswith("s") and words.lacks_article(noun):
        return False
    if _NOT_IN_ROUGH.search(clause.text) or (_PAST.fullmatch(clause.verb) and not _YEAR.search(clause.text)):
        return False
    return len(_DEFINITE.findall(f"{clause.verb} {clause.rest}")) <= 1


def _meaning(clause: Clause, words: Vocabulary) -> Iterator[Asked]:
    found = definition(clause.text)
    if not found or clause.when or _JUDGES.match(found.meaning):
        return
    length = len(found.meaning.split())
    if (
        ";" in found.meaning
        or not (6 if words.rough else 4) <= length <= _LONGEST_ANSWER
        or not _SAYS_WHICH.search(found.meaning)
        or len(found.term) < 3
    ):
        return
    if set(terms(found.term)) & set(terms(found.meaning)) and len(terms(found.term)) == 1:
        return
    if words.rough and (
        words.often(*WORD.findall(found.term)[-2:]) < 3
        or words.trust(found.meaning) < _SURE
        or _NOT_IN_ROUGH.search(found.meaning)
    ):
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
        if not clause.agrees or _FORMULA.search(whole) or re.search(r"\b(?:we|our|us)\b", why):
            continue
        if needs_context(found["why"][8:], known=what) or is_broken(why) or not 5 <= len(why.split()) <= 24:
            continue
        if re.match(r"because (?:it|they)\b", why, re.IGNORECASE) and len(clause.subject.split()) > 6:
            continue
        if words.rough and words.trust(why) < 0.7:
            continue
        yield Asked("question", _why_question(clause, words), why, 3.0)
        return


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
