"""Opening a comm: what the kernel took is there, and what it closed again is said to be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jupyter_comm_broker.protocol.message import Message
from tests.core.truth import Truth

from ..conftest import KERNEL_1, Answer, Ask, Desk, Judge

COMMS = ("api", "kernels", KERNEL_1, "comms")


async def open_comm(ask: Ask, **body: Any) -> Answer:
    return await ask(*COMMS, method="POST", body=json.dumps(body))


def refuses(desk: Desk, said: str) -> None:
    room = desk.rooms[KERNEL_1]

    def does(message: Message) -> None:
        room.kernel.busy(message)
        if said:
            room.kernel.prints(said, message)
        room.kernel.closes(message.comm.comm_id, message)
        room.kernel.idle(message)

    desk.programs[KERNEL_1].does = does


async def test_what_the_kernel_took_is_there(ask: Ask, desk: Desk) -> None:
    body = {"target_name": "plöt", "data": {"a": 1}, "metadata": {"m": 1}, "buffers": ["AA=="]}
    answer = await open_comm(ask, **body)
    assert answer.status == 201
    comm_id = answer.body["comm_id"]
    (sent,) = desk.programs[KERNEL_1].sent
    assert sent.header.msg_type == "comm_open"
    assert sent.content == {"comm_id": comm_id, "target_name": "plöt", "data": {"a": 1}}
    assert list(sent.buffers) == [b"\0"]
    assert answer.headers["Location"].endswith(f"/api/kernels/{KERNEL_1}/comms/{comm_id}")
    assert (await ask(*COMMS, comm_id)).body["opened_by"] == "frontend"
    assert Judge.asked[0] == ("execute", "comms")


async def test_an_id_may_be_chosen_once(ask: Ask, desk: Desk) -> None:
    first = await open_comm(ask, target_name="plot", comm_id="a/b ü")
    assert first.headers["Location"].endswith("/comms/a%2Fb%20%C3%BC")
    second = await open_comm(ask, target_name="plot", comm_id="a/b ü")
    assert (second.status, second.body["field"]) == (409, "comm_id")
    assert len(desk.programs[KERNEL_1].sent) == 1


@pytest.mark.parametrize(
    ("said", "because"),
    [
        ("No such comm target registered: plot\n", "target not registered"),
        ("", "target not registered"),
        ("Traceback (most recent call last):\nOddError: no\n", "the target's callback failed"),
        ("not today\n", "closed by the kernel"),
    ],
)
async def test_what_the_kernel_closed_again_is_said_and_not_listed(
    ask: Ask, desk: Desk, said: str, because: str
) -> None:
    refuses(desk, said)
    answer = await open_comm(ask, target_name="plot")
    assert answer.status == 422
    assert (answer.body["because"], answer.body["said"]) == (because, said)
    assert (await ask(*COMMS)).body["comms"] == []


async def test_what_takes_too_long_stands(ask: Ask, desk: Desk) -> None:
    desk.programs[KERNEL_1].does = desk.rooms[KERNEL_1].kernel.busy
    body = json.dumps({"target_name": "plot"})
    answer = await ask(*COMMS, method="POST", body=body, params={"timeout": "0.01"})
    assert (answer.status, answer.body["msg_id"]) == (504, "program_1")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "target_name"),
        ({"target_name": 3}, "target_name"),
        ({"target_name": "x" * 1_000_000}, "target_name"),
        ({"target_name": "x", "comm_id": ""}, "comm_id"),
        ({"target_name": "jupyter.widget", "data": {}, "buffers": ["AA=="]}, "buffers"),
    ],
)
async def test_bad_input_names_its_field_and_the_kernel_hears_nothing(
    ask: Ask, desk: Desk, body: Any, field: str
) -> None:
    answer = await open_comm(ask, **body)
    assert (answer.status, answer.body["field"]) == (400, field)
    assert desk.programs[KERNEL_1].sent == []


async def test_who_may_not_execute_opens_nothing(ask: Ask, desk: Desk) -> None:
    Judge.denied = {("execute", "comms")}
    assert (await open_comm(ask, target_name="plot")).status == 403
    assert desk.programs[KERNEL_1].sent == []


async def test_a_kernel_that_takes_no_notice_of_comms_has_not_got_it(ask: Ask, desk: Desk) -> None:
    desk.truths[KERNEL_1] = Truth(desk.rooms[KERNEL_1])
    answer = await open_comm(ask, target_name="plot")
    assert (answer.status, answer.body["because"]) == (422, "not known to the kernel")
    assert (await ask(*COMMS)).body["comms"] == []
    # It was told that nobody waits for it, should it have taken it after all.
    last = desk.programs[KERNEL_1].sent[-1]
    assert last.header.msg_type == "comm_close"


async def test_a_kernel_that_speaks_on_it_has_it_whatever_it_lists(ask: Ask, desk: Desk) -> None:
    room = desk.rooms[KERNEL_1]

    def does(message: Message) -> None:
        room.kernel.busy(message)
        room.kernel.sends(message.comm.comm_id, {"hello": 1}, message)
        room.kernel.idle(message)

    desk.programs[KERNEL_1].does = does
    desk.truths[KERNEL_1] = Truth(room)
    assert (await open_comm(ask, target_name="plot")).status == 201
