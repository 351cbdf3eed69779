"""Asks the kernel which comms there are."""

from __future__ import annotations

from jupyter_comm_broker.core.kernel.inquiry import Inquiry
from jupyter_comm_broker.core.kernel.kernel_requests import Question
from jupyter_comm_broker.core.kernel.reach import Reach
from jupyter_comm_broker.core.kernel.reconciliation import Learned, Reconciliation
from jupyter_comm_broker.core.kernel.verification_step import Step
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.protocol.message import Message


class ListQuestion:
    """
    The question that comes before all others. An answer is overdue after :attr:`deadline`.

    Args:
        ledger: counts and logs answers that do not come.
        reach: says on which channel to ask.
        inquiry: sends the question.
        reconciliation: takes the answer.
    """

    def __init__(
        self, ledger: Ledger, reach: Reach, inquiry: Inquiry, reconciliation: Reconciliation
    ) -> None:
        self._ledger = ledger
        self._reach = reach
        self._inquiry = inquiry
        self._reconciliation = reconciliation
        self.deadline: float | None = None
        """When an answer is overdue; ``None`` while nothing is asked."""

    def ask(self, now: float, pause: float) -> None:
        """Ask, and wait for ``pause`` seconds."""
        self.deadline = now + pause
        self._inquiry.list_comms(self._reach.channel, now)

    def is_answer(self, message: Message, question: Question) -> bool:
        """Return whether a message with this question of ours as its parent is an answer."""
        return message.header.msg_type == "comm_info_reply" and question.about == "list"

    def answered(self, message: Message, question: Question, now: float) -> list[Learned]:
        """
        Take the answer.

        Args:
            message: the answer.
            question: the question, which says when it was asked.
            now: the time.

        Returns:
            What pages must be told.

        Raises:
            MalformedMessageError: the answer cannot be read.
        """
        learned = self._reconciliation.listed(message, question.asked_at, now)
        # Not before: if an answer cannot be taken, the kernel is asked again after longer waits.
        self.deadline = None
        return learned

    def timed_out(self) -> None:
        """Note that the answer is overdue, and wait for it no longer."""
        self._ledger.counters["verification_timeouts"] += 1
        self._ledger.log("debug", f"the kernel gave no answer in time: {Step.LIST.value}")
        self.deadline = None
        self._reach.gave_no_answer()

    def forget(self) -> None:
        """Forget the question, because the kernel has a new process and no answer will come."""
        self.deadline = None
