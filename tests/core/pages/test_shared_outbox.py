"""Pages that keep up share one list. Each gets all messages, in its own order."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.pages.shared_outbox import MOST_BYTES

from ..page import Page
from ..room import Room

STATE = {"_model_name": "N", "value": 1}


def keeping_up(room: Room, *sessions: str) -> list[Page]:
    """Return pages that have read everything."""
    pages = [room.page(session) for session in sessions]
    for page in pages:
        page.keeps_up = True
        page.gets()
    return pages


def members(room: Room) -> list[str]:
    return list(room.broker._parts.delivery.shared.members)


def values(page: Page) -> list[int]:
    return [
        content["data"]["state"]["value"]
        for msg_type, content in page.hears()
        if msg_type == "comm_msg"
    ]


def test_pages_that_have_read_everything_are_handed_the_same_batch() -> None:
    room = Room()
    one, two = keeping_up(room, "a", "b")
    room.kernel.opens("w", STATE)
    assert members(room) == ["a", "b"]
    assert (len(one.frontend.outbox), len(two.frontend.outbox)) == (0, 0)
    assert one.gets() == two.gets() != []


def test_a_page_whose_socket_is_full_goes_on_alone_and_returns_when_it_has_read() -> None:
    room = Room()
    one, two = keeping_up(room, "a", "b")
    room.kernel.opens("w", STATE)
    two.takes = False
    for value in range(2, 5):
        room.kernel.updates("w", {"value": value})
    assert members(room) == ["a"]
    assert (values(one), values(two)) == ([2, 3, 4], [2, 3, 4])
    two.takes = True
    assert members(room) == ["a", "b"]
    room.kernel.updates("w", {"value": 5})
    assert (values(one), values(two)) == ([5], [5])


def test_what_one_page_gets_alone_comes_behind_what_all_got_before_it() -> None:
    room = Room()
    one, two = keeping_up(room, "a", "b")
    asked = one.executes("1")
    for message in room.for_kernel():
        room.broker.kernel_sent(
            room.kernel.write("iopub", "stream", {"text": "1"}, parent=message), room.now
        )
        room.kernel.replies(message, {"status": "ok"})
    assert asked.header.msg_type == "execute_request"
    assert [m.header.msg_type for m in one.gets()] == ["stream", "execute_reply"]
    assert [m.header.msg_type for m in two.gets()] == ["stream"]


def test_a_page_that_leaves_keeps_what_its_socket_was_not_given() -> None:
    room = Room()
    one, two = keeping_up(room, "a", "b")
    room.broker.kernel_sent(room.kernel.write("iopub", "stream", {"text": "1"}), room.now)
    room.broker.frontend_detached("b", room.now)
    room.settle()
    assert [m.header.msg_type for m in one.gets()] == ["stream"]
    two.keeps_up = False
    two.attach()
    assert two.hears()[0] == ("stream", {"text": "1"})


def test_more_than_a_socket_takes_at_once_is_not_shared() -> None:
    room = Room()
    one, two = keeping_up(room, "a", "b")
    room.kernel.prints("x" * MOST_BYTES)
    assert members(room) == []
    assert one.frontend.outbox.bytes > MOST_BYTES
    got = one.gets()
    assert [m.header.msg_type for m in got] == ["stream"]
    assert two.gets() == got
    assert members(room) == ["a", "b"]


def test_a_page_that_is_building_models_does_not_share() -> None:
    room = Room()
    room.kernel.opens("w", STATE)
    (one,) = keeping_up(room, "a")
    one.restores()
    one.gets()
    assert members(room) == []
    room.wait(10.0)
    one.gets()
    assert members(room) == ["a"]


def test_nobody_joins_in_the_middle_of_a_batch() -> None:
    room = Room()
    one, two = keeping_up(room, "a", "b")
    two.takes = False
    room.kernel.prints("1")
    room.broker.kernel_sent(room.kernel.write("iopub", "stream", {"text": "2"}), room.now)
    assert members(room) == ["a"]
    with pytest.raises(RuntimeError, match="between two batches"):
        two.gets()
    assert len(one.gets()) == 1
