"""A page whose update the kernel handled without a word on its status may go on (rule 19)."""

from __future__ import annotations

from jupyter_comm_broker.core.limits import Limits

from .heard import set_to
from .kernel import Room


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
    assert len(room.broker.context.mirror.pending) == 0
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
    assert room.broker.context.counters["missing_idles"] == 0


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
