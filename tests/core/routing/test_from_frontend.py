"""What pages send is answered here, refused here, or let through as it came."""

from __future__ import annotations

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
