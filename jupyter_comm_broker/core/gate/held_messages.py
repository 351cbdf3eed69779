"""Pages' messages that wait for a kernel whose link is not proven yet (rule 26)."""

from __future__ import annotations

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.protocol.message import Message


class HeldMessages:
    """They count as backlog: who may wait here is decided by the same limit."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._held: list[tuple[str, Message]] = []

    def __len__(self) -> int:
        return len(self._held)

    def hold(self, session_id: str, message: Message) -> None:
        """Let a page's message wait."""
        self._held.append((session_id, message))
        self._context.backlog[message.channel] += message.size

    def take(self) -> list[tuple[str, Message]]:
        """Hand all of them over in their order, each with its page's session id."""
        held, self._held = self._held, []
        self._context.backlog.clear()
        return held
