"""A spoken sentence → the clause of it that says something by itself, taken apart: subject, verb, the rest.

Without a model of language this is done from the outside: verbs are known from a list, a subject is what stands before
the first of them. What does not fit is left alone, so most spoken sentences give no clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lecture.learning.faults import faults
from lecture.ranking import WORD

VERBS = (
    "is are was were can cannot may might must should will would could has have had does do did mean means refers "
    "refer consist consists contain contains include includes depend depends need needs require requires give gives "
    "gave make makes made take takes took use uses used work works come comes came lead leads led allow allows "
    "allowed help helps helped cause causes caused become becomes became show shows showed find finds found keep "
    "keeps kept hold holds held turn turns turned change changes changed grow grows grew move moves moved bring "
    "brings brought produce produces produced provide provides provided create creates created describe describes "
    "described define defines represent represents measure measures measured increase increases increased decrease "
    "decreases reduce reduces reduced learn learns learned know knows knew say says said happen happens happened "
    "exist exists occur occurs occurred appear appears remain remains remained stay stays lose loses lost win wins "
    "won build builds built write writes wrote invented discovered proposed developed published founded designed "
    "patented introduced received died lived fell fall falls rise rises rose kill kills killed protect protects "
    "prevent prevents destroy destroys destroyed store stores carry carries carried connect connects combine combines "
    "divide divides solve solves solved explain explains explained predict predicts assume assumes compute computes "
    "maximize maximizes minimize minimizes converge converges generate generates determine determines follow follows "
    "perform performs play plays act acts form forms formed affect affects influence influences control controls "
    "regulate regulates bind binds activate activates encode encodes map maps return returns cost costs cover covers "
    "stand stands enable enables support supports ensure ensures tend tends fail fails participate participates "
    "belong belongs rely relies involve involves emit emits absorb absorbs drive drives begin begins began start "
    "starts started end ends ended stop stops believe believes believed want wants bend bends break breaks broke hang "
    "hangs pull pulls push pushes reach reached reaches weigh weighs eat eats feed feeds live lives spread spreads "
    "aim aims answer answers treat treats remember remembers forget forgets offer offers select selects selected "
    "apply applies lack lacks exceed exceeds satisfy satisfies obey obeys correspond corresponds differ differs "
    "capture captures consider considers operate operates interact interacts identify identifies detect detects "
    "indicate indicates imply implies express expresses exploit exploits extract extracts evaluate evaluates assign "
    "assigns vary varies emerge emerges arise arises improve improves replace replaces choose chooses send sends "
    "receive receives tells gets goes optimize optimizes approximates infer infers translates illustrates reflects "
    "specify specifies classify classifies separates"
).split()
"""The verbs that a clause may have, beside those that their ending tells."""
_OF_ONE = frozenset(verb for verb in VERBS if verb.endswith("s") and verb != "does" and verb[:-1] in VERBS) | frozenset(
    "is was has does carries applies relies satisfies goes".split()
)
_WITH_OBJECT = r"[a-z]{3,}[^s]s(?=\s+(?:an?|the|its|their|his|her|each|every|no|many)\b)"
_VERB = rf"(?:{'|'.join(sorted(set(VERBS), key=len, reverse=True))}|[a-z]{{3,}}(?:[^e]ed|ifies)|{_WITH_OBJECT})"
_VERB += r"(?!\s+(?:is|are|was|were|can|will|may|must)\b)"  # there it is a noun: "the answer is"
_NEVER_IN_SUBJECT = (
    rf"(?:{_VERB}|be|been|being|that|which|who|whom|what|why|how|where|when|while|whether|to|if|because|but|"
    rf"not|we|you|it|"
    r"they|he|she|than|as|so|very|just|quite|rather|put|done|got|get|gets|let|take|note|notice|remember|"
    r"suppose|imagine|"
    r"consider|think|something|everything|anything|nothing|someone|somebody|everybody|everyone|nobody|"
    r"people\ who|thing|"
    r"things|one|way|us|them|him|her|me|please|yes|no|though|although|unless|until|since|could|there|here|then)"
)
_CLAUSE = re.compile(
    rf"""^(?P<subject>(?P<article>(?:an?|the|most|many|all|any|every|each|no)\s+)?
        (?P<noun>(?:(?!(?:{_NEVER_IN_SUBJECT}|and|or|of|in|on|at|for|with|from|by|between)\b)[\w'’-]+\s+){{1,4}}?)
        (?P<more>(?:(?:of|in|for|with|between|and|from|against|on|at|by)\s+
            (?:(?!{_NEVER_IN_SUBJECT}\b)[\w'’-]+\s+){{1,4}}?){{0,2}}?))
        (?:(?:often|usually|always|never|only|typically|generally|mostly|simply|really|hardly|rarely|seldom)\s+)?
        (?P<verb>{_VERB})\s+(?P<rest>\S.*)$""",
    re.IGNORECASE | re.VERBOSE,
)
_WHEN = re.compile(
    r"^(?:(?:In|By|Since|Around|After|Before) (?:(?:early |late |about )?(?:[A-Z][a-z]+ )?\d{4},? |"
    r"[A-Z]\w+(?: [A-Z]\w+)? (?=an?\b|the\b))|"
    r"(?:In|On|By|After|Before|Around|Since|During|Under|Without|At|For|Between|Among)\b[^,]{2,60},\s+)"
)
"""What may stand before the subject: "In 1885, …"."""
_LEAD_IN = re.compile(
    r"""^(?:(?:so|and|now|but|well|okay|ok|right|however|therefore|then|thus|hence|indeed|in\ fact|of\ course|basically|
        actually|obviously|clearly|unfortunately|fortunately|interestingly|generally|in\ general|again|remember
        |note|notice|
        first\ of\ all|in\ short|in\ particular|in\ practice|yes|no|
        (?:we|you|i)\ (?:all\ )?(?:know|believe|think|see|find|found|note|mean|guess|say|said|learned)\ that|
        it\ (?:is|was)\ (?:well\ )?(?:known|clear|true|obvious|said)\ that|(?:it\ )?turns\ out\ that|
        i\ (?:think|guess|mean|believe)|as\ (?:you|we|i)\ (?:all\ )?know|(?:as\ you\ )?can\ see(?:\ that)?|
        the\ (?:basic\ |main\ |key\ )?(?:idea|point|thing|fact|observation|answer|truth)\ is\ that
        |which\ means\ that)\b,?\s+)+""",
    re.IGNORECASE | re.VERBOSE,
)
_TAIL = re.compile(
    r"(?:,?\s*(?:(?<!all )right|okay|ok|yeah|of course|and so on|so|as well|too|again|for example|actually|"
    r"anyway))*[.!]$",
    re.IGNORECASE,
)
_BREAKS = re.compile(
    r"[;:]\s|,\s+(?=(?:and|but|so|or|because|while|whereas|although|which means|that means|for example|for instance|"
    r"right|okay|yeah|like|say|you know|if|when|since|by the way|in fact|especially)\b)",
    re.IGNORECASE,
)
_FEWEST, _MOST = 6, 30
"""Words of a clause that can be learnt from."""


@dataclass(frozen=True)
class Clause:
    """What a sentence says, as it reads by itself.

    Attributes:
        text: from its first word, with a capital, to a full stop.
        when: what stands before the subject, such as "In 1885, ", or nothing.
        subject: with its article, without what follows it.
        noun: the subject's own words, without article and without "of …".
        definite: the subject begins with "the" and nothing says which: no "of …", no second word.
        verb: the first of the predicate.
        rest: what follows the verb, without the full stop.
        whole: nothing but lead-ins was taken from the sentence.
    """

    text: str
    when: str
    subject: str
    noun: str
    definite: bool
    verb: str
    rest: str
    whole: bool

    @property
    def agrees(self) -> bool:
        """Whether subject and verb are both of one or both of several, as far as their endings tell."""
        last = self.noun.split()[-1].lower()
        several = last.endswith("s") and not last.endswith(("ss", "us", "is", "ics", "'s"))
        if re.search(
            r"\b(?:and|or|most|many|all|some|number|variety|lot|group|majority|pair|range|series|set|people|men|women|children|data|media)\b",
            self.subject,
            re.IGNORECASE,
        ):
            return True
        if several:
            return self.verb not in _OF_ONE
        return self.verb not in ("are", "were", "have", "do")


def clauses(sentence: str) -> Iterator[Clause]:
    """The whole sentence, then its first part, where they are sound: see `lecture.learning.faults`."""
    plain = without_lead_in(sentence)
    if not plain.endswith(".") or not sentence[:1].isupper():
        return
    ends = [len(plain) - 1, *(found.start() for found in _BREAKS.finditer(plain) if _goes_on(plain[found.end() :]))][:3]
    for end in ends:
        text = capitalised(plain[:end].rstrip(" ,;:")) + "."
        if _FEWEST <= len(text.split()) <= _MOST and not any(faults(text)):
            clause = taken_apart(text, whole=end == ends[0])
            if clause:
                yield clause


def without_lead_in(sentence: str) -> str:
    """A sentence without the words that only join it to the talk: "So, we know that …, right?"."""
    return without_tail(_LEAD_IN.sub("", sentence.strip()))


def without_tail(sentence: str) -> str:
    """A sentence without what is said after it is over: ", right?"."""
    return _TAIL.sub(".", sentence)


def _goes_on(text: str) -> bool:
    """Whether what follows a comma is a clause of its own, and not the next item of a list."""
    after = re.sub(r"^(?:(?:and|but|so|or|because|while|whereas|although|if|when|since)\s+)+", "", text)
    return bool(after == text or re.match(r"(?:it|they|we|you|he|she|that|this|there)\b", after)) or bool(
        taken_apart(after)
    )


def taken_apart(text: str, whole: bool = True) -> Clause | None:
    """A clause by its subject and verb; None if it does not begin with a subject that can be told."""
    before = _WHEN.match(text)
    when = before[0] if before else ""
    found = _CLAUSE.match(text[len(when) :].rstrip("."))
    if not found or not WORD.search(found["noun"].split()[-1]):
        return None
    return Clause(
        text=text,
        when=when,
        subject=found["subject"].strip(),
        noun=found["noun"].strip(),
        definite=(found["article"] or "").strip().lower() == "the" and not found["more"],
        verb=found["verb"].lower(),
        rest=found["rest"],
        whole=whole,
    )


def capitalised(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]
