"""
The ends of requests whose page was given up or forgotten: replies, questions, and idles.

A page that never hears the end of a request waits for ever: its cell shows [*], and its widget
sends no more (fact 2.5). Ends are small. So they are kept when everything else for a page is not.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable

from jupyter_comm_broker.core.outboxes.kind import Item
from jupyter_comm_broker.core.pages.outcome import shortened
from jupyter_comm_broker.protocol.message import Message

MOST_BYTES = 8_000_000
"""The most bytes that are kept for all pages. Above this the oldest ends go, and are counted."""


class MissedEnds:
    """
    What is kept by session id, for pages of which nothing else is kept.

    Args:
        counters: the kernel's counters.
    """

    def __init__(self, counters: Counter[str]) -> None:
        self._counters = counters
        self._pages: OrderedDict[str, list[Message]] = OrderedDict()
        self._bytes = 0

    def keep(self, session_id: str, missed: Iterable[Item]) -> None:
        """
        Begin to keep a page's ends.

        Args:
            session_id: the page.
            missed: what it was to get and will not, oldest first.
        """
        self._pages.setdefault(session_id, [])
        for message, _, _ in missed:
            self.note(session_id, message)

    def note(self, session_id: str, message: Message) -> None:
        """Keep a message for a page if it is an end that the page waits for."""
        ends = self._pages.get(session_id)
        if ends is None or not _is_end(message, session_id):
            return
        message = shortened(message)
        ends.append(message)
        self._bytes += message.size
        while self._bytes > MOST_BYTES:
            oldest = next(each for each in self._pages.values() if each)
            self._bytes -= oldest.pop(0).size
            self._counters["dropped_ends"] += 1

    def take(self, session_id: str) -> list[Message]:
        """Return a page's ends, oldest first. From now on none are kept for it."""
        ends = self._pages.pop(session_id, [])
        self._bytes -= sum(each.size for each in ends)
        # A question that something follows was answered.
        latest = {each.parent.msg_id: each for each in ends}
        return [
            each for each in ends if each.channel != "stdin" or latest[each.parent.msg_id] is each
        ]


def _is_end(message: Message, session_id: str) -> bool:
    if message.channel != "iopub":
        return True
    is_idle = message.header.msg_type == "status" and message.execution_state == "idle"
    return is_idle and message.parent.session == session_id
