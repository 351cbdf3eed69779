"""What the kernel sends because the broker asked: read here, and never shown to pages as it is."""

from __future__ import annotations

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.kernel.link_handshake import ABOUT, Proof
from jupyter_comm_broker.core.kernel.reconciliation import Learned
from jupyter_comm_broker.core.kernel.state_questions import Questions
from jupyter_comm_broker.core.kernel.verification import Verification
from jupyter_comm_broker.core.restore.output_capture import OutputCapture
from jupyter_comm_broker.core.restore.page_replies import Answers
from jupyter_comm_broker.core.restore.restore import Restore
from jupyter_comm_broker.core.routing.from_kernel import FromKernel
from jupyter_comm_broker.protocol.message import COMM_TYPES, Message


class OwnAnswers:
    """Brings an answer to the part that asked, and what follows from it to the pages."""

    def __init__(
        self,
        context: Context,
        questions: Questions,
        proof: Proof,
        verification: Verification,
        from_kernel: FromKernel,
        answers: Answers,
        restore: Restore,
        capture: OutputCapture,
    ) -> None:
        self._context = context
        self._questions = questions
        self._proof = proof
        self._verification = verification
        self._from_kernel = from_kernel
        self._answers = answers
        self._restore = restore
        self._capture = capture

    def heard(self, message: Message, now: float) -> None:
        """Take a message whose parent is a question of ours."""
        about, msg_type = self._questions.about(message), message.header.msg_type
        if not self._context.author.wrote(message.header.session):
            # Else the kernel copies its requests' session, and its own is not known by this.
            self._context.delivery.introduce(message.header.session)
        if msg_type == "kernel_info_reply" and about == ABOUT:
            self._proof.answered(message)
        elif message.channel == "iopub" and self._is_bystander(message):
            self._from_kernel.published_under_our_parent(message, now)
        else:
            learned: list[Learned] = []
            self._context.shielded(
                "reading an answer of the kernel",
                lambda: learned.extend(self._verification.heard(message, now)),
            )
            self._spread(learned, now)
        # Proven: of a process before this one, no last words make it so.
        if self._proof.link == "proven" and not _is_busy(message):
            self._context.execution.answered()

    def _is_bystander(self, message: Message) -> bool:
        """Whether a message only stands under our request because that was the kernel's last."""
        if message.header.msg_type in COMM_TYPES:
            return not self._verification.is_answer(message)
        return message.header.msg_type not in ("status", "error")

    def _spread(self, learned: list[Learned], now: float) -> None:
        if learned:
            # What we collected for an Output widget is newer than what the kernel knows of it.
            self._context.shielded("settling captured output", self._capture.settle)
        for each in learned:
            if each.closed:
                for frontend in list(self._context.delivery):
                    comm_id, reason = each.record.comm_id, "the kernel no longer lists it"
                    self._answers.comm_gone(frontend, comm_id, reason, b"{}", now)
            elif each.state is not None:
                self._restore.became_known(each.record, each.state, now)
            else:
                self._answers.repair(each.record, each.wrong, now)


def _is_busy(message: Message) -> bool:
    is_status = message.header.msg_type == "status"
    return is_status and message.content.get("execution_state") == "busy"
