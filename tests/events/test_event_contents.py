"""Events show messages and changes without secrets and buffers, within a bound."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.core.state.comm_record import CommRecord, Side
from jupyter_comm_broker.events.event_contents import change_of, data_of, method_of
from jupyter_comm_broker.inspection.redaction import REDACTED
from jupyter_comm_broker.protocol.message import Message
from tests.core.room import Room

MOST = 200
PASSWORD = {"_model_name": "PasswordModel", "value": "hunter2"}
LONG = "x" * 500


def opened(room: Room, state: Any, **how: Any) -> tuple[CommRecord, Message]:
    message = room.kernel.opens("c", state, **how)
    return room.record("c"), message


def test_data_is_shown_as_it_came() -> None:
    room = Room()
    record, _ = opened(room, None, target="plot")
    shown = data_of(record, room.kernel.sends("c", {"a": [1, None]}), MOST)
    assert (shown.data, shown.cut, shown.redacted) == ({"a": [1, None]}, None, [])


def test_data_that_is_too_long_is_shown_to_a_point() -> None:
    room = Room()
    record, _ = opened(room, None, target="plot")
    shown = data_of(record, room.kernel.sends("c", {"a": "\u00e4" * 500}), MOST)
    assert shown.data is None
    assert shown.cut is not None
    assert shown.cut.startswith('{"a"')
    assert len(shown.cut) <= MOST


@pytest.mark.parametrize("pad", ["", LONG])
def test_a_secret_is_never_shown_however_long_what_it_is_in(pad: str) -> None:
    room = Room()
    record, message = opened(room, {**PASSWORD, "pad": pad})
    updated = room.kernel.updates("c", {"value": "hunter2", "pad": pad})
    for each in (message, updated):
        shown = data_of(record, each, MOST)
        assert "hunter2" not in repr(shown)
        assert shown.redacted == [["state", "value"]]
    change = change_of(record, None, MOST)
    assert "hunter2" not in repr(change)
    assert change.redacted == [["value"]]


def test_of_a_widget_without_a_known_model_anything_may_be_secret() -> None:
    room = Room(running=True)
    page = room.page("a")
    record = CommRecord("c", "jupyter.widget", Side.UNKNOWN, 0.0)
    shown = data_of(record, page.updates("c", {"value": "hunter2", "rows": 1}), MOST)
    assert shown.data["state"] == {"value": REDACTED, "rows": 1}
    long = data_of(record, page.updates("c", {"value": "hunter2", "pad": LONG}), MOST)
    assert "hunter2" not in repr(long)


def test_a_secret_named_by_its_state_alone_is_hidden_too() -> None:
    room = Room()
    record, _ = opened(room, PASSWORD)
    record.model = CommRecord("x", "jupyter.widget", Side.KERNEL, 0.0).model
    assert "hunter2" not in repr(change_of(record, {"value"}, MOST))


def test_a_change_shows_the_named_attributes_and_lengths_of_buffers() -> None:
    room = Room()
    record, _ = opened(
        room,
        {"_model_name": "N", "a": 1, "b": [None]},
        paths=[["b", 0], ["raw"]],
        buffers=[b"1", b"22"],
    )
    shown = change_of(record, {"a", "b", "raw", "never"}, MOST)
    assert shown.attributes == {"a": 1, "b": [None]}
    assert shown.buffers == [{"path": ["b", 0], "length": 1}, {"path": ["raw"], "length": 2}]
    assert change_of(record, None, MOST).attributes == {"_model_name": "N", "a": 1, "b": [None]}


def test_what_does_not_fit_is_named() -> None:
    room = Room()
    record, _ = opened(room, {"_model_name": "N", "a": LONG, "b": 1})
    shown = change_of(record, {"a", "b"}, MOST)
    assert (shown.attributes, shown.omitted) == ({"b": 1}, ["a"])
    record.state = None
    assert change_of(record, {"b", "a"}, MOST).omitted == ["a", "b"]


def test_only_widgets_messages_have_a_method() -> None:
    room = Room()
    record, message = opened(room, {"_model_name": "N"})
    assert method_of(record, message) is None
    assert method_of(record, room.kernel.updates("c", {})) == "update"
    assert method_of(record, room.kernel.sends("c", [1])) is None
    other = CommRecord("d", "plot", Side.KERNEL, 0.0)
    assert method_of(other, room.kernel.updates("c", {})) is None
