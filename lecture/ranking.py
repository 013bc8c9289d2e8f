"""Which sentences of a lecture matter: terms, their weights, and surface features. No weights of a model, no download.

Such features beat supervised models of other domains on real lectures (Lv et al. 2021, "VT-SSum", arXiv 2106.05606,
has the data; `benchmarks/notes.py` measures on it).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from lecture.function_words import ENGLISH, EVERYDAY, function_words, plain, spoken_language

_MARKS = r"[\u0300-\u036f\u0591-\u05c7\u064b-\u0652\u0900-\u0963\u0966-\u109f\u1780-\u17d3]"
"""Signs above, below and after letters, which `\\w` does not count as letters."""
WORD = re.compile(rf"[^\W_]+(?:(?:['’-](?=[^\W_])|{_MARKS})[^\W_]*)*")
"""A word of any script, with what ties its parts together."""
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
"""Thai, Lao, Burmese, Khmer, kana and Han: written without spaces between words."""

_DEFINES = re.compile(
    r"\b(?:is|are|means|refers to|is called|are called|is known as|is defined as|we call|stands for)\s+"
    r"(?:an?|the|one|any|when|what|how|that|those)?\b",
    re.IGNORECASE,
)
_DANGLING = re.compile(
    r"^(?:and |but |so |or |yet |then |well |now |however,? |therefore,? |thus )*"
    r"(?:he|she|it|its|they|their|them|this|these|those|that|such|there|here|for example|for instance|as you can see|"
    r"otherwise|instead|you see|suppose|imagine|let us|let's|okay|good morning|welcome|thank)\b",
    re.IGNORECASE,
)
"""A sentence that begins like this leans on the one before, or speaks to the room: it does not stand alone."""

_EVERYWHERE = 0.2
"""Share of the sentences a word is in, from which it counts as a function word of a language without a list."""


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    """A word without the plainest English endings, so that "memories" and "memory" count as one."""
    word = plain(word).removesuffix("'s")
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 4 and not word.endswith(("ss", "us", "is")):
            return word.removesuffix(ending) + instead
    return word


def terms(text: str) -> list[str]:
    """The content words of a text, stemmed, in order: no function words, no single letters."""
    return [
        _stem(word)
        for word in WORD.findall(text)
        if plain(word) not in ENGLISH and (len(word) > 1 or not word.isascii())
    ]


def topics(sentences: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The words of each sentence that can tell what the lecture is about: stemmed, in order.

    Other than `terms` it looks at the whole lecture: function words are those of its language, everyday words are
    left out too, and writing without spaces is cut into pairs of letters.
    """
    return _topics(tuple(sentences))


@lru_cache(maxsize=4)
def _topics(sentences: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    said = [[plain(word) for word in _words(sentence)] for sentence in sentences]
    language = spoken_language(word for words in said for word in words)
    left_out = function_words(language)
    if language is None:
        spread = Counter(word for words in said for word in set(words))
        left_out |= {word for word, n in spread.items() if n > max(5, _EVERYWHERE * len(said))}
    return tuple(
        tuple(
            stem
            for word in words
            if word not in left_out
            and (len(word) > 1 or not word.isascii())
            and ((stem := _stem(word)) not in EVERYDAY or language not in ("en", None))
        )
        for words in said
    )


def _words(text: str) -> list[str]:
    """The words of a text; where it is written without spaces, each two letters that stand together."""
    found = []
    for word in WORD.findall(text):
        for run in _UNSPACED.findall(word):
            found += ["".join(pair) for pair in pairwise(run)] or [run]
        found += WORD.findall(_UNSPACED.sub(" ", word))
    return found


@lru_cache(maxsize=4)
def _common_pairs(sentences: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    """Neighbouring topics said more than once, as "working memory": most are terms of the field."""
    pairs = Counter(pair for said in _topics(sentences) for pair in pairwise(said))
    return frozenset(pair for pair, n in pairs.items() if n > 1)


def importance(sentences: Sequence[str]) -> list[float]:
    """How much each sentence says, given the whole lecture; higher is more."""
    return _importance(tuple(sentences), 0, len(sentences))


def _importance(lecture: tuple[str, ...], start: int, end: int) -> list[float]:
    """How much each sentence from `start` to before `end` says about what is spoken of between them."""
    said, pairs = _topics(lecture), _common_pairs(lecture)
    spread = Counter(topic for words in said[start:end] for topic in set(words))
    scores = []
    for i in range(start, end):
        mine = set(said[i])
        score = 0.5 * math.log1p(len(mine)) + 0.8 * len(mine) / (1 + len(WORD.findall(lecture[i])))
        score += 0.2 * len(pairs.intersection(pairwise(said[i])))
        score += 0.5 * sum(spread[topic] - 1 for topic in mine) / (end - start)
        score -= 0.2 * len(mine.intersection(said[i - 1])) if i > 0 else 0
        score += 0.2 * bool(_DEFINES.search(lecture[i])) - 0.1 * bool(_DANGLING.match(lecture[i]))
        scores.append(score)
    return scores


def rank_sentences(sentences: Sequence[str], start: int, end: int) -> list[int]:
    """Order `sentences[start:end]` by importance to what is spoken of there.

    Args:
        sentences: the whole lecture, sentence by sentence.
        start: index of the first sentence to rank.
        end: index after the last one.

    Returns:
        The indices from `start` to `end - 1`, most important first.
    """
    scores = _importance(tuple(sentences), start, end)
    # Lecturers say first what a slide or chapter is about, and its last sentence often leads over to the next.
    for place in range(len(scores)):
        scores[place] -= 0.7 * place / len(scores) + 0.7 * (place + 1 == len(scores))
    return sorted(range(start, end), key=lambda i: (-scores[i - start], i))


def stands_alone(sentence: str) -> bool:
    """Whether a reader understands the sentence without the one before, and it has a length fit for notes."""
    return not _DANGLING.match(sentence) and 5 <= len(sentence.split()) <= 45


def alike(one: Iterable[str], other: Iterable[str]) -> float:
    """Share of the smaller set of terms that is in the other one too, from 0 to 1."""
    a, b = set(one), set(other)
    return len(a & b) / max(1, min(len(a), len(b)))
