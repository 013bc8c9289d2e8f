"""A lecture taken apart for a quiz: what it defines and names, its figures, and which sentences stand alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from lecture.checking.lexicon import is_general, root
from lecture.flashcards import GAP, Flashcard
from lecture.function_words import ENGLISH, EVERYDAY, plain, spoken_language
from lecture.learning.clauses import clauses
from lecture.learning.definitions import definition
from lecture.learning.faults import faults, is_broken, points_elsewhere, says_twice
from lecture.learning.quiz_figures import Figure, figures
from lecture.learning.quiz_names import Name, find_names
from lecture.learning.quiz_spoken import spoken_statements, spoken_terms
from lecture.learning.vocabulary import vocabulary
from lecture.notes import Evidence, Notes, in_order
from lecture.ranking import terms
from lecture.sentences import Sentence

_ENDS = re.compile(r"[.!?…。！？।؟][\"'”’»)\]]*$")
_PUNCTUATED = 0.5
"""Share of sentences with a full stop from which a text is no draft."""
_CLAUSES = re.compile(
    r"(?<=[,;:]) (?:and |but |while |whereas |so )?(?=an?\s|the\s|[A-Z]|\w+(?: \w+)? (?:is|are) an?\s)"
)
_MEANING_ENDS = re.compile(
    r"\s*(?:[;:(–—]|,\s*(?:but|while|whereas|so|yet|because|although|though|like|as|which|I mean|you know|"
    r"for example|for instance|that is|such as|well|where|when|very|in other words|called|right|okay)\b|\bbecause\b|"
    r",\s*(?:and|or)\b(?=.*\b(?:is|are|was|were|has|have|it|they|we|you|can|will|do|does|must|means)\b)).*$"
)
_NO_MEANING = re.compile(
    r"\b(?:this|these|those|here|such|i|my|me|we|our|you|your|he|she|his|her|they|their|them|second|third|next|"
    r"other|same|some|thing|case|problem|example|question|reason|point|story|answer|letter|part|step|slide|one of|kind|"
    r"result|results|work|goal|way that)\b|^(?:what|how|when|the number \d)|\bthat it\b|^one\b",
    re.IGNORECASE,
)
_MEANING_WORDS = range(4, 23)
_WHICH = re.compile(
    r"(?:\b(?P<article>an?|the) (?P<phrase>(?:[\w-]+ ){0,1}[\w-]+)|\b(?P<word>[\w-]+)), which (?P<verb>is|are) "
    r"(?P<meaning>(?:(?:an?|the|any) )?[^.;]{12,})",
)
"""A term that is explained in passing: "the truss, which is a frame made of triangles"."""
_CALLS = re.compile(
    r"\bcalls? (?:(?:it|this|that|them|these|such (?:[\w-]+ ){1,4}?) )?(?:an? |the )?"
    r"(?P<term>[a-z][\w’'-]+(?: (?!of\b|and\b|or\b|is\b|in\b|because\b)[a-z][\w’'-]+)?)(?=[.,;:]| because)"
)
"""A term that is given to something: "engineers call it the neutral axis"."""
_HEADS = frozenset("way thing things kind part one ones idea problem case reason example case lot fact".split())
_LEANS = re.compile(
    r"\b(?:another|again|instead|also|we'll|we've|we're|i'm|let us|let's|er|as (?:i|we|you)|"
    r"(?:the|a|an|that) (?:\w+ )?(?:same|one|ones|worst|answer|method|idea|problem|question|story|thing|point|case|"
    r"example|remaining|rest)|"
    r"later|below|no,|yes,|whose|both|each|else|we have|you have|you need)\b|\?|"
    r"^(?:be|make|note|let|take|suppose|imagine|look|think|say|some|long time ago|agree)\b",
    re.IGNORECASE,
)
"""What `faults` lets pass in a card, which has more around it than a question with a gap."""
_PRONOUNS = frozenset("it its they their them he she his her hers himself herself itself themselves".split())
_OF_PEOPLE = frozenset("he she his her hers him himself herself".split())
_OF_MANY = frozenset("they their them themselves".split())
_OBJECTS = frozenset("it them him".split())
_MANY = frozenset("people children men women".split())
_TIMES = frozenset("year month week day hour minute second century decade time".split())
_CLAUSE_BEGINS = re.compile(
    r"[,;:]|\b(?:and|but|so|because|that|which|who|when|if|where|while|as|than)\b", re.IGNORECASE
)
_WORDS = range(7, 36)
_NOUN_BEFORE = frozenset("a an the of our this its".split())


@dataclass(frozen=True)
class Meaning:
    """What a lecture says a term is: `at` is the index of the sentence that does."""

    term: str
    text: str
    plural: bool
    at: int


@dataclass(frozen=True)
class Term:
    """A word or words of the field, as they read in mid-sentence; `at` is where the lecture introduces them."""

    text: str
    at: int

    @cached_property
    def stems(self) -> frozenset[str]:
        """What forms of it have in common."""
        return frozenset(root(word) for word in re.split(r"[\s-]+", self.text))

    @cached_property
    def is_plural(self) -> bool:
        """Whether it takes "are"."""
        return bool(re.search(r"[^su]s$", self.text.lower()))

    def may_be(self, other: Term) -> bool:
        """Whether both can mean the same: one is a form or a part of the other."""
        return self.stems <= other.stems or other.stems <= self.stems


class Material:
    """What questions are made of.

    Args:
        sentences: the whole lecture.
        notes: of the lecture: what they state is asked for first.
        cards: of the lecture; what they ask is good to ask again.
    """

    def __init__(self, sentences: Sequence[Sentence], notes: Notes, cards: Sequence[Flashcard]) -> None:
        self.sentences = sentences
        self.notes = notes
        self.texts = [sentence.text for sentence in sentences]
        self.english = spoken_language(plain(word) for text in self.texts for word in text.split()) == "en"
        self.punctuated = sum(bool(_ENDS.search(text)) for text in self.texts) >= _PUNCTUATED * max(1, len(self.texts))
        self.words = vocabulary(tuple(self.texts))
        self.figures = [figures(text, self.english) for text in self.texts]
        self.names: tuple[Name, ...] = find_names(self.texts) if self.english and self.punctuated else ()
        self.cards = cards
        self._place_of = {sentence.text: i for i, sentence in reversed(list(enumerate(sentences)))}
        self.worth = self._worth(cards)
        self.spoken = spoken_statements(self.texts, self.words) if self.words.is_spoken else {}
        defines = self.english and self.punctuated and not self.words.is_spoken
        self.meanings = tuple(self._meanings()) if defines else ()
        self.terms = tuple(self._terms()) if self.english else ()

    def evidence(self, at: int) -> Evidence:
        """A sentence as the evidence of a question."""
        sentence = self.sentences[at]
        return Evidence(sentence.text, sentence.start, sentence.end)

    def place_of(self, card: Flashcard) -> int | None:
        """The index of the sentence that a card rests on; None where it rests on several, or on none."""
        return self._place_of.get(card.evidence.quote)

    def nearest(self, card: Flashcard) -> int:
        """The index of the first sentence of a card's evidence."""
        return max((i for i, said in enumerate(self.sentences) if said.start <= card.evidence.start), default=0)

    def chapter(self, at: int) -> int:
        """The index of the chapter that a sentence is in; of the last before it, where times leave gaps."""
        start = self.sentences[at].start
        return max((i for i, chapter in enumerate(self.notes.chapters) if chapter.start <= start), default=0)

    @cached_property
    def explanations(self) -> dict[str, str]:
        """What the lecture says of each term that it defines, by the term with a capital."""
        return {meaning.term[:1].upper() + meaning.term[1:]: self.texts[meaning.at] for meaning in self.meanings}

    @cached_property
    def statements(self) -> dict[int, str]:
        """What a student understands without the sentences around it, by the index of its sentence."""
        found = {at: said for at in range(len(self.texts)) if (said := self._statement(at))}
        for card in self.cards:
            at = self.place_of(card)
            if at is not None and card.kind == "cloze" and not card.edited:
                found.setdefault(at, card.question.replace(GAP, card.answer))
        return dict(sorted(found.items()))

    def _statement(self, at: int) -> str | None:
        """A sentence, or the clause of it, that stands alone; None where none does."""
        text = self.texts[at]
        if self.words.is_spoken:
            return self.spoken[at].text if at in self.spoken else None
        if not self.english or not self.punctuated:
            return text if self._stands_alone(text) else None
        said = [text, *(clause.text for clause in clauses(text))]
        return next((one for one in said if self._stands_alone(one)), None)

    def _stands_alone(self, text: str) -> bool:
        words = text.split()
        if len(words) not in _WORDS and self._has_spaces:
            return False
        if self.punctuated and not _ENDS.search(text):
            return False
        if not self.english:
            return not (text.endswith(("?", "？", "؟")) or says_twice(text) or points_elsewhere(text))
        if not self.punctuated:
            return not says_twice(text)
        return text[0].isupper() and not (
            any(faults(text)) or _LEANS.search(text) or self.has_loose_pronoun(text) or self._begins_with_known(text)
        )

    @cached_property
    def _has_spaces(self) -> bool:
        return sum(map(len, self.texts)) < 15 * sum(len(text.split()) for text in self.texts)

    def has_loose_pronoun(self, text: str) -> bool:
        """Whether a pronoun stands where nothing before it in the sentence can be meant; a gap is a person."""
        words = [word.strip('.,;:!?()"“”') for word in text.split()]
        for i, word in enumerate(words):
            said = plain(word)
            if said not in _PRONOUNS:
                continue
            before = words[:i]
            nouns = [w for w in before if terms(w) and GAP not in w and plain(w).rstrip("s") not in _TIMES]
            people = [w for w in before if GAP in w or (w[:1].isupper() and terms(w))]
            same_clause = not _CLAUSE_BEGINS.search(" ".join(text.split()[:i]))
            if said in _OF_PEOPLE:
                loose = not people
            elif said in _OF_MANY:
                loose = not any(w.endswith("s") or plain(w) in _MANY for w in nouns)
            else:
                loose = len(nouns) < 2
            if loose or (said in _OBJECTS and same_clause):
                return True
        return False

    def _begins_with_known(self, text: str) -> bool:
        """Whether a sentence is about "the" something that only those before it tell."""
        if not re.match(r"(?:\w+ |[A-Z]\w+ [^,]{1,20},? )?the\b", text, re.IGNORECASE):
            return False
        named = any(re.search(rf"\b{re.escape(name.words[-1])}\b", text) for name in self.names)
        capital = re.search(r"[a-z,] [A-Z][a-z]", text)
        return not (named or capital or any(_says(text, term.text) for term in self.terms))

    def _worth(self, cards: Sequence[Flashcard]) -> list[float]:
        """How much each sentence deserves to be asked about."""
        stated = [*self.notes.summary, *self.notes.key_points]
        stated += [statement for chapter in self.notes.chapters for statement in in_order(chapter)]
        quotes = Counter({statement.evidence.quote for statement in stated})
        quotes.update({card.evidence.quote for card in cards})
        quotes.update({card.evidence.quote for card in cards if card.starred})
        return [float(quotes[text]) for text in self.texts]

    def _meanings(self) -> Iterator[Meaning]:
        """What the lecture defines, each term once: in whole sentences, in clauses, and in passing."""
        seen: list[Term] = []
        for at, text in enumerate(self.texts):
            for term, verb, said in _explained(text):
                known, meaning = Term(term, at), _cut(said)
                own = known.stems & Term(meaning, at).stems
                new = not any(known.may_be(other) for other in seen)
                if new and not own and self._tells(meaning) and self._is_believed(known) and not is_broken(text):
                    seen.append(known)
                    yield Meaning(term, meaning, verb == "are" or known.is_plural, at)

    def _tells(self, meaning: str) -> bool:
        """Whether an explanation is whole, and understood by itself."""
        words = meaning.split()
        if len(words) not in _MEANING_WORDS or _NO_MEANING.search(meaning) or plain(words[-1]) in ENGLISH:
            return False
        return len(set(terms(meaning))) == len(terms(meaning))  # otherwise said twice: a false start

    def _is_believed(self, term: Term) -> bool:
        """Whether a term was heard rightly: where much was not, it must have been said again."""
        return not re.search(r"\d", term.text) and (not self.words.rough or self.words.often(*term.text.split()) > 1)

    def _terms(self) -> Iterator[Term]:
        """The terms of the lecture: those it defines or names, then nouns that it often says."""
        seen: list[Term] = []
        found = [Term(meaning.term, meaning.at) for meaning in self.meanings]
        for key in self.notes.key_terms:
            at = self._place_of.get(key.definition.evidence.quote)
            if at is not None:
                said = re.search(rf"\b{re.escape(key.term)}\b", self.texts[at], re.IGNORECASE)
                begins = said is None or not said.start()
                spelling = key.term if said is None else said.group()
                found.append(
                    Term(spelling[:1].lower() + spelling[1:] if begins and spelling[1:].islower() else spelling, at)
                )
        for at, text in enumerate(self.texts):
            found += [Term(call["term"], at) for call in _CALLS.finditer(text)]
        if self.words.is_spoken:
            found = [Term(term, at) for term, at in spoken_terms(self.texts, self.words)]
            found += [Term(gap, at) for at, said in self.spoken.items() for gap in said.gaps]
        for card in self.cards:
            at = self.place_of(card)
            if at is not None and card.kind == "cloze" and not card.edited and card.answer.islower():
                found.append(Term(card.answer, at))
        for term in sorted(found, key=lambda one: one.at):
            usual = (
                self._is_believed(term)
                and not set(term.text.lower().split()) & (EVERYDAY | ENGLISH)
                and len(term.text) > 2
            )
            if usual and not any(term.stems == other.stems for other in seen):
                seen.append(term)
                yield term

    def is_counted(self, term: str) -> bool:
        """Whether a term is said with "a" or "an" before it."""
        return any(re.search(rf"\ban? {re.escape(term)}\b", text, re.IGNORECASE) for text in self.texts)

    @cached_property
    def nouns(self) -> tuple[Term, ...]:
        """Single words that the lecture often uses as nouns."""
        as_noun: Counter[str] = Counter()
        every: Counter[str] = Counter()
        first: dict[str, int] = {}
        for at, text in enumerate(self.texts):
            words = re.findall(r"[^\W\d_]+", text)
            every.update(words)
            for before, word, after in zip(words, words[1:], [*words[2:], "of"], strict=False):
                if before.lower() in _NOUN_BEFORE and (after.lower() in ENGLISH or after == "of"):
                    as_noun[word] += 1
                    first.setdefault(word, at)
        return tuple(
            Term(word, first[word])
            for word, said in as_noun.most_common()
            if said >= 2 and every[word] >= 3 and len(word) > 4 and word.islower() and 2 * said >= every[word]
            if word not in EVERYDAY and word not in ENGLISH and not is_general(root(word))
            if not word.endswith(("ing", "ed", "ly"))
        )


def gapped(text: str, begin: int, said: str) -> str:
    """A sentence without some of its words."""
    return text[:begin] + GAP + text[begin + len(said) :]


def same_kind(figure: Figure, others: Sequence[Figure]) -> bool:
    """Whether another figure of the sentence may be meant as well."""
    return any(
        other.begin != figure.begin and (other.kind, other.unit) == (figure.kind, figure.unit) for other in others
    )


def _says(text: str, term: str) -> bool:
    return bool(re.search(rf"\b{re.escape(term)}\b", text, re.IGNORECASE))


def _explained(text: str) -> Iterator[tuple[str, str, str]]:
    """Each term that a sentence explains, its verb, and what it is."""
    if found := definition(text):
        yield found.term, found.verb, found.meaning
    borders = [match.end() for match in _CLAUSES.finditer(text)]
    for border in borders:
        found = definition(text[border:].strip())
        if found and not re.search(r"\b(?:it|they|them)\b", _cut(found.meaning)):
            yield found.term, found.verb, found.meaning
    for match in _WHICH.finditer(text):
        term = match["phrase"] or match["word"]
        words = term.lower().split()
        if not set(words) & (EVERYDAY | ENGLISH | _HEADS) and not is_general(root(words[-1])):
            if match["verb"] == "is" and not re.match(r"(?:an?|the|any)\b", match["meaning"]):
                continue
            yield term[:1].lower() + term[1:] if term[1:].islower() else term, match["verb"], match["meaning"]


def _cut(meaning: str) -> str:
    """The core of a definition: without what the sentence goes on to say."""
    return _MEANING_ENDS.sub("", meaning).strip(" ,.")
