"""What the kernel sends because of the broker's requests. Pages never see it as it is."""

from __future__ import annotations

from jupyter_comm_broker.core.ingress.findings import Findings
from jupyter_comm_broker.core.kernel.inquiry import Inquiry
from jupyter_comm_broker.core.kernel.link_handshake import ABOUT, LinkHandshake
from jupyter_comm_broker.core.kernel.verification import Verification
from jupyter_comm_broker.core.restore.capture_end import ABOUT as OUTPUTS
from jupyter_comm_broker.core.routing.from_kernel import FromKernel
from jupyter_comm_broker.core.timed import SOON
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import COMM_TYPES, Message


class KernelReplies:
    """
    Gives an answer to the part that asked.

    Args:
        inquiry: knows our questions, and recognises their answers.
        handshake: takes the replies to its own requests.
        verification: takes the answers about comms.
        findings: spreads what they teach.
        from_kernel: passes on what is no answer.
    """

    def __init__(
        self,
        inquiry: Inquiry,
        handshake: LinkHandshake,
        verification: Verification,
        findings: Findings,
        from_kernel: FromKernel,
    ) -> None:
        self._inquiry = inquiry
        self.is_ours = inquiry.is_ours
        """Says whether a parent header is that of a request of ours."""
        self._handshake = handshake
        self._verification = verification
        self._findings = findings
        self._from_kernel = from_kernel

    def heard(self, message: Message, now: float) -> None:
        """Take a message whose parent is a request of ours."""
        question = self._inquiry.question(message)
        self._from_kernel.introduce(message)
        if message.header.msg_type == "kernel_info_reply" and question.about == ABOUT:
            self._handshake.answered(message, now)
            if message.channel == "shell":
                self._findings.main_answered(now)
        elif question.about == OUTPUTS and message.header.msg_type in ("status", "error"):
            self._findings.outputs_taken(message)
        elif self._is_bystander(message):
            self._from_kernel.bystander(message, now)
        else:
            verification = self._verification
            self._findings.read(lambda: verification.heard(message, question, now), now)
        if not _is_busy(message):
            self._handshake.replied()

    def is_answer(self, message: Message) -> bool:
        """
        Return whether a comm message under a request of ours is only the answer to it.

        Raises:
            MalformedMessageError: the message cannot be read.
        """
        return message.header.msg_type in COMM_TYPES and self._inquiry.is_answer(message)

    def _is_bystander(self, message: Message) -> bool:
        """Return whether a message has our request as its parent only because it was the latest."""
        msg_type = message.header.msg_type
        if message.channel == "stdin":
            return True
        if message.channel != "iopub" and msg_type != "comm_close":
            return False
        if msg_type not in COMM_TYPES:
            return msg_type not in ("status", "error")
        try:
            return not self._inquiry.is_answer(message)
        except MalformedMessageError:
            # It answers nothing. It passes, as it would without our question.
            return True

    # -- answers that are read bit by bit --------------------------------------------------------

    def next_due(self) -> float | None:
        """Return :data:`SOON` if there are answers that were not read yet; else ``None``."""
        return SOON if self._verification.is_reading else None

    def tick(self, now: float) -> None:
        """Read some more answers. Nobody must wait for a restore of thousands of models."""
        if self._verification.is_reading:
            self._findings.spread(self._verification.read_on(now), now)


def _is_busy(message: Message) -> bool:
    return message.header.msg_type == "status" and message.execution_state == "busy"
