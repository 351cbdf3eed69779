"""Frames are built once for all who speak alike, with the header that RFC 6455 wants."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.protocol.framing import DEFAULT, decode, payload, wire_frame
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.websocket_v1 import SUBPROTOCOL


def message(content: bytes = b"{}", *buffers: bytes) -> Message:
    return Message(
        "iopub", [b'{"msg_id":"1","msg_type":"stream"}', b"{}", b"{}", content, *buffers]
    )


def body(frame: bytes) -> tuple[int, bytes]:
    """Read a server's frame as RFC 6455 5.2 says: the opcode and the payload."""
    length, start = frame[1], 2
    if length == 126:
        length, start = int.from_bytes(frame[2:4], "big"), 4
    elif length == 127:
        length, start = int.from_bytes(frame[2:10], "big"), 10
    assert len(frame) == start + length
    return frame[0], frame[start:]


@pytest.mark.parametrize("size", [0, 1, 100, 125, 126, 127, 65_000, 65_535, 65_536, 200_000])
@pytest.mark.parametrize("subprotocol", [DEFAULT, SUBPROTOCOL])
def test_a_frame_of_any_length_carries_its_payload(subprotocol: str, size: int) -> None:
    large = message(b'{"text":"%b"}' % (b"x" * size))
    expected = payload(subprotocol, large)
    in_bytes = expected.encode() if isinstance(expected, str) else expected
    opcode = 0x81 if isinstance(expected, str) else 0x82
    assert body(wire_frame(subprotocol, large)) == (opcode, in_bytes)


def test_text_without_buffers_and_binary_with_them_on_the_default_framing() -> None:
    assert body(wire_frame(DEFAULT, message()))[0] == 0x81
    assert body(wire_frame(DEFAULT, message(b"{}", b"raw")))[0] == 0x82


def test_a_frame_is_built_once_for_each_framing() -> None:
    shared = message()
    assert wire_frame(SUBPROTOCOL, shared) is wire_frame(SUBPROTOCOL, shared)
    assert wire_frame(DEFAULT, shared) is wire_frame(DEFAULT, shared)
    assert wire_frame(DEFAULT, shared) != wire_frame(SUBPROTOCOL, shared)


@pytest.mark.parametrize("subprotocol", [DEFAULT, SUBPROTOCOL])
def test_what_was_framed_is_cut_into_the_same_message(subprotocol: str) -> None:
    sent = message(b'{"a":1}', b"raw")
    received = decode(subprotocol, payload(subprotocol, sent))
    assert (received.channel, received.parts) == (sent.channel, sent.parts)


def test_a_text_frame_on_v1_is_cut_like_its_bytes() -> None:
    frame = payload(SUBPROTOCOL, message())
    assert isinstance(frame, bytes)
    assert decode(SUBPROTOCOL, frame.decode()).parts == message().parts
