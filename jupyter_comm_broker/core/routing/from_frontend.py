"""
What happens to a page's message.

It is answered here, refused here, or noted and let through to the kernel. Its msg_id and headers
are not changed (rule 7).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from jupyter_comm_broker.core.gate.denials import Denials
from jupyter_comm_broker.core.ledger import Ledger
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.routing.comms_from_frontend import CommsFromFrontend
from jupyter_comm_broker.core.routing.to_kernel import ToKernel
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import COMM_TYPES, Message

Answer = Callable[[Frontend, Message, float], bool]
"""Takes a page, its message and the time. Returns whether the message was answered."""


class FromFrontend:
    """
    Decides about pages' messages.

    Args:
        ledger: counts and logs.
        denials: denies messages.
        comms: handles comm messages.
        answers: answer a message each, if it is for them and the kernel is not needed.
        to_kernel: sends the kernel what is let through.
    """

    def __init__(
        self,
        ledger: Ledger,
        denials: Denials,
        comms: CommsFromFrontend,
        answers: Sequence[Answer],
        to_kernel: ToKernel,
    ) -> None:
        self._ledger = ledger
        self._denials = denials
        self._comms = comms
        self.foresee, self.right_for, self.denied = comms.foresee, comms.right_for, comms.denied
        self._answers = answers
        self._to_kernel = to_kernel

    def received(self, frontend: Frontend, message: Message, now: float) -> None:
        """
        Answer a page's message, or send it to the kernel.

        Whatever fails in the broker, a message that may pass does pass.

        Args:
            frontend: the page.
            message: its message.
            now: the time.
        """
        try:
            self._received(frontend, message, now)
        except Exception as fault:  # noqa: BLE001 - whatever is wrong with us, the message passes
            self._ledger.failed("following a message of a page", fault)
            self._to_kernel.pass_on(message)

    def _received(self, frontend: Frontend, message: Message, now: float) -> None:
        frontend.count_received()
        if self._denials.for_policy(frontend, message, now):
            return
        if not self._handled_here(frontend, message, now):
            self._to_kernel.let_through(frontend, message, now)

    def _handled_here(self, frontend: Frontend, message: Message, now: float) -> bool:
        """Handle a message if the broker answers it. After a fault of ours it is let through."""
        is_comm = message.header.msg_type in COMM_TYPES
        if is_comm and not is_followed(message):
            self._ledger.shielded("passing what is not read", lambda: self._comms.unread(message))
            return False
        what = f"handling a page's {message.header.msg_type}"
        steps = (self._comms.handled,) if is_comm else self._answers
        return any(
            self._ledger.shielded(what, partial(step, frontend, message, now), False)
            for step in steps
        )


def is_followed(message: Message) -> bool:
    """
    Return whether a page's message is a comm message that can be followed.

    A kernel takes comm messages on its shell only, and ignores them on control. What cannot be read
    here, or names no comm, passes unread.
    """
    if message.header.msg_type not in COMM_TYPES or message.channel != "shell":
        return False
    try:
        return bool(message.comm.comm_id)
    except MalformedMessageError:
        return False
