"""
Updates of pages that the kernel has not finished yet, one entry for each message.

A page's update counts when the kernel handles it, not when it is sent. Until then it waits here.
From ``busy`` on it is applied, and what it replaced is remembered, so that it can be undone after
an error (fact 2.2).
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
    """Whether it is applied: the kernel said busy, or an echo came first."""
    seen: dict[str, Attribute] = field(default_factory=dict)
    """What its attributes held when the page sent it."""
    undo: dict[str, Attribute | None] = field(default_factory=dict)
    """What the applied attributes held before, without those that the kernel set since."""
    confirmed: set[str] = field(default_factory=set)
    """Attributes that the kernel echoed or set itself. Every page has heard of these."""
    settled: set[str] = field(default_factory=set)
    """Those of them that the kernel set itself. It vouches for their values."""
    echoed_at: float = 0.0
    """When the kernel echoed it without having said busy (ipykernel 7.4)."""
    header: Part = b"{}"
    """The page's header, as it stood in the parent of that echo."""
    failed: str = ""
    """The name of the error that it raised in the kernel."""


@dataclass(slots=True)
class _Line:
    """The waiting updates of one page for one comm."""

    waiting: int = 0
    latest: dict[str, Attribute] = field(default_factory=dict)


class PendingUpdates:
    """The updates of all pages in the order in which they were sent, bounded in bytes."""

    MOST_BYTES = 64 * 1024 * 1024
    """A page may keep sending while a kernel is busy for hours. That must not fill the memory."""

    def __init__(self) -> None:
        self._updates: OrderedDict[str, PendingUpdate] = OrderedDict()
        self._lines: dict[tuple[str, str], _Line] = {}
        """By comm and session, the updates that the kernel has not begun with."""
        self._bytes = 0
        self.statusless: dict[str, PendingUpdate] = {}
        """The updates that the kernel echoed without a status."""

    def __len__(self) -> int:
        return len(self._updates)

    def __iter__(self) -> Iterator[PendingUpdate]:
        return iter(self._updates.values())

    def get(self, msg_id: str) -> PendingUpdate | None:
        """Return the update that was sent as ``msg_id``."""
        return self._updates.get(msg_id)

    def add(self, update: PendingUpdate) -> list[PendingUpdate]:
        """Add an update. Returns the updates that were given up to make room."""
        self.remove(update.msg_id)
        self._updates[update.msg_id] = update
        line = self._lines.setdefault((update.comm_id, update.session_id), _Line())
        line.waiting += 1
        line.latest.update(update.attributes)
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
            if not update.started:
                self._left(update)
        return update

    def overlay(self, comm_id: str) -> dict[str, Attribute]:
        """Return the values that pages sent for a comm and that the kernel has not begun with."""
        overlay: dict[str, Attribute] = {}
        for update in self._updates.values():
            if update.comm_id == comm_id and not update.started:
                overlay.update(update.attributes)
        return overlay

    def shown(self, comm_id: str, session_id: str) -> dict[str, Attribute]:
        """Return what a page sent last for a comm, if the kernel has not begun with all of it."""
        line = self._lines.get((comm_id, session_id))
        return line.latest if line is not None else {}

    def begin(self, update: PendingUpdate) -> None:
        """Note that the kernel began with an update."""
        if not update.started:
            update.started = True
            self._left(update)

    def _left(self, update: PendingUpdate) -> None:
        line = self._lines.get((update.comm_id, update.session_id))
        if line is not None:
            line.waiting -= 1
            if line.waiting == 0:
                del self._lines[update.comm_id, update.session_id]

    def comm_ids(self) -> set[str]:
        """Return the comms that have updates with which the kernel has not begun."""
        return {u.comm_id for u in self._updates.values() if u.attributes and not u.started}

    def forget(self, comm_id: str) -> None:
        """Forget the updates of a comm, because it is closed."""
        for msg_id in [u.msg_id for u in self._updates.values() if u.comm_id == comm_id]:
            self.remove(msg_id)

    def clear(self) -> None:
        """Forget all updates, because the kernel has a new process."""
        self._updates.clear()
        self._lines.clear()
        self.statusless.clear()
        self._bytes = 0


def _size(update: PendingUpdate) -> int:
    return 200 + sum(map(size_of, update.attributes.values()))
