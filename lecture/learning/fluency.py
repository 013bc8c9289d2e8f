"""English words → how usual they are, and how well they follow each other.

The word model that comes inside PocketSphinx's wheel knows some twenty thousand words of news and books. What it finds
unlikely is often misheard, and a word that a lecture says far more often than it does is one of the lecture's terms.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from lecture.function_words import plain
from lecture.ranking import WORD

_LOG_BASE = 1.0001
_LEAST = -100_000_000
"""Below this a logarithm stands for a word that the model does not know."""
UNKNOWN = 14.0
"""How unusual a word is that the model does not know: more than nearly all that it does."""


class _WordModel(Protocol):
    def prob(self, words: Sequence[str]) -> int: ...


@lru_cache(maxsize=1)
def _model() -> _WordModel:
    import pocketsphinx  # takes a moment, and only free speech needs it

    path = Path(pocketsphinx.get_model_path("en-us")) / "en-us.lm.bin"
    model: _WordModel = pocketsphinx.NGramModel(pocketsphinx.Config(), pocketsphinx.LogMath(_LOG_BASE), str(path))
    return model


@lru_cache(maxsize=50_000)
def rarity(word: str) -> float:
    """How unusual a word is in English: minus the natural logarithm of its share of all words, 14 if not known."""
    log = _model().prob([plain(word)])
    return UNKNOWN if log < _LEAST else -log * math.log(_LOG_BASE)


def associations(text: str) -> tuple[float, ...]:
    """How much likelier each word of a text is after those before it than by itself, as natural logarithms.

    About 1 on average in plain English, negative where a word does not fit; words that are not known are left out, and
    the last is for the end of the text.
    """
    words = ["<s>", *(part for word in WORD.findall(text) for part in plain(word).split("-")), "</s>"]
    found = (_association(words[i], words[max(0, i - 2) : i]) for i in range(1, len(words)))
    return tuple(link for link in found if link is not None)


def _association(word: str, before: Sequence[str]) -> float | None:
    if rarity(word) >= UNKNOWN:
        return None
    known: list[str] = []
    for other in reversed(before):
        if other != "<s>" and rarity(other) >= UNKNOWN:
            break
        known.append(other)
    return _model().prob([word, *known]) * math.log(_LOG_BASE) + rarity(word)
