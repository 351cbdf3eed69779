"""Who writes on a comm that is gone is told, and what may exist is the kernel's business."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.gate.rights import Right
from jupyter_comm_broker.protocol.alias import alias

from ..heard import closed
from ..room import Room


@pytest.mark.parametrize("by", ["kernel", "page"])
def test_a_message_to_a_comm_that_is_gone_is_answered_with_the_reason(by: str) -> None:
    room = Room()
    room.kernel.opens("w", {"value": 1})
    page, other = room.page("a"), room.page("b")
    page.updates("w", {"value": 1})
    if by == "kernel":
        room.kernel.closes("w")
    else:
        page.closes("w")
    other.gets()
    room.for_kernel()
    message = other.updates("w", {"value": 2})
    gone, idle = other.gets()
    assert (gone.header.msg_type, gone.content) == closed("w")
    assert gone.parts[1] == message.parts[0]
    reason = bytes(gone.parts[2]).decode()
    assert by in reason or f"session {alias('a')}" in reason
    assert idle.parent.msg_id == message.header.msg_id
    assert room.for_kernel() == []


def test_a_message_to_a_comm_that_a_cell_closed_reaches_the_kernel_too() -> None:
    """The cell may open the comm again under its id before the kernel comes to the message."""
    room = Room()
    room.kernel.opens("w", {"value": 1})
    page = room.page("a")
    room.kernel.busy(page.executes())
    room.kernel.closes("w")
    page.gets()
    room.for_kernel()
    message = page.updates("w", {"value": 2})
    assert page.hears() == [closed("w")]
    assert room.for_kernel() == [message]
    room.kernel.busy(message)
    room.kernel.idle(message)
    assert [m.parent.msg_id for m in page.gets()] == [message.header.msg_id] * 2


def test_a_close_of_a_comm_that_a_cell_closed_stays_here() -> None:
    """It needs only ``read``, and the authorizer may answer when the cell has opened it again."""
    room = Room()
    room.kernel.opens("w", {"value": 1})
    page = room.page("a")
    room.kernel.busy(page.executes())
    room.kernel.closes("w")
    room.for_kernel()
    close = page.write("shell", "comm_close", {"comm_id": "w", "data": {}})
    assert room.broker.right_for("a", close) is Right.READ
    page.closes("w")
    assert room.for_kernel() == []


def test_a_comm_of_which_we_may_not_know_is_the_kernels_business() -> None:
    room = Room(running=True)
    page = room.page("a")
    page.gets()
    message = page.tells("unknown", {})
    assert message in room.for_kernel()
    assert page.hears() == []


@pytest.mark.parametrize("msg_type", ["comm_msg", "comm_close"])
def test_a_comm_that_nobody_told_of_is_the_kernels_to_know(msg_type: str) -> None:
    """Another client opened it, it was registered without a word, or a cell that runs opens it."""
    room = Room()
    page = room.page("a")
    sent = page.sends(msg_type, {"comm_id": "unheard", "data": {"x": 1}})
    assert room.for_kernel() == [sent]
    assert page.gets() == []
