"""Widgets whose states are dirty, and a kernel that gives no answer about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jupyter_comm_broker.protocol.message import Message

from .room import Room

STATE = {"_model_name": "N", "value": 1}


def doubted(*comm_ids: str, **settings: Any) -> Room:
    """Return a room with page ``a`` in which each of these comms has become dirty."""
    room = Room(**settings)
    page = room.page("a")
    for comm_id in comm_ids:
        room.kernel.opens(comm_id, STATE)
    page.gets()
    registry = room.broker._parts.comms.registry
    for record in registry:
        registry.doubt(record, "the kernel raised", {"value"})
    room.settle()
    return room


def ends(room: Room, messages: Sequence[Message]) -> None:
    """Let the kernel handle what it was sent, and answer nothing."""
    for each in messages:
        room.kernel.busy(each)
        room.kernel.idle(each)
