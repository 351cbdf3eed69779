"""
Messages as callbacks get them: dicts with the keys of jupyter_client's messages.

There is one difference: dates stay strings, as the specification of Comm says.
"""

from __future__ import annotations

from typing import Any

from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.message import Message

MessageDict = dict[str, Any]


def as_dict(message: Message) -> MessageDict:
    """
    Return a message as a dict of its header, parent header, metadata, content and buffers.

    >>> msg = as_dict(Message("iopub", [b'{"msg_id":"1"}', b"{}", b"{}", b'{"data":{}}', b"ab"]))
    >>> msg["msg_id"], msg["content"], bytes(msg["buffers"][0]), msg["channel"]
    ('1', {'data': {}}, b'ab', 'iopub')

    Raises:
        MalformedMessageError: one of its parts is no JSON.
    """
    header, parent, metadata, content = (loads(part) for part in message.parts[:4])
    return {
        "header": header,
        "msg_id": message.header.msg_id,
        "msg_type": message.header.msg_type,
        "parent_header": parent,
        "metadata": metadata,
        "content": content,
        "buffers": [memoryview(buffer) for buffer in message.buffers],
        "channel": message.channel,
    }
