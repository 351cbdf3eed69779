"""
Notices that the service was held up, and that what it reads then may be old.

A report that waited in a socket for a minute says what was true a minute ago. Nothing in it says
so, because no two machines have the same time. Its sender has given it up long ago.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

BEAT = 0.5
"""Seconds between two beats."""

LATE = 3.0
"""Seconds without a beat after which the service was held up. A busy machine takes one."""

DEAF = 1.0
"""Seconds in which all that had waited is read, and not believed."""


class Pulse:
    """
    Beats as long as the event loop runs freely.

    Args:
        clock: a clock that is never set.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._beat_at = clock()
        self._deaf_until = 0.0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to beat. The event loop must run."""
        if self._task is None:
            self._beat_at = self._clock()
            self._task = asyncio.create_task(self._run(), name="pulse")

    async def close(self) -> None:
        """Stop. May be called twice."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    def is_deaf(self) -> bool:
        """Return whether what is read now may have waited for long."""
        self._beat()
        return self._clock() < self._deaf_until

    def _beat(self) -> None:
        now = self._clock()
        if now - self._beat_at > LATE:
            self._deaf_until = now + DEAF
        self._beat_at = now

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            self._beat()
