"""How fast somebody may send: a burst at once, and so much a second in the long run."""

from __future__ import annotations

import time
from collections.abc import Callable


class Allowance:
    """What each sender may still send. Who has not sent for a while is forgotten: everything is allowed again then."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Let everybody send.

        Args:
            rate: bytes a second.
            burst: bytes at once.
            clock: seconds; tests turn it.
        """
        self._rate, self._burst, self._clock = rate, burst, clock
        self._free_at: dict[str, float] = {}
        """By sender, when all that was sent will have been paid for."""

    def wait(self, sender: str) -> float:
        """Seconds until more may be sent; 0 if that is now."""
        return max(0.0, self._free_at.get(sender, 0.0) - self._clock() - self._burst / self._rate)

    def spend(self, sender: str, size: int) -> None:
        """Note what was sent, in bytes."""
        now = self._clock()
        if sender not in self._free_at:
            self._free_at = {other: free for other, free in self._free_at.items() if free > now}
        self._free_at[sender] = max(self._free_at.get(sender, 0.0), now) + size / self._rate
