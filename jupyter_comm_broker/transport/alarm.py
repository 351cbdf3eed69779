"""A timer that can be set often at little cost. It calls ``loop.call_at`` only when it must."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

LEAST_PAUSE = 0.01
"""
Seconds until the alarm rings at the earliest.

Nothing in the core needs a shorter time. A fault in the core that always asks for "now" must not
keep the event loop busy.
"""


class Alarm:
    """
    Rings once, at the time of the last :meth:`set`.

    Args:
        loop: the event loop, whose clock counts.
        ring: called when the alarm rings.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, ring: Callable[[], None]) -> None:
        self._loop = loop
        self._ring = ring
        self._timer: asyncio.TimerHandle | None = None
        self._at = 0.0

    def set(self, due: float | None) -> None:
        """Ring at the time ``due``, but :data:`LEAST_PAUSE` from now at the earliest; or never."""
        if due is not None:
            due = max(due, self._loop.time() + LEAST_PAUSE)
            if self._timer is not None and 0 <= due - self._at <= LEAST_PAUSE:
                return
        self.stop()
        if due is not None:
            self._at = due
            self._timer = self._loop.call_at(due, self._rings)

    def stop(self) -> None:
        """Do not ring. May be called twice."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _rings(self) -> None:
        self._timer = None
        self._ring()


def soonest(*moments: float | None) -> float | None:
    """Return the earliest of some times. ``None`` stands for never."""
    return min((each for each in moments if each is not None), default=None)
