"""The pages of an earlier server's cells hear how these ended."""

from __future__ import annotations

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.core.runs.inheritance import InheritedCell
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.synthesis import Author

from ..room import Room
from ..talker import Talker
from .asking import answer_to, types

PAGE = Talker("a")
KERNEL = Talker("kernel")


def found(*cells: InheritedCell) -> Room:
    """Return a room whose kernel was there before, with cells of an earlier server."""
    room = Room(running=True, proven=False)
    room.broker = KernelBroker(Policy(), Limits(), Author("broker"))
    room.broker.inherit(cells, room.now)
    room.broker.link_opened(room.now, running=True)
    room.settle()
    return room


def sent() -> Message:
    return PAGE.write("shell", "execute_request", {"code": "work()"})


def test_a_reply_that_the_page_may_not_have_got_is_given_once_more() -> None:
    request = sent()
    reply = KERNEL.write("shell", "execute_reply", {"status": "ok"}, parent=request)
    page = found(InheritedCell(request.header, "a", reply)).page("a")
    messages = [each for each in page.gets() if each.parent.msg_id == request.header.msg_id]
    assert types(messages) == ["execute_reply", "idle"]
    assert {each.header.session for each in messages} == {"kernel"}


def test_pages_are_told_that_these_were_sent_though_nothing_is_known_of_them() -> None:
    requests = [sent(), sent()]
    cells = [InheritedCell(each.header, "gone", None) for each in requests]
    room = found(*cells)
    room.prove(channels=("control", "shell"))
    answer = answer_to(room.page("new"))
    assert answer["runs"] == []
    assert answer["inherited"] == sorted(each.header.msg_id for each in requests)


def test_a_cell_without_an_end_is_ended_when_the_kernel_is_past_it() -> None:
    request = sent()
    room = found(InheritedCell(request.header, "a", None))
    page = room.page("a")
    room.prove(channels=("control", "shell"))
    for _ in range(20):
        room.wait(0.5)
        for each in room.for_kernel():
            room.kernel.busy(each)
            room.kernel.replies(each, {"status": "ok"})
            room.kernel.idle(each)
    messages = [each for each in page.gets() if each.parent.msg_id == request.header.msg_id]
    assert types(messages) == ["error", "execute_reply", "idle"]
    assert messages[1].content["ename"] == "ReplyLost"
