"""
Bytes from and to a server, read no faster than a test wants them read.

A client of the usual kind, and the machine's own buffers, would take megabytes in for a page
that is to be slow.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from dataclasses import dataclass

from tornado.httputil import HTTPHeaders

from jupyter_comm_broker.testing.address import Reachable

CHUNK = 1 << 18
"""Bytes that are read in one go: enough that a flood is not read in thousands of bits."""

NARROW = 4096
"""The receive buffer of a reader that is to be slow, in bytes: as small as Linux lets it be."""

WIDE = 1 << 20
"""The receive buffer of one that has to catch up."""


@dataclass(frozen=True, slots=True)
class Head:
    """What an HTTP answer begins with."""

    status: int
    reason: str
    headers: Mapping[str, str]
    """By name; whether it is upper or lower case does not matter."""


class Line:
    """
    One connection, owned from :meth:`open` to :meth:`close`.

    Args:
        receive_buffer: bytes that the machine takes in unread; as many as it likes, if not given.
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
            # Before it connects: afterwards the window has been offered.
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._narrow)
        where = ("127.0.0.1", server.port) if file is None else str(file)
        try:
            await asyncio.get_running_loop().sock_connect(made, where)
            if file is None:
                # As browsers do: a short message waits for nothing.
                made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            made.close()
            raise
        self._socket = made

    def close(self) -> None:
        """Close the socket, whatever is under way; safe twice. Nobody may be reading."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    @property
    def pace(self) -> int | None:
        """Bytes that are read each second; it may be changed at any time."""
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
        Return the next bytes, ``count`` of them.

        Raises:
            EOFError: the server closed the connection before.
            ConnectionError: it broke.
        """
        while len(self._came) < count:
            await self._more(CHUNK)
        taken = bytes(self._came[:count])
        del self._came[:count]
        return taken

    async def until(self, mark: bytes, step: int = CHUNK) -> bytes:
        """Return what comes up to a mark, and the mark; errors as in :meth:`exactly`."""
        while (found := self._came.find(mark)) < 0:
            await self._more(step)
        return await self.exactly(found + len(mark))

    async def head(self) -> Head:
        """Return what an HTTP answer begins with, at any pace."""
        pace, self._pace = self._pace, None
        try:
            # In small bits, so that nothing behind it is taken from a reader that is to be slow.
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
            # Paused since: what came is looked at when the reader reads again.
            await self._changed.wait()

    async def _turn(self) -> None:
        """Wait until the pace lets more be read."""
        while self._pace is not None:
            within = 1.0 if self._pace else None
            if not await self._changes(within):
                return

    async def _changes(self, within: float | None) -> bool:
        """Wait until the pace is set, no longer than that; whether it was."""
        try:
            await asyncio.wait_for(self._changed.wait(), within)
        except asyncio.TimeoutError:
            return False
        return True

    # -- writing -----------------------------------------------------------------------------

    async def write(self, data: bytes) -> None:
        """
        Send bytes, after those of whoever sends already.

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
