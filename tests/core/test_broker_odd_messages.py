"""A kernel's odd messages pass to pages as on stock, and never count as answers."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.protocol.json_text import dumps
from jupyter_comm_broker.protocol.message import Message
from tests.core.room import Room

OWN = "broker"
ODD_PARENTS = [
    b"",
    b"null",
    b"[]",
    b"3",
    b'"text"',
    b"{",
    b"\xff",
    b'{"msg_id":null}',
    b'{"session":"%s"}' % OWN.encode(),
    b'{"session":"%s","msg_id":null}' % OWN.encode(),
    b'{"session":"%s","msg_id":3,"msg_type":[]}' % OWN.encode(),
    b'{"session":["%s"],"msg_id":"x"}' % OWN.encode(),
    b'{"msg_id":{"a":[1]},"msg_type":7,"session":{},"header":{"header":null}}',
]
HEADER = {"msg_id": "k_1", "session": "kernel"}
CONTENTS = {
    "status": [b'{"execution_state":"busy"}', b'{"execution_state":"idle"}', b"[]", b"null", b"x"],
    "stream": [b'{"name":"stdout","text":"x"}', b"3"],
    "error": [b'{"ename":"E"}', b'"E"'],
    "comm_open": [b'{"comm_id":"c","target_name":"t","data":{}}', b"[]"],
    "comm_msg": [b'{"comm_id":"c","data":{"method":"update","state":{}}}', b"null"],
    "comm_close": [b'{"comm_id":"c","data":{}}', b'{"comm_id":7}'],
    "display_data": [b"{}"],
}


@pytest.mark.parametrize("parent", ODD_PARENTS)
@pytest.mark.parametrize("metadata", [b"{}", b"null", b"[1]", b"{"])
def test_all_that_is_published_under_an_odd_parent_passes_as_it_came(
    parent: bytes, metadata: bytes
) -> None:
    room = Room()
    page = room.page("a")
    page.gets()
    said = []
    for msg_type, contents in CONTENTS.items():
        for content in contents:
            header = dumps({**HEADER, "msg_type": msg_type})
            said.append(Message("iopub", [header, parent, metadata, content, b"buffer"]))
            room.broker.kernel_sent(said[-1], room.now)
    room.settle()
    heard = [each.parts for each in page.gets() if b"buffer" in each.parts]
    assert heard == [each.parts for each in said]
    assert room.broker._parts.ledger.counters["faults"] == 0


@pytest.mark.parametrize(
    "header",
    [
        b'{"msg_type":"stream"}',
        b'{"msg_type":"stream","msg_id":3,"session":null}',
        b'{"msg_type":5,"msg_id":[],"session":{}}',
        b'{"msg_type":null}',
        b'{"msg_type":""}',
        b"{}",
    ],
)
def test_a_header_may_be_any_object(header: bytes) -> None:
    room = Room()
    page = room.page("a")
    page.gets()
    message = Message("iopub", [header, b"{}", b"{}", b"{}"])
    room.broker.kernel_sent(message, room.now)
    room.settle()
    assert page.gets() == [message]
    assert room.broker._parts.ledger.counters["faults"] == 0


@pytest.mark.parametrize("channel", ["shell", "control", "stdin"])
@pytest.mark.parametrize("header", [b"", b"null", b"{}", b"[]", b'{"msg_type":3}'])
def test_a_reply_finds_its_page_by_its_parent_whatever_its_header_is(
    channel: str, header: bytes
) -> None:
    room = Room()
    page, other = room.page("a"), room.page("b")
    asked = page.sends("history_request", {})
    page.gets(), other.gets()
    reply = Message(channel, [header, asked.parts[0], b"null", b"[]"])
    room.broker.kernel_sent(reply, room.now)
    room.settle()
    assert (page.gets(), other.gets()) == ([reply], [])


@pytest.mark.parametrize("parent", ODD_PARENTS)
def test_a_reply_to_nobody_is_counted(parent: bytes) -> None:
    room = Room()
    page = room.page("a")
    page.gets()
    header = dumps({**HEADER, "msg_type": "history_reply"})
    room.broker.kernel_sent(Message("shell", [header, parent, b"{}", b"{}"]), room.now)
    room.settle()
    assert page.gets() == []
    assert room.broker._parts.ledger.counters["replies_to_nobody"] == 1


def test_a_numbered_request_is_replied_to() -> None:
    room = Room()
    one, other = room.page("a"), room.page("b")
    asked = [page.sends("history_request", {}, msg_id=1) for page in (one, other)]
    one.gets(), other.gets()
    for each in asked:
        room.kernel.replies(each, {"status": "ok"})
    for page, request in zip((one, other), asked, strict=True):
        assert [bytes(each.parts[1]) for each in page.gets()] == [request.parts[0]]


@pytest.mark.parametrize("parent", ODD_PARENTS)
def test_our_own_questions_are_answered_whatever_else_is_said_meanwhile(parent: bytes) -> None:
    room = Room(running=True)
    for msg_type, contents in CONTENTS.items():
        for content in contents:
            header = dumps({**HEADER, "msg_type": msg_type})
            room.broker.kernel_sent(Message("iopub", [header, parent, b"{}", content]), room.now)
    room.settle()
    assert room.broker._parts.handshake.link == "proven"
    assert room.broker._parts.ledger.counters["faults"] == 0
