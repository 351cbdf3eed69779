"""What is not let through is told in the way its kind can be told, and leaves no trace."""

from __future__ import annotations

from jupyter_comm_broker.core.gate.rights import Right
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.protocol.alias import alias

from ..heard import closed, set_to, status
from ..page import Page
from ..room import Room
from ..truth import CHECK_AFTER


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
    room.broker._parts.held.backlog["stdin"] = 2_000
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
    room.broker._parts.held.backlog["shell"] = 2_000
    page.updates("w", {"value": 9})
    # Told of the refusal, and shown what holds, before it may send the next one.
    expected = ["error", "comm_msg", "comm_msg", "status"]
    assert [message.header.msg_type for message in page.gets()] == expected
    assert not room.broker._parts.comms.mirror.pending.comm_ids()
    page.opens("new", "jupyter.widget", {"state": {}})
    assert page.hears()[1] == closed("new")
    assert "new" not in room.broker._parts.comms.registry
    page.sends("comm_close", {"comm_id": "w", "data": {}})
    assert "w" in room.broker._parts.comms.registry
    assert other.gets() == []
    assert room.for_kernel() == []


# -- rights ----------------------------------------------------------------------------------------

STATE = {"_model_name": "IntSliderModel", "value": 5, "max": 100}


def watched() -> tuple[Room, Page]:
    """Return a room with a widget, and a page that may only see it."""
    room = Room()
    page = room.page("a")
    page.rights = {Right.READ}
    room.kernel.opens("w", STATE)
    page.gets()
    return room, page


def test_a_widget_that_may_not_be_moved_springs_back_and_follows_others_from_then_on() -> None:
    room, page = watched()
    moved = page.updates("w", {"value": 9, "unknown": 1})
    error, echo, update, idle = page.gets()
    assert error.content["ename"] == "NotAuthorized"
    assert "ann may not write comms" in error.content["evalue"]
    # ipywidgets follows nobody's echo before its own has come, which has its message as parent.
    assert ("comm_msg", echo.content) == set_to("w", {"value": 5}, "echo_update")
    assert ("comm_msg", update.content) == set_to("w", {"value": 5})
    assert ("status", idle.content) == status("idle")
    assert [m.parent.msg_id for m in (error, echo, update, idle)] == [
        moved.header.msg_id,
        moved.header.msg_id,
        "",
        moved.header.msg_id,
    ]
    assert room.for_kernel() == []
    assert room.mirrored("w")["value"] == 5
    assert not room.broker._parts.comms.mirror.pending.comm_ids()


def test_only_the_page_itself_hears_of_its_denial() -> None:
    room, page = watched()
    other = room.page("b")
    room.kernel.prints("x")
    other.gets()
    page.updates("w", {"value": 9})
    page.opens("new", "jupyter.widget", {"state": {}})
    page.closes("w")
    assert other.gets() == []


def test_an_update_of_a_state_that_nobody_knows_is_asked_of_the_kernel_and_told() -> None:
    room, page = watched()
    room.kernel.opens("x", STATE)
    room.record("x").state = None
    page.gets()
    page.updates("x", {"value": 9})
    [asked] = room.for_kernel()
    assert (asked.header.session, asked.comm.comm_id) == ("broker", "x")
    assert [kind for kind, _ in page.hears()] == ["error", "status"]
    room.kernel.updates("x", STATE, asked)
    room.kernel.idle(asked)
    echo, update = page.hears()
    assert echo == set_to("x", STATE, "echo_update")
    assert update == set_to("x", STATE)
    assert page.frontend.misled == {}


def test_a_custom_message_and_one_that_cannot_be_read_change_nothing_and_are_ended() -> None:
    room, page = watched()
    page.tells("w", {"method": "custom", "content": {}})
    assert [kind for kind, _ in page.hears()] == ["error", "status"]
    page.tells("w", {"method": "update", "state": {"value": 1}, "buffer_paths": [["raw"]]})
    assert [kind for kind, _ in page.hears()] == ["error", "status"]
    assert room.broker._parts.ledger.counters["malformed_from_frontends"] == 1
    assert room.for_kernel() == []


def test_a_comm_that_may_not_be_opened_is_closed_at_the_page_and_nowhere_else() -> None:
    room, page = watched()
    opened = page.opens("new", "a target", {})
    heard = page.gets()
    assert [m.header.msg_type for m in heard] == ["error", "comm_close", "status"]
    assert heard[1].parent.msg_id == opened.header.msg_id
    assert b"may not execute comms" in heard[1].parts[2]
    assert "new" not in room.broker._parts.comms.registry
    assert room.for_kernel() == []


def test_a_comm_that_may_not_be_closed_stays_open_for_all() -> None:
    room, page = watched()
    page.asks_state("w")
    page.gets()
    page.closes("w")
    assert [kind for kind, _ in page.hears()] == ["error", "status"]
    assert "w" in room.broker._parts.comms.registry
    room.wait(CHECK_AFTER)
    # What the page was given is checked; nothing of the page's goes there.
    assert [message.header.session for message in room.for_kernel()] == ["broker"]


def test_each_kind_of_denial_is_a_warning_once_for_a_page_and_counted_always() -> None:
    room, page = watched()
    for _ in range(3):
        page.updates("w", {"value": 9})
    page.opens("new", "a target", {})
    levels = [line.level for line in room.log]
    assert levels == ["warning", "debug", "debug", "warning"]
    assert all(f"session {alias('a')}: ann may not" in line.text for line in room.log)
    counters = room.broker._parts.ledger.counters
    assert (counters["refused_unauthorized"], counters["refused"]) == (4, 4)
