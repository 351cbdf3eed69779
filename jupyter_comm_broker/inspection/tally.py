"""
What is counted of kernels, as numbers that can be summed over all of them.

Looked up when somebody asks: the path of a message counts nothing for it but what each comm
has anyway.
"""

from __future__ import annotations

from collections import Counter

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.histogram import Durations
from jupyter_comm_broker.core.state.comm_record import Knowledge


class Tally:
    """Sums over any number of kernels."""

    def __init__(self) -> None:
        self.counted: Counter[str] = Counter()
        """What only ever grows."""
        self.now: Counter[str] = Counter()
        """What there is at the moment."""
        self.restores = Durations()
        """From a page's question for its widgets to the answer."""

    def include_past(self, context: Context) -> None:
        """Add what was counted of a kernel, and none of what there is now."""
        counted = self.counted
        counted.update(context.registry.past)
        for record in list(context.registry):
            counted.update(record.passed)
        counted.update(context.counters)
        self.restores.include(context.restore_seconds)

    def include(self, context: Context) -> None:
        """Add a kernel."""
        self.include_past(context)
        now = self.now
        records = list(context.registry)
        now["kernels"] += 1
        now["comms"] += len(records)
        now["dirty_states"] += sum(each.knowledge is Knowledge.DIRTY for each in records)
        now["state_bytes"] += context.mirror.budget.bytes
        for frontend in list(context.delivery):
            now["frontends"] += frontend.attached
            now["outbox_messages"] += len(frontend.outbox)
            now["outbox_bytes"] += frontend.outbox.bytes

    def add(self, other: Tally) -> None:
        """Add all that another one has."""
        self.counted.update(other.counted)
        self.now.update(other.now)
        self.restores.include(other.restores)
