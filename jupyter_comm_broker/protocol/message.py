"""
One Jupyter message, decoded only as far as somebody asks.

Most messages only pass through, and stay the bytes that came. The header is read for its type
and ids. The content is read only where it concerns a comm.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.json_text import dumps, lenient, loads

Part = bytes | memoryview
"""One part of a message as it came off a socket."""

CHANNELS = ("shell", "iopub", "stdin", "control")
"""The channels that a WebSocket carries. The heartbeat channel is not one: it has no messages."""

COMM_TYPES = frozenset({"comm_open", "comm_msg", "comm_close"})


class Header(msgspec.Struct, frozen=True, gc=False):
    """The fields of a header that routing needs. Missing fields are empty, as in ``{}``."""

    msg_id: str = ""
    msg_type: str = ""
    session: str = ""
    subshell_id: str | None = None


class CommContent(msgspec.Struct, frozen=True, gc=False):
    """The content of a comm message. Its data stay JSON text."""

    comm_id: str
    data: msgspec.Raw = msgspec.Raw(b"{}")
    target_name: str = ""


_read_header = msgspec.json.Decoder(Header).decode


class _Status(msgspec.Struct, frozen=True, gc=False):
    execution_state: str = ""


_read_status = lenient(msgspec.json.Decoder(_Status).decode)
_decode_comm = msgspec.json.Decoder(CommContent).decode
_read_comm = lenient(_decode_comm)
_NO_PARENT = Header()
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


class Message:
    """
    One message between a kernel and its frontends.

    ``parts`` are header, parent_header, metadata, content and the buffers, as bytes. A ZeroMQ
    multipart holds them behind the signature, and a v1 WebSocket frame behind the channel name.
    They are never changed. To change a header, make another message.
    """

    __slots__ = (
        "_comm",
        "_execution_state",
        "_header",
        "_parent",
        "channel",
        "frames",
        "parts",
        "size",
    )

    def __init__(self, channel: str, parts: Sequence[Part]) -> None:
        if len(parts) < 4:
            raise MalformedMessageError(f"a message has at least 4 parts, this one {len(parts)}")
        self.channel = channel
        self.parts = parts
        self.frames: dict[str, bytes] | None = None
        """Its WebSocket frames by subprotocol, as far as they were built."""
        self.size = sum(map(len, parts))
        """The bytes of all parts."""
        self._header: Header | None = None
        self._parent: Header | None = None
        self._comm: CommContent | None = None
        self._execution_state: str | None = None

    @property
    def header(self) -> Header:
        """The header's fields. Raises MalformedMessageError if it is no JSON object."""
        if self._header is None:
            self._header = _peeked(self.parts[0])
            if self._header is None:
                raise MalformedMessageError("the header of a message must be a JSON object")
        return self._header

    @property
    def parent(self) -> Header:
        """
        The parent header's fields. All are empty where the parent header is no JSON object.

        Kernels write many things where a message has no parent. Pages get them unchanged.
        """
        if self._parent is None:
            text = self.parts[1]
            self._parent = _NO_PARENT if text == b"{}" else _peeked(text) or _NO_PARENT
        return self._parent

    @property
    def parent_text(self) -> Part:
        """The parent header's JSON for another message; ``{}`` where it is no object."""
        return b"{}" if self.parent is _NO_PARENT else self.parts[1]

    @property
    def comm(self) -> CommContent:
        """
        The content of a comm message.

        Raises MalformedMessageError if it has no comm_id, or one with a lone surrogate. A kernel
        that prints such an id in a warning cannot send the warning, and says nothing more at all
        (ipykernel 7.4).
        """
        if self._comm is None:
            try:
                self._comm = _decode_comm(self.parts[3])
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                self._comm = _named_in_utf8(_read_comm(self.parts[3]), self.parts[3])
        return self._comm

    @property
    def content(self) -> dict[str, Any]:
        """The whole content, decoded. Raises MalformedMessageError if it is no object."""
        content = loads(self.parts[3])
        if not isinstance(content, dict):
            raise MalformedMessageError("the content of a message must be an object")
        return content

    @property
    def execution_state(self) -> str:
        """The execution state that a ``status`` says; empty if it cannot be read."""
        if self._execution_state is None:
            try:
                self._execution_state = _read_status(self.parts[3]).execution_state
            except MalformedMessageError:
                self._execution_state = ""
        return self._execution_state

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


def _peeked(text: Part) -> Header | None:
    """Return the fields of a header's JSON text; ``None`` if it is no JSON object."""
    try:
        return _read_header(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        fields = loads(text)
    except MalformedMessageError:
        return None
    if not isinstance(fields, dict):
        return None
    subshell_id = fields.get("subshell_id")
    return Header(
        msg_id=_named(fields.get("msg_id")),
        msg_type=_named(fields.get("msg_type")),
        session=_named(fields.get("session")),
        subshell_id=subshell_id if isinstance(subshell_id, str) else None,
    )


def _named_in_utf8(comm: CommContent, text: Part) -> CommContent:
    """Return the content of a comm message, if the names in its text can be written in UTF-8."""
    fields = loads(text)
    for name in ("comm_id", "target_name"):
        if _LONE_SURROGATES.search(fields.get(name, "")):
            raise MalformedMessageError(f"{name} holds a lone surrogate, which is no character")
    return comm


def _named(value: Any) -> str:
    """Return an id as a string. Some frontends use numbers, and kernels send them back."""
    if isinstance(value, str):
        return _LONE_SURROGATES.sub("\ufffd", value)
    return dumps(value).decode() if isinstance(value, bool | int | float) else ""


def typed(header: Header) -> Header:
    """Return the header itself. Raises MalformedMessageError if it has no ``msg_type``."""
    if not header.msg_type:
        raise MalformedMessageError("a message needs a msg_type in its header")
    return header


def retyped(header: Part, msg_type: str) -> bytes:
    """Return a header's JSON text with another ``msg_type``; unchanged if it is no object."""
    try:
        fields = loads(header)
    except MalformedMessageError:
        return bytes(header)
    return dumps({**fields, "msg_type": msg_type}) if isinstance(fields, dict) else bytes(header)
