"""One page in a room with a broker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from jupyter_comm_broker.core.gate.rights import Right
from jupyter_comm_broker.core.pages.frontend import Frontend
from jupyter_comm_broker.core.pages.shared_outbox import SharedBatch
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.widget import CONTROL_TARGET

from .talker import Talker

if TYPE_CHECKING:
    from .room import Room

EVERYTHING = 1 << 60
"""More bytes than any outbox holds."""


class Page(Talker):
    """A page. The broker gets its messages at once. It reads its own when a test asks."""

    def __init__(self, room: Room, session: str) -> None:
        super().__init__(session)
        self._room = room
        room.pages[session] = self
        self._controls = 0
        self._read: list[Message] = []
        self.keeps_up = False
        """Whether it shares what is common to all pages once it has read what waits for it."""
        self.rights: set[Right] | None = None
        """What its user may do with comms; ``None`` where nobody is asked."""
        self.takes = True
        """Whether its socket has room for what is shared."""
        self.network = True
        """Whether what is written to its socket still comes to it."""

    @property
    def frontend(self) -> Frontend:
        """What the broker keeps for the page."""
        frontend = self._room.broker._parts.delivery.get(self.session)
        assert frontend is not None, f"the broker does not know {self.session}"
        return frontend

    def attach(self) -> None:
        self._room.broker.frontend_attached(self.session, self._room.now)
        self._room.settle()

    def loses_network(self) -> None:
        """Lose the network. Nothing that is written arrives, and the server does not know."""
        self.gets()
        self.network = False

    def comes_back(self) -> None:
        """Have a network again, and a new socket with the same session id."""
        self.network = True
        self.attach()

    def detach(self) -> None:
        self._room.broker.frontend_detached(self.session, self._room.now)
        self._room.settle()

    def is_closed(self) -> None:
        """Close the page, or load it again. It will not come back."""
        self._room.broker.frontend_detached(self.session, self._room.now, page_closed=True)
        self._room.settle()

    def makes_subshell(self, subshell_id: str) -> str:
        """Do what JupyterLab does for each comm target at each load. Returns the id."""
        request = self.sends("create_subshell_request", {}, "control")
        self._room.kernel.replies(request, {"status": "ok", "subshell_id": subshell_id})
        return subshell_id

    def sends(
        self,
        msg_type: str,
        content: Any,
        channel: str = "shell",
        buffers: Sequence[bytes] = (),
        **header: Any,
    ) -> Message:
        """Send any message."""
        message = self.write(channel, msg_type, content, buffers=buffers, **header)
        broker, now = self._room.broker, self._room.now
        right = broker.right_for(self.session, message) if self.rights is not None else None
        if right is None or right in (self.rights or ()):
            broker.frontend_sent(self.session, message, now)
        else:
            broker.frontend_denied(self.session, message, right, "ann", now)
        self._room.settle()
        return message

    def executes(self, code: str = "work()", **header: Any) -> Message:
        return self.sends("execute_request", {"code": code}, **header)

    def opens(self, comm_id: str, target: str, data: Any, buffers: Sequence[bytes] = ()) -> Message:
        content = {"comm_id": comm_id, "target_name": target, "data": data}
        return self.sends("comm_open", content, buffers=buffers)

    def tells(self, comm_id: str, data: Any, buffers: Sequence[bytes] = ()) -> Message:
        """Send on a comm."""
        return self.sends("comm_msg", {"comm_id": comm_id, "data": data}, buffers=buffers)

    def updates(self, comm_id: str, state: Mapping[str, Any]) -> Message:
        return self.tells(comm_id, {"method": "update", "state": state, "buffer_paths": []})

    def asks_state(self, comm_id: str) -> Message:
        return self.tells(comm_id, {"method": "request_state"})

    def closes(self, comm_id: str) -> Message:
        return self.sends("comm_close", {"comm_id": comm_id, "data": {}})

    def restores(self) -> Message:
        """Do what JupyterLab's widget manager does first. Returns the ``request_states``."""
        self._controls += 1
        comm_id = f"{self.session}-control-{self._controls}"
        self.opens(comm_id, CONTROL_TARGET, {})
        return self.tells(comm_id, {"method": "request_states"})

    def gets(self, most_bytes: int = EVERYTHING) -> list[Message]:
        """Take the messages that wait for the page, and those that it was handed already."""
        outbox, (read, self._read) = self.frontend.outbox, (self._read, [])
        if not self.network:
            # As a socket's writer, which writes no empty group: a page that shares has none alone.
            if outbox:
                outbox.send(most_bytes)
            return []
        if outbox and not (read and most_bytes < EVERYTHING):
            read += outbox.take(most_bytes)
        if self.keeps_up:
            self._room.broker._parts.delivery.caught_up(self.frontend)
        return read

    def is_offered(self, batch: SharedBatch) -> None:
        """Take the shared batch, or let it wait."""
        in_flight = self.frontend.outbox.in_flight
        if not self.network:
            return
        if self.takes:
            self._read += [message for message, _, _ in batch.items]
            in_flight.confirm(in_flight.written)
        else:
            self._room.broker._parts.delivery.fell_behind(self.frontend, batch)

    def hears(self) -> list[tuple[str, Any]]:
        """Take the messages that wait, as pairs of type and content."""
        return [(message.header.msg_type, message.content) for message in self.gets()]

    def hears_states(self) -> dict[str, Any] | None:
        """Take the messages that wait. Returns the states of the last snapshot, if any."""
        found = None
        for msg_type, content in self.hears():
            if msg_type == "comm_msg" and content["data"].get("method") == "update_states":
                states = content["data"]["states"]
                found = {comm_id: entry["state"] for comm_id, entry in states.items()}
        return found
