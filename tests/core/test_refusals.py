"""A page that does not know a target does not take the comm from the others (rule 9)."""

from __future__ import annotations

from jupyter_comm_broker.core.limits import Limits

from .heard import closed, status
from .kernel import Room

OTHER = "matplotlib"


def test_a_refused_widget_stays_open_and_the_page_gets_its_idle() -> None:
    room = Room()
    refuser, other = room.page("a"), room.page("b")
    room.kernel.opens("w", {"value": 1})
    refuser.gets()
    other.gets()
    close = refuser.closes("w")
    assert room.for_kernel() == []
    [idle] = refuser.gets()
    assert (idle.content, idle.parent.msg_id) == ({"execution_state": "idle"}, close.header.msg_id)
    assert other.hears() == []
    assert room.record("w").refused_by == {"a"}
    assert room.broker.context.counters["refusals"] == 1


def test_another_target_that_nobody_knows_is_closed_in_the_kernel() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("c", target=OTHER)
    close = page.closes("c")
    assert room.for_kernel() == [close]
    assert "c" not in room.broker.context.registry


def test_another_target_that_a_page_has_used_stays_open() -> None:
    room = Room()
    user, refuser = room.page("a"), room.page("b")
    room.kernel.opens("c", target=OTHER)
    user.tells("c", {})
    room.for_kernel()
    refuser.closes("c")
    assert room.for_kernel() == []
    # Also for the next comm of that target.
    room.kernel.opens("d", target=OTHER)
    refuser.closes("d")
    assert room.for_kernel() == []


def test_a_page_that_used_a_comm_closes_it() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("w", {"value": 1})
    page.updates("w", {"value": 2})
    page.gets()
    close = page.closes("w")
    assert room.for_kernel()[-1] is close
    assert room.broker.context.counters["refusals"] == 0


def test_a_page_closes_the_comm_that_it_opened() -> None:
    room = Room()
    page, other = room.page("a"), room.page("b")
    page.opens("c", OTHER, {})
    close = page.closes("c")
    assert room.for_kernel()[-1] is close
    assert other.hears() == [closed("c")]


def test_long_after_it_was_delivered_a_close_is_a_close() -> None:
    room = Room(limits=Limits(refusal_seconds=30.0))
    page = room.page("a")
    room.kernel.opens("w", {"value": 1})
    room.wait(31.0)
    close = page.closes("w")
    assert close in room.for_kernel()


def test_to_a_page_that_came_later_the_comm_is_fresh() -> None:
    room = Room(limits=Limits(refusal_seconds=30.0))
    room.kernel.opens("w", {"value": 1})
    room.wait(100.0)
    page = room.page("a")
    room.for_kernel()
    page.closes("w")
    assert room.for_kernel() == []
    assert page.hears() == [status("idle")]


def test_who_refused_a_comm_and_then_uses_it_has_it() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("w", {"value": 1})
    page.closes("w")
    page.updates("w", {"value": 2})
    assert (room.record("w").refused_by, room.record("w").used_by) == (set(), {"a"})
