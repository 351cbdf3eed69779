"""What the kernel sends because of the broker's requests. Pages never see it as it is."""

from __future__ import annotations

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.kernel.kernel_requests import KernelRequests
from jupyter_comm_broker.core.kernel.link_handshake import ABOUT, LinkHandshake
from jupyter_comm_broker.core.kernel.reconciliation import NOT_LISTED, Learned
from jupyter_comm_broker.core.kernel.verification import Verification
from jupyter_comm_broker.core.restore.capture_end import ABOUT as OUTPUTS
from jupyter_comm_broker.core.restore.output_capture import OutputCapture
from jupyter_comm_broker.core.restore.page_replies import PageReplies
from jupyter_comm_broker.core.restore.restore import Restore
from jupyter_comm_broker.core.routing.from_kernel import FromKernel
from jupyter_comm_broker.core.timed import SOON
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import COMM_TYPES, Message


class KernelReplies:
    """
    Gives an answer to the part that asked, and tells pages what follows from it.

    Args:
        context: the kernel's context.
        kernel_requests: our requests to the kernel.
        handshake: takes the replies to its own requests.
        verification: takes the answers about comms.
        from_kernel: passes on what is no answer.
        page_replies: writes to pages.
        restore: is told of states that became known.
        capture: the output that is collected.
    """

    def __init__(
        self,
        context: Context,
        kernel_requests: KernelRequests,
        handshake: LinkHandshake,
        verification: Verification,
        from_kernel: FromKernel,
        page_replies: PageReplies,
        restore: Restore,
        capture: OutputCapture,
    ) -> None:
        self._context = context
        self._kernel_requests = kernel_requests
        self._handshake = handshake
        self._verification = verification
        self._from_kernel = from_kernel
        self._page_replies = page_replies
        self._restore = restore
        self._capture = capture

    def heard(self, message: Message, now: float) -> None:
        """Take a message whose parent is a request of ours."""
        about, msg_type = self._kernel_requests.asked(message).about, message.header.msg_type
        if not self._context.author.wrote(message.header.session):
            # A kernel that copies the session of its requests does not show its own.
            self._context.delivery.introduce(message.header.session)
        if msg_type == "kernel_info_reply" and about == ABOUT:
            self._handshake.answered(message, now)
        elif about == OUTPUTS and msg_type in ("status", "error"):
            self._context.shielded("giving the kernel outputs", lambda: self._outputs(message))
        elif message.channel == "iopub" and self._is_bystander(message):
            if self._capture.collects_under(message.parent.msg_id):
                # A thread entered an Output widget, which names our question. Pages look for that.
                self._from_kernel.published(message, now)
            else:
                self._from_kernel.published_under_our_parent(message, now)
        elif msg_type == "comm_close" and self._is_bystander(message):
            self._from_kernel.reply(message, now)
        elif message.channel == "stdin":
            self._from_kernel.asked_under_our_parent(message, now)
        else:
            learned: list[Learned] = []
            self._context.shielded(
                "reading an answer of the kernel",
                lambda: learned.extend(self._verification.heard(message, now)),
            )
            self._spread(learned, now)
        # Only with a proven link: the last messages of an earlier process prove nothing.
        if self._handshake.link == "proven" and not _is_busy(message):
            self._context.execution.answered()

    def next_due(self) -> float | None:
        """Return :data:`SOON` if there are answers that were not read yet; else ``None``."""
        return SOON if self._verification.is_reading else None

    def tick(self, now: float) -> None:
        """Read some more answers. Nobody must wait for a restore of thousands of models."""
        if self._verification.is_reading:
            self._spread(self._verification.read_on(now), now)

    def _outputs(self, message: Message) -> None:
        if message.header.msg_type == "error" or message.execution_state == "idle":
            failed = message.header.msg_type == "error"
            self._capture.end.handed_over(message.parent.msg_id, failed=failed)

    def _is_bystander(self, message: Message) -> bool:
        """Return whether a message has our request as its parent only because it was the latest."""
        if message.header.msg_type in COMM_TYPES:
            try:
                return not self._verification.inquiry.is_answer(message)
            except MalformedMessageError:
                # It answers nothing. It passes, as it would without our question.
                return True
        return message.header.msg_type not in ("status", "error")

    def _spread(self, learned: list[Learned], now: float) -> None:
        if learned:
            # What was collected for an Output widget is newer than what the kernel knows of it.
            self._context.shielded("settling captured output", self._capture.settle)
        for each in learned:
            if each.closed:
                for frontend in list(self._context.delivery):
                    comm_id, reason = each.record.comm_id, NOT_LISTED
                    self._page_replies.comm_gone(frontend, comm_id, reason, b"{}", now)
            elif each.state is not None:
                self._restore.became_known(each.record, each.state, now)
            else:
                self._page_replies.repair(each.record, each.wrong, now)


def _is_busy(message: Message) -> bool:
    return message.header.msg_type == "status" and message.execution_state == "busy"
