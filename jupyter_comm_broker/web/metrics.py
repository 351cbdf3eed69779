"""
The broker's numbers at the server's ``/metrics``, looked up when somebody scrapes.

prometheus_client has one registry for a process, in which each name may stand once, while a
process may run several servers, one after the other or at once. So one collector stands in
it for all of them, as long as there is any. No label names a kernel or a comm.
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
    "frontends": "Pages that have a socket.",
    "dirty_states": "Mirrored states that may differ from the kernel's.",
    "state_bytes": "Bytes of mirrored states.",
    "outbox_messages": "Messages that wait for pages.",
    "outbox_bytes": "Bytes that wait for pages.",
    "event_readers": "Readers of the stream of events.",
}
"""What there is now, by its name in a tally."""

COUNTERS = {
    "conflated": "Updates that were merged into another one for a page that lags.",
    "dropped_output": "Output that was dropped for a page that was away.",
    "refused": "Messages of pages that were refused.",
    "refused_unauthorized": "Those among them that their users had no right to.",
    "cut_off_pages": "Pages that were cut off because they lagged too far behind.",
    "corrected": "Mirrored states that the kernel corrected when it was asked.",
    "faults": "Faults of the broker's own; the messages passed all the same.",
    "events": "Events that were noted for readers.",
    "event_resyncs": "Times that a reader of events had to be told that it missed some.",
}
"""What only grows, by its name in a tally."""

SIDES = ("from_kernel", "from_frontends")

Source = Callable[[], Tally]


class CommCollector(Collector):
    """Sums over the servers of this process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._sources: list[Source] = []

    def add(self, source: Source) -> None:
        """Count one server in."""
        if not self._sources:
            self._registry.register(self)
        self._sources.append(source)

    def remove(self, source: Source) -> None:
        """Count one server no longer; safe twice."""
        if source in self._sources:
            self._sources.remove(source)
            if not self._sources:
                self._registry.unregister(self)

    def describe(self) -> Iterable[Metric]:
        """Name what is collected, without a look at any kernel."""
        return self._metrics(Tally())

    def collect(self) -> Iterable[Metric]:
        """Return the numbers as they are now."""
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
            text = f"Comm {what} that passed, by who sent them."
            family = CounterMetricFamily(f"{PREFIX}{what}", text, labels=["direction"])
            for side in SIDES:
                family.add_metric([side], tally.counted[f"{what}_{side}"])
            yield family
        restores = HistogramMetricFamily(
            PREFIX + "restore_seconds", "From a page's question for its widgets to the answer."
        )
        restores.add_metric([], tally.restores.cumulative(), tally.restores.total)
        yield restores


COLLECTOR = CommCollector(REGISTRY)
"""The one of this process."""
