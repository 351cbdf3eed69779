"""How the kernel is asked about comms, and how the answers are known again."""

from __future__ import annotations

from jupyter_comm_broker.core.context import Context, Policy
from jupyter_comm_broker.core.kernel.inquiry import Inquiry
from jupyter_comm_broker.core.kernel.state_questions import Questions
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.synthesis import Author

from ..talker import Talker


def inquiry() -> tuple[Inquiry, Context]:
    context = Context.create(Policy(), Limits(), Author("broker", 0.0))
    return Inquiry(Questions(context), "broker"), context


def sent(context: Context) -> list[Message]:
    return context.effects.take().to_kernel


def comm_msg(comm_id: str, state: object, parent: Message | None) -> Message:
    data = {"method": "update", "state": state}
    return Talker("kernel").write(
        "iopub", "comm_msg", {"comm_id": comm_id, "data": data}, parent=parent
    )


def test_a_whole_state_under_our_question_is_an_answer_and_a_part_is_not() -> None:
    asking, context = inquiry()
    asking.ask_for_each(["w"], 0.0)
    [question] = sent(context)
    assert asking.is_answer(comm_msg("w", {"_model_name": "N"}, question))
    assert not asking.is_answer(comm_msg("w", {"value": 1}, question))
    asking.reset()
    assert not asking.is_answer(comm_msg("w", {"_model_name": "N"}, question))


def test_whatever_comes_on_a_control_comm_of_ours_is_for_us() -> None:
    asking, context = inquiry()
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
    assert len(sent(context)) == 4


def test_a_subshell_is_used_for_what_is_asked_and_deleted_once() -> None:
    asking, context = inquiry()
    asking.create_subshell(0.0)
    [create] = sent(context)
    reply = Talker("kernel").write(
        "control", "create_subshell_reply", {"subshell_id": "sub"}, parent=create
    )
    assert asking.use_subshell(reply)
    asking.ask_for_all(0.0)
    assert {m.header.subshell_id for m in sent(context)} == {"sub"}
    asking.leave_subshell(0.0)
    asking.leave_subshell(0.0)
    [delete] = sent(context)
    assert (delete.channel, delete.content) == ("control", {"subshell_id": "sub"})
    asking.ask_for_each(["w"], 0.0)
    assert {m.header.subshell_id for m in sent(context)} == {None}


def test_a_kernel_that_gives_no_subshell_is_believed() -> None:
    asking, _ = inquiry()
    reply = Talker("kernel").write("control", "create_subshell_reply", {"status": "error"})
    assert not asking.use_subshell(reply)
