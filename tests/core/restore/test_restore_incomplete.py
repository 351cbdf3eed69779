"""A page that comes back before all states are known gets the rest when it is."""

from __future__ import annotations

from typing import Any

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.message import Message

from ..page import Page
from ..room import WITH_SUBSHELLS, Room

MODEL = {"_model_name": "N", "_model_module": "M", "_model_module_version": "V"}


def late_list(**settings: Any) -> tuple[Room, Page]:
    """Return a broker of a running kernel that answers only kernel_info."""
    room = Room(running=True, **settings)
    page = room.page("a")
    page.restores()
    return room, page


def listing(room: Room, *comm_ids: str) -> None:
    [asked] = [m for m in room.for_kernel() if m.header.msg_type == "comm_info_request"]
    comms = {comm_id: {"target_name": "jupyter.widget"} for comm_id in comm_ids}
    room.kernel.replies(asked, {"status": "ok", "comms": comms})
    room.kernel.idle(asked)


def stating(room: Room, asked: list[Message] | None = None, **states: Any) -> list[Message]:
    """Let the kernel answer for these comms. Returns what it was asked."""
    kernel_requests = room.for_kernel() if asked is None else asked
    for asked_for in kernel_requests:
        if asked_for.header.msg_type == "comm_msg" and asked_for.comm.comm_id in states:
            comm_id = asked_for.comm.comm_id
            room.kernel.updates(comm_id, states[comm_id], asked_for)
            room.kernel.idle(asked_for)
    return kernel_requests


def test_a_restore_waits_for_the_list_and_the_states() -> None:
    room, page = late_list()
    listing(room, "w")
    assert page.hears_states() is None
    stating(room, w={**MODEL, "value": 1})
    assert page.hears_states() == {"w": {**MODEL, "value": 1}}


def test_a_restore_does_without_what_does_not_come_and_opens_it_when_it_does() -> None:
    room, page = late_list()
    listing(room, "w", "v")
    asked = stating(room, w={**MODEL, "value": 1})
    room.wait(2.1)
    assert page.hears_states() == {"w": {**MODEL, "value": 1}}
    stating(room, asked, v={**MODEL, "value": 2})
    [opened] = [content for kind, content in page.hears() if kind == "comm_open"]
    assert opened == {
        "comm_id": "v",
        "target_name": "jupyter.widget",
        "data": {"state": {**MODEL, "value": 2}, "buffer_paths": []},
    }


def test_a_restore_before_the_list_came_opens_everything_when_it_comes() -> None:
    room, page = late_list()
    room.wait(2.0)
    assert page.hears_states() == {}
    room.for_kernel()
    room.wait(4.0)
    listing(room, "w")
    stating(room, w={**MODEL, "value": 1})
    room.wait(20.0)
    assert [content["comm_id"] for kind, content in page.hears() if kind == "comm_open"] == ["w"]


def test_a_big_restore_that_is_incomplete_still_waits_for_the_polling_to_end() -> None:
    room, page = late_list(limits=Limits(big_restore_models=0, answer_seconds=2.0))
    page.restores()
    listing(room, "w")
    page.restores()
    room.wait(2.2)
    assert page.hears_states() is not None
    big = room.page("b")
    big.restores()
    room.wait(2.1)
    assert big.hears_states() is None
    room.wait(0.2)
    assert big.hears_states() == {}


def test_a_comm_too_large_to_keep_holds_nobody_up_and_is_asked_for_alone() -> None:
    room = Room(limits=Limits(comm_state_bytes=200))
    large = {**MODEL, "value": "x" * 200}
    room.kernel.opens("small", {"value": 1})
    room.kernel.opens("large", large)
    room.wait(1.0)
    page = room.page("a")
    page.restores()
    assert page.hears_states() == {"small": {"value": 1}}
    [asked] = room.for_kernel()
    assert (asked.comm.comm_id, loads(asked.comm.data)) == ("large", {"method": "request_state"})
    room.kernel.updates("large", large, asked)
    assert page.hears() == [
        (
            "comm_open",
            {
                "comm_id": "large",
                "target_name": "jupyter.widget",
                "data": {"state": large, "buffer_paths": []},
            },
        )
    ]
    assert room.mirrored("large") is None


def test_a_comm_too_large_to_keep_is_not_opened_twice_at_a_page_that_saw_it_open() -> None:
    room = Room(limits=Limits(comm_state_bytes=200))
    page = room.page("a")
    room.wait(1.0)
    room.kernel.opens("large", {**MODEL, "value": "x" * 200})
    page.restores()
    for asked in room.for_kernel():
        room.kernel.updates("large", {**MODEL, "value": "x" * 200}, asked)
    opened = [content["comm_id"] for kind, content in page.hears() if kind == "comm_open"]
    assert opened == ["large"]


def test_a_busy_kernel_with_subshells_is_asked_there_for_what_a_page_waits_for() -> None:
    room = Room(running=True, kernel_info=WITH_SUBSHELLS)
    listing(room)
    room.kernel.busy(room.page("other").executes())
    room.kernel.sends("w", {"method": "custom"})
    listing(room, "w")
    page = room.page("a")
    page.restores()
    [asked] = room.for_kernel()
    assert (asked.channel, asked.header.msg_type) == ("control", "create_subshell_request")
    room.kernel.replies(asked, {"status": "ok", "subshell_id": "sub"})
    opening, request = room.for_kernel()
    assert {m.header.subshell_id for m in (opening, request)} == {"sub"}
    states = {"w": {"state": {**MODEL, "value": 1}}}
    data = {"method": "update_states", "states": states, "buffer_paths": []}
    room.kernel.sends(request.comm.comm_id, data, request)
    assert page.hears_states() == {"w": {**MODEL, "value": 1}}
