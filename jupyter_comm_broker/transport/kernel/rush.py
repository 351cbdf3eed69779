"""
Notices that a kernel publishes faster than we read, so that it may have dropped messages.

A kernel's publishing socket keeps 1,000 unread messages and silently drops the rest. A reader that
has read 1,000 messages without reaching the end may have been that far behind.
"""

from __future__ import annotations

from collections.abc import Callable

KERNEL_KEEPS = 1_000
"""Messages that a kernel's socket keeps: ZeroMQ's default, which kernels do not change."""


class Rush:
    """
    Counts the messages that are read in a row.

    Args:
        enough: ``reached`` is called each time that so many messages were read in a row. It is
            called once more when the end is reached, because the latest value of something may
            have been dropped since.
        reached: the callback.
    """

    def __init__(self, enough: int, reached: Callable[[], None]) -> None:
        self._enough = enough
        self._reached = reached
        self._in_a_row = 0
        self._told = False

    def read(self, count: int, *, more: bool) -> None:
        """Count messages that were read. ``more`` says whether others may wait behind them."""
        self._in_a_row += count
        reached = self._in_a_row >= self._enough or (self._told and not more)
        if reached or not more:
            self._in_a_row = 0
        self._told = more and (reached or self._told)
        if reached:
            self._reached()
