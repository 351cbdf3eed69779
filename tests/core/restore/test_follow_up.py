"""What a page was given is checked, and what changes meanwhile is told again."""

from __future__ import annotations

from jupyter_comm_broker.core.restore.follow_up import FollowUp

from ..heard import set_to
from ..room import Room

STATE = {"_model_name": "N", "value": 1}


def test_it_is_told_again_and_checked() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("w", STATE)
    page.gets()
    parts = room.broker._parts
    frontend = parts.delivery.get("a")
    assert frontend is not None
    FollowUp(parts.catch_ups, parts.verification).given(frontend, [room.record("w")], room.now)
    room.kernel.updates("w", {"value": 2})
    assert page.hears() == [set_to("w", {"value": 2})]
    room.wait(1.0)
    assert set_to("w", {"value": 2}) in page.hears()
    assert "comm_info_request" in [m.header.msg_type for m in room.for_kernel()]


def test_what_it_waits_for_is_asked_of_the_kernel() -> None:
    room = Room()
    room.kernel.opens("w", STATE)
    parts = room.broker._parts
    parts.comms.registry.doubt(room.record("w"), "a test says so")
    FollowUp(parts.catch_ups, parts.verification).wanted(["w"], room.now)
    room.wait(0.1)
    assert "comm_msg" in [m.header.msg_type for m in room.for_kernel()]
