"""What the kernel sends is counted, followed and passed on to whom it is for."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.core.state.comm_record import Side

from ..room import Room


def test_messages_and_bytes_are_counted_each_way() -> None:
    room = Room()
    page = room.page("a")
    sent = [room.kernel.opens("w", {"value": 1}), room.kernel.updates("w", {"value": 2})]
    got = page.updates("w", {"value": 3})
    room.now = 5.0
    sent.append(room.kernel.customs("w", "x"))
    record = room.record("w")
    assert (record.from_kernel, record.bytes_from_kernel) == (3, sum(m.size for m in sent))
    assert (record.from_frontends, record.bytes_from_frontends) == (1, got.size)
    assert (record.opened_by, record.opened_at, record.last_activity) == (Side.KERNEL, 0.0, 5.0)


def test_a_message_on_an_unknown_comm_passes_and_makes_the_list_incomplete() -> None:
    room = Room()
    page = room.page("a")
    message = room.kernel.sends("unknown", {})
    assert page.gets() == [message]
    assert room.record("unknown").opened_by is Side.UNKNOWN
    assert room.broker.context.registry.complete is False
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
    assert "w" not in room.broker.context.registry
    assert room.broker.context.registry.complete


@pytest.mark.parametrize("data", ["text", [1, 2], None, 3, {}, {"method": 3}])
def test_data_of_any_kind_and_buffers_pass_as_they_came(data: Any) -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("c", target="other")
    page.gets()
    message = room.kernel.sends("c", data, buffers=[b"raw", b""])
    assert page.gets() == [message]
    assert room.broker.context.counters["malformed_from_kernel"] == 0


def test_the_welcome_of_the_socket_is_not_for_pages() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.publishes("iopub_welcome", {})
    assert page.gets() == []


def test_every_idle_of_a_message_that_was_let_through_reaches_the_pages() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("w", {"value": 1})
    page.gets()
    cell = page.executes()
    moved = page.updates("w", {"value": 2})
    room.kernel.busy(cell)
    room.kernel.idle(moved)
    room.kernel.idle(cell)
    ended = [m.parent.msg_id for m in page.gets() if m.content == {"execution_state": "idle"}]
    assert ended == [moved.header.msg_id, cell.header.msg_id]
