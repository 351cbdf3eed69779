"""Rooms with a page that made a subshell, and what happens in it."""

from typing import Any

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.protocol.message import Message

from ..page import Page
from ..room import Room

STATE = {"_model_name": "IntSliderModel", "value": 1}
SILENCE = Limits().subshell_seconds


def deletes(room: Room) -> list[str]:
    """Return the subshells that the broker deletes, of all that it sends now."""
    sent = [m for m in room.for_kernel() if m.header.msg_type == "delete_subshell_request"]
    assert {m.channel for m in sent} <= {"control"}
    return [m.content["subshell_id"] for m in sent]


def room_with_page(limits: Limits | None = None) -> tuple[Room, Page]:
    room = Room(limits=limits, kernel_info={"supported_features": ["kernel subshells"]})
    page = room.page("old")
    page.makes_subshell("old sub")
    room.kernel.opens("w", STATE)
    room.wait(100.0)
    room.for_kernel()
    return room, page


def runs(room: Room, page: Page, **header: Any) -> Message:
    """Let a page's request be handled, so that it is the kernel's latest."""
    request = page.sends("history_request", {}, **header)
    room.kernel.busy(request)
    room.kernel.replies(request, {})
    room.kernel.idle(request)
    return request


def moves(room: Room, page: Page, subshell_id: str) -> None:
    """Let a page move the slider in a subshell."""
    state = {"method": "update", "state": {"value": 2}, "buffer_paths": []}
    request = page.sends("comm_msg", {"comm_id": "w", "data": state}, subshell_id=subshell_id)
    room.kernel.busy(request)
    room.kernel.sends("w", {**state, "method": "echo_update"}, request)
    room.kernel.idle(request)
