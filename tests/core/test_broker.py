"""What a whole broker does that no single part of it decides."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jupyter_comm_broker.core.pages.shared_outbox import SharedBatch

from .page import Page
from .room import Room

STATE = {"_model_name": "N", "value": 1}


def test_nothing_is_due_when_nothing_is_going_on() -> None:
    room = Room()
    assert room.broker.next_due() is None
    room.page("a").detach()
    assert room.broker.next_due() == 600.0


@pytest.mark.parametrize(
    ("happens", "may_wait"),
    [
        (lambda room, page: room.kernel.updates("w", {"value": 2}), True),
        (lambda room, page: room.kernel.prints("x"), True),
        (lambda room, page: room.kernel.busy(None), False),
        (lambda room, page: room.kernel.opens("v", {"value": 1}), False),
        (lambda room, page: room.kernel.replies(page.executes(), {"status": "ok"}), False),
        (lambda room, page: page.updates("w", {"value": 3}), True),
        (lambda room, page: page.executes(), False),
        (lambda room, page: page.asks_state("w"), False),
        (lambda room, page: page.restores(), False),
    ],
)
def test_only_after_what_was_passed_on_the_clocks_may_wait(
    happens: Callable[[Room, Page], object], may_wait: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room()
    room.kernel.opens("w", {"value": 1})
    page = room.page("a")
    timed, told = room.broker._parts.timers, []
    monkeypatch.setattr(room.broker, "tick", lambda now: told.append(timed.is_routine))
    happens(room, page)
    assert told[-1] is may_wait


def test_while_output_is_captured_the_clocks_do_not_wait() -> None:
    room = Room()
    room.kernel.opens("out", {"_model_name": "OutputModel", "msg_id": "", "outputs": []})
    cell = room.page("a").executes()
    room.kernel.updates("out", {"msg_id": cell.header.msg_id}, cell)
    message = room.kernel.write("iopub", "stream", {"name": "stdout", "text": "x"}, parent=cell)
    room.broker.kernel_sent(message, room.now)
    assert not room.broker._parts.timers.is_routine


def test_sockets_and_programs_may_speak_of_what_is_gone() -> None:
    """A socket closes while its last write is under way, a comm while a program takes it."""
    room = Room()
    room.kernel.opens("w", {"value": 1})
    broker = room.broker
    batch = SharedBatch([], [])
    broker.batch_refused("gone", batch)
    broker.frontend_caught_up("gone")
    broker.program_took("gone", "closed", room.now)
    assert broker.outbox("gone") is None
    assert room.record("w").used_by is None
    assert room.log == []
