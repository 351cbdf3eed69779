"""A page that comes back is given its widgets from the mirror, whatever the kernel is doing."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import CONTROL_TARGET

from ..heard import custom, set_to, status
from ..page import Page
from ..room import Room

MODEL = {"_model_name": "N", "_model_module": "M", "_model_module_version": "V"}


def working(room: Room) -> Message:
    """Let a page that is gone run a cell."""
    other = room.page("other")
    request = other.executes()
    room.kernel.busy(request)
    other.detach()
    room.for_kernel()
    return request


def restored(page: Page) -> list[Message]:
    """Return what the page heard of a restore: everything but the state of the kernel."""
    return [m for m in page.gets() if m.header.msg_type == "comm_msg"]


def test_a_restore_while_a_cell_runs_is_answered_at_once_and_the_kernel_hears_nothing() -> None:
    room = Room()
    room.kernel.opens("w", {**MODEL, "value": 1})
    working(room)
    page = room.page("a")
    page.gets()
    request = page.restores()
    answer = page.gets()
    assert room.for_kernel() == []
    idle_of_open, snapshot, idle = answer
    assert (snapshot.channel, snapshot.header.msg_type) == ("iopub", "comm_msg")
    assert snapshot.parts[1] == request.parts[0]
    assert snapshot.content == {
        "comm_id": request.comm.comm_id,
        "data": {
            "method": "update_states",
            "states": {
                "w": {
                    "model_name": "N",
                    "model_module": "M",
                    "model_module_version": "V",
                    "state": {**MODEL, "value": 1},
                }
            },
            "buffer_paths": [],
        },
    }
    for each in (idle_of_open, idle):
        assert each.content == {"execution_state": "idle"}
        # The page's indicator must not follow it (rule 8), its future must end.
        assert each.parent.msg_type == "comm_info_request"
    assert idle.parent.msg_id == request.header.msg_id


def test_buffers_are_where_the_page_looks_for_them() -> None:
    room = Room()
    room.kernel.opens("v", {"value": 1})
    room.kernel.opens("w", {"list": [None, {}]}, paths=[["list", 0], ["raw"]], buffers=[b"x", b"y"])
    page = room.page("a")
    page.restores()
    [snapshot] = restored(page)
    assert snapshot.content["data"]["buffer_paths"] == [
        ["w", "state", "list", 0],
        ["w", "state", "raw"],
    ]
    assert snapshot.content["data"]["states"]["w"]["state"] == {"list": [None, {}]}
    assert list(snapshot.buffers) == [b"x", b"y"]


def test_a_control_comm_never_reaches_the_kernel_and_each_message_on_it_ends() -> None:
    room = Room()
    page = room.page("a")
    sent = [
        page.opens("c", CONTROL_TARGET, {}),
        page.tells("c", {"method": "something else"}),
        page.closes("c"),
    ]
    heard = page.gets()
    assert [m.content for m in heard] == [{"execution_state": "idle"}] * 3
    assert [m.parent.msg_id for m in heard] == [m.header.msg_id for m in sent]
    assert room.for_kernel() == []
    assert len(room.broker._parts.comms.registry) == 0


def test_a_comm_in_the_snapshot_is_not_opened_again_and_later_ones_are_opened_once() -> None:
    room = Room()
    room.kernel.opens("w", {"value": 1})
    page = room.page("a")
    page.restores()
    room.kernel.opens("v", {"value": 2})
    room.wait(20.0)
    opened = [content["comm_id"] for kind, content in page.hears() if kind == "comm_open"]
    assert opened == ["v"]


def test_no_widget_is_opened_unasked() -> None:
    room = Room()
    room.kernel.opens("w", {"value": 1})
    page = room.page("a")
    room.wait(20.0)
    assert page.hears() == []


def test_a_value_that_the_kernel_has_not_processed_is_in_the_snapshot() -> None:
    room = Room()
    room.kernel.opens("w", {"value": 1})
    mover = room.page("mover")
    working(room)
    mover.updates("w", {"value": 5, "unknown": 1})
    page = room.page("a")
    page.restores()
    assert page.hears_states() == {"w": {"value": 5}}
    assert room.mirrored("w") == {"value": 1}


def test_request_state_is_answered_with_the_request_as_parent() -> None:
    room = Room()
    room.kernel.opens("w", {"value": 1}, paths=[["raw"]], buffers=[b"x"])
    working(room)
    page = room.page("a")
    page.gets()
    request = page.asks_state("w")
    update, idle = page.gets()
    assert room.for_kernel() == []
    assert update.parts[1] == request.parts[0]
    assert loads(update.comm.data) == {
        "method": "update",
        "state": {"value": 1},
        "buffer_paths": [["raw"]],
    }
    assert (list(update.buffers), idle.parent.msg_id) == ([b"x"], request.header.msg_id)


def test_a_big_restore_waits_until_the_page_no_longer_polls() -> None:
    room = Room(limits=Limits(big_restore_models=2, big_restore_not_before=2.3))
    for number in range(3):
        room.kernel.opens(f"w{number}", {"value": number})
    room.wait(0.1)
    page = room.page("a")
    room.wait(0.1)
    page.restores()
    room.wait(2.1)
    assert page.hears_states() is None
    room.kernel.updates("w0", {"value": 7})
    room.wait(0.1)
    assert page.hears_states() == {"w0": {"value": 7}, "w1": {"value": 1}, "w2": {"value": 2}}


def test_a_big_restore_of_a_page_that_has_its_models_is_answered_at_once() -> None:
    room = Room(limits=Limits(big_restore_bytes=10))
    room.kernel.opens("w", {"value": "x" * 20})
    page = room.page("a")
    page.detach()
    page.attach()
    page.restores()
    assert page.hears_states() == {"w": {"value": "x" * 20}}


@pytest.mark.parametrize("limits", [Limits(big_restore_models=2), Limits(big_restore_bytes=10)])
def test_what_came_to_a_page_live_makes_no_restore_big(limits: Limits) -> None:
    """
    The page's plug-in may be too late for the first of many openings.

    Then parents that it builds look for children that it refused, for two seconds.
    """
    room = Room(limits=limits)
    page = room.page("a")
    room.wait(0.5)
    for number in range(4):
        room.kernel.opens(f"w{number}", {"value": number})
    page.closes("w0")
    page.gets()
    page.restores()
    states = page.hears_states()
    assert states is not None
    assert len(states) == 4


def test_a_restart_answers_whoever_waits() -> None:
    room = Room(limits=Limits(big_restore_models=0))
    room.kernel.opens("w", {"value": 1})
    room.wait(0.1)
    page = room.page("a")
    page.restores()
    assert page.hears_states() is None
    room.broker.kernel_restarted(room.now)
    assert page.hears_states() == {}


def test_what_changed_since_a_restore_is_sent_again_and_customs_wait_for_the_model() -> None:
    room = Room()
    room.kernel.opens("w", {"value": 1})
    page = room.page("a")
    page.restores()
    page.gets()
    room.kernel.updates("w", {"value": 2})
    room.kernel.customs("w", "draw")
    assert page.hears() == [set_to("w", {"value": 2})]
    room.wait(1.0)
    assert page.hears() == [custom("w", "draw"), set_to("w", {"value": 2})]


def test_an_answer_names_the_kernels_state_only_when_it_is_known() -> None:
    room = Room()
    assert room.page("a").hears() == []
    room.kernel.idle(None)
    assert room.page("b").hears() == [status("idle")]
