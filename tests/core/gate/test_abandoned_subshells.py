"""When the subshell of a closed page is deleted, and what is done before."""

from jupyter_comm_broker.core.limits import Limits

from ..room import Room
from .subshells import SILENCE, STATE, deletes, moves, room_with_page, runs


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
