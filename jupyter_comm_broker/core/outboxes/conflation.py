"""
Conflation: several waiting updates of a widget become one.

Widget updates are deltas. If a newer update replaced an older one, the attributes that only the
older one sets would be lost. So updates are merged attribute by attribute, with their buffers.
``custom`` messages are never merged, because they may be commands. Echoes are never merged, because
pages match them by their parent. Messages of other targets are never merged, because their meaning
is not known.
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


def attributes_of(message: Message) -> dict[str, Attribute]:
    """Return the attributes that an ``update`` sets."""
    payload = read_payload(message.comm.data)
    return read_attributes(payload.state, payload.buffer_paths, message.buffers)


def with_attributes(message: Message, attributes: State) -> Message:
    """Return the message with its headers and with these attributes in place of its own."""
    data, buffers = update_data(attributes)
    content = b'{"comm_id":' + dumps(message.comm.comm_id) + b',"data":' + data + b"}"
    return Message(message.channel, [*message.parts[:3], content, *buffers])
