"""
How much mirrored state of one kernel is kept.

A state that is too large by itself is not kept at all; past the kernel's budget those that
changed longest ago go first, because what moves is what pages show. A comm whose state was
given up stays listed, and a restore asks the kernel for it.
"""

from __future__ import annotations

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.state.comm_record import CommRecord, Knowledge
from jupyter_comm_broker.core.state.registry import Registry


class StateBudget:
    """Knows the sizes of all states, in the order of their last changes."""

    def __init__(self, registry: Registry, limits: Limits) -> None:
        self._registry = registry
        self._limits = limits
        self._by_change: dict[str, CommRecord] = {}
        self.bytes = 0
        """All states together."""
        self.given_up = 0
        """How many states were given up because of a limit."""

    def changed(self, record: CommRecord, grown: int) -> None:
        """A state changed and is ``grown`` bytes larger; give up what no longer fits."""
        self.bytes += grown
        self._by_change.pop(record.comm_id, None)
        self._by_change[record.comm_id] = record
        if record.state is not None and record.state.size > self._limits.comm_state_bytes:
            self._give_up(record)
        while self.bytes > self._limits.kernel_state_bytes:
            self._give_up(next(iter(self._by_change.values())))

    def drop(self, record: CommRecord) -> None:
        """Forget a comm's state, if there is one."""
        if record.state is not None:
            self.bytes -= record.state.size
            record.state = None
            del self._by_change[record.comm_id]

    def clear(self) -> None:
        """Forget everything: the records are gone."""
        self._by_change.clear()
        self.bytes = 0

    def _give_up(self, record: CommRecord) -> None:
        self.drop(record)
        self.given_up += 1
        self._registry.judge(record, Knowledge.TOO_LARGE)
