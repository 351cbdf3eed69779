"""Frames are built once for all who speak alike, with the header that RFC 6455 wants."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.protocol.framing import (
    DEFAULT,
    decode,
    payload,
    wire_fragments,
    wire_frame,
    wire_frames,
    wire_size,
)
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
    expected, size_before = payload(subprotocol, large), wire_size(subprotocol, large)
    in_bytes = expected.encode() if isinstance(expected, str) else expected
    opcode = 0x81 if isinstance(expected, str) else 0x82
    frame = wire_frame(subprotocol, large)
    assert body(frame) == (opcode, in_bytes)
    assert (size_before, wire_size(subprotocol, large)) == (len(frame), len(frame))


def test_what_cannot_be_framed_takes_no_bytes() -> None:
    assert wire_size(DEFAULT, Message("iopub", [b"no json", b"{}", b"{}", b"{}"])) == 0


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


@pytest.mark.parametrize("most", [1, 7, 1_000, 100_000])
@pytest.mark.parametrize("buffers", [(), (b"",), (b"x" * 3_000, b"y" * 5)])
@pytest.mark.parametrize("subprotocol", [DEFAULT, SUBPROTOCOL])
def test_fragments_are_the_frame_in_bits_and_only_the_last_is_final(
    subprotocol: str, buffers: tuple[bytes, ...], most: int
) -> None:
    sent = message(b"{}", *buffers)
    opcode, whole = body(wire_frame(subprotocol, message(b"{}", *buffers)))
    bits = [body(b"".join(bit)) for bit in wire_fragments(subprotocol, sent, most)]
    assert b"".join(bit for _, bit in bits) == whole
    assert max(len(bit) for _, bit in bits) <= most
    opcodes = [opcode & 0x7F, *[0x00] * (len(bits) - 1)]
    opcodes[-1] |= 0x80
    assert [found for found, _ in bits] == opcodes
    assert sent.frames is None


def test_a_large_buffer_is_not_copied_into_its_fragments() -> None:
    large = bytes(100_000)
    pieces = [p for bit in wire_fragments(SUBPROTOCOL, message(b"{}", large), 30_000) for p in bit]
    views = [p for p in pieces if isinstance(p, memoryview) and p.obj is large]
    assert sum(map(len, views)) == len(large)


@pytest.mark.parametrize("subprotocol", [DEFAULT, SUBPROTOCOL])
def test_several_frames_are_put_together_whether_or_not_they_were_built(subprotocol: str) -> None:
    built, other = message(b'{"text":"1"}'), message(b'{"text":"2"}', b"raw")
    first = wire_frame(subprotocol, built)
    assert wire_frames(subprotocol, [built, other]) == first + wire_frame(subprotocol, other)
