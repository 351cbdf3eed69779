"""
What comes next for all pages that keep up, noted once for all of them.

Most pages keep up, and the kernel publishes the same to each. One list takes the place of an entry
in every outbox. So a message costs the same for 200 pages as for one, and its frames are joined
once. A page goes on with its own outbox when it is sent something of its own, or when its socket is
full. It comes back when its own outbox is empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jupyter_comm_broker.core.outboxes.in_flight import SharedLog
from jupyter_comm_broker.core.outboxes.kind import OVERHEAD, Item, Kind
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.protocol.message import Message

MOST_BYTES = 256 * 1024
"""The most bytes of a batch. More would not fit into the sockets, and could not be merged."""


@dataclass(frozen=True, slots=True)
class SharedBatch:
    """Messages that several pages get alike."""

    frontends: Sequence[Frontend]
    items: Sequence[Item]


class SharedOutbox:
    """The pages that share, and what was noted for them since the last batch."""

    def __init__(self, most_in_flight: int = 0) -> None:
        self.members: dict[str, Frontend] = {}
        self._log = SharedLog(most_in_flight)
        self._items: list[Item] = []
        self._bytes = 0

    def join(self, frontend: Frontend) -> None:
        """
        Let a page share.

        Raises:
            RuntimeError: a batch waits. A page may only join between two batches.
        """
        if self._items:
            raise RuntimeError("a page may only join between two batches")
        self.members[frontend.session_id] = frontend
        frontend.outbox.in_flight.share(self._log)

    def leave(self, frontend: Frontend, *, without_last: bool = False) -> list[Item]:
        """
        Let a page share no longer.

        Args:
            frontend: the page.
            without_last: whether its socket did not take the last batch.

        Returns:
            What the page must still get.
        """
        del self.members[frontend.session_id]
        frontend.outbox.in_flight.go_alone(without_last=without_last)
        return list(self._items)

    def add(self, message: Message, kind: Kind, comm_id: str) -> bool:
        """
        Note a message.

        Args:
            message: the message.
            kind: how it may be treated while it waits.
            comm_id: its comm; empty if it has none.

        Returns:
            ``False`` if the batch would become too large. Then the message is not noted, and the
                pages must go on with their own outboxes.
        """
        if self._bytes + message.size > MOST_BYTES:
            return False
        self._items.append((message, kind, comm_id))
        self._bytes += message.size
        return True

    def take(self) -> SharedBatch | None:
        """Take out what was noted; ``None`` if there is nothing, or no page."""
        (items, size), self._items, self._bytes = (self._items, self._bytes), [], 0
        if not items or not self.members:
            return None
        self._log.note(items, size + OVERHEAD * len(items))
        return SharedBatch(list(self.members.values()), items)
