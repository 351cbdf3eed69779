"""
One WebSocket to a gateway.

tornado reads as long as there is something to read, without a turn of the event loop. So the
messages of one turn become one batch, and a flood pauses for a turn after each batch.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

PING_SECONDS = 10.0
"""Seconds between two pings. A line that swallows everything is noticed within two of them."""

LARGEST = 100 * 1024 * 1024
"""The bytes of the largest message that can come: what tornado's client keeps at most."""

BATCH = 256
"""The most messages of one batch."""

Frame = str | bytes


class FarSocket:
    """
    The socket from its handshake to its end.

    Args:
        received: called with the frames of each batch, in their order.
        ended: called once when the other side is gone, with the reason; not after :meth:`close`.
    """

    def __init__(
        self, received: Callable[[list[Frame]], None], ended: Callable[[str], None]
    ) -> None:
        self._received = received
        self._ended = ended
        self._loop = asyncio.get_running_loop()
        self._connection: WebSocketClientConnection | None = None
        self._batch: list[Frame] = []
        self._turn: asyncio.Handle | None = None
        self._closed = False

    @property
    def subprotocol(self) -> str:
        """What both sides speak; empty for the default framing."""
        return (self._connection and self._connection.selected_subprotocol) or ""

    async def connect(self, request: HTTPRequest, subprotocols: list[str]) -> None:
        """
        Shake hands.

        Args:
            request: the request of the handshake.
            subprotocols: what this side can speak, the best first.

        Raises:
            Exception: whatever tornado raises if the gateway refuses or does not answer.
        """
        connecting = asyncio.ensure_future(
            websocket_connect(
                request,
                on_message_callback=self._came,
                ping_interval=PING_SECONDS,
                ping_timeout=PING_SECONDS,
                max_message_size=LARGEST,
                subprotocols=subprotocols,
            )
        )
        try:
            connection = await asyncio.shield(connecting)
        except asyncio.CancelledError:
            # tornado goes on, and would leave the connection open.
            connecting.add_done_callback(_close_late)
            raise
        if self._closed:
            connection.close()
            return
        # tornado waits for what this returns, and the callback's answer it ignores.
        setattr(connection, "on_message", self._take)  # noqa: B010 - mypy has no word for it
        self._connection = connection

    def send(self, frame: Frame) -> asyncio.Future[None]:
        """
        Send a frame. What is returned is done when the frame has left this process.

        Raises:
            tornado.websocket.WebSocketClosedError: the other side is gone.
        """
        assert self._connection is not None, "connect first"  # noqa: S101
        written: asyncio.Future[None] = self._connection.write_message(
            frame, binary=isinstance(frame, bytes)
        )
        return written

    def close(self) -> None:
        """Close the socket. Nothing is called afterwards. May be called twice."""
        self._closed = True
        self._batch = []
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _take(self, frame: Frame) -> Awaitable[None] | None:
        self._came(frame)
        return asyncio.sleep(0) if len(self._batch) >= BATCH else None

    def _came(self, frame: Frame | None) -> None:
        if self._closed:
            return
        if frame is None:
            self._hand_on()
            connection, self._connection = self._connection, None
            self._closed = True
            # Before the handshake is over, ``connect`` raises what is wrong.
            if connection is not None:
                why = _why(connection)
                # It is closed, but tornado warns of what nobody closed.
                connection.close()
                self._ended(why)
            return
        self._batch.append(frame)
        if self._turn is None:
            self._turn = self._loop.call_soon(self._hand_on)

    def _hand_on(self) -> None:
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None
        batch, self._batch = self._batch, []
        if batch:
            self._received(batch)


def _close_late(connecting: asyncio.Future[WebSocketClientConnection]) -> None:
    if not connecting.cancelled() and connecting.exception() is None:
        connecting.result().close()


def _why(connection: WebSocketClientConnection) -> str:
    code, reason = connection.close_code, connection.close_reason
    if code is None:
        return "the connection to the gateway broke"
    return f"the gateway closed the connection ({code}{f': {reason}' if reason else ''})"
