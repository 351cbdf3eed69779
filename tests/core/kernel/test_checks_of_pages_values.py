"""A page's value is the kernel's only when the kernel says so."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.state.comm_record import Knowledge
from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.message import Message

from ..heard import set_to
from ..page import Page
from ..room import Room
from ..truth import STATE, Truth, kernel_with


def handles(room: Room, message: Message, echo: bool = True) -> None:
    """Let the kernel take a page's update as ipywidgets does."""
    room.kernel.busy(message)
    if echo:
        state = loads(message.comm.data)["state"]
        room.kernel.echoes(message.comm.comm_id, state, message)
    room.kernel.idle(message)


def sliding(**settings: Any) -> tuple[Room, Truth, Page]:
    room, truth = kernel_with("w", **settings)
    page = room.page("a")
    page.gets()
    return room, truth, page


@pytest.mark.parametrize("echo", [True, False])
def test_a_value_that_the_kernel_refused_without_a_word_does_not_stay(echo: bool) -> None:
    room, truth, page = sliding()
    other = room.page("b")
    handles(room, page.updates("w", {"value": 7}), echo)
    assert (room.mirrored("w")["value"], room.record("w").knowledge) == (7, Knowledge.DIRTY)
    assert "page" in room.record("w").dirty_because
    page.gets(), other.gets()
    room.for_kernel()
    room.wait(0.3)
    truth.works()
    assert (room.mirrored("w")["value"], room.record("w").knowledge) == (1, Knowledge.CLEAN)
    assert page.hears() == other.hears() == [set_to("w", {"value": 1})]


def test_a_value_that_holds_is_told_to_nobody_again() -> None:
    room, truth, page = sliding()
    handles(room, page.updates("w", {"value": 7}))
    page.gets()
    room.for_kernel()
    truth.widgets["w"]["value"] = 7
    room.wait(0.3)
    truth.works()
    assert page.hears() == []
    assert room.record("w").knowledge is Knowledge.CLEAN


def test_what_the_kernel_itself_said_needs_no_check() -> None:
    room, _, page = sliding()
    asked = page.updates("w", {"value": 70})
    room.for_kernel()
    room.kernel.busy(asked)
    room.kernel.echoes("w", {"value": 70}, asked)
    room.kernel.updates("w", {"value": 50}, asked)
    room.kernel.idle(asked)
    assert room.record("w").knowledge is Knowledge.CLEAN
    room.wait(10.0)
    assert room.for_kernel() == []


def test_a_slider_that_is_dragged_is_checked_once_a_second_and_when_it_rests() -> None:
    room, truth, page = sliding()
    for number in range(40):
        handles(room, page.updates("w", {"value": number}))
        truth.widgets["w"]["value"] = number
        room.wait(0.05)
        for message in room.for_kernel():
            if message.header.session == "broker":
                truth.answers(message)
    room.wait(1.0)
    truth.works()
    assert 2 <= truth.asked.count("w") <= 3
    assert room.record("w").knowledge is Knowledge.CLEAN


def test_a_custom_message_may_change_a_widget_that_tells_nobody() -> None:
    room, truth, page = sliding()
    handles(room, page.tells("w", {"method": "custom", "content": {}}, [b"raw"]), echo=False)
    truth.widgets["w"]["value"] = "edited"
    assert room.record("w").knowledge is Knowledge.DIRTY
    room.for_kernel()
    room.wait(0.3)
    truth.works()
    assert page.hears()[-1] == set_to("w", {"value": "edited"})


def test_what_takes_the_kernel_long_is_asked_seldom() -> None:
    room, _, page = sliding(limits=Limits(verify_interval=0.0))
    asked = 0
    for number in range(300):
        handles(room, page.updates("w", {"value": number}))
        room.wait(0.5)
        for message in room.for_kernel():
            if message.header.session != "broker" or message.header.msg_type != "comm_msg":
                continue
            asked += 1
            room.kernel.busy(message)
            room.wait(3.0)
            room.kernel.updates("w", {**STATE, "value": number}, message)
            room.kernel.idle(message)
    # 60 s of rest after each 3 s of work, in 150 s and what the kernel took itself.
    assert 2 <= asked <= 4


def test_a_process_that_is_gone_leaves_nothing_to_check() -> None:
    room, _, page = sliding()
    handles(room, page.updates("w", {"value": 7}))
    room.broker.kernel_restarted(room.now)
    room.settle()
    room.prove()
    room.for_kernel()
    room.wait(100.0)
    assert room.for_kernel() == []


def test_a_page_that_sends_faster_than_the_kernel_works_keeps_its_last_value() -> None:
    room, truth, page = sliding()
    sent = [page.updates("w", {"value": value}) for value in (5, 1, 5)]
    for message in sent:
        handles(room, message, echo=False)
    truth.widgets["w"]["value"] = 5
    room.for_kernel()
    assert [content for kind, content in page.hears() if kind == "comm_msg"] == []
    room.wait(1.0)
    truth.works()
    assert [content for kind, content in page.hears() if kind == "comm_msg"] == []
    assert room.mirrored("w")["value"] == 5


def test_an_object_that_names_its_classes_only_once_is_checked_as_any_other() -> None:
    classes = {"_model_name": "AnyModel", "_model_module": "anywidget", "_view_count": None}
    room = Room()
    room.kernel.opens("d", {**classes, "_esm": "x", "value": 1})
    truth = Truth(room, d={"_esm": "x", "value": 1})
    page = room.page("a")
    refused = page.updates("d", {"value": -5})
    room.kernel.busy(refused)
    room.kernel.idle(refused)
    assert room.record("d").knowledge is Knowledge.DIRTY
    page.gets()
    room.for_kernel()
    room.wait(1.0)
    truth.works()
    assert page.hears() == [set_to("d", {"value": 1})]
    assert room.mirrored("d") == {**classes, "_esm": "x", "value": 1}
    assert room.record("d").knowledge is Knowledge.CLEAN
    room.wait(5.0)
    truth.works()
    assert truth.asked == ["d"]
