"""What is kept of a reply for later: all of it, or its outcome if it is large."""

from __future__ import annotations

from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import Message

LONGEST_REPLY = 100_000
"""The most bytes of a reply that is kept as it is. Of a larger one only its outcome is kept."""

OUTCOME = ("status", "execution_count", "ename", "evalue", "traceback")


def shortened(reply: Message) -> Message:
    """Return a reply as it is kept, without buffers."""
    kept = reply if len(reply.parts) == 4 else Message(reply.channel, reply.parts[:4])
    if reply.size <= LONGEST_REPLY:
        return kept
    try:
        content = kept.content
    except MalformedMessageError:
        content = {}
    return kept.with_content({key: content[key] for key in OUTCOME if key in content})
