"""What becomes of damaged and malicious recordings: read, or refused in a sentence; in what time, with what memory.

python benchmarks/damaged.py             # the whole corpus that the tests use
python benchmarks/damaged.py --each      # a line for each file

Every file is looked into and decoded as an upload is. The exit status is 1 where one ends in anything but sound or one
sentence, or beyond the limits below.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from lecture.audio import LONGEST_S, Recording
from lecture.errors import SourceError
from tests.fixtures.damaged import FAMILIES, write

LIMIT_S = 60.0
"""Seconds for one file on two busy cores: twelve hours of silence, which is all that is read of a bomb, take half."""
LIMIT_MB = 512
"""Megabytes of the decoder's process."""


@dataclass(frozen=True)
class Outcome:
    """What became of a file: seconds of sound or else why not, warnings, seconds it took, most megabytes so far."""

    name: str
    family: str
    heard: float
    refusal: str | None
    warnings: tuple[str, ...]
    took: float
    memory: float
    fault: str | None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", action="store_true", help="a line for each file")
    parser.add_argument("--json", action="store_true", help="what became of each, for programs")
    options = parser.parse_args()
    outcomes = []
    with tempfile.TemporaryDirectory() as folder:
        for family, cases in FAMILIES.items():
            for name in cases:
                outcomes.append(outcome(name, family, Path(folder)))
                if options.json:
                    print(json.dumps(asdict(outcomes[-1])), flush=True)
                elif options.each:
                    print(line(outcomes[-1]), flush=True)
    if not options.json:
        print(table(outcomes))
    return int(any(one.fault for one in outcomes))


def outcome(name: str, family: str, folder: Path) -> Outcome:
    path = write(name, folder)
    began, heard, refusal, warnings, fault = time.perf_counter(), 0.0, None, (), None
    try:
        recording = Recording(path)
        for _ in recording:
            pass
        heard, warnings = recording.position, recording.warnings()
    except SourceError as error:
        refusal = str(error)
    except Exception as error:  # noqa: BLE001 - it is what is looked for
        fault = f"{type(error).__name__}: {error}"
    took = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
    if took > LIMIT_S or memory > LIMIT_MB or heard > LONGEST_S + 1:
        fault = fault or f"beyond the limits: {took:.1f} s, {memory:.0f} MB, {heard:.0f} s of sound"
    if refusal and ("\n" in refusal or path.name[:120] not in refusal or str(folder) in refusal):
        fault = f"no sentence about the file: {refusal}"
    path.unlink()
    return Outcome(name, family, heard, refusal, warnings, took, memory, fault)


def line(one: Outcome) -> str:
    result = one.fault or one.refusal or f"{one.heard:.1f} s of sound {' '.join(one.warnings)}"
    return f"{one.took:6.2f} s {one.memory:5.0f} MB  {one.name}: {result}"


def table(outcomes: list[Outcome]) -> str:
    rows = [f"{'files':>5} {'read':>5} {'refused':>7} {'faults':>6} {'slowest':>8}"]
    for family in [*FAMILIES, "all"]:
        of = [one for one in outcomes if family in (one.family, "all")]
        refused, faults = sum(one.refusal is not None for one in of), sum(one.fault is not None for one in of)
        slowest = max(one.took for one in of)
        read = sum(one.heard > 0 for one in of)
        rows.append(f"{len(of):5} {read:5} {refused:7} {faults:6} {slowest:6.1f} s  {family}")
    return "\n".join([*rows, f"most memory of the decoder: {max(one.memory for one in outcomes):.0f} MB"])


if __name__ == "__main__":
    sys.exit(main())
