"""
Holds back shell messages until the stdin socket is connected.

A kernel asks for input over stdin, from the identity that sent the request. If that socket is not
connected yet, ZeroMQ silently drops the question, and the cell waits forever. The four sockets
connect in any order, so the shell waits for stdin. It does not wait forever, because some kernels
have no stdin.
"""

from __future__ import annotations

from collections.abc import Callable

PATIENCE = 1.0
"""Seconds that the shell waits for stdin. A connection on one machine takes some milliseconds."""


class StdinGate:
    """
    Says whether the shell may send now.

    Args:
        is_connected: says whether stdin is connected.
        clock: says the time in seconds.
    """

    def __init__(self, is_connected: Callable[[], bool], clock: Callable[[], float]) -> None:
        self._is_connected = is_connected
        self._clock = clock
        self._missing_since: float | None = None

    def __call__(self) -> bool:
        """Return whether stdin is connected, or the shell has waited long enough."""
        if self._is_connected():
            self._missing_since = None
            return True
        if self._missing_since is None:
            self._missing_since = self._clock()
        return self._clock() - self._missing_since >= PATIENCE
