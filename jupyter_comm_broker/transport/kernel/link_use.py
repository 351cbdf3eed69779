"""
Whether anybody uses a link, and when it may be released.

A gateway does not end idle kernels that something is connected to (fact 6.10). So a link that is
always there would keep every kernel alive for ever.
"""

from __future__ import annotations

from collections.abc import Callable


class LinkUse:
    """
    Watches the use of one link.

    Args:
        is_used: returns whether a page, a program, a recording or a running cell needs the link.
        seconds: after how many seconds without use a link is released; 0 for never.
    """

    def __init__(self, is_used: Callable[[], bool], seconds: float) -> None:
        self._is_used = is_used
        self._seconds = seconds
        self._unused_since: float | None = None

    @property
    def is_used(self) -> bool:
        """Whether somebody uses the link now."""
        return self._is_used()

    def release_at(self, now: float) -> float | None:
        """Return when the link may be released if nobody uses it before; ``None`` for never."""
        if not self._seconds:
            return None
        if self.is_used:
            self._unused_since = None
            return None
        if self._unused_since is None:
            self._unused_since = now
        return self._unused_since + self._seconds
