"""
Says which date a time of the event loop is, also after somebody set the computer's clock.

The core counts time by the loop's clock, which nobody can set. On Linux it stands still while the
computer sleeps. So the two clocks drift apart now and then, and dates from a difference that was
taken at the start would be wrong from then on.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable

TOLERANCE = 0.5
"""Seconds between the two clocks that are not taken for a jump."""

MOST = 100
"""Jumps that are remembered. Dates from before the oldest are as far off as it was wide."""


class WallClock:
    """
    Compares two clocks whenever it is asked.

    Args:
        loop_time: returns the time of the loop's clock, in seconds.
        wall_time: returns the seconds since the Unix epoch.
    """

    def __init__(
        self, loop_time: Callable[[], float], wall_time: Callable[[], float] = time.time
    ) -> None:
        self._loop_time = loop_time
        self._wall_time = wall_time
        self._looked_at = loop_time()
        self._since = [float("-inf")]
        self._differences = [wall_time() - self._looked_at]

    def epoch(self, at: float) -> float:
        """Return a time of the loop's clock as seconds since the Unix epoch."""
        now = self._loop_time()
        difference = self._wall_time() - now
        if abs(difference - self._differences[-1]) > TOLERANCE:
            self._jumped(difference)
        self._looked_at = now
        return at + self._differences[bisect_right(self._since, at) - 1]

    def _jumped(self, difference: float) -> None:
        # When it jumped is not known. What is dated in between is dated by the new time.
        self._since.append(self._looked_at)
        self._differences.append(difference)
        if len(self._since) > MOST:
            del self._since[1], self._differences[0]
