"""What a busy kernel would leave open is answered for it, waits a little, or is let through."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_comm_broker.core.limits import Limits

from ..heard import status
from ..page import Page
from ..room import Room


def busy(room: Room) -> Page:
    page = room.page("worker")
    room.kernel.busy(page.executes())
    room.for_kernel()
    page.gets()
    return page


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
        # As ipykernel answers: an empty name is a name.
        ({"target_name": ""}, {}),
        (
            {"target_name": None},
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
