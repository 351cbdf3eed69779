"""A WebSocket client that costs so little that one process can stand for many browsers."""

from __future__ import annotations

import asyncio
import base64
import os
import time
from collections.abc import Callable, Iterator
from typing import Protocol, cast

SUBPROTOCOL = "v1.kernel.websocket.jupyter.org"

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
FINAL = 0x80
MASKED = 0x80
NO_MASK = b"\0\0\0\0"
"""A mask of zeros. It leaves the payload unchanged, so that sending costs no work."""


class HandshakeError(Exception):
    """The server did not answer the upgrade request with 101."""


class Received(Protocol):
    """Called with each message: its bytes, and when its first and its last byte were read."""

    def __call__(self, payload: bytes, begun: float, arrived: float) -> None:
        """Take one message, with both times in seconds."""


class WebSocket(asyncio.Protocol):
    """One client connection. ``opened`` is done with the 101, ``closed`` at the end."""

    def __init__(self, request: bytes, received: Received) -> None:
        loop = asyncio.get_running_loop()
        self.opened: asyncio.Future[float] = loop.create_future()
        self.closed: asyncio.Future[None] = loop.create_future()
        self._request = request
        self._received = received
        self._transport: asyncio.Transport | None = None
        self._tail = bytearray()
        self._parts: list[bytes] = []
        self._begun = 0.0
        """When the first byte in the tail and the parts was read."""
        self._take: Callable[[float], None] = self._take_response
        self.is_v1 = True
        """Whether the server took the subprotocol. A stock server before a gateway does not."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the upgrade request."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        """End all waits, because nothing more will come."""
        if not self.opened.done():
            self.opened.set_exception(HandshakeError(f"closed before the upgrade: {exc}"))
        if not self.closed.done():
            self.closed.set_result(None)

    def data_received(self, data: bytes) -> None:
        """Cut the bytes that came into messages."""
        arrived = time.perf_counter()
        if not self._tail and not self._parts:
            self._begun = arrived
        self._tail += data
        self._take(arrived)

    def send(self, payload: bytes) -> None:
        """Send one message: binary, or text if the server did not take the subprotocol."""
        self._write(BINARY if self.is_v1 else TEXT, payload)

    def close(self) -> None:
        """Send a close frame and close at once, as a page whose tab is closed."""
        if self._transport is not None and not self._transport.is_closing():
            self._write(CLOSE, (1001).to_bytes(2, "big"))
            self._transport.close()

    def pause_reading(self) -> None:
        """Stop reading from the socket, as a page that hangs."""
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read again."""
        if self._transport is not None:
            self._transport.resume_reading()

    def _write(self, opcode: int, payload: bytes) -> None:
        if self._transport is not None:
            self._transport.write(frame(opcode, payload))

    def _take_response(self, arrived: float) -> None:
        end = self._tail.find(b"\r\n\r\n")
        if end < 0:
            return
        status = bytes(self._tail[: self._tail.find(b"\r\n")]).decode()
        self.is_v1 = b"sec-websocket-protocol" in self._tail[:end].lower()
        del self._tail[: end + 4]
        if self.opened.done():
            return
        if " 101 " not in status:
            self.opened.set_exception(HandshakeError(status))
            return
        self.opened.set_result(arrived)
        self._take = self._take_frames
        self._take_frames(arrived)

    def _take_frames(self, arrived: float) -> None:
        for first, payload in cut(self._tail):
            self._frame(first, payload, arrived)
            if not self._parts:
                # The rest of the tail came with this.
                self._begun = arrived

    def _frame(self, first: int, payload: bytes, arrived: float) -> None:
        opcode = first & 0x0F
        if opcode == PING:
            self._write(PONG, payload)
        elif opcode == CLOSE:
            self.close()
        elif opcode in (CONTINUATION, TEXT, BINARY):
            if first & FINAL and not self._parts:
                self._received(payload, self._begun, arrived)
                return
            self._parts.append(payload)
            if first & FINAL:
                whole = b"".join(self._parts)
                self._parts.clear()
                self._received(whole, self._begun, arrived)


def cut(tail: bytearray) -> Iterator[tuple[int, bytes]]:
    """Take the complete frames out of a tail. Yields the first byte and the payload of each."""
    position, end = 0, len(tail)
    while end - position >= 2:
        length = tail[position + 1]
        start = position + 2
        if length == 126:
            start += 2
            length = int.from_bytes(tail[position + 2 : start], "big")
        elif length == 127:
            start += 8
            length = int.from_bytes(tail[position + 2 : start], "big")
        # If the length field is cut in two, start is behind the end as well.
        if end - start < length:
            break
        yield tail[position], bytes(tail[start : start + length])
        position = start + length
    del tail[:position]


def frame(opcode: int, payload: bytes) -> bytes:
    """Return one frame from a client."""
    length = len(payload)
    if length < 126:
        head = bytes((FINAL | opcode, MASKED | length))
    elif length < 1 << 16:
        head = bytes((FINAL | opcode, MASKED | 126)) + length.to_bytes(2, "big")
    else:
        head = bytes((FINAL | opcode, MASKED | 127)) + length.to_bytes(8, "big")
    return head + NO_MASK + payload


def upgrade(host: str, port: int, path: str, token: str) -> bytes:
    """
    Return the request that opens a WebSocket, like JupyterLab's.

    Args:
        host: the server's host.
        port: its port.
        path: the path of the WebSocket.
        token: the user's token.
    """
    return (
        f"GET {path} HTTP/1.1\r\n"
        f"Host: {host}:{port}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n"
        "Sec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Protocol: {SUBPROTOCOL}\r\n"
        f"Authorization: token {token}\r\n\r\n"
    ).encode()


async def connect(host: str, port: int, path: str, token: str, received: Received) -> WebSocket:
    """
    Open a WebSocket as JupyterLab does. asyncio sets TCP_NODELAY, as browsers do.

    Args:
        host: the server's host.
        port: its port.
        path: the path of the WebSocket.
        token: the user's token.
        received: called with each message.

    Returns:
        The open socket.

    Raises:
        HandshakeError: the server did not answer with a 101.
        OSError: there is no server.
    """
    request = upgrade(host, port, path, token)
    loop = asyncio.get_running_loop()
    _, socket = await loop.create_connection(lambda: WebSocket(request, received), host, port)
    await socket.opened
    return socket
