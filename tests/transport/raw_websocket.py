"""A WebSocket client that stops reading when a test says so, and keeps every byte."""

from __future__ import annotations

import asyncio
import socket
import struct

from jupyter_comm_broker.testing.websocket import CLOSE, PING, PONG, frame, opening_headers
from tests.until import until

COMPRESSION = "Sec-WebSocket-Extensions: permessage-deflate\r\n"


class RawWebSocket:
    """A socket that is connected until :meth:`close`. It reads only within :meth:`read`."""

    def __init__(self, port: int, receive_buffer: int) -> None:
        self._socket = socket.socket()
        # Set before connecting, or the window is larger.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._socket.setblocking(False)
        self._port = port
        self.stream = bytearray()
        """What came behind the handshake."""
        self._answered = 0

    async def open(self, path: str = "/", more: str = "") -> None:
        """Shake hands. Stops reading at once."""
        loop = asyncio.get_running_loop()
        await loop.sock_connect(self._socket, ("127.0.0.1", self._port))
        lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *opening_headers(), more]
        await loop.sock_sendall(self._socket, "\r\n".join([*lines, ""]).encode())
        while b"\r\n\r\n" not in self.stream:
            # One by one, so that nothing behind the handshake is taken.
            self.stream += await loop.sock_recv(self._socket, 1)
        assert self.stream.startswith(b"HTTP/1.1 101"), self.stream
        self.stream.clear()

    async def read(self, length: int) -> bytearray:
        """Read until this many bytes came in all. Returns the stream."""

        def enough() -> bool:
            try:
                while len(self.stream) < length and (data := self._socket.recv(1 << 16)):
                    self.stream += data
            except BlockingIOError:
                pass
            return len(self.stream) >= length

        await until(enough)
        return self.stream

    async def send(self, opcode: int, payload: bytes = b"") -> None:
        """Send a frame."""
        await asyncio.get_running_loop().sock_sendall(self._socket, frame(opcode, payload))

    async def answers_ping(self) -> None:
        """Read until a ping that is not answered yet comes, and answer it."""
        seen = self._answered

        def asked() -> bytearray | None:
            self._drain()
            pings = [payload for opcode, payload in frames(self.stream) if opcode == PING]
            return pings[-1] if len(pings) > seen else None

        await self.send(PONG, bytes(await until(asked)))
        self._answered = sum(opcode == PING for opcode, _ in frames(self.stream))

    def breaks(self) -> None:
        """End by a reset, as after a while without a network."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def close(self) -> None:
        self._socket.close()

    def _drain(self) -> None:
        try:
            while data := self._socket.recv(1 << 16):
                self.stream += data
        except BlockingIOError:
            pass


def payloads(stream: bytearray) -> list[bytearray]:
    """Return the payloads of the messages in a stream, pings and the like left out."""
    return [payload for opcode, payload in frames(stream) if opcode < CLOSE]


def frames(stream: bytearray) -> list[tuple[int, bytearray]]:
    """Cut a stream into the opcodes and payloads of its whole, unmasked frames (RFC 6455, 5.2)."""
    found, at = [], 0
    while at + 2 <= len(stream):
        opcode, length, begin = stream[at] & 0x0F, stream[at + 1], at + 2
        if length >= 126:
            form, size = ("!H", 2) if length == 126 else ("!Q", 8)
            if begin + size > len(stream):
                break
            (length,), begin = struct.unpack_from(form, stream, begin), begin + size
        if begin + length > len(stream):
            break
        found.append((opcode, stream[begin : begin + length]))
        at = begin + length
    return found
