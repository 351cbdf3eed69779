"""
Updates that pages sent and the kernel has not finished, one entry per message.

A page's update becomes true when the kernel processes it, not when it is sent. Until then it
waits here; from ``busy`` on it is applied with what it replaced remembered, so that an error
can undo it (protocol facts 2.2).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from jupyter_comm_broker.protocol.message import Part
from jupyter_comm_broker.protocol.widget import Attribute, size_of


@dataclass(slots=True)
class PendingUpdate:
    """One page's update on its way through the kernel."""

    msg_id: str
    session_id: str
    comm_id: str
    attributes: dict[str, Attribute]
    started: bool = False
    """Applied: the kernel said busy, or an echo came first."""
    seen: dict[str, Attribute] = field(default_factory=dict)
    """What its attributes held when the page sent it."""
    undo: dict[str, Attribute | None] = field(default_factory=dict)
    """What the applied attributes held before, for those on which the kernel had no word since."""
    confirmed: set[str] = field(default_factory=set)
    """Attributes that the kernel echoed or set itself, so that every page heard of them."""
    echoed_at: float = 0.0
    """When the kernel echoed it, if it did so without having said busy (ipykernel 7.4)."""
    header: Part = b"{}"
    """The page's header, as the parent of that echo had it."""
    failed: str = ""
    """The name of the error it raised in the kernel."""


class PendingUpdates:
    """The updates of all pages, in the order in which they were sent; bounded in bytes."""

    MOST_BYTES = 64 * 1024 * 1024
    """A kernel that is busy for hours while a page keeps sending must not fill memory."""

    def __init__(self) -> None:
        self._updates: OrderedDict[str, PendingUpdate] = OrderedDict()
        self._bytes = 0
        self.statusless: dict[str, PendingUpdate] = {}
        """Those that the kernel echoed without a word on their status."""

    def __len__(self) -> int:
        return len(self._updates)

    def __iter__(self) -> Iterator[PendingUpdate]:
        return iter(self._updates.values())

    def get(self, msg_id: str) -> PendingUpdate | None:
        """Return the update that was sent as ``msg_id``."""
        return self._updates.get(msg_id)

    def add(self, update: PendingUpdate) -> list[PendingUpdate]:
        """Keep one more; returns those that had to be given up for it."""
        self.remove(update.msg_id)
        self._updates[update.msg_id] = update
        self._bytes += _size(update)
        given_up: list[PendingUpdate] = []
        while self._bytes > self.MOST_BYTES and len(self._updates) > 1:
            oldest = next(iter(self._updates))
            given_up += filter(None, [self.remove(oldest)])
        return given_up

    def remove(self, msg_id: str) -> PendingUpdate | None:
        """Take out the update that was sent as ``msg_id``."""
        self.statusless.pop(msg_id, None)
        update = self._updates.pop(msg_id, None)
        if update is not None:
            self._bytes -= _size(update)
        return update

    def overlay(self, comm_id: str) -> dict[str, Attribute]:
        """Return the values that pages sent for a comm and the kernel has not begun with."""
        overlay: dict[str, Attribute] = {}
        for update in self._updates.values():
            if update.comm_id == comm_id and not update.started:
                overlay.update(update.attributes)
        return overlay

    def comm_ids(self) -> set[str]:
        """Return the comms that wait for the kernel."""
        return {update.comm_id for update in self._updates.values() if not update.started}

    def forget(self, comm_id: str) -> None:
        """The comm is closed."""
        for msg_id in [u.msg_id for u in self._updates.values() if u.comm_id == comm_id]:
            self.remove(msg_id)

    def clear(self) -> None:
        """The kernel's process is another one."""
        self._updates.clear()
        self.statusless.clear()
        self._bytes = 0


def _size(update: PendingUpdate) -> int:
    return 200 + sum(map(size_of, update.attributes.values()))
