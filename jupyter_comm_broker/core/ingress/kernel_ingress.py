"""
Where the kernel's messages come in. Each is accounted for, and then kept or passed on.

Whatever fails in the broker behind this module, a message between kernel and pages passes.
"""

from __future__ import annotations

from jupyter_comm_broker.core.ingress.conclusions import Conclusions
from jupyter_comm_broker.core.ingress.kernel_replies import KernelReplies
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.losses.lost_messages import LostMessages
from jupyter_comm_broker.core.routing.from_kernel import FromKernel
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import Message

ROUTINE_TYPES = frozenset({"comm_msg", "stream", "display_data", "update_display_data"})
"""Messages that a running cell publishes often, and after which no timer need be looked at."""


class KernelIngress:
    """
    Lets the kernel's messages in.

    Args:
        ledger: counts and logs.
        lost: accounts for each message.
        conclusions: concludes from it what became of earlier ones.
        kernel_replies: takes the replies to our requests.
        from_kernel: passes on all other messages.
    """

    def __init__(
        self,
        ledger: Ledger,
        lost: LostMessages,
        conclusions: Conclusions,
        kernel_replies: KernelReplies,
        from_kernel: FromKernel,
    ) -> None:
        self._ledger = ledger
        self._is_ours = kernel_replies.is_ours
        self._lost = lost
        self._conclusions = conclusions
        self._kernel_replies = kernel_replies
        self._from_kernel = from_kernel

    def unreadable(self, channel: str, error: MalformedMessageError, now: float) -> None:
        """
        Count and log what cannot be read as a message.

        Args:
            channel: the channel that it came on.
            error: what is wrong with it.
            now: the time.
        """
        self._ledger.malformed(f"dropped what the kernel sent on {channel}: {error}", now)

    def sent(self, message: Message, now: float) -> bool:
        """Let in a message of the kernel. Returns whether the timers need not be looked at soon."""
        try:
            header, parent = message.header, message.parent
        except MalformedMessageError as error:
            if not self._from_kernel.passed_unread(message):
                self.unreadable(message.channel, error, now)
            return True
        is_iopub = message.channel == "iopub"
        self._ledger.counters["from_kernel"] += 1
        try:
            self._lost.heard(message, now)
        except Exception as fault:  # noqa: BLE001 - written out: each message comes through here
            self._ledger.stumbled("accounting for a message", fault)
        if is_iopub:
            self._conclusions.before(message, now)
        is_ours = self._is_ours(parent)
        if is_ours:
            self._kernel_replies.heard(message, now)
        else:
            self._pass_on(message, now)
        is_routine = is_iopub and header.msg_type in ROUTINE_TYPES
        if is_iopub and not is_routine:
            self._conclusions.after(message, now)
        return is_routine and not is_ours and not self._from_kernel.collects_output

    def is_answer(self, message: Message) -> bool:
        """Return whether a comm message of the kernel is only the answer to our question."""
        try:
            return self._is_ours(message.parent) and self._kernel_replies.is_answer(message)
        except MalformedMessageError:
            return False
        except Exception as fault:  # noqa: BLE001 - the whole batch waits for this
            self._ledger.stumbled("looking for answers of the kernel", fault)
            return False

    def _pass_on(self, message: Message, now: float) -> None:
        try:
            if message.channel == "iopub":
                self._from_kernel.published(message, now)
            else:
                self._from_kernel.reply(message, now)
        except Exception as fault:  # noqa: BLE001 - whatever is wrong with us, the message passes
            self._ledger.failed("following a message of the kernel", fault)
            self._from_kernel.pass_on(message)
