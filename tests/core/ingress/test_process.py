"""The kernel's life as its pages see it: start, restart, death."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.state.comm_record import Knowledge

from ..heard import closed, status
from ..room import Kernel, Room

STATE = {"_model_name": "N", "value": 1}


@pytest.mark.parametrize("state", ["restarting", "dead"])
def test_pages_are_told_what_the_kernel_cannot_tell_itself(state: str) -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("w", STATE)
    page.gets()
    room.broker.kernel_restarting(room.now, state)
    room.settle()
    assert page.hears() == [closed("w"), status(state)]
    assert room.broker._parts.work.execution.state == state


def test_a_new_process_is_proven_before_pages_are_let_through() -> None:
    room = Room()
    page = room.page("a")
    room.broker.kernel_restarted(room.now)
    room.settle()
    request = page.executes()
    asked = room.for_kernel()
    assert request not in asked
    assert {m.header.msg_type for m in asked} == {"kernel_info_request"}
    room.kernel = Kernel(room, "second")
    for question in asked:
        room.kernel.replies(question, {"status": "ok"})
        room.kernel.idle(question)
    assert request in room.for_kernel()


def test_after_a_restart_pages_are_spoken_to_in_the_new_session_only() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.prints("old\n")
    room.broker.kernel_restarted(room.now)
    room.settle()
    room.kernel = Kernel(room, "second")
    room.prove()
    page.gets()
    page.restores()
    assert {m.header.session for m in page.gets()} == {"second"}


def test_a_status_starting_without_parent_is_a_new_process() -> None:
    # Some kernels restart without the server being told.
    room = Room()
    page = room.page("a")
    room.kernel.opens("w", STATE)
    page.gets()
    room.kernel.publishes("status", {"execution_state": "starting"})
    assert page.hears() == [closed("w"), status("starting")]
    assert len(room.broker._parts.comms.registry) == 0


def test_a_process_that_takes_its_leave_takes_its_comms_along() -> None:
    # With a kernel manager that emits no events this may be all we hear of a restart.
    room = Room()
    page = room.page("a")
    room.kernel.opens("w", STATE)
    page.gets()
    room.kernel.publishes("shutdown_reply", {"status": "ok", "restart": True})
    assert [m.header.msg_type for m in page.gets()] == ["shutdown_reply", "comm_close"]
    assert len(room.broker._parts.comms.registry) == 0
    page.sends("execute_request", {"code": "1"})
    assert {m.header.msg_type for m in room.for_kernel()} == {"kernel_info_request"}
    room.prove()


def test_the_first_process_may_say_starting_late() -> None:
    room = Room()
    epoch = room.broker._parts.process.epoch
    room.kernel.publishes("status", {"execution_state": "starting"})
    assert room.broker._parts.process.epoch == epoch


def test_an_answer_of_the_old_process_is_nobodys() -> None:
    room = Room(running=True)
    page = room.page("a")
    page.gets()
    [listing] = room.for_kernel()
    room.broker.kernel_restarted(room.now)
    room.settle()
    room.kernel.replies(listing, {"status": "ok", "comms": {"w": {"target_name": "x"}}})
    assert (len(room.broker._parts.comms.registry), page.hears()) == (0, [])


def test_a_kernel_that_is_gone_takes_its_comms_along() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("w", STATE)
    page.gets()
    room.broker.link_closed(room.now)
    room.settle()
    assert page.hears() == [closed("w")]
    assert room.broker._parts.work.execution.state == "dead"


@pytest.mark.parametrize("running", [True, False])
def test_a_kernel_that_is_reached_again_is_asked_for_what_it_may_have_published(
    running: bool,
) -> None:
    room = Room()
    room.kernel.opens("w", STATE)
    room.broker.link_broken(room.now)
    room.broker.link_mended(room.now, running)
    room.settle()
    assert room.record("w").knowledge is Knowledge.DIRTY
    assert not room.broker._parts.comms.registry.complete
    # A process that may only just have been started is asked on its shell, and given its time.
    channels = {m.channel for m in room.for_kernel()}
    assert channels == ({"control", "shell"} if running else {"shell"})
    room.wait(10.0)
    assert room.broker._parts.handshake.link == ("assumed" if running else "connecting")
    if not running:
        room.prove()
    asked = [m.header.msg_type for m in room.for_kernel()]
    assert "comm_info_request" in asked


def test_a_dead_kernel_that_is_reached_again_is_not_asked() -> None:
    room = Room()
    room.broker.kernel_restarting(room.now, "dead")
    room.broker.link_broken(room.now)
    room.broker.link_mended(room.now, True)
    room.for_kernel()
    room.wait(100.0)
    assert (room.broker._parts.handshake.link, room.for_kernel()) == ("lost", [])


def test_a_page_that_comes_to_a_dead_kernel_is_told() -> None:
    room = Room()
    room.broker.link_closed(room.now)
    assert room.page("a").hears() == [status("dead")]
