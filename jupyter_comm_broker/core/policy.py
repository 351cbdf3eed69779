"""What the server's settings allow on one kernel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jupyter_comm_broker.core.state.strategy import Strategy


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the server's settings allow on this kernel. Most are the stock class's settings."""

    allowed_message_types: frozenset[str] = frozenset()
    """The message types that pages may send. Empty: all of them."""
    hide_tracebacks: str | None = None
    """The text in place of tracebacks, if those are not to be shown."""
    untracked_message_types: frozenset[str] = frozenset()
    """The request types whose statuses pages do not show."""
    limit_rate: bool = True
    message_rate: float = 1000.0
    """Output messages per second."""
    data_rate: float = 1_000_000.0
    """Bytes of stream output per second."""
    rate_window: float = 3.0
    """The seconds over which both rates are taken."""
    largest_message: int = 0
    """The bytes of the largest message that the way to the kernel takes; 0: of any size."""
    hide_subshells: bool = False
    """Whether pages are told that kernels have no subshells."""
    strategies: Mapping[str, Strategy] = field(default_factory=dict)
    """The restore strategies by target name."""

    def allows(self, msg_type: str) -> bool:
        """Return whether pages may send messages of this type."""
        return not self.allowed_message_types or msg_type in self.allowed_message_types
