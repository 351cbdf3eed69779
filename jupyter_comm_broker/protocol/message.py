"""
One Jupyter message, decoded no further than somebody asks.

Most messages only pass through. They stay the bytes they came as; the header is peeked at
for its type and ids, the content only when a comm is concerned.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.json_text import dumps, lenient, loads

Part = bytes | memoryview
"""One part of a message as it came off a socket."""

CHANNELS = ("shell", "iopub", "stdin", "control")
"""The channels that a WebSocket carries. The heartbeat has a socket of its own and no messages."""

COMM_TYPES = frozenset({"comm_open", "comm_msg", "comm_close"})


class Header(msgspec.Struct, frozen=True, gc=False):
    """What routing needs of a header. Missing fields are empty: a parent header may be ``{}``."""

    msg_id: str = ""
    msg_type: str = ""
    session: str = ""
    subshell_id: str | None = None


class CommContent(msgspec.Struct, frozen=True, gc=False):
    """The content of a comm message, its data left as text."""

    comm_id: str
    data: msgspec.Raw = msgspec.Raw(b"{}")
    target_name: str = ""
    target_module: str | None = None


_read_header = lenient(msgspec.json.Decoder(Header).decode)
_read_comm = lenient(msgspec.json.Decoder(CommContent).decode)
_NO_PARENT = Header()


class Message:
    """
    One message between a kernel and its frontends.

    ``parts`` are header, parent_header, metadata, content and the buffers, as bytes:
    what a ZeroMQ multipart holds behind the signature and a v1 WebSocket frame behind the
    channel name. They are never changed; who wants another header makes another message.
    """

    __slots__ = ("_comm", "_header", "_parent", "channel", "frames", "parts", "size")

    def __init__(self, channel: str, parts: Sequence[Part]) -> None:
        if len(parts) < 4:
            raise MalformedMessageError(f"a message has at least 4 parts, this one {len(parts)}")
        self.channel = channel
        self.parts = parts
        self.frames: dict[str, bytes] | None = None
        """The WebSocket frames made of it so far, by subprotocol: built once for all frontends."""
        self.size = sum(map(len, parts))
        """The bytes of all parts."""
        self._header: Header | None = None
        self._parent: Header | None = None
        self._comm: CommContent | None = None

    @property
    def header(self) -> Header:
        """The peeked header. Raises MalformedMessageError if it is none."""
        if self._header is None:
            self._header = _read_header(self.parts[0])
        return self._header

    @property
    def parent(self) -> Header:
        """The peeked parent header; all fields empty where there is none."""
        if self._parent is None:
            text = self.parts[1]
            self._parent = _NO_PARENT if text == b"{}" else _read_header(text)
        return self._parent

    @property
    def comm(self) -> CommContent:
        """The content of a comm message. Raises MalformedMessageError if it has no comm_id."""
        if self._comm is None:
            self._comm = _read_comm(self.parts[3])
        return self._comm

    @property
    def content(self) -> dict[str, Any]:
        """The whole content, decoded. Raises MalformedMessageError if it is no object."""
        content = loads(self.parts[3])
        if not isinstance(content, dict):
            raise MalformedMessageError("the content of a message must be an object")
        return content

    @property
    def buffers(self) -> Sequence[Part]:
        """The binary tail."""
        return self.parts[4:]

    def with_content(self, content: Any) -> Message:
        """Return the same message with another content."""
        return Message(self.channel, [*self.parts[:3], dumps(content), *self.parts[4:]])

    def with_parent_type(self, msg_type: str) -> Message:
        """Return the same message with another ``msg_type`` in its parent header."""
        return Message(
            self.channel, [self.parts[0], retyped(self.parts[1], msg_type), *self.parts[2:]]
        )

    def __repr__(self) -> str:
        return f"<Message {self.channel} {bytes(self.parts[0])[:120]!r} {self.size} bytes>"


def typed(header: Header) -> Header:
    """Return a header that has a type. Raises MalformedMessageError."""
    if not header.msg_type:
        raise MalformedMessageError("a message needs a msg_type in its header")
    return header


def retyped(header: Part, msg_type: str) -> bytes:
    """Return the JSON text of ``header`` with another ``msg_type``."""
    fields = loads(header)
    return dumps({**fields, "msg_type": msg_type} if isinstance(fields, dict) else {})
