"""A page that does not know a target does not take the comm from the others (rule 9)."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.protocol.message import Message

from ..heard import closed, status
from ..room import Room

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
    assert room.broker._parts.ledger.counters["refusals"] == 1


def test_another_target_that_nobody_knows_is_closed_in_the_kernel() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("c", target=OTHER)
    close = page.closes("c")
    assert room.for_kernel() == [close]
    assert "c" not in room.broker._parts.comms.registry


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


def test_who_refused_a_comm_is_not_told_that_another_page_closed_it() -> None:
    """JupyterLab would complain on its console that it has no such comm."""
    room = Room()
    user, refuser, other = room.page("a"), room.page("b"), room.page("c")
    room.kernel.opens("c", target=OTHER)
    user.tells("c", {})
    refuser.closes("c")
    for page in (refuser, other):
        page.gets()
    close = user.closes("c")
    assert close in room.for_kernel()
    assert closed("c") not in refuser.hears()
    assert closed("c") in other.hears()


def test_a_page_that_used_a_comm_closes_it() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("w", {"value": 1})
    page.updates("w", {"value": 2})
    page.gets()
    close = page.closes("w")
    assert room.for_kernel()[-1] is close
    assert room.broker._parts.ledger.counters["refusals"] == 0


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


def test_a_close_that_says_why_is_meant() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("w", {"value": 1})
    content = {"comm_id": "w", "data": {}}
    close = page.sends("comm_close", content, metadata={"reason": "closed by a program"})
    assert room.for_kernel()[-1] is close
    assert "w" not in room.broker._parts.comms.registry


@pytest.mark.parametrize("metadata", [b"{}", b"[1]", b'{"reason":""}', b"not JSON"])
def test_other_metadata_makes_it_no_less_a_refusal(metadata: bytes) -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("w", {"value": 1})
    written = page.write("shell", "comm_close", {"comm_id": "w", "data": {}})
    parts = [*written.parts[:2], metadata, *written.parts[3:]]
    room.broker.frontend_sent("a", Message("shell", parts), room.now)
    room.settle()
    assert "w" in room.broker._parts.comms.registry


def test_asking_for_the_comms_of_a_target_shows_that_a_page_knows_it() -> None:
    room = Room()
    knower, refuser = room.page("a"), room.page("b")
    knower.sends("comm_info_request", {"target_name": OTHER})
    room.kernel.opens("c", target=OTHER)
    room.for_kernel()
    refuser.closes("c")
    assert room.for_kernel() == []


def test_what_a_program_serves_is_not_closed_by_a_page_that_does_not_know_it() -> None:
    room = Room()
    page = room.page("a")
    room.broker.program_attached("program", room.now)
    room.kernel.opens("c", target=OTHER)
    room.broker.program_took("program", "c", room.now)
    page.closes("c")
    assert room.for_kernel() == []
    assert room.record("c").used_by == {"program"}


def test_a_close_with_data_is_meant() -> None:
    """A page's refusal has none."""
    room = Room()
    page, other = room.page("a"), room.page("b")
    room.kernel.opens("w", {"value": 1})
    page.gets()
    other.gets()
    close = page.sends("comm_close", {"comm_id": "w", "data": {"saved": "yes"}})
    assert room.for_kernel() == [close]
    assert "w" not in room.broker._parts.comms.registry
    assert other.hears() == [closed("w")]


def test_a_target_that_only_a_page_long_gone_knew_is_closed_in_the_kernel() -> None:
    """The kernel releases what it holds, or falls back to a picture."""
    room = Room(limits=Limits(absent_seconds=10.0))
    user, refuser = room.page("a"), room.page("b")
    room.kernel.opens("c", target=OTHER)
    user.tells("c", {})
    user.detach()
    room.wait(5.0)
    room.kernel.opens("d", target=OTHER)
    refuser.closes("d")
    assert [m for m in room.for_kernel() if m.header.msg_type == "comm_close"] == []
    room.wait(10.0)
    room.kernel.opens("e", target=OTHER)
    close = refuser.closes("e")
    assert close in room.for_kernel()
