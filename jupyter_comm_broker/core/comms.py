"""What is known of one kernel's comms: which there are, their states, their targets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.state.changes import Changes
from jupyter_comm_broker.core.state.comm_record import CommRecord, Side
from jupyter_comm_broker.core.state.mirror import Mirror
from jupyter_comm_broker.core.state.registry import Registry
from jupyter_comm_broker.core.state.retained import Retained
from jupyter_comm_broker.core.state.strategy import Strategy
from jupyter_comm_broker.core.state.targets import Targets
from jupyter_comm_broker.errors import MalformedMessageError

Value = TypeVar("Value")


class Comms:
    """
    The registry, the mirror, and what else is kept of comms.

    Args:
        strategies: the restore strategies by target name.
        limits: how much is kept.
        ledger: counts and logs.
    """

    def __init__(self, strategies: Mapping[str, Strategy], limits: Limits, ledger: Ledger) -> None:
        self._counters = ledger.counters
        self.changes = Changes()
        self.retained = Retained(strategies, limits, ledger.log, ledger.counters)
        self.registry = Registry(limits.remembered_closed, self.changes, self.retained)
        self.mirror = Mirror(self.registry, limits, self.changes)
        self.targets = Targets()

    def followed(
        self, record: CommRecord, side: Side, step: Callable[[], Value], otherwise: Value
    ) -> Value:
        """
        Follow a comm's message. If the message cannot be read, the comm's state is doubted.

        Args:
            record: the comm.
            side: who sent the message.
            step: reads the message.
            otherwise: what is returned if the message cannot be read.

        Returns:
            What the step returns.
        """
        try:
            return step()
        except MalformedMessageError as error:
            is_kernel = side is Side.KERNEL
            self._counters[f"malformed_from_{'kernel' if is_kernel else 'frontends'}"] += 1
            whose = "a message" if is_kernel else "a page's message"
            self.registry.doubt(record, f"{whose} could not be read: {error}")
            return otherwise

    def forget(self, reason: str, now: float) -> list[str]:
        """Forget the comms of a process that is gone. Returns those that ended with it."""
        closed = self.registry.clear(reason, now)
        self.mirror.clear()
        self.targets.clear()
        # Everything that comes next will be seen.
        self.registry.begin(complete=True)
        return closed
