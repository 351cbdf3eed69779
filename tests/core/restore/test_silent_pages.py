"""A page that asks for no widgets is offered them, where an operator wants that."""

from typing import Any

from jupyter_comm_broker.core.limits import Limits

from ..page import Page
from ..room import Room

STATE = {"_model_name": "IntSliderModel", "value": 1}
AFTER = 5.0


def room_with_widgets(*comm_ids: str, after: float = AFTER) -> Room:
    room = Room(limits=Limits(offer_widgets_after=after))
    for comm_id in comm_ids:
        room.kernel.opens(comm_id, {**STATE, "_view_name": comm_id})
    room.kernel.opens("other", target="mine")
    room.wait(100.0)
    room.for_kernel()
    return room


def opened(page: Page) -> list[tuple[str, Any]]:
    """Return the ids and states of the comms that were opened at a page since the last look."""
    return [
        (content["comm_id"], content["data"]["state"]["value"])
        for kind, content in page.hears()
        if kind == "comm_open"
    ]


def test_it_is_offered_each_once_in_their_order() -> None:
    room = room_with_widgets("layout", "slider")
    page = room.page("a")
    room.wait(AFTER - 0.1)
    assert opened(page) == []
    room.wait(0.2)
    assert opened(page) == [("layout", 1), ("slider", 1)]
    room.wait(1_000.0)
    page.detach()
    page.comes_back()
    room.wait(1_000.0)
    assert opened(page) == []


def test_unasked_nobody_is_offered_anything() -> None:
    room = room_with_widgets("w", after=Limits().offer_widgets_after)
    page = room.page("a")
    room.wait(1_000.0)
    assert opened(page) == []


def test_a_page_that_asks_is_not_offered_any() -> None:
    room = room_with_widgets("w")
    lab, other = room.page("lab"), room.page("other")
    lab.restores()
    other.sends("comm_info_request", {"target_name": "jupyter.widget"})
    room.wait(1_000.0)
    assert (opened(lab), opened(other)) == ([], [])


def test_what_it_got_live_or_uses_is_not_offered() -> None:
    room = room_with_widgets("before", "used")
    page = room.page("a")
    page.asks_state("used")
    room.kernel.opens("live", STATE)
    page.hears()
    room.wait(AFTER + 0.1)
    assert opened(page) == [("before", 1)]


def test_it_has_what_another_page_sent_and_the_kernel_has_not_handled() -> None:
    room = room_with_widgets("w")
    mover = room.page("mover")
    room.kernel.busy(mover.executes())
    mover.updates("w", {"value": 9})
    page = room.page("a")
    room.wait(AFTER + 0.1)
    assert opened(page) == [("w", 9)]


def test_a_state_that_is_not_known_is_asked_for_and_then_offered() -> None:
    room = room_with_widgets("w")
    record = room.record("w")
    room.broker._parts.comms.registry.doubt(record, "a test")
    record.forget_state()
    page = room.page("a")
    room.wait(AFTER + 0.1)
    assert opened(page) == []
    asked = [m for m in room.for_kernel() if m.header.msg_type == "comm_msg"]
    room.kernel.updates("w", {**STATE, "value": 4}, asked[-1])
    assert opened(page) == [("w", 4)]


def test_it_hears_what_changes_meanwhile() -> None:
    room = room_with_widgets("w")
    page = room.page("a")
    room.wait(AFTER + 0.1)
    page.hears()
    room.kernel.updates("w", {"value": 5})
    room.wait(10.0)
    values = [c["data"]["state"].get("value") for kind, c in page.hears() if kind == "comm_msg"]
    assert set(values) == {5}
