"""The comms of a server, of a kernel, and one of them whole."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

from .conftest import KERNEL_1, KERNEL_2, Ask, Desk

MODEL = {
    "_model_name": "IntSliderModel",
    "_model_module": "@jupyter-widgets/controls",
    "_model_module_version": "2.0.0",
}
COMM_FIELDS = {
    *("kernel_id", "comm_id", "target_name", "opened_by", "opened_at", "last_activity"),
    *("age_seconds", "idle_seconds", "model", "parents", "references", "frontends", "messages"),
    *("bytes", "knowledge", "pending", "sequence"),
}


def ids(answer: Any) -> list[str]:
    return [comm["comm_id"] for comm in answer.body["comms"]]


async def test_all_comms_of_all_kernels_are_listed_in_the_order_of_their_opening(
    ask: Ask, desk: Desk
) -> None:
    assert (await ask("api", "comms")).body == {"comms": []}
    desk.rooms[KERNEL_1].kernel.opens("z", MODEL)
    desk.rooms[KERNEL_1].kernel.opens("a", target="other")
    desk.rooms[KERNEL_2].kernel.opens("m", MODEL)
    answer = await ask("api", "comms")
    assert answer.status == 200
    assert answer.content_type.startswith("application/json")
    assert ids(answer) == ["z", "a", "m"]
    assert [comm["kernel_id"] for comm in answer.body["comms"]] == [KERNEL_1, KERNEL_1, KERNEL_2]
    assert answer.body["comms"][0].keys() >= COMM_FIELDS
    assert ids(await ask("api", "kernels", KERNEL_2, "comms")) == ["m"]


async def test_a_comm_says_who_opened_it_and_what_passed(ask: Ask, desk: Desk) -> None:
    room = desk.rooms[KERNEL_1]
    page = room.page("page")
    room.kernel.opens("box", {"children": ["IPY_MODEL_slider"]})
    room.kernel.opens("slider", {**MODEL, "value": 1})
    room.now = 10.0
    sent = page.updates("slider", {"value": 2})
    box, slider = (await ask("api", "kernels", KERNEL_1, "comms")).body["comms"]
    assert slider["opened_by"] == "kernel"
    assert slider["target_name"] == "jupyter.widget"
    assert slider["model"] == {
        "name": "IntSliderModel",
        "module": "@jupyter-widgets/controls",
        "version": "2.0.0",
    }
    assert slider["parents"] == ["box"]
    assert box["references"] == ["slider"]
    assert box["model"] is None
    assert slider["frontends"] == ["page"]
    assert slider["messages"] == {"from_kernel": 1, "from_frontends": 1}
    assert slider["bytes"]["from_frontends"] > 0
    assert slider["pending"] is True
    assert slider["knowledge"] == "clean"
    assert (slider["age_seconds"], slider["idle_seconds"]) == (10.0, 0.0)
    opened, active = map(datetime.fromisoformat, (box["opened_at"], slider["last_activity"]))
    assert (active - opened).total_seconds() == 10.0

    room.kernel.busy(sent)
    room.kernel.idle(sent)
    assert (await ask("api", "comms")).body["comms"][1]["pending"] is False


async def test_one_comm_comes_with_its_state_and_buffers(ask: Ask, desk: Desk) -> None:
    room = desk.rooms[KERNEL_1]
    state = {"name": "ä", "nested": {"list": [None, 1]}, "big": 2**53}
    paths = [["raw"], ["nested", "list", 0]]
    room.kernel.opens("c1", state, paths=paths, buffers=[b"\x00\xff", b""])
    comm = (await ask("api", "kernels", KERNEL_1, "comms", "c1")).body
    assert comm["state"] == state
    nested, raw = sorted(comm["buffers"], key=lambda buffer: len(buffer["data"]))
    assert nested == {
        "path": ["nested", "list", 0],
        "length": 0,
        "encoding": "base64",
        "data": "",
    }
    data = base64.b64encode(b"\x00\xff").decode()
    assert raw == {"path": ["raw"], "length": 2, "encoding": "base64", "data": data}
    assert comm.keys() >= COMM_FIELDS


async def test_a_comm_whose_state_is_not_known_has_none(ask: Ask, desk: Desk) -> None:
    room = desk.rooms[KERNEL_1]
    room.kernel.opens("c1", target="matplotlib")
    comm = (await ask("api", "kernels", KERNEL_1, "comms", "c1")).body
    assert (comm["state"], comm["buffers"], comm["knowledge"]) == (None, [], "unknown")


async def test_a_comm_id_is_found_whatever_is_in_it(ask: Ask, desk: Desk) -> None:
    # The opener chooses it; bokeh and panel choose freely.
    desk.rooms[KERNEL_1].kernel.opens("a b?ü%2F", MODEL)
    answer = await ask("api", "kernels", KERNEL_1, "comms", "a b?ü%2F")
    assert answer.body["comm_id"] == "a b?ü%2F"


async def test_a_closed_comm_is_not_found_and_the_answer_says_how_it_ended(
    ask: Ask, desk: Desk
) -> None:
    kernel = desk.rooms[KERNEL_1].kernel
    kernel.opens("c1", MODEL)
    kernel.closes("c1")
    answer = await ask("api", "kernels", KERNEL_1, "comms", "c1")
    assert answer.status == 404
    assert "closed by the kernel" in answer.body["message"]
    assert answer.body["reason"] == "CommNotFoundError"


async def test_targets_are_listed_with_side_and_evidence(ask: Ask, desk: Desk) -> None:
    room = desk.rooms[KERNEL_1]
    page = room.page("page")
    room.kernel.opens("c1", MODEL)
    page.updates("c1", {"value": 1})
    turned_down = page.opens("c2", "no.such", {})
    room.kernel.closes("c2", turned_down)
    targets = (await ask("api", "comms", "targets")).body["targets"]
    found = {(target["side"], target["target_name"]): target for target in targets}
    assert found["frontend", "jupyter.widget"]["status"] == "known"
    assert found["frontend", "jupyter.widget"]["comms"] == 1
    assert found["kernel", "no.such"]["status"] == "rejected"
    assert "no.such" in found["kernel", "no.such"]["evidence"]
    assert {target["kernel_id"] for target in targets} == {KERNEL_1}


async def test_the_self_check_shows_links_pages_and_sums(ask: Ask, desk: Desk) -> None:
    room = desk.rooms[KERNEL_1]
    room.kernel.opens("c1", MODEL)
    page = room.page("page")
    room.kernel.prints("x" * 1000)
    check = (await ask("api", "comms", "broker")).body
    assert (check["mode"], check["in_path"], check["reason"]) == ("broker", True, None)
    first, second = check["kernels"]
    assert (first["kernel_id"], first["link"], first["comms"]) == (KERNEL_1, "proven", 1)
    assert (first["registry_complete"], first["state_bytes"] > 0) == (True, True)
    assert first["transport"] == "zmq"
    (frontend,) = first["frontends"]
    assert (frontend["session_id"], frontend["attached"]) == (page.session, True)
    assert frontend["waiting_messages"] >= 1
    assert frontend["waiting_bytes"] > 1000
    for name, total in check["counters"].items():
        parts = (first["counters"].get(name, 0), second["counters"].get(name, 0))
        assert total == sum(parts)
