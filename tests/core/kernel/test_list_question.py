"""Which comms there are is asked where an answer comes soonest, and once at a time."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.limits import Limits

from ..room import Room


def asked(room: Room) -> list[tuple[str, str]]:
    sent = [(m.channel, m.header.msg_type) for m in room.for_kernel()]
    return [each for each in sent if each[1] == "comm_info_request"]


def test_it_is_asked_once_and_where_the_kernel_answers_soonest() -> None:
    room = Room(running=True)
    room.wait(0.1)
    assert asked(room) == [("control", "comm_info_request")]


def test_an_overdue_answer_is_counted_and_asked_for_again_later() -> None:
    limits = Limits(verify_retry_seconds=1.0)
    room = Room(running=True, limits=limits)
    room.wait(0.1)
    assert len(asked(room)) == 1
    room.wait(1.0)
    assert room.broker.known.counters()["verification_timeouts"] == 1
    room.wait(2.0)
    assert len(asked(room)) == 1


def test_an_answer_that_nobody_waits_for_any_more_teaches_nothing() -> None:
    room = Room(running=True)
    room.wait(0.1)
    [question] = [m for m in room.for_kernel() if m.header.msg_type == "comm_info_request"]
    room.broker.kernel_restarted(room.now)
    room.settle()
    room.prove()
    comms = {"old": {"target_name": "jupyter.widget"}}
    room.kernel.replies(question, {"status": "ok", "comms": comms})
    assert "old" not in room.broker._parts.comms.registry


@pytest.mark.parametrize("content", [[1], "no object", {"status": "ok", "comms": 5}])
def test_an_answer_that_cannot_be_taken_is_not_asked_for_again_at_once(content: object) -> None:
    room = Room(running=True, limits=Limits(verify_retry_seconds=1.0))
    room.wait(0.1)
    [question] = [m for m in room.for_kernel() if m.header.msg_type == "comm_info_request"]
    room.kernel.replies(question, content)
    room.wait(0.5)
    assert asked(room) == []
