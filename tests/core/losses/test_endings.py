"""What the kernel would have said is said in its name."""

from __future__ import annotations

from ..room import Room
from ..runs.asking import attach, begin, types


def test_an_idle_ends_a_request_at_every_page_and_a_lost_run_at_those_that_attached() -> None:
    room = Room()
    page, later = room.page("a"), room.page("b")
    request = begin(room, page)
    attach(later, request)
    page.gets()
    endings = room.broker._parts.endings
    endings.idle(request.header, request.parts[0], room.now)
    assert types(page.gets()) == types(later.gets()) == ["idle"]
    endings.run_lost(request.header.msg_id, "ReplyLost", "nobody heard it", room.now)
    assert (types(page.gets()), types(later.gets())) == ([], ["error", "execute_reply", "idle"])
