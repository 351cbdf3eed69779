"""What can be asked depends on the link, on what runs, and on what the kernel can do."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.core.kernel.reach import Reach

from ..room import WITH_SUBSHELLS, WITHOUT_SUBSHELLS, Room


def reach(room: Room) -> Reach:
    return Reach(room.broker._parts.handshake, room.broker._parts.work)


@pytest.mark.parametrize(("info", "beside"), [(WITH_SUBSHELLS, True), (WITHOUT_SUBSHELLS, False)])
def test_a_busy_kernel_says_states_only_on_a_subshell(
    info: dict[str, object], beside: bool
) -> None:
    room = Room(kernel_info=info)
    one = reach(room)
    before = one.occupied
    room.kernel.busy(room.page("a").executes())
    assert (before, one.occupied, one.answers_beside) == (False, True, beside)


def test_a_busy_kernel_is_asked_for_the_list_on_control_until_it_is_silent_there() -> None:
    room = Room()
    one = reach(room)
    one.gave_no_answer()
    assert one.answers_lists
    room.kernel.busy(room.page("a").executes())
    assert (one.channel, one.answers_lists) == ("control", True)
    one.gave_no_answer()
    assert not one.answers_lists


def test_nothing_reaches_a_kernel_that_is_not_connected_or_gone() -> None:
    room = Room()
    one = reach(room)
    connected = one.is_cut
    room.broker.link_broken(room.now)
    broken = one.is_cut
    room.broker.link_closed(room.now)
    assert (connected, broken, one.is_cut) == (False, True, True)
