"""What pages send is answered here, refused here, or let through as it came."""

from __future__ import annotations

import pytest

from ..heard import closed
from ..page import Page
from ..room import Room


def busy(room: Room) -> Page:
    page = room.page("worker")
    room.kernel.busy(page.executes())
    room.for_kernel()
    page.gets()
    return page


def test_what_is_let_through_is_the_message_as_it_came() -> None:
    room = Room()
    page = room.page("a")
    sent = [
        page.executes(),
        page.sends("input_reply", {"value": "x"}, "stdin"),
        page.sends("create_subshell_request", {}, "control"),
        page.sends("comm_info_request", {}),
        page.sends("kernel_info_request", {}),
    ]
    for_kernel = room.for_kernel()
    # The first keeps the kernel busy, so the last two are answered here.
    assert for_kernel == sent[:3]
    assert all(one is other for one, other in zip(for_kernel, sent, strict=False))


@pytest.mark.parametrize("by", ["kernel", "page"])
def test_a_message_to_a_comm_that_is_gone_is_answered_with_the_reason(by: str) -> None:
    room = Room()
    room.kernel.opens("w", {"value": 1})
    page, other = room.page("a"), room.page("b")
    page.updates("w", {"value": 1})
    if by == "kernel":
        room.kernel.closes("w")
    else:
        page.closes("w")
    other.gets()
    room.for_kernel()
    message = other.updates("w", {"value": 2})
    gone, idle = other.gets()
    assert (gone.header.msg_type, gone.content) == closed("w")
    assert gone.parts[1] == message.parts[0]
    assert by in bytes(gone.parts[2]).decode() or "session a" in bytes(gone.parts[2]).decode()
    assert idle.parent.msg_id == message.header.msg_id
    assert room.for_kernel() == []


def test_a_page_that_closes_a_comm_ends_it_for_the_others() -> None:
    room = Room()
    room.kernel.opens("w", {"value": 1})
    page, other = room.page("a"), room.page("b")
    page.updates("w", {"value": 1})
    close = page.closes("w")
    assert room.for_kernel()[-1] is close
    assert (page.hears(), other.hears()) == ([], [closed("w")])
    assert "w" not in room.broker.context.registry


def test_a_comm_of_which_we_may_not_know_is_the_kernels_business() -> None:
    room = Room(running=True)
    page = room.page("a")
    message = page.tells("unknown", {})
    assert message in room.for_kernel()
    assert page.hears() == []
