"""Messages are shown by their kind, their secrets only to who may see them."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.inspection.message_views import (
    UNREADABLE,
    comm_message,
    heard,
    printed,
    queued_behind,
    raised,
)
from jupyter_comm_broker.protocol.message import Message
from tests.core.room import Room
from tests.core.talker import Talker


def test_output_is_joined_and_errors_are_shown_beside_comm_messages() -> None:
    room = Room()
    kernel = room.kernel
    room.kernel.opens("c", target="plot")
    messages = [
        kernel.prints("a"),
        kernel.prints("b"),
        kernel.publishes("stream", {"name": "stderr", "text": "c"}),
        kernel.sends("c", {"x": 1}),
        kernel.publishes("error", {"ename": "E", "evalue": "v", "traceback": ["t"]}),
        kernel.publishes("display_data", {"data": {}}),
    ]
    found = heard(room.broker, messages, reveal=False)
    assert found.streams == [
        {"name": "stdout", "text": "ab"},
        {"name": "stderr", "text": "c"},
    ]
    assert [each["data"] for each in found.comm_messages] == [{"x": 1}]
    assert found.errors == [{"ename": "E", "evalue": "v", "traceback": ["t"]}]


def test_printed_tracebacks_are_hidden_where_tracebacks_are() -> None:
    room = Room(policy=Policy(hide_tracebacks="[hidden]"))
    traceback = room.kernel.prints("oh\nTraceback (most recent call last):\n secret\n")
    found = heard(room.broker, [traceback, room.kernel.prints("fine")], reveal=False)
    assert found.streams == [{"name": "stdout", "text": "[hidden]\nfine"}]


def test_secrets_and_their_buffers_are_hidden() -> None:
    room = Room()
    room.kernel.opens("c", {"_model_name": "FileUploadModel", "value": []})
    state = {"value": [{"name": "a", "content": None}]}
    paths = [["value", 0, "content"]]
    message = room.kernel.updates("c", state, paths=paths, buffers=[b"hunter2"])
    record = room.record("c")
    hidden = comm_message(message, record, reveal=False)
    assert (hidden["buffers"], hidden["redacted"]) == (
        [{}],
        [["state", "value", 0, "content"]],
    )
    shown = comm_message(message, record, reveal=True)
    assert (shown["buffers"][0]["data"], shown["redacted"]) == ("aHVudGVyMg==", [])


def test_a_widget_of_which_nothing_is_known_may_be_a_password() -> None:
    room = Room()
    room.kernel.opens("c", {})
    message = room.kernel.updates("c", {"value": "hunter2"})
    for record in (None, room.record("c")):
        assert "hunter2" not in str(comm_message(message, record, reveal=False))


@pytest.mark.parametrize("msg_type", ["comm_msg", "error", "stream"])
@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"comm_id": 1}', b'{"traceback": 1, "ename": {}}', b'{"text": [1]}'],
)
def test_what_a_kernel_sends_malformed_is_told_without_what_cannot_be_read(
    msg_type: str, content: bytes
) -> None:
    room = Room()
    parts = room.kernel.write("iopub", msg_type, {}).parts
    message = Message("iopub", [*parts[:2], b"no metadata", content])
    found = heard(room.broker, [message], reveal=False)
    assert found.comm_messages == []
    assert found.errors == ([] if msg_type != "error" else [raised(message)])
    assert all(printed(message) == each["text"] == "" for each in found.streams)


def test_metadata_that_cannot_be_read_costs_no_message() -> None:
    room = Room()
    room.kernel.opens("c", target="plot")
    parts = room.kernel.sends("c", {"a": 1}).parts
    message = Message("iopub", [*parts[:2], b"{", *parts[3:]])
    shown = comm_message(message, room.record("c"), reveal=False)
    assert (shown["data"], shown["metadata"]) == ({"a": 1}, UNREADABLE)


def test_of_what_is_nested_too_deeply_no_buffer_is_shown_if_it_may_be_a_secret() -> None:
    room = Room()
    room.kernel.opens("c", {"_model_name": "FileUploadModel", "value": []})
    deep: list[object] = []
    for _ in range(600):
        deep = [deep]
    paths = [["value", 0, "content"]]
    message = room.kernel.updates("c", {"deep": deep}, paths=paths, buffers=[b"hunter2"])
    hidden = comm_message(message, room.record("c"), reveal=False)
    assert (hidden["data"], hidden["buffers"]) == (UNREADABLE, [{}])


def test_what_keeps_the_kernel_busy_is_told_with_its_age() -> None:
    room = Room()
    assert queued_behind(room.broker, room.now) is None
    request = Talker("page").write("shell", "execute_request", {"code": "1"})
    room.wait(1.0)
    room.kernel.busy(request)
    room.wait(2.0)
    assert queued_behind(room.broker, room.now) == {
        "msg_id": request.header.msg_id,
        "msg_type": "execute_request",
        "seconds": 2.0,
    }
    room.kernel.idle(request)
    assert queued_behind(room.broker, room.now) is None


def test_a_kernel_that_was_busy_before_us_is_busy_with_something() -> None:
    room = Room()
    room.broker._parts.work.execution._state = "busy"
    assert queued_behind(room.broker, room.now) == {
        "msg_id": None,
        "msg_type": None,
        "seconds": None,
    }
