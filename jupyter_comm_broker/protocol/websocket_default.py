"""
The default framing, for frontends that ask for no subprotocol.

A message without buffers is a text frame: one JSON object that also names the ``channel``. A
message with buffers is a binary frame: ``u32be n``, ``n`` offsets of ``u32be``, the same JSON, and
the buffers (jupyter_server, docs/source/developers/websocket-protocols.rst).
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
    Return the message that a frame carries. A message that names no channel is for the shell.

    Raises:
        MalformedFrameError: the frame holds no JSON object, its offsets do not fit, or there is
            no such channel.
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
    Return the frame that carries ``message``: text without buffers, bytes with buffers.

    Raises:
        MalformedMessageError: one of the message's parts is no JSON.
    """
    text, pieces = chunks(message)
    frame = b"".join(pieces)
    return frame.decode() if text else frame


def chunks(message: Message) -> tuple[bool, list[Part]]:
    """
    Return whether the frame is text, and its payload in pieces. The buffers are not copied.

    Raises:
        MalformedMessageError: one of the message's parts is no JSON, or nested too deeply.
    """
    fields = _fields(message)
    if not message.buffers:
        fields["buffers"] = []
    fields["channel"] = message.channel
    try:
        text = json.dumps(fields).encode()
    except RecursionError as error:
        # It could just be read, and the frame adds a level.
        raise MalformedMessageError("not writable: nested too deeply") from error
    if not message.buffers:
        return True, [text]
    parts: Sequence[Part] = [text, *message.buffers]
    at = 4 * (len(parts) + 1)
    offsets = []
    for part in parts:
        offsets.append(at)
        at += len(part)
    return False, [struct.pack(f"!{len(parts) + 1}I", len(parts), *offsets), *parts]


def _fields(message: Message) -> dict[str, Any]:
    header, parent, metadata, content = (loads(part) for part in message.parts[:4])
    if not isinstance(header, dict):
        raise MalformedMessageError("the header of a message must be an object")
    # msg_id and msg_type also stand beside the header. jupyter_client's Session.deserialize puts
    # them there, so pages on this framing have always got them.
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
