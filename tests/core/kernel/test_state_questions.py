"""A slow kernel is asked once, a silent one ever later. A silent comm is given up."""

from __future__ import annotations

from jupyter_comm_broker.core.kernel.verification_step import Step
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.state.comm_record import Knowledge

from ..doubted import STATE, doubted, ends


def test_a_comm_that_never_answers_is_asked_ever_later_and_then_let_be() -> None:
    limits = Limits(verify_retry_seconds=2.0, verify_attempts=3, verify_interval=0.0)
    room = doubted("w", limits=limits)
    asked_at: list[float] = []
    while room.now < 300.0:
        asked = room.for_kernel()
        asked_at += [room.now] * len(asked)
        ends(room, asked)
        room.wait(1.0)
    assert asked_at == [0.0, 4.0, 12.0]
    assert room.broker.next_due() is None
    assert room.record("w").knowledge is Knowledge.DIRTY


def test_a_kernel_that_is_slow_is_asked_the_same_once() -> None:
    room = doubted("w")
    [asked] = room.for_kernel()
    room.kernel.busy(asked)
    room.wait(2.0)
    [after] = room.for_kernel()
    assert after.header.msg_type == "kernel_info_request"
    room.wait(30.0)
    assert room.for_kernel() == []
    room.kernel.updates("w", {**STATE, "value": 7}, asked)
    room.kernel.idle(asked)
    ends(room, [after])
    assert (room.mirrored("w")["value"], room.record("w").knowledge) == (7, Knowledge.CLEAN)
    assert room.for_kernel() == []


def test_what_the_kernel_did_not_get_is_asked_again_once_it_shows() -> None:
    room = doubted("w")
    room.for_kernel()
    room.wait(2.0)
    [after] = room.for_kernel()
    ends(room, [after])
    room.wait(4.0)
    [again] = room.for_kernel()
    assert again.comm.comm_id == "w"


def test_a_kernel_of_which_nothing_is_heard_is_asked_again_all_the_same() -> None:
    room = doubted("w", limits=Limits(verify_attempts=3))
    asked_at = []
    while room.now < 1000.0:
        asked_at += [room.now for m in room.for_kernel() if m.header.msg_type == "comm_msg"]
        room.wait(1.0)
    assert len(asked_at) == 3
    assert room.broker._parts.ledger.counters["verification_timeouts"] == 6


def test_a_comm_that_never_answers_does_not_keep_others_from_being_asked_about() -> None:
    room = doubted("deaf", limits=Limits(verify_attempts=2))
    for _ in range(20):
        ends(room, room.for_kernel())
        room.wait(5.0)
    room.kernel.opens("w", STATE)
    room.kernel.sends("w", {"method": "update", "state": 3})
    [asked] = room.for_kernel()
    assert asked.comm.comm_id == "w"
    room.kernel.updates("w", STATE, asked)
    assert room.record("w").knowledge is Knowledge.CLEAN


def test_a_late_answer_counts_all_the_same() -> None:
    room = doubted("w")
    [asked] = room.for_kernel()
    room.wait(63.0)
    assert room.broker._parts.verification.step is Step.REST
    room.kernel.updates("w", {**STATE, "value": 9}, asked)
    assert (room.mirrored("w")["value"], room.record("w").knowledge) == (9, Knowledge.CLEAN)


def test_many_are_asked_in_portions_so_that_their_answers_are_no_flood() -> None:
    room = doubted(*(f"w{number}" for number in range(450)))
    opening, _ = room.for_kernel()
    room.kernel.closes(opening.comm.comm_id, opening)
    portions = []
    while asked := room.for_kernel():
        portions.append(len(asked))
        for each in asked:
            room.now += 0.1
            room.kernel.updates(each.comm.comm_id, STATE, each)
    assert portions == [200, 200, 50]
    assert room.broker._parts.verification.step is Step.REST
    assert "verification_timeouts" not in room.broker._parts.ledger.counters


ANSWERING = {"w0", "w210", "w449"}


def test_a_portion_that_never_answers_does_not_stand_before_the_others() -> None:
    room = doubted(*(f"w{number}" for number in range(450)))
    opening, _ = room.for_kernel()
    room.kernel.closes(opening.comm.comm_id, opening)
    answered = set()
    for _ in range(100):
        for each in room.for_kernel():
            if each.header.msg_type == "comm_msg" and each.comm.comm_id in ANSWERING:
                room.kernel.updates(each.comm.comm_id, STATE, each)
                answered.add(each.comm.comm_id)
            ends(room, [each])
        room.wait(100.0)
    assert answered == ANSWERING
    assert not room.broker._parts.comms.registry.doubtful
    assert room.for_kernel() == []


def test_another_clients_question_that_took_our_answer_costs_one_round_and_no_more() -> None:
    """ipywidgets answers on the control comm that was opened last, whoever opened it."""
    many = [f"w{number}" for number in range(30)]
    room = doubted(*many)
    _, request = room.for_kernel()
    ends(room, [request])
    for each in room.for_kernel():
        room.kernel.updates(each.comm.comm_id, STATE, each)
        ends(room, [each])
    registry = room.broker._parts.comms.registry
    for record in registry:
        registry.doubt(record, "again")
    room.settle()
    opening, _ = room.for_kernel()
    assert opening.header.msg_type == "comm_open"


def test_widgets_that_each_take_longer_than_is_waited_are_asked_once() -> None:
    """Each answer was the end of the patience with those behind it (ipywidgets#3580)."""
    room = doubted("first", "second", "third")
    asked = room.for_kernel()
    comms = [each for each in asked if each.header.msg_type == "comm_msg"]
    assert len(comms) == 3
    for question in comms:
        room.kernel.busy(question)
        room.wait(6.0)
        room.kernel.updates(question.comm.comm_id, STATE, question)
        room.kernel.idle(question)
    room.wait(1.0)
    again = [each for each in room.for_kernel() if each.header.msg_type == "comm_msg"]
    assert again == []
    assert {each.knowledge for each in room.broker._parts.comms.registry} == {Knowledge.CLEAN}
