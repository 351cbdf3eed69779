"""
The events that wait for one reader, bounded in bytes.

A reader gets events with rising numbers. So the number of its last event says which events it
has. Once a quarter of the bound waits, a change of state is merged with an older change of the
same comm, and keeps the newer number. Past the bound all waiting events are dropped, and the
reader gets a ``resync``.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from jupyter_comm_broker.events.event import Event, Wanted, merged
from jupyter_comm_broker.protocol.json_text import dumps_strictly


def resync(number: int, reason: str) -> Event:
    """Return the event that tells a reader that it missed events up to ``number``, and why."""
    return Event(number, "resync", "", "", "", dumps_strictly({"reason": reason}))


class Subscription:
    """
    One reader.

    Args:
        wanted: the filter of the events that it gets.
        most_bytes: the most bytes that may wait.
        on_news: called whenever there is something to take, or the reader has ended.
    """

    def __init__(self, wanted: Wanted, most_bytes: int, on_news: Callable[[], None]) -> None:
        self.wanted = wanted
        self.bytes = 0
        self.merged = 0
        """How many changes of state were merged into later ones."""
        self.resyncs = 0
        """How many ``resync`` events the reader got."""
        self.ended = False
        self._most = most_bytes
        self._on_news = on_news
        self._waiting: OrderedDict[int, Event] = OrderedDict()
        self._states: dict[tuple[str, str], int] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def over(self) -> bool:
        """Whether no event waits and none will come."""
        return self.ended and not self._waiting

    def offer(self, event: Event) -> None:
        """Let an event wait, if the reader wants it."""
        if self.ended or not self.wanted.matches(event):
            return
        about = (event.kernel_id, event.comm_id)
        if event.change is not None:
            event = self._with_older(about, event)
            self._states[about] = event.number
        elif event.type in ("opened", "closed"):
            self._states.pop(about, None)
        self._put(event)
        if self.bytes > self._most:
            self.missed(
                event.number,
                f"this reader was {self.bytes} bytes behind; "
                f"the limit is CommBroker.events_kept_bytes = {self._most}",
            )
        self._on_news()

    def _with_older(self, about: tuple[str, str], event: Event) -> Event:
        older = self._states.get(about)
        if older is None or self.bytes < self._most // 4:
            return event
        before = self._waiting.pop(older)
        self.bytes -= before.size
        self.merged += 1
        return merged(before, event)

    def missed(self, number: int, reason: str) -> None:
        """Drop all waiting events, and tell the reader with a ``resync``."""
        self._waiting.clear()
        self._states.clear()
        self.bytes = 0
        self.resyncs += 1
        self._put(resync(number, reason))

    def take(self, most_bytes: int) -> list[Event]:
        """Return the next events, up to ``most_bytes``, but at least one if any waits."""
        taken: list[Event] = []
        room = most_bytes
        while self._waiting and room > 0:
            number, event = self._waiting.popitem(last=False)
            about = (event.kernel_id, event.comm_id)
            if self._states.get(about) == number:
                del self._states[about]
            self.bytes -= event.size
            room -= event.size
            taken.append(event)
        return taken

    def end(self) -> None:
        """End the reader. Events that wait can still be taken."""
        self.ended = True
        self._on_news()

    def _put(self, event: Event) -> None:
        self._waiting[event.number] = event
        self.bytes += event.size
