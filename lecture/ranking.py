"""Which sentences of a lecture matter: terms, their weights, and surface features. No weights of a model, no download.

Such features beat supervised models of other domains on real lectures (Lv et al. 2021, "VT-SSum", arXiv 2106.05606,
has the data).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

# Function words of English: they say little about what a lecture is about. Other languages do without, since
# `weights` below takes away from every word that is common in the lecture itself.
_FUNCTION_WORDS = frozenset(
    """
    a about above actually after again against all almost also although always am among an and another any are
    around as at away back be became because become been before began begin being below between both but by
    came can cannot could course did do does doing done down during each either else enough even ever every
    few first for from further gave get gets getting give given gives go goes going gone got had has have
    having he her here hers him his how however i if in indeed instead into is it its itself just keep kind
    know known last later least less let lets like likely little look lot made make makes making many may
    maybe me mean might mind more most much must my need never new next no nor not nothing now of off often ok
    okay on once one only onto or other others our out over own people per perhaps put quite rather really
    right said same say says see seem seen shall she should since so some somebody something sometimes soon
    still such sure take takes taken talk tell than thank that the their them then there therefore these they
    thing things think this those though three through thus time to today together too took toward true try
    turn two uh um under until up upon us use used uses using very want was way ways we well went were what
    when where whether which while who whole whom whose why will with within without would yes yet you your
    that's it's we're you're i'm don't let's there's they're we'll i'll we've i've you've isn't doesn't can't
    """.split()
)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")

_DEFINES = re.compile(
    r"\b(?:is|are|means|refers to|is called|are called|is known as|is defined as|we call|stands for)\s+"
    r"(?:an?|the|one|any|when|what|how|that|those)?\b",
    re.IGNORECASE,
)
_CUES = re.compile(
    r"\b(?:important|remember|key|main|in other words|the idea|the point|the reason|because|therefore|as a result|"
    r"in summary|to sum(?:marize| up)?|conclu\w+|defin\w+|result|rule|law|theorem|principle|means that)\b",
    re.IGNORECASE,
)
_DANGLING = re.compile(
    r"^(?:and |but |so |or |yet |then |well |now |however,? |therefore,? |thus )*"
    r"(?:he|she|it|its|they|their|them|this|these|those|that|such|there|here|for example|for instance|as you can see|"
    r"otherwise|instead|you see|suppose|imagine|let us|let's|okay|good morning|welcome|thank)\b",
    re.IGNORECASE,
)
"""A sentence that begins like this leans on the one before, or speaks to the room: it does not stand alone."""


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    """A word without the plainest English endings, so that "memories" and "memory" count as one."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 4 and not word.endswith(("ss", "us", "is")):
            return word.removesuffix(ending) + instead
    return word


def terms(text: str) -> list[str]:
    """The content words of a text, stemmed, in order: no function words, no single letters."""
    return [
        _stem(word)
        for word in _WORD.findall(text)
        if word.lower().replace("’", "'") not in _FUNCTION_WORDS and (len(word) > 1 or not word.isascii())
    ]


def term_weights(sentences: Sequence[str]) -> dict[str, float]:
    """How much each term says about the lecture: often there, but not in every sentence."""
    frequency: Counter[str] = Counter()
    spread: Counter[str] = Counter()
    for sentence in sentences:
        found = terms(sentence)
        frequency.update(found)
        spread.update(set(found))
    total = len(sentences)
    return {t: math.log1p(n) * math.log((total + 1) / (spread[t] + 0.5)) for t, n in frequency.items()}


def importance(sentences: Sequence[str]) -> list[float]:
    """How much each sentence says, given the whole lecture; higher is more."""
    weights = term_weights(sentences)
    scores = []
    for sentence in sentences:
        found = set(terms(sentence))
        score = math.log1p(len(found)) + 0.08 * sum(weights[t] for t in found) / (1 + 0.1 * len(found))
        score += 0.25 * bool(_DEFINES.search(sentence)) + 0.15 * bool(_CUES.search(sentence))
        scores.append(score - 0.2 * bool(_DANGLING.match(sentence)))
    return scores


def rank_sentences(sentences: Sequence[str], start: int, end: int) -> list[int]:
    """Order `sentences[start:end]` by importance.

    Args:
        sentences: the whole lecture, sentence by sentence.
        start: index of the first sentence to rank.
        end: index after the last one.

    Returns:
        The indices from `start` to `end - 1`, most important first.
    """
    scores = importance(sentences)
    return sorted(range(start, end), key=lambda i: (-scores[i], i))


def stands_alone(sentence: str) -> bool:
    """Whether a reader understands the sentence without the one before, and it has a length fit for notes."""
    return not _DANGLING.match(sentence) and 5 <= len(sentence.split()) <= 45


def alike(one: Iterable[str], other: Iterable[str]) -> float:
    """Share of the smaller set of terms that is in the other one too, from 0 to 1."""
    a, b = set(one), set(other)
    return len(a & b) / max(1, min(len(a), len(b)))
