"""What the core wants done. The driver takes it after each batch of events, and does it."""

from __future__ import annotations

from dataclasses import dataclass, field

from jupyter_comm_broker.core.pages.shared_outbox import SharedBatch
from jupyter_comm_broker.core.state.changes import KernelChange
from jupyter_comm_broker.protocol.message import Message


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line for the log."""

    level: str
    """``debug``, ``info``, ``warning`` or ``error``."""
    text: str
    fault: BaseException | None = None
    """An error in our own code. Its traceback goes to the log."""


@dataclass(slots=True)
class Effects:
    """Everything that is to be done. The fields are in the order in which it is done."""

    to_kernel: list[Message] = field(default_factory=list)
    """Messages for the kernel, each on its channel."""

    touched: set[str] = field(default_factory=set)
    """The sessions whose outboxes got something."""

    cut_off: list[tuple[str, str]] = field(default_factory=list)
    """The sessions whose socket must be closed, with the reason."""

    log: list[LogLine] = field(default_factory=list)

    looked: list[int] = field(default_factory=list)
    """The numbers of the looks that are over. See :meth:`KernelBroker.look`."""

    shared: SharedBatch | None = None
    """What all pages that keep up are sent."""

    happened: list[KernelChange] = field(default_factory=list)
    """The changes that watchers are told of."""

    def note(self, level: str, text: str, fault: BaseException | None = None) -> None:
        """
        Add a line for the log.

        Args:
            level: ``debug``, ``info``, ``warning`` or ``error``.
            text: the line.
            fault: an error in our own code, whose traceback is logged too.
        """
        self.log.append(LogLine(level, text, fault))

    def take(self) -> Effects:
        """Hand over what is to be done, and start anew."""
        taken = Effects(self.to_kernel, self.touched, self.cut_off, self.log, self.looked)
        self.to_kernel, self.touched, self.cut_off, self.log, self.looked = [], set(), [], [], []
        return taken

    def __bool__(self) -> bool:
        return bool(
            self.to_kernel
            or self.touched
            or self.cut_off
            or self.log
            or self.looked
            or self.shared
            or self.happened
        )
