"""Closing a list of comms: none that another widget needs, and each that stays says why."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ..conftest import KERNEL_1, Answer, Ask, Desk, Judge

CLOSINGS = ("api", "kernels", KERNEL_1, "closings")


async def post(ask: Ask, **wish: Any) -> Answer:
    return await ask(*CLOSINGS, method="POST", body=json.dumps(wish))


async def test_those_that_are_named_go_after_a_look(ask: Ask, desk: Desk) -> None:
    room, program = desk.rooms[KERNEL_1], desk.programs[KERNEL_1]
    for number in range(250):
        room.kernel.opens(f"c{number}", target="plot")
    names = [f"c{number}" for number in range(0, 250, 2)]
    look = (await post(ask, comms=names, dry_run=True)).body
    assert (look["dry_run"], look["closed"], look["staying"]) == (True, 0, [])
    assert [each["comm_id"] for each in look["comms"]] == names
    assert (program.sent, len(room.broker._parts.comms.registry)) == ([], 250)
    done = (await post(ask, comms=names)).body
    assert (done["closed"], done["comms"]) == (125, look["comms"])
    assert [m.comm.comm_id for m in program.sent] == names
    assert len(room.broker._parts.comms.registry) == 125
    assert Judge.asked == [("execute", "comms")] * 2


async def test_what_stays_says_why(ask: Ask, desk: Desk) -> None:
    room = desk.rooms[KERNEL_1]
    room.kernel.opens("layout", {"_model_name": "LayoutModel"})
    room.kernel.opens("slider", {"_model_name": "IntSliderModel", "layout": "IPY_MODEL_layout"})
    room.kernel.opens("gone", target="plot")
    room.kernel.closes("gone")
    held = {"comm_id": "layout", "reason": "held", "held_by": "slider"}
    told = (await post(ask, comms=["layout", "gone", "never", "layout"])).body
    assert told["staying"] == [
        held,
        {"comm_id": "gone", "reason": "closed", "held_by": None},
        {"comm_id": "never", "reason": "unknown", "held_by": None},
    ]
    assert (told["closed"], told["comms"]) == (0, [])
    both = (await post(ask, comms=["layout", "slider"])).body
    assert (both["closed"], both["staying"]) == (2, [])
    assert list(room.broker._parts.comms.registry) == []


async def test_a_holder_that_is_held_itself_is_named(ask: Ask, desk: Desk) -> None:
    room = desk.rooms[KERNEL_1]
    room.kernel.opens("style", {"_model_name": "StyleModel"})
    room.kernel.opens("slider", {"_model_name": "IntSliderModel", "style": "IPY_MODEL_style"})
    room.kernel.opens("box", {"_model_name": "VBoxModel", "children": ["IPY_MODEL_slider"]})
    told = (await post(ask, comms=["style", "slider"])).body
    assert [(each["comm_id"], each["held_by"]) for each in told["staying"]] == [
        ("style", "slider"),
        ("slider", "box"),
    ]


@pytest.mark.parametrize(
    ("wish", "field"),
    [({}, "comms"), ({"comms": [1]}, "comms[0]"), ({"comms": ["c1"], "all": True}, "all")],
)
async def test_a_wish_that_is_not_clear_closes_nothing(
    ask: Ask, desk: Desk, wish: Any, field: str
) -> None:
    desk.rooms[KERNEL_1].kernel.opens("c1", target="plot")
    answer = await post(ask, **wish)
    assert (answer.status, answer.body["field"]) == (400, field)
    assert desk.programs[KERNEL_1].sent == []


async def test_a_kernel_that_takes_no_messages_says_so(ask: Ask, desk: Desk) -> None:
    room = desk.rooms[KERNEL_1]
    room.kernel.opens("c1", target="plot")
    room.broker.kernel_restarting(room.now, "dead")
    room.settle()
    assert (await post(ask, comms=["c1"])).status == 503
    assert (
        await ask("api", "kernels", "none", "closings", method="POST", body='{"comms":[]}')
    ).status == 404
