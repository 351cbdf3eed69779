"""The busy indicator of a page is true at every moment it can be (rules 8 and 22)."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.synthesis import UNTRACKED_TYPE

from ..heard import status
from ..page import Page
from ..room import Room

UNTRACKED = frozenset({"kernel_info_request", "comm_info_request", "shutdown_request"})


def room() -> Room:
    return Room(policy=Policy(untracked_message_types=UNTRACKED))


def shown(messages: list[Message]) -> list[str]:
    """Return the states that JupyterLab's indicator would take over from these."""
    return [
        m.content["execution_state"]
        for m in messages
        if m.header.msg_type == "status" and m.parent.msg_type not in UNTRACKED
    ]


def ended(messages: list[Message]) -> list[str]:
    """Return the requests whose futures would end."""
    return [
        m.parent.msg_id
        for m in messages
        if m.header.msg_type == "status" and m.content["execution_state"] == "idle"
    ]


def test_statuses_of_one_request_pass_as_they_are() -> None:
    one = room()
    page = one.page("a")
    request = page.executes()
    one.kernel.busy(request)
    one.kernel.idle(request)
    assert shown(page.gets()) == ["busy", "idle"]


@pytest.mark.parametrize(
    "msg_type", ["create_subshell_request", "delete_subshell_request", "list_subshell_request"]
)
def test_a_page_that_loads_does_not_end_the_busy_of_a_cell(msg_type: str) -> None:
    one = room()
    page = one.page("a")
    one.kernel.busy(page.executes())
    loading = page.sends(msg_type, {}, "control")
    one.kernel.busy(loading)
    one.kernel.idle(loading)
    messages = page.gets()
    assert shown(messages) == ["busy"]
    assert ended(messages) == [loading.header.msg_id]
    assert messages[-1].parent.msg_type == UNTRACKED_TYPE


def test_a_message_handled_on_a_subshell_does_not_end_the_busy_of_a_cell() -> None:
    one = room()
    page = one.page("a")
    one.kernel.opens("w", {"value": 1})
    cell = page.executes()
    one.kernel.busy(cell)
    moved = page.sends(
        "comm_msg", {"comm_id": "w", "data": {"method": "custom"}}, subshell_id="sub"
    )
    one.kernel.busy(moved)
    one.kernel.idle(moved)
    messages = page.gets()
    assert (shown(messages), ended(messages)) == (["busy", "busy"], [moved.header.msg_id])
    one.kernel.idle(cell)
    assert shown(page.gets()) == ["idle"]


def test_the_main_shells_idle_does_not_end_the_busy_of_a_subshell() -> None:
    one = room()
    page = one.page("a")
    on_subshell = page.executes(subshell_id="sub")
    one.kernel.busy(on_subshell)
    cell = page.executes()
    one.kernel.busy(cell)
    one.kernel.idle(cell)
    assert shown(page.gets()) == ["busy", "busy"]
    one.kernel.idle(on_subshell)
    assert shown(page.gets()) == ["idle"]


def test_untracked_requests_change_nothing() -> None:
    one = room()
    page = one.page("a")
    cell = page.executes()
    one.kernel.busy(cell)
    interrupt = page.sends("shutdown_request", {}, "control")
    one.kernel.busy(interrupt)
    one.kernel.idle(interrupt)
    assert one.broker._parts.work.execution.state == "busy"
    assert one.page("b").hears() == [status("busy")]


def joined(one: Room) -> Page:
    return one.page("late")


def test_a_page_that_comes_hears_busy_with_the_running_request_as_parent() -> None:
    one = room()
    page = one.page("a")
    cell = page.executes()
    one.kernel.busy(cell)
    [told] = joined(one).gets()
    assert (told.content, told.parts[1]) == ({"execution_state": "busy"}, cell.parts[0])


def test_a_page_that_comes_to_an_idle_kernel_hears_idle() -> None:
    one = room()
    page = one.page("a")
    cell = page.executes()
    one.kernel.busy(cell)
    one.kernel.idle(cell)
    assert joined(one).hears() == [status("idle")]


def test_a_kernel_that_starts_is_neither() -> None:
    one = room()
    one.kernel.publishes("status", {"execution_state": "starting"})
    assert joined(one).hears() == []


def test_after_a_restart_nothing_of_the_old_process_runs() -> None:
    one = room()
    page = one.page("a")
    one.kernel.busy(page.executes())
    one.broker.kernel_restarted(one.now)
    assert (one.broker._parts.work.execution.running, one.broker._parts.work.occupied) == (
        None,
        False,
    )


def test_a_cell_that_is_sent_occupies_the_kernel_before_it_says_busy() -> None:
    one = room()
    page = one.page("a")
    cell = page.executes()
    assert (one.broker._parts.work.occupied, one.broker._parts.work.execution.main_is_busy) == (
        True,
        False,
    )
    one.kernel.busy(cell)
    one.kernel.replies(cell, {"status": "ok"})
    one.kernel.idle(cell)
    assert one.broker._parts.work.occupied is False


def nested() -> tuple[Room, Page, Message, Message]:
    """Return a cell that runs, and a page's message that the kernel handles inside of it."""
    one = room()
    page = one.page("a")
    one.kernel.opens("w", {"_model_name": "N", "value": 0})
    cell = page.executes()
    one.kernel.busy(cell)
    inner = page.updates("w", {"value": 1})
    page.gets()
    return one, page, cell, inner


def test_the_end_of_a_request_inside_a_cell_is_not_the_end_of_the_cell() -> None:
    one, page, cell, inner = nested()
    one.kernel.busy(inner)
    one.kernel.idle(inner)
    messages = page.gets()
    assert (shown(messages), ended(messages)) == (["busy"], [inner.header.msg_id])
    execution = one.broker._parts.work.execution
    assert (execution.state, one.broker._parts.work.occupied) == ("busy", True)
    assert execution.running is not None
    assert execution.running.header.msg_id == cell.header.msg_id
    one.kernel.replies(cell, {})
    one.kernel.idle(cell)
    assert shown(page.gets()) == ["idle"]
    assert not one.broker._parts.work.occupied
    assert execution.state == "idle"


def test_requests_inside_requests_end_one_by_one() -> None:
    one, page, cell, _ = nested()
    inner = [page.updates("w", {"value": n}) for n in range(3)]
    for message in inner:
        one.kernel.busy(message)
    for message in reversed(inner):
        one.kernel.idle(message)
        assert one.broker._parts.work.execution.state == "busy"
    one.kernel.idle(cell)
    assert one.broker._parts.work.execution.state == "idle"
    assert shown(page.gets())[-1] == "idle"


def test_a_page_that_comes_meanwhile_is_told_of_the_cell() -> None:
    one, _, cell, inner = nested()
    one.kernel.busy(inner)
    [told] = one.page("b").gets()
    assert (told.content, told.parent.msg_id) == ({"execution_state": "busy"}, cell.header.msg_id)


def test_what_began_inside_a_cell_and_lost_its_idle_is_over_with_the_cell() -> None:
    one, page, cell, inner = nested()
    one.kernel.busy(inner)
    one.kernel.replies(cell, {})
    one.kernel.idle(cell)
    messages = page.gets()
    assert ended(messages) == [inner.header.msg_id, cell.header.msg_id]
    assert shown(messages)[-1] == "idle"
    assert one.broker._parts.work.execution.running is None


def test_what_a_cell_publishes_after_such_a_request_stands_under_the_cell_again() -> None:
    one, page, cell, inner = nested()
    one.kernel.busy(inner)
    one.kernel.idle(inner)
    page.gets()
    one.broker._parts.comms.registry.doubt_all("a test")
    one.settle()
    [listing] = [m for m in one.for_kernel() if m.header.msg_type == "comm_info_request"]
    one.kernel.prints("from a thread\n", listing)
    [printed] = page.gets()
    assert printed.parent.msg_id == cell.header.msg_id
