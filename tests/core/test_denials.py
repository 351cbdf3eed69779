"""What is not let through is told in the way its kind can be told, and leaves no trace."""

from __future__ import annotations

from jupyter_comm_broker.core.context import Policy
from jupyter_comm_broker.core.limits import Limits

from .heard import closed
from .kernel import Room


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
