"""How often a kernel's malformed messages are logged: the first, then at most once a minute."""

from __future__ import annotations

QUIET_SECONDS = 60.0


class LogThrottle:
    """Says which of many malformed messages are logged."""

    def __init__(self) -> None:
        self._quiet_until = 0.0
        self._unsaid = 0

    def line(self, what: str, now: float) -> str | None:
        """Return the line for a message; ``None`` within a minute after the last line."""
        if now < self._quiet_until:
            self._unsaid += 1
            return None
        unsaid, self._unsaid = self._unsaid, 0
        self._quiet_until = now + QUIET_SECONDS
        if unsaid:
            return f"{what} (and {unsaid} other malformed messages since the last such line)"
        return what
