"""What a kernel nests so deeply that it cannot be written again costs no reader an answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jupyter_comm_broker.events.event_writer import EventWriter
from jupyter_comm_broker.events.recordings import RecordingWish
from jupyter_comm_broker.inspection.message_views import UNREADABLE
from jupyter_comm_broker.protocol.message import Message

from ..conftest import KERNEL_1, Ask, Desk

COMMS = ("api", "kernels", KERNEL_1, "comms")
LEVELS = [499, 500, 501, 900, *range(930, 960, 3), 1100, 20_000]
"""Python's own limit strikes somewhere between 900 and 1,000, depending on who calls."""


def lists(levels: int) -> Any:
    return b"[" * levels + b"]" * levels


def says(desk: Desk, msg_type: str, content: bytes) -> None:
    """Let the kernel say what only a text can hold."""
    room = desk.rooms[KERNEL_1]
    parts = room.kernel.write("iopub", msg_type, {}).parts
    message = Message("iopub", [*parts[:3], content, *parts[4:]])
    room.broker.kernel_sent(message, room.now)
    room.settle()


def opens(desk: Desk, comm_id: str, target: str, data: bytes) -> None:
    content = {"comm_id": comm_id, "target_name": target}
    says(desk, "comm_open", json.dumps(content).encode()[:-1] + b', "data": %b}' % data)


@pytest.mark.parametrize("levels", LEVELS)
async def test_every_reader_of_a_state_has_an_answer(ask: Ask, desk: Desk, levels: int) -> None:
    state = b'{"_model_name": "M", "deep": %b}' % lists(levels - 1)
    opens(desk, "c1", "jupyter.widget", b'{"state": %b, "buffer_paths": []}' % state)
    found = [await ask(*COMMS, "c1", *more) for more in ((), ("state",))]
    listed = await ask(*COMMS)
    wanted = {"Accept": "application/vnd.jupyter.widget-state+json"}
    document = await ask(*COMMS, headers=wanted)
    assert {each.status for each in (listed, document)} == {200}
    for each in found:
        # Past Python's own limit nobody can tell which comm the kernel opened.
        assert each.status == 200 or (levels > 900 and each.status == 404)
        if each.status == 200:
            assert (each.body["state"] is None) == (levels > 500)
    if levels > 500:
        assert "[[[" not in str(document.body)


@pytest.mark.parametrize("levels", LEVELS)
async def test_every_reader_of_a_message_has_an_answer(ask: Ask, desk: Desk, levels: int) -> None:
    room, program = desk.rooms[KERNEL_1], desk.programs[KERNEL_1]
    room.broker._parts.comms.changes.want_traffic()
    room.kernel.opens("c1", target="plot")
    desk.recordings.set(KERNEL_1, room.broker, ("comm", "c1"), RecordingWish(on=True), room.now)
    room.happened.clear()
    content = b'{"comm_id": "c1", "data": %b}' % lists(levels)

    def does(message: Message) -> None:
        room.kernel.busy(message)
        parts = room.kernel.write("iopub", "comm_msg", {}, parent=message).parts
        answer = Message("iopub", [*parts[:3], content, *parts[4:]])
        room.broker.kernel_sent(answer, room.now)
        room.settle()
        room.kernel.idle(message)

    program.does = does
    body = json.dumps({"data": {}})
    path = (*COMMS, "c1", "messages")
    reply = await ask(*path, method="POST", body=body, params={"wait": "reply"})
    assert reply.status == 200
    heard = [each["data"] for each in reply.body["comm_messages"]]
    assert all((data == UNREADABLE) == (levels > 500) for data in heard)
    desk.recordings.happened(KERNEL_1, room.broker, room.happened, room.now)
    EventWriter(desk.events.journal, 1_000_000).write(
        KERNEL_1, room.broker, room.happened, room.now
    )
    tail = await ask(*path)
    assert tail.status == 200
    assert len(tail.body["messages"]) >= 1
