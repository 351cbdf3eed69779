"""
Pages of an earlier server that have not come back yet.

A server that starts anew finds kernels that run, and knows none of their pages. Each page connects
within some seconds. What the kernel says meanwhile for a page's cell names the page, by the session
id in the parent. From the first such message on, the page is waited for like one that is absent.
"""

from __future__ import annotations

from collections.abc import Callable

from jupyter_comm_broker.protocol.message import Header

EXPECTED_SECONDS = 60.0
"""
Seconds for which pages are expected.

JupyterLab connects again within 30 s (fact 6.12).
"""

MOST = 100
"""The most pages that are expected, and the most cells. More senders than that are no pages."""


class ExpectedPages:
    """
    Recognises the pages and their cells.

    Args:
        expect: notes a page that is expected, by its session id and the time; ignores one that is
            known already.
    """

    def __init__(self, expect: Callable[[str, float], None]) -> None:
        self._expect = expect
        self._pages: set[str] = set()
        self._cells: set[str] = set()
        self.until = float("-inf")
        """Until when messages may name a page that is not known."""

    def begin(self, now: float) -> None:
        """Expect pages from now on, because the kernel was there before this server."""
        self.until = now + EXPECTED_SECONDS

    def named_by(self, parent: Header, now: float) -> bool:
        """
        Expect the page that a message of the kernel names, if there is one.

        Args:
            parent: the message's parent.
            now: the time.

        Returns:
            Whether this is the first message for a page's cell.
        """
        session_id, msg_id = parent.session, parent.msg_id
        # Other requests are asked by servers and consoles as well.
        if parent.msg_type != "execute_request" or not session_id:
            return False
        if session_id not in self._pages and len(self._pages) < MOST:
            self._pages.add(session_id)
            self._expect(session_id, now)
        if msg_id in self._cells or len(self._cells) >= MOST:
            return False
        self._cells.add(msg_id)
        return True
