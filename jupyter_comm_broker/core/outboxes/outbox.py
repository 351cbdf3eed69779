"""
What waits for one frontend, bounded in bytes.

Above the high mark, a widget's update is merged into its update that waits already. A merged update
never moves across a ``comm_open`` or ``comm_close``, because it may refer to that comm. It never
moves across a custom message or echo of its own comm either. Everything else stays in the order in
which it came. Only output is ever dropped.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from itertools import islice

from jupyter_comm_broker.core.outboxes.conflation import attributes_of, with_attributes
from jupyter_comm_broker.core.outboxes.in_flight import InFlight
from jupyter_comm_broker.core.outboxes.kind import OVERHEAD, Item, Kind
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import Attribute, size_of

TAKEN = -1
"""The segment of an entry that is gone. Nothing is merged into it."""


class Entry:
    """
    One waiting message, or several updates of a comm that became one.

    Args:
        message: the message.
        kind: how it may be treated while it waits.
        comm_id: its comm; empty if it has none.
        segment: updates are merged only within a segment.
    """

    __slots__ = ("attributes", "comm_id", "kind", "message", "segment", "size")

    def __init__(self, message: Message, kind: Kind, comm_id: str, segment: int) -> None:
        self.message = message
        self.kind = kind
        self.comm_id = comm_id
        self.segment = segment
        self.size = message.size + OVERHEAD
        self.attributes: dict[str, Attribute] | None = None
        """The merged attributes; ``None`` while the message is as it came."""

    def merge(self, newer: Message) -> None:
        """Merge a newer update into this one. The newer header and parent stand for both."""
        attributes = self.attributes if self.attributes is not None else attributes_of(self.message)
        for key, attribute in attributes_of(newer).items():
            attributes[key] = attribute
        self.attributes = attributes
        self.message = newer
        self.size = (
            OVERHEAD + sum(map(size_of, attributes.values())) + sum(map(len, newer.parts[:3]))
        )

    @property
    def item(self) -> Item:
        """What is to be sent."""
        if self.attributes is not None:
            self.message = with_attributes(self.message, self.attributes)
            self.attributes = None
        return self.message, self.kind, self.comm_id


class Outbox:
    """
    A queue that conflates.

    Args:
        high: the bytes from which on it merges updates.
        totals: counts for all pages together; ``None`` counts nowhere.
        most_in_flight: the bound in bytes of what is kept in flight.
    """

    __slots__ = (
        "_entries",
        "_mergeable",
        "_segment",
        "_totals",
        "bytes",
        "conflated",
        "dropped",
        "high",
        "in_flight",
        "peak",
    )

    def __init__(
        self, high: int, totals: Counter[str] | None = None, most_in_flight: int = 0
    ) -> None:
        self.high = high
        self.in_flight = InFlight(most_in_flight)
        """What was taken out and written, while it may still be lost."""
        self._totals = totals if totals is not None else Counter()
        """The counts of all pages together. They outlive each page."""
        self.bytes = 0
        self.peak = 0
        self.conflated = 0
        """How many updates were merged into another."""
        self.dropped = 0
        """How many output messages were dropped."""
        self._entries: deque[Entry] = deque()
        self._mergeable: dict[str, Entry] = {}
        self._segment = 0

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def oldest(self) -> Message | None:
        """The message that comes next; ``None`` if none waits."""
        return self._entries[0].message if self._entries else None

    def add(self, message: Message, kind: Kind, comm_id: str) -> None:
        """
        Add a message as its kind demands.

        Args:
            message: the message.
            kind: how it may be treated while it waits.
            comm_id: its comm; empty if it has none.
        """
        if kind is Kind.UPDATE:
            self.put_update(message, comm_id)
            return
        if kind is Kind.LIFE:
            self.seal()
        elif kind in (Kind.BARRIER, Kind.FIXED, Kind.ANSWER):
            self.bar(comm_id)
        self._append(Entry(message, kind, comm_id, self._segment))

    def seal(self) -> None:
        """Merge no later update into what waits now."""
        self._segment += 1
        self._mergeable.clear()

    def bar(self, comm_id: str) -> None:
        """Merge no later update of a comm into what waits now."""
        self._mergeable.pop(comm_id, None)

    def put_update(self, message: Message, comm_id: str) -> None:
        """Add an update of a widget. It is merged into one that waits, where that is allowed."""
        if self.bytes >= self.high:
            waiting = self._mergeable.get(comm_id)
            if waiting is not None and waiting.segment == self._segment:
                self.bytes -= waiting.size
                waiting.merge(message)
                self.bytes += waiting.size
                self.peak = max(self.peak, self.bytes)
                self.conflated += 1
                self._totals["conflated"] += 1
                return
        entry = Entry(message, Kind.UPDATE, comm_id, self._segment)
        self._mergeable[comm_id] = entry
        self._append(entry)

    def take(self, most_bytes: int) -> list[Message]:
        """Take out the next messages, up to ``most_bytes``, but at least one if any waits."""
        return [message for message, _, _ in self._take(most_bytes)[0]]

    def send(self, most_bytes: int) -> list[Message]:
        """Take out messages as :meth:`take` does, and keep them as in flight."""
        items, size = self._take(most_bytes)
        self.in_flight.note(items, size)
        return [message for message, _, _ in items]

    def _take(self, most_bytes: int) -> tuple[list[Item], int]:
        taken: list[Item] = []
        total = 0
        entries = self._entries
        while entries and (not taken or total + entries[0].size <= most_bytes):
            entry = entries.popleft()
            total += entry.size
            taken.append(entry.item)
            entry.segment = TAKEN
        self.bytes -= total
        if not entries:
            self._mergeable.clear()
        return taken, total

    def take_back(self, has: Callable[[Item], bool] = lambda _: False) -> None:
        """
        Put what is in flight back in front of what waits, because the socket is gone.

        Updates become one for each comm. So no widget goes back to an older value at a page that
        already got them.

        Args:
            has: whether the page is known to have a message, by other signs than its socket's.
        """
        waiting, high = self._entries, self.high
        self.clear()
        self.high = 0
        for item in self.in_flight.take_back():
            if not has(item):
                self.add(*item)
        self.high = high
        self.seal()
        for entry in waiting:
            entry.segment = TAKEN
            self._append(entry)

    def items(self, start: int = 0) -> list[Item]:
        """Return what waits from a place on."""
        return [entry.item for entry in islice(self._entries, start, None)]

    def behind(self, start: int) -> tuple[int, int, Message | None]:
        """Return how many messages wait from a place on, their bytes, and the first of them."""
        entries = list(islice(self._entries, start, None))
        size = sum(entry.size for entry in entries)
        return len(entries), size, entries[0].message if entries else None

    def drop_first(self, count: int) -> None:
        """Drop the next ``count`` entries."""
        for _ in range(min(count, len(self._entries))):
            entry = self._entries.popleft()
            self.bytes -= entry.size
            entry.segment = TAKEN

    def output_at(self) -> list[int]:
        """Return the places of the output among what waits."""
        return [i for i, entry in enumerate(self._entries) if entry.kind is Kind.OUTPUT]

    def drop_output(self) -> int:
        """Drop the output that waits. Returns how many messages that were."""
        kept = deque(entry for entry in self._entries if entry.kind is not Kind.OUTPUT)
        dropped = len(self._entries) - len(kept)
        self._entries = kept
        self.bytes = sum(entry.size for entry in kept)
        self.dropped += dropped
        self._totals["dropped_output"] += dropped
        return dropped

    def clear(self) -> None:
        """Drop everything, because the frontend will be given state instead."""
        self._entries = deque()
        self._mergeable.clear()
        self.bytes = 0

    def _append(self, entry: Entry) -> None:
        self._entries.append(entry)
        self.bytes += entry.size
        self.peak = max(self.peak, self.bytes)
