"""When the subshell of a closed page is deleted, and what is done before."""

from typing import Any

import pytest

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.protocol.message import Message

from ..page import Page
from ..room import Room

STATE = {"_model_name": "IntSliderModel", "value": 1}
SILENCE = Limits().subshell_seconds


def deletes(room: Room) -> list[str]:
    """Return the subshells that the broker deletes, of all that it sends now."""
    sent = [m for m in room.for_kernel() if m.header.msg_type == "delete_subshell_request"]
    assert {m.channel for m in sent} <= {"control"}
    return [m.content["subshell_id"] for m in sent]


def room_with_page(limits: Limits | None = None) -> tuple[Room, Page]:
    room = Room(limits=limits, kernel_info={"supported_features": ["kernel subshells"]})
    page = room.page("old")
    page.makes_subshell("old sub")
    room.kernel.opens("w", STATE)
    room.wait(100.0)
    room.for_kernel()
    return room, page


def runs(room: Room, page: Page, **header: Any) -> Message:
    """Let a page's request be handled, so that it is the kernel's latest."""
    request = page.sends("history_request", {}, **header)
    room.kernel.busy(request)
    room.kernel.replies(request, {})
    room.kernel.idle(request)
    return request


def moves(room: Room, page: Page, subshell_id: str) -> None:
    """Let a page move the slider in a subshell."""
    state = {"method": "update", "state": {"value": 2}, "buffer_paths": []}
    request = page.sends("comm_msg", {"comm_id": "w", "data": state}, subshell_id=subshell_id)
    room.kernel.busy(request)
    room.kernel.sends("w", {**state, "method": "echo_update"}, request)
    room.kernel.idle(request)


def test_it_is_deleted_once_after_a_time() -> None:
    room, page = room_with_page()
    page.is_closed()
    room.wait(SILENCE - 0.1)
    assert deletes(room) == []
    room.wait(0.2)
    assert deletes(room) == ["old sub"]
    room.wait(1_000.0)
    assert deletes(room) == []


def test_a_page_whose_socket_dropped_keeps_its_own() -> None:
    room, page = room_with_page()
    page.detach()
    room.wait(10_000.0)
    assert deletes(room) == []


def test_a_page_that_comes_back_from_the_browsers_memory_keeps_its_own() -> None:
    room, page = room_with_page()
    page.is_closed()
    page.comes_back()
    room.wait(1_000.0)
    assert deletes(room) == []


def test_it_can_be_switched_off() -> None:
    room, page = room_with_page(Limits(subshell_seconds=0.0))
    page.is_closed()
    room.wait(1_000.0)
    assert deletes(room) == []


def test_a_widget_that_was_moved_in_it_is_first_taken_to_another_page() -> None:
    room, page = room_with_page()
    moves(room, page, "old sub")
    page.is_closed()
    new = room.page("new")
    new.makes_subshell("new sub")
    runs(room, new)
    room.wait(SILENCE)
    [question] = [m for m in room.for_kernel() if m.header.subshell_id == "new sub"]
    assert question.comm.comm_id == "w"
    assert question.content["data"] == {"method": "request_state"}
    new.gets()
    room.kernel.updates("w", {**STATE, "value": 2}, question)
    assert new.hears() == []
    assert room.record("w").lane == "new sub"
    room.wait(5.0)
    assert deletes(room) == ["old sub"]


def test_without_another_page_it_stays_until_one_comes() -> None:
    # A cell that runs lets a slider be moved there, and the main shell does not (fact 3.5).
    room, page = room_with_page()
    moves(room, page, "old sub")
    runs(room, page)
    page.is_closed()
    room.wait(1_000.0)
    assert deletes(room) == []
    new = room.page("new")
    new.makes_subshell("new sub")
    moves(room, new, "new sub")
    room.wait(400.0)
    assert deletes(room) == ["old sub"]


def test_a_comm_that_is_no_widgets_cannot_be_taken_elsewhere() -> None:
    room, page = room_with_page()
    request = runs(room, page, subshell_id="old sub")
    room.kernel.opens("c", target="mine", parent=request)
    page.is_closed()
    new = room.page("new")
    new.makes_subshell("new sub")
    runs(room, new)
    room.wait(1_000.0)
    assert deletes(room) == []
    room.kernel.sends("c", {"now": "elsewhere"}, runs(room, new))
    room.wait(400.0)
    assert deletes(room) == ["old sub"]


def test_it_stays_while_its_request_is_the_latest() -> None:
    # What a thread publishes would be under that request, and its comm dead (facts 3.6, 3.9).
    room, page = room_with_page()
    runs(room, page, subshell_id="old sub")
    page.is_closed()
    room.wait(1_000.0)
    assert deletes(room) == []
    runs(room, room.page("new"))
    room.wait(400.0)
    assert deletes(room) == ["old sub"]


def test_it_stays_while_something_runs_or_speaks_in_it() -> None:
    room, page = room_with_page()
    request = page.sends("history_request", {}, subshell_id="old sub")
    page.is_closed()
    runs(room, room.page("new"))
    room.wait(100.0)
    assert deletes(room) == []
    room.kernel.busy(request)
    room.kernel.replies(request, {})
    room.wait(100.0)
    assert deletes(room) == []
    room.kernel.idle(request)
    runs(room, room.page("newer"))
    for _ in range(10):
        # A task that the request started.
        room.kernel.prints("tick", request)
        room.wait(SILENCE * 0.9)
        assert deletes(room) == []
    room.wait(700.0)
    assert deletes(room) == ["old sub"]


def deletion(page: Page, content: object = None) -> Message:
    return page.sends("delete_subshell_request", content or {"subshell_id": "old sub"}, "control")


@pytest.mark.parametrize("content", [{"subshell_id": "old sub"}, {}, {"subshell_id": [1]}, []])
def test_a_pages_own_deletion_passes_at_once_if_nothing_is_there(content: object) -> None:
    room, page = room_with_page()
    request = page.sends("delete_subshell_request", content, "control")
    assert [m.header.msg_id for m in room.for_kernel()] == [request.header.msg_id]
    assert room.broker.known.counters().get("faults", 0) == 0


def test_once_a_page_deleted_it_we_do_not() -> None:
    room, page = room_with_page()
    deletion(page)
    page.is_closed()
    room.for_kernel()
    room.wait(1_000.0)
    assert deletes(room) == []


@pytest.mark.parametrize("heir", ["new sub", None])
def test_a_pages_own_deletion_waits_until_its_widgets_are_elsewhere(heir: str | None) -> None:
    room, page = room_with_page()
    if heir is not None:
        room.page("new").makes_subshell(heir)
    moves(room, page, "old sub")
    room.wait(10.0)
    room.for_kernel()
    request = deletion(page)
    [question] = room.for_kernel()
    assert question.content == {"comm_id": "w", "data": {"method": "request_state"}}
    assert question.header.subshell_id == heir
    room.wait(1.0)
    assert deletes(room) == []
    room.kernel.updates("w", {**STATE, "value": 2}, question)
    assert request.header.msg_id in [m.header.msg_id for m in room.for_kernel()]
    assert room.record("w").lane == (heir or "")


def test_its_widgets_go_to_none_of_its_own_which_it_deletes_too() -> None:
    room, page = room_with_page()
    page.makes_subshell("another")
    moves(room, page, "old sub")
    room.wait(10.0)
    room.for_kernel()
    deletion(page)
    [question] = room.for_kernel()
    assert question.header.subshell_id is None


def test_it_waits_for_what_is_on_its_way() -> None:
    room, page = room_with_page()
    closing = page.sends("comm_close", {"comm_id": "w", "data": {}}, subshell_id="old sub")
    room.for_kernel()
    deletion(page)
    assert deletes(room) == []
    room.kernel.busy(closing)
    room.kernel.idle(closing)
    assert deletes(room) == ["old sub"]


def test_it_does_not_wait_for_ever() -> None:
    room, page = room_with_page()
    request = runs(room, page, subshell_id="old sub")
    room.kernel.opens("c", target="mine", parent=request)
    room.for_kernel()
    deletion(page)
    deletion(page)
    assert deletes(room) == []
    room.wait(6.0)
    assert deletes(room) == ["old sub", "old sub"]
    # Nothing is asked there any more.
    assert room.record("c").lane == ""


def test_a_subshell_that_came_after_its_page_was_closed_is_deleted_too() -> None:
    room = Room(kernel_info={"supported_features": ["kernel subshells"]})
    page = room.page("hasty")
    request = page.sends("create_subshell_request", {}, "control")
    page.is_closed()
    room.for_kernel()
    room.kernel.replies(request, {"status": "ok", "subshell_id": "late"})
    room.wait(SILENCE + 1.0)
    assert deletes(room) == ["late"]


def test_another_process_has_none() -> None:
    room, page = room_with_page()
    page.is_closed()
    room.broker.kernel_restarted(room.now)
    room.settle()
    room.wait(1_000.0)
    assert deletes(room) == []
