"""A gateway of which a test decides every answer, as a real one cannot be made to fail."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Iterator
from contextlib import suppress

import pytest
from jupyter_server.gateway.gateway_client import GatewayClient

from jupyter_comm_broker.protocol import framing
from jupyter_comm_broker.protocol.message import Message

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

NOT_FOUND = b'{"reason": "Not Found", "message": "Kernel does not exist: k"}'


FOUND = b'{"id": "k"}'


def answer(code: int, body: bytes = b"{}", *more: str) -> bytes:
    """Return a whole HTTP answer."""
    head = [f"HTTP/1.1 {code} So", f"Content-Length: {len(body)}", "Connection: close", *more]
    return "\r\n".join([*head, "", ""]).encode() + body


class Far:
    """
    Listens on a free port of the loopback.

    Attributes:
        channels: what a WebSocket's request is answered with; ``None`` to agree to it.
        by_id: what a question for the kernel is answered with; ``None`` for silence.
        subprotocol: what is agreed to.
    """

    def __init__(self) -> None:
        self.channels: bytes | None = None
        self.by_id: bytes | None = answer(200, FOUND)
        self.subprotocol = "v1.kernel.websocket.jupyter.org"
        self.asked: list[str] = []
        """The requests that came, each with its Authorization header."""
        self.sockets: list[asyncio.StreamWriter] = []
        self._server: asyncio.Server | None = None

    async def open(self) -> int:
        """Listen, and return the port."""
        self._server = await asyncio.start_server(self._came, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def close(self) -> None:
        """Listen no more, and end every connection."""
        if self._server is not None:
            self._server.close()
        for socket in self.sockets:
            socket.transport.abort()
        await asyncio.sleep(0.02)

    def says(self, message: Message) -> None:
        """Send a message over every socket."""
        for socket in self.sockets:
            socket.write(framing.wire_frame(self.subprotocol, message))

    def writes(self, data: bytes) -> None:
        """Send bytes over every socket."""
        for socket in self.sockets:
            socket.write(data)

    async def _came(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            fields = dict(line.split(": ", 1) for line in head.splitlines()[1:] if ": " in line)
            self.asked.append(f"{head.splitlines()[0]} {fields.get('Authorization', '')}")
            if "/channels" in head and self.channels is None:
                await self._agree(reader, writer, fields["Sec-Websocket-Key"])
            elif (said := self.channels if "/channels" in head else self.by_id) is not None:
                writer.write(said)
                await writer.drain()
                writer.close()
            else:
                await reader.read()
        writer.transport.abort()

    async def _agree(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, key: str
    ) -> None:
        accept = base64.b64encode(
            hashlib.sha1(key.encode() + GUID, usedforsecurity=False).digest()
        ).decode()
        head = [
            "HTTP/1.1 101 Switching Protocols",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Accept: {accept}",
            *([f"Sec-WebSocket-Protocol: {self.subprotocol}"] if self.subprotocol else []),
        ]
        writer.write("\r\n".join([*head, "", ""]).encode())
        self.sockets.append(writer)
        while await reader.read(65536):
            pass


@pytest.fixture
def far(
    jp_asyncio_loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Far]:
    """A gateway, and this process's settings for it."""
    far = Far()
    port = jp_asyncio_loop.run_until_complete(far.open())
    GatewayClient.clear_instance()
    client = GatewayClient.instance(url=f"http://127.0.0.1:{port}", auth_token="secret")
    assert client.gateway_enabled
    yield far
    jp_asyncio_loop.run_until_complete(far.close())
    GatewayClient.clear_instance()
