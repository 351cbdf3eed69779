"""A comm whose opening the kernel dropped is given to the pages once its state is known."""

from __future__ import annotations

from jupyter_comm_broker.protocol.json_text import dumps, loads
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import WIDGET_TARGET

from ..page import Page
from ..room import Room

STATE = {"_model_name": "IntSliderModel", "_model_module": "m", "value": 7}


def lose(room: Room) -> None:
    """Let the broker see by a number that messages were lost."""
    for number in (1, 2000):
        header = {"msg_id": f"kernel_1_{number}", "msg_type": "status", "session": "kernel"}
        content = {"execution_state": "idle"}
        room.broker.kernel_sent(
            Message("iopub", [dumps(header), b"{}", b"{}", dumps(content)]), room.now
        )
    room.settle()


def answer(room: Room, *comm_ids: str) -> list[str]:
    """Let the kernel answer until it is asked nothing more. Returns the comms that were asked."""
    asked: list[str] = []
    while kernel_requests := room.for_kernel():
        for question in kernel_requests:
            room.kernel.busy(question)
            if question.header.msg_type == "comm_info_request":
                comms = {comm_id: {"target_name": WIDGET_TARGET} for comm_id in comm_ids}
                room.kernel.replies(question, {"status": "ok", "comms": comms})
            elif question.header.msg_type == "comm_msg":
                comm_id = question.comm.comm_id
                asked.append(comm_id)
                data = {"method": "update", "state": STATE, "buffer_paths": []}
                room.kernel.publishes("comm_msg", {"comm_id": comm_id, "data": data}, question)
            room.kernel.idle(question)
        room.wait(0.1)
    return asked


def opened(page: Page) -> list[tuple[str, object]]:
    """Return which comms were opened to a page, and with what value."""
    heard = [m for m in page.gets() if m.header.msg_type == "comm_open"]
    return [(m.comm.comm_id, loads(m.comm.data)["state"]["value"]) for m in heard]


def test_it_is_opened_once_to_every_page_that_was_there() -> None:
    room = Room()
    there, also = room.page("a"), room.page("b")
    lose(room)
    answer(room, "w")
    assert opened(there) == opened(also) == [("w", 7)]
    lose(room)
    answer(room, "w")
    assert opened(there) == []


def test_they_are_asked_for_in_the_order_of_their_opening() -> None:
    room = Room()
    lose(room)
    assert answer(room, "z", "child", "a") == ["z", "child", "a"]


def test_a_page_that_was_given_it_by_a_restore_does_not_get_it_again() -> None:
    """Before the answer is like any opening while a page waits; behind it would double it."""
    room = Room()
    page = room.page("a")
    lose(room)
    page.opens("control", "jupyter.widget.control", {})
    page.tells("control", {"method": "request_states"})
    answer(room, "w")
    room.wait(10.0)
    heard = page.gets()
    [states] = [m for m in heard if m.header.msg_type == "comm_msg"]
    assert "w" in loads(states.comm.data)["states"]
    behind = heard[heard.index(states) :]
    assert [m for m in behind if m.header.msg_type == "comm_open"] == []
    assert not room.record("w").missed_by


def test_an_opening_that_was_only_late_is_not_doubled() -> None:
    room = Room()
    page = room.page("a")
    lose(room)
    [question] = [q for q in room.for_kernel() if q.header.msg_type == "comm_info_request"]
    comms = {"w": {"target_name": WIDGET_TARGET}}
    room.kernel.replies(question, {"status": "ok", "comms": comms})
    room.kernel.opens("w", STATE)
    answer(room, "w")
    assert opened(page) == [("w", 7)]


def test_an_update_of_a_comm_nobody_knows_brings_the_comm() -> None:
    room = Room()
    page = room.page("a")
    room.kernel.updates("w", {"value": 7})
    answer(room, "w")
    assert opened(page) == [("w", 7)]


def test_pages_of_a_kernel_that_was_there_before_us_may_know_it_and_get_nothing() -> None:
    room = Room(running=True, proven=False)
    page = room.page("a")
    room.prove()
    answer(room, "w")
    assert opened(page) == []
