"""What is known of one comm."""

from __future__ import annotations

from enum import Enum

from jupyter_comm_broker.core.state.mailboxes import Mailboxes
from jupyter_comm_broker.core.state.widget_state import WidgetState
from jupyter_comm_broker.protocol.widget import WIDGET_TARGET, ModelName

NO_MODEL = ModelName()


class Side(str, Enum):
    """Who did something to a comm."""

    KERNEL = "kernel"
    FRONTEND = "frontend"
    UNKNOWN = "unknown"
    """The comm was open before the broker looked."""


class Knowledge(str, Enum):
    """How far a mirrored state can be trusted."""

    CLEAN = "clean"
    DIRTY = "dirty"
    """It may differ from the kernel's state. The kernel is to be asked."""
    UNKNOWN = "unknown"
    """The whole state was never seen."""
    TOO_LARGE = "too_large"
    """The state is over a limit and is not kept. A restore asks the kernel for it."""


class CommRecord:
    """
    One live comm.

    A server can have 10,000 of them, so a record holds only what most comms need. Its sets stay
    ``None`` until something is in them.

    Args:
        comm_id: its id.
        target_name: its target; empty where nobody told it.
        opened_by: who opened it.
        now: the time.
    """

    __slots__ = (
        "bytes_from_frontends",
        "bytes_from_kernel",
        "callback_errors",
        "checked_at",
        "comm_id",
        "dirty_because",
        "from_frontends",
        "from_kernel",
        "knowledge",
        "lane",
        "last_activity",
        "listed",
        "mailboxes",
        "missed_by",
        "model",
        "number",
        "opened_at",
        "opened_by",
        "references",
        "refused_by",
        "sequence",
        "state",
        "suspects",
        "taken",
        "target_name",
        "used_by",
    )

    def __init__(self, comm_id: str, target_name: str, opened_by: Side, now: float) -> None:
        self.comm_id = comm_id
        self.target_name = target_name
        self.opened_by = opened_by
        self.opened_at = now
        self.last_activity = now
        self.from_kernel = self.from_frontends = 0
        self.bytes_from_kernel = self.bytes_from_frontends = 0
        self.callback_errors = 0
        """How often a callback of a program in the server raised an error for this comm."""
        self.lane = ""
        """
        The subshell under whose request the kernel last published on the comm; empty for the main
        shell. ipykernel handles there what is sent on the comm (fact 3.5).
        """
        self.number = 0
        """The comm's place in the order of its kernel's comms. No other comm ever has the same."""
        self.sequence = 0
        """Counts the changes of the state. The same number means the same state."""
        self.knowledge = Knowledge.UNKNOWN
        self.dirty_because = ""
        """Why the state is not trusted; empty if it is trusted."""
        self.checked_at: float | None = None
        """When the kernel last gave the whole state: in the opening, or as an answer to us."""
        self.listed = False
        """Whether the kernel named the comm when it was asked which comms it has."""
        self.state: WidgetState | None = None
        self.model = NO_MODEL
        self.mailboxes: Mailboxes | None = None
        """Attributes of which a page must see each value."""
        self.references: tuple[str, ...] = ()
        """Ids of the widgets that its state refers to: its children, layout and style."""
        self.missed_by: set[str] | None = None
        """Sessions that should have got its opening, which was lost on its way to the broker."""
        self.taken = opened_by is not Side.FRONTEND
        """Whether the kernel has handled its opening. Before that it does not know the comm."""
        self.suspects: set[str] | None = None
        """Attributes that pages may show wrongly, until the kernel was asked."""
        self.used_by: set[str] | None = None
        """Sessions that opened the comm, or sent something on it."""
        self.refused_by: set[str] | None = None
        """Sessions that answered its ``comm_open`` with ``comm_close``."""

    @property
    def is_widget(self) -> bool:
        """Whether the comm is a widget's, so that its payloads are those of ipywidgets."""
        return self.target_name == WIDGET_TARGET

    @property
    def passed(self) -> dict[str, int]:
        """How many messages and bytes passed on it, under the names by which they are summed up."""
        return {
            "messages_from_kernel": self.from_kernel,
            "messages_from_frontends": self.from_frontends,
            "bytes_from_kernel": self.bytes_from_kernel,
            "bytes_from_frontends": self.bytes_from_frontends,
        }

    def mark_taken(self) -> None:
        """Note that the kernel has handled its opening."""
        self.taken = True

    def mark_published(self, subshell_id: str | None) -> None:
        """Note where the kernel published on it; ``None``: in the main shell."""
        self.lane = subshell_id or ""

    def mark_listed(self) -> None:
        """Note that the kernel named it when it was asked which comms it has."""
        self.listed = self.taken = True

    def mark_missed(self, session_ids: set[str]) -> None:
        """Note the sessions that should have got its opening."""
        self.missed_by = session_ids

    def mark_checked(self, now: float) -> None:
        """Note that the kernel gave its whole state."""
        self.checked_at = now

    def count_callback_error(self) -> None:
        """Note that a program's callback for it raised an error."""
        self.callback_errors += 1

    def forget_state(self) -> None:
        """Forget its state, because it is over a limit or the comm is closed."""
        self.state = None

    def mark_used(self, session_id: str) -> None:
        """Note that a frontend sent something on the comm, so it has the comm."""
        if self.used_by is None:
            self.used_by = set()
        self.used_by.add(session_id)
        if self.refused_by:
            self.refused_by.discard(session_id)

    def mark_refused(self, session_id: str) -> None:
        """Note that a frontend refused the comm, because it does not know the target."""
        if self.refused_by is None:
            self.refused_by = set()
        self.refused_by.add(session_id)
