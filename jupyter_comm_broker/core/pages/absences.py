"""
What absent pages miss, noted once for all of them.

Each reload leaves a page that never returns, so there may be many absent pages. A message costs the
same for a hundred of them as for one. All pages share one outbox. A page missed everything in it
from the place where it left. Nothing is merged across such a place, so no page gets a change again
that was made before it left. Entries that no page missed are dropped.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter

from jupyter_comm_broker.core.outboxes.kind import Item, Kind
from jupyter_comm_broker.core.outboxes.outbox import Outbox
from jupyter_comm_broker.protocol.message import Message


class Absences:
    """The absent pages by session id, in the order in which they left."""

    def __init__(self, high: int, totals: Counter[str]) -> None:
        self._missed = Outbox(high, totals)
        self._forgotten = 0
        """How many entries were dropped at the front."""
        self._places: dict[str, int] = {}
        """The number of the first entry that each page missed."""

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, session_id: str) -> bool:
        return session_id in self._places

    @property
    def bytes(self) -> int:
        """The bytes that are kept for all of them together."""
        return self._missed.bytes

    @property
    def messages(self) -> int:
        """How many messages are kept for all of them together."""
        return len(self._missed)

    @property
    def longest(self) -> str:
        """The session id of the page that has been away longest."""
        return next(iter(self._places))

    def left(self, session_id: str) -> None:
        """Note that a page left."""
        self._places[session_id] = self._end
        self._missed.seal()

    def returned(self, session_id: str) -> list[Item]:
        """Return what a page missed, and forget the page. It came back or was given up."""
        missed = self.so_far(session_id)
        self._places.pop(session_id, None)
        self._trim()
        return missed

    def so_far(self, session_id: str) -> list[Item]:
        """Return what a page missed so far. From now on it misses only what comes."""
        place = self._places.get(session_id)
        if place is None:
            return []
        missed = self._missed.items(place - self._forgotten)
        self._places[session_id] = self._end
        self._missed.seal()
        self._trim()
        return missed

    def kept(self, session_id: str) -> tuple[int, int, Message | None]:
        """Return how many messages wait for a page, their bytes, and the oldest of them."""
        place = self._places.get(session_id, self._end)
        return self._missed.behind(place - self._forgotten)

    def add(self, message: Message, kind: Kind, comm_id: str) -> None:
        """
        Note that all of them miss a message.

        Args:
            message: the message.
            kind: how it may be treated while it waits.
            comm_id: its comm; empty if it has none.
        """
        self._missed.add(message, kind, comm_id)

    def drop_output(self) -> dict[str, int]:
        """Drop the output that they missed. Returns how many messages each page lost, if any."""
        output, lost = self._missed.output_at(), {}
        for session_id, place in self._places.items():
            before = bisect_left(output, place - self._forgotten)
            self._places[session_id] = place - before
            if before < len(output):
                lost[session_id] = len(output) - before
        self._missed.drop_output()
        return lost

    def _trim(self) -> None:
        first = min(self._places.values(), default=self._end)
        self._missed.drop_first(first - self._forgotten)
        self._forgotten = first

    @property
    def _end(self) -> int:
        return self._forgotten + len(self._missed)
