"""
A page on a kernel: its WebSocket, what it sends, what came, and its picture of the widgets.

It does what an unmodified JupyterLab does on the wire (protocol facts 1.1 and 1.2), so a
scenario reads like what a person does.
"""

from __future__ import annotations

import asyncio
import socket
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any

from tornado.httpclient import HTTPRequest
from tornado.netutil import Resolver
from tornado.websocket import WebSocketClientConnection, WebSocketClosedError, websocket_connect

from .message import V1, Message, decode, encode
from .server import Server
from .widgets import WIDGET, Widgets

FRAME_LIMIT = 1 << 30


class GoneError(Exception):
    """The server closed the socket while something was still waited for."""


class Page:
    """
    One page: a WebSocket with a session id, a new one as after each reload.

    Args:
        session_id: give one to be the same page again, as after a socket drop.
        targets: what the page knows; a console knows nothing, and refuses what is opened.
        build_seconds: how long its models take to build after a restore, as lazily loaded
            classes do; what comes for them meanwhile is lost.
        token: whose page it is, if not the operator's.
    """

    def __init__(
        self,
        server: Server,
        kernel_id: str,
        *,
        session_id: str | None = None,
        subprotocol: str = V1,
        targets: Sequence[str] = (WIDGET,),
        build_seconds: float = 0.0,
        token: str | None = None,
    ) -> None:
        self.server = server
        self._token = server.token if token is None else token
        self.kernel_id = kernel_id
        self.session_id = session_id or str(uuid.uuid4())
        self.received: list[Message] = []
        self.widgets = Widgets(self._tell, targets, build_seconds)
        self._subprotocol = subprotocol
        self._socket: WebSocketClientConnection | None = None
        self._reading: asyncio.Task[None] | None = None
        self._arrived = asyncio.Event()
        self._awake = asyncio.Event()
        self._awake.set()
        self.closed_with: int | None = None
        """The code that the server closed the socket with, once it has."""

    # -- life --------------------------------------------------------------------------------

    async def __aenter__(self) -> Page:
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
        """Connect."""
        server = self.server
        path = f"api/kernels/{self.kernel_id}/channels?session_id={self.session_id}"
        request = HTTPRequest(
            f"ws://127.0.0.1:{server.port}{server.base_url}{path}",
            headers={"Authorization": f"token {self._token}"},
            connect_timeout=60,
            request_timeout=60,
        )
        self._socket = await websocket_connect(
            request,
            subprotocols=[self._subprotocol] if self._subprotocol else None,
            max_message_size=FRAME_LIMIT,
            resolver=_UnixResolver(server.unix_socket) if server.unix_socket else None,
        )
        self.closed_with = None
        self._reading = asyncio.create_task(self._read(self._socket))

    async def close(self) -> None:
        """Disconnect; safe twice."""
        if self._socket is None or self._reading is None:
            return
        connection, reading = self._socket, self._reading
        self._socket = self._reading = None
        self._awake.set()
        connection.close()
        # The reader ends when the server has answered the close, so that nothing is left open.
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.shield(reading), 10)
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading
        self.widgets.dispose()

    def pause(self) -> None:
        """Stop reading, as a page whose computer sleeps."""
        self._awake.clear()

    def resume(self) -> None:
        """Read again."""
        self._awake.set()

    async def _read(self, connection: WebSocketClientConnection) -> None:
        loop = asyncio.get_running_loop()
        spoken = connection.selected_subprotocol or ""
        while True:
            await self._awake.wait()
            frame = await connection.read_message()
            if frame is None:
                break
            message = decode(spoken, frame, loop.time())
            self.received.append(message)
            await self.widgets.heard(message)
            self._news()
        self.closed_with = connection.close_code
        self._news()

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
        """Send a message and return its ``msg_id``; ``header`` adds to or replaces its fields."""
        fields = {
            "msg_id": str(uuid.uuid4()),
            "msg_type": msg_type,
            "session": self.session_id,
            "username": "",
            "version": "5.3",
            "date": "2026-01-01T00:00:00.000Z",
            **header,
        }
        parts = [fields, {}, metadata or {}, content]
        await self.write(encode(self._subprotocol, channel, parts, buffers))
        return str(fields["msg_id"])

    async def write(self, frame: str | bytes) -> None:
        """Send a frame as it is."""
        if self._socket is None:
            raise GoneError("the page is not open")
        await self._socket.write_message(frame, binary=isinstance(frame, bytes))

    async def _tell(self, msg_type: str, content: dict[str, Any], msg_id: str) -> None:
        # While its last messages are being read the socket may be closed already.
        with suppress(WebSocketClosedError, GoneError):
            await self.send(msg_type, content, msg_id=msg_id)

    async def execute(self, code: str, *, stdin: bool = False) -> str:
        """Send code to run and return the request's ``msg_id`` without waiting."""
        return await self.send("execute_request", {"code": code, "allow_stdin": stdin})

    async def run(self, code: str, within: float = 60.0) -> str:
        """Run code to its end; returns what it printed. An error in it is an error here."""
        msg_id = await self.execute(code)
        reply = await self.ended(msg_id, within)
        mine = self.of(msg_id)
        errors = ["\n".join(m.content["traceback"]) for m in mine if m.type == "error"]
        assert reply.content["status"] == "ok", errors or reply.content
        return "".join(m.content["text"] for m in mine if m.type == "stream")

    async def kernel_info(self, within: float = 30.0) -> Message:
        """Ask for ``kernel_info`` as each page does first, and return the reply."""
        return await self.ended(await self.send("kernel_info_request", {}), within)

    # -- waiting -----------------------------------------------------------------------------

    async def until(
        self, wanted: Callable[[Message], bool], within: float = 10.0, since: int = 0
    ) -> Message:
        """
        Return the first message that is wanted, from the ``since``-th of this page on.

        Raises:
            TimeoutError: it did not come ``within`` that many seconds.
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
                raise GoneError(f"closed with {self.closed_with}")
            try:
                await asyncio.wait_for(self._arrived.wait(), max(0.0, end - loop.time()))
            except asyncio.TimeoutError:
                last = [(m.type, m.parent_id[:8]) for m in self.received[-5:]]
                raise TimeoutError(f"nothing wanted in {within} s; the last: {last}") from None

    async def shows(self, truth: Callable[[], bool], within: float = 10.0) -> None:
        """Wait until something is true of what the page holds."""
        if not truth():
            await self.until(lambda _: truth(), within, since=len(self.received))

    async def idle(self, msg_id: str, within: float = 30.0) -> None:
        """Wait until the kernel is done with a request, of this page or another."""
        await self.until(lambda m: m.ends(msg_id), within)

    async def ended(self, msg_id: str, within: float = 30.0) -> Message:
        """Wait until a request is replied to and idle, and return the reply."""
        reply = await self.until(
            lambda m: m.parent_id == msg_id and m.type.endswith("_reply"), within
        )
        await self.idle(msg_id, within)
        return reply

    async def disconnected(self, within: float = 10.0) -> int | None:
        """Wait until the server has closed the socket and return the code it said."""
        assert self._reading is not None
        await asyncio.wait_for(asyncio.shield(self._reading), within)
        return self.closed_with

    def of(self, msg_id: str) -> list[Message]:
        """Return what came for a request."""
        return [message for message in self.received if message.parent_id == msg_id]

    @property
    def status(self) -> str:
        """
        What the busy indicator shows: the last status under a request type that is tracked.

        JupyterLab gets the untracked types with its page (protocol facts 1.1).
        """
        shown = [
            m.execution_state
            for m in self.received
            if m.execution_state and m.parent.get("msg_type") not in UNTRACKED
        ]
        return shown[-1] if shown else "unknown"


UNTRACKED = {
    *("comm_info_request", "comm_info_reply", "kernel_info_request", "kernel_info_reply"),
    *("shutdown_request", "shutdown_reply", "interrupt_request", "interrupt_reply"),
    *("debug_request", "debug_reply", "stream", "display_data", "update_display_data"),
    *("execute_input", "execute_result", "error", "status", "clear_output", "debug_event"),
    *("input_request", "input_reply"),
}
"""The default of ``MappingKernelManager.untracked_message_types``."""


class _UnixResolver(Resolver):
    """Resolves every host to one unix socket."""

    def initialize(self, path: Any) -> None:
        self._path = str(path)

    async def resolve(self, *_args: Any, **_kwargs: Any) -> list[tuple[int, Any]]:
        return [(socket.AF_UNIX, self._path)]
