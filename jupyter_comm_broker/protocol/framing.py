"""From a message to the bytes on a frontend's socket, built once for all who speak alike."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

from jupyter_comm_broker.protocol import websocket_default, websocket_v1
from jupyter_comm_broker.protocol.message import Message, Part

DEFAULT = ""
"""The name we give to the framing of frontends that negotiated no subprotocol."""

_FINAL, _CONTINUATION = 0x80, 0x00
_TEXT, _BINARY = 0x81, 0x82
"""First bytes of an unfragmented WebSocket frame: final, and text or binary (RFC 6455, 5.2)."""


def decode(subprotocol: str, frame: str | bytes) -> Message:
    """
    Cut what came from a frontend into a message.

    Raises:
        MalformedFrameError: it cannot be cut; says why.
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
    Return the whole WebSocket frame, its own header included, as a server sends it.

    Server frames are neither masked nor, here, compressed (RFC 6455, 5.2), so the same
    bytes serve every frontend of the subprotocol; they are kept with the message.
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
    Return several frames in a row, put together without keeping each.

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


def wire_fragments(subprotocol: str, message: Message, most: int) -> Iterator[list[Part]]:
    """
    Return one message as fragments of at most ``most`` bytes, no large part of it copied.

    Between two fragments there may be pings (RFC 6455, 5.4), inside a frame nothing.

    Yields:
        A frame's header and the pieces of its payload.

    Raises:
        MalformedMessageError: the message cannot be framed; said before the first fragment.
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
