"""
What a subshell is still needed for, and how its widgets are taken out of it.

ipykernel 7.4 handles a comm in the subshell that last published on it, and not at all once that is
deleted (fact 3.9). So a widget is first asked for its state in another lane. The answer is
published there, and what follows is handled there.
"""

from __future__ import annotations

from collections.abc import Collection

from jupyter_comm_broker.core.comms import Comms
from jupyter_comm_broker.core.kernel.inquiry import Inquiry
from jupyter_comm_broker.core.requests.work import Work
from jupyter_comm_broker.core.state.comm_record import CommRecord


class SubshellUse:
    """
    Says who uses a subshell, and moves the widgets among them.

    Args:
        comms: says on which comms the kernel last published in a subshell.
        work: knows the subshells and the requests under way.
        inquiry: asks the kernel.
    """

    def __init__(self, comms: Comms, work: Work, inquiry: Inquiry) -> None:
        self._comms = comms
        self._work = work
        self._inquiry = inquiry

    def is_needed(self, subshell_id: str) -> bool:
        """Return whether something would die with the subshell."""
        # The answer to a question of ours is published there too.
        return (
            bool(self.comms_of(subshell_id))
            or self.has_requests(subshell_id)
            or self._inquiry.asks_in(subshell_id)
        )

    def comms_of(self, subshell_id: str) -> list[CommRecord]:
        """Return the comms on which the kernel last published in a subshell."""
        return [each for each in self._comms.registry if each.lane == subshell_id]

    def has_requests(self, subshell_id: str) -> bool:
        """Return whether a page's request runs there, or is on its way there."""
        runs = self._work.execution.innermost(subshell_id) is not None
        return runs or any(each.lane == subshell_id for each in self._work.requests.all())

    def widgets_of(self, subshell_id: str) -> set[str]:
        """Return the ids of the widgets on which the kernel last published in a subshell."""
        return {each.comm_id for each in self.comms_of(subshell_id) if each.is_widget}

    def move(self, widgets: Collection[str], most: int, lane: str, now: float) -> None:
        """
        Take widgets to another lane. Other comms cannot be asked.

        Args:
            widgets: their ids.
            most: how many of them are asked.
            lane: where they are taken to.
            now: the time.
        """
        self._inquiry.ask_for_some(widgets, most, now, lane=lane)

    def end(self, subshell_id: str) -> None:
        """Note that a subshell is deleted, so that nothing is asked in it any more."""
        self._work.subshells.deleted(subshell_id)
        for record in self.comms_of(subshell_id):
            record.mark_published(None)
