"""Nothing of a page is sent to a kernel before the link is known to work both ways (rule 26)."""

from __future__ import annotations

from .room import Room


def kinds(room: Room) -> list[tuple[str, str]]:
    return [(m.channel, m.header.msg_type) for m in room.for_kernel()]


def test_a_fresh_kernel_is_asked_on_both_channels_and_again_until_it_answers() -> None:
    room = Room(proven=False)
    both = [("control", "kernel_info_request"), ("shell", "kernel_info_request")]
    assert kinds(room) == both
    room.wait(1.0)
    assert kinds(room) == both * 2
    assert room.broker.proof.link == "connecting"


def test_a_running_kernel_is_asked_on_control_alone() -> None:
    room = Room(running=True, proven=False)
    assert kinds(room) == [("control", "kernel_info_request")]


def test_an_answer_without_anything_on_iopub_proves_nothing() -> None:
    room = Room(proven=False)
    [control, _] = room.for_kernel()
    room.kernel.replies(control, {"status": "ok"})
    assert room.broker.proof.link == "connecting"
    room.kernel.publishes("iopub_welcome", {})
    assert (room.broker.proof.link, room.broker.proof.answers_control) == ("proven", True)


def test_something_on_iopub_without_an_answer_proves_nothing() -> None:
    room = Room(proven=False)
    [_, shell] = room.for_kernel()
    room.kernel.busy(shell)
    assert room.broker.proof.link == "connecting"
    room.kernel.replies(shell, {"status": "ok"})
    assert (room.broker.proof.link, room.broker.proof.answers_control) == ("proven", None)


def test_a_running_kernel_that_does_not_answer_is_used_unproven() -> None:
    room = Room(running=True, proven=False)
    page = room.page("a")
    request = page.executes()
    room.wait(4.0)
    assert room.broker.proof.link == "assumed"
    assert request in room.for_kernel()
    assert [line.level for line in room.log] == ["warning"]


def test_a_link_that_was_assumed_is_proven_when_the_kernel_speaks() -> None:
    room = Room(running=True, proven=False)
    room.wait(4.0)
    room.prove()
    assert room.broker.proof.link == "proven"


def test_a_starting_kernel_is_given_its_time() -> None:
    room = Room(proven=False)
    room.wait(59.0)
    assert room.broker.proof.link == "connecting"
    room.wait(2.0)
    assert room.broker.proof.link == "assumed"


def test_the_kernel_info_is_kept_as_it_came() -> None:
    room = Room(kernel_info={"status": "ok", "banner": "x"})
    assert room.broker.context.kernel_info == b'{"status":"ok","banner":"x"}'


def test_a_kernel_that_is_gone_is_not_asked() -> None:
    room = Room()
    room.broker.link_closed(room.now)
    room.wait(100.0)
    assert (room.broker.proof.link, room.for_kernel()) == ("lost", [])


def test_the_last_words_of_an_old_process_prove_nothing_about_the_new_one() -> None:
    room = Room()
    page = room.page("a")
    asked = page.sends("execute_request", {"code": "1"})
    room.for_kernel()
    room.broker.kernel_restarted(room.now)
    room.settle()
    page.sends("execute_request", {"code": "2"})
    room.kernel.idle(asked)
    asking = [m for m in room.for_kernel() if m.channel == "control"]
    room.kernel.replies(asking[0], {"status": "ok"})
    assert room.broker.proof.held
    room.kernel.idle(asking[0])
    assert [m.header.msg_type for m in room.for_kernel()] == ["execute_request"]
