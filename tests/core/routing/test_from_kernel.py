"""What the kernel sends is counted, followed and passed on to whom it is for."""

from __future__ import annotations

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
