"""
Messages of pages that are not let through: why, and how a page is told.

It is told in the way that ends what it waits for, and a widget's model is shown again what
holds, so that nothing looks done that was not.
"""

from __future__ import annotations

from jupyter_comm_broker.core.answers import Answers
from jupyter_comm_broker.core.comm_record import CommRecord
from jupyter_comm_broker.core.context import Context
from jupyter_comm_broker.core.frontend import Frontend
from jupyter_comm_broker.errors import RefusedMessageError
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import WidgetPayload, read_attributes

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

    def _deny(
        self, frontend: Frontend, message: Message, ename: str, reason: str, now: float
    ) -> None:
        self._context.counters["refused"] += 1
        self._context.log("warning", f"session {frontend.session_id}: {reason}")
        # A fault in the telling must not look like one of following: those let messages through.
        self._context.shielded(
            "telling a page that its message is refused",
            lambda: self._answers.refuse(frontend, message, ename, reason, now),
        )

    def take_back(
        self,
        frontend: Frontend,
        record: CommRecord,
        message: Message,
        payload: WidgetPayload,
        now: float,
    ) -> None:
        """Show a page again what holds instead of the update that it was denied."""
        tried = read_attributes(payload.state, payload.buffer_paths, message.buffers)
        if record.state is not None:
            self._answers.update(frontend, record.comm_id, record.state.picked(tried), now)
