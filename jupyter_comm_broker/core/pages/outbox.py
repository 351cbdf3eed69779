"""
What waits for one frontend, bounded in bytes.

Past the high mark a widget's updates are merged into the one that waits already. A merged
update never moves across a ``comm_open`` or ``comm_close`` (it may refer to that comm) nor
across a custom message or echo of its own comm: these end what can be merged into.
Everything else stays in the order in which it came, and nothing but output is ever dropped.
"""

from __future__ import annotations

from collections import Counter, deque
from enum import Enum

from jupyter_comm_broker.core.pages.conflation import attributes_of, with_attributes
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import Attribute, size_of

OVERHEAD = 400
"""What a waiting message costs beside its bytes, so that a million tiny ones count too."""


class Kind(Enum):
    """How a message may be treated while it waits."""

    PLAIN = "plain"
    OUTPUT = "output"
    """May be dropped for an absent page whose budget is spent, which is then told."""
    UPDATE = "update"
    """A widget's update: may be merged into an older one."""
    BARRIER = "barrier"
    """A comm's custom message or echo: no update of that comm is merged across it."""
    ANSWER = "answer"
    """A page's state, asked for: a barrier too, and never held back."""
    LIFE = "life"
    """A comm_open or comm_close: no update at all is merged across it."""


TAKEN = -1
"""The segment of an entry that is gone, into which nothing is merged."""


class Entry:
    """One waiting message, or several updates of a comm that became one."""

    __slots__ = ("attributes", "droppable", "message", "segment", "size")

    def __init__(self, message: Message, droppable: bool, segment: int) -> None:
        self.message = message
        self.droppable = droppable
        self.segment = segment
        self.size = message.size + OVERHEAD
        self.attributes: dict[str, Attribute] | None = None
        """The merged attributes; ``None`` as long as the message goes out as it came."""

    def merge(self, newer: Message) -> None:
        """Take in a newer update; its header and parent stand for both."""
        attributes = self.attributes if self.attributes is not None else attributes_of(self.message)
        for key, attribute in attributes_of(newer).items():
            attributes[key] = attribute
        self.attributes = attributes
        self.message = newer
        self.size = (
            OVERHEAD + sum(map(size_of, attributes.values())) + sum(map(len, newer.parts[:3]))
        )

    def taken(self) -> Message:
        """Return the message to send."""
        if self.attributes is None:
            return self.message
        return with_attributes(self.message, self.attributes)


class Outbox:
    """A queue that conflates. ``high`` is the mark in bytes from which on it does."""

    __slots__ = (
        "_entries",
        "_mergeable",
        "_segment",
        "_totals",
        "bytes",
        "conflated",
        "dropped",
        "high",
        "peak",
    )

    def __init__(self, high: int, totals: Counter[str] | None = None) -> None:
        self.high = high
        self._totals = totals if totals is not None else Counter()
        """What is counted for all pages together, which outlives each of them."""
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
        """What comes next, if anything waits."""
        return self._entries[0].message if self._entries else None

    def add(self, message: Message, kind: Kind, comm_id: str) -> None:
        """Add a message as its kind demands."""
        if kind is Kind.UPDATE:
            self.put_update(message, comm_id)
        elif kind is Kind.PLAIN:
            self.put(message)
        elif kind is Kind.OUTPUT:
            self.put(message, droppable=True)
        elif kind is Kind.LIFE:
            self.put_life(message)
        else:
            self.put_barrier(message, comm_id)

    def put(self, message: Message, *, droppable: bool = False) -> None:
        """Add a message that may neither be merged nor overtaken by a merged one of its comm."""
        self._append(Entry(message, droppable, self._segment))

    def put_update(self, message: Message, comm_id: str) -> None:
        """Add an update of a widget, into one that waits already where that is allowed."""
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
        entry = Entry(message, False, self._segment)
        self._mergeable[comm_id] = entry
        self._append(entry)

    def put_barrier(self, message: Message, comm_id: str) -> None:
        """Add a message of a comm that no later update of that comm may be merged across."""
        self._mergeable.pop(comm_id, None)
        self._append(Entry(message, False, self._segment))

    def put_life(self, message: Message) -> None:
        """Add a ``comm_open`` or ``comm_close``, which no update at all may be merged across."""
        self._segment += 1
        self._mergeable.clear()
        self._append(Entry(message, False, self._segment))

    def take(self, most_bytes: int) -> list[Message]:
        """Take out the messages that come next: at least one, and no more than ``most_bytes``."""
        taken: list[Message] = []
        total = 0
        entries = self._entries
        while entries and (not taken or total + entries[0].size <= most_bytes):
            entry = entries.popleft()
            total += entry.size
            taken.append(entry.taken())
            entry.segment = TAKEN
        self.bytes -= total
        if not entries:
            self._mergeable.clear()
        return taken

    def drop_output(self) -> int:
        """Give up the output among what waits. Returns how many messages that were."""
        kept = deque(entry for entry in self._entries if not entry.droppable)
        dropped = len(self._entries) - len(kept)
        self._entries = kept
        self.bytes = sum(entry.size for entry in kept)
        self.dropped += dropped
        self._totals["dropped_output"] += dropped
        return dropped

    def clear(self) -> None:
        """Give up everything: the frontend will be given state instead."""
        self._entries.clear()
        self._mergeable.clear()
        self.bytes = 0

    def _append(self, entry: Entry) -> None:
        self._entries.append(entry)
        self.bytes += entry.size
        self.peak = max(self.peak, self.bytes)
