"""What the kernel says on comms passes as it came, and the registry follows."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.core.state.comm_record import Side

from ..room import Room


def test_a_message_on_an_unknown_comm_passes_and_makes_the_list_incomplete() -> None:
    room = Room()
    page = room.page("a")
    message = room.kernel.sends("unknown", {})
    assert page.gets() == [message]
    assert room.record("unknown").opened_by is Side.UNKNOWN
    assert room.broker._parts.comms.registry.complete is False
    assert [m.header.msg_type for m in room.for_kernel()] == ["comm_info_request"]


def test_a_late_message_on_a_comm_that_a_page_closed_does_not_bring_it_back() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("w", {"value": 1})
    page.updates("w", {"value": 2})
    page.closes("w")
    page.gets()
    message = room.kernel.updates("w", {"value": 2})
    assert page.gets() == [message]
    assert "w" not in room.broker._parts.comms.registry
    assert room.broker._parts.comms.registry.complete


@pytest.mark.parametrize("data", ["text", [1, 2], None, 3, {}, {"method": 3}])
def test_data_of_any_kind_and_buffers_pass_as_they_came(data: Any) -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("c", target="other")
    page.gets()
    message = room.kernel.sends("c", data, buffers=[b"raw", b""])
    assert page.gets() == [message]
    assert room.broker._parts.ledger.counters["malformed_from_kernel"] == 0


def test_a_close_that_comes_over_the_shell_closes_for_everybody() -> None:
    room = Room()
    page, other = room.page("a"), room.page("b")
    opening = page.opens("c", "t", {})
    page.gets(), other.gets()
    room.kernel.busy(opening)
    room.kernel.says("shell", "comm_close", {"comm_id": "c", "data": {}}, opening)
    room.kernel.idle(opening)
    for each in (page, other):
        heard = [(m.channel, m.header.msg_type) for m in each.gets()]
        assert ("iopub", "comm_close") in heard
    assert "c" not in room.broker._parts.comms.registry
    closing = room.broker._parts.comms.registry.closing("c")
    assert closing is not None
    assert "turned it down" in closing.reason
    # What nobody has is no matter.
    room.kernel.says("shell", "comm_close", {"comm_id": "c", "data": {}}, opening)
    room.kernel.says("shell", "comm_close", {"no": "comm"}, opening)
    assert room.broker._parts.ledger.counters["faults"] == 0


def test_the_control_comm_of_a_client_past_the_server_is_nobodys_business() -> None:
    room = Room()
    page = room.page("a")
    snapshot = {"method": "update_states", "states": {}, "buffer_paths": []}
    message = room.kernel.sends("control", snapshot)
    assert page.gets() == [message]
    assert "control" not in room.broker._parts.comms.registry
    assert room.broker._parts.comms.registry.complete is True
    assert room.for_kernel() == []
