"""What the core wants done. The driver takes it after each batch of events and carries it out."""

from __future__ import annotations

from dataclasses import dataclass, field

from jupyter_comm_broker.core.pages.shared_outbox import SharedBatch
from jupyter_comm_broker.core.state.changes import Happening
from jupyter_comm_broker.protocol.message import Message


@dataclass(frozen=True, slots=True)
class LogLine:
    """Something that a person should be able to read later."""

    level: str
    """``debug``, ``info``, ``warning`` or ``error``."""
    text: str
    fault: BaseException | None = None
    """An error of our own code, whose traceback belongs in the log."""


@dataclass(slots=True)
class Effects:
    """Everything that is to be done, in the order in which it is to be done."""

    to_kernel: list[Message] = field(default_factory=list)
    """Messages for the kernel, each on its channel."""

    touched: set[str] = field(default_factory=set)
    """Sessions in whose outboxes something was put."""

    cut_off: list[tuple[str, str]] = field(default_factory=list)
    """Sessions whose socket must be closed, with the reason."""

    log: list[LogLine] = field(default_factory=list)

    shared: SharedBatch | None = None
    """What all pages that keep up are sent."""

    happened: list[Happening] = field(default_factory=list)
    """What those who watch have to be told."""

    def take(self) -> Effects:
        """Hand over what there is to do and start anew."""
        taken = Effects(self.to_kernel, self.touched, self.cut_off, self.log)
        self.to_kernel, self.touched, self.cut_off, self.log = [], set(), [], []
        return taken

    def __bool__(self) -> bool:
        return bool(
            self.to_kernel
            or self.touched
            or self.cut_off
            or self.log
            or self.shared
            or self.happened
        )
