"""
Tells pages that a kernel has started, where no status that they show tells them.

A new process says "starting", which pages show. Then it answers questions whose statuses they do
not show (fact 1.1, rule 22). So a page would show "starting" until somebody runs a cell. On a stock
server it is saved by the statuses of its own subshell. These would also show a busy kernel as idle,
so they do not reach pages here.
"""

from __future__ import annotations

from jupyter_comm_broker.core.requests.execution import Execution
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.core.timed import SOON


class Started:
    """
    Waits for the kernel to be idle after a start.

    Args:
        execution: what the kernel does.
        page_replies: writes to pages.
    """

    def __init__(self, execution: Execution, page_replies: PageReplies) -> None:
        self._execution = execution
        self._page_replies = page_replies

    def next_due(self) -> float | None:
        """Return :data:`SOON` if pages are to be told; ``None`` if not."""
        return SOON if self._execution.start_is_untold else None

    def tick(self, now: float) -> None:
        """Tell all pages that the kernel is idle."""
        if self._execution.start_is_untold:
            self._execution.start_told()
            for frontend in self._page_replies:
                self._page_replies.status(frontend, now)
