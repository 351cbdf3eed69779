"""What ends with a process of the kernel: its comms, their states, the requests under way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.requests.work import Work
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.core.runs.holders import Holders
from jupyter_comm_broker.core.state.changes import EndState, ProcessEnded


class OfOneProcess(Protocol):
    """A part that keeps what holds for one process of the kernel only."""

    def forget(self, now: float) -> None:
        """Forget it, because the kernel has a new process."""


class ProcessEnd:
    """
    Forgets what held for a process, and tells pages.

    Args:
        comms: the kernel's comms.
        work: the requests under way.
        page_replies: writes to pages.
        holders: the pages that show its cells.
        parts: the other parts that forget with a process, in this order.
    """

    def __init__(
        self,
        comms: Comms,
        work: Work,
        page_replies: PageReplies,
        holders: Holders,
        parts: Sequence[OfOneProcess],
    ) -> None:
        self._comms = comms
        self._work = work
        self._page_replies = page_replies
        self._holders = holders
        self._parts = parts

    def happened(self, reason: str, now: float, state: EndState = "restarted") -> None:
        """
        Forget a process that is gone.

        Args:
            reason: why its comms end, for people.
            now: the time.
            state: what the end means for the kernel.
        """
        closed = self._comms.forget(reason, now)
        self._work.forget()
        why = f"{reason} before this cell was over"
        self._holders.process_ended(why, now)
        for part in self._parts:
            part.forget(now)
        for comm_id in closed:
            self._page_replies.comm_gone_everywhere(comm_id, reason, b"{}", now)
        self._comms.changes.note(ProcessEnded(reason, state))

    def announce(self, state: str, now: float) -> None:
        """Tell every page a state that the kernel cannot tell."""
        self._page_replies.announce(state, now)
