"""Parts of the core that act at a time, not only when something happens."""

from __future__ import annotations

from typing import Protocol

SOON = float("-inf")
"""The time of something that is overdue."""


class Timed(Protocol):
    """A part that is asked after each event when it is due, and is woken at that time."""

    def next_due(self) -> float | None:
        """
        Return when it is due if nothing else happens before; ``None`` for never.

        This runs for each message. It must cost next to nothing if nothing waits.
        """

    def tick(self, now: float) -> None:
        """Do what is due."""
