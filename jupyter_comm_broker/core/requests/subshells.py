"""
The subshells that pages made, and which of them are abandoned.

JupyterLab makes one for each comm target at each load. When a page is closed or loaded again, it
deletes none (fact 1.1). Each is a thread of the kernel.
"""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_comm_broker.core.requests.request import MAIN
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import Message


def subshell_of(message: Message) -> str:
    """Return the id that a request or a reply about a subshell names; empty if it names none."""
    try:
        subshell_id = message.content.get("subshell_id")
    except MalformedMessageError:
        return ""
    return subshell_id if isinstance(subshell_id, str) else ""


@dataclass(slots=True)
class Subshell:
    """One subshell that a page made."""

    session_id: str
    heard_at: float
    """When the kernel last published something of a request in it."""
    closed_at: float = 0.0
    """When its page was closed, if it was."""


class Subshells:
    """What is known of them, by id."""

    MOST_CLOSED = 100

    def __init__(self) -> None:
        self._made: dict[str, Subshell] = {}
        self.abandoned: dict[str, Subshell] = {}
        """Those whose pages are closed. Only this class changes it."""
        self._here: set[str] = set()
        """The pages with a socket."""
        self._closed: dict[str, float] = {}
        """When the latest pages were closed. One may have asked for a subshell just before."""
        self._latest = MAIN

    def heir(self, besides: str = "") -> str | None:
        """Return the latest one of a page that is there, but for one page; ``None`` for none."""
        there = self._here - {besides}
        latest_first = reversed(self._made.items())
        return next((key for key, each in latest_first if each.session_id in there), None)

    def is_latest(self, subshell_id: str) -> bool:
        """
        Return whether the kernel's latest request on the shell was one in this subshell.

        What a thread of the user publishes is then under that request (fact 3.6).
        """
        return self._latest == subshell_id

    # -- what happens ----------------------------------------------------------------------------

    def made(self, reply: Message, session_id: str, now: float) -> None:
        """
        Note that the kernel made a subshell for a page.

        Args:
            reply: what the kernel replied.
            session_id: the page.
            now: the time.
        """
        if subshell_id := subshell_of(reply):
            subshell = self._made[subshell_id] = Subshell(session_id, now)
            if session_id in self._closed:
                self.abandoned[subshell_id] = subshell

    def deleted(self, subshell_id: str) -> None:
        """Note that a subshell is deleted."""
        self._made.pop(subshell_id, None)
        self.abandoned.pop(subshell_id, None)

    def began(self, lane: str) -> None:
        """Note that the kernel began with a request on the shell."""
        self._latest = lane

    def heard(self, lane: str, now: float) -> None:
        """Note that the kernel published something of a request in a subshell."""
        if (subshell := self._made.get(lane)) is not None:
            subshell.heard_at = now

    def page_came(self, session_id: str) -> None:
        """Note that a page has a socket."""
        self._here.add(session_id)
        self._closed.pop(session_id, None)
        for subshell_id in self._of(session_id):
            self.abandoned.pop(subshell_id, None)

    def page_left(self, session_id: str, now: float, *, is_closed: bool) -> None:
        """
        Note that a page's socket is gone.

        Args:
            session_id: the page.
            now: the time.
            is_closed: whether the page itself was closed or loaded again.
        """
        self._here.discard(session_id)
        if not is_closed:
            return
        self._closed[session_id] = now
        if len(self._closed) > self.MOST_CLOSED:
            del self._closed[next(iter(self._closed))]
        for subshell_id in self._of(session_id):
            subshell = self.abandoned[subshell_id] = self._made[subshell_id]
            subshell.closed_at = now

    def clear(self) -> None:
        """Forget all subshells, because the kernel has a new process. Its pages stay."""
        self._made.clear()
        self.abandoned.clear()
        self._latest = MAIN

    def _of(self, session_id: str) -> list[str]:
        return [key for key, each in self._made.items() if each.session_id == session_id]
