"""A real WebSocket with a writer at one end, and messages to write."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application
from tornado.websocket import WebSocketHandler

from jupyter_comm_broker.protocol import framing
from jupyter_comm_broker.protocol.json_text import dumps
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.websocket_v1 import SUBPROTOCOL
from jupyter_comm_broker.transport.frontends.socket_writer import SocketWriter
from tests.transport.raw_websocket import RawWebSocket

LOG = logging.getLogger("writer")
MEBI = 1 << 20
NEVER = 3600.0
"""A pause without a ping, so that a stream holds what was written and nothing else."""


def message(number: int, size: int = 100) -> Message:
    header = dumps({"msg_id": str(number), "msg_type": "stream", "session": "k"})
    return Message("iopub", [header, b"{}", b"{}", dumps({"text": "x" * size})])


def update(number: int, size: int) -> Message:
    data = {"method": "update", "state": {"value": str(number) * size}, "buffer_paths": []}
    header = dumps({"msg_id": str(number), "msg_type": "comm_msg", "session": "k"})
    return Message("iopub", [header, b"{}", b"{}", dumps({"comm_id": "w", "data": data})])


class Handler(WebSocketHandler):
    """A plain WebSocket handler."""

    opened: asyncio.Future[Any]

    def initialize(self, opened: asyncio.Future[Any]) -> None:
        self.opened = opened

    def open(self, *args: str, **kwargs: str) -> None:
        self.opened.set_result(self)


class Compressing(Handler):
    def get_compression_options(self) -> dict[str, Any]:
        return {}


class Filtering(Handler):
    """Drops some of what is written, as Voila's handler does with source code."""

    def write_message(self, message: Any, binary: bool = False) -> asyncio.Future[None]:
        if b'"1"' in message:
            done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            done.set_result(None)
            return done
        return super().write_message(message, binary)


class Line:
    """A real WebSocket between a writer and a reader. The reader reads only when a test says so."""

    def __init__(self) -> None:
        self.pause = NEVER
        """Seconds after which a writer asks whether the reader has what was written."""
        self._servers: list[HTTPServer] = []
        self._readers: list[RawWebSocket] = []

    async def opened(
        self, kind: type[Handler] = Handler, more: str = ""
    ) -> tuple[SocketWriter, RawWebSocket, Any]:
        opened: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        server = HTTPServer(Application([("/", kind, {"opened": opened})]))
        (socket,) = bind_sockets(0, "127.0.0.1")
        server.add_sockets([socket])
        self._servers.append(server)
        reader = RawWebSocket(socket.getsockname()[1], 64 * 1024)
        self._readers.append(reader)
        await reader.open(more=more)
        handler = await opened
        writer = SocketWriter(handler, SUBPROTOCOL, LOG, lambda: self.pause)
        return writer, reader, handler

    async def close(self) -> None:
        for reader in self._readers:
            reader.close()
        for server in self._servers:
            server.stop()
            await asyncio.wait_for(server.close_all_connections(), 10)


def frames(messages: list[Message]) -> bytes:
    return b"".join(framing.wire_frame(SUBPROTOCOL, each) for each in messages)
