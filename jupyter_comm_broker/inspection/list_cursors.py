"""
Keeps the orders of lists while readers page through them.

Activity, size and counts change between two pages, and so would an order by them. So the order is
fixed when its first page is asked for. A comm that stays open meanwhile is then shown once.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from jupyter_comm_broker.errors import CursorExpiredError

Place = tuple[str, int]
"""A comm: its kernel's id and its number in the kernel."""


@dataclass(slots=True)
class _Walk:
    places: list[Place]
    used_at: float


class ListCursors:
    """
    The kept orders of one server, the least recently used first.

    Args:
        life: an id of this server process, which its cursors carry.
    """

    MOST_PLACES = 200_000
    """Comms in all orders together: ten lists of 20,000 comms, some 20 MB."""

    KEPT_SECONDS = 600.0
    """Seconds that an order is kept after its last use. A person may read a page for minutes."""

    def __init__(self, life: str) -> None:
        self.life = life
        self._walks: OrderedDict[int, _Walk] = OrderedDict()
        self._count = 0

    def begin(self, places: list[Place], now: float) -> int:
        """Keep an order. Returns its number."""
        self._expire(now)
        self._count += 1
        self._walks[self._count] = _Walk(places, now)
        while len(self._walks) > 1 and self._size() > self.MOST_PLACES:
            self._walks.popitem(last=False)
        return self._count

    def places(self, number: int, now: float) -> list[Place]:
        """
        Return the order with this number.

        Raises:
            CursorExpiredError: the order is no longer kept.
        """
        self._expire(now)
        walk = self._walks.get(number)
        if walk is None:
            raise CursorExpiredError
        walk.used_at = now
        self._walks.move_to_end(number)
        return walk.places

    def __len__(self) -> int:
        return len(self._walks)

    def _size(self) -> int:
        return sum(len(walk.places) for walk in self._walks.values())

    def _expire(self, now: float) -> None:
        while self._walks:
            number, walk = next(iter(self._walks.items()))
            if now - walk.used_at <= self.KEPT_SECONDS:
                break
            del self._walks[number]
