"""
What a server does not let a program send, told to whoever sends the next of that kind.

A message on a WebSocket is on its way when the sender goes on, so its denial comes too late for
that call: the calls after it raise, for as long as the server's own answer holds. Then one is
sent again, for rights are also given.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from jupyter_comm_broker.errors import ServerRefusedError

HOLDS = 1.0
"""Seconds."""


class DeniedKinds:
    """By type of message, the latest denial of one."""

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._denied: dict[str, tuple[float, str]] = {}

    def note(self, msg_type: str, reason: str) -> None:
        """The server denied us one of these."""
        self._denied[msg_type] = (self._clock() + HOLDS, reason)

    def check(self, msg_type: str) -> None:
        """Raise ServerRefusedError if one of these was denied just now."""
        until, reason = self._denied.get(msg_type, (0.0, ""))
        if self._clock() < until:
            raise ServerRefusedError(self._url, 403, reason)
