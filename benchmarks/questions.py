"""How well questions are answered with the built-in writer: is the right passage first, and what is not there said so?

python benchmarks/questions.py              # both halves; the frozen one is for reporting only
python benchmarks/questions.py --wrong      # and which questions of the tuning half go wrong
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from lecture.ask import Answer, Exchange, Said, ask
from lecture.sentences import Sentence

DATA = Path(__file__).parent / "data"
SAMPLE = Path(__file__).parent.parent / "samples" / "how-memory-works.md"
HALVES = ("tuning", "frozen")
SECONDS_A_WORD = 0.4


@dataclass(frozen=True)
class Asked:
    """A question of the set.

    Attributes:
        lecture: the name of its file.
        answer: indices of the sentences that answer it; none where the lecture does not.
        before: the questions of the same conversation, the oldest first.
        kind: "plain", "reworded", "follow-up" or "unanswerable".
    """

    lecture: str
    question: str
    answer: tuple[int, ...]
    before: tuple[str, ...]
    kind: str


@dataclass(frozen=True)
class Outcome:
    """What became of a question.

    Attributes:
        place: of the first passage that holds an answering sentence, from 0; None if there is none.
        took: seconds.
    """

    asked: Asked
    answer: Answer
    place: int | None
    took: float

    @property
    def right(self) -> bool:
        """The right passage is first, or the lecture was rightly said not to answer, or perhaps not."""
        return self.place == 0 if self.asked.answer else not (self.answer.found and self.answer.sure)


def read_lecture(path: Path) -> Said:
    """A lecture's sentences, one a line, with times as they would be said; headings are not said."""
    lines = [line for line in path.read_text().splitlines() if line.strip()]
    title = lines[0].lstrip("# ")
    sentences, at = [], 0.0
    for line in lines:
        if not line.startswith("#"):
            end = at + SECONDS_A_WORD * len(line.split())
            sentences.append(Sentence(line, at, end))
            at = end + 0.5
    return Said(path.stem, title, tuple(sentences))


def lectures() -> dict[str, Said]:
    """All lectures of the set by the names of their files."""
    return {path.stem: read_lecture(path) for path in (SAMPLE, *sorted((DATA / "lectures").glob("*.md")))}


def questions(half: str) -> list[Asked]:
    """One half of the set: "tuning" or "frozen"."""
    read = (json.loads(line) for line in (DATA / f"questions-{half}.jsonl").read_text().splitlines() if line.strip())
    return [Asked(q["lecture"], q["question"], tuple(q["answer"]), tuple(q["before"]), q["kind"]) for q in read]


def outcome(asked: Asked, said: dict[str, Said], among: Sequence[Said] = ()) -> Outcome:
    """Ask one question, of its own lecture or of several, after what was asked before it."""
    where = among or [said[asked.lecture]]
    before: list[Exchange] = []
    for earlier in asked.before:
        before.append(Exchange(earlier, ask(earlier, where, before)))
    began = time.perf_counter()
    answer = ask(asked.question, where, before)
    took = time.perf_counter() - began
    return Outcome(asked, answer, _place(asked, answer, said[asked.lecture]), took)


def _place(asked: Asked, answer: Answer, said: Said) -> int | None:
    right = [said.sentences[i] for i in asked.answer]
    for place, passage in enumerate(answer.passages):
        begin, end = passage.evidence.start, passage.evidence.end
        if passage.lecture_id == said.lecture_id and any(begin <= s.start and s.end <= end for s in right):
            return place
    return None


def report(half: str, together: bool = False) -> list[str]:
    """The figures of one half, as lines of a table.

    Args:
        half: "tuning" or "frozen".
        together: ask all lectures at once instead of the one a question is about.
    """
    said = lectures()
    among = list(said.values()) if together else []
    outcomes = [outcome(asked, said, among) for asked in questions(half)]
    ask(outcomes[0].asked.question, list(said.values()))  # every index is built
    kinds = defaultdict(list)
    for one in outcomes:
        kinds["answerable" if one.asked.answer else "not in the lecture"].append(one)
        if one.asked.answer:
            kinds[f"  {one.asked.kind}"].append(one)
    rows = [f"questions, {half} half{', all lectures at once' if together else ''}"]
    for kind, of_kind in sorted(kinds.items(), key=lambda item: (item[0].startswith("not"), not item[0][0].isalpha())):
        if kind.startswith("not"):
            flatly = _share(not one.answer.found for one in of_kind)
            rows.append(f"{kind:22}{_share(one.right for one in of_kind):>14} said so{flatly:>18} flatly, else perhaps")
        else:
            first = _share(one.right for one in of_kind)
            three = _share(one.place is not None and one.place < 3 for one in of_kind)
            sure = _share(one.right and one.answer.sure for one in of_kind)
            rows.append(f"{kind:22}{first:>14} right first{three:>14} among three{sure:>14} right and sure")
    rows.append(
        f"{'time':22}{1000 * sorted(one.took for one in outcomes)[len(outcomes) // 2]:.0f} ms a question (median)"
    )
    return rows


def _share(hits: Iterable[bool]) -> str:
    found = list(hits)
    return f"{sum(found)}/{len(found)} {sum(found) / max(1, len(found)):.0%}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wrong", action="store_true", help="show the questions of the tuning half that go wrong")
    options = parser.parse_args()
    for half in HALVES:
        for together in (False, True):
            print("\n".join(report(half, together)), end="\n\n")
    if options.wrong:
        said = lectures()
        for asked in questions("tuning"):
            if not (found := outcome(asked, said)).right:
                print(f"{asked.kind}: {asked.before} {asked.question}")
                for number in asked.answer:
                    print(f"   wanted: {said[asked.lecture].sentences[number].text}")
                for passage in found.answer.passages[:3]:
                    print(f"   found:  {passage.evidence.quote}")


if __name__ == "__main__":
    main()
