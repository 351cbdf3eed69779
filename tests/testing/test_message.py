"""A page's framings agree with the broker's, which are written without a look at them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jupyter_comm_broker.protocol import framing
from jupyter_comm_broker.protocol.message import Message as BrokersMessage
from jupyter_comm_broker.protocol.synthesis import Author
from jupyter_comm_broker.testing.message import DEFAULT, V1, Message, decode, encode

BOTH = pytest.mark.parametrize("subprotocol", [V1, DEFAULT])
BUFFERS = pytest.mark.parametrize("buffers", [(), (b"one", b"")])
CONTENT = {"comm_id": "c", "data": {"method": "update", "state": {"value": "é"}}}


def written(buffers: tuple[bytes, ...]) -> BrokersMessage:
    return Author("s").write("iopub", "comm_msg", CONTENT, now=0.0, buffers=buffers)


def came(msg_type: str, content: Any, parent: dict[str, Any] | None = None) -> Message:
    header = {"msg_type": msg_type, "msg_id": "m"}
    return Message(
        channel="iopub",
        header=header,
        parent=parent or {},
        metadata={},
        content=content,
        buffers=(),
        at=0.0,
        binary=True,
    )


@BOTH
@BUFFERS
def test_a_frame_of_the_brokers_is_read(subprotocol: str, buffers: tuple[bytes, ...]) -> None:
    sent = written(buffers)
    frame = framing.payload(subprotocol, sent)
    message = decode(subprotocol, frame, 7.0)
    assert (message.channel, message.type, message.at) == ("iopub", "comm_msg", 7.0)
    assert message.header == json.loads(bytes(sent.parts[0]))
    assert (message.content, message.buffers) == (CONTENT, buffers)
    assert message.binary == isinstance(frame, bytes)


@BOTH
@BUFFERS
def test_the_broker_reads_a_frame_of_a_page(subprotocol: str, buffers: tuple[bytes, ...]) -> None:
    header = {"msg_id": "m", "msg_type": "comm_msg", "session": "s"}
    frame = encode(subprotocol, "shell", [header, {}, {"a": 1}, CONTENT], buffers)
    message = framing.decode(subprotocol, frame)
    assert (message.channel, message.header.msg_id) == ("shell", "m")
    assert (message.content, [bytes(each) for each in message.buffers]) == (CONTENT, [*buffers])


def test_a_text_where_only_bytes_are_spoken_is_an_error() -> None:
    with pytest.raises(TypeError, match="a text frame"):
        decode(V1, "{}", 0.0)


def test_a_message_says_what_it_is_about() -> None:
    update = came("comm_msg", CONTENT, {"msg_id": "request"})
    assert (update.comm_id, update.method, update.state) == ("c", "update", {"value": "é"})
    assert (update.parent_id, update.execution_state) == ("request", "")
    assert (came("comm_msg", {"comm_id": "c", "data": 5}).method, update.data) == (
        "",
        CONTENT["data"],
    )
    idle = came("status", {"execution_state": "idle"}, {"msg_id": "request"})
    assert (idle.comm_id, idle.method) == ("", "")
    assert (idle.ends("request"), idle.ends("another"), update.ends("request")) == (
        True,
        False,
        False,
    )
