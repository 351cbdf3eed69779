"""The counts of all kernels of one server, also of those that are gone."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_comm_broker.core.state.changes import KernelChange
from jupyter_comm_broker.events.journal import Journal
from jupyter_comm_broker.inspection.tally import Tally
from jupyter_comm_broker.transport.driver import KernelDriver
from jupyter_comm_broker.transport.kernel_drivers import KernelDrivers


class MetricsTotals:
    """Sums up the counts whenever somebody asks."""

    def __init__(self, kernel_drivers: KernelDrivers, journal: Journal) -> None:
        self._kernel_drivers = kernel_drivers
        self._journal = journal
        self._gone = Tally()
        kernel_drivers.watchers.append(self._watch)

    def _watch(self, driver: KernelDriver, changes: Sequence[KernelChange]) -> None:
        if driver.closed:
            # The counts stay in the sums. Sums that fell would look like a server's restart.
            self._gone.include_past(driver.broker.known)

    def tally(self) -> Tally:
        """Return the sums as they are now."""
        found = Tally()
        found.add(self._gone)
        for driver in self._kernel_drivers.linked():
            found.include(driver.broker.known)
        readers = self._journal.readers
        found.now["event_readers"] = len(readers)
        found.counted["events"] = self._journal.number
        found.counted["event_resyncs"] = self._journal.resyncs + sum(
            each.resyncs for each in readers
        )
        return found
