"""
A log of what was written to sockets, in numbered groups, bounded in bytes.

Above the bound, output is dropped first, and then the oldest groups. The log remembers at which
group it last dropped something.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import islice

from jupyter_comm_broker.core.outboxes.kind import OVERHEAD, Item, Kind

Group = tuple[Sequence[Item], int]
"""The messages of one write, and their bytes."""


class FlightLog:
    """The groups that were written last. ``most`` is the bound in bytes; 0 keeps nothing."""

    __slots__ = ("_groups", "bytes", "count", "cut_at", "lost_at", "most")

    def __init__(self, most: int = 0) -> None:
        self.most = most
        self.bytes = 0
        self.count = 0
        """The number of the latest group. The first is 1."""
        self.cut_at = self.lost_at = 0
        """The latest group when output was last dropped, and when anything else was."""
        self._groups: deque[Group] = deque()

    def __len__(self) -> int:
        return len(self._groups)

    def note(self, items: Sequence[Item], size: int) -> None:
        """
        Note messages that are written together.

        Args:
            items: the messages.
            size: their bytes, with ``OVERHEAD`` for each message.
        """
        if self.most:
            self._groups.append((items, size))
            self.count += 1
            self.bytes += size
            if self.bytes > self.most:
                self._shorten()

    def forget(self, number: int) -> None:
        """Forget the groups up to this number."""
        groups = self._groups
        while groups and self.count - len(groups) < number:
            self.bytes -= groups.popleft()[1]

    def settle(self, number: int) -> None:
        """Note that nothing is in flight any more, after this many groups."""
        self._groups.clear()
        self.bytes, self.count = 0, number

    def since(self, number: int) -> list[Group]:
        """Return what is kept of the groups after this number, oldest first."""
        groups = self._groups
        return list(islice(groups, max(0, number - self.count + len(groups)), None))

    def _shorten(self) -> None:
        """Drop output. If that is not enough by far, drop the oldest groups too."""
        shorter: deque[Group] = deque()
        total = 0
        for items, size in self._groups:
            kept, kept_size = items, size
            if any(kind is Kind.OUTPUT for _, kind, _ in items):
                kept = [item for item in items if item[1] is not Kind.OUTPUT]
                kept_size = sum(message.size + OVERHEAD for message, _, _ in kept)
                self.cut_at = self.count
            shorter.append((kept, kept_size))
            total += kept_size
        if total > self.most - self.most // 4:
            self.lost_at = self.count
            # Down to half of the bound. Otherwise each later message would go through all groups.
            while total > self.most // 2:
                total -= shorter.popleft()[1]
        self._groups, self.bytes = shorter, total
