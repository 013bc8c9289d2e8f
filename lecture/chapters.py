"""Sentences → chapters: where the lecture turns to something else.

Bayesian segmentation after Eisenstein and Barzilay (2008, "Bayesian Unsupervised Topic Segmentation", EMNLP): the
words of a chapter are drawn from one distribution of its own, integrated out under a Dirichlet prior, and dynamic
programming finds the best cut of the whole lecture. What the lecturer announces and long pauses add to that, and
each further chapter must pay for itself; so how many there are depends on what is said. Nothing is trained.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np
import numpy.typing as npt

from lecture.ranking import topics
from lecture.titles import chapter_titles

__all__ = ["chapter_titles", "find_chapters"]

_Floats = npt.NDArray[np.float64]

_PRIOR = 0.2
"""Dirichlet prior: occurrences that every word is credited with in every chapter. Below 1, so that a chapter keeps
to few words."""
_FAMILY = 7
"""Letters at the beginning from which words are of one family, as "segment", "segments" and "segmentation" are."""
_SHORTEST = 3
"""Sentences in a chapter at least."""
_LEAST_COST = 7.0
"""What a further chapter of a very short lecture costs, in units of log probability; that of a longer one costs the
square root of its number of sentences: the more there is, the coarser its outline."""

# What the beginning of a sentence says for a chapter beginning there, in units of log probability.
_ANNOUNCES, _OPENS, _MARKS, _LEANS = 6.0, 3.0, 2.0, -3.0

_LEAD = r"(?:(?:ok|okay|alright|all right|right|now|so|well|and|then|good|great|anyway|yeah|um|uh)[,.]? )*"
_WE = (
    r"(?:let's|let us|let me|lets|shall we|we|i|we'll|i'll|we're|i'm|i'd|we've) "
    r"(?:now |then |just |first |also |will |shall |can |would |want to |wanna |like to |going to |gonna |am |are )*"
)
_ANNOUNCEMENT = re.compile(
    rf"{_LEAD}(?:{_WE}(?:turn(?:ing)? (?:now )?to|mov(?:e|ing) (?:on|to|ahead)|go(?:ing)? (?:on|over) to|"
    r"switch(?:ing)?|begin(?:ning)?|start(?:ing)?|continue with|come to|talk(?:ing)? about|look(?:ing)? at|discuss|"
    r"consider|introduce|summari[sz]e|conclude|end|finish|close)\b|"
    r"(?:the|our|my) (?:next|second|third|fourth|fifth|last|final) (?:\w+ )?(?:topic|part|question|section|chapter|"
    r"point|thing|step|method|subject|issue|problem|idea|example|one|reason|way|kind|type)s?\b|"
    r"(?:that|this|which) (?:brings|leads|takes) (?:us|me) to\b|so much for\b|now to\b|one last\b|"
    r"next[, ]|moving on\b|finally\b|lastly\b|(?:to|in) (?:summari[sz]e|conclude|sum up|summary|conclusion)\b)|"
    # German, French, Spanish, Italian, Portuguese, Dutch
    r"(?:so |gut |also )*(?:kommen wir|wenden wir uns|als nächstes|schauen wir|fangen wir|beginnen wir|"
    r"zusammenfassend|zum schluss|abschließend|wir kommen (?:nun|jetzt))\b|"
    r"(?:bon |alors |donc )*(?:passons|commençons|ensuite|pour (?:finir|conclure|terminer|résumer)|en résumé|"
    r"en conclusion|nous allons (?:maintenant|voir|parler)|on va (?:maintenant|voir|parler))\b|"
    r"(?:bueno |pues |entonces )*(?:ahora (?:vamos|veremos|pasamos)|pasemos|pasamos|a continuación|empecemos|"
    r"vamos a (?:ver|hablar|empezar)|para (?:terminar|concluir)|en resumen|por último)\b|"
    r"(?:allora |quindi )*(?:passiamo|cominciamo|iniziamo|adesso (?:vediamo|parliamo)|infine|in sintesi|"
    r"per (?:finire|concludere))\b|(?:então )*(?:agora vamos|vamos (?:ver|falar|começar)|passemos|a seguir|"
    r"em resumo|para (?:terminar|concluir))\b|(?:laten we|we gaan nu|tot slot|samenvattend|vervolgens)\b|"
    # Chinese, Japanese
    r"(?:好|那么|那)*[,，]?(?:接下来|下面我们|下面|首先|最后|总结)|(?:では|さて|次に|それでは|最後に|まとめ)",
    re.IGNORECASE,
)
_OPENING = re.compile(
    rf"{_LEAD}(?:{_WE}(?:go|see|take|show|describe|explain|give|review|do)\b|"
    r"(?:the|our|my) (?:next|second|third|other|first|last|main)\b|another\b|first\b|second(?:ly)?\b|third(?:ly)?\b|"
    r"what about|how about|(?:how|what|where|why|who) (?:do|does|did|can|could|should|is|are)|what's|"
    r"here (?:is|are)|here's|there (?:is|are) (?:another|also|two|three|several)\b|today\b|one (?:more|other|of)\b)",
    re.IGNORECASE,
)
_MARKER = re.compile(
    r"(?:ok|okay|alright|all right|now|so|well|right|gut|nun|jetzt|bon|alors|maintenant|bueno|ahora|allora|adesso|"
    r"agora|então|goed|итак|теперь)\b|好",
    re.IGNORECASE,
)
_LEANING = re.compile(
    r"(?:and |but |so |or |well |now )*(?:and|but|because|or|which|that|it|its|it's|he|she|they|them|their|this|these|"
    r"those|then|if|you|for|of|in|to|with|is|as)\b",
    re.IGNORECASE,
)
"""A sentence that begins like this goes on with the one before."""


def find_chapters(sentences: Sequence[str], starts: Sequence[float] | None = None) -> list[int]:
    """Find where a lecture turns to something else.

    Args:
        sentences: the whole lecture, sentence by sentence.
        starts: when each sentence begins (seconds), where that is known: long pauses count as evidence.

    Returns:
        The index of the first sentence of every chapter, ascending, the first one 0; empty for no sentences.
    """
    if not sentences:
        return []
    turns = np.array([_announced(sentence) for sentence in sentences])
    if starts is not None:
        turns += _pauses(sentences, starts)
    return _best_cut(_recurring(sentences), turns - max(_LEAST_COST, math.sqrt(len(sentences))))


def _announced(sentence: str) -> float:
    """What the beginning of a sentence says for a chapter beginning there."""
    score = _ANNOUNCES * bool(_ANNOUNCEMENT.match(sentence)) or _OPENS * bool(_OPENING.match(sentence))
    return score + _MARKS * bool(_MARKER.match(sentence)) + _LEANS * bool(_LEANING.match(sentence))


def _pauses(sentences: Sequence[str], starts: Sequence[float]) -> _Floats:
    """What the silence before each sentence says, by how much longer it is than the lecturer's usual long pause.

    A sentence's end is not known; it is taken to last as long as its letters take at the lecturer's usual pace.
    """
    pauses = np.zeros(len(sentences))
    if len(sentences) < 2:
        return pauses
    lasted = np.maximum(np.diff(np.asarray(starts, dtype=np.float64)), 0.0)
    letters = np.array([max(1, len(sentence)) for sentence in sentences[:-1]])
    silent = lasted - letters * np.median(lasted / letters)
    usual = max(1.0, float(np.quantile(silent, 0.9)))
    pauses[1:] = np.clip(2.0 * np.log2(np.maximum(silent, 0.01) / usual), 0.0, 4.0)
    return pauses


def _recurring(sentences: Sequence[str]) -> list[set[str]]:
    """The topics of each sentence, and pairs of neighbours among them, that other sentences have too.

    What is said in one sentence only cannot tie a chapter together.
    """
    said = []
    for topics_here in topics(sentences):
        families = [topic[:_FAMILY] for topic in topics_here]
        said.append({*families, *map(" ".join, pairwise(families))})
    spread = Counter(word for words in said for word in words)
    return [{word for word in words if spread[word] > 1} for words in said]


def _best_cut(said: Sequence[set[str]], turns: _Floats) -> list[int]:
    """The chapter starts with the highest sum of log probabilities of their words and of what `turns` adds to each.

    With c occurrences of a word and n words in a chapter, V words in the lecture and the prior a, the chapter's
    probability is that of drawing each word after the others: the product of (a + c so far) / (aV + n so far).
    """
    total = len(said)
    counts = np.array([0, *accumulate(len(words) for words in said)])
    gains = np.log((_PRIOR + np.arange(1, total + 1)) / (_PRIOR + np.arange(total)))
    spread_out = np.log(_PRIOR * len(set().union(*said)) + np.arange(counts[-1]))
    drawn = np.concatenate([[0.0], np.cumsum(spread_out - math.log(_PRIOR))])

    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, words in enumerate(said):
        for word in words:
            places[word].append(place)
    latest_first = {word: np.array(found[::-1]) for word, found in places.items()}
    left = {word: len(found) for word, found in places.items()}
    repeated = np.zeros(total)  # at each place: what repeating its words has gained the chapters that hold it
    best, before = np.zeros(total + 1), np.zeros(total + 1, dtype=np.int64)
    for end in range(1, total + 1):
        for word in sorted(said[end - 1]):  # sorted, since sums of floats depend on their order
            before_it = latest_first[word][left[word] :]
            repeated[before_it] += gains[: len(before_it)]
            left[word] -= 1
        if end < _SHORTEST:
            best[end] = -math.inf
            continue
        begins = np.cumsum(repeated[end - 1 :: -1])[::-1]
        scores = best[:end] + turns[:end] + begins - drawn[counts[end] - counts[:end]]
        before[end] = int(np.argmax(scores[: end - _SHORTEST + 1]))
        best[end] = scores[before[end]]
    chapters, at = [], total
    while at > 0:
        at = int(before[at])
        chapters.append(at)
    return chapters[::-1]
