"""How often the check of a writer's claims is wrong: false claims that pass and true ones that are dropped, by kind.

python benchmarks/claims.py                  # both halves; rules and thresholds were chosen on the tuning half alone
python benchmarks/claims.py --half tuning    # that half alone: whoever changes a rule leaves the other one unopened
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from lecture.checking.support import find_support, supports
from lecture.sentences import Sentence

DATA = Path(__file__).parent / "data"
SAMPLE = Path(__file__).parent.parent / "samples" / "how-memory-works.md"
KINDS = ("paraphrase", "number", "swap", "negation", "outside", "misplaced")


@dataclass(frozen=True)
class Claim:
    """A claim about a lecture; `cited` are indices of the sentences that it names, `kind` what is wrong with it."""

    lecture: str
    claim: str
    sentences: tuple[int, ...]
    true: bool
    kind: str


def claims(half: str) -> list[Claim]:
    lines = (DATA / f"claims-{half}.jsonl").read_text(encoding="utf-8").splitlines()
    return [Claim(**{**row, "sentences": tuple(row["sentences"])}) for row in map(json.loads, filter(None, lines))]


def lecture(name: str) -> tuple[Sentence, ...]:
    path = SAMPLE if name == SAMPLE.stem else DATA / "lectures" / f"{name}.md"
    lines = path.read_text(encoding="utf-8").splitlines()
    said = [line for line in lines if line.strip() and not line.startswith("#")]
    return tuple(Sentence(text, 4.0 * i, 4.0 * i + 4.0) for i, text in enumerate(said))


HALVES = ("tuning", "frozen")


def report(halves: Sequence[str] = HALVES) -> str:
    lectures: dict[str, tuple[Sentence, ...]] = {}
    table = []
    for half in halves:
        asked, named, found = Counter[str](), Counter[str](), Counter[str]()
        began = time.perf_counter()
        for claim in claims(half):
            said = lectures.setdefault(claim.lecture, lecture(claim.lecture))
            asked[claim.kind] += 1
            named[claim.kind] += supports(claim.claim, [said[i] for i in claim.sentences], said)
            found[claim.kind] += find_support(claim.claim, said) is not None
        took = (time.perf_counter() - began) / asked.total()
        table.append(f"{half} half, {asked.total()} claims, {1000 * took:.0f} ms each")
        table.append(f"{'':24}{'claims':>8}{'pass: sentences named':>24}{'not named':>12}")
        for kind in KINDS:
            label = kind if kind == "paraphrase" else f"false: {kind}"
            table.append(f"{label:24}{asked[kind]:8}{named[kind]:24}{found[kind]:12}")
        for label, passed in (("named", named), ("not named", found)):
            true, false = asked["paraphrase"], asked.total() - asked["paraphrase"]
            wrong = sum(passed[kind] for kind in KINDS[1:])
            # Without named sentences a claim that only names the wrong ones is true.
            if label == "not named":
                false -= asked["misplaced"]
                wrong -= passed["misplaced"]
            table.append(
                f"{label:10} false ones that pass {wrong}/{false} = {wrong / false:.1%}, "
                f"true ones dropped {true - passed['paraphrase']}/{true} = {1 - passed['paraphrase'] / true:.1%}"
            )
        table.append("")
    return "\n".join(table)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--half", choices=HALVES, help="the claims of one half only")
    half = arguments.parse_args().half
    print(report((half,) if half else HALVES))
