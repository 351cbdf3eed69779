"""What is no message is turned away at the entrance, and nothing of it is done."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.errors import MalformedMessageError

from .page import Page
from .room import Room


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
        assert sum(room.broker.context.backlog.values()) == 0
