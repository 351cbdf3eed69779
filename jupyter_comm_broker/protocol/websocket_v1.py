"""
The ``v1.kernel.websocket.jupyter.org`` framing.

A frame begins with ``u64le n`` and ``n`` offsets, each ``u64le``. They point to the channel name,
the header, parent_header, metadata, content, each buffer, and the frame's end. These parts follow
(jupyter_server, docs/source/developers/websocket-protocols.rst).

A frame from outside may be hostile. ``n`` is compared with the frame's length before anything is
allocated, so a false ``n`` costs no memory.
"""

from __future__ import annotations

import struct

from jupyter_comm_broker.errors import MalformedFrameError
from jupyter_comm_broker.protocol.message import CHANNELS, Message, Part

SUBPROTOCOL = "v1.kernel.websocket.jupyter.org"

_CHANNEL_NAMES = {name.encode(): name for name in CHANNELS}
_FEWEST_OFFSETS = 6
"""Channel, header, parent_header, metadata, content, end."""


def decode(frame: bytes) -> Message:
    """
    Return the message that a frame carries.

    Raises:
        MalformedFrameError: the offsets do not fit the frame, or there is no such channel.
    """
    length = len(frame)
    if length < 8:
        raise MalformedFrameError(f"{length} bytes are too few for a v1 frame")
    count = int.from_bytes(frame[:8], "little")
    if not _FEWEST_OFFSETS <= count <= length // 8 - 1:
        raise MalformedFrameError(f"a v1 frame of {length} bytes cannot have {count} offsets")
    offsets = struct.unpack_from(f"<{count}Q", frame, 8)
    at = 8 * (count + 1)
    for offset in offsets:
        if not at <= offset <= length:
            raise MalformedFrameError(f"offset {offset} does not fit a v1 frame of {length} bytes")
        at = offset
    name = frame[offsets[0] : offsets[1]]
    channel = _CHANNEL_NAMES.get(name)
    if channel is None:
        raise MalformedFrameError(f"no such channel: {name[:40]!r}")
    return Message(channel, [frame[offsets[i] : offsets[i + 1]] for i in range(1, count - 1)])


def encode(message: Message) -> bytes:
    """Return the frame that carries ``message``."""
    return b"".join(chunks(message))


def chunks(message: Message) -> list[Part]:
    """Return the frame in pieces. A caller that joins several frames copies them only once."""
    channel = message.channel.encode()
    parts = message.parts
    count = len(parts) + 2
    at = 8 * (count + 1)
    offsets = [count, at, at := at + len(channel)]
    offsets += [at := at + len(part) for part in parts]
    return [struct.pack(f"<{count + 1}Q", *offsets), channel, *parts]
