"""What is no message is turned away at the ingress, and nothing of it is done."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.core.gate.rights import Right
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import Message

from ..page import Page
from ..room import Room


def test_a_message_of_a_session_nobody_knows_is_nobodys() -> None:
    room = Room()
    page = Page(room, "unknown")
    page.executes()
    assert room.for_kernel() == []


@pytest.mark.parametrize(
    ("msg_type", "content"),
    [("", {}), ("comm_msg", {"data": {}}), ("comm_open", {"target_name": "t"})],
)
def test_what_is_no_message_is_turned_away_also_while_others_wait(
    msg_type: str, content: Any
) -> None:
    for room in (Room(), Room(proven=False)):
        page = room.page("a")
        room.for_kernel()
        with pytest.raises(MalformedMessageError):
            page.sends(msg_type, content)
        assert room.for_kernel() == []
        assert sum(room.broker._parts.held.backlog.values()) == 0


@pytest.mark.parametrize("msg_type", ["comm_open", "comm_msg", "comm_close"])
@pytest.mark.parametrize("comm_id", [None, 3, ["w"], "\ud800"])
def test_a_page_waits_no_longer_for_a_comm_message_that_cannot_be_read(
    msg_type: str, comm_id: Any
) -> None:
    """On stock the kernel says idle for it."""
    room = Room()
    page, other = room.page("a"), room.page("b")
    with pytest.raises(MalformedMessageError):
        page.sends(msg_type, {"comm_id": comm_id, "target_name": "t", "data": {}})
    [idle] = page.gets()
    assert (idle.content, idle.parent.msg_id) == ({"execution_state": "idle"}, "a_1")
    assert (room.for_kernel(), other.gets()) == ([], [])
    assert room.broker.known.counters().get("faults", 0) == 0


def test_nothing_is_sent_on_the_channel_that_only_kernels_use() -> None:
    """A socket that is told to send on it fails, and the message would come back for ever."""
    room = Room()
    page = room.page("a")
    room.for_kernel()
    with pytest.raises(MalformedMessageError, match="iopub"):
        page.sends("execute_request", {}, channel="iopub")
    assert room.for_kernel() == []


def nested(levels: int) -> Any:
    """Return a value that is nested so deep."""
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def test_what_is_nested_too_deeply_for_us_passes_and_leaves_everything_in_doubt() -> None:
    """A kernel may read deeper, and stock does not look."""
    room = Room()
    page = room.page("a")
    room.kernel.opens("w", {"value": 1})
    room.for_kernel()
    deep = b'{"comm_id":"w","data":' + b"[" * 5_000 + b"]" * 5_000 + b"}"
    written = page.write("shell", "comm_msg", {})
    message = Message("shell", [*written.parts[:3], deep])
    assert room.broker.right_for("a", message) is Right.EXECUTE
    room.broker.frontend_sent("a", message, room.now)
    room.settle()
    assert message in room.for_kernel()
    assert room.record("w").dirty_because
    assert room.broker.known.counters().get("faults", 0) == 0


def test_an_opening_for_which_the_kernel_chooses_the_id_passes() -> None:
    room = Room()
    page = room.page("a")
    opening = page.opens("", "t", {})
    assert opening in room.for_kernel()
    assert len(room.broker._parts.comms.registry) == 0


@pytest.mark.parametrize("proven", [True, False])
def test_comm_messages_on_control_pass_and_mean_nothing(proven: bool) -> None:
    """ipykernel ignores them there, so the comm stays for everybody."""
    room = Room(proven=proven)
    page, other = room.page("a"), room.page("b")
    room.kernel.opens("w", {"value": 1})
    page.updates("w", {"value": 2})
    other.gets()
    close = page.sends("comm_close", {"comm_id": "w", "data": {}}, channel="control")
    if not proven:
        room.prove()
    assert close in room.for_kernel()
    assert ("comm_close", {"comm_id": "w", "data": {}}) not in other.hears()
    assert "w" in room.broker._parts.comms.registry
