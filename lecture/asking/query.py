"""A question → a Query: the terms it looks for, and the kind of answer it wants.

A question is data: any text of any length in any script. English is known best; of some other languages only the words
that ask, so that they are not looked for in the lecture.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from lecture.checking.lexicon import is_general, root
from lecture.function_words import EVERYDAY, OTHER_LANGUAGES, spoken_language
from lecture.ranking import terms

Kind = Literal["duration", "number", "time", "person", "place", "reason", "meaning", "anything"]
"""What an answer must hold: how long, how many, when, who, where, why, what a term means; or anything."""

LONGEST = 2_000
"""Letters of a question that are read; the rest says nothing new."""
_MOST_TERMS = 40
_LEANING, _FADES = 0.6, 0.6
"""Weight of the last question's terms beside the single term of a follow-up; share of it for the one before that."""
_REMEMBERED = 4
"""Exchanges that a question may lean on, each on the one before it."""

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_LETTERS = frozenset("BCDEFGHJKLMNOPQRSTUVWXYZ")
"""Letters that are words of their own where they are large, as in "B cells" and "vitamin C"."""
_ACCENTS = re.compile("[\u0300-\u036f]")
_NAME = re.compile(r"(?<=[^\W_] )([A-Z][^\W_]+)(?= ([A-Z][^\W_]+))")
_NAMED = re.compile(r"(?<=[^\W_] )[A-Z][^\W\d_]+")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff]+"
)
"""Words in scripts that put no spaces between them, or particles at them: Thai, Lao, Tibetan, Burmese, Khmer, Kana,
Han, Hangul."""


_SMALL = frozenset(
    "first second third last next before after during without never always more less most least early earlier late "
    "later same other once twice again together alone up down under over not no two new both each every "
    "take took taken make made making come came give gave given put go went gone keep kept thing things way turn "
    "little few down off out back through".split()
)
"""Function words that tell like sentences apart."""


def plain(text: str) -> str:
    """A text on one line, without accents and control characters, its letters in their usual forms."""
    text = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text)))
    return " ".join("".join(c if c.isprintable() else " " for c in text).split()).replace("’", "'")


def words(text: str) -> list[str]:
    """The terms of a plain text: roots of its content words, and pairs of letters where words have no spaces."""
    found = [term for word in _WORD.findall(_UNSPACED.sub(" ", text)) if (term := _term(word))]
    for run in _UNSPACED.findall(text):
        found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
    return found


@lru_cache(maxsize=100_000)
def _term(word: str) -> str:
    """The root of a word that says something; "" for a function word."""
    says = terms(word) or word.lower() in _SMALL or word.isdigit() or (len(word) == 1 and word in _LETTERS)
    return root(word) if says else ""


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_KINDS: dict[Kind, re.Pattern[str]] = {
    "duration": _any_of(r"\bhow (?:long|often|soon|quickly)\b", "どのくらい|多久"),
    "number": _any_of(
        r"\bhow (?:many|much|far|old|big|large|fast|tall|high|deep|heavy|hot|wide|thick|strong)\b",
        r"\b(?:what|which) (?:\w+ )?(?:percent\w*|share|proportion|fraction|number|amount|rate|price|length|speed|"
        r"temperature)\b",
        r"\b(?:combien|wie ?viele?|cuant[oa]s?|quant[oiae]s?|hoeveel|сколько)\b|多少|几个|幾|いくつ|どれくらい|몇|얼마",
    ),
    "time": _any_of(
        r"(?:^|\b(?:and|but|since) )when\b|\bwhen (?:was|were|did|is|are|do|does|will|has|should|can)\b",
        r"\b(?:what|which) (?:year|century|date|day|month|decade)\b",
        r"\b(?:quand|wann|cuando|quando|wanneer|когда)\b|什么时候|何时|哪一年|いつ|何年|언제",
    ),
    "person": _any_of(r"\b(?:who|whom|whose|qui|wer|wen|wem|quien(?:es)?|chi|quem|wie is|кто)\b|谁|誰|だれ|누가|누구"),
    "place": _any_of(r"\bwhere\b|\b(?:what|which|in what|in which) (?:country|city|town|place)\b", "哪里|どこ|어디"),
    "reason": _any_of(
        r"\bwhy\b|\bhow come\b|\bwhat (?:causes?|caused|makes|made)\b",
        r"\b(?:what|which) (?:is|are|was|were) the (?:reason|cause)s?\b",
        r"\b(?:pourquoi|warum|weshalb|wieso|por que|perche|waarom|почему|зачем)\b|为什么|为何|なぜ|どうして|왜",
    ),
    "meaning": _any_of(
        r"\bwhat(?:'s| is| are| was| were)\b|\bwhat (?:does|do) .+ mean\b|\bdefin\w+|\bmeaning of\b",
        r"\b(?:qu'est-ce que?|was (?:ist|sind)|que (?:es|son)|cos'e|o que (?:e|sao)|wat is|что такое)\b",
        "什么是|是什么|とは|何ですか|무엇",
    ),
}
_ASKING = frozenset(
    words(
        "explain describe define definition difference example lecture lecturer speaker teacher professor mention "
        "state discuss according name list tell please answer question teach talk topic word meaning"
    )
)
"""Terms of a question that ask, and are no part of what is asked for."""
_ASKING_PLACE = frozenset(words("country city town place"))
"""The same of a question for a place, which is answered by a name."""
_ASKING_ELSEWHERE = frozenset(
    plain(
        "wer wen wem wann wo wie wieso weshalb welches qui quoi quel quelle quels quelles comment combien où quoi qué "
        "cuál cuáles quién cuándo cuánto cuántos cómo dónde chi cosa quanto quanti dove perché quem onde quando wat "
        "waar wanneer waarom hoe что кто где когда как какой какая почему зачем сколько это такое и в на"
    ).split()
)
"""Words that ask in other languages, and are not among their function words."""
_ASKING_UNSPACED = re.compile(
    "什么时候|为什么|是什么|什么是|什么|怎么样?|怎样|如何|哪里|哪个|哪些|哪一年|多少|谁|吗|呢|请问|几个|"
    "とは何ですか|とは何|何ですか|なんですか|どのように|どうして|なぜ|いつ|どこ|だれ|誰|いくつ|ですか|ますか|でしょうか|何|"
    "무엇입니까|무엇인가요|무엇|왜|언제|누가|어디|어떻게|입니까|인가요|อะไร|ทำไม|เมื่อไร|ใคร|อย่างไร|คือ"
)
_OF_ALL = _any_of(
    r"\bsummar\w+|\boverview\b|\babout\W*$",
    r"\b(?:main|key|central|overall|most important) (?:points?|ideas?|topics?|messages?|takeaways?)\b",
    r"\b(?:lecture|talk|recording|all|this)(?:'s| is| was)? (?:all )?about\b",
)
_WHOLE = frozenset(
    words(
        "main key central overall important point idea topic subject message summary summarise summarize overview "
        "recording takeaway short brief give"
    )
)
"""Terms of a question about the lecture as a whole."""
_LEANS = _any_of(
    r"\b(?:it|its|they|them|their|theirs|he|him|his|she|her|hers|former|latter)\b",
    r"\b(?:this|these|those)\b(?! (?:lecture|talk|course|recording)\b)",
    r"\bthat\b(?=\W*$| (?:is|was|does|did|mean|means|works?|happens?)\b)",
    r"\b(?:does|did|is|was|can|of|about|for|by|with|like|do) that\b",
    r"^(?:and|but|so|or|then|also|what about|how about|what else|anything else|which one|et|und|y|aber)\b",
)
"""A question that says so needs the ones before it."""
_PERSON = _any_of(r"\b(?:he|him|his|she|her|hers)\b")


_SMALL_ROOTS = frozenset(root(word) for word in _SMALL | EVERYDAY)


@dataclass(frozen=True)
class Query:
    """What a question looks for.

    Attributes:
        own: the terms of the question itself, in order.
        kind: what the answer must hold.
        names: pairs of terms that are written as one name, such as "Tower Bridge".
        context: terms it takes from the conversation, with their weights from 0 to 1.
        whole: it asks for no part of the lecture, but for what the lecture is about.
    """

    own: tuple[str, ...]
    kind: Kind = "anything"
    names: tuple[tuple[str, str], ...] = ()
    context: dict[str, float] = field(default_factory=dict)
    whole: bool = False


def query(question: str) -> Query:
    """Read a question that stands by itself."""
    asked = plain(question[:LONGEST])
    kind: Kind = next((kind for kind, pattern in _KINDS.items() if pattern.search(asked)), "anything")
    asks = _ASKING | _ASKING_PLACE if kind == "place" else _ASKING
    own = tuple(dict.fromkeys(term for term in words(_asked_for(asked)) if term not in asks))
    own = own[:_MOST_TERMS]
    if _OF_ALL.search(asked) and _WHOLE.issuperset(own):
        return Query((), whole=True)
    names = tuple(
        (words(one)[0], words(other)[0]) for one, other in _NAME.findall(asked) if words(one) and words(other)
    )
    return Query(own, kind, names)


def is_small(term: str) -> bool:
    """Whether a root is that of a function word or a word of any lecture: it says nothing about a subject."""
    return term in _SMALL_ROOTS


def is_specific(term: str) -> bool:
    """Whether a root belongs to a subject, and is no general word of the language."""
    return not is_small(term) and not is_general(term)


def _asked_for(asked: str) -> str:
    """A plain question without the words of other languages that only ask; "die" and "war" are words in English."""
    asked = _ASKING_UNSPACED.sub(" ", asked)
    said = _WORD.findall(asked.lower())
    language = spoken_language(said)
    if language == "en":
        return asked
    left_out = _ASKING_ELSEWHERE | {plain(word) for word in OTHER_LANGUAGES.get(language or "", ())}
    return " ".join(word for word in said if word not in left_out)


def in_conversation(question: str, before: Sequence[tuple[str, str]]) -> Query:
    """Read a question as one that may lean on those before it.

    Args:
        question: any text.
        before: each earlier question with the words that answered it ("" if none did), the oldest first.

    Returns:
        The query, with context only if the question leans on it.
    """
    wanted = query(question)
    if not before or not _leans(question, wanted):
        return wanted
    share = _LEANING / max(1, sum(not is_small(term) for term in wanted.own))
    context: dict[str, float] = {}
    if _PERSON.search(plain(question[:LONGEST])):  # whoever was named before
        context = {t: share for name in _NAMED.findall(plain(before[-1][1])) for t in words(name) if not is_small(t)}
    for earlier, _ in reversed(before[-_REMEMBERED:]):
        of_question = query(earlier)
        for term in of_question.own:
            context[term] = max(share, context.get(term, 0.0))
        if not _leans(earlier, of_question):
            break
        share *= _FADES
    return replace(wanted, context=context)


def _leans(question: str, wanted: Query) -> bool:
    asked = plain(question[:LONGEST])
    return not wanted.whole and bool(
        _LEANS.search(asked) or (all(is_small(t) for t in wanted.own) and _WORD.search(asked))
    )
