"""Nothing of a page is sent to a kernel that may not hear it, and nothing is lost of it."""

from __future__ import annotations

from jupyter_comm_broker.core.limits import Limits

from ..heard import closed, status
from ..room import Room


def test_messages_are_held_until_the_link_is_proven_and_then_sent_in_order() -> None:
    room = Room(proven=False)
    page = room.page("a")
    sent = [page.executes(), page.updates("w", {"value": 1})]
    assert [m for m in room.for_kernel() if m in sent] == []
    room.kernel.publishes("status", {"execution_state": "starting"})
    room.wait(0.5)
    room.prove()
    heard = [m for m in room.for_kernel() if m.header.session == "a"]
    assert heard[:1] == sent[:1]
    # The second is for a comm that a fresh kernel does not have.
    assert page.hears()[-2:] == [closed("w"), status("idle")]


def test_what_is_held_counts_as_backlog_until_it_is_taken() -> None:
    room = Room(proven=False)
    page = room.page("a")
    held = [page.executes(), page.executes()]
    assert room.broker.context.backlog["shell"] == sum(each.size for each in held)
    room.prove()
    assert room.broker.context.backlog["shell"] == 0


def test_what_a_page_sent_that_is_gone_is_not_sent_for_it() -> None:
    room = Room(proven=False, limits=Limits(absent_seconds=1.0))
    page = room.page("a")
    page.executes()
    page.detach()
    room.wait(2.0)
    room.for_kernel()
    room.prove()
    assert [m for m in room.for_kernel() if m.header.msg_type == "execute_request"] == []
