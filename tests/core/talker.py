"""Somebody who writes messages: the kernel, a page, a stranger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jupyter_comm_broker.protocol.json_text import dumps
from jupyter_comm_broker.protocol.message import Message


class Talker:
    """Somebody with a session id, who numbers messages."""

    def __init__(self, session: str) -> None:
        self.session = session
        self._count = 0
        self.numbers = True
        """Whether its messages are numbered as jupyter_client does it."""

    def write(
        self,
        channel: str,
        msg_type: str,
        content: Any,
        *,
        parent: Message | None = None,
        metadata: Any = None,
        buffers: Sequence[bytes] = (),
        **header: Any,
    ) -> Message:
        """Return a message. ``parent`` is the request that it answers."""
        self._count += 1
        fields = {
            "msg_id": f"{self.session}{'_' if self.numbers else '-'}{self._count}",
            "msg_type": msg_type,
            "session": self.session,
            "username": "",
            "date": "2026-01-01T00:00:00Z",
            "version": "5.4",
            **header,
        }
        parent_header = parent.parts[0] if parent is not None else b"{}"
        return Message(
            channel,
            [dumps(fields), parent_header, dumps(metadata or {}), dumps(content), *buffers],
        )
