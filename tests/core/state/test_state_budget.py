"""Mirrored states stay within their budget, and what moves stays longest."""

from __future__ import annotations

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.state.comm_record import Knowledge

from ..room import Room


def test_past_the_kernels_cap_the_states_that_changed_longest_ago_go_first() -> None:
    room = Room(limits=Limits(kernel_state_bytes=250))
    for comm_id in "abc":
        room.kernel.opens(comm_id, {"value": "x" * 60})
    room.kernel.updates("a", {"value": "y" * 60})
    room.kernel.opens("d", {"value": "x" * 60})
    assert {c: room.record(c).knowledge for c in "abcd"} == {
        "a": Knowledge.CLEAN,
        "b": Knowledge.TOO_LARGE,
        "c": Knowledge.CLEAN,
        "d": Knowledge.CLEAN,
    }
    assert room.broker._parts.comms.mirror.budget.given_up == 1


def test_one_state_over_the_kernels_cap_is_given_up_itself_last_of_all() -> None:
    room = Room(limits=Limits(kernel_state_bytes=100))
    room.kernel.opens("a", {"value": 1})
    room.kernel.opens("b", {"value": "x" * 100})
    assert (room.mirrored("a"), room.mirrored("b")) == (None, None)
    assert room.broker._parts.comms.mirror.budget.bytes == 0


def test_what_is_kept_beside_a_state_counts_with_it_and_goes_with_it() -> None:
    room = Room(limits=Limits(kernel_state_bytes=250))
    budget, dropped = room.broker._parts.comms.mirror.budget, list[str]()
    budget.tell(dropped.append)
    room.kernel.opens("a", {"value": "x" * 60})
    room.kernel.opens("b", {"value": "x" * 60})
    before = budget.bytes
    budget.beside(room.record("a"), 50)
    budget.beside(room.record("a"), 20)
    assert (budget.bytes, budget.states) == (before + 20, before)
    budget.beside(room.record("a"), 200)
    assert (dropped, room.mirrored("a")) == (["a"], None)
    assert budget.bytes == budget.states == before // 2
    # There is no state any more beside which something could be kept.
    budget.beside(room.record("a"), 200)
    assert budget.bytes == before // 2
