"""
Writing an outbox to a WebSocket, no faster than the page reads.

Only so much is handed to the socket that it can take; the rest stays in the outbox, where it
can still be merged. Frames come ready made, the same bytes for every page, several in one
write.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from logging import Logger
from typing import Any

from tornado.iostream import IOStream, StreamClosedError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from jupyter_comm_broker.core.pages.outbox import Outbox
from jupyter_comm_broker.core.pages.shared_outbox import SharedBatch
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol import framing
from jupyter_comm_broker.protocol.message import Message, Part

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
                if done is not None and self._wait(done, outbox):
                    return
        except (StreamClosedError, WebSocketClosedError):
            # The handler's on_close follows and detaches the page; what it missed is kept.
            self._log.debug("comm broker: the socket of a page closed while it was written to")

    def offer(self, batch: SharedBatch, wire: dict[str, bytes], outbox: Outbox) -> bool:
        """
        Write what all pages get, unless something else has to be written first.

        Args:
            batch: the messages.
            wire: their frames by subprotocol, built by the first page that needs them.
            outbox: what goes on when the socket has room again.

        Returns:
            Whether it was written, or at least handed to the stream.
        """
        connection = self._open_connection() if self.ready else None
        if connection is None:
            return False
        data = wire.get(self._subprotocol)
        if data is None:
            data = wire[self._subprotocol] = self._joined([item[0] for item in batch.items])
        try:
            done = write(connection.stream, data) if data else None
        except (StreamClosedError, WebSocketClosedError):
            return False
        if done is not None:
            self._wait(done, outbox)
        return True

    @property
    def ready(self) -> bool:
        """Whether frames can be written now: no write is under way, nobody has to see each."""
        return self._plain and self._writing is None

    def _wait(self, done: asyncio.Future[Any], outbox: Outbox) -> bool:
        if done.done():
            return False
        self._writing = done
        done.add_done_callback(lambda future: self._written(future, outbox))
        return True

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
        if messages[0].size > CHUNK:
            return asyncio.ensure_future(self._write_large(connection, messages[0]))
        data = self._joined(messages)
        return write(connection.stream, data) if data else None

    def _joined(self, messages: Sequence[Message]) -> bytes:
        if len(messages) == 1:
            return self._frame(messages[0])
        try:
            return framing.wire_frames(self._subprotocol, messages)
        except MalformedMessageError:
            return b"".join(map(self._frame, messages))

    async def _write_large(self, connection: Any, message: Message) -> None:
        """Write a message that is alone in its batch bit by bit, so that others have turns."""
        try:
            fragments = framing.wire_fragments(self._subprotocol, message, CHUNK)
        except MalformedMessageError:
            self._log.warning("comm broker: a message cannot be framed: %r", message)
            return
        for fragment in fragments:
            # All of a fragment before anybody else gets at the socket: tornado's pings, say.
            written = [write(connection.stream, piece) for piece in fragment]
            await (written[-1] or asyncio.sleep(0))

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


def write(stream: IOStream, data: Part) -> asyncio.Future[Any] | None:
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
