"""
The counts of kernels, as numbers that can be summed.

They are read only when somebody asks. A message that passes updates only the counts of its comm.
"""

from __future__ import annotations

from collections import Counter

from jupyter_comm_broker.core.histogram import Histogram
from jupyter_comm_broker.core.known import Known
from jupyter_comm_broker.core.state.comm_record import Knowledge


class Tally:
    """Sums of the counts of kernels."""

    def __init__(self) -> None:
        self.counted: Counter[str] = Counter()
        """Counts that only grow."""
        self.now: Counter[str] = Counter()
        """Counts of what there is now."""
        self.restores = Histogram()
        """The seconds from a page's request for its widgets to the answer."""

    def include_past(self, known: Known) -> None:
        """Add the counts of a kernel that only grow, as for a kernel that is gone."""
        counted = self.counted
        counted.update(known.passed_before())
        for record in known.comms():
            counted.update(record.passed)
        counted.update(known.counters())
        self.restores.include(known.restores())

    def include(self, known: Known) -> None:
        """Add all counts of a kernel."""
        self.include_past(known)
        now = self.now
        records = known.comms()
        now["kernels"] += 1
        now["comms"] += len(records)
        now["dirty_states"] += sum(each.knowledge is Knowledge.DIRTY for each in records)
        now["state_bytes"] += known.state().bytes
        now["run_bytes"] += known.run_bytes()
        now["frontends"] += len(known.attached())
        messages, size = known.waiting()
        now["outbox_messages"] += messages
        now["outbox_bytes"] += size

    def add(self, other: Tally) -> None:
        """Add the counts of another tally."""
        self.counted.update(other.counted)
        self.now.update(other.now)
        self.restores.include(other.restores)
