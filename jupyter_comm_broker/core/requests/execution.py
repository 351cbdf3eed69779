"""
What the kernel is running, and which statuses a page may take at face value.

A page's busy indicator follows the last status it saw. With subshells and the control
channel a kernel runs several requests at once, so one of them ending says nothing about the
others: its ``idle`` must reach the page, which waits for it, but not the indicator.
"""

from __future__ import annotations

from jupyter_comm_broker.protocol.message import Header, Message, Part

MAIN = ""
CONTROL = "control"
"""Lanes in which a kernel works through requests one at a time. Any other is a subshell's id."""


class Execution:
    """The requests a kernel is busy with, one at the most for each lane."""

    def __init__(self) -> None:
        self._running: dict[str, tuple[Header, Part]] = {}
        self.main_since: float | None = None
        """When the main shell began with what it runs, if that was heard."""
        self.state = "unknown"
        """``unknown``, ``starting``, ``idle``, ``busy``, ``restarting`` or ``dead``."""

    @property
    def running(self) -> tuple[Header, Part] | None:
        """The request that keeps the kernel busy, peeked and as JSON; the main shell's first."""
        return self._running.get(MAIN) or next(iter(self._running.values()), None)

    def running_in(self, lane: str) -> tuple[Header, Part] | None:
        """Return the request that keeps one lane busy, peeked and as JSON."""
        return self._running.get(lane)

    @property
    def main_is_busy(self) -> bool:
        """Whether what is sent to the main shell now has to wait."""
        return MAIN in self._running

    def followed(self, state: str, message: Message, lane: str, tracked: bool) -> bool:
        """
        Follow one status message.

        Args:
            state: what the kernel says it is.
            message: the status, for its parent.
            lane: where the parent request runs.
            tracked: whether pages show statuses of the parent's type at all.

        Returns:
            Whether a page would show something untrue if it took the status at face value.
        """
        if state == "busy":
            if tracked:
                self._running[lane] = (message.parent, message.parts[1])
                self.state = "busy"
            elif self.state in ("unknown", "starting", "restarting"):
                self.state = "idle"
            return False
        if state != "idle":
            if state == "starting":
                self._running.clear()
            self.state = state
            return False
        running = self._running.get(lane)
        if running is not None and running[0].msg_id == message.parent.msg_id:
            del self._running[lane]
        if not self._running:
            self.state = "idle"
            return False
        return tracked

    def answered(self) -> None:
        """
        Take a kernel that is done with a request for one that has started.

        Its own word for that may have been published before anybody heard it.
        """
        if self.state in ("starting", "restarting"):
            self.state = "idle"

    def reset(self, state: str) -> None:
        """The kernel's process is another one, or gone."""
        self._running.clear()
        self.state = state
