"""
Writing an outbox to a WebSocket, no faster than the page reads.

Only so much is handed to the socket that it can take; the rest stays in the outbox, where it
can still be merged. Frames come ready made, the same bytes for every page, several in one
write.
"""

from __future__ import annotations

import asyncio
from logging import Logger
from typing import Any

from tornado.iostream import IOStream, StreamClosedError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from jupyter_comm_broker.core.outbox import Outbox
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol import framing
from jupyter_comm_broker.protocol.message import Message

CHUNK = 256 * 1024
"""Bytes handed over at a time: enough for a fast line, and little to wait behind."""


class SocketWriter:
    """The one writer of a WebSocket."""

    def __init__(self, handler: Any, subprotocol: str, log: Logger) -> None:
        self._handler = handler
        self._subprotocol = subprotocol
        self._log = log
        self._writing: asyncio.Future[Any] | None = None
        # Handlers that compress or that look at what is written (Voila's filters source
        # code) need each message to go through their own write_message.
        self._plain = (
            type(handler).write_message is WebSocketHandler.write_message
            and handler.get_compression_options() is None
        )

    def flush(self, outbox: Outbox) -> None:
        """Write until the outbox is empty or the socket is full; go on when it has room."""
        if self._writing is not None:
            return
        try:
            # Asked before anything is taken: what is not written must stay for the next socket.
            while outbox and (connection := self._open_connection()) is not None:
                done = self._write(connection, outbox.take(CHUNK))
                if done is not None and not done.done():
                    self._writing = done
                    done.add_done_callback(lambda future: self._written(future, outbox))
                    return
        except (StreamClosedError, WebSocketClosedError):
            # The handler's on_close follows and detaches the page; what it missed is kept.
            self._log.debug("comm broker: the socket of a page closed while it was written to")

    def _written(self, future: asyncio.Future[Any], outbox: Outbox) -> None:
        self._writing = None
        if not future.cancelled() and future.exception() is None:
            self.flush(outbox)

    def _open_connection(self) -> Any:
        connection = self._handler.ws_connection
        return None if connection is None or connection.is_closing() else connection

    def _write(self, connection: Any, messages: list[Message]) -> asyncio.Future[Any] | None:
        if not self._plain:
            return asyncio.ensure_future(self._write_each(messages))
        frames = [frame for frame in map(self._frame, messages) if frame]
        if not frames:
            return None
        data = frames[0] if len(frames) == 1 else b"".join(frames)
        return write(connection.stream, data)

    async def _write_each(self, messages: list[Message]) -> None:
        for message in messages:
            try:
                payload = framing.payload(self._subprotocol, message)
            except MalformedMessageError:
                self._log.warning("comm broker: a message cannot be framed: %r", message)
                continue
            await self._handler.write_message(payload, binary=isinstance(payload, bytes))

    def _frame(self, message: Message) -> bytes:
        try:
            return framing.wire_frame(self._subprotocol, message)
        except MalformedMessageError:
            self._log.warning("comm broker: a message cannot be framed: %r", message)
            return b""


def write(stream: IOStream, data: bytes) -> asyncio.Future[Any] | None:
    """
    Write to a stream, past its machinery when nothing waits in it.

    A write through IOStream costs five times the system call itself (measured); nearly all
    writes fit into the socket's buffer. Returns ``None`` when everything is written.
    """
    if type(stream) is IOStream and not stream.writing() and not stream.closed():
        try:
            sent = stream.socket.send(data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:
            # Let the stream find out and close itself the way its owners expect.
            return stream.write(data)
        if sent == len(data):
            return None
        return stream.write(memoryview(data)[sent:])
    return stream.write(data)
