"""
What was written to a page's socket and is not known to have arrived, bounded in bytes.

A successful write says nothing about the other end. If the network is gone, minutes of messages end
in buffers. So each group that is written is kept until a sign from the page confirms it. When the
socket is gone, unconfirmed groups are taken back. If something was dropped because of the bound,
the page is told.

What all pages that keep up were written is kept once, in a shared log. There a message costs the
same for 200 pages as for one. A page remembers only at which group it joined.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from jupyter_comm_broker.core.outboxes.flight_log import FlightLog, Group
from jupyter_comm_broker.core.outboxes.kind import Item
from jupyter_comm_broker.protocol.message import Message


class SharedLog(FlightLog):
    """The log of what all its readers were written alike."""

    __slots__ = ("_readers",)

    def __init__(self, most: int = 0) -> None:
        super().__init__(most)
        self._readers: set[InFlight] = set()

    def join(self, reader: InFlight) -> None:
        """Keep from now on what this page is written."""
        self._readers.add(reader)

    def leave(self, reader: InFlight) -> None:
        """
        Keep nothing more for this page.

        In a flood all pages leave at once. So the log is trimmed only when the last page leaves,
        and otherwise by the confirmations of those that stay.
        """
        self._readers.discard(reader)
        if not self._readers:
            self.trim()

    def trim(self) -> None:
        """Forget what every reader is known to have."""
        self.forget(min((reader.shared_confirmed for reader in self._readers), default=self.count))


class InFlight:
    """What is in flight to one page. ``most`` is the bound in bytes; 0 for a program."""

    __slots__ = ("_confirmed", "_joined", "_latest", "_own", "_shared")

    def __init__(self, most: int = 0) -> None:
        self._own = FlightLog(most)
        """What it was written alone, and what it shared before it left the shared log."""
        self._confirmed = 0
        self._latest: Message | None = None
        """The latest message that is known to have arrived, in the group after that one."""
        self._shared: SharedLog | None = None
        self._joined = 0
        """The group of the shared log after which it shares."""

    def __len__(self) -> int:
        return len(self._unconfirmed())

    @property
    def most(self) -> int:
        """The bound in bytes of what is kept for it alone."""
        return self._own.most

    @most.setter
    def most(self, most: int) -> None:
        self._own.most = most

    @property
    def bytes(self) -> int:
        """The bytes that are kept for it alone."""
        return self._own.bytes

    @property
    def written(self) -> int:
        """How many groups were written. A sign from the page confirms all groups up to a number."""
        shared = self._shared
        return self._own.count if shared is None else self._own.count + shared.count - self._joined

    @property
    def shared_confirmed(self) -> int:
        """The last group of the shared log that it is known to have, with all before it."""
        return self._joined + max(0, self._confirmed - self._own.count)

    @property
    def is_settled(self) -> bool:
        """Whether the page is known to have everything that was written."""
        return self._confirmed == self.written

    @property
    def lacks_output(self) -> bool:
        """Whether output was dropped that the page may lack."""
        shared = self._shared
        return self._own.cut_at > self._confirmed or (
            shared is not None and shared.cut_at > self.shared_confirmed
        )

    @property
    def lacks_more(self) -> bool:
        """Whether more than output was dropped that the page may lack."""
        shared = self._shared
        return self._own.lost_at > self._confirmed or (
            shared is not None and shared.lost_at > self.shared_confirmed
        )

    def note(self, items: Sequence[Item], size: int) -> None:
        """Note what is about to be written to this page alone. See :meth:`FlightLog.note`."""
        self._own.note(items, size)

    def share(self, log: SharedLog) -> None:
        """Share a log. From now on the page is written what is noted there, and nothing else."""
        self._shared, self._joined = log, log.count
        log.join(self)

    def go_alone(self, *, without_last: bool = False) -> None:
        """
        Stop sharing. What was shared and may not have arrived is kept for this page.

        Args:
            without_last: whether its socket did not take the last group of the shared log.
        """
        log, own = self._shared, self._own
        if log is None:
            return
        start, end = self.shared_confirmed, log.count - without_last
        groups = log.since(start)
        if without_last:
            groups = groups[: max(0, len(groups) - 1)]
        cut, lost = log.cut_at > start, log.lost_at > start
        own.count += end - self._joined - len(groups)
        for group in groups:
            own.note(*group)
        if cut:
            own.cut_at = own.count
        if lost:
            own.lost_at = own.count
        self._shared = None
        log.leave(self)

    def confirm(self, number: int) -> None:
        """Note that the page has all groups up to this number."""
        self._confirmed = max(self._confirmed, number)
        self._own.forget(number)
        if self._shared is not None:
            self._shared.trim()

    def confirm_all_but(self, wire_bytes: int, on_wire: Callable[[Message], int]) -> None:
        """
        Note that the page has every message that is not in the last bytes that were written.

        Args:
            wire_bytes: how many bytes that are.
            on_wire: returns the bytes that a message takes there, or fewer.
        """
        number = self.written
        for items, _ in reversed(self._unconfirmed()):
            if wire_bytes <= 0:
                break
            number -= 1
            for message, _, _ in reversed(items):
                if wire_bytes <= 0:
                    self._latest = message
                    break
                wire_bytes -= on_wire(message)
        self.confirm(number)

    def take_back(self) -> list[Item]:
        """Take out what may not have arrived, oldest first. Nothing is in flight any more."""
        items = [item for group, _ in self._unconfirmed() for item in group]
        arrived = next((n for n, item in enumerate(items, 1) if item[0] is self._latest), 0)
        # ``go_alone`` is not used here, because it would first apply the bound to what is taken
        # out.
        written, log = self.written, self._shared
        self._shared = None
        if log is not None:
            log.leave(self)
        self._own.settle(written)
        self._confirmed, self._latest = written, None
        return items[arrived:]

    def _unconfirmed(self) -> list[Group]:
        own = self._own.since(self._confirmed)
        return own if self._shared is None else own + self._shared.since(self.shared_confirmed)
