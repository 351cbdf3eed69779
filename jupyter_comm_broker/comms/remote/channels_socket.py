"""
A program's WebSocket to a kernel. It connects again by itself when the connection breaks.

It keeps its session id. So for the server it is the same page, and gets what it missed. Messages
that could not be written wait, and are written first. The server sends a message again if it could
not know that it had arrived. Such a message is handed on only once.
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
from jupyter_comm_broker.comms.remote.heard_before import HeardBefore
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
"""Seconds before the first attempt to connect again. The pause doubles up to the longest."""

PING_SECONDS = 30.0
"""Seconds between two pings to the server."""

FRAME_LIMIT = 1 << 30
"""The most bytes of a message from the server. The server has limits of its own."""

CONNECT_SECONDS = 30.0
"""Seconds that a connection may take to open."""

CLOSE_SECONDS = 2.0
"""Seconds that the server has to answer a close frame."""

FINAL = frozenset({401, 403, 404})
"""Statuses after which no other attempt is made: not allowed, or no such kernel."""


class ChannelsSocket:
    """
    A socket that is open from :meth:`open` until :meth:`close` or a final refusal.

    Args:
        address: the server.
        kernel_id: the kernel.
        session_id: the program's session id.
        heard: called with each message. The next is not read before it returns.
        written: called with each message that was written.
        connected: called after each connection, before anything is written.
        ended: called with the reason why the socket does not connect again.
        log: the log for lost connections.
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
        self._before = HeardBefore()
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
        """The messages that are not written yet."""
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
        """Write a message as soon as there is a connection, after the messages before it."""
        self._waiting.append(message)
        self._written.clear()
        self._news.set()

    async def flush(self) -> None:
        """Wait until everything is written."""
        await self._written.wait()

    async def close(self) -> None:
        """Disconnect for good. May be called twice."""
        task, self._task = self._task, None
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
        if task is not None:
            if connection is not None:
                # The reader ends when the server answers the close frame.
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(asyncio.shield(task), CLOSE_SECONDS)
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
        # Kept here, because a connection that ends forgets it before all messages are read.
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
                self._before.reconnected()
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
        """Read and write until the connection ends."""
        writing = asyncio.create_task(self._write(connection))
        try:
            while (frame := await connection.read_message()) is not None:
                try:
                    message = framing.decode(self._subprotocol, frame)
                    if not self._before.heard(message.header.msg_id):
                        await self._heard(message)
                except (MalformedFrameError, MalformedMessageError) as error:  # noqa: PERF203
                    self._log.warning("comm broker: ignored a malformed message: %s", error)
                except Exception:  # noqa: BLE001 - an error must not stop the next messages
                    self._log.exception("comm broker: a message could not be handled")
        finally:
            writing.cancel()
            with suppress(asyncio.CancelledError):
                await writing

    async def _write(self, connection: WebSocketClientConnection) -> None:
        with suppress(WebSocketClosedError):
            while True:
                while self._waiting:
                    message = self._waiting[0]
                    try:
                        payload = framing.payload(self._subprotocol, message)
                    except MalformedMessageError as error:
                        # The default framing adds a level, which may be one too many.
                        self._log.error("comm broker: a message cannot be sent: %s", error)
                        self._waiting.popleft()
                        continue
                    await connection.write_message(payload, binary=isinstance(payload, bytes))
                    self._went_out(self._waiting.popleft())
                self._written.set()
                self._news.clear()
                await self._news.wait()
