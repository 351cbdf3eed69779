"""
A connection to a server that is read no faster than a test wants.

For a page that is to be slow, a usual client and the machine's own buffers would read megabytes.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from dataclasses import dataclass

from tornado.httputil import HTTPHeaders

from jupyter_comm_broker.testing.address import Reachable

CHUNK = 1 << 18
"""Bytes that are read at once, so that a flood takes few reads."""

NARROW = 4096
"""The receive buffer in bytes of a slow reader. Linux makes none much smaller."""

WIDE = 1 << 20
"""The receive buffer in bytes of a reader that must catch up."""


@dataclass(frozen=True, slots=True)
class Head:
    """The status line and the headers of an HTTP answer."""

    status: int
    reason: str
    headers: Mapping[str, str]
    """The headers by name. Upper and lower case do not matter."""


class Line:
    """
    One connection, from :meth:`open` to :meth:`close`.

    Args:
        receive_buffer: bytes that the machine buffers unread; ``None`` for its default.
        pace: bytes that are read each second; 0 for none, ``None`` for as many as come.
    """

    def __init__(self, receive_buffer: int | None = None, pace: int | None = None) -> None:
        self._narrow = receive_buffer
        self._pace = pace
        self._changed = asyncio.Event()
        self._socket: socket.socket | None = None
        self._came = bytearray()
        self._writing = asyncio.Lock()

    async def open(self, server: Reachable) -> None:
        """Connect."""
        file = server.unix_socket
        made = socket.socket(socket.AF_INET if file is None else socket.AF_UNIX, socket.SOCK_STREAM)
        made.setblocking(False)
        if self._narrow is not None:
            # Before it connects, because then the window is offered to the server.
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._narrow)
        where = ("127.0.0.1", server.port) if file is None else str(file)
        try:
            await asyncio.get_running_loop().sock_connect(made, where)
            if file is None:
                # As in browsers: a short message does not wait for an ACK.
                made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            made.close()
            raise
        self._socket = made

    def close(self) -> None:
        """Close the socket at once. Nobody may be reading. May be called twice."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    @property
    def pace(self) -> int | None:
        """Bytes that are read each second. It may be changed at any time."""
        return self._pace

    @pace.setter
    def pace(self, pace: int | None) -> None:
        self._pace = pace
        if pace is None and self._narrow is not None and self._socket is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WIDE)
        self._changed.set()
        self._changed = asyncio.Event()

    # -- reading -----------------------------------------------------------------------------

    async def exactly(self, count: int) -> bytes:
        """
        Return the next ``count`` bytes.

        Raises:
            EOFError: the server closed the connection before that.
            ConnectionError: the connection broke.
        """
        while len(self._came) < count:
            await self._more(CHUNK)
        taken = bytes(self._came[:count])
        del self._came[:count]
        return taken

    async def until(self, mark: bytes, step: int = CHUNK) -> bytes:
        """Return the bytes up to a mark, and the mark. Raises the errors of :meth:`exactly`."""
        while (found := self._came.find(mark)) < 0:
            await self._more(step)
        return await self.exactly(found + len(mark))

    async def head(self) -> Head:
        """Read the status line and the headers of an HTTP answer, at any pace."""
        pace, self._pace = self._pace, None
        try:
            # In small pieces, so that a slow reader gets nothing from behind the headers.
            text = (await self.until(b"\r\n\r\n", 256)).decode("latin-1")
        finally:
            self._pace = pace
        first, _, lines = text.partition("\r\n")
        _, status, reason = f"{first} ".split(" ", 2)
        return Head(int(status), reason.strip(), HTTPHeaders.parse(lines))

    async def _more(self, most: int) -> None:
        await self._turn()
        if self._socket is None:
            raise EOFError
        count = min(most, self._pace or most)
        data = await asyncio.get_running_loop().sock_recv(self._socket, count)
        if not data:
            raise EOFError
        self._came += data
        while self._pace == 0:
            # The reader paused meanwhile. It looks at these bytes when it reads again.
            await self._changed.wait()

    async def _turn(self) -> None:
        """Wait until the pace lets more be read."""
        while self._pace is not None:
            within = 1.0 if self._pace else None
            if not await self._changes(within):
                return

    async def _changes(self, within: float | None) -> bool:
        """Wait for at most ``within`` seconds until the pace is set. Returns whether it was."""
        try:
            await asyncio.wait_for(self._changed.wait(), within)
        except asyncio.TimeoutError:
            return False
        return True

    # -- writing -----------------------------------------------------------------------------

    async def write(self, data: bytes) -> None:
        """
        Send bytes, after those that are being sent.

        Raises:
            ConnectionError: the connection is closed.
        """
        async with self._writing:
            if self._socket is None:
                raise ConnectionResetError("the connection is closed")
            await asyncio.get_running_loop().sock_sendall(self._socket, data)

    @property
    def is_writing(self) -> bool:
        """Whether somebody is sending."""
        return self._writing.locked()
