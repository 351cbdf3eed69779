"""What changed is looked at again after a while, for what no message told of."""

from __future__ import annotations

from jupyter_comm_broker.core.limits import Limits

from ..room import Room

STATE = {"_model_name": "N", "value": 1}


def test_after_quiet_changes_are_possible_what_was_touched_is_looked_at() -> None:
    room = Room(limits=Limits(verify_interval=60.0))
    room.kernel.opens("touched", STATE)
    room.kernel.opens("quiet", STATE)
    room.kernel.updates("touched", {"value": 2})
    room.wait(59.0)
    assert room.for_kernel() == []
    room.wait(1.0)
    [asked] = room.for_kernel()
    assert asked.comm.comm_id == "touched"
    # In-place mutation in the kernel: no message told of it.
    room.kernel.updates("touched", {**STATE, "value": 3}, asked)
    room.kernel.idle(asked)
    assert room.mirrored("touched")["value"] == 3
    room.wait(60.0)
    # The correction is a change as well; it is looked at once more, and then no longer.
    [again] = room.for_kernel()
    room.kernel.updates("touched", {**STATE, "value": 3}, again)
    room.kernel.idle(again)
    room.wait(600.0)
    assert room.for_kernel() == []


def test_an_idle_kernel_is_not_polled() -> None:
    room = Room()
    room.kernel.opens("w", STATE)
    room.wait(1_000.0)
    assert (room.for_kernel(), room.broker.next_due()) == ([], None)


def test_a_comm_that_was_touched_and_closed_wakes_nobody() -> None:
    room = Room()
    room.kernel.opens("w", STATE)
    room.kernel.updates("w", {"value": 2})
    room.kernel.closes("w")
    room.wait(1_000.0)
    assert room.for_kernel() == []


def test_those_that_changed_last_are_looked_at_and_only_once() -> None:
    room = Room(limits=Limits(verify_interval=60.0))
    for number in range(30):
        room.kernel.opens(f"w{number}", STATE)
    for number in range(30):
        room.kernel.updates(f"w{number}", {"value": 2})
    room.wait(60.0)
    asked = {message.comm.comm_id for message in room.for_kernel()}
    assert asked == {f"w{number}" for number in range(10, 30)}


def test_switched_off_nothing_is_looked_at() -> None:
    room = Room(limits=Limits(verify_interval=0.0))
    room.kernel.opens("w", STATE)
    room.kernel.updates("w", {"value": 2})
    room.wait(10_000.0)
    assert room.for_kernel() == []
