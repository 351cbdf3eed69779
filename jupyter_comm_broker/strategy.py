"""
What a package with a restore strategy imports. This module's place and names are stable.

See ``docs/how-to/write-a-restore-strategy.md``.
"""

from __future__ import annotations

from jupyter_comm_broker.core.state.comm_record import Side
from jupyter_comm_broker.core.state.strategy import Kept, Payload, Strategy

__all__ = ["Kept", "Payload", "Side", "Strategy"]
