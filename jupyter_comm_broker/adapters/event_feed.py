"""
Writes what happens on every kernel to the journal, and adds the journal's readers.

Messages and changes of state are noted while somebody reads them. That holds for every kernel, also
for one that is started later. They are noted for some time after that. So a reader that comes back
soon has missed nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.state.changes import KernelChange
from jupyter_comm_broker.events.event import EventFilter
from jupyter_comm_broker.events.event_readers import EventReaders
from jupyter_comm_broker.events.event_writer import EventWriter
from jupyter_comm_broker.events.journal import Journal
from jupyter_comm_broker.events.subscription import Subscription
from jupyter_comm_broker.transport.driver import KernelDriver
from jupyter_comm_broker.transport.kernel_drivers import KernelDrivers


class EventFeed:
    """
    Owns the journal of one server.

    Args:
        life: an id of this server process, for the ids of its events.
        limits: the operators' limits.
    """

    def __init__(self, life: str, limits: Limits) -> None:
        self.journal = Journal(life, limits.events_kept, limits.events_kept_bytes)
        self.heartbeat = limits.event_heartbeat
        self.readers = EventReaders(limits.event_readers, limits.event_readers_per_user)
        self._linger = limits.event_linger_seconds
        self._writer = EventWriter(self.journal, limits.event_data_bytes)
        self._kernel_drivers: KernelDrivers | None = None
        self._wanted: set[KernelDriver] = set()
        self._releasing: asyncio.TimerHandle | None = None

    # -- kernels -----------------------------------------------------------------------------------

    def follow(self, kernel_drivers: KernelDrivers) -> None:
        """Note what happens on these kernels."""
        self._kernel_drivers = kernel_drivers
        kernel_drivers.watchers.append(self._watch)
        kernel_drivers.greeters.append(self._greet)

    def _watch(self, driver: KernelDriver, changes: Sequence[KernelChange]) -> None:
        self._writer.write(driver.kernel_id, driver.broker, changes, driver.now)
        if driver.closed:
            self._wanted.discard(driver)

    def _greet(self, driver: KernelDriver) -> None:
        if self.journal.traffic:
            self._want(driver)

    def _want(self, driver: KernelDriver) -> None:
        if driver not in self._wanted:
            self._wanted.add(driver)
            driver.broker.want_traffic()

    def _note_traffic(self, on: bool) -> None:
        if on and self._kernel_drivers is not None:
            for driver in self._kernel_drivers.linked():
                self._want(driver)
        elif not on:
            for driver in self._wanted:
                driver.broker.release_traffic()
            self._wanted.clear()
        self.journal.note_traffic(on)

    # -- readers -----------------------------------------------------------------------------------

    def subscribe(
        self, wanted: EventFilter, after: str | None, on_news: Callable[[], None]
    ) -> Subscription:
        """
        Add a reader. Remove it with :meth:`unsubscribe`.

        Args:
            wanted: the filter of the events that it gets.
            after: the id of the last event that it got; ``None`` for a new reader.
            on_news: called whenever there is something to take, or the reader has ended.

        Returns:
            The reader, as :meth:`Journal.subscribe` makes it.
        """
        reader = self.journal.subscribe(wanted, after, on_news)
        if self.journal.traffic_wanted:
            self._release_later(False)
            self._note_traffic(True)
        return reader

    def unsubscribe(self, reader: Subscription) -> None:
        """Remove a reader. May be called twice."""
        self.journal.unsubscribe(reader)
        if self.journal.traffic and not self.journal.traffic_wanted:
            self._release_later(True)

    def _release_later(self, later: bool) -> None:
        if self._releasing is not None:
            self._releasing.cancel()
            self._releasing = None
        if later:
            loop = asyncio.get_running_loop()
            self._releasing = loop.call_later(self._linger, self._note_traffic, False)

    def close(self) -> None:
        """End all readers. May be called twice."""
        self._release_later(False)
        self._note_traffic(False)
        self.journal.end()
