"""When a page's own deletion of a subshell waits, and for what."""

import pytest

from jupyter_comm_broker.protocol.message import Message

from ..page import Page
from .subshells import SILENCE, STATE, deletes, moves, room_with_page, runs


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


@pytest.mark.parametrize("heir", ["new sub", None])
def test_a_widget_that_is_under_way_to_it_is_waited_for_and_taken_elsewhere(
    heir: str | None,
) -> None:
    # The answer to a question is published where it was asked, and the comm lives there (fact 3.9).
    room, page = room_with_page()
    moves(room, page, "old sub")
    page.is_closed()
    new = room.page("new")
    new.makes_subshell("under way")
    runs(room, new)
    room.wait(SILENCE)
    [question] = [m for m in room.for_kernel() if m.header.subshell_id == "under way"]
    if heir is not None:
        room.page("newer").makes_subshell(heir)
        room.for_kernel()
    request = deletion(new, {"subshell_id": "under way"})
    assert room.for_kernel() == []
    room.kernel.updates("w", {**STATE, "value": 2}, question)
    room.kernel.idle(question)
    # The value is doubted, so there is a question of another part too, and its answer comes late.
    check, taking = room.for_kernel()
    assert (check.comm.comm_id, check.header.subshell_id) == ("w", "under way")
    assert (taking.comm.comm_id, taking.header.subshell_id) == ("w", heir)
    room.kernel.updates("w", {**STATE, "value": 2}, taking)
    room.kernel.updates("w", {**STATE, "value": 2}, check)
    room.kernel.idle(check)
    [again] = [m for m in room.for_kernel() if m.header.msg_type == "comm_msg"]
    assert (again.comm.comm_id, again.header.subshell_id) == ("w", heir)
    room.kernel.updates("w", {**STATE, "value": 2}, again)
    assert request.header.msg_id in [m.header.msg_id for m in room.for_kernel()]
    assert room.record("w").lane == (heir or "")
