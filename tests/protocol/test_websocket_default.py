"""The default framing agrees with jupyter_server byte for byte; no frame from outside can hurt."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jupyter_client.jsonutil import json_default
from jupyter_server.services.kernels.connection.base import (
    deserialize_binary_message,
    serialize_binary_message,
)

from jupyter_comm_broker.errors import MalformedFrameError, MalformedMessageError
from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.websocket_default import decode, encode

from .jupyter import buffers, channels, headers, messages, objects, stock_payload

NAMES = ("header", "parent_header", "metadata", "content")
FIELDS = {"header": {"msg_id": "1"}, "parent_header": {}, "metadata": {}, "content": {"a": 1}}


def frame(*offsets: int, tail: bytes = b"") -> bytes:
    return struct.pack(f"!{len(offsets) + 1}I", len(offsets), *offsets) + tail


def nested(depth: int) -> str:
    return '{"content":' + '{"a":' * depth + "null" + "}" * depth + "}"


@given(messages())
def test_a_frame_is_the_one_that_jupyter_server_makes(message: Message) -> None:
    assert encode(message) == stock_payload(message)


@given(channels, headers, headers | st.just({}), objects, objects, buffers)
def test_a_frame_is_read_as_jupyter_server_reads_it(
    channel: str, header: Any, parent: Any, metadata: Any, content: Any, tail: list[bytes]
) -> None:
    fields = {
        "channel": channel,
        "header": header,
        "parent_header": parent,
        "metadata": metadata,
        "content": content,
    }
    text = json.dumps(fields)
    sent = serialize_binary_message({**fields, "buffers": tail}) if tail else text
    stock = deserialize_binary_message(sent) if tail else {**json.loads(text), "buffers": []}
    received = decode(sent)
    # Both send the values on to the kernel packed anew.
    packed = [json.dumps(stock[name], default=json_default) for name in NAMES]
    assert received.channel == stock["channel"]
    assert [repr(loads(part)) for part in received.parts[:4]] == [
        repr(json.loads(part)) for part in packed
    ]
    assert list(received.buffers) == stock["buffers"]


def test_a_frame_without_a_channel_is_for_the_shell() -> None:
    assert decode(json.dumps(FIELDS)).channel == "shell"


def test_fields_that_are_missing_are_empty_objects() -> None:
    assert decode('{"header": null}').parts == [b"{}", b"{}", b"{}", b"{}"]


def test_a_page_may_send_lone_surrogates_and_nan_and_huge_integers() -> None:
    content = '{"half":"\\ud83d","nan":NaN,"huge":1' + "0" * 40 + "}"
    received = decode('{"header":{"msg_id":"1"},"content":' + content + "}")
    assert repr(loads(received.parts[3])) == repr(json.loads(content))


@pytest.mark.parametrize(
    ("hostile", "reason"),
    [
        (b"", "a binary frame of 0 bytes cannot have 0 parts"),
        (b"\0\0\0", "a binary frame of 3 bytes cannot have 0 parts"),
        ((10**9).to_bytes(4, "big"), "cannot have 1000000000 parts"),
        ((2**32 - 1).to_bytes(4, "big") * 2, "cannot have 4294967295 parts"),
        (frame(), "cannot have 0 parts"),
        (frame(12, 11, tail=b"{}"), "offset 11 does not fit"),
        (frame(12, 15, tail=b"{}"), "offset 15 does not fit"),
        (frame(7, tail=b"{}"), "offset 7 does not fit"),
        (frame(8, tail=b"{"), "not JSON"),
        (frame(8, tail=b"[]"), "must be a JSON object"),
        (frame(8, tail=b'{"channel":"hb"}'), "no such channel: 'hb'"),
        ("", "not JSON"),
        ("not json", "not JSON"),
        ("3", "must be a JSON object"),
        ("null", "must be a JSON object"),
        ('{"channel":"hb"}', "no such channel: 'hb'"),
        ('{"channel":["shell"]}', "no such channel"),
        ('{"channel":{}, "a": ' + "[" * 100_000 + "}", "nested too deeply"),
        ('{"content":1' + "0" * 5_000 + "}", "not JSON"),
    ],
)
def test_a_hostile_frame_is_refused_with_the_reason(hostile: str | bytes, reason: str) -> None:
    with pytest.raises(MalformedFrameError) as raised:
        decode(hostile)
    assert reason in str(raised.value)


def accepts(frame: str | bytes) -> bool:
    try:
        decode(frame)
    except MalformedFrameError:
        return False
    return True


@pytest.mark.parametrize("depth", [10, 100, 300, 450, 600, 900, 980, 1_000, 2_000, 100_000])
def test_nesting_is_read_or_refused_at_any_depth(depth: int) -> None:
    assert accepts(nested(depth)) or depth > 900


@given(st.binary(max_size=80) | st.text(max_size=80))
def test_random_frames_raise_the_one_error_or_are_a_message(random: str | bytes) -> None:
    accepts(random)


GOOD = serialize_binary_message({**FIELDS, "channel": "shell", "buffers": [b"one", b"two"]})


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_a_byte_that_flipped_raises_the_one_error_or_is_a_message(at: int, byte: int) -> None:
    accepts(GOOD[:at] + bytes([byte]) + GOOD[at + 1 :])


@pytest.mark.parametrize("buffers", [[], [b"x"]], ids=["text", "binary"])
def test_a_kernels_message_is_framed_or_refused_at_any_depth(buffers: list[bytes]) -> None:
    """Where reading just succeeds writing does not: the frame adds a level."""
    outcomes = set()
    for depth in range(900, 1100):
        content = b'{"a":' * depth + b"1" + b"}" * depth
        try:
            encode(Message("iopub", [b"{}", b"{}", b"{}", content, *buffers]))
        except MalformedMessageError as error:
            outcomes.add(str(error).partition(":")[0])
        else:
            outcomes.add("framed")
    assert outcomes == {"framed", "not readable", "not writable"}


@pytest.mark.parametrize("part", range(4))
def test_a_kernels_message_that_is_no_json_cannot_be_framed(part: int) -> None:
    parts = [b"{}", b"{}", b"{}", b"{}"]
    parts[part] = b"{"
    with pytest.raises(MalformedMessageError):
        encode(Message("iopub", parts))


@pytest.mark.parametrize("odd", [b"null", b"[]", b"3", b'"x"', b'{"msg_id":3}'])
def test_a_parent_metadata_and_content_of_any_kind_are_carried(odd: bytes) -> None:
    text = encode(Message("iopub", [b'{"msg_type":"stream"}', odd, odd, odd]))
    told = json.loads(text)
    assert [told[name] for name in NAMES[1:]] == [json.loads(odd)] * 3
