"""What is counted of all kernels of one server, those that are gone included."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_comm_broker.core.state.changes import Happening
from jupyter_comm_broker.events.journal import Journal
from jupyter_comm_broker.inspection.tally import Tally
from jupyter_comm_broker.transport.driver import KernelDriver
from jupyter_comm_broker.transport.kernel_drivers import Exchange


class Ledger:
    """Sums up whenever it is asked, so that nothing is counted twice or in vain."""

    def __init__(self, exchange: Exchange, journal: Journal) -> None:
        self._exchange = exchange
        self._journal = journal
        self._gone = Tally()
        exchange.watchers.append(self._watch)

    def _watch(self, driver: KernelDriver, happenings: Sequence[Happening]) -> None:
        if driver.closed:
            # Sums that fell would be taken for a server that started anew.
            self._gone.include_past(driver.broker.context)

    def tally(self) -> Tally:
        """Return the sums as they are now."""
        found = Tally()
        found.add(self._gone)
        for driver in self._exchange.linked():
            found.include(driver.broker.context)
        readers = self._journal.readers
        found.now["event_readers"] = len(readers)
        found.counted["events"] = self._journal.number
        found.counted["event_resyncs"] = self._journal.resyncs + sum(
            each.resyncs for each in readers
        )
        return found
