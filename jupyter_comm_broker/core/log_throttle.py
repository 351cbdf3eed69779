"""How often the log hears of a kernel's malformed messages: of the first, then once a minute."""

from __future__ import annotations

QUIET_SECONDS = 60.0


class Complaints:
    """Says which of many complaints is a line for the log."""

    def __init__(self) -> None:
        self._quiet_until = 0.0
        self._unsaid = 0

    def line(self, what: str, now: float) -> str | None:
        """Return the line for one more complaint, or nothing while the last is fresh."""
        if now < self._quiet_until:
            self._unsaid += 1
            return None
        unsaid, self._unsaid = self._unsaid, 0
        self._quiet_until = now + QUIET_SECONDS
        if unsaid:
            return f"{what} (and {unsaid} other malformed messages since the last such line)"
        return what
