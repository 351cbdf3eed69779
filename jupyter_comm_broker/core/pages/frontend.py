"""
One page, from its first socket to the end of our patience with it.

A page is known by its session id: a socket that drops and comes back with the same id is
the same page and gets what it missed; another id is another page and gets state.
"""

from __future__ import annotations

from jupyter_comm_broker.core.pages.outbox import Outbox
from jupyter_comm_broker.protocol.message import Message, Part


class CatchUp:
    """A page that is building models from a snapshot, and may not hear what changes meanwhile."""

    __slots__ = ("changed", "due", "held", "held_bytes", "restored", "started_at")

    def __init__(self, restored: set[str], started_at: float, after: tuple[float, ...]) -> None:
        self.restored = restored
        """The comms whose models it builds."""
        self.started_at = started_at
        self.due = [started_at + seconds for seconds in after]
        """When it is told once more what changed, soonest first."""
        self.changed: dict[str, set[str]] = {}
        """The attributes that changed since the snapshot, by comm."""
        self.held: dict[str, list[Message]] = {}
        """Messages held back for comms whose models may not exist yet."""
        self.held_bytes = 0


class Frontend:
    """What the core keeps for one page."""

    __slots__ = (
        "absent_since",
        "attached_at",
        "awaits_bootstrap",
        "came_at",
        "catch_ups",
        "control_comms",
        "cut_off",
        "denied",
        "gap_since",
        "is_program",
        "kept_models",
        "kernel_session",
        "lacking",
        "misled",
        "missed_since",
        "missed_until",
        "offer_at",
        "offered",
        "outbox",
        "received",
        "session_id",
    )

    def __init__(self, session_id: str, now: float, outbox: Outbox) -> None:
        self.session_id = session_id
        self.came_at = now
        """When its first socket opened."""
        self.attached_at = now
        """When its latest one did."""
        self.absent_since: float | None = None
        """Since when its socket is gone; ``None`` while it is attached."""
        self.outbox = outbox
        self.control_comms: set[str] = set()
        """Its comms to ``jupyter.widget.control``, which the kernel never hears of (rule 10)."""
        self.catch_ups: list[CatchUp] = []
        self.lacking: set[str] = set()
        """Comms that it asked for and whose state we did not have."""
        self.kernel_session = ""
        """``header.session`` of the kernel message it was sent last (rule 1)."""
        self.awaits_bootstrap = False
        """Whether it asked for states before we knew which comms there are."""
        self.kept_models = False
        """Whether it came back with its session id, and so has models to refresh, not to build."""
        self.cut_off = ""
        """Why some of what it missed was not kept; empty if all was."""
        self.gap_since: float | None = None
        """From when on it may have missed what was not kept; ``None`` if all was."""
        self.received = 0
        self.missed_since = 0.0
        """It heard of no comm that was opened from then on ..."""
        self.missed_until = 0
        """... up to the one with this number."""
        self.offer_at: list[float] = []
        """When it is offered those of them that a strategy keeps, soonest first."""
        self.offered: set[str] = set()
        """Those it was offered, and did not turn down so far."""
        self.misled: dict[str, Part] = {}
        """
        Comms of which it shows what it was denied, and we do not know what holds.

        Each with the header of its latest message, which the correction has to answer.
        """
        self.denied: set[str] = set()
        """Types of messages that it was told it may not send."""
        self.is_program = False
        """Whether it is no page but a program in the server, which hears only what answers it."""

    @property
    def attached(self) -> bool:
        """Whether it has a socket."""
        return self.absent_since is None
