"""What is let through is noted with its sender, and bounded."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.limits import Limits

from ..room import Room


def test_who_asked_is_noted_but_for_answers_on_stdin() -> None:
    room = Room()
    page = room.page("a")
    asked, said = page.executes(), page.sends("input_reply", {"value": "x"}, "stdin")
    requests = room.broker._parts.work.requests
    request = requests.get(asked.header.msg_id)
    assert request is not None
    assert (request.session_id, requests.get(said.header.msg_id)) == ("a", None)
    assert room.for_kernel() == [asked, said]


def test_above_the_limit_nothing_is_sent_and_nothing_noted() -> None:
    room = Room(limits=Limits(backlog_bytes=10))
    page = room.page("a")
    message = page.executes()
    assert (room.for_kernel(), room.broker._parts.work.requests.get(message.header.msg_id)) == (
        [],
        None,
    )
    assert page.hears()[0][1]["ename"] == "KernelBacklogFull"


def test_a_fault_in_following_costs_no_message(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room()
    page = room.page("a")

    def fails(*_: object) -> None:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(room.broker._parts.work.requests, "sent", fails)
    message = page.executes()
    assert room.for_kernel() == [message]
    assert room.broker.known.counters()["faults"] == 1
