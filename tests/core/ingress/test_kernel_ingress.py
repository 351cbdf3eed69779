"""A kernel's message is kept or passed on. The result says whether timers must be looked at."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.protocol.message import Message

from ..room import Room

STATE = {"_model_name": "N", "value": 1}


def sent(room: Room, channel: str, msg_type: str, content: Any, parent: Any = None) -> bool:
    message = room.kernel.write(channel, msg_type, content, parent=parent)
    return room.broker._parts.kernel_ingress.sent(message, room.now)


@pytest.mark.parametrize(
    ("channel", "msg_type", "content", "is_routine"),
    [
        ("iopub", "stream", {"name": "stdout", "text": "x"}, True),
        ("iopub", "comm_msg", {"comm_id": "w", "data": {}}, True),
        ("iopub", "status", {"execution_state": "busy"}, False),
        ("shell", "execute_reply", {"status": "ok"}, False),
        ("stdin", "input_request", {"prompt": ""}, False),
    ],
)
def test_after_what_is_only_passed_on_nobody_waits_for_a_clock(
    channel: str, msg_type: str, content: Any, is_routine: bool
) -> None:
    room = Room()
    cell = room.page("a").executes()
    room.kernel.opens("w", STATE)
    assert sent(room, channel, msg_type, content, cell) is is_routine


def test_what_answers_us_reaches_no_page_and_is_waited_for() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("w", STATE)
    page.gets()
    registry = room.broker._parts.comms.registry
    registry.doubt(room.record("w"), "it may have changed")
    room.settle()
    (asked,) = room.for_kernel()
    content = {"comm_id": "w", "data": {"method": "update", "state": STATE, "buffer_paths": []}}
    assert sent(room, "iopub", "comm_msg", content, asked) is False
    assert page.gets() == []


def test_what_cannot_be_read_is_counted_and_said_once() -> None:
    room = Room()
    ingress = room.broker._parts.kernel_ingress
    assert ingress.sent(Message("shell", [b"{", b"{}", b"{}", b"{}"]), room.now) is True
    assert room.broker.known.counters()["malformed_from_kernel"] == 1
    assert not ingress.is_answer(Message("iopub", [b"{", b"{", b"{}", b"{}"]))


def test_a_fault_in_telling_answers_apart_costs_no_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver asks this for each message of a batch, before it hands on any of them."""
    room = Room()
    inquiry, page = room.broker._parts.inquiry, room.page("a")
    room.kernel.opens("w", {"value": 1})
    page.restores()
    room.wait(1.0)
    asked = room.for_kernel()[0]
    page.gets()

    def fails(message: Message) -> bool:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(inquiry, "is_answer", fails)
    data = {"method": "update", "state": {"value": 2}, "buffer_paths": []}
    said = room.kernel.write("iopub", "comm_msg", {"comm_id": "w", "data": data}, parent=asked)
    assert room.broker.is_answer(said) is False
    assert room.broker.known.counters()["faults"] == 1
