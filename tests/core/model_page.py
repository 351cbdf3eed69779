"""A model of a page. It builds models from openings and snapshots, and applies later messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import WIDGET_TARGET

from .page import EVERYTHING, Page
from .room import Room

Widget = dict[str, Any]


class ModelPage:
    """
    What one page shows.

    Args:
        room: where it is.
        session: its session id.
        building: how many seconds it takes to build the models of a snapshot. What comes for
            a model meanwhile is lost, as in JupyterLab.
        prompt: whether it reads whatever comes at once.
    """

    def __init__(self, room: Room, session: str, building: float, *, prompt: bool = False) -> None:
        self._room = room
        self.prompt = prompt
        self._building = building
        self.page = Page(room, session)
        self.page.keeps_up = prompt
        self.page.attach()
        self.attached = True
        self.restored = False
        """Whether it asked for states since it came."""
        self.models: dict[str, Widget] = {}
        self._used: set[str] = set()
        self._closed_here: set[str] = set()
        self.customs: dict[str, list[int]] = {}
        """The custom messages it got, by comm."""
        self._built_at: dict[str, float] = {}
        self._last: dict[str, int] = {}
        """The number of the last message of each kernel process that may not be overtaken."""

    @property
    def closable(self) -> list[str]:
        """The widgets that it has used. Closing any other one would be a refusal."""
        return sorted(self._used & self.models.keys())

    def restores(self) -> None:
        self.page.restores()
        self.restored = True

    def leaves(self) -> None:
        self.page.detach()
        self.attached = False

    def returns(self) -> None:
        """Come back with the same session id, and ask for states as JupyterLab does."""
        self.page.attach()
        self.attached = True
        self.restores()

    def opens(self, comm_id: str, state: Widget) -> None:
        self.models[comm_id] = dict(state)
        self._used.add(comm_id)
        self.page.opens(comm_id, WIDGET_TARGET, {"state": state, "buffer_paths": []})

    def sets(self, comm_id: str, key: str, value: int) -> None:
        """Show a value and send it, as a slider does."""
        self._used.add(comm_id)
        if key in self.models[comm_id]:
            self.models[comm_id][key] = value
        self.page.updates(comm_id, {key: value})

    def closes(self, comm_id: str) -> None:
        del self.models[comm_id]
        self._closed_here.add(comm_id)
        self.page.closes(comm_id)

    def reads(self, most_bytes: int = EVERYTHING) -> None:
        for message in self.page.gets(most_bytes):
            self._read(message)

    def _read(self, message: Message) -> None:
        msg_type, content = message.header.msg_type, message.content
        if msg_type == "comm_open":
            self._opened(content)
        elif msg_type == "comm_close":
            self.models.pop(content["comm_id"], None)
        elif msg_type == "comm_msg":
            self._told(message, content["comm_id"], content["data"])
        if msg_type not in ("comm_msg", "comm_close"):
            self._in_order(message)

    def _in_order(self, message: Message) -> None:
        """Check that messages come in the kernel's order. Those of comms may be held back."""
        session, _, number = message.header.msg_id.rpartition("-")
        if session:
            assert int(number) > self._last.get(session, 0), f"{message} came too late"
            self._last[session] = int(number)

    def _opened(self, content: Any) -> None:
        comm_id = content["comm_id"]
        assert comm_id not in self.models, f"{comm_id} was opened again"
        self.models[comm_id] = dict(content["data"]["state"])

    def _told(self, message: Message, comm_id: str, data: Any) -> None:
        method = data["method"]
        if method == "update_states":
            for each, entry in data["states"].items():
                # A snapshot from before it was closed here would make a model without a comm.
                if each not in self._closed_here:
                    self._restored(each, entry["state"], message)
        elif comm_id in self.models and self._room.now >= self._built_at.get(comm_id, 0.0):
            if method == "custom":
                self.customs.setdefault(comm_id, []).append(data["content"])
            else:
                self.models[comm_id].update(data["state"])

    def _restored(self, comm_id: str, state: Widget, message: Message) -> None:
        if comm_id not in self.models:
            sent_at = datetime.fromisoformat(loads(message.parts[0])["date"]).timestamp()
            self._built_at[comm_id] = sent_at + self._building
            self.models[comm_id] = {}
        self.models[comm_id].update(state)
