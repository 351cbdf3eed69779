"""What the mirror does not know is asked of the kernel, in time, and never for ever."""

from __future__ import annotations

from typing import Any

from jupyter_comm_broker.core.kernel.verification_step import Step
from jupyter_comm_broker.core.state.comm_record import Knowledge
from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import CONTROL_TARGET, WIDGET_TARGET

from ..doubted import STATE, doubted, ends
from ..heard import closed, set_to
from ..page import Page
from ..room import WITH_SUBSHELLS, Room


def states(room: Room, request: Message, **found: Any) -> None:
    data = {
        "method": "update_states",
        "states": {comm_id: {"state": state} for comm_id, state in found.items()},
        "buffer_paths": [],
    }
    room.kernel.sends(request.comm.comm_id, data, request)


def test_a_dirty_state_is_asked_for_and_repaired_in_mirror_and_pages() -> None:
    room = doubted("w")
    page = Page(room, "a")
    [asked] = room.for_kernel()
    assert (asked.channel, asked.comm.comm_id) == ("shell", "w")
    assert loads(asked.comm.data) == {"method": "request_state"}
    room.kernel.busy(asked)
    room.kernel.updates("w", {**STATE, "value": 7}, asked)
    room.kernel.idle(asked)
    # Neither the question nor the answer nor their statuses: the repair alone.
    assert page.hears() == [set_to("w", {"value": 7})]
    assert (room.mirrored("w"), room.record("w").knowledge) == (
        {**STATE, "value": 7},
        Knowledge.CLEAN,
    )


def test_what_pages_may_show_wrongly_is_repaired_though_the_mirror_was_right() -> None:
    room = doubted("w")
    [asked] = room.for_kernel()
    room.kernel.updates("w", STATE, asked)
    assert Page(room, "a").hears() == [set_to("w", {"value": 1})]


def test_while_a_cell_runs_nothing_is_asked_unless_a_page_waits() -> None:
    room = Room(kernel_info=WITH_SUBSHELLS)
    page = room.page("a")
    room.kernel.opens("w", STATE)
    cell = page.executes()
    room.kernel.busy(cell)
    room.for_kernel()
    room.kernel.sends("w", {"method": "update", "state": 3})
    room.wait(100.0)
    assert room.for_kernel() == []
    room.kernel.replies(cell, {})
    room.kernel.idle(cell)
    assert [m.header.msg_type for m in room.for_kernel()] == ["comm_msg"]


MANY = [f"w{number}" for number in range(30)]


def test_many_are_asked_for_in_one_message_on_a_control_comm_of_our_own() -> None:
    room = doubted(*MANY)
    opening, request = room.for_kernel()
    assert (opening.comm.target_name, opening.comm.comm_id) == (
        CONTROL_TARGET,
        request.comm.comm_id,
    )
    assert loads(opening.parts[2]) == {"version": "1.0.0"}
    states(room, request, **dict.fromkeys(MANY, STATE))
    [closing] = room.for_kernel()
    assert (closing.header.msg_type, closing.comm.comm_id) == ("comm_close", request.comm.comm_id)
    room.kernel.idle(closing)
    assert room.broker._parts.verification.step is Step.REST
    assert {room.record(comm_id).knowledge for comm_id in MANY} == {Knowledge.CLEAN}


def test_who_is_not_among_the_kernels_own_is_asked_alone() -> None:
    room = doubted(*MANY)
    _, request = room.for_kernel()
    states(room, request, **dict.fromkeys(MANY[1:], STATE))
    [closing] = room.for_kernel()
    room.kernel.idle(closing)
    [asked] = room.for_kernel()
    assert (asked.comm.comm_id, loads(asked.comm.data)) == ("w0", {"method": "request_state"})


def test_a_kernel_without_control_comm_is_asked_one_by_one() -> None:
    room = doubted(*MANY)
    opening, _ = room.for_kernel()
    room.kernel.closes(opening.comm.comm_id, opening)
    asked = room.for_kernel()
    assert [m.comm.comm_id for m in asked] == MANY
    assert Page(room, "a").hears() == []
    for each in asked:
        room.kernel.updates(each.comm.comm_id, STATE, each)
    assert room.broker._parts.verification.step is Step.REST


def test_an_idle_without_states_means_that_the_kernel_could_not() -> None:
    # ipywidgets only logs when one widget's serializer fails.
    room = doubted(*MANY)
    _, request = room.for_kernel()
    room.kernel.idle(request)
    assert [m.comm.comm_id for m in room.for_kernel()] == MANY


def test_each_inquiry_has_a_control_comm_of_its_own() -> None:
    room = doubted(*MANY)
    first = room.for_kernel()[0].comm.comm_id
    room.wait(2.0)
    ends(room, room.for_kernel())
    room.wait(7.0)
    second = room.for_kernel()[0].comm.comm_id
    assert first != second


def test_a_busy_kernels_subshell_is_left_when_it_does_not_answer() -> None:
    room = Room(running=True, kernel_info=WITH_SUBSHELLS)
    [listing] = room.for_kernel()
    room.kernel.replies(listing, {"comms": {"w": {"target_name": WIDGET_TARGET}}})
    room.for_kernel()
    page = room.page("a")
    room.kernel.busy(page.executes())
    page.restores()
    room.wait(3.0)
    *_, create = [m for m in room.for_kernel() if m.header.msg_type == "create_subshell_request"]
    room.kernel.replies(create, {"status": "ok", "subshell_id": "sub"})
    assert {m.header.subshell_id for m in room.for_kernel()} == {"sub"}
    room.wait(30.0)
    later = [m for m in room.for_kernel() if m.header.msg_type != "comm_info_request"]
    # Our subshell is not made twice, and not deleted (fact 3.9).
    assert {m.header.msg_type for m in later} == {"comm_open", "comm_msg"}
    assert {m.header.subshell_id for m in later} == {"sub"}
    # Somebody deleted it: the kernel says so in a reply, and is asked for another.
    room.kernel.replies(later[-2], {"status": "error", "ename": "UnknownSubshellError"})
    room.wait(300.0)
    assert "create_subshell_request" in {m.header.msg_type for m in room.for_kernel()}


def test_a_busy_kernel_that_does_not_answer_on_control_is_asked_when_it_is_free() -> None:
    room = Room(running=True, answers_control=False, proven=False)
    room.wait(4.0)
    page = room.page("a")
    cell = page.executes()
    room.kernel.busy(cell)
    room.wait(300.0)
    room.for_kernel()
    room.kernel.replies(cell, {})
    room.kernel.idle(cell)
    assert [(m.channel, m.header.msg_type) for m in room.for_kernel()] == [
        ("shell", "comm_info_request")
    ]


def test_a_comm_that_the_kernel_no_longer_lists_is_closed_for_everybody() -> None:
    room = Room()
    room.kernel.opens("gone", STATE)
    room.kernel.opens("there", STATE)
    page = room.page("a")
    room.wait(1.0)
    # A message on a comm nobody saw open: the list is asked for.
    room.kernel.sends("new", {})
    page.gets()
    [asked] = room.for_kernel()
    listed = {"there": {"target_name": WIDGET_TARGET}, "new": {"target_name": "other"}}
    room.kernel.replies(asked, {"status": "ok", "comms": listed})
    # Some kernels list less than they use: the widget itself is asked before it is given up.
    assert page.hears() == []
    [asked] = room.for_kernel()
    ends(room, [asked])
    assert page.hears() == [closed("gone")]
    assert [r.comm_id for r in room.broker._parts.comms.registry] == ["there", "new"]
    assert room.record("new").target_name == "other"
    assert room.broker._parts.comms.registry.complete
