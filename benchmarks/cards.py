"""How good the flashcards are: how many, of which kinds, what the gate leaves out, and what a reader thought of them.

python benchmarks/cards.py                             # the project's own lectures
python benchmarks/cards.py --vtssum DIR                # and those of VT-SSum (JSON; Lv et al. 2021, arXiv 2106.05606)
python benchmarks/cards.py --topics DIR                # and texts with one sentence a line, ===== between topics
python benchmarks/cards.py --vtssum DIR --sample 100 --seed 1      # cards to read, each with the id of a verdict
python benchmarks/cards.py --verdicts                  # the share that a reader found usable, and why others were not

In the table, "sentences" are what a card was tried of; the reasons are those for which the gate leaves out cards made
of any of them, without the care that the built-in writer takes beforehand; "left out" is what it leaves out of that
writer's own. Duplicates, leaks and answers that are not in their evidence are counted anew here, by plain comparison.

The lectures of VT-SSum were spoken freely, many not in the speaker's own language, and recognised by an older
program; those of --topics were written down by people. Rules for free speech were made on every other lecture of them
("tuning") and then frozen; 100 cards of the others were drawn with seed 1 and read ("blind"). As those were much worse
than the ones that the rules were made with, their verdicts went into the weights of `lecture/learning/usability.py`
too. So the verdicts on the cards as they are now, of both halves, are no blind test, only the blind sample is: what new
lectures get lies between the two. The project's own lectures were read all along.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from lecture.captions import read_captions
from lecture.chapters import find_chapters
from lecture.flashcards import GAP, Flashcard, identified, quoting_cards
from lecture.learning.quality import good_cards
from lecture.learning.vocabulary import vocabulary
from lecture.notes import Evidence, Notes
from lecture.ranking import terms
from lecture.sentences import Sentence, sentences
from lecture.writers import Extractive

ROOT = Path(__file__).parent.parent
DATA = ROOT / "benchmarks" / "data"
VERDICTS = DATA / "card-verdicts.jsonl"
OWN = (ROOT / "samples" / "how-memory-works.vtt", *sorted((DATA / "lectures").glob("*.md")))
HALVES = ("tuning", "frozen")


@dataclass(frozen=True)
class Lecture:
    """A lecture by its file's name, and the cards of it."""

    name: str
    said: tuple[Sentence, ...]

    @cached_property
    def notes(self) -> Notes:
        chapters = find_chapters([s.text for s in self.said], [s.start for s in self.said])
        return Extractive().notes(self.said, chapters, "medium", lambda share: None, lambda statement: None)

    @cached_property
    def made(self) -> tuple[tuple[Flashcard, ...], dict[str, int]]:
        cards, rejected = good_cards(quoting_cards(self.said, self.notes), self.said, self.notes)
        return cards, dict(rejected)

    @property
    def cards(self) -> tuple[Flashcard, ...]:
        return self.made[0]

    @property
    def careless(self) -> Counter[str]:
        """What the gate leaves out of cards made of every sentence, by reason."""
        return Counter(good_cards(tuple(careless(self.said)), self.said, self.notes)[1])

    def without_card(self) -> int:
        """Chapters without a card."""
        starts = [card.evidence.start for card in self.cards]
        return sum(not any(c.start <= start < c.end for start in starts) for c in self.notes.chapters)


def careless(said: Sequence[Sentence]) -> Iterator[Flashcard]:
    """A card of each sentence, with a gap for the word that is rarest in the lecture: what the gate is there for."""
    words = vocabulary(tuple(sentence.text for sentence in said))
    for sentence in said:
        tokens = [token for token in re.findall(r"[^\W\d_]{4,}", sentence.text) if terms(token)]
        if tokens:
            hidden = min(tokens, key=lambda token: (words.often(token), token))
            question = re.sub(rf"(?<!\w){hidden}(?!\w)", GAP, sentence.text)
            yield Flashcard(question, hidden, Evidence(sentence.text, sentence.start, sentence.end), "cloze")


# ------------------------------------------------------------------------------------------ lectures


def own_lectures() -> Iterator[Lecture]:
    for path in OWN:
        if path.suffix == ".vtt":
            yield Lecture(path.stem, sentences(read_captions(path, path.name)))
        else:
            lines = path.read_text(encoding="utf-8").splitlines()
            yield Lecture(
                path.stem, evenly_timed([line for line in lines if line.strip() and not line.startswith("#")])
            )


def vtssum(folder: Path, halves: Iterable[str] = HALVES) -> Iterator[Lecture]:
    wanted = {HALVES.index(half) for half in halves}
    for i, path in enumerate(sorted(folder.glob("*.json"))):
        if i % 2 in wanted:
            raw = json.loads(path.read_text(encoding="utf-8"))
            yield Lecture(path.stem, evenly_timed([text for slide in raw["segmentation"] for text in slide]))


def transcripts(folder: Path, halves: Iterable[str] = HALVES) -> Iterator[Lecture]:
    wanted = {HALVES.index(half) for half in halves}
    for i, path in enumerate(sorted(folder.iterdir())):
        if i % 2 in wanted:
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            yield Lecture(path.stem, evenly_timed([line.strip() for line in lines if line.strip(" =")]))


def evenly_timed(texts: Sequence[str]) -> tuple[Sentence, ...]:
    return tuple(Sentence(text, 4.0 * i, 4.0 * i + 4.0) for i, text in enumerate(texts))


# ------------------------------------------------------------------------------------------ what must not be


def filled(card: Flashcard) -> str:
    return card.question.replace(GAP, card.answer) if GAP in card.question else f"{card.question} {card.answer}"


def plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def duplicates(cards: Sequence[Flashcard]) -> int:
    """Cards that say in the same words what an earlier one says, or ask the same question."""
    seen: set[str] = set()
    again = 0
    for card in cards:
        keys = {plain(filled(card)), plain(card.question)}
        again += bool(keys & seen)
        seen |= keys
    return again


def leaks(cards: Sequence[Flashcard]) -> int:
    """Cards whose question has the answer, word by word."""
    return sum(f" {plain(card.answer)} " in f" {plain(card.question.replace(GAP, ' '))} " for card in cards)


def not_found(cards: Sequence[Flashcard]) -> int:
    """Cards whose answer is not in the words that they rest on."""
    return sum(plain(card.answer) not in plain(card.evidence.quote) for card in cards)


# ------------------------------------------------------------------------------------------ tables


def table(lectures: Sequence[Lecture]) -> str:
    lines = [
        f"{'lecture':28.28}{'sentences':>10}{'cards':>7}{'defin.':>8}{'quest.':>8}{'cloze':>7}{'left out':>10}"
        f"{'dupl.':>7}{'leaks':>7}{'unfound':>9}{'chapters':>10}{'without':>9}"
    ]
    total: Counter[str] = Counter()
    own: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for lecture in lectures:
        cards, rejected = lecture.made
        kinds = Counter(card.kind for card in cards)
        row = {
            "sentences": len(lecture.said),
            "cards": len(cards),
            **{kind: kinds[kind] for kind in ("definition", "question", "cloze")},
            "left out": sum(rejected.values()),
            "duplicates": duplicates(cards),
            "leaks": leaks(cards),
            "not found": not_found(cards),
            "chapters": len(lecture.notes.chapters),
            "without": lecture.without_card(),
        }
        total.update(row)
        own.update(rejected)
        reasons.update(lecture.careless)
        lines.append(line(lecture.name, row))
    lines.append(line(f"all {len(lectures)}", {key: total[key] for key in row}))
    lines.append("left out of the built-in writer's cards: " + (in_words(own) or "none"))
    lines.append(f"left out of a card of every sentence: {in_words(reasons)}")
    return "\n".join(lines)


def line(name: str, row: dict[str, int]) -> str:
    widths = (10, 7, 8, 8, 7, 10, 7, 7, 9, 10, 9)
    return f"{name:28.28}" + "".join(f"{value:{width}}" for value, width in zip(row.values(), widths, strict=True))


def in_words(counts: Counter[str]) -> str:
    return ", ".join(f"{reason} {n}" for reason, n in counts.most_common())


def sample(lectures: Sequence[Lecture], wanted: int, seed: int) -> list[tuple[str, Flashcard]]:
    """So many cards of 20 lectures drawn at random, as evenly as they go; of more lectures where those have too few."""
    drawing = random.Random(seed)
    shuffled = drawing.sample(list(lectures), len(lectures))
    chosen: list[tuple[str, Flashcard]] = []
    for place, lecture in enumerate(shuffled):
        if place >= 20 and len(chosen) >= wanted:
            break
        cards = identified(lecture.cards)
        some = drawing.sample(cards, min(len(cards), max(5, wanted // 20)))
        chosen += [(f"{lecture.name}#{card.id}", card) for card in some]
    return chosen[:wanted]


def verdicts() -> str:
    rows = [json.loads(text) for text in VERDICTS.read_text(encoding="utf-8").splitlines() if text]
    own = {path.stem for path in OWN}
    lines = []
    for label, some in (
        ("own lectures", [row for row in rows if _lecture(row) in own]),
        *(
            (f"{name}, {half}{', blind' * blind}", [row for row in of_set if _is_of(row, half, blind)])
            for name, of_set in (
                ("people's transcripts", [row for row in rows if _lecture(row) not in own and "-" in _lecture(row)]),
                ("VT-SSum", [row for row in rows if _lecture(row) not in own and "-" not in _lecture(row)]),
            )
            for half, blind in (("tuning", False), ("frozen", False), ("frozen", True))
        ),
    ):
        if some:
            usable = sum(row["usable"] for row in some)
            why = Counter(row["why"] for row in some if not row["usable"])
            lectures = len(set(map(_lecture, some)))
            lines.append(f"{label}: usable {usable}/{len(some)} = {usable / len(some):.0%} of {lectures} lectures")
            lines.append("  not usable: " + (in_words(why) or "none"))
    return "\n".join(lines)


def _lecture(row: Mapping[str, object]) -> str:
    return str(row["card"]).split("#", maxsplit=1)[0]


def _is_of(row: Mapping[str, object], half: str, blind: bool) -> bool:
    """Whether a verdict is of a card as it is now, or of the blind sample, and of a half."""
    return row["half"] == half and (row.get("read") == "blind") == blind


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vtssum", type=Path, metavar="DIR")
    parser.add_argument("--topics", type=Path, metavar="DIR")
    parser.add_argument("--half", choices=HALVES, help="only these lectures of the folders")
    parser.add_argument("--sample", type=int, metavar="CARDS", help="print cards to read")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verdicts", action="store_true", help="sum up the verdicts of a reader")
    chosen = parser.parse_args()
    if chosen.verdicts:
        print(verdicts())
        return
    halves = [chosen.half] if chosen.half else HALVES
    sets = [list(vtssum(chosen.vtssum, halves))] if chosen.vtssum else []
    sets += [list(transcripts(chosen.topics, halves))] if chosen.topics else []
    if chosen.sample:
        drawn_from = [lecture for lectures in sets for lecture in lectures] or list(own_lectures())
        for name, card in sample(drawn_from, chosen.sample, chosen.seed):
            print(f"{name}\n  {card.kind}: {card.question}\n  {card.answer}\n")
        return
    print("\n\n".join(table(lectures) for lectures in [list(own_lectures()), *sets]))


if __name__ == "__main__":
    main()
