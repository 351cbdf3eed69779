"""A page that comes back is offered what a strategy keeps, until it takes it or time is up."""

from __future__ import annotations

from typing import Any

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.policy import Policy
from tests.example_strategies import LastValue

from ..page import Page
from ..room import Room


def drawn(**limits: Any) -> Room:
    """Return a room in which the kernel opened a comm ``c`` and said 7 on it."""
    room = Room(policy=Policy(strategies={"mine": LastValue()}), limits=Limits(**limits))
    room.page("first")
    room.kernel.opens("c", target="mine")
    room.kernel.sends("c", 6)
    room.kernel.sends("c", 7, buffers=(b"raw",))
    room.wait(60.0)
    return room


def told(page: Page) -> list[tuple[str, Any]]:
    """Return what a page hears about comms."""
    return [(kind, content) for kind, content in page.hears() if kind.startswith("comm_")]


OPENED = ("comm_open", {"comm_id": "c", "target_name": "mine", "data": {}})
SAID = ("comm_msg", {"comm_id": "c", "data": 7})


def test_a_new_page_is_offered_what_is_kept_once() -> None:
    room = drawn()
    page = room.page("a")
    assert told(page) == []
    room.wait(0.5)
    messages = [m for m in page.gets() if m.header.msg_type.startswith("comm_")]
    assert [(m.header.msg_type, m.content) for m in messages] == [OPENED, SAID]
    assert list(messages[1].buffers) == [b"raw"]
    room.wait(60.0)
    assert told(page) == []
    assert room.broker._parts.ledger.counters["offered_comms"] == 1
    assert room.broker.next_due() is None


def test_what_it_turns_down_is_offered_again_for_a_while_and_stays_open_for_all() -> None:
    room = drawn()
    page = room.page("a")
    for _ in room.broker._parts.limits.offer_after:
        while not (heard := told(page)):
            room.wait(0.5)
        assert heard == [OPENED, SAID]
        page.closes("c")
        assert [kind for kind, _ in page.hears()] == ["status"]
    room.wait(60.0)
    assert told(page) == []
    assert room.for_kernel() == []
    assert "c" in room.broker._parts.comms.registry


def test_a_short_loss_of_the_socket_does_not_end_the_offers() -> None:
    """Its plug-in had not loaded when it was offered the comm first."""
    room = drawn()
    page = room.page("a")
    while not told(page):
        room.wait(0.1)
    page.closes("c")
    page.loses_network()
    room.wait(0.2)
    page.comes_back()
    page.gets()
    room.wait(60.0)
    assert told(page)[:2] == [OPENED, SAID]


def test_a_page_that_asks_for_the_target_has_it_at_once() -> None:
    room = drawn()
    page = room.page("a")
    page.sends("comm_info_request", {"target_name": "another"})
    assert told(page) == []
    page.sends("comm_info_request", {"target_name": "mine"})
    assert told(page) == [OPENED, SAID]
    room.wait(60.0)
    assert told(page) == []


def test_what_passes_after_the_offer_comes_behind_it() -> None:
    room = drawn()
    page = room.page("a")
    room.wait(0.4)
    room.kernel.sends("c", 8)
    room.wait(0.2)
    room.kernel.sends("c", 9)
    eight, nine = ((SAID[0], {"comm_id": "c", "data": number}) for number in (8, 9))
    assert told(page) == [eight, OPENED, eight, nine]


def test_who_was_there_when_it_was_opened_is_offered_nothing() -> None:
    room = drawn()
    page = room.page("a")
    room.kernel.opens("d", target="mine")
    page.gets()
    room.wait(60.0)
    assert [content["comm_id"] for _, content in told(page)] == ["c", "c"]


def test_a_page_that_was_away_is_offered_only_what_it_missed_for_good() -> None:
    room = drawn(absent_bytes=10_000)
    page = room.page("a")
    room.wait(60.0)
    page.gets()
    page.detach()
    page.attach()
    room.wait(60.0)
    assert told(page) == []
    room.wait(1.0)
    page.detach()
    room.wait(1.0)
    room.kernel.opens("d", target="mine")
    room.kernel.sends("d", "x" * 20_000)
    room.kernel.sends("d", 1)
    page.attach()
    assert told(page) == []
    room.wait(60.0)
    kinds = [(kind, content["comm_id"]) for kind, content in told(page)]
    assert ("comm_open", "d") in kinds
    assert len([each for each in kinds if each[0] == "comm_open" and each[1] == "d"]) == 1


def test_who_leaves_or_has_used_it_is_offered_nothing() -> None:
    room = drawn()
    page, other = room.page("a"), room.page("b")
    page.detach()
    other.tells("c", 1)
    room.wait(60.0)
    assert told(other) == []
    assert room.broker._parts.ledger.counters["offered_comms"] == 0


def test_what_is_closed_or_of_another_process_is_not_offered() -> None:
    room = drawn()
    page = room.page("a")
    room.kernel.closes("c")
    page.gets()
    room.wait(60.0)
    assert told(page) == []
    room = drawn()
    page = room.page("a")
    room.broker.kernel_restarted(room.now)
    page.gets()
    room.wait(60.0)
    assert told(page) == []


def test_widgets_are_never_offered() -> None:
    room = Room(policy=Policy(strategies={"mine": LastValue()}))
    room.kernel.opens("w", {"_model_name": "N"})
    page = room.page("a")
    room.wait(60.0)
    assert told(page) == []
