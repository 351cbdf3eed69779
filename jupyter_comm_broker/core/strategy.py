"""The old import path of ``jupyter_comm_broker.strategy``, kept for packages that use it."""

from __future__ import annotations

from jupyter_comm_broker.core.state.comm_record import Side
from jupyter_comm_broker.core.state.strategy import GROUP, Kept, Payload, Strategy

__all__ = ["GROUP", "Kept", "Payload", "Side", "Strategy"]
