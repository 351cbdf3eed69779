"""
One message as a page sees it, and both framings by jupyter_server's own functions.

The broker's framing is not used here. A page that used it would not notice a fault in it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jupyter_server.services.kernels.connection.base import (
    deserialize_binary_message,
    deserialize_msg_from_ws_v1,
    serialize_binary_message,
    serialize_msg_to_ws_v1,
)

V1 = "v1.kernel.websocket.jupyter.org"
"""The subprotocol that JupyterLab asks for: binary frames with the parts as on ZeroMQ."""

DEFAULT = ""
"""No subprotocol: JSON text frames, and binary frames for messages with buffers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """The message in one frame."""

    channel: str
    header: dict[str, Any]
    parent: dict[str, Any]
    metadata: dict[str, Any]
    content: Any
    buffers: tuple[bytes, ...]
    at: float
    """When it came, in seconds of the event loop's clock."""

    binary: bool
    """Whether it came in a binary frame."""

    @property
    def type(self) -> str:
        """Its ``msg_type``."""
        msg_type: str = self.header["msg_type"]
        return msg_type

    @property
    def parent_id(self) -> str:
        """The ``msg_id`` of its parent; empty if it has none."""
        msg_id: str = self.parent.get("msg_id", "")
        return msg_id

    @property
    def comm_id(self) -> str:
        """The comm that it is about; empty if it is about none."""
        comm_id: str = self.content.get("comm_id", "") if self.type.startswith("comm_") else ""
        return comm_id

    @property
    def data(self) -> Any:
        """The data of a comm message; ``None`` for any other message."""
        return self.content.get("data") if self.type.startswith("comm_") else None

    @property
    def method(self) -> str:
        """The method of a widget's message; empty if it has none."""
        if self.type != "comm_msg" or not isinstance(self.data, dict):
            return ""
        method: str = self.data.get("method", "")
        return method

    @property
    def state(self) -> dict[str, Any]:
        """The state in a widget's message; empty if it has none."""
        state: dict[str, Any] = self.data.get("state", {}) if isinstance(self.data, dict) else {}
        return state

    @property
    def execution_state(self) -> str:
        """The execution state of a status; empty for any other message."""
        state: str = self.content["execution_state"] if self.type == "status" else ""
        return state

    def ends(self, msg_id: str) -> bool:
        """Return whether it is the idle of a request, by the kernel or in its name."""
        return self.parent_id == msg_id and self.execution_state == "idle"


def decode(subprotocol: str, frame: str | bytes, at: float) -> Message:
    """
    Return the message in a frame from the server.

    Args:
        subprotocol: the negotiated subprotocol, :data:`V1` or :data:`DEFAULT`.
        frame: the frame.
        at: when it came, in seconds of the event loop's clock.

    Raises:
        TypeError: it is a text frame, and the subprotocol is :data:`V1`.
    """
    if subprotocol == V1:
        if isinstance(frame, str):
            raise TypeError(f"a text frame in {V1}: {frame[:100]!r}")
        channel, parts = deserialize_msg_from_ws_v1(frame)
        header, parent, metadata, content = (json.loads(part) for part in parts[:4])
        buffers = tuple(parts[4:])
    else:
        fields = json.loads(frame) if isinstance(frame, str) else deserialize_binary_message(frame)
        channel = fields["channel"]
        header, parent = _undated(fields["header"]), _undated(fields["parent_header"])
        metadata, content = fields["metadata"], fields["content"]
        buffers = tuple(bytes(buffer) for buffer in fields["buffers"])
    return Message(
        channel=channel,
        header=header,
        parent=parent,
        metadata=metadata,
        content=content,
        buffers=buffers,
        at=at,
        binary=isinstance(frame, bytes),
    )


def _undated(header: dict[str, Any]) -> dict[str, Any]:
    """Return a header with its date as text, as a page has it. jupyter_server parses dates."""
    date = header.get("date")
    return {**header, "date": date.isoformat()} if isinstance(date, datetime) else header


def encode(
    subprotocol: str, channel: str, parts: Sequence[dict[str, Any]], buffers: Sequence[bytes]
) -> str | bytes:
    """
    Return the frame that carries a message.

    Args:
        subprotocol: the negotiated subprotocol, :data:`V1` or :data:`DEFAULT`.
        channel: the channel that it goes out on.
        parts: its header, parent header, metadata and content.
        buffers: its buffers.
    """
    if subprotocol == V1:
        texts = [json.dumps(part).encode() for part in parts]
        frame: bytes = serialize_msg_to_ws_v1([*texts, *buffers], channel)
        return frame
    names = ("header", "parent_header", "metadata", "content")
    fields = {**dict(zip(names, parts, strict=True)), "channel": channel}
    if not buffers:
        return json.dumps(fields)
    binary: bytes = serialize_binary_message({**fields, "buffers": list(buffers)})
    return binary
