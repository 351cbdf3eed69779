"""
What comes next for all the pages that have read everything so far, noted once for all of them.

Most pages keep up, and what the kernel publishes is the same for each: with one list instead of
an entry in every outbox a message costs the same for 200 pages as for one, and its frames are
joined once. A page that is sent something of its own, or whose socket is full, goes on with an
outbox of its own until that is empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.pages.outbox import Kind
from jupyter_comm_broker.protocol.message import Message

Item = tuple[Message, Kind, str]
"""A message, how it may be treated while it waits, and its comm if it has one."""

MOST_BYTES = 256 * 1024
"""More than that is not joined: what does not fit into the sockets could not be merged."""


@dataclass(frozen=True, slots=True)
class SharedBatch:
    """What some pages get, all of them the same."""

    frontends: Sequence[Frontend]
    items: Sequence[Item]


class SharedOutbox:
    """The pages that share, and what was noted for them since the last batch was taken."""

    def __init__(self) -> None:
        self.members: dict[str, Frontend] = {}
        self._items: list[Item] = []
        self._bytes = 0

    def join(self, frontend: Frontend) -> None:
        """Let a page share, between two batches."""
        if self._items:
            raise RuntimeError("a page may only join between two batches")
        self.members[frontend.session_id] = frontend

    def leave(self, frontend: Frontend) -> list[Item]:
        """Return what a page that shares no longer is still to get."""
        del self.members[frontend.session_id]
        return list(self._items)

    def add(self, message: Message, kind: Kind, comm_id: str) -> bool:
        """Note a message. ``False``, and not noted, if pages have to go on alone with so much."""
        if self._bytes + message.size > MOST_BYTES:
            return False
        self._items.append((message, kind, comm_id))
        self._bytes += message.size
        return True

    def take(self) -> SharedBatch | None:
        """Take out what was noted; ``None`` if there is nothing for anybody."""
        items, self._items, self._bytes = self._items, [], 0
        return SharedBatch(list(self.members.values()), items) if items and self.members else None
