"""
How much mirrored state of one kernel is kept.

A state that is too large by itself is not kept at all. Above the kernel's budget, the states that
changed longest ago are given up first, because pages show what changes. A comm whose state was
given up stays in the registry, and a restore asks the kernel for its state.
"""

from __future__ import annotations

from collections.abc import Callable

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.state.comm_record import CommRecord, Knowledge
from jupyter_comm_broker.core.state.registry import Registry


class StateBudget:
    """Keeps the sizes of all states, in the order of their last changes."""

    def __init__(self, registry: Registry, limits: Limits) -> None:
        self._registry = registry
        self._limits = limits
        self._by_change: dict[str, CommRecord] = {}
        self._beside: dict[str, int] = {}
        """The bytes that are kept beside a state, by comm."""
        self.bytes = 0
        """The bytes of all states, and of what is kept beside them."""
        self._dropped: Callable[[str], None] = lambda comm_id: None
        self.given_up = 0
        """How many states were given up because of a limit."""

    def tell(self, dropped: Callable[[str], None]) -> None:
        """Set what is called when a state is dropped, with its comm. It drops what is beside it."""
        self._dropped = dropped

    @property
    def states(self) -> int:
        """The bytes of the states alone, as a page is sent them."""
        return self.bytes - sum(self._beside.values())

    def changed(self, record: CommRecord, grown: int) -> None:
        """Note that a state changed and is ``grown`` bytes larger. Give up what no longer fits."""
        self.bytes += grown
        self._by_change.pop(record.comm_id, None)
        self._by_change[record.comm_id] = record
        if record.state is not None and record.state.size > self._limits.comm_state_bytes:
            self._give_up(record)
        self._fit()

    def beside(self, record: CommRecord, size: int) -> None:
        """Set how many bytes are kept beside a state, such as what its Output widget collects."""
        if record.state is not None:
            self.bytes += size - self._beside.get(record.comm_id, 0)
            self._beside[record.comm_id] = size
            self._fit()

    def drop(self, record: CommRecord) -> None:
        """Forget a comm's state, if there is one."""
        if record.state is not None:
            self.bytes -= record.state.size + self._beside.pop(record.comm_id, 0)
            record.forget_state()
            del self._by_change[record.comm_id]
            self._dropped(record.comm_id)

    def clear(self) -> None:
        """Forget everything, because the records are gone."""
        self._by_change.clear()
        self._beside.clear()
        self.bytes = 0

    def _fit(self) -> None:
        while self.bytes > self._limits.kernel_state_bytes:
            self._give_up(next(iter(self._by_change.values())))

    def _give_up(self, record: CommRecord) -> None:
        self.drop(record)
        self.given_up += 1
        self._registry.judge(record, Knowledge.TOO_LARGE)
