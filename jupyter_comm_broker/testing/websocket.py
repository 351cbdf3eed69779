"""The client's end of a WebSocket (RFC 6455), like a browser's but without compression."""

from __future__ import annotations

import base64
import os
import struct
from collections.abc import Mapping, Sequence
from contextlib import suppress

from jupyter_comm_broker.errors import ServerRefusedError
from jupyter_comm_broker.testing.address import Reachable, host, path_of
from jupyter_comm_broker.testing.line import NARROW, Line

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
FINAL = MASKED = 0x80
GOING_AWAY = (1001).to_bytes(2, "big")
"""The close code that a browser sends when a page is closed or loaded again (RFC 6455, 7.4.1)."""
NO_MASK = bytes(4)
"""A mask of zeros. It leaves the payload unchanged, so that sending costs no work."""


class WebSocket:
    """
    One socket, from :meth:`open` to :meth:`cut`.

    It answers the server's pings when it reads them.

    Args:
        pace: bytes that it reads each second, with little buffered by the machine; 0 for none,
            ``None`` for as many as come.
    """

    def __init__(self, pace: int | None = None) -> None:
        self._line = Line(None if pace is None else NARROW, pace)
        self._closing = False
        self._unanswered: list[bytes] = []
        self.subprotocol = ""
        """The negotiated subprotocol; empty for none."""
        self.close_code: int | None = None
        """The server's close code; ``None`` if the socket is open or the server gave no code."""
        self.close_reason = ""

    async def open(
        self,
        server: Reachable,
        path: str,
        *,
        subprotocols: Sequence[str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """
        Connect and shake hands.

        Args:
            server: the server.
            path: the path below the server's base URL, as ``/api/kernels/{id}/channels``.
            subprotocols: the subprotocols of the client, the best one first.
            headers: further headers of the request; ``None`` for none.

        Raises:
            ServerRefusedError: the server's answer opens no WebSocket.
            ConnectionError: there is no server, or it does not answer.
        """
        await self._line.open(server)
        try:
            await self._shake_hands(server, path_of(server, path), subprotocols, headers or {})
        except EOFError:
            self.cut()
            raise ConnectionResetError("the server closed the socket unanswered") from None
        except BaseException:
            self.cut()
            raise

    async def _shake_hands(
        self,
        server: Reachable,
        path: str,
        subprotocols: Sequence[str],
        headers: Mapping[str, str],
    ) -> None:
        lines = [f"GET {path} HTTP/1.1", f"Host: {host(server)}", *opening_headers()]
        lines += [f"Sec-WebSocket-Protocol: {', '.join(subprotocols)}"] if subprotocols else []
        lines += [f"{name}: {value}" for name, value in headers.items()]
        await self._line.write("\r\n".join([*lines, "", ""]).encode())
        head = await self._line.head()
        if head.status != 101:
            length = int(head.headers.get("Content-Length", "0"))
            said = (await self._line.exactly(length)).decode(errors="replace")
            why = f"{head.reason}; {said}" if said else head.reason
            raise ServerRefusedError(path.partition("?")[0], head.status, why)
        self.subprotocol = head.headers.get("Sec-WebSocket-Protocol", "")

    @property
    def pace(self) -> int | None:
        """Bytes that it reads each second. It may be changed at any time."""
        return self._line.pace

    @pace.setter
    def pace(self, pace: int | None) -> None:
        self._line.pace = pace

    async def receive(self) -> str | bytes | None:
        """Return the next message; ``None`` at the end of the socket, however it ended."""
        with suppress(EOFError, ConnectionError):
            return await self._message()
        return None

    async def _message(self) -> str | bytes | None:
        parts: list[bytes] = []
        kind = BINARY
        while True:
            first, payload = await self._frame()
            opcode = first & 0x0F
            if opcode == CLOSE:
                await self._closed(payload)
                return None
            if opcode == PING:
                await self._answer(payload)
            elif opcode in (CONTINUATION, TEXT, BINARY):
                kind = opcode or kind
                parts.append(payload)
                if first & FINAL:
                    whole = parts[0] if len(parts) == 1 else b"".join(parts)
                    return whole.decode() if kind == TEXT else whole

    async def _frame(self) -> tuple[int, bytes]:
        first, length = await self._line.exactly(2)
        if length == 126:
            (length,) = struct.unpack("!H", await self._line.exactly(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", await self._line.exactly(8))
        return first, await self._line.exactly(length)

    async def _closed(self, payload: bytes) -> None:
        if payload:
            (self.close_code,) = struct.unpack("!H", payload[:2])
            self.close_reason = payload[2:].decode(errors="replace")
        await self.say_goodbye(payload[:2])

    async def _answer(self, ping: bytes) -> None:
        if self._line.is_writing:
            # Reading must not wait for writing, because the server may wait for the reader.
            self._unanswered.append(ping)
        else:
            await self._line.write(frame(PONG, ping))

    async def send(self, payload: str | bytes) -> None:
        """
        Send a message: a ``str`` as a text frame, ``bytes`` as a binary frame.

        Raises:
            ConnectionError: the socket is closed.
        """
        if self._closing:
            raise ConnectionResetError("the socket is closing")
        kind, data = (TEXT, payload.encode()) if isinstance(payload, str) else (BINARY, payload)
        await self._line.write(frame(kind, data))
        while self._unanswered:
            await self._line.write(frame(PONG, self._unanswered.pop(0)))

    async def say_goodbye(self, code: bytes = b"") -> None:
        """Send a close frame, which the server answers. May be called twice."""
        if not self._closing:
            self._closing = True
            with suppress(ConnectionError):
                await self._line.write(frame(CLOSE, code))

    def cut(self) -> None:
        """Close without a close frame. Nobody may be reading. May be called twice."""
        self._line.close()


def opening_headers() -> list[str]:
    """Return the headers of a request that asks for a WebSocket."""
    return [
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        "Sec-WebSocket-Version: 13",
    ]


def frame(opcode: int, payload: bytes) -> bytes:
    """
    Return a whole message as one frame from a client.

    >>> frame(TEXT, b"hi").hex(" ")
    '81 82 00 00 00 00 68 69'
    """
    length = len(payload)
    if length < 126:
        head = bytes((FINAL | opcode, MASKED | length))
    elif length < 1 << 16:
        head = struct.pack("!BBH", FINAL | opcode, MASKED | 126, length)
    else:
        head = struct.pack("!BBQ", FINAL | opcode, MASKED | 127, length)
    return head + NO_MASK + payload
