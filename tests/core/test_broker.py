"""What a whole broker does that no single part of it decides."""

from __future__ import annotations

from .room import Room

STATE = {"_model_name": "N", "value": 1}


def test_nothing_is_due_when_nothing_is_going_on() -> None:
    room = Room()
    assert room.broker.next_due() is None
    room.page("a").detach()
    assert room.broker.next_due() == 600.0
