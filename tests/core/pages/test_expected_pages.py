"""Pages of an earlier server get what the kernel says before they connect again."""

from __future__ import annotations

from typing import Any

from jupyter_comm_broker.core.pages.expected_pages import EXPECTED_SECONDS, MOST
from jupyter_comm_broker.core.pages.page_user import PageUser
from jupyter_comm_broker.protocol.message import Message

from ..page import Page
from ..room import WITHOUT_SUBSHELLS, Room


def test_a_reply_that_comes_before_its_page_waits_for_it() -> None:
    room = Room(running=True)
    page = Page(room, "a")
    cell = page.write("shell", "execute_request", {"code": ""})
    room.kernel.busy(cell)
    room.kernel.prints("the end\n", cell)
    room.kernel.replies(cell, {"status": "ok"})
    room.kernel.idle(cell)
    page.attach()
    types = [m.header.msg_type for m in page.gets() if m.parent.msg_id == cell.header.msg_id]
    assert types[:4] == ["status", "stream", "execute_reply", "status"]


def found_in_a_cell() -> tuple[Room, Page, Message, Message]:
    """Return a room whose kernel runs the cell of a page that is not back, and our question."""
    room = Room(running=True, proven=False)
    control, shell = room.for_kernel()
    room.kernel.replies(control, WITHOUT_SUBSHELLS)
    page = Page(room, "a")
    cell = page.write("shell", "execute_request", {"code": ""})
    room.kernel.prints("going on\n", cell)
    return room, page, cell, shell


def replies_to(page: Page, cell: Message) -> list[Any]:
    return [
        m.content.get("ename", m.content["status"])
        for m in page.gets()
        if m.header.msg_type == "execute_reply" and m.parent.msg_id == cell.header.msg_id
    ]


def test_a_cell_whose_reply_was_lost_with_the_earlier_server_is_ended() -> None:
    room, page, cell, asked = found_in_a_cell()
    room.kernel.idle(cell)
    room.kernel.replies(asked, WITHOUT_SUBSHELLS)
    room.wait(30.0)
    for question in room.for_kernel():
        if question.header.msg_type == "kernel_info_request":
            room.kernel.busy(question)
    room.wait(30.0)
    page.attach()
    assert replies_to(page, cell) == ["ReplyLost"]
    assert not room.broker._parts.work.occupied


def test_a_reply_that_comes_is_the_only_one() -> None:
    room, page, cell, asked = found_in_a_cell()
    room.kernel.replies(cell, {"status": "ok"})
    room.kernel.idle(cell)
    room.kernel.replies(asked, WITHOUT_SUBSHELLS)
    # A thread goes on publishing under the cell that is over.
    room.kernel.prints("later\n", cell)
    room.wait(60.0)
    page.attach()
    assert replies_to(page, cell) == ["ok"]
    assert not room.broker._parts.work.occupied


def test_a_cell_that_is_met_once_the_main_shell_is_free_is_over() -> None:
    room = Room(running=True)
    cell = Page(room, "a").write("shell", "execute_request", {"code": ""})
    room.kernel.prints("a thread\n", cell)
    assert not room.broker._parts.work.occupied


def test_a_page_that_nothing_named_is_new() -> None:
    room = Room(running=True)
    room.kernel.prints("nobody's", None)
    page = room.page("a")
    assert "stream" not in [m.header.msg_type for m in page.gets()]
    assert not room.broker._parts.delivery.get("a").kept_models  # type: ignore[union-attr]


def test_only_a_kernel_that_was_there_before_has_pages_that_come_back() -> None:
    for room in (Room(), late()):
        page = Page(room, "a")
        cell = page.write("shell", "execute_request", {"code": ""})
        room.kernel.replies(cell, {"status": "ok"})
        page.attach()
        assert "execute_reply" not in [m.header.msg_type for m in page.gets()]


def late() -> Room:
    room = Room(running=True)
    room.wait(EXPECTED_SECONDS)
    return room


def test_the_first_user_who_connects_is_its_user() -> None:
    room = Room(running=True)
    page = Page(room, "a")
    cell = page.write("shell", "execute_request", {"code": ""})
    room.kernel.busy(cell)
    ann, bob = PageUser("ann", False), PageUser("bob", False)
    assert not room.broker.refusal("a", ann)
    room.broker.frontend_attached("a", room.now, ann)
    assert not room.broker.refusal("a", ann)
    assert "another user" in room.broker.refusal("a", bob)


def test_a_kernel_that_names_very_many_senders_makes_few_pages() -> None:
    room = Room(running=True)
    for number in range(3 * MOST):
        cell = Page(room, f"page {number}").write("shell", "execute_request", {"code": ""})
        room.kernel.busy(cell)
    assert len(room.broker._parts.delivery.sessions()) == MOST


def test_what_servers_and_consoles_ask_names_no_page() -> None:
    room = Room(running=True)
    for msg_type in ("kernel_info_request", "comm_info_request", "comm_msg"):
        room.kernel.busy(Page(room, "elsewhere").write("shell", msg_type, {}))
    assert room.broker._parts.delivery.sessions() == set()


def test_our_own_questions_name_no_page() -> None:
    room = Room(running=True)
    assert room.broker._parts.delivery.sessions() == set()
    page = room.page("a")
    cell = page.executes()
    room.kernel.busy(cell)
    assert room.broker._parts.delivery.sessions() == {"a"}
