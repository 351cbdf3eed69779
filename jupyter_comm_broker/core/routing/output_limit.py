"""
The rate limits on output, as users know them from jupyter_server.

There is a rate of messages and a rate of bytes, over a window. While one is exceeded no output is
sent. The page is told each time that this begins. Comm messages do not count and are not stopped,
because a flood of prints must not cost a widget its last value (fact 2.3.13).
"""

from __future__ import annotations

from collections import deque
from textwrap import dedent

from jupyter_comm_broker.core.policy import Policy


class OutputLimit:
    """The rate limits of one kernel, for all its pages together."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._window: deque[tuple[float, int]] = deque()
        self._bytes = 0
        self._too_many = self._too_much = False

    def reset(self) -> None:
        """Start counting anew, because a cell ended. So Run All does not suffer."""
        self._window.clear()
        self._bytes = 0
        self._too_many = self._too_much = False

    def admit(self, size: int, is_stream: bool, now: float) -> tuple[bool, str]:
        """
        Count one output message.

        Args:
            size: its bytes.
            is_stream: whether it is stream output, whose bytes count.
            now: the time.

        Returns:
            Whether it may be sent, and what the page is to be told now; empty for nothing.
        """
        policy, window = self._policy, self._window
        if not policy.limit_rate:
            return True, ""
        while window and window[0][0] <= now:
            self._bytes -= window.popleft()[1]
        counted = size if is_stream else 0
        messages = (len(window) + 1) / policy.rate_window
        data = (self._bytes + counted) / policy.rate_window
        notice = ""
        if 0 < policy.message_rate < messages:
            if not self._too_many:
                self._too_many = True
                notice = self._notice("message", "msg", "msgs", policy.message_rate)
        elif self._too_many and messages < 0.8 * policy.message_rate:
            self._too_many = False
        if 0 < policy.data_rate < data:
            if not self._too_much:
                self._too_much = True
                notice += self._notice("data", "data", "bytes", policy.data_rate)
        elif self._too_much and data < 0.8 * policy.data_rate:
            self._too_much = False
        if self._too_many or self._too_much:
            return False, notice
        window.append((now + policy.rate_window, counted))
        self._bytes += counted
        return True, notice

    def _notice(self, kind: str, trait: str, unit: str, limit: float) -> str:
        return dedent(
            f"""\
            IOPub {kind} rate exceeded.
            The Jupyter server will temporarily stop sending output
            to the client in order to avoid crashing it.
            To change this limit, set the config variable
            `--ServerApp.iopub_{trait}_rate_limit`.

            Current values:
            ServerApp.iopub_{trait}_rate_limit={limit} ({unit}/sec)
            ServerApp.rate_limit_window={self._policy.rate_window} (secs)

            """
        )
