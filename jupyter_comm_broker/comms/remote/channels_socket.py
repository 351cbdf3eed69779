"""
A kernel's WebSocket, seen from a program, that comes back by itself.

It returns with the same session id, so for the server it is the same page, which gets what
it missed. What could not be written waits and goes out first.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress

from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import WebSocketClientConnection, WebSocketClosedError, websocket_connect

from jupyter_comm_broker.comms.remote.address import Address
from jupyter_comm_broker.errors import (
    CommBrokerError,
    MalformedFrameError,
    MalformedMessageError,
    ServerRefusedError,
)
from jupyter_comm_broker.protocol import framing
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.websocket_v1 import SUBPROTOCOL

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
"""Seconds before the first try to come back, doubled up to the longest."""

PING_SECONDS = 30.0
"""How often a silent server is asked whether it is there."""

FRAME_LIMIT = 1 << 30
"""Bytes of one message taken from the server, which has limits of its own."""

CONNECT_SECONDS = 30.0

FINAL = frozenset({401, 403, 404})
"""Statuses that no later try changes: not allowed, or no such kernel."""


class ChannelsSocket:
    """
    Open from :meth:`open` until :meth:`close`, or until the server says that it is for good.

    Args:
        address: the server.
        kernel_id: the kernel.
        session_id: whom the server takes us for.
        heard: takes each message; the next is not read before.
        written: is told of each message that went out.
        connected: does what has to be done each time before anything is written.
        ended: is told why the socket does not come back.
        log: where it says that it lost the connection.
    """

    def __init__(
        self,
        address: Address,
        kernel_id: str,
        session_id: str,
        *,
        heard: Callable[[Message], Awaitable[None]],
        written: Callable[[Message], None],
        connected: Callable[[], Awaitable[None]],
        ended: Callable[[CommBrokerError], None],
        log: logging.Logger,
    ) -> None:
        self._address = address
        self._url = address.channels(kernel_id, session_id)
        self._heard = heard
        self._went_out = written
        self._connected = connected
        self._ended = ended
        self._log = log
        self._waiting: deque[Message] = deque()
        self._news = asyncio.Event()
        self._written = asyncio.Event()
        self._written.set()
        self._connection: WebSocketClientConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self._subprotocol = ""

    @property
    def is_connected(self) -> bool:
        """Whether there is a socket now."""
        return self._connection is not None

    @property
    def waiting(self) -> list[Message]:
        """What is not written yet."""
        return list(self._waiting)

    async def open(self) -> None:
        """Connect for the first time. Raises ServerRefusedError or OSError."""
        connection = await self._connect()
        self._connection = connection
        try:
            await self._connected()
        except BaseException:
            self._connection = None
            connection.close()
            raise
        self._task = asyncio.create_task(self._run(connection))

    def write(self, message: Message) -> None:
        """Write a message as soon as there is a socket, after those before it."""
        self._waiting.append(message)
        self._written.clear()
        self._news.set()

    async def flush(self) -> None:
        """Wait until everything is written."""
        await self._written.wait()

    async def close(self) -> None:
        """Disconnect, and do not come back; safe twice."""
        task, self._task = self._task, None
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
        if task is not None:
            if connection is not None:
                # The reader ends when the server has answered the close.
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(asyncio.shield(task), 2)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self._written.set()

    # -- inside ------------------------------------------------------------------------------------

    async def _connect(self) -> WebSocketClientConnection:
        request = HTTPRequest(
            self._url, headers=self._address.headers, connect_timeout=CONNECT_SECONDS
        )
        try:
            connection = await websocket_connect(
                request,
                subprotocols=[SUBPROTOCOL],
                max_message_size=FRAME_LIMIT,
                ping_interval=PING_SECONDS,
            )
        except HTTPClientError as error:
            url = self._url.partition("?")[0]
            raise ServerRefusedError(url, error.code, error.message or "") from error
        # A connection that ends forgets it, while there are still messages to be read.
        self._subprotocol = connection.selected_subprotocol or ""
        return connection

    async def _run(self, connection: WebSocketClientConnection) -> None:
        while True:
            await self._serve(connection)
            if self._task is None:
                return
            self._drop(connection)
            self._log.warning("comm broker: lost the connection to %s", self._address.url)
            again = await self._reconnect()
            if again is None:
                return
            connection = again

    async def _reconnect(self) -> WebSocketClientConnection | None:
        pause = FIRST_PAUSE
        while True:
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
            connection = None
            try:
                connection = await self._connect()
                self._connection = connection
                await self._connected()
            except ServerRefusedError as error:
                self._drop(connection)
                if error.status in FINAL:
                    self._ended(error)
                    self._written.set()
                    return None
                self._log.debug("comm broker: %s; trying again", error)
            except (OSError, WebSocketClosedError, asyncio.TimeoutError) as error:
                self._drop(connection)
                self._log.debug("comm broker: cannot reconnect yet: %s", error)
            else:
                self._log.info("comm broker: connected to %s again", self._address.url)
                return connection

    def _drop(self, connection: WebSocketClientConnection | None) -> None:
        self._connection = None
        if connection is not None:
            connection.close()

    async def _serve(self, connection: WebSocketClientConnection) -> None:
        """Read and write until the socket is gone."""
        writing = asyncio.create_task(self._write(connection))
        try:
            while (frame := await connection.read_message()) is not None:
                try:
                    await self._heard(framing.decode(self._subprotocol, frame))
                except (MalformedFrameError, MalformedMessageError) as error:  # noqa: PERF203
                    self._log.warning("comm broker: ignored a malformed message: %s", error)
                except Exception:  # noqa: BLE001 - a fault must not cost the messages after it
                    self._log.exception("comm broker: a message could not be followed")
        finally:
            writing.cancel()
            with suppress(asyncio.CancelledError):
                await writing

    async def _write(self, connection: WebSocketClientConnection) -> None:
        with suppress(WebSocketClosedError):
            while True:
                while self._waiting:
                    payload = framing.payload(self._subprotocol, self._waiting[0])
                    await connection.write_message(payload, binary=isinstance(payload, bytes))
                    self._went_out(self._waiting.popleft())
                self._written.set()
                self._news.clear()
                await self._news.wait()
