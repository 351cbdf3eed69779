"""What comes too early waits, in its order, and goes where the kernel is."""

from __future__ import annotations

from ..room import Room


def test_what_waited_for_the_old_process_goes_to_the_new_one_once_that_is_heard() -> None:
    room = Room(running=True)
    page = room.page("a")
    room.kernel.busy(page.executes())
    asked = page.sends("comm_info_request", {})
    room.for_kernel()
    room.broker.kernel_restarted(room.now)
    room.settle()
    room.wait(5.0)
    assert {m.header.session for m in room.for_kernel()} == {"broker"}
    room.wait(0.6)
    room.prove()
    assert room.for_kernel() == [asked]


def test_what_came_back_goes_before_what_waited() -> None:
    room = Room()
    page = room.page("a")
    first = page.executes()
    assert room.for_kernel() == [first]
    room.broker.link_broken(room.now, [first])
    second = page.executes()
    room.broker.link_mended(room.now, True)
    room.settle()
    room.prove()
    assert [m for m in room.for_kernel() if m in (first, second)] == [first, second]


def test_what_was_on_its_way_to_a_process_that_is_gone_is_counted_and_said() -> None:
    room = Room()
    page = room.page("a")
    first = page.executes()
    room.broker.link_broken(room.now, [first])
    room.broker.kernel_restarted(room.now)
    room.settle()
    assert room.broker.known.counters()["undelivered_at_restart"] == 1
    assert any("1 messages were lost on their way" in line.text for line in room.log)
