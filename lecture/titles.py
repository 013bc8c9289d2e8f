"""Chapters → titles: a phrase that each speaks of more than the others do, in the lecturer's own words.

No grammar is known here: whether a phrase can name something is told by the words before and after it, and by how
often it returns.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lecture.function_words import function_words, plain, spoken_language
from lecture.ranking import WORD, rank_sentences, terms

_LONGEST = 4
"""Words in a phrase at most."""
_LONGEST_TITLE = 6
"""Words in a title at most."""
_EARLY = 4
"""Sentences at the beginning of a chapter: what is named there is likely what it is about."""
_TOO_ALIKE = 0.5
"""Share of common terms above which two chapters would seem to have one title."""

_WORD = re.compile(rf"[\u3400-\u9fff]+|[\u30a0-\u30ff]+|(?![\u3040-\u30ff]){WORD.pattern}")
_HAN_PARTICLES = re.compile(
    "[的了是在和有我你您他她它们这那哪个不也就都要会可以吗呢吧啊把被从到对与及或一很说来去上下里为什么怎样所因此但如果而且还]+"
)
"""Chinese has no spaces: what stands between such letters is taken for a word."""
_HAN = re.compile(r"[\u3400-\u9fff]")
_NO_SPACES = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
"""Thai, Lao, Burmese, Khmer: where a word ends cannot be told."""

_POINTS = re.compile(r"\b(?:this|that|it|they|these|those|he|she|i|you|here|there|going)\b", re.IGNORECASE)
"""Words that mean nothing without the sentences before."""
_CLAUSE_END = re.compile(r"[,.;:!?…()\"。，！？]")

_ANNOUNCES = re.compile(
    r"\b(?:turn to|move on to|(?:talk|speak|learn) about|look at|discuss|consider|introduce|"
    r"(?:question|topic|subject|method|step|idea) is(?: about)?) (?:the |an? |this |these |some |our |my )?$",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:turn|talk|look|learn|discuss|see|ask|question|topic|step|understand|explain|part)\b[^.;:!?]*?"
    r"(?P<clause>\b(?:how|why)\b(?! (?:about|come|much|many|long|far|often)\b)[^,.;:!?…()\"]+)[,.;:!?…]",
    re.IGNORECASE,
)
_DEFINES = re.compile(
    r",? (?:is|are|means|refers to|stands for|ist|sind|bedeutet|est|sont|es|son|significa|è|sono|é|são)"
    r" (?:an?|the|one|any|when|what|how|called|defined|ein|eine|der|die|das|une?|les?|la|una?|el|il|um|uma|o)\b",
    re.IGNORECASE,
)
_NAMES = re.compile(
    r"\b(?:called|known as|defined as|we call(?: it| this| that)?|the term)(?: an?| the)? $", re.IGNORECASE
)

_BEFORE_NOUNS = frozenset(
    "a an the this that these those our your my his her its their some any each every no of about in on with for from "
    "by between into and or called many several".split()
)
_BEFORE_VERBS = frozenset(
    "i we you he she it they to can could will would shall should may might must who let's lets don't doesn't didn't "
    "can't not we'll i'll you'll we're you're they're i'm just actually really".split()
)
_AFTER_VERBS = frozenset("a an the this that these those it you me him them us my your our his their".split())
_LINKS = frozenset("of de du des di do da del dell van".split())
"""Function words that may stand inside a phrase, as in "theory of relativity"."""
_NO_NOUNS = ("ly", "ed", "ive", "ous", "ible", "able", "ical", "ful", "less")
_AND = {"de": "und", "fr": "et", "es": "y", "it": "e", "pt": "e", "nl": "en", "ru": "и", "en": "and"}


@dataclass(frozen=True)
class _Word:
    """One word of a sentence; `tells` says whether it may begin or end a title, `joined` whether a phrase may go on."""

    said: str
    plain: str
    begin: int
    end: int
    tells: bool
    joined: bool


@dataclass(frozen=True)
class _Mention:
    """A phrase where it is said: its stems, its sentence, its words, and the words beside it."""

    key: tuple[str, ...]
    sentence: str
    words: list[_Word]
    before: _Word | None
    after: _Word | None

    @property
    def spelling(self) -> str:
        """As it is written, without a capital that only begins the sentence."""
        text = self.sentence[self.words[0].begin : self.words[-1].end]
        begins = self.before is None and text[:1].isupper() and not text[1:2].isupper()
        return text[0].lower() + text[1:] if begins else text

    @property
    def presented(self) -> bool:
        """Whether the sentence says what the phrase means, or gives something this name."""
        lead = self.sentence[: self.words[0].begin]
        opens = self.before is None or (self.before.begin == 0 and self.before.plain in _BEFORE_NOUNS)
        return bool(_NAMES.search(lead)) or (opens and bool(_DEFINES.match(self.sentence[self.words[-1].end :])))

    @property
    def announced(self) -> bool:
        """Whether the lecturer turns to it here."""
        return bool(_ANNOUNCES.search(self.sentence[: self.words[0].begin]))


@dataclass
class _Phrase:
    """What is known of a phrase: how it is written, in which chapters it is said, and whether it names something."""

    words: int = 0
    spellings: Counter[str] = field(default_factory=Counter)
    chapters: Counter[int] = field(default_factory=Counter)
    presented: Counter[int] = field(default_factory=Counter)
    like_a_noun: int = 0
    like_a_verb: int = 0
    goes_on: int = 0

    @property
    def said(self) -> int:
        """How often it is said in the whole lecture."""
        return self.chapters.total()

    def note(self, mention: _Mention, chapter: int, early: bool) -> None:
        """Count one mention in a chapter; `early`: near the chapter's beginning."""
        self.words = len(mention.words)
        self.spellings[mention.spelling] += 1
        self.chapters[chapter] += 1
        self.presented[chapter] += mention.presented
        if early:
            self.presented[chapter] += mention.presented or mention.announced
        if mention.before:
            self.like_a_noun += mention.before.plain in _BEFORE_NOUNS
            self.like_a_verb += mention.before.plain in _BEFORE_VERBS
        if mention.after:
            self.like_a_verb += mention.after.plain in _AFTER_VERBS
            self.goes_on += mention.after.tells


def chapter_titles(sentences: Sequence[str], chapters: Sequence[int]) -> list[str]:
    """Name each chapter after what it speaks of more than the others do.

    Args:
        sentences: the whole lecture.
        chapters: as `find_chapters` returns them.

    Returns:
        A title of one to six words for each chapter, no two the same.
    """
    if not chapters:
        return []
    language = spoken_language(plain(word) for sentence in sentences for word in sentence.split())
    ends = [*chapters[1:], len(sentences)]
    spans = list(zip(chapters, ends, strict=True))
    asked = {i: clause for i, (begin, _) in enumerate(spans) if (clause := _clause(sentences[begin : begin + 2]))}
    candidates = _candidates(sentences, spans, language)

    titles: dict[int, str] = {}
    taken: list[list[str]] = []
    for i, clause in asked.items():
        if not _repeats(clause, taken):
            titles[i] = clause
            taken.append(terms(clause))
    best = {}
    ranked = sorted(candidates, key=lambda found: (-found[0], found[1], found[2]))
    for score, i, phrase in ranked:
        if i not in titles and not _repeats(phrase, taken):
            titles[i], best[i] = phrase, score
            taken.append(terms(phrase) or [phrase])
    for score, i, phrase in ranked:
        alone = i in best and len(titles[i].split()) < 2
        if alone and len(phrase.split()) < 3 and score >= 0.4 * best[i] and not _repeats(phrase, taken):
            within = set(terms(titles[i])) <= set(terms(phrase))
            titles[i] = phrase if within else _and(titles[i], phrase, language)
            taken.append(terms(phrase) or [phrase])
    used = set(titles.values())
    for i, (begin, end) in enumerate(spans):
        if i not in titles:
            title = _first_words(sentences, begin, end, language)
            titles[i] = title if title and title not in used else f"Part {i + 1}"
            used.add(titles[i])
    return [_capital(titles[i]) for i in range(len(chapters))]


def _clause(opening: Sequence[str]) -> str | None:
    """The question that a chapter's first sentences set out to answer, as "why we forget"."""
    for sentence in opening:
        match = _ASKS.search(sentence)
        if match and terms(match["clause"]) and not _POINTS.search(match["clause"]):
            clause: str = match["clause"].strip()
            if 3 <= len(clause.split()) <= _LONGEST_TITLE:
                return clause
    return None


def _candidates(
    sentences: Sequence[str], spans: Sequence[tuple[int, int]], language: str | None
) -> list[tuple[float, int, str]]:
    """Phrases that could name a chapter: how well, which chapter, and the phrase."""
    left_out = function_words(language)
    phrases: defaultdict[tuple[str, ...], _Phrase] = defaultdict(_Phrase)
    for chapter, (begin, end) in enumerate(spans):
        for place in range(begin, end):
            for mention in _mentions(sentences[place], left_out):
                phrases[mention.key].note(mention, chapter, early=place - begin < _EARLY)
    share = [(end - begin) / len(sentences) for begin, end in spans]
    found = []
    for phrase in phrases.values():
        spelling = max(phrase.spellings, key=lambda text: (phrase.spellings[text], text))
        fitness = _fitness(phrase) * (_naming(phrase, spelling) if language == "en" else 1.0)
        for chapter, said in phrase.chapters.items():
            worth = said + 2 * phrase.presented[chapter]
            if said < 2 and not phrase.presented[chapter]:
                continue
            score = worth * (0.3 + max(0.0, math.log((said + 0.5) / (phrase.said * share[chapter] + 0.5))))
            found.append((score * fitness, chapter, spelling))
    return found


def _fitness(phrase: _Phrase) -> float:
    """How well a phrase would read as a title: best of two or three words, and not the beginning of a longer one."""
    length = (0.7, 1.6, 2.0, 1.6)[phrase.words - 1]
    return length * (1 - 0.8 * phrase.goes_on / phrase.said)


def _naming(phrase: _Phrase, spelling: str) -> float:
    """How surely an English phrase names something, by its last letters and the words around it."""
    ending = 0.3 if spelling.lower().endswith(_NO_NOUNS) else 1.0
    marked = 1.0 if phrase.words > 1 else 0.3 + min(1.0, (phrase.like_a_noun + phrase.presented.total()) / phrase.said)
    return ending * marked * phrase.said / (phrase.said + 2 * phrase.like_a_verb)


def _mentions(sentence: str, left_out: frozenset[str]) -> Iterator[_Mention]:
    """Every run of words that begins and ends with one that tells something."""
    words = _split(sentence, left_out)
    for first, word in enumerate(words):
        if not word.tells:
            continue
        for last in range(first, min(first + _LONGEST, len(words))):
            if last > first and not words[last - 1].joined:
                break
            if not words[last].tells:
                if words[last].plain not in _LINKS:
                    break
                continue
            run = words[first : last + 1]
            key = tuple(stem for word in run for stem in terms(word.said) or [word.plain])
            if len(key) == len(set(key)):
                after = words[last + 1] if words[last].joined else None
                yield _Mention(key, sentence, run, words[first - 1] if first else None, after)


def _split(sentence: str, left_out: frozenset[str]) -> list[_Word]:
    places = [place for match in _WORD.finditer(sentence) for place in _words(match)]
    after = [*(begin for begin, _ in places[1:]), len(sentence)][: len(places)]
    return [
        _Word(
            said=(said := sentence[begin:end]),
            plain=plain(said),
            begin=begin,
            end=end,
            tells=_tells(said, left_out),
            joined=sentence[end:follows] == " " and follows < len(sentence),
        )
        for (begin, end), follows in zip(places, after, strict=True)
    ]


def _words(match: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Where the words of a run of letters begin and end: one word, except in Chinese."""
    begin = match.start()
    if _HAN.match(match.group()):
        for particles in _HAN_PARTICLES.finditer(match.string, *match.span()):
            if begin < particles.start():
                yield begin, particles.start()
            begin = particles.end()
    if begin < match.end():
        yield begin, match.end()


def _tells(word: str, left_out: frozenset[str]) -> bool:
    """Whether a word may begin or end a title."""
    if _HAN.match(word):
        return 2 <= len(word) <= 8
    if _NO_SPACES.search(word):
        return False
    long_enough = len(word) > 2 or (len(word) == 2 and word.isupper())
    said = plain(word)
    return long_enough and not {said, said.removesuffix("s")} & left_out and not said[0].isdigit() and "'" not in said


def _repeats(title: str, taken: Sequence[Sequence[str]]) -> bool:
    mine = set(terms(title) or [title])
    return any(len(mine & set(other)) > _TOO_ALIKE * len(mine | set(other)) for other in taken)


def _first_words(sentences: Sequence[str], begin: int, end: int, language: str | None) -> str:
    """The beginning of the chapter's most important sentence, from and to a word that tells something."""
    opening = _CLAUSE_END.split(sentences[rank_sentences(sentences, begin, end)[0]])[0]
    left_out = function_words(language)
    words = opening.split()[:_LONGEST_TITLE]
    telling = [place for place, word in enumerate(words) if _tells(word, left_out)]
    words = words[telling[0] : telling[-1] + 1] if telling else []
    return " ".join(words) if len(words) > 1 else ""


def _and(one: str, other: str, language: str | None) -> str:
    if one in other or other in one:
        return max(one, other, key=len)
    if language == "de" and " " not in other:
        other = _capital(other)  # a noun, even where it only began a sentence
    return f"{one} {_AND[language]} {other}" if language in _AND else f"{one}, {other}"


def _capital(title: str) -> str:
    return title[:1].upper() + title[1:]
