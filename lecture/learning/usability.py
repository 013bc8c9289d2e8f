"""A statement of free speech and a gap in it → how usable the card would be.

No single rule tells a statement that can be learnt from one that needs its context, is an example or was misheard. So
each sign adds or takes away a little, and the sum decides. The weights were set by hand and checked on cards that one
person read; weights fitted to those verdicts told no better.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lecture.learning.clauses import Clause
from lecture.learning.fluency import associations
from lecture.learning.gaps import Gapped
from lecture.learning.spoken import Statement
from lecture.learning.vocabulary import Vocabulary
from lecture.ranking import WORD, importance, terms

VAGUE = frozenset(
    "result results problem method methods model algorithm system approach paper task project data example goal aim "
    "idea point question answer issue reason difference main output input value number set rest part parts work code "
    "time way kind program step case".split()
)
"""Subjects that mean something only where they were introduced."""
SOME_VAGUE = re.compile(
    rf"\bthe (?:\w+ )?(?:{'|'.join(sorted(VAGUE))})s?\b(?! (?:of|to|that|which|for|between)\b)", re.IGNORECASE
)
_PAST = re.compile(
    r"was|were|had|did|could|would|made|took|gave|got|came|went|found|saw|kept|held|brought|knew|said|\w+ed"
)
_DEFINITE = re.compile(
    r"\bthe (?:\w+ )?\w+(?=\s*(?:$|[,.;:]|\b(?:is|are|and|or|in|on|at|by|from|with|for|to|as)\b))", re.IGNORECASE
)
"""Something that is spoken of as known."""
_GOES_ON = re.compile(r"[a-z]|(?:Of|Which|That|And of|With|From|For|In which|To|As|Than|Or)\b")
"""How a sentence begins that is the rest of the one before it."""
_GREEK = "alpha|beta|gamma|delta|epsilon|eta|theta|lambda|mu|nu|rho|sigma|tau|phi|chi|psi|omega"
FORMULA = re.compile(
    rf"\b(?!A\b|I\b)(?<!vitamin )(?<!hepatitis )[A-Z]\b(?![.'’]| cells?\b| rays?\b)|\b(?i:{_GREEK}|sub)\b"
)
"""Letters that stand for quantities: a recogniser hears them as it likes."""

_STATES_WHAT = re.compile(
    r"\b(?:is|are) (?:an?|the|any|one of|called|known|defined|used|based|equivalent)\b", re.IGNORECASE
)
_TELLS_HOW = re.compile(r"\bto [a-z]+ |\busing\b|\bas an?\b|\bby \w+ing\b|\bin terms of\b")
_TALK = re.compile(
    r"\b(?:extremely|somewhat|pretty|again|anyway|other|our|us|your|let|will|would|going|want|wants|wanted|all the|"
    r"already|now|still|gets?|got|getting|done|some|so|very|things?|something|nice|whole|particular|certain|lots?|couple|"
    r"bunch|little|bit|guess|kind|goals?|project|work|today|trying|looks?|nature|world|people|everything|he|she|his|her|"
    r"have|had|was|were|did|said)\b",
    re.IGNORECASE,
)
"""Words of talk, of plans and of what somebody did: a statement that has them is seldom general."""
_JUDGES = re.compile(
    r"\bvery (?:good|bad|nice|simple|big)|good as possible|surpris|interesting|of course|amazing|funny|weird|terrible|"
    r"crazy|awful|nutty|confusing|probably|hope",
    re.IGNORECASE,
)
_SHOWS = re.compile(
    r"\b(?:red|blue|green|black|white|yellow|dashed|dotted|gr[ae]y)\b.*"
    r"\b(?:lines?|curves?|dots?|box|boxes|area|region|points?|ones?|separator)\b|"
    r"\bcolou?rs? (?:correspond|show|indicate|represent|mean)",
    re.IGNORECASE,
)
"""What is seen in a picture."""
_LIKE = re.compile(r"(?<!look)(?<!looks)(?<!act)(?<!things) like (?!a |an |the )")
_COMPARED = re.compile(r"(?:The|A|An) (?:\w+er|first|second|third|last|next|other|only|main|new|basic|best) ")
_OF_THE_TALK = re.compile(
    r"(?:The|Our|My) (?:topic|focus|talk|paper|aim|motivation|purpose|motive)\b|The plan is to talk|"
    r"(?:We|You) (?:describe|present|propose|introduce|focus|will see|should not|talk|discuss|conclude|summari[sz]e)\b"
)
_SUPPOSED = re.compile(r"(?:If|When) (?:you|we) (?:had|were|wanted|did|could|\w+ed)\b")
_WISHED = re.compile(r"(?:We|You) (?:want|need|have|like) to (?:know|answer|do|have|at least|be)\b")
_NAME_INSIDE = re.compile(r"[a-z,] [A-Z][a-z]+")
_WRITTEN = re.compile(r"[\"“”()$\[\]]")
_POINTED_AT = re.compile(r"\b(?:this|these|those) (\w+(?: \w+)?)", re.IGNORECASE)
_COUNTED_OFF = re.compile(r"\b(?:first|second|third|fourth|last|final) (?:\w+ )?\w+\.$")
_ENDS_INSIDE = re.compile(r"\b(?:an?|the|of|to|and|or|but|is|are|in|on|for|with|that|we|our)\s*\.$", re.IGNORECASE)
_AGAIN = re.compile(r"\b(\w{4,}) (?:\w+ ){1,2}\1\b|\b(\w{3,} \w{3,})\b.*\b\2\b", re.IGNORECASE)
"""A word that comes back at once, or two words that come back: the speaker began anew."""
_MISPLACED = re.compile(
    r"\b(?:of|for|with|from|by|at|an?|the|very|its|their) (?:sees|has|gives|takes|makes|becomes|contains|includes|"
    r"allows|requires|knows|gets|goes|tells|brings|keeps|finds|comes|depends|happens|says|they|we)\b|"
    r"\b(?:we|they|you|i) (?:over|of|at|with|is|has|does|was|the|an?)\b|\ban? much\b|\b(?:he|she|it) (?:have|are|do)\b|"
    r"\bbe(?:come)? (?:is|are|has)\b|\b(?:can|could|should|must) (?:\w+ly )?(?:\w+tion|\w+ness|\w+ity)\b|"
    r"\b(?!series|species|always|lens|bias)\w{2,}[^\Wcisu]s (?:has|does)\b|"
    r"\b(?:from|to|in|with|into) (?:set|wide|series|number|variety) |\b(?:can|could|should|must) (?:\w+ly )?\w+ies\b|"
    r"\b(?:you|we|they)['’]re \w+ (?:is|are)\b|['’]s\.$",
    re.IGNORECASE,
)
"""Words that cannot follow each other: one of them was misheard."""
_OF_SOMEBODY = frozenset("our your my his its their".split())
_GENERAL = frozenset("a an any each every most all".split())
_NO_SUBJECT = (
    "together ",
    "along ",
    "out ",
    "outside ",
    "inside ",
    "besides ",
    "due ",
    "some of ",
    "much ",
    "more ",
    "other ",
)
_AUXILIARY = frozenset("will would could might have do does need needs".split())
_USABLE, _USABLE_IF_GARBLED = 0.4, 1.6
"""What a card must be worth where a lecture was heard well, and where it was not."""
_CLEAN, _GARBLED = 0.08, 0.2
"""Share of sentences that cannot be right where a lecture was heard well, and where it was not."""
_OWN = 5.0
_A_TERM = 4.0
"""Weight of a word in a lecture from which it is one of the lecture's own: see `Vocabulary.weight`."""


@dataclass(frozen=True)
class Place:
    """A sentence and where it stands in its lecture.

    Attributes:
        said: the sentence as it was spoken.
        rank: of the sentence among all by importance, from 0 to 1.
        before: the sentence before it; "" for the first.
        after: the sentence after it; "" for the last.
    """

    said: str
    rank: float = 0.5
    before: str = ""
    after: str = ""


def places(sentences: Sequence[str]) -> tuple[Place, ...]:
    """Each sentence of a lecture with its place."""
    weights = importance(sentences)
    ordered = sorted(range(len(sentences)), key=weights.__getitem__)
    ranks = {at: place / len(sentences) for place, at in enumerate(ordered)}
    around = ["", *sentences, ""]
    return tuple(Place(said, ranks[at], around[at], around[at + 2]) for at, said in enumerate(sentences))


def least_usable(garbled: float) -> float:
    """What a card must be worth: the more of a lecture was not heard rightly, the more.

    Args:
        garbled: share of the sentences that cannot be right.
    """
    share = min(1.0, max(0.0, (garbled - _CLEAN) / (_GARBLED - _CLEAN)))
    return _USABLE + share * (_USABLE_IF_GARBLED - _USABLE)


def usability(statement: Statement, gap: Gapped, words: Vocabulary, place: Place) -> float:
    """How usable a card would be that asks for a gap in a statement: at 1 most are, below 0 few."""
    return (
        gap.worth
        + (_of_clause(statement.clause, statement, words) if statement.clause and statement.form == "plain" else 0.0)
        + _of_form(statement)
        + _of_wording(statement.text, words)
        + _of_context(statement, words, place)
        + 0.8 * (place.rank - 0.5)
    )


def _of_form(statement: Statement) -> float:
    text = statement.text
    if statement.form == "plain":
        return 0.0
    if statement.form == "condition":
        return -0.1 - 1.0 * bool(_SUPPOSED.match(text))
    if statement.form == "there":
        return -0.3
    of_the_room = 0.8 * (statement.form == "somebody") + 0.3 * text.startswith("We ") + 1.2 * bool(_WISHED.match(text))
    return 0.1 - of_the_room


def _of_clause(clause: Clause, statement: Statement, words: Vocabulary) -> float:
    """What subject and verb tell: general ones of a term are best."""
    head = WORD.findall(clause.noun)[-1]
    weight = words.weight(head)
    article = clause.subject.split()[0].lower() if " " in clause.subject else ""
    worth = 0.12 * (min(weight, 8) - 4.5) - 0.1 * bool(clause.when) - 1.0 * (head.lower() in VAGUE)
    if article in _GENERAL:
        worth += 1.2
    elif article in _OF_SOMEBODY:
        worth -= 1.3
    elif article == "the":
        worth -= 0.4 * (clause.definite and " " not in clause.noun)
    else:
        worth += 0.6 * (weight > _A_TERM)
    if _STATES_WHAT.search(statement.text):
        worth += 0.6
    elif _PAST.fullmatch(clause.verb):
        worth -= 1.0
    elif clause.verb in _AUXILIARY:
        worth -= 0.3
    elif clause.verb not in ("is", "are", "has"):
        worth += 0.4
    return worth - _misheard(clause, head, words) - 0.8 * bool(_COMPARED.match(statement.text))


def _misheard(clause: Clause, head: str, words: Vocabulary) -> float:
    """Signs that the subject is not what was said: a noun without its article, a word that is nowhere in a sentence."""
    several = head.endswith("s") and not head.endswith("ss")
    bare = clause.subject == clause.noun and not several and clause.verb != "are" and words.lacks_article(head)
    strange = words.is_only_large(WORD.findall(clause.text)[0])
    alone = strange and " " not in clause.subject and not head.endswith("ing")
    no_subject = clause.subject.split()[0].lower().endswith("ly") or clause.subject.lower().startswith(_NO_SUBJECT)
    no_verb = clause.verb.endswith("ed") and WORD.findall(clause.subject)[-1].endswith("ly")  # "all newly made things"
    return 1.2 * bare + 0.5 * strange + 0.4 * alone + 1.5 * (no_subject or no_verb)


def _of_wording(text: str, words: Vocabulary) -> float:
    length = len(text.split())
    content = terms(text)
    links = associations(text)
    least, mean = min(links), sum(links) / len(links)
    own = sum(words.weight(word) > _OWN for word in WORD.findall(text) if terms(word))
    weak = sum(link < -0.5 for link in links) / len(links)
    return (
        -0.5 * len(_TALK.findall(text))
        - 0.3 * max(0, len(_DEFINITE.findall(text)) - 1)
        - 0.25 * text.count(",")
        + 0.4 * (5 * own / length - 0.9)
        + 0.3 * (links[-1] - 0.6)
        + 0.4 * (sum(sorted(links)[:3]) / 3 + 0.9)
        - 0.5 * bool(SOME_VAGUE.search(text))
        - 0.3 * bool(_WRITTEN.search(text))
        - 0.8 * bool(FORMULA.search(text))
        - 0.6 * bool(_NAME_INSIDE.search(text))
        - 0.4 * (length < 8)
        - 0.08 * max(0, length - 18)
        + 0.3 * (max(least, -4) + 1.5)
        + 0.4 * bool(_TELLS_HOW.search(text))
        - 0.3 * bool(re.search(r"\d", text))
        - 2.0 * bool(_OF_THE_TALK.match(text))
        - 0.4 * (weak > 0.3)
        + 0.3 * (min(mean, 1.5) - 0.9)
        + 2.5 * (words.trust(text) - 1)
        - 0.2 * words.slips(text)
        - 1.5 * bool(_COUNTED_OFF.search(text))
        - 0.7 * min(2, sum(words.is_unknown(word) for word in WORD.findall(text)))
        - 1.0 * bool(_AGAIN.search(text))
        - 1.5 * bool(_MISPLACED.search(text))
        - 3.0 * bool(_SHOWS.search(text))
        - 0.6 * bool(_LIKE.search(text))
        - 1.5 * bool(_JUDGES.search(text))
        - 0.3 * (len(content) - len(set(content)))
    )


def _of_context(statement: Statement, words: Vocabulary, place: Place) -> float:
    worth = -0.25 * (not statement.first) - 0.1 * (not statement.last)
    if statement.last and _GOES_ON.match(place.after):
        worth -= 1.0
    if statement.first and place.before:
        worth -= 1.0 * (place.before.rstrip()[-1:] not in ".?!") + 0.6 * bool(_ENDS_INSIDE.search(place.before))
    for pointed in {found.lower() for found in _POINTED_AT.findall(place.said)}:
        if f"the {pointed}" in statement.text.lower():
            known = max((words.weight(word) for word in pointed.split() if terms(word)), default=0.0) > _A_TERM + 0.5
            worth -= 0.35 if known else 0.9
    return worth
