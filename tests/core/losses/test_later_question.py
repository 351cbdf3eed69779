"""It is asked ever later, and each time one answer of it counts, once."""

from __future__ import annotations

from jupyter_comm_broker.core.losses.later_question import LaterQuestion

from ..room import Room


def question(room: Room) -> LaterQuestion:
    parts = room.broker._parts
    return LaterQuestion(parts.kernel_requests, parts.handshake, "test", 1.0)


def test_it_is_asked_ever_later_until_there_is_nothing_to_ask() -> None:
    room = Room()
    one = question(room)
    assert one.due is None
    one.begin(10.0)
    dues = [one.due]
    for _ in range(3):
        one.ask(10.0)
        dues.append(one.due)
    assert dues == [11.0, 12.0, 14.0, 18.0]
    one.drop()
    assert one.due is None
    one.begin(20.0)
    one.put_off(20.0)
    assert one.due == 22.0


def test_only_the_latest_one_is_an_answer_and_that_once() -> None:
    room = Room()
    one = question(room)
    assert not one.is_heard("")
    one.ask(1.0)
    one.ask(2.0)
    room.settle()
    first, second = room.for_kernel()
    assert [first.channel, first.header.msg_type] == ["shell", "kernel_info_request"]
    assert not one.is_heard(first.header.msg_id)
    assert one.is_heard(second.header.msg_id)
    assert not one.is_heard(second.header.msg_id)
    assert one.asked_at == 2.0


def test_what_is_forgotten_is_no_answer() -> None:
    room = Room()
    one = question(room)
    one.ask(1.0)
    room.settle()
    (asked,) = room.for_kernel()
    one.forget()
    assert not one.is_heard(asked.header.msg_id)
