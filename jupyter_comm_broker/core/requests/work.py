"""What one kernel is asked and does: the requests under way, and those that it runs."""

from __future__ import annotations

from jupyter_comm_broker.core.requests.execution import Execution
from jupyter_comm_broker.core.requests.kernel_info import KernelInfo
from jupyter_comm_broker.core.requests.requests import Requests
from jupyter_comm_broker.core.requests.subshells import Subshells


class Work:
    """
    The requests of a kernel, and what it said of itself.

    Args:
        most: how many requests are remembered.
        hide_subshells: whether pages are told that the kernel has no subshells.
    """

    def __init__(self, most: int, *, hide_subshells: bool = False) -> None:
        self.requests = Requests(most)
        self.execution = Execution()
        self.kernel_info = KernelInfo(hide_subshells=hide_subshells)
        self.subshells = Subshells()

    @property
    def occupied(self) -> bool:
        """Whether a message that is sent to the kernel's main shell now must wait."""
        return self.execution.main_is_busy or self.requests.executing

    def forget(self) -> None:
        """Forget what a process that is gone was asked, and what it said of itself."""
        self.requests.clear()
        self.kernel_info.forget()
        self.subshells.clear()
