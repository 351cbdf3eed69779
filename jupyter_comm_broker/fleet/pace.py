"""When a server reports next: at intervals, soon after an event, and seldom while it is refused."""

from __future__ import annotations

from dataclasses import dataclass

INTERVAL = 20.0
"""Seconds between two reports, on the average. A page that is 30 s old is still worth a look."""

SPREAD = 0.25
"""
The part by which an interval is longer or shorter.

Servers that were started at once, as after a Hub's restart, do not report at once for ever.
"""

PROMISED = 30.0
"""Seconds within which the next report follows, as a report says. A network may be slow."""

GAP = 5.0
"""
Least seconds between two reports.

With 1,000 servers where all the time something happens, the service gets 200 reports a second.
"""

LONGEST = 60.0
"""
Most seconds between two attempts, while the service does not take reports.

A service that was started again has all servers a minute later.
"""

LONGEST_ASKED = 300.0
"""Most seconds for which the service may ask to wait."""


@dataclass(slots=True)
class Pace:
    """The times of the reports of one server."""

    failed: int = 0
    """How many reports in a row were not taken."""
    _asked: float = 0.0

    def taken(self) -> None:
        """Note that the service took a report."""
        self.failed, self._asked = 0, 0.0

    def refused(self, retry_after: float = 0.0) -> None:
        """Note that the service did not take a report, and asks to wait ``retry_after`` seconds."""
        self.failed += 1
        self._asked = retry_after

    @property
    def hears_events(self) -> bool:
        """Whether events bring the next report forward. While reports fail, they do not."""
        return self.failed == 0

    def wait(self, chance: float) -> float:
        """
        Return the seconds until the next report.

        Args:
            chance: a random number from 0 to 1.

        >>> Pace().wait(0.0), Pace().wait(1.0), Pace(failed=2).wait(0.5), Pace(failed=99).wait(0.5)
        (15.0, 25.0, 60.0, 60.0)
        """
        # Four intervals are more than the longest wait.
        usual = min(INTERVAL * 2.0 ** min(self.failed, 2), LONGEST)
        spread = usual * (1 + SPREAD * (2 * chance - 1))
        return max(spread, min(self._asked, LONGEST_ASKED))
