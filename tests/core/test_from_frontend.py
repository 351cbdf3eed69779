"""What pages send is answered here, refused here, or let through as it came."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.core.context import Policy
from jupyter_comm_broker.core.limits import Limits

from .heard import closed, status
from .kernel import Room
from .page import Page


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


def test_an_idle_kernel_answers_its_own_questions() -> None:
    room = Room()
    page = room.page("a")
    request = page.sends("comm_info_request", {})
    assert (room.for_kernel(), page.gets()) == ([request], [])


def test_an_idle_kernel_is_not_asked_for_what_it_said_once() -> None:
    room = Room()
    page = room.page("a")
    page.sends("kernel_info_request", {})
    assert room.for_kernel() == []
    assert [kind for kind, _ in page.hears()] == ["kernel_info_reply", "status"]


def test_a_kernel_info_that_nobody_knows_is_asked_of_the_kernel() -> None:
    room = Room(proven=False)
    page = room.page("a")
    room.wait(100.0)
    room.for_kernel()
    request = page.sends("kernel_info_request", {})
    assert room.for_kernel() == [request]


def test_a_busy_kernels_info_is_told_verbatim_with_an_idle() -> None:
    info = {"status": "ok", "supported_features": [], "odd": 1.50}
    room = Room(kernel_info=info)
    page = busy(room)
    request = page.sends("kernel_info_request", {})
    reply, idle = page.gets()
    assert (reply.channel, reply.header.msg_type) == ("shell", "kernel_info_reply")
    assert (reply.content, reply.parts[1]) == (info, request.parts[0])
    assert (idle.header.msg_type, idle.content) == status("idle")
    assert (idle.parent.msg_id, idle.parent.msg_type) == (
        request.header.msg_id,
        "comm_info_request",
    )
    assert room.for_kernel() == []


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, {"w": {"target_name": "jupyter.widget"}, "o": {"target_name": "other"}}),
        ({"target_name": "other"}, {"o": {"target_name": "other"}}),
        (
            {"target_name": ""},
            {"w": {"target_name": "jupyter.widget"}, "o": {"target_name": "other"}},
        ),
        ({"target_name": "none"}, {}),
    ],
)
def test_a_busy_kernels_comms_are_told(asked: Any, told: Any) -> None:
    room = Room()
    room.kernel.opens("w", {})
    room.kernel.opens("o", target="other")
    page = busy(room)
    request = page.sends("comm_info_request", asked)
    reply, idle = page.gets()
    assert reply.content == {"status": "ok", "comms": told}
    assert (reply.channel, reply.parts[1]) == ("shell", request.parts[0])
    assert idle.parent.msg_id == request.header.msg_id


def test_a_question_that_cannot_be_answered_waits_a_little_and_is_then_let_through() -> None:
    room = Room(running=True, limits=Limits(answer_seconds=2.0))
    page = busy(room)
    request = page.sends("comm_info_request", {})
    room.wait(1.9)
    assert request not in room.for_kernel()
    room.wait(0.1)
    assert request in room.for_kernel()
    room.wait(10.0)
    assert request not in room.for_kernel()


def test_what_is_not_allowed_is_refused_in_the_way_its_kind_can_be_told() -> None:
    room = Room(policy=Policy(allowed_message_types=frozenset({"history_request"})))
    page = room.page("a")
    execute = page.executes()
    reply, idle = page.gets()
    assert (reply.channel, reply.header.msg_type) == ("shell", "execute_reply")
    assert (reply.content["status"], reply.content["ename"]) == ("error", "MessageNotAllowed")
    assert "MappingKernelManager.allowed_message_types" in reply.content["evalue"]
    assert idle.parent.msg_id == execute.header.msg_id
    page.opens("c", "any", {})
    assert [kind for kind, _ in page.hears()] == ["error", "comm_close", "status"]
    page.tells("c", {})
    assert [kind for kind, _ in page.hears()] == ["error", "status"]
    allowed = page.sends("history_request", {})
    assert room.for_kernel() == [allowed]


def test_control_comms_are_for_the_allow_list_too() -> None:
    room = Room(policy=Policy(allowed_message_types=frozenset({"execute_request"})))
    room.kernel.opens("w", {"value": 1})
    page = room.page("a")
    page.restores()
    assert page.hears_states() is None


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


def test_past_the_backlog_messages_are_refused_with_the_setting() -> None:
    room = Room(proven=False, limits=Limits(backlog_bytes=2_000))
    page = room.page("a")
    first = page.executes("x" * 1_000)
    second = page.executes("x" * 1_000)
    [reply, _] = page.gets()
    assert reply.parent.msg_id == second.header.msg_id
    assert "CommBroker.backlog_bytes = 2000" in reply.content["evalue"]
    room.wait(0.5)
    room.prove()
    assert [m for m in room.for_kernel() if m.header.session == "a"] == [first]


def test_what_waits_on_one_channel_gets_nothing_refused_on_another() -> None:
    room = Room(limits=Limits(backlog_bytes=2_000))
    page = room.page("a")
    room.broker.context.backlog["stdin"] = 2_000
    unasked = page.sends("input_reply", {"value": "x"}, "stdin")
    executed = page.executes("x" * 1_000)
    sent = room.for_kernel()
    assert executed in sent
    assert unasked not in sent


def test_what_the_kernel_never_hears_of_leaves_no_trace() -> None:
    room = Room(limits=Limits(backlog_bytes=2_000))
    page, other = room.page("a"), room.page("b")
    room.kernel.opens("w", {"value": 1, "other": 2})
    page.gets()
    other.gets()
    room.broker.context.backlog["shell"] = 2_000
    page.updates("w", {"value": 9})
    # Told of the refusal, and shown what holds.
    assert [message.header.msg_type for message in page.gets()] == ["error", "status", "comm_msg"]
    assert not room.broker.context.mirror.pending.comm_ids()
    page.opens("new", "jupyter.widget", {"state": {}})
    assert page.hears()[1] == closed("new")
    assert "new" not in room.broker.context.registry
    page.sends("comm_close", {"comm_id": "w", "data": {}})
    assert "w" in room.broker.context.registry
    assert other.gets() == []
    assert room.for_kernel() == []


def test_a_message_of_a_session_nobody_knows_is_nobodys() -> None:
    room = Room()
    page = Page(room, "unknown")
    page.executes()
    assert room.for_kernel() == []
