"""A jump in the kernel's numbering is noticed, and what may be wrong for it is asked."""

import pytest

from jupyter_comm_broker.core.losses.lost_messages import MOST_SESSIONS, LostMessages
from jupyter_comm_broker.core.state.comm_record import Knowledge
from jupyter_comm_broker.protocol.json_text import dumps
from jupyter_comm_broker.protocol.message import Message
from tests.core.room import Room


def after(*ids: str) -> list[int]:
    lost = LostMessages()
    return [lost.before(msg_id) for msg_id in ids]


def test_numbers_in_a_row_say_that_nothing_is_lost() -> None:
    assert after("s_9_1", "s_9_2", "s_9_3") == [0, 0, 0]


def test_a_jump_says_how_many_are_lost() -> None:
    assert after("s_9_1", "s_9_1001") == [0, 999]


def test_a_small_jump_is_somebody_elses_reply() -> None:
    assert after("s_9_1", "s_9_8") == [0, 0]


def test_two_sockets_may_bring_them_out_of_order() -> None:
    assert after("s_9_5", "s_9_3", "s_9_6") == [0, 0, 0]


@pytest.mark.parametrize("msg_id", ["", "5f1c2e", "a-b-c", "s_x", "_7"])
def test_ids_without_a_number_say_nothing(msg_id: str) -> None:
    assert after(msg_id, "s_9_1", msg_id) == [0, 0, 0]


def test_each_session_counts_for_itself_and_there_are_never_many() -> None:
    lost = LostMessages()
    for session in range(5 * MOST_SESSIONS):
        assert lost.before(f"s{session}_9_{1000 * session}") == 0
    assert len(lost._highest) <= MOST_SESSIONS


def numbered(n: int) -> Message:
    header = {"msg_id": f"kernel_1_{n}", "msg_type": "stream", "session": "kernel"}
    content = {"name": "stdout", "text": "x"}
    return Message("iopub", [dumps(header), b"{}", b"{}", dumps(content)])


def test_after_a_loss_every_state_and_the_list_are_doubted() -> None:
    room = Room()
    room.kernel.opens("c1", {"value": 1})
    assert room.record("c1").knowledge is Knowledge.CLEAN
    room.broker.kernel_sent(numbered(1), room.now)
    room.broker.kernel_sent(numbered(2000), room.now)
    assert room.record("c1").knowledge is Knowledge.DIRTY
    assert "lost" in room.record("c1").dirty_because
    assert not room.broker.context.registry.complete
    assert room.broker.context.counters["lost_before_us"] == 1998


def test_a_reply_that_overtakes_what_waits_on_iopub_is_no_loss() -> None:
    room = Room()
    room.broker.kernel_sent(numbered(1), room.now)
    reply = numbered(2000)
    room.broker.kernel_sent(Message("shell", reply.parts), room.now)
    for n in range(2, 20):
        room.broker.kernel_sent(numbered(n), room.now)
    assert "lost_before_us" not in room.broker.context.counters
    # And what is lost of those that it overtook is noticed all the same.
    room.broker.kernel_sent(numbered(100), room.now)
    assert room.broker.context.counters["lost_before_us"] == 80


def test_what_answers_our_own_questions_leaves_no_gap() -> None:
    room = Room()
    room.broker.kernel_sent(numbered(1), room.now)
    _, *parts = numbered(2).parts
    parts[0] = dumps({"msg_id": "ours", "session": room.broker.context.author.session})
    for n in range(2, 40):
        header = {"msg_id": f"kernel_1_{n}", "msg_type": "status", "session": "kernel"}
        room.broker.kernel_sent(Message("iopub", [dumps(header), *parts]), room.now)
    room.broker.kernel_sent(numbered(40), room.now)
    assert "lost_before_us" not in room.broker.context.counters
