"""A page whose update the kernel handled without a word on its status may go on (rule 19)."""

from __future__ import annotations

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.protocol.message import Message

from ..heard import set_to
from ..page import Page
from ..room import Room


def test_an_update_that_was_echoed_and_never_idle_is_ended_for_its_page() -> None:
    room = Room(limits=Limits(missing_idle_seconds=1.0))
    room.kernel.opens("w", {"value": 1, "quiet": 1})
    mover, other = room.page("a"), room.page("b")
    sent = mover.updates("w", {"value": 2, "quiet": 2})
    room.kernel.echoes("w", {"value": 2}, sent)
    mover.gets()
    other.gets()
    room.wait(0.9)
    assert mover.gets() == []
    room.wait(0.1)
    [idle] = mover.gets()
    assert (idle.content, idle.parent.msg_id) == ({"execution_state": "idle"}, sent.header.msg_id)
    assert other.hears() == [set_to("w", {"quiet": 2})]
    assert len(room.broker._parts.comms.mirror.pending) == 0
    room.wait(100.0)
    assert mover.gets() == []


def test_an_idle_that_came_is_not_made_again() -> None:
    room = Room()
    room.kernel.opens("w", {"value": 1})
    page = room.page("a")
    sent = page.updates("w", {"value": 2})
    room.kernel.echoes("w", {"value": 2}, sent)
    room.kernel.idle(sent)
    page.gets()
    room.wait(10.0)
    assert page.gets() == []
    assert room.broker._parts.ledger.counters["missing_idles"] == 0


def test_a_slow_kernel_that_said_busy_is_waited_for() -> None:
    room = Room()
    room.kernel.opens("w", {"value": 1})
    page = room.page("a")
    sent = page.updates("w", {"value": 2})
    room.kernel.busy(sent)
    room.kernel.echoes("w", {"value": 2}, sent)
    page.gets()
    room.wait(10.0)
    assert page.gets() == []


def kernel_requests(room: Room) -> list[Message]:
    """Return what the broker asked the kernel over the shell."""
    return [m for m in room.for_kernel() if m.header.msg_type == "kernel_info_request"]


def sent_during_a_cell(room: Room, page: Page) -> tuple[Message, Message]:
    """Let a page send a message that the kernel handles without a status, while a cell awaits."""
    room.kernel.opens("c", target="plot")
    cell = page.executes()
    room.kernel.busy(cell)
    silent = page.tells("c", {"move": 1})
    room.for_kernel()
    page.gets()
    return cell, silent


def ends(room: Room, cell: Message) -> None:
    room.kernel.replies(cell, {"status": "ok"})
    room.kernel.idle(cell)


def test_what_was_sent_during_a_cell_and_causes_nothing_is_ended_when_the_cell_is_over() -> None:
    room = Room(limits=Limits(missing_idle_seconds=1.0))
    page, other = room.page("a"), room.page("b")
    cell, silent = sent_during_a_cell(room, page)
    room.wait(100.0)
    assert kernel_requests(room) == []
    ends(room, cell)
    page.gets()
    other.gets()
    room.wait(0.9)
    assert kernel_requests(room) == []
    room.wait(0.1)
    [question] = kernel_requests(room)
    assert page.gets() == []
    room.kernel.busy(question)
    room.kernel.idle(question)
    [idle] = page.gets()
    assert (idle.content, idle.parent.msg_id) == ({"execution_state": "idle"}, silent.header.msg_id)
    assert other.gets() == []
    room.wait(100.0)
    assert (kernel_requests(room), page.gets()) == ([], [])


def test_what_the_kernel_begins_with_after_the_cell_is_waited_for() -> None:
    room = Room(limits=Limits(missing_idle_seconds=1.0))
    page = room.page("a")
    cell, queued = sent_during_a_cell(room, page)
    ends(room, cell)
    room.kernel.busy(queued)
    page.gets()
    room.wait(100.0)
    assert page.gets() == []
    room.kernel.idle(queued)
    assert [m.parent.msg_id for m in page.gets()] == [queued.header.msg_id]
    room.wait(100.0)
    assert room.broker._parts.ledger.counters["missing_idles"] == 0


def test_a_question_that_stays_unanswered_is_put_again_ever_later() -> None:
    room = Room(limits=Limits(missing_idle_seconds=1.0))
    page = room.page("a")
    cell, silent = sent_during_a_cell(room, page)
    ends(room, cell)
    page.gets()
    room.wait(60.0)
    asked = kernel_requests(room)
    assert 4 <= len(asked) <= 6
    room.kernel.busy(asked[0])
    assert page.gets() == []
    room.kernel.busy(asked[-1])
    assert [m.parent.msg_id for m in page.gets()] == [silent.header.msg_id]


def test_what_another_process_was_sent_is_not_asked_about() -> None:
    room = Room(limits=Limits(missing_idle_seconds=1.0))
    page = room.page("a")
    sent_during_a_cell(room, page)
    room.broker.kernel_restarting(room.now, "restarting")
    room.broker.kernel_restarted(room.now)
    room.settle()
    room.prove()
    page.gets()
    room.wait(100.0)
    assert kernel_requests(room) == []
    assert page.gets() == []


def idles(page: Page) -> list[str]:
    """Return which requests a page heard to be over, and forget what it was sent."""
    heard = [m for m in page.gets() if m.header.msg_type == "status"]
    return [m.parent.msg_id for m in heard if m.content["execution_state"] == "idle"]


def awaiting() -> tuple[Room, Page]:
    """Return a kernel whose cell awaits something, and the page that has it run."""
    room = Room()
    room.kernel.opens("w", {"value": 1})
    page = room.page("a")
    room.kernel.busy(page.executes())
    page.gets()
    return room, page


def test_whatever_the_kernel_publishes_under_a_message_shows_that_it_handles_it() -> None:
    room, page = awaiting()
    custom = page.tells("w", {"method": "custom", "content": {}})
    room.kernel.prints("clicked", custom)
    assert idles(page) == []
    room.wait(0.25)
    assert idles(page) == [custom.header.msg_id]


def test_what_was_sent_before_it_is_handled_before_it() -> None:
    room, page = awaiting()
    silent = [page.tells("w", {"method": "custom", "content": n}) for n in range(3)]
    shown = page.updates("w", {"value": 1})
    room.kernel.echoes("w", {"value": 1}, shown)
    assert idles(page) == [each.header.msg_id for each in silent]
    room.wait(0.25)
    assert idles(page) == [shown.header.msg_id]
    room.wait(10.0)
    assert idles(page) == []


def test_a_message_of_which_the_kernel_says_when_it_ends_is_left_to_it() -> None:
    room, page = awaiting()
    inside = page.updates("w", {"value": 1})
    room.kernel.busy(inside)
    room.kernel.echoes("w", {"value": 1}, inside)
    room.wait(10.0)
    assert idles(page) == []
    room.kernel.idle(inside)
    assert idles(page) == [inside.header.msg_id]


def test_a_page_whose_message_left_no_trace_goes_on_once_the_kernel_proves_to_be_past_it() -> None:
    room = Room(limits=Limits(missing_idle_seconds=1.0))
    room.kernel.opens("w", {"value": 1})
    page = room.page("a")
    first = page.updates("w", {"value": 2})
    second = page.tells("w", {"method": "custom", "content": {}})
    room.for_kernel()
    room.wait(1.0)
    assert kernel_requests(room) == []
    room.wait(1.0)
    [question] = kernel_requests(room)
    room.kernel.busy(question)
    assert idles(page) == [first.header.msg_id, second.header.msg_id]


def test_what_waits_behind_a_handler_that_runs_is_not_taken_for_lost() -> None:
    room = Room(limits=Limits(missing_idle_seconds=1.0))
    room.kernel.opens("w", {"value": 1})
    page = room.page("a")
    before = page.updates("w", {"value": 2})
    page.updates("w", {"value": 3})
    room.kernel.busy(before)
    room.wait(100.0)
    assert room.broker._parts.ledger.counters["missing_idles"] == 0
    assert not room.broker._parts.missing_idles.waits
