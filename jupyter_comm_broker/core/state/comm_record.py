"""What is known of one comm."""

from __future__ import annotations

from enum import Enum

from jupyter_comm_broker.core.state.widget_state import WidgetState
from jupyter_comm_broker.protocol.widget import WIDGET_TARGET, ModelName

NO_MODEL = ModelName()


class Side(str, Enum):
    """Who did something to a comm."""

    KERNEL = "kernel"
    FRONTEND = "frontend"
    UNKNOWN = "unknown"
    """It was there before we looked."""


class Knowledge(str, Enum):
    """How far a mirrored state can be trusted."""

    CLEAN = "clean"
    DIRTY = "dirty"
    """It may differ from the kernel's; the kernel is to be asked."""
    UNKNOWN = "unknown"
    """We never saw the whole state."""
    TOO_LARGE = "too_large"
    """The state is over a limit and not kept; a restore asks the kernel for it alone."""


class CommRecord:
    """
    One live comm.

    A server can have 10,000 of them, so there is nothing in here that most comms do not need:
    sets stay ``None`` until somebody is in them.
    """

    __slots__ = (
        "bytes_from_frontends",
        "bytes_from_kernel",
        "callback_errors",
        "comm_id",
        "dirty_because",
        "from_frontends",
        "from_kernel",
        "knowledge",
        "last_activity",
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
        """How often a callback of a program in the server raised for it."""
        self.number = 0
        """Counts the comms of its kernel: a place in their order that nothing else ever has."""
        self.sequence = 0
        """Counts the changes of the state; the same number means the same state."""
        self.knowledge = Knowledge.UNKNOWN
        self.dirty_because = ""
        """Why the state is not trusted; empty when it is."""
        self.state: WidgetState | None = None
        self.model = NO_MODEL
        self.references: tuple[str, ...] = ()
        """Ids of the widgets its state refers to: its children, layout, style."""
        self.missed_by: set[str] | None = None
        """Sessions that should have heard its opening, which was lost before it came to us."""
        self.suspects: set[str] | None = None
        """Attributes that pages may show wrongly until the kernel was asked."""
        self.used_by: set[str] | None = None
        """Sessions that sent something on the comm, or opened it."""
        self.refused_by: set[str] | None = None
        """Sessions that answered its ``comm_open`` with ``comm_close``."""

    @property
    def is_widget(self) -> bool:
        """Whether its payloads are ipywidgets'."""
        return self.target_name == WIDGET_TARGET

    @property
    def passed(self) -> dict[str, int]:
        """How many messages and bytes passed on it, by the names they are summed under."""
        return {
            "messages_from_kernel": self.from_kernel,
            "messages_from_frontends": self.from_frontends,
            "bytes_from_kernel": self.bytes_from_kernel,
            "bytes_from_frontends": self.bytes_from_frontends,
        }

    def mark_used(self, session_id: str) -> None:
        """A frontend sent something on it, so it has the comm."""
        if self.used_by is None:
            self.used_by = set()
        self.used_by.add(session_id)
        if self.refused_by:
            self.refused_by.discard(session_id)

    def mark_refused(self, session_id: str) -> None:
        """A frontend does not know the target."""
        if self.refused_by is None:
            self.refused_by = set()
        self.refused_by.add(session_id)
