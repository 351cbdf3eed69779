"""Nothing of a page is sent to a kernel before the link is known to work both ways (rule 26)."""

from __future__ import annotations

from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import WIDGET_TARGET

from ..heard import status
from ..room import WITH_SUBSHELLS, Room
from ..talker import Talker


def kinds(room: Room) -> list[tuple[str, str]]:
    return [(m.channel, m.header.msg_type) for m in room.for_kernel()]


SHELL, CONTROL = (("shell", "kernel_info_request"), ("control", "kernel_info_request"))


def test_a_fresh_kernel_is_asked_on_its_shell_again_and_again_until_it_answers() -> None:
    room = Room(proven=False)
    assert kinds(room) == [SHELL]
    room.wait(1.0)
    assert kinds(room) == [SHELL] * 2
    assert room.broker._parts.handshake.link == "connecting"


def test_a_fresh_kernel_is_asked_on_control_only_when_it_has_started() -> None:
    """ipykernel 6 prints an error to every page if a control message waits when it starts."""
    room = Room(proven=False)
    room.wait(2.0)
    asked = room.for_kernel()
    assert {m.channel for m in asked} == {"shell"}
    for question in asked:
        room.kernel.replies(question, {"status": "ok"})
        room.kernel.idle(question)
    assert kinds(room) == [CONTROL]


def test_a_fresh_kernel_whose_shell_says_nothing_for_long_is_asked_on_control_too() -> None:
    room = Room(proven=False)
    room.wait(9.0)
    room.for_kernel()
    room.wait(2.0)
    assert CONTROL in kinds(room)


def test_a_running_kernel_is_asked_on_control_and_once_on_its_shell() -> None:
    room = Room(running=True, proven=False)
    assert kinds(room) == [("control", "kernel_info_request"), ("shell", "kernel_info_request")]
    room.wait(2.0)
    assert set(kinds(room)) == {("control", "kernel_info_request")}


def test_a_running_kernel_counts_as_busy_until_its_main_shell_says_anything() -> None:
    for says in (answers_our_question, begins_a_cell, ends_a_cell):
        room = Room(running=True, proven=False)
        control, shell = room.for_kernel()
        room.kernel.busy(control)
        room.kernel.replies(control, WITH_SUBSHELLS)
        room.kernel.idle(control)
        assert room.broker._parts.handshake.link == "proven"
        assert room.broker._parts.work.occupied
        says(room, shell)
        assert room.broker._parts.work.occupied is (says is begins_a_cell)


def test_what_may_have_been_asked_on_control_says_nothing_of_the_main_shell() -> None:
    room = Room(running=True, proven=False)
    control, _ = room.for_kernel()
    room.kernel.replies(control, WITH_SUBSHELLS)
    for msg_type in ("kernel_info_request", "debug_request"):
        asked = Talker("elsewhere").write("control", msg_type, {})
        room.kernel.busy(asked)
        room.kernel.idle(asked)
    assert room.broker._parts.work.occupied


def test_a_page_that_comes_meanwhile_sees_busy_and_then_idle() -> None:
    room = Room(running=True, proven=False)
    control, shell = room.for_kernel()
    room.kernel.replies(control, WITH_SUBSHELLS)
    page = room.page("a")
    assert page.hears() == [status("busy")]
    assert room.broker.known.execution_state == "busy"
    room.kernel.replies(shell, WITH_SUBSHELLS)
    assert page.hears() == [status("idle")]
    assert room.broker.known.execution_state == "idle"


def answers_our_question(room: Room, asked: Message) -> None:
    room.kernel.replies(asked, WITH_SUBSHELLS)


def begins_a_cell(room: Room, asked: Message) -> None:
    room.kernel.busy(room.page("a").executes())


def ends_a_cell(room: Room, asked: Message) -> None:
    room.kernel.idle(room.page("a").write("shell", "execute_request", {"code": ""}))


def test_states_of_a_kernel_that_was_found_in_mid_cell_are_asked_for_beside_the_cell() -> None:
    room = Room(running=True, proven=False)
    control, _ = room.for_kernel()
    room.kernel.busy(control)
    room.kernel.replies(control, WITH_SUBSHELLS)
    room.kernel.idle(control)
    room.wait(0.1)
    (listing,) = (m for m in room.for_kernel() if m.header.msg_type == "comm_info_request")
    assert listing.channel == "control"
    room.kernel.replies(listing, {"status": "ok", "comms": {"w": {"target_name": WIDGET_TARGET}}})
    room.kernel.idle(listing)
    room.wait(0.1)
    assert kinds(room) == [("control", "create_subshell_request")]


def test_an_answer_without_anything_on_iopub_proves_nothing() -> None:
    room = Room(proven=False)
    room.wait(11.0)
    control = next(m for m in room.for_kernel() if m.channel == "control")
    room.kernel.replies(control, {"status": "ok"})
    assert room.broker._parts.handshake.link == "connecting"
    room.broker._parts.work.execution.reset("starting")
    # The statuses under our questions were published before we were subscribed.
    room.kernel.publishes("iopub_welcome", {})
    assert (room.broker._parts.handshake.link, room.broker._parts.handshake.answers_control) == (
        "proven",
        True,
    )
    assert room.broker.known.execution_state == "idle"


def test_something_on_iopub_without_an_answer_proves_nothing() -> None:
    room = Room(proven=False)
    [shell] = room.for_kernel()
    room.kernel.busy(shell)
    assert room.broker._parts.handshake.link == "connecting"
    room.kernel.replies(shell, {"status": "ok"})
    assert (room.broker._parts.handshake.link, room.broker._parts.handshake.answers_control) == (
        "proven",
        None,
    )


def test_a_running_kernel_that_does_not_answer_is_used_unproven() -> None:
    room = Room(running=True, proven=False)
    page = room.page("a")
    request = page.executes()
    room.wait(4.0)
    assert room.broker._parts.handshake.link == "assumed"
    assert request in room.for_kernel()
    assert [line.level for line in room.log] == ["warning"]


def test_a_link_that_was_assumed_is_proven_when_the_kernel_speaks() -> None:
    room = Room(running=True, proven=False)
    room.wait(4.0)
    room.prove()
    assert room.broker._parts.handshake.link == "proven"


def test_a_starting_kernel_is_given_its_time() -> None:
    room = Room(proven=False)
    room.wait(59.0)
    assert room.broker._parts.handshake.link == "connecting"
    room.wait(2.0)
    assert room.broker._parts.handshake.link == "assumed"


def test_the_kernel_info_is_kept_as_it_came() -> None:
    room = Room(kernel_info={"status": "ok", "banner": "x"})
    assert room.broker._parts.work.kernel_info.content == b'{"status":"ok","banner":"x"}'


def test_a_kernel_that_is_gone_is_not_asked() -> None:
    room = Room()
    room.broker.link_closed(room.now)
    room.wait(100.0)
    assert (room.broker._parts.handshake.link, room.for_kernel()) == ("lost", [])


def test_the_last_words_of_an_old_process_prove_nothing_about_the_new_one() -> None:
    room = Room()
    page = room.page("a")
    asked = page.sends("execute_request", {"code": "1"})
    room.for_kernel()
    room.broker.kernel_restarted(room.now)
    room.settle()
    page.sends("execute_request", {"code": "2"})
    room.kernel.idle(asked)
    [asking] = room.for_kernel()
    room.kernel.replies(asking, {"status": "ok"})
    assert room.broker._parts.handshake.held
    room.for_kernel()
    room.kernel.idle(asking)
    assert [m.header.msg_type for m in room.for_kernel()] == ["execute_request"]


def test_while_the_link_is_broken_nothing_is_asked_assumed_or_proven() -> None:
    room = Room()
    page = room.page("a")
    room.broker.link_broken(room.now)
    request = page.executes()
    room.wait(1_000.0)
    assert room.for_kernel() == []
    # What still comes of what was asked before proves nothing about sockets that are not there.
    room.kernel.publishes("status", {"execution_state": "starting"})
    assert room.broker._parts.handshake.link == "broken"
    room.broker.link_mended(room.now, True)
    room.settle()
    assert room.broker._parts.handshake.link == "connecting"
    room.prove()
    assert room.broker._parts.handshake.link == "proven"
    assert request in room.for_kernel()


def test_while_a_process_is_heard_out_pages_wait_and_nothing_is_asked() -> None:
    room = Room()
    page = room.page("a")
    room.broker.link_waits(room.now)
    request = page.executes()
    room.wait(1_000.0)
    assert (room.broker._parts.handshake.link, room.for_kernel()) == ("connecting", [])
    room.broker.kernel_restarted(room.now)
    room.settle()
    room.prove()
    assert room.for_kernel() == [request]


def test_an_answer_that_comes_late_proves_no_link_that_waits() -> None:
    room = Room(proven=False)
    [shell] = room.for_kernel()
    room.kernel.replies(shell, {"status": "ok"})
    room.broker.link_waits(room.now)
    room.kernel.idle(shell)
    assert room.broker._parts.handshake.held


def test_a_dead_kernel_is_not_called_proven_and_pages_are_not_kept_waiting_for_it() -> None:
    room = Room()
    page = room.page("a")
    room.broker.kernel_restarting(room.now, "dead")
    request = page.executes()
    room.wait(100.0)
    assert (room.broker._parts.handshake.link, room.for_kernel()) == ("lost", [request])
    room.broker.kernel_restarted(room.now)
    room.settle()
    room.prove()
    assert room.broker._parts.handshake.link == "proven"
