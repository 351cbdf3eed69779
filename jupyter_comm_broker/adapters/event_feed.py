"""
Feeds the journal from every kernel, and takes its readers in.

Messages and changes of state are noted on every kernel, those that come later included, while
somebody reads them and for some time after, so that a reader who comes back has missed none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.state.changes import Happening
from jupyter_comm_broker.events.event import EventFilter
from jupyter_comm_broker.events.event_writer import EventWriter
from jupyter_comm_broker.events.journal import Journal
from jupyter_comm_broker.events.subscription import Subscription
from jupyter_comm_broker.transport.driver import KernelDriver
from jupyter_comm_broker.transport.kernel_drivers import Exchange


class EventFeed:
    """
    Owns the journal of one server.

    Args:
        life: names this server's life in the ids of its events.
        limits: what is kept, and for how long.
    """

    def __init__(self, life: str, limits: Limits) -> None:
        self.journal = Journal(life, limits.events_kept, limits.events_kept_bytes)
        self.heartbeat = limits.event_heartbeat
        self._linger = limits.event_linger_seconds
        self._writer = EventWriter(self.journal, limits.event_data_bytes)
        self._exchange: Exchange | None = None
        self._wanted: set[KernelDriver] = set()
        self._releasing: asyncio.TimerHandle | None = None

    # -- kernels -----------------------------------------------------------------------------------

    def follow(self, exchange: Exchange) -> None:
        """Note what happens on its kernels."""
        self._exchange = exchange
        exchange.watchers.append(self._watch)
        exchange.greeters.append(self._greet)

    def _watch(self, driver: KernelDriver, happenings: Sequence[Happening]) -> None:
        self._writer.write(driver.kernel_id, driver.broker, happenings, driver.now)
        if driver.closed:
            self._wanted.discard(driver)

    def _greet(self, driver: KernelDriver) -> None:
        if self.journal.traffic:
            self._want(driver)

    def _want(self, driver: KernelDriver) -> None:
        if driver not in self._wanted:
            self._wanted.add(driver)
            driver.broker.context.happenings.want_traffic()

    def _note_traffic(self, on: bool) -> None:
        if on and self._exchange is not None:
            for driver in self._exchange.linked():
                self._want(driver)
        elif not on:
            for driver in self._wanted:
                driver.broker.context.happenings.release_traffic()
            self._wanted.clear()
        self.journal.note_traffic(on)

    # -- readers -----------------------------------------------------------------------------------

    def subscribe(
        self, wanted: EventFilter, after: str | None, on_news: Callable[[], None]
    ) -> Subscription:
        """Let somebody read, as :meth:`Journal.subscribe` says; end it by :meth:`unsubscribe`."""
        reader = self.journal.subscribe(wanted, after, on_news)
        if self.journal.traffic_wanted:
            self._release_later(False)
            self._note_traffic(True)
        return reader

    def unsubscribe(self, reader: Subscription) -> None:
        """Let somebody read no more; safe twice."""
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
        """End all reading; safe twice."""
        self._release_later(False)
        self._note_traffic(False)
        self.journal.end()
