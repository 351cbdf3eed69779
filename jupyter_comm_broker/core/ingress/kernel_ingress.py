"""
Where the kernel's messages come in. Each is accounted for, and then kept or passed on.

Whatever fails in the broker behind this module, a message between kernel and pages passes.
"""

from __future__ import annotations

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.ingress.kernel_replies import KernelReplies
from jupyter_comm_broker.core.ingress.process import Process
from jupyter_comm_broker.core.kernel.inquiry import Inquiry
from jupyter_comm_broker.core.kernel.link_handshake import LinkHandshake
from jupyter_comm_broker.core.losses.lost_idles import LostIdles
from jupyter_comm_broker.core.losses.lost_messages import LostMessages
from jupyter_comm_broker.core.losses.missing_idles import MissingIdles
from jupyter_comm_broker.core.restore.output_capture import OutputCapture
from jupyter_comm_broker.core.routing.from_kernel import FromKernel
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import COMM_TYPES, Message

ROUTINE_TYPES = frozenset({"comm_msg", "stream", "display_data", "update_display_data"})
"""Messages that a running cell publishes often, and after which no timer need be looked at."""


class KernelIngress:
    """
    Lets the kernel's messages in.

    Args:
        context: the kernel's context.
        handshake: is told of messages on iopub until the link is proven.
        inquiry: recognises the answers to our questions.
        capture: the output that is collected.
        lost: accounts for each message.
        lost_idles: ends requests whose idle was lost.
        missing_idles: ends requests that get no idle.
        kernel_replies: takes the replies to our requests.
        from_kernel: passes on all other messages.
        process: is told of the end of a process.
    """

    def __init__(
        self,
        context: Context,
        handshake: LinkHandshake,
        inquiry: Inquiry,
        capture: OutputCapture,
        lost: LostMessages,
        lost_idles: LostIdles,
        missing_idles: MissingIdles,
        kernel_replies: KernelReplies,
        from_kernel: FromKernel,
        process: Process,
    ) -> None:
        self._context = context
        self._handshake = handshake
        self._inquiry = inquiry
        self._capture = capture
        self._lost = lost
        self._lost_idles = lost_idles
        self._missing_idles = missing_idles
        self._kernel_replies = kernel_replies
        self._from_kernel = from_kernel
        self._process = process

    def unreadable(self, channel: str, error: MalformedMessageError, now: float) -> None:
        """
        Count and log what cannot be read as a message.

        Args:
            channel: the channel that it came on.
            error: what is wrong with it.
            now: the time.
        """
        self._context.malformed(f"dropped what the kernel sent on {channel}: {error}", now)

    def sent(self, message: Message, now: float) -> bool:
        """Let in a message of the kernel. Returns whether the timers need not be looked at soon."""
        try:
            header, parent = message.header, message.parent
        except MalformedMessageError as error:
            if not self._from_kernel.passed_unread(message):
                self.unreadable(message.channel, error, now)
            return True
        context, is_iopub = self._context, message.channel == "iopub"
        context.counters["from_kernel"] += 1
        try:
            self._lost.heard(message, now)
        except Exception as fault:  # noqa: BLE001 - written out: each message comes through here
            context.stumbled("accounting for a message", fault)
        if is_iopub:
            self._before(message, now)
        is_ours = context.author.asked(parent)
        if is_ours:
            self._kernel_replies.heard(message, now)
        else:
            self._pass_on(message, now)
        if is_iopub and header.msg_type == "shutdown_reply":
            self._process.said_farewell(now)
        is_routine = is_iopub and header.msg_type in ROUTINE_TYPES
        return is_routine and not is_ours and not self._capture.collects

    def is_answer(self, message: Message) -> bool:
        """Return whether a comm message of the kernel answers a question of ours, and only that."""
        try:
            return (
                self._context.author.asked(message.parent)
                and message.header.msg_type in COMM_TYPES
                and self._inquiry.is_answer(message)
            )
        except MalformedMessageError:
            return False
        except Exception as fault:  # noqa: BLE001 - the whole batch waits for this
            self._context.stumbled("looking for answers of the kernel", fault)
            return False

    def _before(self, message: Message, now: float) -> None:
        """Conclude what a message of iopub proves about earlier ones, before it is followed."""
        context = self._context
        if self._handshake.link != "proven":
            context.shielded("proving the link", lambda: self._handshake.heard(message))
        if message.header.msg_type == "status":
            self._before_status(message, now)
        elif self._missing_idles.waits:
            context.shielded(
                "looking for messages that were handled",
                lambda: self._missing_idles.shown(message, now),
            )

    def _before_status(self, message: Message, now: float) -> None:
        context = self._context
        context.shielded(
            "looking for idles that were lost", lambda: self._lost_idles.before(message, now)
        )
        context.shielded(
            "looking for idles that are missing", lambda: self._missing_idles.heard(message, now)
        )
        if not message.parent.msg_id:
            context.shielded("looking for a new process", lambda: self._process.said(message, now))

    def _pass_on(self, message: Message, now: float) -> None:
        delivery, is_iopub = self._context.delivery, message.channel == "iopub"
        try:
            if is_iopub:
                self._from_kernel.published(message, now)
            else:
                self._from_kernel.reply(message, now)
        except Exception as fault:  # noqa: BLE001 - whatever is wrong with us, the message passes
            self._context.failed("following a message of the kernel", fault)
            if is_iopub:
                delivery.fan_out(message)
            elif (frontend := delivery.get(message.parent.session)) is not None:
                delivery.reply(frontend, message)
