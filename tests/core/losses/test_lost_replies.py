"""Requests whose reply came while the link was broken are ended, once the kernel is past them."""

from __future__ import annotations

from jupyter_comm_broker.protocol.message import Message

from ..heard import status
from ..page import Page
from ..room import Room


def broken_while_running() -> tuple[Room, Page, Message]:
    """Return a kernel whose link broke while it ran a cell of a page, and is mended again."""
    room = Room()
    page = room.page("a")
    cell = page.executes()
    room.kernel.busy(cell)
    room.broker.link_broken(room.now)
    room.settle()
    room.wait(5.0)
    room.broker.link_mended(room.now, True)
    room.settle()
    room.prove()
    page.gets()
    return room, page, cell


def asked(room: Room) -> Message:
    """Return the question that shows whether the kernel is past earlier requests."""
    questions = [
        each
        for each in room.for_kernel()
        if each.header.msg_type == "kernel_info_request" and each.channel == "shell"
    ]
    return questions[-1]


def test_a_page_is_told_that_the_outcome_is_not_known() -> None:
    room, page, cell = broken_while_running()
    room.wait(3.0)
    question = asked(room)
    room.kernel.busy(question)
    room.kernel.replies(question, room.kernel_info)
    room.kernel.idle(question)
    room.wait(2.0)
    heard = page.gets()
    replies = [each for each in heard if each.header.msg_type == "execute_reply"]
    assert [each.content["ename"] for each in replies] == ["ReplyLost"]
    assert replies[0].parent.msg_id == cell.header.msg_id
    assert "error" in [each.header.msg_type for each in heard]
    assert room.broker._parts.work.requests.get(cell.header.msg_id) is None
    assert room.broker._parts.ledger.counters["lost_replies"] == 1
    # Nobody else is left with a kernel that seems busy for ever.
    assert room.broker.known.execution_state == "idle"
    assert heard[-1].content == {"execution_state": "idle"}


def test_a_cell_of_another_client_that_ended_meanwhile_keeps_nobody_busy() -> None:
    room = Room()
    page = room.page("a")
    stranger = page.write("shell", "execute_request", {"code": "..."})
    room.kernel.busy(stranger)
    room.broker.link_broken(room.now)
    room.broker.link_mended(room.now, True)
    room.settle()
    room.prove()
    assert room.broker.known.execution_state == "busy"
    room.wait(3.0)
    question = asked(room)
    room.kernel.busy(question)
    room.kernel.idle(question)
    page.gets()
    room.wait(2.0)
    assert room.broker.known.execution_state == "idle"
    assert status("idle") in page.hears()


def test_a_reply_that_comes_after_all_is_the_only_one() -> None:
    room, page, cell = broken_while_running()
    room.wait(3.0)
    question = asked(room)
    room.kernel.busy(question)
    # A gateway hands on what it kept, over another socket than the answer to our question.
    room.kernel.replies(cell, {"status": "ok", "execution_count": 1})
    room.kernel.idle(cell)
    room.wait(5.0)
    replies = [each for each in page.gets() if each.header.msg_type == "execute_reply"]
    assert [each.content["status"] for each in replies] == ["ok"]


def test_a_cell_that_still_runs_is_left_alone() -> None:
    room, page, cell = broken_while_running()
    room.wait(600.0)
    assert "execute_reply" not in [each.header.msg_type for each in page.gets()]
    room.kernel.replies(cell, {"status": "ok", "execution_count": 1})
    room.kernel.idle(cell)
    assert ("execute_reply", {"status": "ok", "execution_count": 1}) in page.hears()


def test_what_was_sent_after_the_break_is_no_concern() -> None:
    room, page, cell = broken_while_running()
    room.wait(3.0)
    later = page.executes()
    question = asked(room)
    room.kernel.busy(question)
    room.wait(2.0)
    lost = [each.parent.msg_id for each in page.gets() if each.header.msg_type == "execute_reply"]
    assert lost == [cell.header.msg_id]
    assert room.broker._parts.work.requests.get(later.header.msg_id) is not None


def test_a_new_process_is_asked_nothing_about_the_old_one() -> None:
    room, page, _ = broken_while_running()
    room.broker.kernel_restarted(room.now)
    room.settle()
    room.prove()
    page.gets()
    room.wait(60.0)
    assert "execute_reply" not in [each.header.msg_type for each in page.gets()]


def test_a_break_while_nothing_runs_asks_nothing() -> None:
    room = Room()
    page = room.page("a")
    room.broker.link_broken(room.now)
    room.broker.link_mended(room.now, True)
    room.settle()
    room.prove()
    room.for_kernel()
    room.wait(30.0)
    shell = [each for each in room.for_kernel() if each.header.msg_type == "kernel_info_request"]
    assert shell == []
    assert page.hears() in ([], [status("idle")])
