"""What one Output widget collects, and how much of it pages and kernel know."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.restore.output_list import OutputList
from jupyter_comm_broker.protocol.message import Part


@dataclass(slots=True)
class Capture:
    """The list of one widget, from when it begins to collect until the kernel has the list."""

    comm_id: str
    list: OutputList
    pushed_at: float
    """When pages were last given the list, or when the capture began."""
    parent: str = ""
    """The msg_id whose output it collects now; empty if it collects none."""
    last_parent: str = ""
    """The msg_id whose output it collected last."""
    owner: str = ""
    """The session that sent that request. Its page, if it is there, collects too."""
    stopped_at: float = 0.0
    """When it stopped collecting."""
    collected: bool = False
    """Whether the list has anything that the kernel may not know."""
    fresh: int = 0
    """Bytes collected since the last push."""
    written: bytes | None = None
    """The list as the mirror was given it; ``None`` if it changed since."""
    is_synced: bool = False
    """Whether its owner has given the kernel a list since the capture stopped."""
    handed: str = ""
    """The msg_id of our message that gave the kernel the list; empty if there is none."""
    over_at: float | None = None
    """When to stop waiting for the owner, or for the kernel to take our list."""
    is_told: bool = False
    """Whether the log says that the list was cut."""

    def goes_on(self, owner: str) -> None:
        """Collect for a request of this session. What was under way to the kernel is outdated."""
        self.owner = owner
        self.is_synced, self.handed, self.over_at = False, "", None

    def stops(self, now: float) -> None:
        """Collect no more."""
        self.stopped_at = now

    def waits_for_owner(self, until: float, *, is_synced: bool) -> None:
        """Wait for the owner's list, or for the rest of it."""
        self.is_synced = self.is_synced or is_synced
        self.over_at = until

    def hands_over(self, msg_id: str, until: float) -> None:
        """Wait until the kernel has taken our list with this message."""
        self.owner, self.handed, self.over_at = "", msg_id, until

    def pushed(self, now: float) -> None:
        """Note that pages are given the list."""
        self.fresh, self.pushed_at = 0, now

    def push_at(self, limits: Limits) -> float | None:
        """Return when to give pages what is new; ``None`` for never. Longer lists wait longer."""
        if not self.fresh:
            return None
        size, share = self.list.size, limits.output_push_share
        rate = limits.output_push_rate / (1 if self.fresh * share >= size else share)
        return self.pushed_at + max(limits.output_push_seconds, size / rate)

    def conclude_at(self, limits: Limits) -> float | None:
        """Return when to give the kernel the list at the latest; ``None`` while it collects."""
        if self.parent:
            return None
        return self.over_at or self.stopped_at + limits.output_owner_seconds

    def takes(self, msg_type: str, content: Part) -> bool:
        """
        Take a message of output. Returns whether the list changed.

        Raises:
            MalformedMessageError: no page would take the message.
        """
        if not self.list.add(msg_type, content):
            return False
        self.collected, self.written = True, None
        self.fresh += len(content)
        return True

    def follows(self, outputs: bytes) -> None:
        """Replace the list by the outputs that the widget has."""
        self.list.set(outputs)
        self.collected, self.written, self.fresh = False, None, 0
