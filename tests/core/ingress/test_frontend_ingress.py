"""What is no message is turned away at the ingress, and nothing of it is done."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.errors import MalformedMessageError

from ..page import Page
from ..room import Room


def test_a_message_of_a_session_nobody_knows_is_nobodys() -> None:
    room = Room()
    page = Page(room, "unknown")
    page.executes()
    assert room.for_kernel() == []


@pytest.mark.parametrize(
    ("msg_type", "content"),
    [("", {}), ("comm_msg", {"data": {}}), ("comm_open", {"comm_id": "", "target_name": "t"})],
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
@pytest.mark.parametrize("comm_id", [None, "", 3, ["w"], "\ud800"])
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
