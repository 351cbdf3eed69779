"""What readers are told is what the core knows, and nothing they do with it changes the core."""

from __future__ import annotations

from .room import Room

STATE = {"_model_name": "N", "value": 1, "layout": "IPY_MODEL_l"}


def test_comms_are_known_while_they_live_and_their_end_is_remembered() -> None:
    room = Room()
    known = room.broker.known
    room.kernel.opens("l", {"_model_name": "LayoutModel"})
    room.kernel.opens("c", STATE)
    (layout, comm) = known.comms()
    assert (known.comm_count(), known.comm("c"), known.is_live(comm)) == (2, comm, True)
    assert known.parents({layout.comm_id}) == {"l": ["c"]}
    room.kernel.closes("c")
    assert (known.comm("c"), known.is_live(comm)) == (None, False)
    closing = known.closing("c")
    assert closing is not None
    assert closing.reason == "closed by the kernel"
    assert known.passed_before()["messages_from_kernel"] == 2


def test_another_comm_of_the_same_id_is_not_the_one_that_ended() -> None:
    room = Room()
    room.kernel.opens("c", STATE)
    (first,) = room.broker.known.comms()
    room.kernel.closes("c")
    room.kernel.opens("c", STATE)
    assert not room.broker.known.is_live(first)


def test_what_is_handed_out_is_a_copy() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("c", STATE)
    page.restores()
    known = room.broker.known
    known.comms().clear()
    known.counters()["from_kernel"] = -1
    known.backlog()["shell"] = 9
    known.passed_before()["x"] = 1
    known.restores().add(1.0)
    assert known.comm_count() == 1
    assert known.counters()["from_kernel"] > 0
    assert known.backlog()["shell"] == 0
    assert known.passed_before()["x"] == 0
    assert sum(known.restores().counts) == 1


def test_what_waits_for_frontends_is_counted_once() -> None:
    room = Room()
    first, second = room.page("a"), room.page("b")
    first.gets()
    second.gets()
    first.detach()
    second.detach()
    room.kernel.prints("x")
    known = room.broker.known
    assert known.attached() == []
    assert [each.waiting_messages for each in known.frontends()] == [1, 1]
    assert known.waiting()[0] == 1
    assert (known.is_taken("a"), known.is_taken("c")) == (True, False)


def test_what_the_kernel_is_at_is_known() -> None:
    room = Room()
    known, cell = room.broker.known, room.page("a").executes()
    assert known.running() is None
    room.kernel.busy(cell)
    running = known.running()
    assert running is not None
    assert running.header.msg_id == cell.header.msg_id
    assert (known.main_is_busy, known.execution_state, known.is_held) == (True, "busy", False)
    assert (known.link, known.answers_control) == ("proven", True)
    assert known.requests_under_way() == 1


def test_a_new_process_is_another_life() -> None:
    room = Room()
    before = room.broker.known.life
    room.broker.kernel_restarting(room.now)
    assert room.broker.known.life != before
