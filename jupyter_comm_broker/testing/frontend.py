"""
A frontend on a kernel: its WebSocket, the messages that it sends, and those that came.

It sends what an unmodified JupyterLab sends (fact 1.1), and reads as fast or as slowly as wanted.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timezone
from types import TracebackType
from typing import Any, TypeVar

from jupyter_comm_broker.testing.address import Reachable
from jupyter_comm_broker.testing.failures import GoneError
from jupyter_comm_broker.testing.message import V1, Message, decode, encode
from jupyter_comm_broker.testing.websocket import GOING_AWAY, WebSocket

Self = TypeVar("Self", bound="Frontend")

GOODBYE = 10.0
"""Seconds that a frontend waits for the server's close frame when it disconnects."""


class Frontend:
    """
    The far end of one WebSocket, from :meth:`open` to :meth:`close`, or in an ``async with``.

    Args:
        server: the server.
        kernel_id: the kernel.
        session_id: the id of an earlier frontend, to be the same one; ``None`` for a new id.
        subprotocol: :data:`~jupyter_comm_broker.testing.message.V1` or
            :data:`~jupyter_comm_broker.testing.message.DEFAULT`.
        token: the token of the user; ``None`` for the operator's.
        pace: bytes that it reads each second, with little buffered by the machine; 0 for none,
            ``None`` for as many as come. :meth:`resume` makes it catch up. A slow frontend that is
            closed sends no close frame, as if its network had broken.
    """

    def __init__(
        self,
        server: Reachable,
        kernel_id: str,
        *,
        session_id: str | None = None,
        subprotocol: str = V1,
        token: str | None = None,
        pace: int | None = None,
    ) -> None:
        self.server = server
        self.kernel_id = kernel_id
        self.session_id = session_id or str(uuid.uuid4())
        self.received: list[Message] = []
        """All messages that came, also over earlier sockets."""
        self._subprotocol = subprotocol
        self._token = server.token if token is None else token
        self._pace = pace
        self._socket: WebSocket | None = None
        self._reading: asyncio.Task[None] | None = None
        self._arrived = asyncio.Event()
        self.closed_with: int | None = None
        """The server's close code; ``None`` if the socket is open or the server gave no code."""
        self.closed_because = ""
        """The reason that the server gave."""

    # -- life --------------------------------------------------------------------------------

    async def __aenter__(self: Self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def open(self) -> None:
        """
        Connect.

        Raises:
            ServerRefusedError: the server refused. ``status`` and ``reason`` say why.
            ConnectionError: there is no server.
        """
        connection = WebSocket(self._pace)
        await connection.open(
            self.server,
            f"/api/kernels/{self.kernel_id}/channels?session_id={self.session_id}",
            subprotocols=[self._subprotocol] if self._subprotocol else (),
            headers={"Authorization": f"token {self._token}"} if self._token else {},
        )
        self.closed_with, self.closed_because = None, ""
        self._socket = connection
        self._reading = asyncio.create_task(self._read(connection), name="frontend")

    async def close(self, *, going_away: bool = False) -> None:
        """
        Disconnect. May be called twice.

        Args:
            going_away: whether the page is closed or loaded again, and its browser says so.
                Otherwise the page closes its socket itself, and may come back.
        """
        if self._socket is not None and self._socket.pace != self._pace:
            self.resume()
        if self._socket is not None and self._socket.pace is None:
            await self._socket.say_goodbye(GOING_AWAY if going_away else b"")
            # The server then closes the socket, so that nothing is left open.
            if self._reading is not None:
                await asyncio.wait([self._reading], timeout=GOODBYE)
        await self.drop()

    async def drop(self) -> None:
        """
        Lose the connection without a close frame, as when a network breaks. May be called twice.

        The last messages may come again over the next socket. The server cannot know that they
        arrived.
        """
        connection, reading = self._socket, self._reading
        self._socket = self._reading = None
        try:
            if reading is not None:
                reading.cancel()
                with suppress(asyncio.CancelledError):
                    await reading
        finally:
            if connection is not None:
                connection.cut()

    def pause(self) -> None:
        """Stop reading, as a page whose computer sleeps."""
        if self._socket is not None:
            self._socket.pace = 0

    def resume(self) -> None:
        """Read again, as fast as messages come."""
        if self._socket is not None:
            self._socket.pace = None

    async def _read(self, connection: WebSocket) -> None:
        loop = asyncio.get_running_loop()
        try:
            while (frame := await connection.receive()) is not None:
                message = decode(connection.subprotocol, frame, loop.time())
                self.received.append(message)
                await self.heard(message)
                self._news()
        finally:
            self.closed_with = connection.close_code
            self.closed_because = connection.close_reason
            self._news()

    async def heard(self, message: Message) -> None:
        """Handle a message that came. A page does it for its widgets; a frontend does nothing."""

    def _news(self) -> None:
        self._arrived.set()
        self._arrived = asyncio.Event()

    # -- sending -----------------------------------------------------------------------------

    async def send(
        self,
        msg_type: str,
        content: dict[str, Any],
        *,
        channel: str = "shell",
        metadata: dict[str, Any] | None = None,
        buffers: Sequence[bytes] = (),
        **header: Any,
    ) -> str:
        """
        Send a message. Returns its ``msg_id``.

        Args:
            msg_type: its type.
            content: its content.
            channel: the channel that it goes out on.
            metadata: its metadata; ``None`` for none.
            buffers: its buffers.
            **header: fields of its header, which are added or replaced.

        Raises:
            GoneError: the socket is closed.
        """
        fields = {
            "msg_id": str(uuid.uuid4()),
            "msg_type": msg_type,
            "session": self.session_id,
            "username": "",
            "version": "5.3",
            "date": datetime.now(timezone.utc).isoformat().replace("+00:00", "Z"),
            **header,
        }
        parts = [fields, {}, metadata or {}, content]
        await self.write(encode(self._subprotocol, channel, parts, buffers))
        return str(fields["msg_id"])

    async def write(self, frame: str | bytes) -> None:
        """Send a frame unchanged. Raises GoneError if the socket is closed."""
        if self._socket is None:
            raise GoneError("the frontend is not open")
        try:
            await self._socket.send(frame)
        except ConnectionError as error:
            raise GoneError(f"closed with {self.closed_with}: {error}") from error

    # -- waiting -----------------------------------------------------------------------------

    async def until(
        self, wanted: Callable[[Message], bool], within: float = 30.0, since: int = 0
    ) -> Message:
        """
        Wait for a message, and return the first one that is wanted.

        Args:
            wanted: says whether a message is the one.
            within: seconds to wait.
            since: the place in :attr:`received` from which on messages count.

        Raises:
            TimeoutError: none came in time.
            GoneError: the server closed the socket.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + within
        while True:
            for message in self.received[since:]:
                if wanted(message):
                    return message
            since = len(self.received)
            if self._reading is None or self._reading.done():
                if self._reading is not None:
                    self._reading.result()  # what went wrong with reading, if anything did
                raise GoneError(f"closed with {self.closed_with}: {self.closed_because}")
            try:
                await asyncio.wait_for(self._arrived.wait(), max(0.0, end - loop.time()))
            except asyncio.TimeoutError:
                last = [(m.type, m.parent_id[:8]) for m in self.received[-5:]]
                raise TimeoutError(
                    f"nothing that was wanted came in {within} s; the last messages: {last}"
                ) from None

    async def shows(self, truth: Callable[[], bool], within: float = 30.0) -> None:
        """Wait until ``truth`` returns true. Raises the errors of :meth:`until`."""
        if not truth():
            await self.until(lambda _: truth(), within, since=len(self.received))

    async def opened(self, target_name: str, within: float = 30.0, since: int = 0) -> Message:
        """
        Wait for the ``comm_open`` of a target, and return it. Raises the errors of :meth:`until`.

        Args:
            target_name: the target.
            within: seconds to wait.
            since: the place in :attr:`received` from which on messages count.
        """

        def is_one(message: Message) -> bool:
            return message.type == "comm_open" and message.content["target_name"] == target_name

        return await self.until(is_one, within, since)

    async def idle(self, msg_id: str, within: float = 30.0) -> None:
        """Wait until the kernel is done with a request of this frontend or of another one."""
        await self.until(lambda m: m.ends(msg_id), within)

    async def ended(self, msg_id: str, within: float = 30.0) -> Message:
        """Wait for a request's reply and its idle. Returns the reply."""
        reply = await self.until(
            lambda m: m.parent_id == msg_id and m.type.endswith("_reply"), within
        )
        await self.idle(msg_id, within)
        return reply

    async def disconnected(self, within: float = 30.0) -> int | None:
        """
        Wait until the server has closed the socket, and return its close code.

        Raises:
            TimeoutError: the server did not close it ``within`` that many seconds.
        """
        if self._reading is not None:
            done, _ = await asyncio.wait([self._reading], timeout=within)
            if not done:
                raise TimeoutError(f"the socket was not closed in {within} s")
        return self.closed_with

    def of(self, msg_id: str) -> list[Message]:
        """Return the messages that have a request as their parent."""
        return [message for message in self.received if message.parent_id == msg_id]
