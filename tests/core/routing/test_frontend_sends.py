"""What pages open and send is followed before the kernel has it."""

from __future__ import annotations

from jupyter_comm_broker.core.state.comm_record import Side

from ..heard import set_to
from ..room import Room

STATE = {"_model_name": "N", "value": 1}


def test_a_comm_that_a_page_opens_is_known_at_once_and_its_target_too() -> None:
    room = Room()
    page = room.page("a")
    opening = page.opens("mine", "my.target", {"x": 1})
    record = room.record("mine")
    assert (record.opened_by, record.taken) == (Side.FRONTEND, False)
    assert ("my.target", Side.FRONTEND) in [
        (name, side) for side, name, _ in room.broker.known.targets()
    ]
    assert room.for_kernel() == [opening]


def test_an_id_that_is_used_again_is_another_comm() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("w", STATE)
    before = room.record("w")
    page.opens("w", "jupyter.widget", {"state": {**STATE, "value": 7}})
    assert room.record("w") is not before
    assert room.mirrored("w")["value"] == 7


def test_an_update_waits_in_the_mirror_and_a_state_is_answered_from_it() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.opens("w", STATE)
    page.gets()
    update = page.updates("w", {"value": 2})
    assert room.broker.known.pending() == {"w"}
    page.asks_state("w")
    assert page.hears()[0] == set_to("w", {**STATE, "value": 2})
    assert room.for_kernel() == [update]
