"""A page's refusal waits while the kernel is busy, because its cell may change what it means."""

from __future__ import annotations

from jupyter_comm_broker.protocol.message import Message

from ..room import Room

OTHER = "matplotlib"


def running(room: Room) -> Message:
    """Return the cell that the kernel runs for another page, which knows no target."""
    runner = room.page("runner")
    cell = runner.executes()
    room.kernel.busy(cell)
    room.for_kernel()
    return cell


def test_a_refusal_goes_to_a_busy_kernel_when_it_is_free() -> None:
    room = Room()
    page = room.page("a")
    cell = running(room)
    room.kernel.opens("c", target=OTHER, parent=cell)
    close = page.closes("c")
    assert room.for_kernel() == []
    assert "c" in room.broker._parts.comms.registry, "the kernel has it as well"
    room.kernel.idle(cell)
    assert close in room.for_kernel()
    assert "c" not in room.broker._parts.comms.registry


def test_the_refusal_of_a_first_opening_does_not_end_the_second_under_the_same_id() -> None:
    """ipykernel#1059: the cell opens the comm again, for a target that the page knows."""
    room = Room()
    page = room.page("a")
    cell = running(room)
    room.kernel.opens("c", target=OTHER, parent=cell)
    close = page.closes("c")
    room.kernel.opens("c", {"value": 1}, parent=cell)
    page.gets()
    room.kernel.idle(cell)
    assert close not in room.for_kernel()
    assert room.mirrored("c")["value"] == 1
    idles = [each for each in page.gets() if each.parent.msg_id == close.header.msg_id]
    assert [each.content for each in idles] == [{"execution_state": "idle"}]


def test_who_refused_a_comm_and_used_it_before_the_kernel_heard_keeps_it() -> None:
    room = Room()
    page = room.page("a")
    cell = running(room)
    room.kernel.opens("c", target=OTHER, parent=cell)
    close = page.closes("c")
    page.tells("c", {})
    room.for_kernel()
    room.kernel.idle(cell)
    assert close not in room.for_kernel()
    assert "c" in room.broker._parts.comms.registry


def test_a_refusal_that_waits_for_a_kernel_that_restarts_is_answered() -> None:
    room = Room()
    page = room.page("a")
    cell = running(room)
    room.kernel.opens("c", target=OTHER, parent=cell)
    close = page.closes("c")
    page.gets()
    room.broker.kernel_restarted(room.now)
    room.settle()
    idles = [each for each in page.gets() if each.parent.msg_id == close.header.msg_id]
    assert [each.content for each in idles] == [{"execution_state": "idle"}]
    assert close not in room.for_kernel()


def test_two_pages_that_refuse_the_same_comm_tell_the_kernel_once() -> None:
    """At a second comm_close a kernel prints that it has no such comm."""
    room = Room()
    one, other = room.page("a"), room.page("b")
    cell = running(room)
    room.kernel.opens("c", target=OTHER, parent=cell)
    first, second = one.closes("c"), other.closes("c")
    other.gets()
    room.kernel.idle(cell)
    sent = room.for_kernel()
    assert first in sent
    assert second not in sent
    assert second.header.msg_id in [each.parent.msg_id for each in other.gets()]
