"""What happens to the link reaches the parts that it concerns."""

from __future__ import annotations

from .room import Room


def test_a_link_that_breaks_and_mends_says_so_and_gives_back_what_was_not_sent() -> None:
    room = Room()
    page = room.page("a")
    request = page.executes()
    room.for_kernel()
    room.broker.link_broken(room.now, [request])
    assert room.broker.known.link == "broken"
    assert room.for_kernel() == []
    room.broker.link_mended(room.now, running=True)
    room.settle()
    room.prove(channels=("control", "shell"))
    room.settle()
    assert request in room.for_kernel()
    room.broker.link_released()
    assert room.broker.known.link == "released"
