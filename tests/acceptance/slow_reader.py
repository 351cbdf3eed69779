"""
A page on a bare socket that reads when it is told to, and whose computer buffers next to nothing.

A WebSocket client, and the machine's own buffers, would take megabytes in for it.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import uuid
from contextlib import suppress
from types import TracebackType

from jupyter_comm_broker.testing.message import V1
from jupyter_comm_broker.testing.server import Server

RECEIVE_BUFFER = 4096
OPENING, CLOSE = 0x82, 0x88


class SlowReader:
    """
    One page, which reads nothing of its own accord.

    Args:
        session_id: give one to be the same page again, as after a socket drop.
        pace: bytes that it reads each second.
    """

    def __init__(
        self, server: Server, kernel_id: str, *, session_id: str | None = None, pace: int = 0
    ) -> None:
        self.session_id = session_id or str(uuid.uuid4())
        self._server = server
        self._path = f"api/kernels/{kernel_id}/channels?session_id={self.session_id}"
        self._pace = pace
        self._received = b""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._reading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> SlowReader:
        loop = asyncio.get_running_loop()
        self._socket.setblocking(False)
        # Before it connects: afterwards the window has been offered.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        server = self._server
        await loop.sock_connect(self._socket, ("127.0.0.1", server.port))
        handshake = (
            f"GET {server.base_url}{self._path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nAuthorization: token {server.token}\r\n"
            f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: {V1}\r\n\r\n"
        )
        await loop.sock_sendall(self._socket, handshake.encode())
        while b"\r\n\r\n" not in self._received:
            await self._read(256)
        head, _, self._received = self._received.partition(b"\r\n\r\n")
        assert b" 101 " in head.splitlines()[0], head
        if self._pace:
            self._reading = asyncio.create_task(self._trickle())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._stop_trickling()
        self._socket.close()

    async def write(self, payload: bytes) -> None:
        """Send one binary frame."""
        mask, length = os.urandom(4), len(payload)
        head = struct.pack("!BB", OPENING, 0x80 | (length if length < 126 else 127))
        if length >= 126:
            head += struct.pack("!Q", length)
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
        await asyncio.get_running_loop().sock_sendall(self._socket, head + mask + masked)

    async def closed(self, within: float = 20.0) -> tuple[int, str]:
        """Read as fast as it goes until the server closes; returns the code and the reason."""
        await self._stop_trickling()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        return await asyncio.wait_for(self._read_to_close(), within)

    async def _read_to_close(self) -> tuple[int, str]:
        while True:
            kind, payload = await self._frame()
            if kind == CLOSE:
                return struct.unpack("!H", payload[:2])[0], payload[2:].decode()

    async def _frame(self) -> tuple[int, bytes]:
        kind, length = await self._take(2)
        if length == 126:
            (length,) = struct.unpack("!H", await self._take(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", await self._take(8))
        return kind, await self._take(length)

    async def _take(self, count: int) -> bytes:
        parts, have = [self._received], len(self._received)
        while have < count:
            self._received = b""
            await self._read(1 << 20)
            parts.append(self._received)
            have += len(self._received)
        whole = b"".join(parts)
        self._received = whole[count:]
        return whole[:count]

    async def _read(self, most: int) -> None:
        data = await asyncio.get_running_loop().sock_recv(self._socket, most)
        if not data:
            raise ConnectionResetError("the server closed the socket without a word")
        self._received += data

    async def _trickle(self) -> None:
        while True:
            await self._read(self._pace)
            await asyncio.sleep(1.0)

    async def _stop_trickling(self) -> None:
        if self._reading is not None:
            reading, self._reading = self._reading, None
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await reading
