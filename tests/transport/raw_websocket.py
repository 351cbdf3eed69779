"""A WebSocket client that stops reading when told to, and keeps every byte it was sent."""

from __future__ import annotations

import asyncio
import socket
import struct

from tests.until import until

OPEN = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{more}\r\n"
)
COMPRESSION = "Sec-WebSocket-Extensions: permessage-deflate\r\n"


class RawWebSocket:
    """Connected until :meth:`close`. Reads only within :meth:`read`."""

    def __init__(self, port: int, receive_buffer: int) -> None:
        self._socket = socket.socket()
        # Set before connecting, or the window is larger.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._socket.setblocking(False)
        self._port = port
        self.stream = bytearray()
        """What came behind the handshake."""

    async def open(self, path: str = "/", more: str = "") -> None:
        """Shake hands. Stops reading at once."""
        loop = asyncio.get_running_loop()
        await loop.sock_connect(self._socket, ("127.0.0.1", self._port))
        await loop.sock_sendall(self._socket, OPEN.format(path=path, more=more).encode())
        while b"\r\n\r\n" not in self.stream:
            # One by one, so that nothing behind the handshake is taken.
            self.stream += await loop.sock_recv(self._socket, 1)
        assert self.stream.startswith(b"HTTP/1.1 101"), self.stream
        self.stream.clear()

    async def read(self, length: int) -> bytearray:
        """Read until so many bytes came in all; return the stream."""

        def enough() -> bool:
            try:
                while len(self.stream) < length and (data := self._socket.recv(1 << 16)):
                    self.stream += data
            except BlockingIOError:
                pass
            return len(self.stream) >= length

        await until(enough)
        return self.stream

    def close(self) -> None:
        self._socket.close()


def payloads(stream: bytearray) -> list[bytearray]:
    """Cut a stream of whole, unmasked frames into payloads (RFC 6455, 5.2)."""
    found, at = [], 0
    while at < len(stream):
        length, at = stream[at + 1], at + 2
        if length == 126:
            (length,), at = struct.unpack_from("!H", stream, at), at + 2
        elif length == 127:
            (length,), at = struct.unpack_from("!Q", stream, at), at + 8
        found.append(stream[at : at + length])
        at += length
    return found
