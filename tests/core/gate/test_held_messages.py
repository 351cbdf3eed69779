"""Nothing of a page is sent to a kernel that may not hear it, and nothing is lost of it."""

from __future__ import annotations

from jupyter_comm_broker.core.limits import Limits

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
    assert heard == sent


def test_what_is_held_counts_as_backlog_until_it_is_taken() -> None:
    room = Room(proven=False)
    page = room.page("a")
    held = [page.executes(), page.executes()]
    assert room.broker._parts.held.backlog["shell"] == sum(each.size for each in held)
    room.prove()
    assert room.broker._parts.held.backlog["shell"] == 0


def test_what_a_page_sent_that_is_gone_is_not_sent_for_it() -> None:
    room = Room(proven=False, limits=Limits(absent_seconds=1.0))
    page = room.page("a")
    page.executes()
    page.detach()
    room.wait(2.0)
    room.for_kernel()
    room.prove()
    assert [m for m in room.for_kernel() if m.header.msg_type == "execute_request"] == []


def test_what_did_not_reach_the_kernel_is_sent_first_once_and_as_it_was() -> None:
    room = Room()
    page = room.page("a")
    opened = page.opens("c", "t", {})
    first = page.executes()
    given = room.for_kernel()
    assert given == [opened, first]
    # They waited in the link, and were counted there.
    room.broker._parts.held.backlog["shell"] = sum(m.size for m in given)
    room.broker.link_broken(room.now, given)
    second = page.executes()
    # Not refused for what was counted before it came back.
    assert room.broker._parts.held.backlog["shell"] == sum(m.size for m in (*given, second))
    room.wait(5.0)
    assert room.for_kernel() == []
    room.broker.link_mended(room.now, True)
    room.settle()
    room.prove()
    sent = [m for m in room.for_kernel() if m.header.session == "a"]
    assert sent == [opened, first, second]
    # It was followed when the page sent it: not once more.
    assert room.record("c").from_frontends == 1
    assert room.broker._parts.held.backlog["shell"] == 0


def test_our_own_questions_are_not_kept_but_asked_anew() -> None:
    room = Room(proven=False)
    asked = room.for_kernel()
    assert asked
    room.broker.link_broken(room.now, asked)
    room.broker.link_mended(room.now, True)
    room.settle()
    assert [m for m in room.for_kernel() if m in asked] == []


def test_what_was_on_its_way_to_a_process_that_is_gone_ends_with_it_and_is_counted() -> None:
    room = Room()
    page = room.page("a")
    page.executes()
    room.broker.link_broken(room.now, room.for_kernel())
    waiting = page.executes()
    room.broker.kernel_restarted(room.now)
    room.settle()
    room.prove()
    assert [m for m in room.for_kernel() if m.header.session == "a"] == [waiting]
    assert room.broker._parts.ledger.counters["undelivered_at_restart"] == 1
    assert any("process that is gone" in line.text for line in room.log)


def test_what_waits_for_a_broken_link_has_the_same_bound() -> None:
    room = Room(limits=Limits(backlog_bytes=1_000))
    page = room.page("a")
    room.broker.link_broken(room.now)
    for _ in range(20):
        page.executes("x" * 200)
    assert room.broker._parts.held.backlog["shell"] <= 1_000
    refused = [content for kind, content in page.hears() if kind == "execute_reply"]
    assert {each["ename"] for each in refused} == {"KernelBacklogFull"}
    assert room.broker._parts.ledger.counters["refused"] == len(refused) > 10
