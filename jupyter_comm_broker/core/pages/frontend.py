"""
One page, from its first socket until nobody waits for it any more.

A page is known by its session id. A socket that comes back with the same session id belongs to the
same page, which gets what it missed. Another session id is another page, which gets state.
"""

from __future__ import annotations

from jupyter_comm_broker.core.outboxes.kind import Item
from jupyter_comm_broker.core.outboxes.outbox import Outbox
from jupyter_comm_broker.core.pages.page_user import NAMELESS, PageUser
from jupyter_comm_broker.protocol.message import Message, Part


class CatchUp:
    """
    A page builds models from a snapshot, and may not get what changes meanwhile.

    Args:
        restored: the comms whose models it builds.
        started_at: when it was given the snapshot.
        after: the seconds after which it is told again what changed.
    """

    __slots__ = ("changed", "due", "held", "held_bytes", "restored", "started_at")

    def __init__(self, restored: set[str], started_at: float, after: tuple[float, ...]) -> None:
        self.restored = restored
        """The comms whose models it builds."""
        self.started_at = started_at
        self.due = [started_at + seconds for seconds in after]
        """When it is told again what changed, soonest first."""
        self.changed: dict[str, set[str]] = {}
        """The attributes that changed since the snapshot, by comm."""
        self.held: dict[str, list[Message]] = {}
        """The messages held back for comms whose models may not exist yet."""
        self.held_bytes = 0


class Frontend:
    """
    What the core keeps for one page.

    Args:
        session_id: its session id.
        now: the time.
        outbox: its own outbox.
    """

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
        "given_up",
        "heard_until",
        "is_program",
        "kept_models",
        "kernel_session",
        "lacking",
        "lacks_output",
        "may_ask",
        "misled",
        "missed_since",
        "missed_until",
        "offer_at",
        "offered",
        "outbox",
        "received",
        "session_id",
        "user",
    )

    def __init__(self, session_id: str, now: float, outbox: Outbox) -> None:
        self.session_id = session_id
        self.user: PageUser | None = NAMELESS
        """Who connected first with its session id; ``None`` if nobody has yet."""
        self.came_at = now
        """When its first socket opened."""
        self.attached_at = now
        """When its latest socket opened."""
        self.absent_since: float | None = None
        """When its socket went; ``None`` while it is attached."""
        self.outbox = outbox
        self.control_comms: set[str] = set()
        """Its comms to ``jupyter.widget.control``, which the kernel never hears of (rule 10)."""
        self.catch_ups: list[CatchUp] = []
        self.lacking: set[str] = set()
        """Comms whose state it asked for and the mirror did not have."""
        self.kernel_session = ""
        """``header.session`` of the kernel's message that it was sent last (rule 1)."""
        self.awaits_bootstrap = False
        """Whether it asked for states before it was known which comms there are."""
        self.kept_models = False
        """Whether it came back with its session id. Then it has models, and only refreshes them."""
        self.may_ask = True
        """Whether it has not asked for comms so far, and was not offered any unasked."""
        self.cut_off = ""
        """Why some of what it missed was not kept; empty if all was kept."""
        self.gap_since: float | None = None
        """Since when it may lack something that was not kept; ``None`` if all was kept."""
        self.lacks_output = False
        """Whether its cells may lack output that was not kept, until it asks for its runs."""
        self.given_up = False
        """Whether nothing is kept for it until it returns."""
        self.heard_until = 0
        """How many messages the kernel had sent when the page's socket went."""
        self.received = 0
        self.missed_since = 0.0
        """It missed the openings of comms from this time on ..."""
        self.missed_until = 0
        """... up to the comm with this number."""
        self.offer_at: list[float] = []
        """When it is offered the comms of these that a strategy keeps, soonest first."""
        self.offered: set[str] = set()
        """The comms that it was offered and has not refused so far."""
        self.misled: dict[str, Part] = {}
        """
        Comms where it shows a value that was denied, and where the true value is not known.

        With each, the header of the page's latest message. The correction must answer that message.
        """
        self.denied: set[str] = set()
        """The types of messages that it was told it may not send."""
        self.is_program = False
        """Whether it is a program in the server, which gets only what answers it."""

    def expect(self) -> None:
        """Note that nobody has connected yet as this page, and that it may lack anything."""
        self.user, self.gap_since = None, float("-inf")

    def used_by(self, user: PageUser) -> None:
        """Note who connects. The first who does is its user."""
        self.user = self.user or user

    def asked(self) -> None:
        """Note that it asked for comms, or was offered them."""
        self.may_ask = False

    def opened_control(self, comm_id: str) -> None:
        """Note that it opened a control comm, to ask for its widgets."""
        self.control_comms.add(comm_id)
        self.asked()

    def count_received(self) -> None:
        """Count a message that it sent."""
        self.received += 1

    def give_up(self, reason: str) -> list[Item]:
        """Keep nothing for the page any more. It is told why when it returns. Returns what went."""
        self.given_up = True
        self.cut_off = reason
        gone = [*self.outbox.in_flight.take_back(), *self.outbox.items()]
        self.outbox.clear()
        # What it had not read yet is gone as well. Nobody knows how long that had waited.
        self.gap_since = self.came_at
        return gone

    def take_gap(self) -> float | None:
        """Return since when it may lack something, because it is about to be told."""
        gap, self.gap_since = self.gap_since, None
        self.lacks_output = self.lacks_output or gap is not None
        return gap

    def take_cut_off(self) -> str:
        """Return why some of what it missed was not kept, because it is about to be told."""
        cut_off, self.cut_off = self.cut_off, ""
        self.lacks_output = self.lacks_output or bool(cut_off)
        return cut_off

    def take_lack(self) -> bool:
        """Return whether it may lack output of its cells, because it is about to be told."""
        lacks, self.lacks_output = self.lacks_output, False
        return lacks

    @property
    def attached(self) -> bool:
        """Whether it has a socket."""
        return self.absent_since is None
