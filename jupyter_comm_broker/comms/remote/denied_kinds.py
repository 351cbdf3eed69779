"""
The types of message that a server has denied to a program.

A call returns when its message is handed to the WebSocket. The denial comes too late for that
call. So the next calls with the same type raise, as long as the server keeps its answer. After
that, one is sent again, because the right may have been given.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from jupyter_comm_broker.errors import ServerRefusedError

HOLDS = 1.0
"""Seconds for which a denial counts, as in the server."""


class DeniedKinds:
    """The latest denial, by type of message."""

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._denied: dict[str, tuple[float, str]] = {}

    def note(self, msg_type: str, reason: str) -> None:
        """Note that the server denied a message of this type."""
        self._denied[msg_type] = (self._clock() + HOLDS, reason)

    def check(self, msg_type: str) -> None:
        """Raise ServerRefusedError if a message of this type was denied just now."""
        until, reason = self._denied.get(msg_type, (0.0, ""))
        if self._clock() < until:
            raise ServerRefusedError(self._url, 403, reason)
