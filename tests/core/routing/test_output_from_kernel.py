"""What the kernel shows and prints reaches every page, but for what is ours."""

from __future__ import annotations

from ..room import Room


def test_what_the_kernel_prints_about_our_control_comm_is_shown_to_nobody() -> None:
    room = Room()
    page = room.page("a")
    control = f"{room.broker._parts.author.session}_control_1"
    room.kernel.prints(f"No such comm: {control}\n")
    assert page.gets() == []
    for text in ("No such comm: another\n", f"mine\nNo such comm: {control}\n", control):
        printed = room.kernel.prints(text)
        assert page.gets() == [printed]
