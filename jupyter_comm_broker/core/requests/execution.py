"""
What the kernel is running, and which statuses a page may show.

A page's busy indicator follows the last status that the page saw. A kernel can run several requests
at once, with subshells and the control channel. A cell may also let the kernel handle other
requests while it runs (polling loops, awaiting cells). So the end of one request says nothing about
the others. Its ``idle`` must reach the page, which waits for it, but must not change the indicator.
"""

from __future__ import annotations

from typing import NamedTuple

from jupyter_comm_broker.core.requests.request import MAIN
from jupyter_comm_broker.protocol.message import Header, Message, Part

ON_SHELL = frozenset(
    {
        *("execute_request", "inspect_request", "complete_request", "is_complete_request"),
        *("history_request", "comm_open", "comm_msg", "comm_close"),
    }
)
"""
Requests that are sent on the shell only.

Others may have been sent on control, past this server or before it.
"""


STARTS = ("starting", "restarting")
"""The states of a kernel that will be idle in a moment."""


class Running(NamedTuple):
    """A request that the kernel has begun and not ended."""

    header: Header
    text: Part
    """The header as JSON."""
    began_at: float


class Execution:
    """The requests that a kernel is running: one in each lane, and those that it handles inside."""

    def __init__(self) -> None:
        self._running: dict[str, dict[str, Running]] = {}
        """By lane and msg_id, in the order in which they began. Each runs inside the one before."""
        self._state = "unknown"
        self.main_is_unheard = False
        """Whether the kernel was there before, and its main shell has not answered yet."""
        self._shown_as_starting = False

    @property
    def state(self) -> str:
        """``unknown``, ``starting``, ``idle``, ``busy``, ``restarting`` or ``dead``."""
        return "busy" if self.is_guessed else self._state

    @property
    def start_is_untold(self) -> bool:
        """Whether the kernel is idle, and pages that saw it start show no status that said so."""
        return self._shown_as_starting and self._state == "idle"

    def start_told(self) -> None:
        """Note that pages were told."""
        self._shown_as_starting = False

    @property
    def is_guessed(self) -> bool:
        """Whether the kernel counts as busy only because its main shell has not answered yet."""
        return self.main_is_unheard and self._state in ("unknown", "idle")

    @property
    def running(self) -> Running | None:
        """The request that keeps the kernel busy, if any. One in the main shell comes first."""
        lane = self._running.get(MAIN) or next(iter(self._running.values()), None)
        return next(iter(lane.values())) if lane else None

    def innermost(self, lane: str) -> Running | None:
        """Return the request of a lane that began last and has not ended; ``None`` for none."""
        inside = self._running.get(lane)
        return next(reversed(inside.values())) if inside else None

    def inside(self, lane: str, msg_id: str) -> list[Running]:
        """Return the requests that began inside a request and have not ended, innermost first."""
        requests = self._running.get(lane, {})
        if len(requests) < 2 or msg_id not in requests:
            return []
        ids = list(requests)
        return [requests[each] for each in reversed(ids[ids.index(msg_id) + 1 :])]

    def begun_before(self, lane: str, when: float) -> list[Running]:
        """Return the requests of a lane that began before a time and have not ended."""
        return [each for each in self._running.get(lane, {}).values() if each.began_at <= when]

    @property
    def main_is_busy(self) -> bool:
        """Whether a request that is sent to the main shell now must wait, or may have to."""
        return MAIN in self._running or self.main_is_unheard

    def main_is_asked(self) -> None:
        """Note that a kernel was found, and is asked on its main shell whether it runs a cell."""
        self.main_is_unheard = True

    def main_answered(self) -> None:
        """Note that the main shell answered. Whatever it runs from now on is said."""
        if self.main_is_unheard and self._state == "unknown":
            self._state = "idle"
        self.main_is_unheard = False

    def followed(self, state: str, message: Message, lane: str, tracked: bool, now: float) -> bool:
        """
        Follow a status message.

        Args:
            state: the kernel's ``execution_state``.
            message: the status message, whose parent counts.
            lane: the lane of the parent request.
            tracked: whether pages show statuses whose parent has this type.
            now: the time.

        Returns:
            Whether a page would show something untrue if it showed the status.
        """
        if self.main_is_unheard and lane == MAIN and message.parent.msg_type in ON_SHELL:
            self.main_is_unheard = False
        self._shown_as_starting = state in STARTS or (self._shown_as_starting and not tracked)
        if state == "busy":
            if tracked:
                requests = self._running.setdefault(lane, {})
                running = Running(message.parent, message.parent_text, now)
                requests.setdefault(running.header.msg_id, running)
                self._state = "busy"
            elif self._state in ("unknown", *STARTS):
                self._state = "idle"
            return False
        if state != "idle":
            if state == "starting":
                self._running.clear()
                self.main_is_unheard = False
            self._state = state
            return False
        requests = self._running.get(lane, {})
        requests.pop(message.parent.msg_id, None)
        if not requests:
            self._running.pop(lane, None)
        if not self._running:
            self._state = "idle"
            return False
        return tracked

    def answered(self) -> None:
        """
        Note that the kernel is done with a request, which proves that it has started.

        Its own message about the start may have been published before anybody listened.
        """
        if self._state in STARTS:
            self._state = "idle"

    def reset(self, state: str) -> None:
        """Forget all requests, because the kernel's process is gone or another one."""
        self._running.clear()
        self._state = state
        self._shown_as_starting = state in STARTS
        self.main_is_unheard = False
