"""Pages do not go on showing that a kernel starts when it has started."""

from __future__ import annotations

import pytest

from jupyter_comm_broker.protocol.message import Message

from ..page import Page
from ..room import Kernel, Room


def shown(page: Page) -> list[str]:
    """Return the states that a page's busy indicator shows, in their order."""
    statuses = [m for m in page.gets() if m.header.msg_type == "status"]
    return [m.execution_state for m in statuses if is_followed(m)]


def is_followed(message: Message) -> bool:
    return message.parent.msg_type not in ("comm_info_request", "kernel_info_request")


def answered(room: Room) -> None:
    """Let the new process answer what it is asked, and nothing else."""
    for question in room.for_kernel():
        room.kernel.busy(question)
        room.kernel.replies(question, {"status": "ok"})
        room.kernel.idle(question)
    room.settle()


@pytest.mark.parametrize("says_so", [True, False])
def test_a_kernel_that_died_is_shown_as_idle_when_it_is_there_again(says_so: bool) -> None:
    """Also if its own word about the start came before anybody listened."""
    room = Room()
    page = room.page("a")
    page.gets()
    room.broker.kernel_restarting(room.now, "restarting")
    room.settle()
    room.kernel = Kernel(room, "second")
    if says_so:
        room.kernel.publishes("status", {"execution_state": "starting"})
    assert shown(page) == ["restarting", "starting"][: 1 + says_so]
    answered(room)
    room.wait(1.0)
    assert shown(page) == ["idle"]
    room.wait(1.0)
    assert shown(page) == []


def test_where_a_cell_tells_of_the_start_nothing_more_is_said() -> None:
    room = Room()
    page = room.page("a")
    room.broker.kernel_restarting(room.now, "restarting")
    room.kernel = Kernel(room, "second")
    room.kernel.publishes("status", {"execution_state": "starting"})
    cell = page.executes()
    room.kernel.busy(cell)
    page.gets()
    room.wait(1.0)
    room.kernel.idle(cell)
    room.wait(1.0)
    assert shown(page) == ["idle"]
