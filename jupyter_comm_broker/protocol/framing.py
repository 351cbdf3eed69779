"""Messages as WebSocket frames. Frontends with the same subprotocol share one frame."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

from jupyter_comm_broker.protocol import websocket_default, websocket_v1
from jupyter_comm_broker.protocol.message import Message, Part

DEFAULT = ""
"""Our name for the framing of frontends that negotiated no subprotocol."""

_FINAL, _CONTINUATION = 0x80, 0x00
_TEXT, _BINARY, _PING = 0x81, 0x82, 0x89
"""First bytes of unfragmented WebSocket frames: the final bit and the opcode (RFC 6455, 5.2)."""


def decode(subprotocol: str, frame: str | bytes) -> Message:
    """
    Return the message that a frontend's frame carries.

    Raises:
        MalformedFrameError: the frame carries no message; the error says why.
    """
    if subprotocol == websocket_v1.SUBPROTOCOL:
        return websocket_v1.decode(
            frame.encode("utf-8", "surrogatepass") if isinstance(frame, str) else frame
        )
    return websocket_default.decode(frame)


def payload(subprotocol: str, message: Message) -> str | bytes:
    """Return the payload of the WebSocket frame that carries ``message``."""
    if subprotocol == websocket_v1.SUBPROTOCOL:
        return websocket_v1.encode(message)
    return websocket_default.encode(message)


def wire_frame(subprotocol: str, message: Message) -> bytes:
    """
    Return the whole WebSocket frame, with its header, as a server sends it.

    A server's frames are not masked (RFC 6455, 5.2), and ours are not compressed. So the same
    bytes serve every frontend of the subprotocol. They are kept with the message.
    """
    frames = message.frames
    if frames is None:
        frames = message.frames = {}
    frame = frames.get(subprotocol)
    if frame is None:
        opcode, chunks = _opcode_and_chunks(subprotocol, message)
        frame = b"".join([_frame_header(opcode, sum(map(len, chunks))), *chunks])
        frames[subprotocol] = frame
    return frame


def wire_frames(subprotocol: str, messages: Iterable[Message]) -> bytes:
    """
    Return several frames joined. Frames that are new are not kept with their messages.

    Raises:
        MalformedMessageError: one of the messages cannot be framed.
    """
    pieces: list[Part] = []
    for message in messages:
        frame = message.frames and message.frames.get(subprotocol)
        if frame:
            pieces.append(frame)
            continue
        opcode, chunks = _opcode_and_chunks(subprotocol, message)
        pieces.append(_frame_header(opcode, sum(map(len, chunks))))
        pieces += chunks
    return b"".join(pieces)


def wire_size(subprotocol: str, message: Message) -> int:
    """Return the bytes of :func:`wire_frame`; 0 for a message that cannot be framed."""
    frame = message.frames and message.frames.get(subprotocol)
    if frame:
        return len(frame)
    try:
        opcode, chunks = _opcode_and_chunks(subprotocol, message)
    except Exception:  # noqa: BLE001 - whatever the reason, nothing of it was written
        return 0
    size = sum(map(len, chunks))
    return len(_frame_header(opcode, size)) + size


def wire_ping(payload: bytes) -> bytes:
    r"""
    Return the frame of a ping (RFC 6455, 5.5.2). The payload has at most 125 bytes.

    >>> wire_ping(b"7")
    b'\x89\x017'
    """
    return _frame_header(_PING, len(payload)) + payload


def wire_fragments(subprotocol: str, message: Message, most: int) -> Iterator[list[Part]]:
    """
    Return one message as WebSocket fragments. Its large parts are not copied.

    Pings may be sent between two fragments, but not inside one (RFC 6455, 5.4).

    Args:
        subprotocol: the frontend's subprotocol.
        message: the message.
        most: the most bytes of payload in a fragment.

    Returns:
        For each fragment its header and the pieces of its payload.

    Raises:
        MalformedMessageError: the message cannot be framed. It is raised by the call itself,
            not by the iterator.
    """
    opcode, chunks = _opcode_and_chunks(subprotocol, message)
    return _fragments(opcode, chunks, most)


def _fragments(opcode: int, chunks: Iterable[Part], most: int) -> Iterator[list[Part]]:
    first = opcode & ~_FINAL
    waiting: list[Part] = []
    room = most
    for chunk in chunks:
        view = memoryview(chunk)
        while len(view) > room:
            yield _fragment(first, [*waiting, view[:room]])
            first, waiting, view, room = _CONTINUATION, [], view[room:], most
        waiting.append(view)
        room -= len(view)
    yield _fragment(first | _FINAL, waiting)


def _fragment(opcode: int, pieces: list[Part]) -> list[Part]:
    return [_frame_header(opcode, sum(map(len, pieces))), *pieces]


def _opcode_and_chunks(subprotocol: str, message: Message) -> tuple[int, list[Part]]:
    if subprotocol == websocket_v1.SUBPROTOCOL:
        return _BINARY, websocket_v1.chunks(message)
    text, chunks = websocket_default.chunks(message)
    return (_TEXT if text else _BINARY), chunks


def _frame_header(opcode: int, length: int) -> bytes:
    if length < 126:
        return bytes((opcode, length))
    if length <= 0xFFFF:
        return struct.pack("!BBH", opcode, 126, length)
    return struct.pack("!BBQ", opcode, 127, length)
