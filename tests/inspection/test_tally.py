"""Sums over kernels count everything once, and lose nothing when a comm or a process ends."""

from __future__ import annotations

from jupyter_comm_broker.inspection.tally import Tally
from tests.core.room import Room
from tests.core.runs.asking import begin

STATE = {"_model_name": "N", "value": 1}


def of(*rooms: Room) -> Tally:
    tally = Tally()
    for room in rooms:
        tally.include(room.broker.known)
    return tally


def test_messages_and_bytes_stay_counted_when_their_comm_is_gone() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("c", STATE)
    room.kernel.updates("c", {"value": 2})
    page.updates("c", {"value": 3})
    before = of(room)
    assert before.counted["messages_from_kernel"] == 2
    assert before.counted["messages_from_frontends"] == 1
    assert before.counted["bytes_from_frontends"] > 0
    assert before.now["comms"] == 1
    room.kernel.closes("c")
    room.kernel.opens("d", STATE)
    room.kernel.opens("d", STATE)
    room.broker.kernel_restarted(room.now)
    room.settle()
    after = of(room)
    assert after.counted["messages_from_kernel"] == 5
    assert after.counted["messages_from_frontends"] == 1
    assert after.counted["bytes_from_kernel"] > before.counted["bytes_from_kernel"]
    assert after.now["comms"] == 0


def test_a_restore_is_timed_from_question_to_answer() -> None:
    room = Room()
    room.kernel.opens("c", STATE)
    room.page("a").restores()
    tally = of(room)
    assert sum(tally.restores.counts) == 1
    assert tally.restores.cumulative()[0] == ("0.001", 1)


def test_what_waits_and_what_is_doubtful_is_counted_now() -> None:
    room = Room()
    page = room.page("a")
    page.updates("none", {})
    room.kernel.prints("x", begin(room, page))
    room.kernel.opens("c", STATE)
    room.broker._parts.comms.registry.doubt(room.record("c"), "for once")
    now = of(room).now
    assert (now["kernels"], now["frontends"], now["dirty_states"]) == (1, 1, 1)
    assert now["outbox_messages"] > 0
    assert now["outbox_bytes"] > 0
    assert now["state_bytes"] > 0
    assert now["run_bytes"] == room.broker.known.run_bytes() > 0


def test_kernels_add_up_and_the_past_of_one_has_nothing_now() -> None:
    one, other = Room(), Room()
    one.kernel.opens("c", STATE)
    other.kernel.opens("c", STATE)
    assert of(one, other).now["comms"] == 2
    assert of(one, other).counted["messages_from_kernel"] == 2
    past, total = Tally(), Tally()
    past.include_past(one.broker.known)
    assert past.now == {}
    total.add(past)
    total.add(of(other))
    assert (total.now["comms"], total.counted["messages_from_kernel"]) == (1, 2)


def test_what_all_absent_pages_miss_counts_once() -> None:
    room = Room()
    for name in "ab":
        page = room.page(name)
        page.gets()
        page.detach()
    room.kernel.prints("x")
    tally = Tally()
    tally.include(room.broker.known)
    assert tally.now["outbox_messages"] == 1
    assert tally.now["outbox_bytes"] == room.broker._parts.delivery.waiting.bytes
