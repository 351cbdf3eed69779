"""One timer that is set anew all the time, and seldom has to be: ``call_at`` is not free."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

LEAST_PAUSE = 0.01
"""Seconds between two timers: nothing in the core is finer, and a fault in it must not spin."""


class Alarm:
    """
    Rings once, at the latest time it was set to.

    Args:
        loop: whose time it keeps.
        ring: what it does.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, ring: Callable[[], None]) -> None:
        self._loop = loop
        self._ring = ring
        self._timer: asyncio.TimerHandle | None = None
        self._at = 0.0

    def set(self, due: float | None) -> None:
        """Ring at this time, and no earlier than a moment from now; never, if ``None``."""
        if due is not None:
            due = max(due, self._loop.time() + LEAST_PAUSE)
            if self._timer is not None and 0 <= due - self._at <= LEAST_PAUSE:
                return
        self.stop()
        if due is not None:
            self._at = due
            self._timer = self._loop.call_at(due, self._rings)

    def stop(self) -> None:
        """Do not ring; safe twice."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _rings(self) -> None:
        self._timer = None
        self._ring()
