"""How long something took, counted by duration, in constant space."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper bounds in seconds, from an answer out of the mirror to one that waited for the kernel."""


class Histogram:
    """A histogram of seconds."""

    __slots__ = ("counts", "total")

    def __init__(self, counts: Sequence[int] = (0,) * (len(BOUNDS) + 1), total: float = 0.0):
        self.counts = list(counts)
        """By bound, how many took at most that and more than the bound before. Then the rest."""
        self.total = total

    def add(self, seconds: float) -> None:
        """Count one duration."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds

    def include(self, other: Histogram) -> None:
        """Add the counts of another histogram."""
        self.counts = [one + more for one, more in zip(self.counts, other.counts, strict=True)]
        self.total += other.total

    def cumulative(self) -> list[tuple[str, int]]:
        """Return for each upper bound how many took no longer. The last has no bound."""
        found, so_far = [], 0
        for bound, count in zip([*map(str, BOUNDS), "+Inf"], self.counts, strict=True):
            so_far += count
            found.append((bound, so_far))
        return found
