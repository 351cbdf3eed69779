"""A kernel as readers see it: its link, what it runs, what passed, what waits for its pages."""

from __future__ import annotations

from typing import Any

from jupyter_comm_broker.inspection import kernel_views
from jupyter_comm_broker.inspection.health_views import KernelView
from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.protocol.json_text import dumps, loads
from jupyter_comm_broker.protocol.message import Message
from tests.core.room import Room

STATE = {"_model_name": "N", "_model_module": "M", "_model_module_version": "1"}


def shown(room: Room) -> KernelView:
    return kernel_views.kernel("k", room.broker, room.now)


def dated(message: Message, date: Any) -> Message:
    header = {**loads(message.parts[0]), "date": date}
    return Message(message.channel, [dumps(header), *message.parts[1:]])


def publishes(room: Room, date: Any) -> None:
    """Let the kernel print something that it dated so."""
    message = room.kernel.write("iopub", "stream", {"name": "stdout", "text": "x"})
    room.broker.kernel_sent(dated(message, date), room.now)
    room.settle()


def test_a_kernel_is_shown_with_its_link_and_its_pages() -> None:
    one = Room()
    page = one.page("a")
    one.kernel.opens("child", STATE)
    one.kernel.opens("box", {**STATE, "children": ["IPY_MODEL_child"]})
    page.updates("child", {"_model_name": "N"})
    one.page("b").detach()
    found = shown(one)
    assert (found["link"], found["comms"], found["registry_complete"], found["epoch"]) == (
        "proven",
        2,
        True,
        1,
    )
    pages = {each["session_id"]: each["attached"] for each in found["frontends"]}
    assert (pages, found["pending_updates"]) == ({alias("a"): True, alias("b"): False}, 1)
    assert found["state_bytes"] == one.broker._parts.comms.mirror.budget.bytes


def test_what_runs_is_shown_with_how_long_it_does() -> None:
    one = Room()
    page = one.page("a")
    assert shown(one)["running"] is None
    cell = page.executes()
    one.kernel.busy(cell)
    assert shown(one)["run_bytes"] == 0
    one.kernel.prints("x", cell)
    assert shown(one)["run_bytes"] == one.broker.known.run_bytes() > 0
    one.wait(5.0)
    assert shown(one)["running"] == {
        "msg_id": cell.header.msg_id,
        "msg_type": "execute_request",
        "seconds": 5.0,
    }
    one.kernel.idle(cell)
    assert shown(one)["running"] is None


def test_the_language_is_what_kernel_info_says_if_it_says_anything() -> None:
    assert shown(Room())["language"] is None
    told = {"status": "ok", "language_info": {"name": "R", "version": "4"}}
    assert shown(Room(kernel_info=told))["language"] == "R"
    assert shown(Room(kernel_info={"status": "ok", "language_info": "R"}))["language"] is None
    assert shown(Room(proven=False))["language"] is None


def test_comms_are_counted_by_target_and_widgets_by_how_far_they_are_trusted() -> None:
    one = Room()
    one.page("a").opens("mine", "my.target", {})
    one.kernel.opens("w1", STATE)
    one.kernel.opens("w2", STATE)
    one.broker._parts.comms.registry.doubt(one.record("w2"), "a test says so")
    found = shown(one)
    assert found["targets"] == {"my.target": 1, "jupyter.widget": 2}
    assert found["states"] == {"clean": 1, "dirty": 1, "unknown": 0, "too_large": 0}


def test_what_passed_does_not_shrink_when_a_comm_closes() -> None:
    one = Room()
    page = one.page("a")
    one.kernel.opens("w", STATE)
    one.kernel.updates("w", {"value": 1})
    page.updates("w", {"value": 2})
    before = shown(one)
    assert before["messages"] == {"from_kernel": 2, "from_frontends": 1}
    record = one.record("w")
    assert before["bytes"] == {
        "from_kernel": record.bytes_from_kernel,
        "from_frontends": record.bytes_from_frontends,
    }
    one.kernel.closes("w")
    after = shown(one)
    assert after["messages"] == {"from_kernel": 3, "from_frontends": 1}
    assert after["bytes"]["from_kernel"] > before["bytes"]["from_kernel"]


def test_restores_are_counted_with_the_seconds_that_pages_waited() -> None:
    one = Room()
    one.kernel.opens("w", STATE)
    assert shown(one)["restores"] == {"answered": 0, "seconds": 0.0}
    one.page("a").restores()
    assert shown(one)["restores"]["answered"] == 1


def test_the_lag_of_a_page_is_the_age_of_what_waits_for_it_longest() -> None:
    one = Room()
    one.page("a").detach()
    one.wait(100.0)
    (page,) = shown(one)["frontends"]
    assert page["lag_seconds"] is None
    publishes(one, "1970-01-01T00:01:30.5Z")
    publishes(one, "1970-01-01T00:01:40Z")
    (page,) = shown(one)["frontends"]
    assert (page["lag_seconds"], page["since"]) == (9.5, "1970-01-01T00:00:00+00:00")


def test_a_date_without_an_offset_is_taken_for_utc_and_one_of_the_future_for_now() -> None:
    for date, lag in [("1970-01-01T00:00:40", 60.0), ("1970-01-01T00:09:00Z", 0.0)]:
        one = Room()
        one.page("a").detach()
        one.wait(100.0)
        publishes(one, date)
        assert shown(one)["frontends"][0]["lag_seconds"] == lag, date


def test_the_lag_is_not_known_where_the_kernel_gives_no_date_that_can_be_read() -> None:
    dates: list[Any] = [None, "yesterday", {}, 7]
    for date in dates:
        one = Room()
        one.page("a").detach()
        publishes(one, date)
        assert shown(one)["frontends"][0]["lag_seconds"] is None, date
