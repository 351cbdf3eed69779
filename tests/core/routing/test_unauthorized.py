"""A user who may not is denied, and what needs no right is taken all the same."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.gate.rights import Right

from ..heard import set_to, status
from ..page import Page
from ..room import Room

STATE = {"_model_name": "IntSliderModel", "value": 5, "max": 100}


def watched() -> tuple[Room, Page]:
    """Return a room with a widget, and a page that may only see it."""
    room = Room()
    page = room.page("a")
    page.rights = {Right.READ}
    room.kernel.opens("w", STATE)
    page.gets()
    return room, page


def test_a_page_that_does_not_know_a_target_tried_to_close_nothing() -> None:
    room, page = watched()
    room.kernel.opens("c", target="nobody's")
    page.gets()
    page.closes("c")
    assert page.hears() == [status("idle")]
    assert room.record("c").refused_by == {"a"}
    assert room.for_kernel() == []
    assert room.broker._parts.ledger.counters["refused_unauthorized"] == 0


def test_a_page_that_tried_to_move_a_widget_has_its_model() -> None:
    room, page = watched()
    page.restores()
    room.kernel.customs("w", "held until the model exists")
    page.gets()
    page.updates("w", {"value": 9})
    assert set_to("w", {"value": 5}) in page.hears()
    assert room.record("w").used_by == {"a"}


def test_a_page_that_may_only_see_is_given_its_widgets() -> None:
    room, page = watched()
    page.restores()
    assert page.hears_states() == {"w": STATE}
    page.closes("a-control-1")
    assert page.hears() == [status("idle")]
    page.asks_state("w")
    assert page.hears()[0] == set_to("w", STATE)
    assert room.broker._parts.ledger.counters["refused_unauthorized"] == 0


def test_it_is_given_them_also_where_its_question_came_before_the_kernel_could_be_reached() -> None:
    room = Room(proven=False)
    page = room.page("a")
    page.rights = {Right.READ}
    page.restores()
    page.closes("a-control-1")
    room.prove()
    heard = page.hears()
    assert [kind for kind, _ in heard] == ["status", "comm_msg", "status", "status"]
    assert room.broker._parts.ledger.counters["refused_unauthorized"] == 0


def test_what_nobody_could_be_asked_about_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    room, page = watched()
    page.rights = {Right.READ, Right.WRITE}
    with monkeypatch.context() as patch:
        patch.setattr(room.broker._parts.comms, "registry", None)
        page.updates("w", {"value": 9})
    assert room.for_kernel() == []
    assert room.broker._parts.ledger.counters["faults"] > 0
