"""
The broker's metrics at the server's ``/metrics``. They are read when somebody scrapes.

prometheus_client has one registry for a process, and each name may be in it once. But a process
may run several servers. So one collector is registered for all servers of the process, while
there is one. No label names a kernel or a comm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from jupyter_comm_broker.inspection.tally import Tally

PREFIX = "jupyter_comm_broker_"

GAUGES = {
    "kernels": "Kernels that the broker is linked to.",
    "comms": "Comms that are open.",
    "frontends": "Pages that are connected.",
    "dirty_states": "Mirrored states that may differ from the kernel's.",
    "state_bytes": "Bytes of mirrored states.",
    "run_bytes": "Bytes of output of cells that are kept for pages that come back.",
    "outbox_messages": "Messages that wait for pages.",
    "outbox_bytes": "Bytes that wait for pages.",
    "event_readers": "Readers of the stream of events.",
}
"""Texts of the counts of what there is now, by their names in a tally."""

COUNTERS = {
    "conflated": "Updates that were merged with a later one for a page that lagged.",
    "dropped_output": "Outputs that were dropped for a page that was away.",
    "refused": "Messages of pages that were refused.",
    "refused_unauthorized": "Messages of pages that were refused because the user lacks the right.",
    "cut_off_pages": "Pages that were disconnected because they lagged too far behind.",
    "given_up_absences": "Absent pages that missed more than is kept for them.",
    "dropped_ends": "Ends of requests that such pages will not hear, as too many were kept.",
    "cut_in_flight": "Connections that broke with more on the way to the page than is kept.",
    "forgotten_absences": "Absent pages that did not return in time, such as closed tabs.",
    "corrected": "Mirrored states that differed from the kernel's when it was asked.",
    "attached_runs": "Cells that were given back to a page that came back.",
    "late_answers": "Answers to input() that came after that of another page.",
    "run_output_dropped": "Times that output of a cell was dropped to keep within a limit.",
    "faults": "Errors of the broker itself. The messages passed all the same.",
    "events": "Events that were noted for readers.",
    "event_resyncs": "Times that a reader of events was told that it had missed some.",
}
"""Texts of the counts that only grow, by their names in a tally."""

SIDES = ("from_kernel", "from_frontends")

Source = Callable[[], Tally]


class CommCollector(Collector):
    """Sums the counts of all servers of this process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._sources: list[Source] = []

    def add(self, source: Source) -> None:
        """Add a server."""
        if not self._sources:
            self._registry.register(self)
        self._sources.append(source)

    def remove(self, source: Source) -> None:
        """Remove a server. May be called twice."""
        if source in self._sources:
            self._sources.remove(source)
            if not self._sources:
                self._registry.unregister(self)

    def describe(self) -> Iterable[Metric]:
        """Return the metrics' names, without reading any kernel."""
        return self._metrics(Tally())

    def collect(self) -> Iterable[Metric]:
        """Return the metrics as they are now."""
        total = Tally()
        for source in list(self._sources):
            total.add(source())
        return self._metrics(total)

    @staticmethod
    def _metrics(tally: Tally) -> Iterator[Metric]:
        for name, text in GAUGES.items():
            yield GaugeMetricFamily(PREFIX + name, text, value=tally.now[name])
        for name, text in COUNTERS.items():
            yield CounterMetricFamily(PREFIX + name, text, value=tally.counted[name])
        for what in ("messages", "bytes"):
            text = f"Comm {what} that passed, by the side that sent them."
            family = CounterMetricFamily(f"{PREFIX}{what}", text, labels=["direction"])
            for side in SIDES:
                family.add_metric([side], tally.counted[f"{what}_{side}"])
            yield family
        restores = HistogramMetricFamily(
            PREFIX + "restore_seconds", "Seconds from a page's request for widgets to the answer."
        )
        restores.add_metric([], tally.restores.cumulative(), tally.restores.total)
        yield restores


COLLECTOR = CommCollector(REGISTRY)
"""The collector of this process."""
