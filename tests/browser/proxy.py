"""
A TCP proxy between page and server that can cut the kernel's WebSockets.

The page's other requests pass untouched, so that what a case sees comes from the cut socket alone.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")

SWITCHED = b"HTTP/1.1 101 "
"""How the answer begins with which a server agrees to a WebSocket."""


class Proxy:
    """Listens on a free port of the loopback, in a thread of its own, until it is closed."""

    def __init__(self, target: int) -> None:
        self.port = 0
        self._target = target
        self._refusing = False
        self._passing = asyncio.Event()
        self._passing.set()
        self._connections: set[asyncio.Task[None]] = set()
        self._sockets: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)

    def start(self) -> None:
        """Listen."""
        self._thread.start()
        self._do(self._listen())

    def close(self) -> None:
        """Close every connection and end the thread."""
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self) -> int:
        """Break every WebSocket, and refuse new ones. Returns how many were broken."""
        return self._do(self._cut())

    def hold(self) -> None:
        """Let nothing through and tell nobody, as when a computer sleeps."""
        self._loop.call_soon_threadsafe(self._passing.clear)

    def mend(self) -> None:
        """Let all through again."""
        self._refusing = False
        self._loop.call_soon_threadsafe(self._passing.set)

    @property
    def open_sockets(self) -> int:
        """How many WebSockets are open at the server and at the page."""
        return len(self._open)

    def _do(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _cut(self) -> int:
        self._refusing = True
        cut = dict(self._sockets)
        for to_server in cut:
            # The server hears of it first, and what it had written still reaches the page. What
            # it writes before it hears of it does too, and it cannot know: that comes twice.
            to_server.write_eof()
        await asyncio.gather(*cut.values())
        return len(cut)

    async def _connected(self, page: asyncio.StreamReader, to_page: asyncio.StreamWriter) -> None:
        connection = asyncio.current_task()
        assert connection is not None
        self._connections.add(connection)
        try:
            await self._serve(page, to_page, connection)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # either end went away, or the proxy is being closed: nothing is left to do
        finally:
            self._connections.discard(connection)
            to_page.transport.abort()

    async def _serve(
        self,
        page: asyncio.StreamReader,
        to_page: asyncio.StreamWriter,
        connection: asyncio.Task[None],
    ) -> None:
        # A browser opens a connection for each WebSocket. Its first line says whether it is one.
        first = await page.readuntil(b"\n")
        is_socket = b"/channels" in first
        if is_socket and self._refusing:
            return
        server, to_server = await asyncio.open_connection("127.0.0.1", self._target)
        if is_socket:
            self._sockets[to_server] = connection
        to_server.write(first)

        def answered(begin: bytes) -> None:
            if is_socket and begin.startswith(SWITCHED):
                self._open.add(to_server)

        both_ways = [
            asyncio.create_task(self._pump(page, to_server)),
            asyncio.create_task(self._pump(server, to_page, answered)),
        ]
        try:
            await asyncio.wait(both_ways, return_when=asyncio.FIRST_COMPLETED)
            # No closing handshake of the WebSocket, as when a network is lost.
            to_page.close()
            await to_page.wait_closed()
        finally:
            self._sockets.pop(to_server, None)
            self._open.discard(to_server)
            for one_way in both_ways:
                one_way.cancel()
            await asyncio.gather(*both_ways, return_exceptions=True)
            to_server.transport.abort()

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        begun: Callable[[bytes], None] | None = None,
    ) -> None:
        while data := await reader.read(65536):
            await self._passing.wait()
            writer.write(data)
            if begun is not None:
                begun(data)
                begun = None
            await writer.drain()


def goes_on(before: list[str], lines: list[str], true: list[str]) -> bool:
    """
    Whether a page that showed some lines when it was cut off has all of them afterwards, in order.

    What was on its way when the connection broke may come again: that much is promised, not more.

    >>> goes_on(["a", "b"], ["a", "b", "c"], ["a", "b", "c"])
    True
    >>> goes_on(["a", "b"], ["a", "b", "b", "c"], ["a", "b", "c"])
    True
    >>> goes_on(["a", "b"], ["a", "b", "c", "c"], ["a", "b", "c"])
    False
    >>> goes_on([], ["a", "a"], ["a"]), goes_on(["a"], ["a", "c"], ["a", "b", "c"])
    (False, False)
    """
    at, again = len(before), len(lines) - len(true)
    return 0 <= again <= at and before == true[:at] and lines == before + true[at - again :]
