"""Pages hear that their kernel cannot be reached; what they send waits, and not for ever."""

from __future__ import annotations

from jupyter_comm_broker.core.ingress.unreachable import NEWS_AFTER
from jupyter_comm_broker.core.limits import Limits

from ..heard import status
from ..room import Room


def cut(room: Room, why: str = "the gateway gives no answer") -> None:
    room.broker.link_broken(room.now)
    room.broker.link_unreachable(why, room.now)
    room.wait(NEWS_AFTER)


def mended(room: Room) -> None:
    room.broker.link_mended(room.now, True)
    room.settle()
    room.prove()


def test_pages_show_that_nothing_is_known_and_then_what_the_kernel_does() -> None:
    room = Room()
    page = room.page("a")
    cell = page.executes()
    room.kernel.busy(cell)
    room.kernel.idle(cell)
    page.gets()
    cut(room)
    cut(room, "another reason is not told again")
    assert page.hears() == [status("unknown")]
    mended(room)
    assert page.hears() == [status("idle")]


def test_a_connection_that_is_back_within_a_moment_is_no_news() -> None:
    room = Room()
    page = room.page("a")
    page.gets()
    room.broker.link_broken(room.now)
    room.broker.link_unreachable("the connection broke", room.now)
    room.wait(NEWS_AFTER / 2)
    mended(room)
    room.wait(NEWS_AFTER)
    assert page.hears() == []


def test_a_page_that_comes_meanwhile_is_told_too() -> None:
    room = Room()
    cell = room.page("a").executes()
    room.kernel.busy(cell)
    room.kernel.idle(cell)
    cut(room)
    page = room.page("b")
    assert page.hears()[-1] == status("unknown")
    mended(room)
    assert page.hears()[-1] == status("idle")


def test_a_page_that_runs_a_cell_is_told_that_it_still_does() -> None:
    room = Room()
    page = room.page("a")
    cell = page.executes()
    room.kernel.busy(cell)
    page.gets()
    cut(room)
    mended(room)
    busy = page.gets()[-1]
    assert (busy.content, busy.parent.msg_id) == ({"execution_state": "busy"}, cell.header.msg_id)


def test_what_is_sent_meanwhile_goes_to_the_kernel_when_it_is_there_again() -> None:
    room = Room()
    page = room.page("a")
    room.for_kernel()
    cut(room)
    cell = page.executes()
    assert room.for_kernel() == []
    mended(room)
    assert cell in room.for_kernel()


def test_what_waits_too_long_is_refused_with_the_reason() -> None:
    room = Room(limits=Limits(unreachable_seconds=60.0))
    page = room.page("a")
    cut(room, "it answered 503")
    cell = page.executes()
    page.gets()
    room.wait(61.0)
    reply, *_ = page.gets()
    assert reply.parent.msg_id == cell.header.msg_id
    assert reply.content["ename"] == "KernelUnreachable"
    assert "60 s: it answered 503" in reply.content["evalue"]
    # And so is what comes later.
    later = page.executes()
    assert later.header.msg_id in [each.parent.msg_id for each in page.gets()]
    mended(room)
    assert cell not in room.for_kernel()


def test_what_was_on_its_way_when_the_connection_broke_is_refused_too() -> None:
    room = Room(limits=Limits(unreachable_seconds=60.0))
    page = room.page("a")
    cell = page.executes()
    elsewhere = page.executes(session="somebody")
    page.gets()
    room.for_kernel()
    room.broker.link_broken(room.now, [cell, elsewhere])
    room.broker.link_unreachable("it answered 503", room.now)
    room.wait(61.0)
    refused = [
        each.parent.msg_id for each in page.gets() if each.header.msg_type == "execute_reply"
    ]
    assert refused == [cell.header.msg_id]
    mended(room)
    sent = room.for_kernel()
    assert cell not in sent
    assert elsewhere in sent
    room.wait(60.0)
    again = [each.content.get("ename") for each in page.gets() if each.parent == cell.header]
    assert "ReplyLost" not in again


def test_a_process_that_is_gone_is_not_waited_for() -> None:
    room = Room()
    page = room.page("a")
    cut(room)
    room.broker.kernel_restarting(room.now, "dead")
    room.settle()
    page.gets()
    room.wait(1_000.0)
    assert status("idle") not in page.hears()
