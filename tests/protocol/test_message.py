"""A message is decoded no further than asked, and never changed."""

from __future__ import annotations

import pytest
from hypothesis import given

from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.message import Header, Message, retyped

from .jupyter import messages

HEADER = b'{"msg_id":"1","msg_type":"comm_msg","session":"s","subshell_id":"x","more":[1]}'


def message(**parts: bytes) -> Message:
    named = {"header": HEADER, "parent": b"{}", "metadata": b"{}", "content": b"{}", **parts}
    return Message("shell", list(named.values()))


def test_a_header_is_peeked_at() -> None:
    assert message().header == Header("1", "comm_msg", "s", "x")


def test_an_empty_parent_has_empty_fields() -> None:
    assert message().parent == Header("", "", "", None)
    assert message(parent=b" { } ").parent == Header("", "", "", None)


def test_a_parent_is_peeked_at() -> None:
    assert message(parent=HEADER).parent == Header("1", "comm_msg", "s", "x")


@pytest.mark.parametrize(
    "header", [b"", b"[]", b"null", b'{"msg_id":3}', b'{"session":null}', b"{"]
)
def test_a_header_that_is_none_is_malformed(header: bytes) -> None:
    with pytest.raises(MalformedMessageError):
        _ = message(header=header).header
    with pytest.raises(MalformedMessageError):
        _ = message(parent=header or b"x").parent


def test_the_data_of_a_comm_message_stays_text_of_any_kind() -> None:
    # bokeh sends strings, ypywidgets nothing but buffers (rule 18).
    for data in (b'"text"', b"[1, 2]", b"null", b"3.0", b'{"a": {}}'):
        comm = message(content=b'{"comm_id":"c","data":' + data + b"}").comm
        assert (comm.comm_id, bytes(comm.data)) == ("c", data)


def test_a_comm_message_without_data_has_empty_data() -> None:
    assert bytes(message(content=b'{"comm_id":"c"}').comm.data) == b"{}"


@pytest.mark.parametrize("content", [b"{}", b"[]", b'{"comm_id":3}', b'{"comm_id":null}', b"{"])
def test_content_without_a_comm_id_is_malformed(content: bytes) -> None:
    with pytest.raises(MalformedMessageError):
        _ = message(content=content).comm


@pytest.mark.parametrize("content", [b"[]", b"null", b"3", b"{"])
def test_content_that_is_no_object_is_malformed(content: bytes) -> None:
    with pytest.raises(MalformedMessageError):
        _ = message(content=content).content


@pytest.mark.parametrize("count", range(4))
def test_a_message_has_at_least_four_parts(count: int) -> None:
    with pytest.raises(MalformedMessageError):
        Message("shell", [b"{}"] * count)


@given(messages())
def test_the_size_is_the_bytes_of_all_parts(message: Message) -> None:
    assert message.size == len(b"".join(message.parts))


def test_another_content_or_parent_type_makes_another_message() -> None:
    first = Message("iopub", [HEADER, HEADER, b'{"m":1}', b"{}", b"raw"])
    other = first.with_content({"a": 1})
    retyped_parent = first.with_parent_type("comm_info_request")
    assert other.parts == [HEADER, HEADER, b'{"m":1}', b'{"a":1}', b"raw"]
    assert loads(retyped_parent.parts[1]) == {
        **loads(HEADER),
        "msg_type": "comm_info_request",
    }
    assert [retyped_parent.parts[i] for i in (0, 2, 3, 4)] == [first.parts[i] for i in (0, 2, 3, 4)]
    assert first.parts == [HEADER, HEADER, b'{"m":1}', b"{}", b"raw"]


def test_a_header_that_is_no_object_is_retyped_to_an_empty_one() -> None:
    assert retyped(b"[]", "comm_info_request") == b"{}"
