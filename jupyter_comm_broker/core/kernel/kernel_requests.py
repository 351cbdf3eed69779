"""
The broker's own requests to the kernel: they are sent, and found again by a message's parent.

Pages see neither these requests nor what they cause (fact 2.4).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.pages.effects import Effects
from jupyter_comm_broker.core.requests.request import MAIN
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.synthesis import Author


class Question(NamedTuple):
    """A request of ours that the kernel has not finished."""

    about: str
    """What is asked; empty if no answer is wanted."""
    asked_at: float
    comm_id: str
    """The comm that it was sent on; empty if it is about none."""
    lane: str = MAIN
    """Where the kernel handles it."""


NOTHING = Question("", 0.0, "")
"""Stands for a question that was never asked, or that was given up."""


class KernelRequests:
    """
    The requests under way, by msg_id, with what they are about.

    Args:
        author: writes them.
        effects: collects what is to be sent.
        ledger: counts them.
    """

    MOST = 20_000
    """The most that are kept. Some questions get no answer. Above this the oldest are forgotten."""

    def __init__(self, author: Author, effects: Effects, ledger: Ledger) -> None:
        self._author = author
        self.is_ours = author.asked
        """Says whether a parent header is that of a request of ours."""
        self._effects = effects
        self._ledger = ledger
        self._asked: dict[str, Question] = {}

    def ask(
        self,
        about: str,
        channel: str,
        msg_type: str,
        content: Any,
        now: float,
        *,
        metadata: Mapping[str, Any] | None = None,
        subshell_id: str | None = None,
        comm_id: str = "",
    ) -> str:
        """
        Send a request.

        Args:
            about: what is asked; empty if no answer is wanted.
            channel: the channel to send it on.
            msg_type: its type.
            content: its content.
            now: the time.
            metadata: its metadata; ``None`` for none.
            subshell_id: the subshell that runs it; ``None`` for the main shell.
            comm_id: the comm that it is sent on; empty for none.

        Returns:
            Its msg_id.
        """
        message = self._author.write(
            channel, msg_type, content, now=now, metadata=metadata, subshell_id=subshell_id
        )
        msg_id = message.header.msg_id
        self._asked[msg_id] = Question(about, now, comm_id, subshell_id or MAIN)
        if len(self._asked) > self.MOST:
            del self._asked[next(iter(self._asked))]
        self._effects.to_kernel.append(message)
        self._ledger.counters["own_requests"] += 1
        return msg_id

    def asked(self, message: Message) -> Question:
        """Return the question that is the parent of ``message``; ``NOTHING`` if it was given up."""
        return self._asked.get(message.parent.msg_id, NOTHING)

    def asks_in(self, lane: str) -> bool:
        """Return whether a question is under way in a lane."""
        return any(each.lane == lane for each in self._asked.values())

    def done(self, msg_id: str) -> None:
        """Stop waiting for an answer."""
        self._asked.pop(msg_id, None)

    def give_up(self) -> None:
        """Stop waiting for any answer. Late answers are still not shown to pages."""
        self._asked.clear()
