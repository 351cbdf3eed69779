"""Kernel messages in WebSocket frames, by code of its own: no server's code measures itself."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import pairwise
from typing import Any


@dataclass(frozen=True)
class Message:
    """One decoded message, and when its first and its last byte came."""

    channel: str
    header: dict[str, Any]
    parent: dict[str, Any]
    content: dict[str, Any]
    buffers: tuple[bytes, ...]
    begun: float
    arrived: float

    @property
    def kind(self) -> str:
        """The message type."""
        return str(self.header["msg_type"])

    @property
    def answers(self) -> str:
        """The id of its parent; empty if it has none."""
        return str(self.parent.get("msg_id", ""))


def encode(
    session_id: str,
    channel: str,
    kind: str,
    content: dict[str, Any],
    *,
    metadata: dict[str, Any] | None = None,
    buffers: tuple[bytes, ...] = (),
) -> tuple[str, bytes]:
    """
    Write a message as a frame of ``v1.kernel.websocket.jupyter.org``.

    Args:
        session_id: the session id of its sender.
        channel: the channel that it goes out on.
        kind: its type.
        content: its content.
        metadata: its metadata; ``None`` for none.
        buffers: its buffers.

    Returns:
        The message's id and its frame.
    """
    msg_id = uuid.uuid4().hex
    header = {
        "msg_id": msg_id,
        "msg_type": kind,
        "session": session_id,
        "username": "benchmark",
        "version": "5.3",
        "date": datetime.now(timezone.utc).isoformat(),
    }
    parts = [
        channel.encode(),
        *(json.dumps(part).encode() for part in (header, {}, metadata or {}, content)),
        *buffers,
    ]
    offsets = [8 * (len(parts) + 2)]
    for part in parts:
        offsets.append(offsets[-1] + len(part))
    head = b"".join(number.to_bytes(8, "little") for number in (len(offsets), *offsets))
    return msg_id, head + b"".join(parts)


def as_text(frame: bytes) -> bytes:
    """Return a message without buffers in the default framing, which is one JSON object."""
    message = decode(frame, 0.0, 0.0)
    fields = {
        "channel": message.channel,
        "header": message.header,
        "parent_header": message.parent,
        "metadata": {},
        "content": message.content,
        "buffers": [],
    }
    return json.dumps(fields).encode()


def decode(frame: bytes, begun: float, arrived: float) -> Message:
    """
    Return the message in a frame of either framing.

    Args:
        frame: the whole frame.
        begun: when its first byte came, in seconds.
        arrived: when its last byte came, in seconds.
    """
    if frame.startswith(b"{"):
        fields = json.loads(frame)
        return Message(
            channel=fields["channel"],
            header=fields["header"],
            parent=fields["parent_header"],
            content=fields["content"],
            buffers=(),
            begun=begun,
            arrived=arrived,
        )
    count = int.from_bytes(frame[:8], "little")
    offsets = [int.from_bytes(frame[8 * i : 8 * i + 8], "little") for i in range(1, count + 1)]
    parts = [frame[start:stop] for start, stop in pairwise(offsets)]
    return Message(
        channel=parts[0].decode(),
        header=json.loads(parts[1]),
        parent=json.loads(parts[2]),
        content=json.loads(parts[4]),
        buffers=tuple(parts[5:]),
        begun=begun,
        arrived=arrived,
    )
