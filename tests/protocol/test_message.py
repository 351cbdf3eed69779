"""A message is decoded no further than asked, and never changed."""

from __future__ import annotations

import json

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


@pytest.mark.parametrize("text", [b"", b"[]", b"null", b"3", b'"{}"', b"{", b"\xff", b"[" * 5000])
def test_a_header_that_is_no_object_is_malformed_and_a_parent_none(text: bytes) -> None:
    with pytest.raises(MalformedMessageError):
        _ = message(header=text).header
    odd = message(parent=text)
    assert (odd.parent, odd.parent_text) == (Header(), b"{}")


@pytest.mark.parametrize(
    ("text", "peeked"),
    [
        (b'{"msg_id":3,"session":1.5,"msg_type":true}', Header("3", "true", "1.5")),
        (b'{"msg_id":null,"session":null}', Header()),
        (b'{"msg_id":{"a":[]},"session":["s"],"msg_type":"t"}', Header("", "t")),
        (b'{"msg_id":"1","subshell_id":7,"x":NaN}', Header("1")),
        (b'{"msg_id":"\\ud800"}', Header("\ufffd")),
    ],
)
def test_odd_fields_of_a_header_are_numbers_as_text_or_nothing(text: bytes, peeked: Header) -> None:
    assert (message(header=text).header, message(parent=text).parent) == (peeked, peeked)
    assert message(parent=text).parent_text == text


@pytest.mark.parametrize("content", [b"[]", b"null", b"{", b'{"execution_state":3}', b"{}"])
def test_a_status_that_cannot_be_read_says_nothing(content: bytes) -> None:
    assert message(content=content).execution_state == ""
    assert message(content=b'{"execution_state":"busy"}').execution_state == "busy"


def test_the_data_of_a_comm_message_stays_text_of_any_kind() -> None:
    # bokeh sends strings, ypywidgets nothing but buffers (rule 18).
    for data in (b'"text"', b"[1, 2]", b"null", b"3.0", b'{"a": {}}'):
        comm = message(content=b'{"comm_id":"c","data":' + data + b"}").comm
        assert (comm.comm_id, bytes(comm.data)) == ("c", data)


def test_a_comm_message_without_data_has_empty_data() -> None:
    assert bytes(message(content=b'{"comm_id":"c"}').comm.data) == b"{}"


@pytest.mark.parametrize("name", ["comm_id", "target_name"])
def test_a_name_that_no_kernel_can_print_is_malformed(name: str) -> None:
    names = {"comm_id": "c", "target_name": "t", name: "a\ud800"}
    with pytest.raises(MalformedMessageError, match=f"{name} holds a lone surrogate"):
        message(content=json.dumps(names).encode()).comm  # noqa: B018


def test_data_may_hold_a_lone_surrogate() -> None:
    comm = message(content=b'{"comm_id":"\xef\xbf\xbd","data":{"a":"\\ud800"}}').comm
    assert (comm.comm_id, bytes(comm.data)) == ("\ufffd", '{"a":"\ufffd"}'.encode())


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


def test_a_header_that_is_no_object_is_left_as_it_is() -> None:
    for odd in (b"[]", b"null", b"{", b"\xff"):
        assert retyped(odd, "comm_info_request") == odd
