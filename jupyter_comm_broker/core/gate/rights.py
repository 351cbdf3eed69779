"""
Which right on comms a page's message needs.

Messages that the broker answers itself, and the kernel never hears, need only the right to read. So
the widgets of a page without the right to write follow like any others.
"""

from __future__ import annotations

from enum import Enum

from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.state.comm_record import CommRecord
from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import CONTROL_TARGET

RESOURCE = "comms"
"""The resource of these rights, as jupyter_server's authorizers are asked."""

NOT_AUTHORIZED = "NotAuthorized"
"""The ``ename`` of the error for a sender who lacks the right."""

ONLY_LOOKS: tuple[object, ...] = ({"method": "request_state"}, {"method": "request_states"})
"""The data of messages that ask and change nothing, whatever comm they are sent on."""


class Right(str, Enum):
    """What a user may do with comms."""

    READ = "read"
    WRITE = "write"
    """Send on a comm."""
    EXECUTE = "execute"
    """Open and close comms, which runs code in the kernel."""


def right_for(
    message: Message, frontend: Frontend, record: CommRecord | None, *, closed: bool
) -> Right:
    """
    Return the right that a page needs for a comm message.

    Args:
        message: the page's message.
        frontend: the page.
        record: its comm; ``None`` if no such comm is known.
        closed: whether the comm is known to be closed. Other unknown comms may be open.

    Raises:
        MalformedMessageError: it is no comm message.
    """
    msg_type, content = message.header.msg_type, message.comm
    if content.comm_id in frontend.control_comms:
        return Right.READ
    if msg_type == "comm_open":
        return Right.READ if content.target_name == CONTROL_TARGET else Right.EXECUTE
    if msg_type == "comm_close":
        # There is nothing to close. The page gets an idle and nothing else happens.
        return Right.READ if closed else Right.EXECUTE
    return Right.READ if _only_looks(message, record) else Right.WRITE


def _only_looks(message: Message, record: CommRecord | None) -> bool:
    if (record is not None and not record.is_widget) or message.buffers:
        return False
    data = bytes(message.comm.data)
    # Most messages are longer than a question can be, and need not be decoded here.
    return len(data) < 64 and loads(data) in ONLY_LOOKS
