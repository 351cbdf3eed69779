"""What ends with a process is forgotten, and every page is told."""

from __future__ import annotations

from ..heard import closed
from ..room import Room

STATE = {"value": 1}


def test_a_restart_closes_every_comm_at_every_page() -> None:
    room = Room()
    page, other = room.page("a"), room.page("b")
    for comm_id in ("w", "v"):
        room.kernel.opens(comm_id, STATE)
    page.gets()
    other.detach()
    room.broker.kernel_restarted(room.now)
    room.settle()
    assert page.hears() == [closed("w"), closed("v")]
    other.attach()
    assert other.hears()[-2:] == [closed("w"), closed("v")]
    comms, work = room.broker._parts.comms, room.broker._parts.work
    assert (len(comms.registry), comms.mirror.budget.bytes) == (0, 0)
    assert (comms.registry.complete, work.kernel_info.content) == (True, None)
    assert room.broker._parts.process.epoch == 2
