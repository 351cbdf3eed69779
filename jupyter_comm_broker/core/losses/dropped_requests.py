"""
Notices cells that the kernel dropped without a word.

A kernel drops what it cannot read, and a message that it has had already. Such a cell gets neither
a status nor a reply, with stock too. But while it seems to be under way, the kernel seems occupied,
and nothing is checked. So a kernel that runs nothing for a while is asked a question on its shell.
A kernel that handles it is past all cells that were sent before.
"""

from __future__ import annotations

from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.losses.endings import Endings
from jupyter_comm_broker.core.losses.later_question import LaterQuestion
from jupyter_comm_broker.core.requests.request import MAIN
from jupyter_comm_broker.core.requests.work import Work
from jupyter_comm_broker.core.timed import SOON
from jupyter_comm_broker.protocol.message import Message


class DroppedRequests:
    """
    Watches the cells that were sent and that the kernel has not begun.

    Args:
        ledger: counts and logs.
        work: the requests under way.
        endings: ends the runs that will not be.
        question: the question that shows that earlier cells are over.
    """

    def __init__(
        self, ledger: Ledger, work: Work, endings: Endings, question: LaterQuestion
    ) -> None:
        self._ledger = ledger
        self._work = work
        self._endings = endings
        self._question = question

    @property
    def waits(self) -> bool:
        """Whether there is something to find out."""
        return self._question.due is not None

    @property
    def _is_odd(self) -> bool:
        """Whether cells were sent, and the kernel runs none."""
        return self._work.requests.executing and not self._work.execution.main_is_busy

    def next_due(self) -> float | None:
        """Return when to ask the kernel; ``None`` for never."""
        if not self._is_odd:
            # Nearly always: a kernel begins within milliseconds.
            return None if self._question.due is None else SOON
        if not self._question.can_be_asked:
            return None
        return SOON if self._question.due is None else self._question.due

    def tick(self, now: float) -> None:
        """Ask the kernel, if it has run nothing for a while."""
        if not self._is_odd:
            self._question.drop()
            self._question.forget()
        elif not self._question.can_be_asked:
            return
        elif self._question.due is None:
            self._question.begin(now)
        elif now >= self._question.due:
            self._question.ask(now)

    def heard(self, status: Message, now: float) -> None:
        """Follow a status: the kernel may be at our question."""
        if not self._question.is_heard(status.parent.msg_id):
            return
        running = self._work.execution.begun_before(MAIN, now)
        dropped = self._work.requests.dropped(
            self._question.asked_at, (each.header.msg_id for each in running)
        )
        if dropped:
            self._ledger.counters["dropped_requests"] += len(dropped)
            self._ledger.log("warning", f"the kernel dropped {len(dropped)} cells without a word")
        for msg_id in dropped:
            self._endings.run_lost(msg_id, "RequestDropped", "the kernel dropped this cell", now)
        self._question.drop()
