"""Tells pages what the kernel's answers to our questions taught the broker."""

from __future__ import annotations

from collections.abc import Callable

from jupyter_comm_broker.core.kernel.reconciliation import NOT_LISTED, Learned
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.losses.lost_replies import LostReplies
from jupyter_comm_broker.core.restore.output_capture import OutputCapture
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.core.restore.restore import Restore
from jupyter_comm_broker.protocol.message import Message


class Findings:
    """
    Tells what was learned to every page that it concerns.

    Args:
        ledger: counts and logs.
        page_replies: writes to pages.
        restore: is told of states that became known.
        capture: the output that is collected.
        lost_replies: ends cells of which no reply will come.
    """

    def __init__(
        self,
        ledger: Ledger,
        page_replies: PageReplies,
        restore: Restore,
        capture: OutputCapture,
        lost_replies: LostReplies,
    ) -> None:
        self._ledger = ledger
        self._page_replies = page_replies
        self._restore = restore
        self._capture = capture
        self._lost_replies = lost_replies

    def read(self, step: Callable[[], list[Learned]], now: float) -> None:
        """Read an answer by ``step``, and tell pages what it taught."""
        self.spread(self._ledger.shielded("reading an answer of the kernel", step) or [], now)

    def spread(self, learned: list[Learned], now: float) -> None:
        """Tell pages what was learned."""
        if learned:
            # What was collected for an Output widget is newer than what the kernel knows of it.
            self._ledger.shielded("settling captured output", self._capture.settle)
        for each in learned:
            if each.closed:
                comm_id = each.record.comm_id
                self._page_replies.comm_gone_everywhere(comm_id, NOT_LISTED, b"{}", now)
            elif each.state is not None:
                self._restore.became_known(each.record, each.state, now)
            else:
                self._page_replies.repair(each.record, each.wrong, now)

    def main_answered(self, now: float) -> None:
        """Note that the main shell is past all that it was asked before the broker came."""
        self._page_replies.correct_guess(now)
        self._lost_replies.main_answered(now)

    def outputs_taken(self, message: Message) -> None:
        """Follow a status or an error under our request that gives the kernel outputs."""
        self._ledger.shielded("giving the kernel outputs", lambda: self._outputs_taken(message))

    def _outputs_taken(self, message: Message) -> None:
        failed = message.header.msg_type == "error"
        if failed or message.execution_state == "idle":
            self._capture.end.handed_over(message.parent.msg_id, failed=failed)
