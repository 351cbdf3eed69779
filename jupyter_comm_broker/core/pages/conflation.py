"""
How several waiting updates of a widget become one.

Widget updates are deltas: replacing the older one would lose the keys that only it carried,
so they are merged key by key, buffers included. ``custom`` messages, echoes (pages match
them by parent) and comms of unknown targets are never merged: their meaning is not ours.
"""

from __future__ import annotations

from jupyter_comm_broker.protocol.json_text import dumps
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import (
    Attribute,
    State,
    read_attributes,
    read_payload,
    update_data,
)


def is_update(message: Message) -> bool:
    """Whether a widget's comm message is a plain ``update``, the one kind that may be merged."""
    return read_payload(message.comm.data).method == "update"


def attributes_of(message: Message) -> dict[str, Attribute]:
    """Return what an ``update`` sets."""
    payload = read_payload(message.comm.data)
    return read_attributes(payload.state, payload.buffer_paths, message.buffers)


def with_attributes(message: Message, attributes: State) -> Message:
    """Return ``message``, headers and all, setting ``attributes`` instead of its own."""
    data, buffers = update_data(attributes)
    content = b'{"comm_id":' + dumps(message.comm.comm_id) + b',"data":' + data + b"}"
    return Message(message.channel, [*message.parts[:3], content, *buffers])
