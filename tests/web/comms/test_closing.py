"""Closing one comm, or all that a filter means; never all of them by mistake."""

from __future__ import annotations

import pytest

from ..conftest import KERNEL_1, Ask, Desk, Judge

COMMS = ("api", "kernels", KERNEL_1, "comms")


async def test_a_comm_is_closed_once(ask: Ask, desk: Desk) -> None:
    room, program = desk.rooms[KERNEL_1], desk.programs[KERNEL_1]
    room.kernel.opens("c1", target="plot")
    answer = await ask(*COMMS, "c1", method="DELETE")
    (sent,) = program.sent
    assert answer.body == {"comm_id": "c1", "msg_id": sent.header.msg_id, "queued_behind": None}
    assert (sent.header.msg_type, sent.content) == ("comm_close", {"comm_id": "c1", "data": {}})
    assert room.for_kernel() == [sent]
    assert Judge.asked == [("execute", "comms")]
    assert (await ask(*COMMS, "c1", method="DELETE")).status == 410
    assert (await ask(*COMMS, "c2", method="DELETE")).status == 404


async def test_many_are_closed_by_filter_after_a_look(ask: Ask, desk: Desk) -> None:
    room, program = desk.rooms[KERNEL_1], desk.programs[KERNEL_1]
    for number in range(250):
        room.kernel.opens(f"c{number}", target="plot" if number % 2 else "other")
    query = {"target": "plot", "dry_run": "true"}
    shown = (await ask(*COMMS, method="DELETE", params=query)).body
    assert (shown["dry_run"], shown["closed"], len(shown["comms"])) == (True, 0, 125)
    assert (program.sent, len(room.broker._parts.comms.registry)) == ([], 250)
    done = (await ask(*COMMS, method="DELETE", params={"target": "plot"})).body
    assert (done["dry_run"], done["closed"], done["comms"]) == (False, 125, shown["comms"])
    assert [m.comm.comm_id for m in program.sent] == [each["comm_id"] for each in shown["comms"]]
    assert {each.target_name for each in room.broker._parts.comms.registry} == {"other"}


async def test_what_other_widgets_need_stays(ask: Ask, desk: Desk) -> None:
    room = desk.rooms[KERNEL_1]
    room.kernel.opens("layout", {"_model_name": "LayoutModel"})
    room.kernel.opens("slider", {"_model_name": "IntSliderModel", "layout": "IPY_MODEL_layout"})
    room.kernel.opens("left", {"_model_name": "LayoutModel"})
    for dry_run in ("true", "false"):
        query = {"model": "LayoutModel", "dry_run": dry_run}
        told = (await ask(*COMMS, method="DELETE", params=query)).body
        assert ([each["comm_id"] for each in told["comms"]], told["held"]) == (["left"], 1)
    assert {each.comm_id for each in room.broker._parts.comms.registry} == {"layout", "slider"}
    both = (await ask(*COMMS, method="DELETE", params={"all": "true"})).body
    assert (both["closed"], both["held"]) == (2, 0)


async def test_all_go_only_if_that_is_said(ask: Ask, desk: Desk) -> None:
    room = desk.rooms[KERNEL_1]
    room.kernel.opens("c1", target="plot")
    refused = await ask(*COMMS, method="DELETE")
    assert (refused.status, refused.body["field"]) == (400, "all")
    both = await ask(*COMMS, method="DELETE", params={"all": "true", "target": "plot"})
    assert (both.status, both.body["field"]) == (400, "all")
    look = await ask(*COMMS, method="DELETE", params={"dry_run": "true"})
    assert [each["comm_id"] for each in look.body["comms"]] == ["c1"]
    assert "c1" in room.broker._parts.comms.registry
    done = await ask(*COMMS, method="DELETE", params={"all": "true"})
    assert done.body["closed"] == 1
    assert "c1" not in room.broker._parts.comms.registry


@pytest.mark.parametrize("name", ["sort", "limit", "more"])
async def test_unknown_parameters_close_nothing(ask: Ask, desk: Desk, name: str) -> None:
    desk.rooms[KERNEL_1].kernel.opens("c1", target="plot")
    answer = await ask(*COMMS, method="DELETE", params={"all": "true", name: "1"})
    assert (answer.status, answer.body["field"]) == (400, name)
    assert desk.programs[KERNEL_1].sent == []


@pytest.mark.parametrize("path", [COMMS, (*COMMS, "c1")])
async def test_who_may_not_execute_closes_nothing(
    ask: Ask, desk: Desk, path: tuple[str, ...]
) -> None:
    desk.rooms[KERNEL_1].kernel.opens("c1", target="plot")
    Judge.denied = {("execute", "comms")}
    assert (await ask(*path, method="DELETE")).status == 403
    assert desk.programs[KERNEL_1].sent == []


async def test_who_only_observes_cannot_say_which_are_left_over(
    ask: Ask, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.rooms[KERNEL_1].kernel.opens("c1", target="plot")
    check = {**desk.self_check(), "in_path": False, "mode": "observer"}
    monkeypatch.setattr(desk, "self_check", lambda: check)
    told = await ask(*COMMS, method="DELETE", params={"attached": "false"})
    assert (told.status, told.body["field"]) == (400, "attached")
    assert "observes" in told.body["message"]
    assert len(desk.rooms[KERNEL_1].broker._parts.comms.registry) == 1
