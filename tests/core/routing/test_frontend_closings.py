"""A page's closing is for all pages. A page that does not know a target closes nothing."""

from __future__ import annotations

from jupyter_comm_broker.core.limits import Limits

from ..heard import closed, status
from ..room import Room

STATE = {"_model_name": "IntSliderModel", "value": 5, "max": 100}


def test_a_page_that_closes_a_comm_ends_it_for_the_others() -> None:
    room = Room()
    room.kernel.opens("w", {"value": 1})
    page, other = room.page("a"), room.page("b")
    page.updates("w", {"value": 1})
    close = page.closes("w")
    assert room.for_kernel()[-1] is close
    assert (page.hears(), other.hears()) == ([], [closed("w")])
    assert "w" not in room.broker._parts.comms.registry


def test_a_page_that_does_not_know_a_target_closes_nothing_for_the_others() -> None:
    room = Room()
    first = room.page("a")
    room.kernel.opens("c", target="known")
    first.tells("c", {})
    late = room.page("b")
    room.kernel.opens("d", target="known")
    room.for_kernel()
    late.gets()
    late.closes("d")
    assert late.hears() == [status("idle")]
    assert "d" in room.broker._parts.comms.registry
    assert room.for_kernel() == []


def test_a_close_that_is_denied_for_the_backlog_closes_nothing() -> None:
    room = Room(limits=Limits(backlog_bytes=10))
    page = room.page("a")
    room.kernel.opens("w", STATE)
    page.tells("w", {"method": "request_state"})
    page.gets()
    page.closes("w")
    assert [kind for kind, _ in page.hears()] == ["error", "status"]
    assert "w" in room.broker._parts.comms.registry
