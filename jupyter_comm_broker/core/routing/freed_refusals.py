"""Refusals that waited for a busy kernel, and may go to it now."""

from __future__ import annotations

from jupyter_comm_broker.core.gate.refusals import Refusals
from jupyter_comm_broker.core.routing.frontend_closings import FrontendClosings
from jupyter_comm_broker.core.routing.to_kernel import ToKernel
from jupyter_comm_broker.core.timed import SOON


class FreedRefusals:
    """
    Closes what a page refused while the kernel was busy, and tells the kernel.

    Args:
        refusals: keeps them until the kernel is free.
        closings: ends a comm for all pages.
        to_kernel: sends the kernel what is let through.
    """

    def __init__(self, refusals: Refusals, closings: FrontendClosings, to_kernel: ToKernel) -> None:
        self._refusals = refusals
        self._closings = closings
        self._to_kernel = to_kernel

    def next_due(self) -> float | None:
        """Return when refusals go to the kernel: at once where it is free."""
        return SOON if self._refusals.can_go else None

    def tick(self, now: float) -> None:
        """Send the kernel the refusals that still hold."""
        for frontend, record, message in self._refusals.take(now):
            if self._closings.ended(frontend, record, message, now):
                self._to_kernel.let_through(frontend, message, now)
