"""
Messages of pages that are not let through: why, and how a page is told.

It is told in the way that ends what it waits for, and a widget's model is shown again what
holds, so that nothing looks done that was not.
"""

from __future__ import annotations

from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.gate.rights import NOT_AUTHORIZED, RESOURCE, Right
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.restore.page_replies import Answers
from jupyter_comm_broker.errors import MalformedMessageError, RefusedMessageError
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import read_attributes, read_payload

ALLOWED_SETTING = "MappingKernelManager.allowed_message_types"


class Denials:
    """Denies, and tells."""

    def __init__(self, context: Context, answers: Answers) -> None:
        self._context = context
        self._answers = answers

    def for_type(self, frontend: Frontend, message: Message, now: float) -> bool:
        """Deny a message if the server's settings do not allow its type."""
        allowed = self._context.policy.allowed_message_types
        if not allowed or message.header.msg_type in allowed:
            return False
        error = RefusedMessageError(message.header.msg_type, ALLOWED_SETTING)
        self._deny(frontend, message, "MessageNotAllowed", str(error), now)
        return True

    def for_backlog(self, frontend: Frontend, message: Message, now: float) -> bool:
        """Deny a message if too much waits for the kernel already."""
        limit = self._context.limits.backlog_bytes
        waiting = self._context.backlog[message.channel]
        if waiting + message.size <= limit:
            return False
        reason = (
            f"the kernel takes no {message.channel} messages and {waiting} bytes wait for it; "
            f"the limit is CommBroker.backlog_bytes = {limit}"
        )
        self._deny(frontend, message, "KernelBacklogFull", reason, now)
        return True

    def for_right(
        self, frontend: Frontend, message: Message, right: Right, who: str, now: float
    ) -> None:
        """
        Deny a comm message to a page whose user has not the right to it.

        A widget springs back to what holds. A comm whose opening is denied is closed at the page.
        A denied close closes nothing, at nobody else; the page that meant it has disposed of its
        own end already, ignores what comes for it, and would take another ``comm_open`` for
        another model without a view: so it is left with the error, and has the comm again
        when it is loaded anew.
        """
        msg_type = message.header.msg_type
        reason = (
            f"{who} may not {right.value} {RESOURCE}, which a {msg_type} needs; "
            f"the server's authorizer decides (ServerApp.authorizer_class)"
        )
        # A widget that is dragged sends one after the other, and the first says it all.
        level = "debug" if msg_type in frontend.denied else "warning"
        frontend.denied.add(msg_type)
        self._context.counters["refused_unauthorized"] += 1
        self._deny(frontend, message, NOT_AUTHORIZED, reason, now, level)

    def _deny(
        self,
        frontend: Frontend,
        message: Message,
        ename: str,
        reason: str,
        now: float,
        level: str = "warning",
    ) -> None:
        self._context.counters["refused"] += 1
        self._context.log(level, f"session {frontend.session_id}: {reason}")
        # A fault in the telling must not look like one of following: those let messages through.
        self._context.shielded(
            "telling a page that its message is refused",
            lambda: self._tell(frontend, message, ename, reason, now),
        )

    def _tell(
        self, frontend: Frontend, message: Message, ename: str, reason: str, now: float
    ) -> None:
        if message.header.msg_type.endswith("_request"):
            self._answers.refuse(frontend, message, ename, reason, now)
            return
        self._answers.error(frontend, message, ename, reason, now)
        if message.header.msg_type == "comm_open":
            parent = message.parts[0]
            self._answers.comm_gone(frontend, message.comm.comm_id, reason, parent, now)
        elif message.header.msg_type == "comm_msg":
            self._take_back(frontend, message, now)
        # Last: with it the page sends its next update, which the correction must not follow.
        self._answers.idle(frontend, message.parts[0], now)

    def _take_back(self, frontend: Frontend, message: Message, now: float) -> None:
        """Show a page again what holds instead of the update that it was denied."""
        record = self._context.registry.get(message.comm.comm_id)
        if record is None or not record.is_widget or frontend.is_program:
            return
        try:
            payload = read_payload(message.comm.data)
            tried = read_attributes(payload.state, payload.buffer_paths, message.buffers)
        except MalformedMessageError as error:
            self._context.counters["malformed_from_frontends"] += 1
            self._context.log("debug", f"a denied update could not be read: {error}")
            return
        if payload.method != "update":
            return
        if record.state is None:
            # The kernel is asked what holds; of a state that is too large only it knows that.
            frontend.misled[record.comm_id] = message.parts[0]
            self._context.registry.doubt(record, "a page was denied an update")
            return
        holds = record.state.picked(tried)
        self._answers.correction(frontend, record.comm_id, holds, message.parts[0], now)
