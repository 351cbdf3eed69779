"""
Pages of an earlier server that have not come back yet.

A server that starts anew finds kernels that run, and knows none of their pages. Each page connects
within some seconds. What the kernel says meanwhile names its page: by the session id in the parent.
From the first such message on, the page is waited for like one that is absent.
"""

from __future__ import annotations

from collections.abc import Callable

from jupyter_comm_broker.protocol.message import Message

EXPECTED_SECONDS = 60.0
"""
Seconds for which pages are expected.

JupyterLab connects again within 30 s (fact 6.12).
"""

MOST = 100
"""The most pages that are expected. More parents than that are no pages."""


class ExpectedPages:
    """
    Recognises the pages.

    Args:
        expect: notes a page that is expected, by its session id and the time; ignores one that is
            known already.
    """

    def __init__(self, expect: Callable[[str, float], None]) -> None:
        self._expect = expect
        self._met: set[str] = set()
        self.until = float("-inf")
        """Until when messages may name a page that is not known."""

    def begin(self, now: float) -> None:
        """Expect pages from now on, because the kernel was there before this server."""
        self.until = now + EXPECTED_SECONDS

    def named_by(self, message: Message, now: float) -> None:
        """Expect the page that a message of the kernel names, if there is one."""
        session_id = message.parent.session
        if session_id and session_id not in self._met and len(self._met) < MOST:
            self._met.add(session_id)
            self._expect(session_id, now)
