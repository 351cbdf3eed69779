"""A request whose idle the kernel dropped is ended for whoever waits for it."""

from __future__ import annotations

from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.message import Message

from ..page import Page
from ..room import Room


def idles(page: Page) -> list[str]:
    """Return which requests a page heard to be over, and forget what it was sent."""
    heard = [m for m in page.gets() if m.header.msg_type == "status"]
    return [m.parent.msg_id for m in heard if m.content["execution_state"] == "idle"]


def probe(room: Room) -> Message:
    """Return the one question that the broker asks the kernel."""
    [question] = room.for_kernel()
    assert (question.channel, question.header.msg_type) == ("shell", "kernel_info_request")
    return question


def replied(room: Room, page: Page) -> Message:
    """Let a page run a cell, up to its reply."""
    cell = page.executes()
    room.kernel.busy(cell)
    room.kernel.replies(cell, {"status": "ok"})
    room.for_kernel()
    page.gets()
    return cell


def executed_without_idle(room: Room, page: Page) -> Message:
    """Let a page run a cell to its end, of which it never hears."""
    cell = replied(room, page)
    loses_idle(room, cell)
    return cell


def test_a_cell_that_was_replied_to_ends_when_the_kernel_is_found_to_be_on_with_its_work() -> None:
    room = Room()
    page, other = room.page("a"), room.page("b")
    cell = executed_without_idle(room, page)
    other.gets()
    room.wait(2.0)
    question = probe(room)
    assert room.broker._parts.work.occupied
    room.kernel.busy(question)
    for each in (page, other):
        assert idles(each) == [cell.header.msg_id]
    assert room.broker._parts.work.execution.running is None
    assert room.broker._parts.work.execution.state == "idle"
    assert room.broker._parts.ledger.counters["lost_idles"] == 1
    room.kernel.idle(question)
    room.wait(100.0)
    assert idles(page) == []


def test_the_next_cell_proves_it_too_and_keeps_the_kernel_busy() -> None:
    room = Room()
    page = room.page("a")
    first = executed_without_idle(room, page)
    room.wait(0.1)
    second = page.executes()
    room.kernel.busy(second)
    assert idles(page) == [first.header.msg_id]
    running = room.broker._parts.work.execution.running
    assert running is not None
    assert running[0].msg_id == second.header.msg_id
    room.wait(100.0)
    assert room.broker._parts.ledger.counters["lost_idles"] == 1


def test_a_page_can_read_the_header_that_the_idle_names() -> None:
    """JupyterLab throws a message away whose parent header lacks one of these."""
    room = Room()
    page = room.page("a")
    first = executed_without_idle(room, page)
    room.wait(0.1)
    room.kernel.busy(page.executes())
    parent = loads(page.gets()[0].parts[1])
    assert (parent["msg_id"], parent["session"]) == (first.header.msg_id, "a")
    assert {"msg_type", "username", "version", "date"} < parent.keys()


def test_a_slider_whose_handler_flooded_is_not_frozen() -> None:
    room = Room()
    room.kernel.opens("w", {"value": 1})
    page = room.page("a")
    moved = page.updates("w", {"value": 2})
    room.kernel.busy(moved)
    room.for_kernel()
    page.gets()
    room.wait(2.0)
    loses_idle(room, moved)
    room.kernel.busy(probe(room))
    assert moved.header.msg_id in idles(page)
    assert len(room.broker._parts.comms.mirror.pending) == 0


def loses_idle(room: Room, request: Message) -> None:
    """Let the kernel number an idle, and drop it."""
    room.kernel.write("iopub", "status", {"execution_state": "idle"}, parent=request)


def test_a_handler_that_lets_other_messages_in_is_not_over() -> None:
    room = Room()
    room.kernel.opens("w", {"value": 1})
    page = room.page("a")
    polling = page.updates("w", {"value": 2})
    room.kernel.busy(polling)
    room.for_kernel()
    inside = page.updates("w", {"value": 3})
    room.kernel.busy(inside)
    room.kernel.idle(inside)
    room.for_kernel()
    room.wait(2.0)
    question = probe(room)
    room.kernel.busy(question)
    room.kernel.idle(question)
    assert idles(page) == [inside.header.msg_id]
    running = room.broker._parts.work.execution.running
    assert running is not None
    assert running.header.msg_id == polling.header.msg_id


def test_one_whose_idle_was_lost_is_over_when_the_next_begins() -> None:
    room = Room()
    room.kernel.opens("w", {"value": 1})
    page = room.page("a")
    first, second = page.updates("w", {"value": 2}), page.updates("w", {"value": 3})
    room.kernel.busy(first)
    loses_idle(room, first)
    page.gets()
    room.kernel.busy(second)
    assert idles(page) == [first.header.msg_id]
    room.kernel.idle(second)
    assert idles(page) == [second.header.msg_id]
    assert room.broker._parts.work.execution.running is None


def test_a_handler_that_only_takes_long_is_asked_ever_less_often_and_left_alone() -> None:
    room = Room()
    room.kernel.opens("w", {"value": 1})
    page = room.page("a")
    moved = page.updates("w", {"value": 2})
    room.kernel.busy(moved)
    room.for_kernel()
    page.gets()
    room.wait(3600.0)
    assert 2 <= len(room.for_kernel()) <= 12
    assert idles(page) == []
    room.kernel.idle(moved)
    assert idles(page) == [moved.header.msg_id]


def test_a_cell_that_runs_is_never_asked_about() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.busy(page.executes())
    room.for_kernel()
    room.wait(3600.0)
    assert room.for_kernel() == []


def test_a_kernel_that_replies_when_it_begins_is_not_cut_off() -> None:
    """The protocol sets no order between reply and idle, and nothing was lost."""
    room = Room()
    page = room.page("a")
    cell = replied(room, page)
    room.wait(0.1)
    beside = page.sends("complete_request", {"code": "x", "cursor_pos": 1})
    room.kernel.busy(beside)
    room.kernel.replies(beside, {"status": "ok"})
    room.kernel.idle(beside)
    room.wait(5.0)
    for question in room.for_kernel():
        room.kernel.busy(question)
        room.kernel.idle(question)
    assert cell.header.msg_id not in idles(page)
    room.kernel.prints("still at work", cell)
    room.kernel.idle(cell)
    assert idles(page) == [cell.header.msg_id]


def test_an_idle_that_comes_behind_its_reply_is_no_loss() -> None:
    room = Room()
    page = room.page("a")
    for _ in range(3):
        cell = replied(room, page)
        room.kernel.idle(cell)
        room.wait(0.4)
    assert room.for_kernel() == []
    assert "lost_idles" not in room.broker._parts.ledger.counters


def test_a_subshells_idle_is_not_proven_by_the_main_shell() -> None:
    room = Room()
    page = room.page("a")
    aside = page.executes(subshell_id="s1")
    room.kernel.busy(aside)
    room.kernel.replies(aside, {"status": "ok"})
    loses_idle(room, aside)
    page.gets()
    room.kernel.busy(page.executes())
    assert idles(page) == []
    room.wait(0.1)
    room.kernel.busy(page.executes(subshell_id="s1"))
    assert idles(page) == [aside.header.msg_id]


def test_a_new_process_owes_nothing() -> None:
    room = Room()
    page = room.page("a")
    executed_without_idle(room, page)
    room.broker.kernel_restarting(room.now)
    room.settle()
    room.prove()
    page.gets()
    room.for_kernel()
    room.wait(100.0)
    assert "lost_idles" not in room.broker._parts.ledger.counters


def test_a_reply_that_overtook_its_own_output_ends_nothing() -> None:
    """Replies come over another socket: what was published before may be heard after."""
    room = Room()
    room.kernel.opens("w", {"value": 1})
    page = room.page("a")
    moved = page.updates("w", {"value": 2})
    room.wait(0.1)
    cell = page.executes()
    room.kernel.replies(cell, {"status": "ok"})
    page.gets()
    for late in (moved, cell):
        room.kernel.busy(late)
        assert idles(page) == []
        room.kernel.idle(late)
        assert idles(page) == [late.header.msg_id]
    assert "lost_idles" not in room.broker._parts.ledger.counters


def test_what_was_sent_after_the_question_is_not_ended_by_it() -> None:
    room = Room()
    page = room.page("a")
    first = executed_without_idle(room, page)
    room.wait(1.5)
    question = probe(room)
    second = page.executes()
    room.kernel.replies(second, {"status": "ok"})
    page.gets()
    room.kernel.busy(question)
    assert idles(page) == [first.header.msg_id]


def test_a_status_without_a_parent_and_one_of_an_unknown_request_prove_nothing() -> None:
    room = Room()
    page = room.page("a")
    executed_without_idle(room, page)
    room.kernel.busy(None)
    room.kernel.idle(None)
    room.kernel.busy(Page(room, "stranger").write("control", "debug_request", {}))
    assert "lost_idles" not in room.broker._parts.ledger.counters
