"""What happened is told in order: lives always, messages and states only while wanted."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.core.state.changes import (
    Changes,
    CommClosed,
    CommOpened,
    FrontendAttached,
    FrontendDetached,
    MessagePassed,
    ProcessEnded,
    StateChanged,
)
from jupyter_comm_broker.core.state.comm_record import Side
from jupyter_comm_broker.protocol.alias import alias

from ..room import Room

STATE = {"_model_name": "N", "value": 1}


def told(room: Room) -> list[Any]:
    """Take what happened, in short."""
    happened, room.happened = room.happened, []
    short: list[Any] = []
    for each in happened:
        if isinstance(each, MessagePassed):
            sender = each.session_id or each.side.value
            short.append((each.message.header.msg_type, each.record.comm_id, sender))
        elif isinstance(each, CommOpened | CommClosed):
            short.append((type(each).__name__, each.record.comm_id))
        elif isinstance(each, StateChanged):
            short.append(("state", each.record.comm_id, each.keys))
        elif isinstance(each, ProcessEnded):
            short.append(("ended", each.reason))
        elif isinstance(each, FrontendAttached | FrontendDetached):
            short.append((type(each).__name__, each.session_id))
    return short


def test_the_life_of_comms_and_pages_is_always_told() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("w", STATE)
    room.kernel.updates("w", {"value": 2})
    page.updates("w", {"value": 3})
    room.kernel.closes("w")
    page.detach()
    assert told(room) == [
        (FrontendAttached.__name__, "a"),
        (CommOpened.__name__, "w"),
        (CommClosed.__name__, "w"),
        (FrontendDetached.__name__, "a"),
    ]


def test_messages_and_states_are_told_in_order_while_wanted() -> None:
    room = Room()
    page = room.page("a")
    changes = room.broker._parts.comms.changes
    changes.want_traffic()
    room.kernel.opens("w", STATE)
    room.kernel.updates("w", {"value": 2})
    asked = page.updates("w", {"value": 3})
    room.kernel.busy(asked)
    room.kernel.closes("w")
    assert told(room) == [
        (FrontendAttached.__name__, "a"),
        (CommOpened.__name__, "w"),
        ("comm_open", "w", "kernel"),
        ("state", "w", None),
        ("comm_msg", "w", "kernel"),
        ("state", "w", {"value"}),
        ("comm_msg", "w", "a"),
        ("state", "w", {"value"}),
        ("comm_close", "w", "kernel"),
        (CommClosed.__name__, "w"),
    ]
    changes.release_traffic()
    room.kernel.opens("v", STATE)
    assert told(room) == [(CommOpened.__name__, "v")]


def test_a_restart_closes_each_comm_and_then_ends_the_process() -> None:
    room = Room()
    room.kernel.opens("w", STATE)
    told(room)
    room.broker.kernel_restarted(room.now)
    room.settle()
    assert told(room) == [(CommClosed.__name__, "w"), ("ended", "the kernel was restarted")]


def test_a_comm_that_is_opened_again_was_closed_before() -> None:
    room = Room()
    room.kernel.opens("w", STATE)
    room.kernel.opens("w", STATE)
    assert [name for name, _ in told(room)] == ["CommOpened", "CommClosed", "CommOpened"]


def test_closings_tell_by_whom_and_why() -> None:
    room = Room()
    page = room.page("a")
    page.opens("c", "target", {})
    room.happened.clear()
    page.closes("c")
    (closed,) = room.happened
    assert isinstance(closed, CommClosed)
    assert (closed.by, closed.reason) == (Side.FRONTEND, f"closed by session {alias('a')}")


def test_what_is_released_too_often_is_found_out() -> None:
    with pytest.raises(RuntimeError, match="more often"):
        Changes().release_traffic()
