"""A kernel that answers our questions with its true states, whatever its messages said."""

from __future__ import annotations

from typing import Any

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import CONTROL_TARGET, WIDGET_TARGET

from .page import Page
from .room import Room

CHECK_AFTER = Limits().check_after
STATE = {"_model_name": "N", "value": 1}


class Truth:
    """The true states of a kernel. It answers our questions with them, in order."""

    def __init__(self, room: Room, **widgets: dict[str, Any]) -> None:
        self.room = room
        self.widgets = widgets
        self.asked: list[str] = []
        """What it was asked, in words."""

    def opens(self) -> None:
        for comm_id, state in self.widgets.items():
            self.room.kernel.opens(comm_id, state)

    def works(self) -> None:
        """Answer all questions, also those that follow from the answers."""
        self.room.wait(CHECK_AFTER)
        while sent := self.room.for_kernel():
            for message in sent:
                if message.header.session == "broker":
                    self.answers(message)

    def lists(self) -> list[Message]:
        """Answer the question with which a check begins. Returns what it is asked next."""
        self.room.wait(CHECK_AFTER)
        [asked] = self.room.for_kernel()
        self.answers(asked)
        return self.room.for_kernel()

    def answers(self, message: Message) -> None:
        kernel, msg_type = self.room.kernel, message.header.msg_type
        kernel.busy(message)
        if msg_type == "comm_info_request":
            self.asked.append("list")
            comms = {each: {"target_name": WIDGET_TARGET} for each in self.widgets}
            kernel.replies(message, {"status": "ok", "comms": comms})
        elif msg_type == "comm_msg" and loads(message.comm.data) == {"method": "request_states"}:
            self.asked.append("all")
            states = {each: {"state": state} for each, state in self.widgets.items()}
            data = {"method": "update_states", "states": states, "buffer_paths": []}
            kernel.sends(message.comm.comm_id, data, message)
        elif msg_type == "comm_msg":
            self.asked.append(message.comm.comm_id)
            if (state := self.widgets.get(message.comm.comm_id)) is not None:
                kernel.updates(message.comm.comm_id, state, message)
        elif msg_type == "comm_open":
            assert message.comm.target_name == CONTROL_TARGET
        kernel.idle(message)


def kernel_with(*comm_ids: str, **settings: Any) -> tuple[Room, Truth]:
    room = Room(**settings)
    truth = Truth(room, **{comm_id: dict(STATE) for comm_id in comm_ids})
    truth.opens()
    return room, truth


def restored(room: Room, session: str = "a") -> Page:
    page = room.page(session)
    page.restores()
    page.gets()
    return page
