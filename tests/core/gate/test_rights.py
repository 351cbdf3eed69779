"""What is answered here needs no more than to see; what reaches the kernel needs more."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.core.gate.rights import Right
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.widget import CONTROL_TARGET

from ..room import Room

QUESTION = {"method": "request_state"}


def right(
    msg_type: str,
    comm_id: str = "w",
    data: Any = None,
    *,
    room: Room | None = None,
    buffers: tuple[bytes, ...] = (),
    **content: Any,
) -> Right | None:
    """Return the right for a message in a room with a widget ``w`` and another comm ``c``."""
    if room is None:
        room = Room()
        room.kernel.opens("w", {"value": 1})
        room.kernel.opens("c", target="mine")
    page = room.page("a")
    said = {"comm_id": comm_id, "data": data if data is not None else {}, **content}
    return room.broker.right_for("a", page.write("shell", msg_type, said, buffers=buffers))


def test_what_is_not_about_a_comm_needs_none_here() -> None:
    assert right("execute_request") is None
    assert right("comm_info_request") is None
    assert right("kernel_info_request") is None


def test_to_send_is_to_write_and_to_open_or_close_is_to_execute() -> None:
    assert right("comm_msg", data={"method": "update", "state": {}}) is Right.WRITE
    assert right("comm_msg", data={"method": "custom", "content": 1}) is Right.WRITE
    assert right("comm_msg", "c", [1, 2]) is Right.WRITE
    assert right("comm_open", "new", target_name="jupyter.widget") is Right.EXECUTE
    assert right("comm_close") is Right.EXECUTE


def test_to_ask_for_states_is_to_read() -> None:
    assert right("comm_msg", data=QUESTION) is Right.READ
    assert right("comm_open", "new", target_name=CONTROL_TARGET) is Right.READ


@pytest.mark.parametrize(
    ("comm_id", "data", "buffers"),
    [
        ("c", QUESTION, ()),
        ("w", {**QUESTION, "state": {"value": 2}}, ()),
        ("w", QUESTION, (b"x",)),
        ("w", "request_state", ()),
    ],
)
def test_nothing_else_passes_for_a_question(
    comm_id: str, data: Any, buffers: tuple[bytes, ...]
) -> None:
    assert right("comm_msg", comm_id, data, buffers=buffers) is Right.WRITE


def test_on_its_control_comm_a_page_only_looks() -> None:
    room = Room()
    page = room.page("a")
    page.restores()
    for msg_type, data in (("comm_msg", {"method": "else"}), ("comm_close", {})):
        assert right(msg_type, "a-control-1", data, room=room) is Right.READ
    page.closes("a-control-1")
    assert right("comm_msg", "a-control-1", {"method": "else"}, room=room) is Right.WRITE


def test_there_is_no_harm_in_closing_what_is_not_there_if_that_is_sure() -> None:
    room = Room()
    room.kernel.opens("gone", {"value": 1})
    room.kernel.closes("gone")
    assert right("comm_close", "gone", room=room) is Right.READ
    # The kernel may know a comm that the broker never saw.
    assert right("comm_close", "maybe", room=room) is Right.EXECUTE
    room.kernel.opens("gone", {"value": 1})
    assert right("comm_close", "gone", room=room) is Right.EXECUTE
    room = Room(running=True)
    assert not room.broker._parts.comms.registry.complete
    assert right("comm_close", "maybe", room=room) is Right.EXECUTE


def test_who_is_not_there_needs_no_right_and_what_cannot_be_read_is_refused_without_one() -> None:
    room = Room()
    page = room.page("a")
    message = page.write("shell", "comm_close", {"comm_id": "w", "data": {}})
    assert room.broker.right_for("nobody", message) is None
    unreadable = page.write("shell", "comm_msg", {"data": {}})
    assert room.broker.right_for("a", unreadable) is None
    with pytest.raises(MalformedMessageError):
        room.broker.frontend_sent("a", unreadable, room.now)
    assert room.for_kernel() == []
