"""What the broker says of itself and of the targets it learned of."""

from __future__ import annotations

from jupyter_comm_broker.protocol.alias import alias

from .conftest import KERNEL_1, Ask, Desk

MODEL = {"_model_name": "IntSliderModel"}


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
    assert (frontend["session_id"], frontend["attached"]) == (alias(page.session), True)
    assert frontend["waiting_messages"] >= 1
    assert frontend["waiting_bytes"] > 1000
    for name, total in check["counters"].items():
        parts = (first["counters"].get(name, 0), second["counters"].get(name, 0))
        assert total == sum(parts)
