"""Claims in languages of which no word is known: kept where they quote the lecture, or shorten what it says a little.

Nothing is known of their general words, so every word of the claim has to be said, in about the same order, and what
is denied in one has to be denied in the other. Words of negation are known for the languages that are spoken most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from lecture.checking.lexicon import same_word
from lecture.checking.wording import NO_SPACES

_NEGATIONS = frozenset(
    # German, French, Spanish, Italian, Portuguese, Dutch, Russian and Ukrainian, Polish, Swedish and Danish
    """
    nicht nichts kein keine keinen keinem keiner keines nie niemals niemand ohne weder
    ne n'est n'a n'ont n'y pas jamais aucun aucune rien sans ni
    no nunca jamás ningún ninguna ninguno nada nadie sin tampoco
    non mai nessun nessuno nessuna niente nulla senza né
    não nem nenhum nenhuma ninguém sem
    niet geen nooit niemand niets zonder
    не нет ни никогда никто ничего ничто без нельзя немає ніколи
    nie nigdy nikt nic bez
    inte ingen inget inga aldrig utan ikke aldri aldrig ingenting uden
    """.split()
)
_ELISION = re.compile(r"n['’]\w+")
_DENYING_SIGNS = re.compile("[不没沒无無非未别勿]|ない|なかっ|なく|ません|せず|ず(?=に|、|。|$)|ぬ(?=。|$)")
_LETTERS = re.compile(rf"[{NO_SPACES}\w]")
_SHORTEST_WORD = 3
"""Letters up to which a word may be missing from what was said, as an article or a preposition."""
_IN_ORDER = 0.75
"""Share of the claim's words that stand in the order in which they were said."""
_LETTERS_IN_ROW = 2
"""Letters that the pieces which a claim without spaces takes over have on average."""


def is_shortened(claim: str, said: str) -> bool:
    """Whether a claim says in the same words, less some, what was said.

    Args:
        claim: one statement.
        said: the sentences that are to support it.
    """
    if re.search(rf"[{NO_SPACES}]", claim):
        return _takes_letters(claim, said)
    return _takes_words(claim, said)


def _takes_words(claim: str, said: str) -> bool:
    mine, theirs = [word for word in _words(claim) if word[0].isalnum()], _words(said)
    places = [next((i for i, other in enumerate(theirs) if same_word(word, other)), None) for word in mine]
    if any(place is None for word, place in zip(mine, places, strict=True) if len(word) > _SHORTEST_WORD):
        return False
    matcher = SequenceMatcher(None, [_named(word, theirs) for word in mine], theirs, autojunk=False)
    in_order = sum(block.size for block in matcher.get_matching_blocks())
    return in_order >= _IN_ORDER * len(mine) and _denies_alike(mine, theirs, matcher)


def _named(word: str, others: Sequence[str]) -> str:
    """A word as the others have it."""
    return next((other for other in others if same_word(word, other)), word)


def _denies_alike(mine: Sequence[str], theirs: Sequence[str], matcher: SequenceMatcher[str]) -> bool:
    """Whether a claim has as many words of negation as the clauses from its first word to its last."""
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    if not blocks:
        return False
    begin, end = blocks[0].b, blocks[-1].b + blocks[-1].size
    while begin > 0 and theirs[begin - 1][0] not in ".,;:!?":
        begin -= 1
    while end < len(theirs) and theirs[end][0] not in ".,;:!?":
        end += 1
    return sum(map(_denies, mine)) == sum(map(_denies, theirs[begin:end]))


def _denies(word: str) -> bool:
    return word in _NEGATIONS or bool(_ELISION.fullmatch(word))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:['’][^\W_]+)?|[.,;:!?]", text.lower())


def _takes_letters(claim: str, said: str) -> bool:
    mine, theirs = "".join(_LETTERS.findall(claim)), said.replace(" ", "")
    blocks = list(_in_order(mine, theirs))
    if sum(len(block) for _, block in blocks) < len(mine) or len(mine) < _LETTERS_IN_ROW * len(blocks):
        return False
    (first, _), (last, end) = blocks[0], blocks[-1]
    clauses = re.finditer(r"[^。，、！？,.!?]+", theirs)
    heard = "".join(c[0] for c in clauses if c.end() > first and c.start() < last + len(end))
    return len(_DENYING_SIGNS.findall(claim)) == len(_DENYING_SIGNS.findall(heard))


def _in_order(mine: str, theirs: str) -> Iterator[tuple[int, str]]:
    """The pieces of a text that another has in the same order, each behind its place there."""
    for block in SequenceMatcher(None, mine, theirs, autojunk=False).get_matching_blocks():
        if block.size:
            yield block.b, mine[block.a : block.a + block.size]
