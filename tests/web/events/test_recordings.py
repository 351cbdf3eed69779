"""Tails are switched on by who may write and read by who may read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ..conftest import KERNEL_1, Answer, Ask, Desk, Judge

KERNEL = ("api", "kernels", KERNEL_1)
COMM = (*KERNEL, "comms", "c1")
BY_COMM = ((*COMM, "recording"), (*COMM, "messages"))
BY_TARGET = ((*KERNEL, "recordings", "plöt"),) * 2


def happened(desk: Desk) -> None:
    """Let the recordings hear what happened, as the extension does."""
    room = desk.rooms[KERNEL_1]
    desk.recordings.happened(KERNEL_1, room.broker, room.happened, room.now)
    room.happened.clear()


async def put(ask: Ask, path: tuple[str, ...], **wish: Any) -> Answer:
    return await ask(*path, method="PUT", body=json.dumps(wish))


@pytest.mark.parametrize(("switch", "tail"), [BY_COMM, BY_TARGET], ids=["comm", "target"])
async def test_a_tail_is_kept_while_it_is_on(
    ask: Ask, desk: Desk, switch: tuple[str, ...], tail: tuple[str, ...]
) -> None:
    room = desk.rooms[KERNEL_1]
    room.kernel.opens("c1", target="plöt")
    happened(desk)
    assert (await ask(*tail)).body["recording"]["on"] is False
    on = await put(ask, switch, on=True, messages=2, payload_bytes=50)
    assert (on.body["on"], on.body["messages"], on.body["payload_bytes"]) == (True, 2, 50)
    for number in range(3):
        room.kernel.sends("c1", {"n": number})
    happened(desk)
    shown = (await ask(*tail)).body
    assert [each["data"] for each in shown["messages"]] == [{"n": 1}, {"n": 2}]
    assert (shown["recording"]["recorded"], shown["recording"]["dropped"]) == (3, 1)
    assert [m["number"] for m in (await ask(*tail, params={"after": "2"})).body["messages"]] == [3]
    assert len((await ask(*tail, params={"limit": "1"})).body["messages"]) == 1
    off = await put(ask, switch, on=False)
    assert off.body["on"] is False
    assert (await ask(*tail)).body["messages"] == []
    assert room.broker._parts.comms.changes.traffic is False


@pytest.mark.parametrize("switch", [BY_COMM[0], BY_TARGET[0]])
async def test_switching_takes_the_right_to_write(
    ask: Ask, desk: Desk, switch: tuple[str, ...]
) -> None:
    desk.rooms[KERNEL_1].kernel.opens("c1", target="plöt")
    await put(ask, switch, on=True)
    assert Judge.asked == [("write", "comms")]
    Judge.denied = {("write", "comms")}
    assert (await put(ask, switch, on=False)).status == 403
    assert desk.rooms[KERNEL_1].broker._parts.comms.changes.traffic is True


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({}, "on"),
        ({"on": 1}, "on"),
        ({"on": True, "messages": 0}, "messages"),
        ({"on": True, "messages": 1001}, "messages"),
        ({"on": True, "payload_bytes": -1}, "payload_bytes"),
        ({"on": True, "more": 1}, "more"),
    ],
)
async def test_a_bad_wish_names_its_field(ask: Ask, desk: Desk, wish: Any, field: str) -> None:
    desk.rooms[KERNEL_1].kernel.opens("c1", target="plöt")
    answer = await put(ask, BY_COMM[0], **wish)
    assert (answer.status, answer.body["field"]) == (400, field)
    assert desk.rooms[KERNEL_1].broker._parts.comms.changes.traffic is False


async def test_there_are_only_so_many(ask: Ask, desk: Desk) -> None:
    answers = [
        (await put(ask, (*KERNEL, "recordings", f"t{number}"), on=True)).status
        for number in range(21)
    ]
    assert answers == [200] * 20 + [409]


async def test_what_is_not_there_is_not_recorded(ask: Ask, desk: Desk) -> None:
    assert (await put(ask, BY_COMM[0], on=True)).status == 404
    assert (await ask(*BY_COMM[1])).status == 404
