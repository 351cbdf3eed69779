"""A model of a kernel with widgets. It handles one message after the other."""

from __future__ import annotations

from collections import deque
from typing import Any

from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import CONTROL_TARGET, WIDGET_TARGET

from .room import Kernel, Room

MOST = 50
"""Larger values are clamped, as a bounded trait does it."""

REJECTED = 13
"""A value that no widget takes."""

QUIET = "quiet"
"""An attribute that is not echoed, as one with ``echo_update=False``."""

Widget = dict[str, Any]

FRESH: Widget = {"_model_name": "N", "value": 0, "other": 0, QUIET: 0}


class ModelKernel:
    """Widgets in a dict. Messages of pages wait in line. A cell holds up the line until it ends."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._processes = 0
        self._control_comm = ""
        self.widgets: dict[str, Widget] = {}
        self.line: deque[Message] = deque()
        self.cell: Message | None = None
        self.says = room.kernel

    # -- the line ------------------------------------------------------------------------------

    def works(self) -> bool:
        """Read what was sent, and handle one message. Returns ``False`` if there was none."""
        for message in self._room.for_kernel():
            if message.channel == "control":
                self._process(message)
            else:
                self.line.append(message)
        if self.cell is not None or not self.line:
            return False
        self._process(self.line.popleft())
        return True

    def ends_cell(self) -> None:
        if self.cell is not None:
            cell, self.cell = self.cell, None
            self.says.replies(cell, {"status": "ok"})
            self.says.idle(cell)

    def starts_anew(self) -> None:
        """Become another process, with another session and no widgets."""
        self._processes += 1
        self.widgets.clear()
        self.line.clear()
        self.cell = None
        self._room.for_kernel()
        self.says = Kernel(self._room, f"kernel{self._processes}")
        self._room.kernel = self.says

    def _process(self, message: Message) -> None:
        self.says.busy(message)
        msg_type = message.header.msg_type
        if msg_type == "execute_request":
            self.cell = message
            return
        if msg_type == "kernel_info_request":
            self.says.replies(message, {"status": "ok"})
        elif msg_type == "comm_info_request":
            comms = {comm_id: {"target_name": WIDGET_TARGET} for comm_id in self.widgets}
            self.says.replies(message, {"status": "ok", "comms": comms})
        elif msg_type == "comm_open":
            self._opened(message)
        elif msg_type == "comm_close":
            self.widgets.pop(message.comm.comm_id, None)
        elif msg_type == "comm_msg":
            self._told(message, loads(message.comm.data))
        self.says.idle(message)

    # -- comms -----------------------------------------------------------------------------------

    def opens(self, comm_id: str, value: int) -> None:
        self.widgets[comm_id] = {**FRESH, "value": value}
        self.says.opens(comm_id, self.widgets[comm_id], self.cell)

    def sets(self, comm_id: str, key: str, value: int) -> None:
        self.widgets[comm_id][key] = value
        self.says.updates(comm_id, {key: value}, self.cell)

    def closes(self, comm_id: str) -> None:
        del self.widgets[comm_id]
        self.says.closes(comm_id, self.cell)

    def _opened(self, message: Message) -> None:
        if message.comm.target_name == CONTROL_TARGET:
            self._control_comm = message.comm.comm_id
            return
        given = message.content["data"]["state"]
        self.widgets[message.comm.comm_id] = {**FRESH, **given}
        self.says.echoes(message.comm.comm_id, given, message)

    def _told(self, message: Message, data: Any) -> None:
        comm_id = message.comm.comm_id
        if comm_id == self._control_comm:
            states = {each: {"state": state} for each, state in self.widgets.items()}
            answer = {"method": "update_states", "states": states, "buffer_paths": []}
            self.says.sends(comm_id, answer, message)
        elif comm_id in self.widgets and data["method"] == "request_state":
            self.says.updates(comm_id, self.widgets[comm_id], message)
        elif comm_id in self.widgets and data["method"] == "update":
            self._set_by_page(message, data["state"])

    def _set_by_page(self, message: Message, state: Widget) -> None:
        comm_id, widget = message.comm.comm_id, self.widgets[message.comm.comm_id]
        known = {key: value for key, value in state.items() if key in widget}
        echoed = {key: value for key, value in known.items() if key != QUIET}
        if echoed:
            self.says.echoes(comm_id, echoed, message)
        if REJECTED in known.values():
            self.says.raises("TraitError", message)
            return
        clamped = {key: MOST for key, value in known.items() if value > MOST}
        widget.update({**known, **clamped})
        if clamped:
            self.says.updates(comm_id, clamped, message)
