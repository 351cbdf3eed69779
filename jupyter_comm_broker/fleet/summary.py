"""Sums up what a server's brokers know. No comm, page, kernel or notebook is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from jupyter_comm_broker.core.known import Known
from jupyter_comm_broker.core.state.comm_record import Knowledge
from jupyter_comm_broker.fleet.report import (
    MOST_TARGETS,
    NAME,
    OTHERS,
    Comms,
    Kernels,
    Pages,
    States,
)
from jupyter_comm_broker.log_lines import one_line


@dataclass
class Summary:
    """The sums over the kernels of one server."""

    kernels: int = 0
    busy: int = 0
    busy_seconds: float = 0.0
    attached: int = 0
    away: int = 0
    waiting_bytes: int = 0
    state_bytes: int = 0
    faults: int = 0
    comms: int = 0
    first_opened: float | None = None
    """When the oldest comm was opened, by the core's clock; ``None`` if there is no comm."""
    last_activity: float | None = None
    """When the last message passed on a comm that is open."""
    targets: Counter[str] = field(default_factory=Counter)
    knowledge: Counter[Knowledge] = field(default_factory=Counter)

    def include(self, known: Known, now: float) -> None:
        """
        Add a kernel.

        Args:
            known: what is known of the kernel.
            now: the time by the core's clock.
        """
        self.kernels += 1
        self.busy += known.execution_state == "busy"
        running = known.running()
        if running is not None:
            self.busy_seconds = max(self.busy_seconds, now - running.began_at)
        attached = len(known.attached())
        self.attached += attached
        self.away += len(known.frontends()) - attached
        self.waiting_bytes += known.waiting()[1]
        self.state_bytes += known.state().bytes
        self.faults += known.counters()["faults"]
        self._include_comms(known)

    def _include_comms(self, known: Known) -> None:
        records = known.comms()
        if not records:
            return
        self.comms += len(records)
        self.targets.update(record.target_name for record in records)
        self.knowledge.update(record.knowledge for record in records if record.is_widget)
        opened = min(record.opened_at for record in records)
        active = max(record.last_activity for record in records)
        self.first_opened = opened if self.first_opened is None else min(self.first_opened, opened)
        self.last_activity = max(self.last_activity or active, active)

    # -- as a report says it -------------------------------------------------------------------

    def said_of_kernels(self, unlinked: int) -> Kernels:
        """Return the kernels' part. ``unlinked`` kernels cannot be connected to."""
        return Kernels(
            running=self.kernels,
            busy=self.busy,
            unlinked=unlinked,
            busy_seconds=rounded(self.busy_seconds),
        )

    def said_of_pages(self) -> Pages:
        """Return the pages' part."""
        return Pages(attached=self.attached, away=self.away, waiting_bytes=self.waiting_bytes)

    def said_of_comms(self, now: float) -> Comms:
        """Return the comms' part, at the time ``now``."""
        return Comms(
            open=self.comms,
            oldest_seconds=age(self.first_opened, now),
            quiet_seconds=age(self.last_activity, now),
            targets=named(self.targets),
        )

    def said_of_states(self) -> States:
        """Return the states' part."""
        return States(
            clean=self.knowledge[Knowledge.CLEAN],
            dirty=self.knowledge[Knowledge.DIRTY],
            unknown=self.knowledge[Knowledge.UNKNOWN],
            too_large=self.knowledge[Knowledge.TOO_LARGE],
            bytes=self.state_bytes,
        )


def summed(brokers: Iterable[Known], now: float) -> Summary:
    """
    Return the sums over kernels.

    Args:
        brokers: what is known of each kernel.
        now: the time by the core's clock.
    """
    summary = Summary()
    for known in brokers:
        summary.include(known, now)
    return summary


def named(targets: Counter[str]) -> dict[str, int]:
    """
    Return the targets with the most comms, with names of limited length, and the sum of the rest.

    >>> named(Counter({"jupyter.widget": 3, "x" * 200: 1})) == {"jupyter.widget": 3, "x" * 80: 1}
    True
    """
    found: Counter[str] = Counter()
    for place, (name, count) in enumerate(targets.most_common()):
        found[one_line(name[:NAME])[:NAME] if place < MOST_TARGETS else OTHERS] += count
    return dict(found)


def age(since: float | None, now: float) -> float:
    """Return the seconds from ``since`` to ``now``; 0 if there is nothing."""
    return 0.0 if since is None else rounded(now - since)


def rounded(seconds: float) -> float:
    """Return seconds that a report may have: not negative, and in tenths."""
    return max(0.0, round(seconds, 1))
