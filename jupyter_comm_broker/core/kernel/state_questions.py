"""
The broker's own requests to the kernel: sent, known again by their parent, given a time limit.

Pages never see them nor what they cause (protocol facts 2.4).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.protocol.message import Message


class Questions:
    """Requests under way, by msg_id, with what they are about."""

    MOST = 20_000
    """Past it the oldest are forgotten: not every question is answered, and none says when."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._asked: dict[str, tuple[str, float]] = {}

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
    ) -> str:
        """Send one request. Returns its msg_id, under which :meth:`about` knows it again."""
        message = self._context.author.write(
            channel, msg_type, content, now=now, metadata=metadata, subshell_id=subshell_id
        )
        msg_id = message.header.msg_id
        self._asked[msg_id] = (about, now)
        if len(self._asked) > self.MOST:
            del self._asked[next(iter(self._asked))]
        self._context.effects.to_kernel.append(message)
        self._context.counters["own_requests"] += 1
        return msg_id

    def is_ours(self, message: Message) -> bool:
        """Whether a message of the kernel was caused by a request of ours."""
        return self._context.author.wrote(message.parent.session)

    def about(self, message: Message) -> str:
        """Return what the request was about that ``message`` answers; empty if we gave it up."""
        return self._asked.get(message.parent.msg_id, ("", 0.0))[0]

    def asked_at(self, message: Message) -> float:
        """Return when the request was sent that ``message`` answers."""
        return self._asked.get(message.parent.msg_id, ("", 0.0))[1]

    def done(self, msg_id: str) -> None:
        """Stop waiting for an answer."""
        self._asked.pop(msg_id, None)

    def give_up(self) -> None:
        """Stop waiting for any answer; those that come late are still not shown to pages."""
        self._asked.clear()
