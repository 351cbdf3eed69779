"""What comes under our own questions is ours, but for what only stands there by chance."""

from __future__ import annotations

from jupyter_comm_broker.core.limits import Limits

from .room import Room

STATE = {"_model_name": "N", "value": 1}


def test_what_threads_print_under_our_question_reaches_the_pages_under_their_own() -> None:
    room = Room(limits=Limits(verify_interval=10.0))
    page = room.page("a")
    cell = page.executes()
    room.kernel.busy(cell)
    room.kernel.replies(cell, {})
    room.kernel.idle(cell)
    room.kernel.opens("w", STATE)
    room.kernel.updates("w", {"value": 2})
    room.for_kernel()
    page.gets()
    room.wait(10.0)
    [asked] = room.for_kernel()
    room.kernel.prints("from a thread\n", asked)
    room.kernel.updates("w", {"value": 3}, asked)
    printed, update = page.gets()
    assert [m.parts[1] for m in (printed, update)] == [cell.parts[0]] * 2
    assert room.mirrored("w")["value"] == 3


def test_a_kernel_that_answered_has_started_though_its_own_word_for_it_was_missed() -> None:
    room = Room(proven=False)
    execution = room.broker.context.execution
    execution.reset("starting")
    [_, shell] = room.for_kernel()
    room.kernel.busy(shell)
    assert execution.state == "starting"
    room.kernel.replies(shell, {"status": "ok"})
    assert (room.broker.proof.link, execution.state) == ("proven", "idle")
    room.kernel.publishes("status", {"execution_state": "starting"})
    assert execution.state == "starting"
    room.kernel.idle(shell)
    assert execution.state == "idle"
