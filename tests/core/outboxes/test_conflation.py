"""Waiting updates become one message that sets what all of them set."""

from __future__ import annotations

from jupyter_comm_broker.core.outboxes.conflation import attributes_of, with_attributes
from jupyter_comm_broker.protocol.message import Message

from ..talker import Talker


def comm_msg(data: object, *buffers: bytes) -> Message:
    content = {"comm_id": "w", "data": data}
    return Talker("kernel").write("iopub", "comm_msg", content, metadata={"m": 1}, buffers=buffers)


def test_a_message_with_other_attributes_keeps_its_headers() -> None:
    data = {"method": "update", "state": {"a": 1}, "buffer_paths": [["raw"]]}
    first = comm_msg(data, b"x")
    merged = with_attributes(first, {**attributes_of(first), "b": b"2"})
    assert merged.parts[:3] == first.parts[:3]
    assert merged.content == {
        "comm_id": "w",
        "data": {"method": "update", "state": {"a": 1, "b": 2}, "buffer_paths": [["raw"]]},
    }
    assert list(merged.buffers) == [b"x"]
