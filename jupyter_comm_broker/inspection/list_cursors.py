"""
Orders that readers are walking through page by page, kept while they do.

Comms sorted by what changes (activity, size, counts) change places between two pages. So the
order is fixed when its first page is asked for: what is open throughout is shown once.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from jupyter_comm_broker.errors import CursorExpiredError

Place = tuple[str, int]
"""Which comm: its kernel's id and its number there."""


@dataclass(slots=True)
class _Walk:
    places: list[Place]
    used_at: float


class ListWalks:
    """
    The orders under way on one server, the least recently used first.

    Args:
        life: an id of this server process, which its cursors carry.
    """

    MOST_PLACES = 200_000
    """All walks together, some 20 MB: ten times a list of 20,000 comms."""

    KEPT_SECONDS = 600.0
    """From page to page a person may read for a while."""

    def __init__(self, life: str) -> None:
        self.life = life
        self._walks: OrderedDict[int, _Walk] = OrderedDict()
        self._count = 0

    def begin(self, places: list[Place], now: float) -> int:
        """Keep an order. Returns the number by which it is found again."""
        self._expire(now)
        self._count += 1
        self._walks[self._count] = _Walk(places, now)
        while len(self._walks) > 1 and self._size() > self.MOST_PLACES:
            self._walks.popitem(last=False)
        return self._count

    def places(self, number: int, now: float) -> list[Place]:
        """
        Return an order that was kept.

        Raises:
            CursorExpiredError: it no longer is.
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
