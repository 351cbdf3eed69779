"""
The default framing, for frontends that ask for no subprotocol.

Without buffers a text frame holds the whole message as one JSON object with its
``channel``. With buffers a binary frame holds ``u32be n``, ``n`` offsets of ``u32be``, that
JSON, and the buffers (jupyter_server, docs/source/developers/websocket-protocols.rst).
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from typing import Any

from jupyter_comm_broker.errors import MalformedFrameError, MalformedMessageError
from jupyter_comm_broker.protocol.json_text import dumps, loads
from jupyter_comm_broker.protocol.message import CHANNELS, Message, Part

_JSON_PARTS = ("header", "parent_header", "metadata", "content")


def decode(frame: str | bytes) -> Message:
    """
    Cut a frame into the message it carries; without a channel it is for the shell.

    Raises:
        MalformedFrameError: no JSON object, offsets that do not fit, or no such channel.
    """
    if isinstance(frame, str):
        text, buffers = frame.encode("utf-8", "surrogatepass"), []
    else:
        text, *buffers = _cut(frame)
    try:
        fields = loads(text)
    except MalformedMessageError as error:
        raise MalformedFrameError(str(error)) from error
    if not isinstance(fields, dict):
        raise MalformedFrameError("a message must be a JSON object")
    channel = fields.get("channel") or "shell"
    if channel not in CHANNELS:
        raise MalformedFrameError(f"no such channel: {str(channel)[:40]!r}")
    try:
        parts: list[Part] = [dumps(fields.get(name) or {}) for name in _JSON_PARTS]
    except MalformedMessageError as error:
        raise MalformedFrameError(str(error)) from error
    return Message(channel, [*parts, *buffers])


def encode(message: Message) -> str | bytes:
    """
    Return the frame that carries ``message``: text without buffers, else binary.

    Raises:
        MalformedMessageError: one of its parts is no JSON.
    """
    text, pieces = chunks(message)
    frame = b"".join(pieces)
    return frame.decode() if text else frame


def chunks(message: Message) -> tuple[bool, list[Part]]:
    """
    Return whether the frame is text, and its payload in pieces, the buffers not copied.

    Raises:
        MalformedMessageError: one of the message's parts is no JSON.
    """
    fields = _fields(message)
    if not message.buffers:
        fields["buffers"] = []
        return True, [json.dumps({**fields, "channel": message.channel}).encode()]
    text = json.dumps({**fields, "channel": message.channel}).encode()
    parts: Sequence[Part] = [text, *message.buffers]
    at = 4 * (len(parts) + 1)
    offsets = []
    for part in parts:
        offsets.append(at)
        at += len(part)
    return False, [struct.pack(f"!{len(parts) + 1}I", len(parts), *offsets), *parts]


def _fields(message: Message) -> dict[str, Any]:
    header, parent, metadata, content = (loads(part) for part in message.parts[:4])
    if not isinstance(header, dict) or not isinstance(parent, dict):
        raise MalformedMessageError("header and parent_header of a message must be objects")
    # msg_id and msg_type stand beside the header too: jupyter_client's Session.deserialize
    # puts them there, and so pages on this framing have always been sent them.
    return {
        "header": header,
        "msg_id": header.get("msg_id"),
        "msg_type": header.get("msg_type"),
        "parent_header": parent,
        "metadata": metadata,
        "content": content,
    }


def _cut(frame: bytes) -> list[bytes]:
    length = len(frame)
    count = int.from_bytes(frame[:4], "big") if length >= 4 else 0
    if not 1 <= count <= length // 4 - 1:
        raise MalformedFrameError(f"a binary frame of {length} bytes cannot have {count} parts")
    offsets = struct.unpack_from(f"!{count}I", frame, 4)
    at = 4 * (count + 1)
    for offset in offsets:
        if not at <= offset <= length:
            raise MalformedFrameError(f"offset {offset} does not fit a frame of {length} bytes")
        at = offset
    return [frame[start:end] for start, end in zip(offsets, (*offsets[1:], length), strict=True)]
