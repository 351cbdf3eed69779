"""A real server with the broker in it and kernels of this process, and pages on real WebSockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from tornado.websocket import WebSocketClientConnection

from jupyter_comm_broker.protocol import framing
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.synthesis import Author
from jupyter_comm_broker.protocol.websocket_v1 import SUBPROTOCOL
from jupyter_comm_broker.transport.frontends.frontend_connection import FrontendConnection
from jupyter_comm_broker.web.handler import SETTING
from tests.fakes.kernel import ZmqKernel
from tests.fakes.provisioner import SPEC, InProcess
from tests.until import until

EXTENSIONS = {"ServerApp": {"jpserver_extensions": {"jupyter_comm_broker": True}}}


class Socket:
    """A page's WebSocket."""

    def __init__(self, session: str, client: WebSocketClientConnection, subprotocol: str) -> None:
        self.session = session
        self.client = client
        self.subprotocol = subprotocol
        self._author = Author(session)
        self._heard: list[Message] = []

    async def sends(
        self, msg_type: str, content: Any, channel: str = "shell", buffers: tuple[bytes, ...] = ()
    ) -> Message:
        """Send a message in the socket's framing."""
        message = self._author.write(channel, msg_type, content, now=0.0, buffers=buffers)
        payload = framing.payload(self.subprotocol, message)
        await self.client.write_message(payload, binary=isinstance(payload, bytes))
        return message

    async def hears(self, msg_type: str, **content: Any) -> Message:
        """Wait for a message of this type that has at least this in its content."""
        while True:
            frame = await asyncio.wait_for(self._next_frame(), 30)
            assert frame is not None, f"closed: {self.client.close_reason}"
            message = framing.decode(self.subprotocol, frame)
            if message.header.msg_type == msg_type and content.items() <= message.content.items():
                return message

    async def _next_frame(self) -> str | bytes | None:
        return await self.client.read_message()

    async def closes(self) -> tuple[int | None, str | None]:
        """Wait until the server closes it. Returns code and reason."""
        while await asyncio.wait_for(self._next_frame(), 30) is not None:
            pass
        return self.client.close_code, self.client.close_reason


async def nothing_to_fetch(*args: Any, **kwargs: Any) -> Any:
    """Takes the place of a client where a test sends nothing to its server."""
    raise AssertionError("this server does not listen")


class Desk:
    """A server under test."""

    def __init__(
        self,
        app: Any,
        fetch: Callable[..., Awaitable[Any]] = nothing_to_fetch,
        ws_fetch: Callable[..., Awaitable[WebSocketClientConnection]] = nothing_to_fetch,
    ) -> None:
        self.app = app
        self._fetch = fetch
        self._ws_fetch = ws_fetch
        self._sockets: list[Socket] = []

    async def close(self) -> None:
        """Close what was opened."""
        for socket in self._sockets:
            socket.client.close()
            await until(lambda socket=socket: socket.client.protocol is None)  # type: ignore[misc]
        await self.app.kernel_manager.shutdown_all(now=True)

    @property
    def broker(self) -> Any:
        """The port that REST asks."""
        return self.app.web_app.settings[SETTING]

    @property
    def extension(self) -> Any:
        """The extension that the server loaded."""
        return next(iter(self.app.extension_manager.extension_apps["jupyter_comm_broker"]))

    @property
    def connections(self) -> list[FrontendConnection]:
        """The server's ends of all sockets."""
        return list(self.broker.kernel_drivers.connections)

    async def get(self, *path: str) -> Any:
        """Ask REST."""
        return json.loads((await self._fetch(*path)).body)

    async def starts(self) -> tuple[str, ZmqKernel]:
        """Start a kernel and wait until the broker knows it."""
        body = json.dumps({"name": SPEC})
        model = json.loads((await self._fetch("api", "kernels", method="POST", body=body)).body)
        kernel_id: str = model["id"]
        driver = (
            self.broker.kernel_drivers.driver(kernel_id) if self.broker.kernel_drivers else None
        )
        if driver is not None:
            await until(lambda: driver.broker._parts.handshake.link == "proven")
        return kernel_id, InProcess.running[kernel_id]

    async def opens(
        self, kernel_id: str, session: str = "a", subprotocol: str = SUBPROTOCOL
    ) -> Socket:
        """Open a page's socket."""
        client = await self._ws_fetch(
            "api",
            "kernels",
            kernel_id,
            "channels",
            params={"session_id": session},
            subprotocols=[subprotocol] if subprotocol else None,
        )
        assert (client.selected_subprotocol or "") == subprotocol
        self._sockets.append(Socket(session, client, subprotocol))
        return self._sockets[-1]
