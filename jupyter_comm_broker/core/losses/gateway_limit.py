"""
A gateway that drops the kernel's output, because it is above the gateway's own rate limit.

The gateway's server says so once, in the name of the connection (fact 6.6), and says nothing when it
stops. It drops comm messages too, so every state is doubted: at once, and once more when the limit
has had time to end.
"""

from __future__ import annotations

from collections.abc import Callable

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.protocol.message import Part

WINDOW = 4.0
"""Seconds after a notice in which more may be dropped. The gateway's window has 3 by default."""

NOTICE = (
    "The gateway in front of this kernel dropped some of its output, because it came too fast. "
    "Widgets are brought up to date in a moment; printed lines are lost. An administrator can "
    "start the gateway with --ZMQChannelsWebsocketConnection.limit_rate=False.\n"
)

Print = Callable[[str, Part, float], None]
"""Prints a text to stderr in the kernel's name, for the request with this header, at this time."""


class GatewayLimit:
    """
    Follows what the gateway drops.

    Args:
        ledger: counts and logs.
        comms: the kernel's comms, which are doubted.
        print_for: tells the pages.
    """

    def __init__(self, ledger: Ledger, comms: Comms, print_for: Print) -> None:
        self._ledger = ledger
        self._comms = comms
        self._print_for = print_for
        self._until: float | None = None

    def reached(self, parent: Part, now: float) -> None:
        """Note that the gateway drops output of the request with this header."""
        self._until = now + WINDOW
        self._ledger.counters["gateway_limit_reached"] += 1
        self._ledger.log("warning", "the gateway drops output above its rate limit; asking again")
        self._doubt()
        self._print_for(NOTICE, parent, now)

    def next_due(self) -> float | None:
        """Return when to doubt once more; ``None`` for never."""
        return self._until

    def tick(self, now: float) -> None:
        """Doubt once more what was dropped since the notice."""
        if self._until is not None and now >= self._until:
            self._until = None
            self._doubt()

    def _doubt(self) -> None:
        self._comms.registry.doubt_all("the gateway dropped messages of the kernel")
