"""Progress on the terminal: a bar for all lectures, and one for each that is at work. Without a terminal, nothing."""

from __future__ import annotations

import os
import re
import sys
from typing import Never

from tqdm import tqdm

from lecture.process import Progress, Record

KEY = "LECTURE_KEY"
"""The environment variable that holds a language model server's key: command lines are seen by others."""

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_BAR = "{desc}: {bar} {postfix}"
_ALL = "{desc}: {bar} {n_fmt} of {total_fmt} [{elapsed}]"


class Shown(Record):
    """A bar of one piece of work."""

    def __init__(self, name: str, position: int = 0) -> None:
        """Draw it.

        Args:
            name: what is at work.
            position: lines below the first bar.
        """
        self._bar: tqdm[Never] = tqdm(
            desc=legible(name), leave=False, disable=None, bar_format=_BAR, position=position, dynamic_ncols=True
        )

    def on_progress(self, progress: Progress) -> None:
        """Draw the bar anew."""
        self._bar.total, self._bar.n = progress.total or 1, min(progress.done, progress.total or 1)
        self._bar.set_postfix_str(f"{progress.step} {progress.how_far}".strip())

    def key(self) -> str | None:
        """The key of the endpoint that writes."""
        return os.environ.get(KEY)

    def close(self) -> None:
        """Take the bar away."""
        self._bar.close()


class Overall:
    """The bar of all lectures; a single one needs none."""

    def __init__(self, lectures: int) -> None:
        self.is_shown = lectures > 1
        self._bar: tqdm[Never] = tqdm(
            total=lectures,
            desc="Lectures",
            leave=False,
            disable=None if self.is_shown else True,
            bar_format=_ALL,
            dynamic_ncols=True,
        )

    def one_more(self) -> None:
        """Another lecture needs nothing more."""
        self._bar.update()

    def close(self) -> None:
        """Take the bar away."""
        self._bar.close()


def say(line: str) -> None:
    """A line on standard output, above the bars."""
    tqdm.write(legible(line), file=sys.stdout)


def warn(line: str) -> None:
    """A line on standard error, above the bars."""
    tqdm.write(legible(line), file=sys.stderr)


def legible(line: str) -> str:
    """A line with its controls written out: a file's name may hold what clears a terminal, or types into it."""
    return _CONTROL.sub(lambda control: f"\\x{ord(control[0]):02x}", line)
