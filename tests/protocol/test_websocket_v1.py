"""The v1 framing agrees with jupyter_server byte for byte, and no frame from outside can hurt."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)

from jupyter_comm_broker.errors import MalformedFrameError
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.websocket_v1 import chunks, decode, encode

from .jupyter import messages

GOOD = encode(Message("shell", [b'{"msg_id":"1"}', b"{}", b"{}", b'{"a":1}', b"buffer"]))


def frame(*offsets: int, tail: bytes = b"") -> bytes:
    return struct.pack(f"<{len(offsets) + 1}Q", len(offsets), *offsets) + tail


@given(messages())
def test_a_frame_is_the_one_that_jupyter_server_makes(message: Message) -> None:
    assert encode(message) == serialize_msg_to_ws_v1(list(message.parts), message.channel)


@given(messages())
def test_a_frame_is_cut_as_jupyter_server_cuts_it(message: Message) -> None:
    sent = serialize_msg_to_ws_v1(list(message.parts), message.channel)
    received = decode(sent)
    assert (received.channel, received.parts) == deserialize_msg_from_ws_v1(sent)
    assert (received.channel, received.parts) == (message.channel, list(message.parts))


@given(messages())
def test_the_pieces_of_a_frame_join_to_the_frame(message: Message) -> None:
    assert b"".join(chunks(message)) == encode(message)


def test_views_of_a_larger_block_are_framed_like_bytes() -> None:
    block = memoryview(b"{}{}{}{}tail")
    parts = [block[at : at + 2] for at in (0, 2, 4, 6)] + [block[8:]]
    as_bytes = [bytes(part) for part in parts]
    assert encode(Message("iopub", parts)) == encode(Message("iopub", as_bytes))


@pytest.mark.parametrize(
    ("hostile", "reason"),
    [
        (b"", "0 bytes are too few for a v1 frame"),
        (b"\x06", "1 bytes are too few for a v1 frame"),
        ((10**9).to_bytes(8, "little"), "8 bytes cannot have 1000000000 offsets"),
        ((2**64 - 1).to_bytes(8, "little"), "cannot have 18446744073709551615 offsets"),
        (frame(48, 48, 48, 48, 48), "cannot have 5 offsets"),
        (frame(56, 61, 61, 60, 61, 61, tail=b"shell"), "offset 60 does not fit"),
        (frame(56, 61, 61, 61, 61, 62, tail=b"shell"), "offset 62 does not fit"),
        (frame(55, 61, 61, 61, 61, 61, tail=b"shell"), "offset 55 does not fit"),
        (frame(56, 61, 61, 61, 61, 2**64 - 1, tail=b"shell"), "does not fit"),
        (frame(56, 61, 61, 61, 61, 61, tail=b"shall"), "no such channel: b'shall'"),
        (frame(56, 56, 56, 56, 56, 56), "no such channel: b''"),
        (frame(56, 61, 61, 61, 61, 61, tail=b"\xff" * 5), "no such channel"),
    ],
)
def test_a_hostile_frame_is_refused_with_the_reason(hostile: bytes, reason: str) -> None:
    with pytest.raises(MalformedFrameError) as raised:
        decode(hostile)
    assert reason in str(raised.value)


@pytest.mark.parametrize("length", range(len(GOOD)))
def test_a_truncated_frame_is_refused(length: int) -> None:
    with pytest.raises(MalformedFrameError):
        decode(GOOD[:length])


def accepts(frame: bytes) -> bool:
    try:
        decode(frame)
    except MalformedFrameError:
        return False
    return True


@given(st.binary(max_size=120))
def test_random_bytes_raise_the_one_error_or_are_a_message(random: bytes) -> None:
    accepts(random)


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_a_byte_that_flipped_raises_the_one_error_or_is_a_message(at: int, byte: int) -> None:
    accepts(GOOD[:at] + bytes([byte]) + GOOD[at + 1 :])


def test_what_follows_the_last_offset_is_left_out_as_jupyter_server_leaves_it_out() -> None:
    assert decode(GOOD + b"more").parts == decode(GOOD).parts
