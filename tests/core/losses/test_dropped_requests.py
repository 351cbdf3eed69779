"""A cell that the kernel dropped without a word does not keep everything from being checked."""

from __future__ import annotations

from jupyter_comm_broker.protocol.message import Message

from ..room import Room


def is_occupied(room: Room) -> bool:
    """Return whether the kernel seems to have something to do."""
    return room.broker._parts.work.occupied


def question(room: Room) -> Message | None:
    """Return the latest question on the shell."""
    asked = [
        each
        for each in room.for_kernel()
        if each.header.msg_type == "kernel_info_request" and each.channel == "shell"
    ]
    return asked[-1] if asked else None


def test_a_kernel_that_is_past_a_cell_is_not_occupied_by_it() -> None:
    room = Room()
    page = room.page("a")
    cell = page.executes()
    room.for_kernel()
    assert is_occupied(room)
    room.wait(3.0)
    asked = question(room)
    assert asked is not None
    room.kernel.busy(asked)
    room.kernel.replies(asked, room.kernel_info)
    room.kernel.idle(asked)
    assert not is_occupied(room)
    assert room.broker._parts.ledger.counters["dropped_requests"] == 1
    # The page is told nothing, as with stock. A reply that comes after all is its own.
    page.gets()
    reply = room.kernel.replies(cell, {"status": "ok"})
    assert reply in page.gets()


def test_a_cell_that_was_sent_after_the_question_is_none_of_its_business() -> None:
    room = Room()
    page = room.page("a")
    page.executes()
    room.for_kernel()
    room.wait(3.0)
    asked = question(room)
    assert asked is not None
    later = page.executes()
    room.kernel.busy(asked)
    assert is_occupied(room)
    room.kernel.idle(asked)
    room.kernel.busy(later)
    room.kernel.idle(later)
    assert not is_occupied(room)


def test_a_cell_that_runs_is_asked_nothing_about_for_an_hour() -> None:
    room = Room()
    page = room.page("a")
    cell = page.executes()
    room.kernel.busy(cell)
    later = page.executes()
    room.for_kernel()
    room.wait(3_600.0)
    assert question(room) is None
    room.kernel.replies(cell, {"status": "ok"})
    room.kernel.idle(cell)
    room.kernel.busy(later)
    room.kernel.idle(later)
    room.wait(10.0)
    assert room.broker._parts.ledger.counters["dropped_requests"] == 0


def test_a_kernel_that_is_stopped_is_asked_ever_more_rarely() -> None:
    room = Room()
    room.page("a").executes()
    room.for_kernel()
    room.wait(600.0)
    asked = [e for e in room.for_kernel() if e.header.msg_type == "kernel_info_request"]
    assert 1 <= len(asked) < 12
