"""What a claim exchanges: who does what to whom, which of two things is the larger, what is said of which.

Each rule takes the wording of a claim and of what was said. None parses a sentence: they look at what stands before
and after a verb, in the same clause, or next to each other, and only at words that both have.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import combinations, groupby, pairwise, product

from lecture.checking.lexicon import opposed, root, same_word
from lecture.checking.wording import Word, Wording, alike, is_among

_Item = tuple[int, str | tuple[float, str]]
"""A content word or a number, behind its place."""
_Pair = tuple[int | None, int | None]
_DIRECTED = frozenset(
    root(word)
    for word in """
    cause produce create make yield bring lead result trigger drive determine affect influence control regulate
    need require depend rely rest support help enable allow prevent stop block inhibit protect defend
    turn convert transform change become grow increase reduce decrease raise lower replace exceed outperform beat
    contain hold include surround carry cover absorb emit release send give pay lend sell buy attack kill eat push
    pull attract repel follow precede come move flow transfer measure predict explain teach learn remember imply
    prove strengthen weaken improve harm destroy break build invent discover write fear trust orbit mean call
    """.split()
)
"""Verbs of which one thing does what another undergoes."""
_RELATIONS = frozenset("than before after into onto under over above below instead because unless until".split())
_OPENS = frozenset("because after before if when unless until although while since".split())
_BE = frozenset("is are was were be been being get gets got".split())
_STOPS = frozenset(". ; : ! ? but while whereas".split())
"""Where the reach of a verb ends in any case."""
_REACH = 5
"""Content words beside a verb in which its subject or object is looked for."""
_CONNECTS = frozenset(
    "because since so therefore thus instead rather which that who when as "
    "called means known named termed defined".split()
)
"""Words between parts of a sentence that may change places without changing what is said."""
_PRONOUNS = frozenset("he she it they him her them this these".split())
_ANYTHING = "*"
"""What a pronoun stands for."""
_LIST_JOINS = frozenset(("and", "or"))
_LIST_REACHES = 4
"""Words from one member of a list to the next, at most."""
_MORE = frozenset(("more", "less", "much"))
_WINDOW = 3
"""Content words on either side of a word that are its neighbours."""
_EXCHANGE_GAINS = 2
"""How many more words an exchange must bring to where they were said."""
_NEARLY_ALL = 0.85
"""Share of a claim's words from which it counts as a sentence of the lecture, said again."""


def exchanged_roles(claim: Wording, said: Wording) -> bool:
    """Whether what stands before a verb (or "than", "before", …) in the claim stands after it in the sentence."""
    theirs = list(_relations(said))
    return any(
        _are_crossed(left, right, before, after)
        for name, left, right in _relations(claim)
        for other, before, after in theirs
        if name == other or alike(name, other)
    )


def _are_crossed(left: set[str], right: set[str], before: set[str], after: set[str]) -> bool:
    """Whether words of each side are on the other; a pronoun may stand for any word that is not on its own side."""
    pronoun = _ANYTHING in before | after
    if _ANYTHING in before:
        before = before | {c for c in right if not is_among(c, after)}
    if _ANYTHING in after:
        after = after | {c for c in left if not is_among(c, before)}
    left, right = ({c for c in side if not (is_among(c, before) and is_among(c, after))} for side in (left, right))
    straight = [sum(is_among(c, before) for c in left), sum(is_among(c, after) for c in right)]
    crossed = [sum(is_among(c, after) for c in left), sum(is_among(c, before) for c in right)]
    return min(crossed) > (max(straight) if pronoun else min(straight))


def _relations(text: Wording) -> Iterator[tuple[str, set[str], set[str]]]:
    """Each verb or relation of a text, and the words that it puts before and after another."""
    verbs = {word.at: word.root for word in text.words if word.root in _DIRECTED}
    for at, token in enumerate(text.tokens):
        name = verbs.get(at) or (token if token in _RELATIONS else None)
        if not name:
            continue
        begin = max((i + 1 for i in range(at) if text.tokens[i] in _STOPS), default=0)
        end = min((i for i in range(at + 1, len(text.tokens)) if text.tokens[i] in _STOPS), default=len(text.tokens))
        left = [word.root for word in _nearest_words(text, at, begin, at)][-_REACH:]
        right = [word.root for word in _nearest_words(text, at, at + 1, end)]
        if token in _OPENS and not left:
            comma = next((i for i in range(at, end) if text.tokens[i] == ","), end)
            left = [word.root for word in text.words if comma < word.at < end][:_REACH]
            right = [word.root for word in text.words if at < word.at < comma]
        right = right[:_REACH]
        left += [_ANYTHING] * (text.tokens[max(0, at - 1)] in _PRONOUNS and at > 0)
        right += [_ANYTHING] * (not _PRONOUNS.isdisjoint(text.tokens[at + 1 : at + 3]))
        if at in verbs and _turns_round(text.tokens, at):
            left, right = right, left
        if name == "after":
            name, left, right = "before", right, left
        yield name, set(left), set(right)


def _nearest_words(text: Wording, at: int, begin: int, end: int) -> list[Word]:
    """The words between two places: those not cut off from another place by a comma, if there are any."""
    words = [word for word in text.words if begin <= word.at < end]
    return [word for word in words if text.pieces[word.at] == text.pieces[at]] or words


def _turns_round(tokens: Sequence[str], at: int) -> bool:
    """Whether a verb's object stands before it: "is caused by", "increases with"."""
    after = tokens[at + 1 : at + 4]
    return (
        ("by" in after and not _BE.isdisjoint(tokens[max(0, at - 3) : at]))
        or "by" in after[:1]
        or tokens[at + 1 : at + 2]
        in (
            ("with",),
            ("when",),
            ("as",),
            ("if",),
        )
    )


def exchanged_words(claim: Wording, said: Wording, are_comparable: Callable[[str, str], bool]) -> bool:
    """Whether two words of different clauses of the claim would each be in better company in the other's clause.

    Args:
        claim: what is claimed.
        said: what was said.
        are_comparable: whether two roots name things of one kind, such as two metals: others are hardly exchanged.
    """
    divisions = product((claim.clauses, claim.members), (said.members, said.clauses))
    return any(
        (are_comparable(x, y) or (is_clear and _are_parallel(x, y, claim, said))) and not _are_listed(x, y, said)
        for here, there in divisions
        for x, y, is_clear in _better_off(claim, said, here, there)
    )


def _are_listed(one: str, other: str, said: Wording) -> bool:
    """Whether two words are joined by "and" or "or", so that their order says nothing."""
    for a, b in product(said.words, repeat=2):
        if same_word(a.root, one) and same_word(b.root, other) and abs(a.at - b.at) <= _LIST_REACHES:
            between = said.tokens[min(a.at, b.at) + 1 : max(a.at, b.at)]
            if not _LIST_JOINS.isdisjoint(between) and "," not in between:
                return True
    return False


def exchanged_company(claim: Wording, said: Wording, names: Collection[str]) -> bool:
    """Whether two names or two opposites of the claim have each other's neighbours."""
    shared = sorted(stem for stem in claim.roots if is_among(stem, said.roots))
    for x, y in combinations(shared, 2):
        if (opposed(x, y) or (x in names and y in names)) and not same_word(x, y):
            mine, theirs = [[_next_to(stem, (x, y), text) for stem in (x, y)] for text in (claim, said)]
            straight = sum(_overlap(mine[i], theirs[i]) for i in (0, 1))
            crossed = sum(_overlap(mine[i], theirs[1 - i]) for i in (0, 1))
            orders = {_come_first(text, x, y) for text in (claim, said)}
            if opposed(x, y) and orders == {True, False}:
                return True
            if crossed - straight >= (1 if opposed(x, y) else _EXCHANGE_GAINS):
                return True
    return False


def _come_first(text: Wording, one: str, other: str) -> bool | None:
    """Whether one of two words comes first in a text that tells what happened, "then" what; else None."""
    if "then" not in text.tokens:
        return None
    first = next(word.root for word in text.words if is_among(word.root, (one, other)))
    return same_word(first, one)


def _overlap(some: Iterable[str], others: Collection[str]) -> int:
    return sum(any(alike(one, other) for other in others) for one in some)


def _next_to(stem: str, pair: tuple[str, str], text: Wording) -> set[str]:
    """The words near a root, in its part of the sentence, but for the pair that is compared."""
    found = set[str]()
    for i, word in enumerate(text.words):
        if same_word(word.root, stem):
            near = text.words[max(0, i - _WINDOW) : i + _WINDOW + 1]
            part = text.members[word.at]
            found.update(w.root for w in near if text.members[w.at] == part and not is_among(w.root, pair))
    return found


def exchanged_comparison(claim: Wording, said: Wording) -> bool:
    """Whether the claim compares two things the other way round than what was said of each by itself."""
    if "than" not in claim.tokens or "than" in said.tokens:
        return False
    than = claim.tokens.index("than")
    here = [word for word in claim.words if claim.sentence_at(word.at) == claim.sentence_at(than)]
    left = [word for word in here if word.at < than]
    right = {word.root for word in here if word.at > than}
    compared = [w.root for w in left if claim.tokens[w.at].endswith("er") or claim.tokens[w.at - 1] in _MORE]
    for stem in compared:
        mine = {word.root for word in left[:2]} - {stem} - right
        for roots in said.roots_by([said.sentence_at(at) for at in range(len(said.tokens))]):
            if is_among(stem, roots) and _overlap(right - {stem}, roots) > _overlap(mine, roots):
                return True
    return False


def _are_parallel(one: str, other: str, *texts: Wording) -> bool:
    """Whether two roots begin clauses of each text."""
    first = [{word.clause: word.root for word in reversed(text.words)}.values() for text in texts]
    return all(is_among(one, roots) and is_among(other, roots) for roots in first)


def _better_off(
    claim: Wording, said: Wording, parts: Sequence[int], theirs: Sequence[int]
) -> Iterator[tuple[str, str, bool]]:
    company = said.roots_by(theirs)
    one_sentence = not {".", "?", "!"}.intersection(said.tokens[:-1])

    def gain(new: str, old: str, others: frozenset[str]) -> int:
        return sum(_meet(new, other, company) - _meet(old, other, company) for other in others - {new, old})

    for here, there in combinations(claim.roots_by(parts), 2):
        for x in (x for x in here - there if is_among(x, said.roots)):
            for y in (y for y in there - here if is_among(y, said.roots) and not alike(x, y)):
                least, most = sorted((gain(y, x, here), gain(x, y, there)))
                if least + most >= _EXCHANGE_GAINS and (least > 0 or (least == 0 and one_sentence)):
                    # It is clear if both gain, or in a single sentence one of them much and the other does not lose.
                    yield x, y, least > 0 or (one_sentence and most > 2)


def _meet(one: str, other: str, company: Sequence[frozenset[str]]) -> bool:
    """Whether two words, or words of their meaning, are said in one clause."""
    return any(any(alike(one, a) for a in roots) and any(alike(other, b) for b in roots) for roots in company)


def exchanged_places(claim: Wording, said: Wording) -> bool:
    """Whether two words (or phrases) of the claim would stand as they were said if they changed places."""
    if _differ_in_voice(claim, said) or _differ_in_voice(said, claim):
        return False
    mine, theirs = _items(claim), _items(said)
    heard = [next((k for k, (_, one) in enumerate(mine) if _is_same_item(one, other)), None) for _, other in theirs]
    first = {item: k for k, (_, item) in reversed(list(enumerate(mine)))}
    order = [(at, first[item]) for at, item in mine if first[item] in heard]
    words = [(at, k) for at, k in order if isinstance(mine[k][1], str)]
    next_to, follows = set[_Pair](), set[_Pair]()
    for _, sentence in groupby(zip(theirs, heard, strict=True), key=lambda item: said.sentence_at(item[0][0])):
        found = [k for _, k in sentence]
        next_to.update(pairwise(found))
        follows.update(pairwise(k for k in found if k is not None and isinstance(mine[k][1], str)))
    return _stand_exchanged(claim, order, next_to, 1) or (
        len(order) >= _NEARLY_ALL * len(mine) and _stand_exchanged(claim, words, follows, 2)
    )


def _differ_in_voice(text: Wording, other: Wording) -> bool:
    """Whether a text says in the passive voice what the other may say in the active one."""
    for word in text.words:
        if text.tokens[word.at + 1 : word.at + 2] == ("by",) and word.root not in _passives(other):
            beside = {w.root for w in text.words if text.pieces[w.at] == text.pieces[word.at]}
            shared = sum(is_among(stem, beside) for stem in other.roots)
            if is_among(word.root, other.roots) or shared * 2 >= len(other.roots):
                return True
    return False


def _passives(text: Wording) -> set[str]:
    """The words in front of a "by"."""
    return {word.root for word in text.words if text.tokens[word.at + 1 : word.at + 2] == ("by",)}


def _stand_exchanged(claim: Wording, order: Sequence[tuple[int, int]], follows: set[_Pair], apart: int) -> bool:
    phrases: list[list[tuple[int, int]]] = []
    for item in order:
        if phrases and (phrases[-1][-1][1], item[1]) in follows:
            phrases[-1].append(item)
        else:
            phrases.append([item])
    for i, j in combinations(range(len(phrases)), 2):
        exchanged = [*phrases]
        exchanged[i], exchanged[j] = phrases[j], phrases[i]
        gain = sum((a[-1][1], b[0][1]) in follows for a, b in pairwise(exchanged))
        between = claim.tokens[phrases[i][-1][0] + 1 : phrases[j][0][0]]
        listed = j == i + 1 and between and set(between) <= {",", "and", "or"}
        listed = listed or (j == i + 1 and not between)  # "Spanish exports" for "exports of Spain"
        listed = listed or not _CONNECTS.isdisjoint(between)
        if j - i >= apart and gain >= max(_EXCHANGE_GAINS, len(phrases) - 1) and not listed:
            return True
    return False


def _items(text: Wording) -> list[_Item]:
    """The content words and numbers of a text, each behind its place."""
    numbers = [(n.at, (n.value, n.kind)) for n in text.numbers if not n.vague]
    return sorted([*((word.at, word.root) for word in text.words), *numbers], key=lambda item: item[0])


def _is_same_item(one: object, other: object) -> bool:
    return one == other or (isinstance(one, str) and isinstance(other, str) and same_word(one, other))


SWAPS: tuple[Callable[[Wording, Wording], bool], ...] = (exchanged_roles, exchanged_places, exchanged_comparison)
