"""How the kernel is asked about comms, and how the answers are known again."""

from __future__ import annotations

from jupyter_comm_broker.core.kernel.inquiry import Inquiry
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.parts import Parts
from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.core.state.comm_record import Side
from jupyter_comm_broker.core.state.widget_state import WidgetState
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.synthesis import Author
from jupyter_comm_broker.protocol.widget import WIDGET_TARGET

from ..talker import Talker


def inquiry() -> tuple[Inquiry, Parts]:
    parts = Parts(Policy(), Limits(), Author("broker"))
    return parts.inquiry, parts


def sent(parts: Parts) -> list[Message]:
    return parts.effects.take().to_kernel


def comm_msg(comm_id: str, state: object, parent: Message | None) -> Message:
    data = {"method": "update", "state": state}
    return Talker("kernel").write(
        "iopub", "comm_msg", {"comm_id": comm_id, "data": data}, parent=parent
    )


def test_a_whole_state_under_our_question_is_an_answer_and_a_part_is_not() -> None:
    asking, parts = inquiry()
    parts.comms.registry.opened("w", WIDGET_TARGET, Side.KERNEL, 0.0)
    assert asking.ask_for_some(["w", "gone"], 9, 0.0) == ["w"]
    [question] = sent(parts)
    assert asking.is_answer(comm_msg("w", {"_model_name": "N"}, question))
    assert not asking.is_answer(comm_msg("w", {"value": 1}, question))
    asking.reset()
    assert not asking.is_answer(comm_msg("w", {"_model_name": "N"}, question))


def test_whatever_comes_on_a_control_comm_of_ours_is_for_us() -> None:
    asking, parts = inquiry()
    asking.ask_for_all(0.0)
    first = asking.control_comm
    asking.ask_for_all(0.0)
    assert first != asking.control_comm
    assert [
        asking.is_answer(comm_msg(each, {}, None)) for each in (first, asking.control_comm)
    ] == [
        True,
        True,
    ]
    assert len(sent(parts)) == 4


def test_a_subshell_is_used_for_what_is_asked_and_kept() -> None:
    asking, parts = inquiry()
    parts.comms.registry.opened("w", WIDGET_TARGET, Side.KERNEL, 0.0)
    assert not asking.enter_subshell(0.0)
    [create] = sent(parts)
    reply = Talker("kernel").write(
        "control", "create_subshell_reply", {"subshell_id": "sub"}, parent=create
    )
    assert asking.subshell_made(reply)
    asking.ask_for_all(0.0)
    assert {m.header.subshell_id for m in sent(parts)} == {"sub"}
    asking.leave_subshell()
    # It is not deleted: a thread of the user may have published under our question (fact 3.9).
    asking.ask_for_some(["w"], 9, 0.0)
    assert {m.header.subshell_id for m in sent(parts)} == {None}
    assert asking.enter_subshell(0.0)
    asking.ask_for_all(0.0)
    assert {m.header.subshell_id for m in sent(parts)} == {"sub"}


def test_a_subshell_that_is_gone_is_made_anew() -> None:
    asking, parts = inquiry()
    reply = Talker("kernel").write("control", "create_subshell_reply", {"subshell_id": "sub"})
    assert asking.subshell_made(reply)
    asking.subshell_gone()
    assert not asking.enter_subshell(0.0)
    assert [m.header.msg_type for m in sent(parts)] == ["create_subshell_request"]


def test_a_widget_is_asked_where_the_kernel_last_published_on_it() -> None:
    # Otherwise the kernel would handle later messages of pages in another lane (fact 3.5).
    asking, parts = inquiry()
    registry = parts.comms.registry
    used, _ = [registry.opened(each, WIDGET_TARGET, Side.KERNEL, 0.0) for each in ("w", "v")]
    request = Talker("page").write("shell", "comm_msg", {}, subshell_id="of a page")
    registry.kernel_sent(used, comm_msg("w", {"value": 1}, request), 0.0)
    asking.ask_for_some(["w", "v"], 9, 0.0)
    assert [m.header.subshell_id for m in sent(parts)] == ["of a page", None]
    used.mark_published(None)
    asking.ask_for_some(["w"], 9, 0.0)
    assert [m.header.subshell_id for m in sent(parts)] == [None]


def test_a_kernel_that_gives_no_subshell_is_believed() -> None:
    asking, _ = inquiry()
    reply = Talker("kernel").write("control", "create_subshell_reply", {"status": "error"})
    assert not asking.subshell_made(reply)


def test_a_state_that_lacks_only_what_is_said_once_is_an_answer() -> None:
    asking, parts = inquiry()
    record = parts.comms.registry.opened("d", WIDGET_TARGET, Side.KERNEL, 0.0)
    state = b'{"_model_name":"AnyModel","_view_count":null,"_esm":"x","value":1}'
    record.state = WidgetState(state, [], [])
    asking.ask_for_some(["d"], 9, 0.0)
    [question] = sent(parts)
    assert asking.is_answer(comm_msg("d", {"_esm": "x", "value": 2}, question))
    assert not asking.is_answer(comm_msg("d", {"value": 2}, question))


def test_an_update_of_the_only_attribute_is_no_answer() -> None:
    asking, parts = inquiry()
    record = parts.comms.registry.opened("d", WIDGET_TARGET, Side.KERNEL, 0.0)
    record.state = WidgetState(b'{"_model_name":"AnyModel","value":1}', [], [])
    asking.ask_for_some(["d"], 9, 0.0)
    [question] = sent(parts)
    assert not asking.is_answer(comm_msg("d", {"value": 2}, question))


def test_comms_are_asked_in_the_order_of_their_opening_and_no_more_than_wanted() -> None:
    asking, parts = inquiry()
    for comm_id in ("child", "parent", "other"):
        parts.comms.registry.opened(comm_id, WIDGET_TARGET, Side.KERNEL, 0.0)
    assert asking.ask_for_some({"other", "parent", "child"}, 2, 0.0) == ["child", "parent"]
    assert [message.comm.comm_id for message in sent(parts)] == ["child", "parent"]
