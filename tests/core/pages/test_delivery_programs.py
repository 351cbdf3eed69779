"""A program in the server sends like a page, and gets only what answers it."""

from __future__ import annotations

from typing import Any

from jupyter_comm_broker.protocol.message import Message

from ..room import Room
from ..talker import Talker

STATE = {"_model_name": "N", "value": 1}


class Program(Talker):
    """A program in a room."""

    def __init__(self, room: Room) -> None:
        super().__init__("program")
        self._room = room
        room.broker.program_attached("program", room.now)

    def sends(self, msg_type: str, content: Any) -> Message:
        message = self.write("shell", msg_type, content)
        self._room.broker.frontend_sent("program", message, self._room.now)
        self._room.settle()
        return message

    def hears(self) -> list[str]:
        program = self._room.broker._parts.delivery.get("program")
        assert program is not None
        return [m.header.msg_type for m in program.outbox.take(1 << 40)] if program.outbox else []


def tell(comm_id: str) -> dict[str, Any]:
    return {"comm_id": comm_id, "data": {"method": "update", "state": {"value": 2}}}


def test_it_hears_what_answers_it_and_pages_hear_that_too() -> None:
    room = Room()
    page, program = room.page("a"), Program(room)
    room.kernel.opens("w", STATE)
    assert program.hears() == []
    page.gets()
    sent = program.sends("comm_msg", tell("w"))
    assert room.for_kernel() == [sent]
    room.kernel.busy(sent)
    room.kernel.echoes("w", {"value": 2}, sent)
    room.kernel.prints("handled", sent)
    room.kernel.idle(sent)
    assert program.hears() == ["status", "comm_msg", "stream", "status"]
    assert [m.header.msg_type for m in page.gets()] == ["status", "comm_msg", "stream", "status"]


def test_replies_come_to_it_alone() -> None:
    room = Room()
    page, program = room.page("a"), Program(room)
    sent = program.sends("execute_request", {"code": "1"})
    room.kernel.replies(sent, {"status": "ok"})
    assert (program.hears(), page.gets()) == (["execute_reply"], [])


def test_a_comm_that_is_gone_is_answered_as_for_a_page() -> None:
    room = Room()
    program = Program(room)
    program.sends("comm_msg", tell("gone"))
    assert program.hears() == ["comm_close", "status"]


def test_what_it_closes_is_closed_and_never_a_refusal() -> None:
    room = Room()
    page, program = room.page("a"), Program(room)
    room.kernel.opens("w", STATE)
    page.gets()
    sent = program.sends("comm_close", {"comm_id": "w", "data": {}})
    assert room.for_kernel() == [sent]
    assert "w" not in room.broker._parts.comms.registry
    assert [m.header.msg_type for m in page.gets()] == ["comm_close"]


def test_it_gets_no_share_of_what_pages_are_told_and_hears_no_more_once_gone() -> None:
    room = Room()
    page, program = room.page("a"), Program(room)
    room.kernel.opens("w", STATE)
    room.broker.kernel_restarted(room.now)
    room.settle()
    assert program.hears() == []
    assert [m.header.msg_type for m in page.gets()] == ["comm_open", "comm_close"]
    room.broker.program_detached("program")
    assert room.broker._parts.delivery.get("program") is None
