"""
Writes an outbox to a WebSocket, no faster than the page reads.

The socket is handed only what it can take. The rest stays in the outbox, where updates can still
be merged. Frames are built once for all pages, and several frames are written together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from logging import Logger
from typing import Any

from tornado.iostream import IOStream, StreamClosedError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from jupyter_comm_broker.core.outboxes.outbox import Outbox
from jupyter_comm_broker.core.pages.shared_outbox import SharedBatch
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol import framing
from jupyter_comm_broker.protocol.message import Message, Part
from jupyter_comm_broker.transport.frontends.receipts import PAUSE, Receipts

CHUNK = 256 * 1024
"""Bytes handed over at a time: enough for a fast line, and a short wait for what comes next."""


class SocketWriter:
    """
    The only writer of a WebSocket.

    Args:
        handler: the WebSocket's handler.
        subprotocol: the negotiated subprotocol.
        log: the server's log.
        pause: returns the seconds from a write to its ping.
    """

    def __init__(
        self,
        handler: Any,
        subprotocol: str,
        log: Logger,
        pause: Callable[[], float] = lambda: PAUSE,
    ) -> None:
        self._handler = handler
        self._subprotocol = subprotocol
        self._log = log
        self._writing: asyncio.Future[Any] | None = None
        # Some handlers compress messages or change them (Voila's removes source code). Each
        # message must go through their own write_message.
        self._plain = (
            type(handler).write_message is WebSocketHandler.write_message
            and handler.get_compression_options() is None
        )
        on_wire = partial(framing.wire_size, subprotocol) if self._plain else None
        self._receipts = Receipts(
            handler, self._ping, lambda: self._writing is not None, pause, on_wire
        )

    def flush(self, outbox: Outbox) -> None:
        """Write until the outbox is empty or the socket is full. Goes on when it has room."""
        if self._writing is not None:
            return
        try:
            # Checked before messages are taken: they must stay for the next socket.
            while outbox and (connection := self._open_connection()) is not None:
                messages = outbox.send(CHUNK)
                self._receipts.expect(outbox.in_flight)
                done = self._write(connection, messages)
                if done is not None and self._wait(done, outbox):
                    return
        except (StreamClosedError, WebSocketClosedError):
            # The handler's on_close follows and detaches the page. Its messages are kept.
            self._log.debug("comm broker: the socket of a page closed while it was written to")

    def offer(self, batch: SharedBatch, wire: dict[str, bytes], outbox: Outbox) -> bool:
        """
        Write a batch that all pages get, unless something else must be written first.

        Args:
            batch: the messages.
            wire: their frames by subprotocol, to which a missing frame is added.
            outbox: the page's outbox, which is written next.

        Returns:
            Whether the batch was written, or handed to the socket's stream.
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
        if not self._receipts.expects:
            self._receipts.expect(outbox.in_flight)
        return True

    def stop(self) -> None:
        """Send no more pings, because the socket is gone."""
        self._receipts.stop()

    @property
    def ready(self) -> bool:
        """Whether a batch of frames can be written now."""
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
            self._receipts.written()
            self.flush(outbox)

    def _ping(self, payload: bytes) -> None:
        if (connection := self._open_connection()) is not None:
            write(connection.stream, framing.wire_ping(payload))

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
        except Exception:  # noqa: BLE001 - the fault of one message must not cost the others
            return b"".join(map(self._frame, messages))

    async def _write_large(self, connection: Any, message: Message) -> None:
        """Write a large message in fragments, with a turn of the event loop between two."""
        try:
            fragments = framing.wire_fragments(self._subprotocol, message, CHUNK)
        except MalformedMessageError:
            self._log.warning("comm broker: a message cannot be framed: %r", message)
            return
        for fragment in fragments:
            # The whole fragment at once, before tornado can write a ping to the socket.
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
        except Exception:  # noqa: BLE001 - the fault of one message must not cost the others
            self._log.exception("comm broker: framing failed: %r", message)
        return b""


def write(stream: IOStream, data: Part) -> asyncio.Future[Any] | None:
    """
    Write to a stream. If nothing waits in it, write to its socket directly.

    A write through IOStream costs five times the system call (measured), and nearly all writes
    fit into the socket's buffer.

    Returns:
        ``None`` if everything was written; otherwise the stream's future.
    """
    if type(stream) is IOStream and not stream.writing() and not stream.closed():
        try:
            sent = stream.socket.send(data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:
            # The stream will meet the same error, and close itself as its owners expect.
            return stream.write(data)
        if sent == len(data):
            return None
        return stream.write(memoryview(data)[sent:])
    return stream.write(data)
