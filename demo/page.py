"""Does on a kernel's WebSocket what a page with widgets does."""

import json
import uuid
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from demo.server import DemoError, Server

SUBPROTOCOL = "v1.kernel.websocket.jupyter.org"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message from the server."""

    channel: str
    """The channel that it came on."""

    header: dict[str, Any]
    """Its header."""

    parent_id: str
    """The ``msg_id`` of its parent; empty if it has none."""

    content: dict[str, Any]
    """Its content."""

    def ends(self, msg_id: str) -> bool:
        """Return whether it is the idle of a request, by the kernel or in its name."""
        return (
            self.header["msg_type"] == "status"
            and self.content["execution_state"] == "idle"
            and self.parent_id == msg_id
        )


class Page:
    """
    One page: a WebSocket with a session id of its own, as after each reload.

    Use it in an ``async with`` block, which closes the socket at its end.
    """

    def __init__(self, server: Server, kernel_id: str) -> None:
        self.session_id = str(uuid.uuid4())
        address = f"{server.url}/api/kernels/{kernel_id}/channels?session_id={self.session_id}"
        self._request = HTTPRequest(
            address.replace("http", "ws", 1), headers={"Authorization": f"token {server.token}"}
        )
        self._socket: WebSocketClientConnection | None = None

    async def __aenter__(self) -> "Page":
        self._socket = await websocket_connect(self._request, subprotocols=[SUBPROTOCOL])
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._socket is not None:
            self._socket.close()

    async def send(
        self,
        msg_type: str,
        content: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        msg_id: str | None = None,
    ) -> str:
        """
        Send a message on the shell channel.

        Args:
            msg_type: its type.
            content: its content.
            metadata: its metadata; ``None`` for none.
            msg_id: its id; ``None`` for a new one.

        Returns:
            Its ``msg_id``.

        Raises:
            DemoError: the page is not open.
        """
        if self._socket is None:
            raise DemoError("the page is not open")
        msg_id = msg_id or str(uuid.uuid4())
        header = {
            "msg_id": msg_id,
            "msg_type": msg_type,
            "session": self.session_id,
            "username": "",
            "version": "5.3",
            "date": "",
        }
        parts = [json.dumps(part).encode() for part in (header, {}, metadata or {}, content)]
        await self._socket.write_message(serialize_msg_to_ws_v1(parts, "shell"), binary=True)
        return msg_id

    async def receive(self) -> Message:
        """Wait for the next message."""
        if self._socket is None:
            raise DemoError("the page is not open")
        frame = await self._socket.read_message()
        if frame is None:
            raise DemoError("the server closed the WebSocket")
        channel, parts = deserialize_msg_from_ws_v1(frame)
        header, parent, _metadata, content = (json.loads(part) for part in parts[:4])
        return Message(
            channel=channel, header=header, parent_id=parent.get("msg_id", ""), content=content
        )

    async def execute(self, code: str) -> str:
        """Send code to run. Returns the request's ``msg_id`` without waiting."""
        return await self.send("execute_request", {"code": code, "silent": False})

    async def run(self, code: str) -> None:
        """Run code, and wait for its end. Raises DemoError if the code fails."""
        msg_id = await self.execute(code)
        while not (message := await self.receive()).ends(msg_id):
            if message.header["msg_type"] == "error" and message.parent_id == msg_id:
                raise DemoError("\n".join(message.content["traceback"]))

    async def attach(self, msg_id: str) -> None:
        """Ask the broker for the cell that another page runs, as the plug-in does."""
        await self.send(
            "execute_request",
            {"code": "", "silent": True, "store_history": False},
            metadata={"comm_broker": {"version": 1, "ask": "attach"}},
            msg_id=msg_id,
        )
