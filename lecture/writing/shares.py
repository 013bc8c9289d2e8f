"""Shares of one step after the other → shares of the whole work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Shares:
    """Tells a listener how far work of so many steps of equal length is, from 0 to 1; never goes back."""

    on_share: Callable[[float], None]
    steps: int
    done: int = 0
    _told: float = 0.0

    def tick(self, share: float) -> None:
        """So much of the current step is done; raises what the listener raises."""
        self._told = max(self._told, (self.done + share) / self.steps)
        self.on_share(self._told)

    def finish_step(self) -> None:
        """The current step is done."""
        self.done += 1
        self.tick(0.0)


def step_of(on_share: Callable[[float], None], step: int, steps: int) -> Callable[[float], None]:
    """A listener to one of so many steps, the first one 0, that tells its share of the whole."""
    return lambda share: on_share((step + share) / steps)
