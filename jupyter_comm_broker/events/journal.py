"""
The journal: the latest events of all kernels in one order, and their readers.

An event's id holds the server's life and the event's number in that life. A reader that comes
back names the id of the last event that it got. It gets all events after that, if the journal
still has them, and else a ``resync``. Messages and changes of state are not always noted. A reader
of these can go on only if they were noted the whole time since its last event.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from jupyter_comm_broker.events.event import TRAFFIC, Event, EventFilter, Wanted
from jupyter_comm_broker.events.subscription import Subscription
from jupyter_comm_broker.protocol.json_text import dumps_strictly

_ID = re.compile(r"([0-9a-f]+)-([0-9]{1,18})")


class Journal:
    """
    Notes events and hands them to their readers.

    Args:
        life: an id of this server process. Event ids of other processes are not known.
        most_events: the most events that are kept.
        most_bytes: the most bytes of events that are kept, and that may wait for one reader.
    """

    def __init__(self, life: str, most_events: int, most_bytes: int) -> None:
        self.number = 0
        """The number of the latest event."""
        self.bytes = 0
        self.resyncs = 0
        """How many ``resync`` events the readers got that have ended."""
        self._life = life
        self._most_events = most_events
        self._most_bytes = most_bytes
        self._window: deque[Event] = deque()
        self._forgotten = 0
        """The number of the latest event that is no longer kept."""
        self._traffic_since: int | None = None
        self._readers: list[Subscription] = []
        self._ended = False

    def __len__(self) -> int:
        return len(self._window)

    @property
    def readers(self) -> list[Subscription]:
        """The readers that are there now."""
        return list(self._readers)

    @property
    def traffic_wanted(self) -> bool:
        """Whether a reader wants messages or changes of state."""
        return any(TRAFFIC & each.wanted.types for each in self._readers)

    @property
    def traffic(self) -> bool:
        """Whether messages and changes of state are noted."""
        return self._traffic_since is not None

    def id_of(self, number: int) -> str:
        """Return the id of the event with this number."""
        return f"{self._life}-{number}"

    # -- writing -----------------------------------------------------------------------------------

    def note_traffic(self, on: bool) -> None:
        """Note that from now on all messages and changes of state come, or no longer come."""
        if on != self.traffic:
            self._traffic_since = self.number if on else None

    def add(
        self,
        kind: str,
        facts: Mapping[str, Any],
        *,
        kernel_id: str,
        comm_id: str = "",
        target_name: str = "",
    ) -> None:
        """
        Note an event and hand it to the readers that want it.

        Args:
            kind: its type.
            facts: its facts.
            kernel_id: the kernel that it is about.
            comm_id: the comm that it is about; empty if it is about none.
            target_name: the comm's target.
        """
        self.number += 1
        change = facts if kind == "state" else None
        text = dumps_strictly(facts)
        event = Event(self.number, kind, kernel_id, comm_id, target_name, text, change)
        self._window.append(event)
        self.bytes += event.size
        while len(self._window) > self._most_events or self.bytes > self._most_bytes:
            oldest = self._window.popleft()
            self.bytes -= oldest.size
            self._forgotten = oldest.number
        for reader in self._readers:
            reader.offer(event)

    def kernel_gone(self, kernel_id: str) -> None:
        """End the readers that read only this kernel, because it is gone."""
        for reader in self._readers:
            if reader.wanted.kernel == kernel_id:
                reader.end()

    # -- reading -----------------------------------------------------------------------------------

    def subscribe(
        self, wanted: EventFilter, after: str | None, on_news: Callable[[], None]
    ) -> Subscription:
        """
        Add a reader. It gets the events from now on, or those after the last one that it got.

        If those are no longer kept, it gets a ``resync``.

        Args:
            wanted: the filter of the events that it gets.
            after: the id of the last event that it got; ``None`` for a new reader.
            on_news: called whenever there is something to take, or the reader has ended.

        Returns:
            The reader. Remove it with :meth:`unsubscribe`.
        """
        reader = Subscription(Wanted(wanted), self._most_bytes, on_news)
        if after is not None:
            self._resume(reader, after)
        if self._ended:
            reader.end()
        else:
            self._readers.append(reader)
        return reader

    def _resume(self, reader: Subscription, after: str) -> None:
        known = _ID.fullmatch(after)
        number = int(known[2]) if known and known[1] == self._life else None
        if number is None or number > self.number:
            reason = "this server process knows no event with this id"
        elif number < self._forgotten:
            reason = (
                "the events after it are no longer kept; the limits are CommBroker.events_kept = "
                f"{self._most_events} and CommBroker.events_kept_bytes = {self._most_bytes}"
            )
        elif TRAFFIC & reader.wanted.types and not self._traffic_known_after(number):
            reason = "messages and states were not noted all the time, because nobody read them"
        else:
            for event in self._window:
                if event.number > number:
                    reader.offer(event)
            return
        reader.missed(self.number, reason)

    def _traffic_known_after(self, number: int) -> bool:
        return self._traffic_since is not None and self._traffic_since <= number

    def unsubscribe(self, reader: Subscription) -> None:
        """Remove a reader. May be called twice."""
        if reader in self._readers:
            self._readers.remove(reader)
            self.resyncs += reader.resyncs
        reader.ended = True

    def end(self) -> None:
        """End all readers, because the server stops."""
        self._ended = True
        for reader in self._readers:
            reader.end()
