"""
Which right on comms a page's message needs (decision 12).

What the broker answers by itself, so that the kernel hears nothing, needs no more than to see:
a page without the right to write follows its widgets like any other.
"""

from __future__ import annotations

from enum import Enum

from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.state.comm_record import CommRecord
from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import CONTROL_TARGET

RESOURCE = "comms"
"""What the rights are on, as jupyter_server's authorizers are asked."""

NOT_AUTHORIZED = "NotAuthorized"
"""The ``ename`` by which a sender is told that it has not the right."""

ONLY_LOOKS: tuple[object, ...] = ({"method": "request_state"}, {"method": "request_states"})
"""The data of messages that ask and change nothing, whatever comm they go to."""


class Right(str, Enum):
    """What somebody may do with comms."""

    READ = "read"
    WRITE = "write"
    """Send on one."""
    EXECUTE = "execute"
    """Open and close them, which runs code in the kernel."""


def right_for(
    message: Message, frontend: Frontend, record: CommRecord | None, *, complete: bool
) -> Right:
    """
    Return the right that a page needs for a comm message.

    Args:
        message: what the page sent.
        frontend: the page.
        record: the comm it is about, if that is open.
        complete: whether a comm that we do not know is surely not open.

    Raises:
        MalformedMessageError: it is no comm message.
    """
    msg_type, content = message.header.msg_type, message.comm
    if content.comm_id in frontend.control_comms:
        return Right.READ
    if msg_type == "comm_open":
        return Right.READ if content.target_name == CONTROL_TARGET else Right.EXECUTE
    if msg_type == "comm_close":
        # There is nothing to close: it gets its idle and that is all.
        return Right.READ if record is None and complete else Right.EXECUTE
    return Right.READ if _only_looks(message, record) else Right.WRITE


def _only_looks(message: Message, record: CommRecord | None) -> bool:
    if (record is not None and not record.is_widget) or message.buffers:
        return False
    data = bytes(message.comm.data)
    # Most messages are larger than a question can be, and need no decoding for this.
    return len(data) < 64 and loads(data) in ONLY_LOOKS
