"""A page as a server sees it: its session, WebSocket and requests. It counts messages cheaply."""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

from benchmarks.framing import Message, as_text, decode, encode
from benchmarks.target import Target
from benchmarks.websocket import WebSocket, connect

MARK = re.compile(rb'"bench_seq": ?(\d+)')
"""
The number that a kernel's cell gives each message that is counted.

It is found without decoding the message. So reading is not the bottleneck of a measure.
"""

PATIENCE = 120.0


class LostMessagesError(Exception):
    """A frontend did not get a message in time."""


class CellFailedError(Exception):
    """A cell of the benchmark raised an error in the kernel."""


class Frontend:
    """A page that is attached to one kernel."""

    def __init__(self, session_id: str) -> None:
        self.session_id = session_id
        self.handshake = 0.0
        """Seconds from before the TCP connection to the 101."""
        self.marks = 0
        self.last_mark = 0
        self.disorder = 0
        self.hears: Callable[[bytes], None] | None = None
        """Called with the bytes of every message, where numbers are not enough."""
        self._goal = 0
        self._reached: asyncio.Future[None] | None = None
        self._socket: WebSocket | None = None
        self._waiting: list[tuple[Callable[[Message], bool], asyncio.Future[Message]]] = []

    @classmethod
    async def open(cls, target: Target, kernel_id: str, session_id: str | None = None) -> Frontend:
        """
        Connect to a kernel. ``handshake`` says how long that took.

        Args:
            target: the server.
            kernel_id: the kernel.
            session_id: the page's session id; ``None`` for a new one.

        Raises:
            HandshakeError: the server did not open a WebSocket.
        """
        frontend = cls(session_id or str(uuid.uuid4()))
        path = channels(kernel_id, frontend.session_id)
        begun = time.perf_counter()
        frontend._socket = await connect(
            target.host, target.port, path, target.token, frontend._on_frame
        )
        frontend.handshake = frontend._socket.opened.result() - begun
        return frontend

    @property
    def socket(self) -> WebSocket:
        """The open WebSocket."""
        if self._socket is None:
            raise RuntimeError("not open")
        return self._socket

    async def close(self) -> None:
        """Close the socket, and wait until it is closed."""
        self.socket.close()
        await self.socket.closed

    def send(self, channel: str, kind: str, content: dict[str, Any], **rest: Any) -> str:
        """
        Send a message.

        Args:
            channel: the channel that it goes out on.
            kind: its type.
            content: its content.
            **rest: ``metadata`` and ``buffers``, as in :func:`encode`.

        Returns:
            Its id.
        """
        msg_id, frame = encode(self.session_id, channel, kind, content, **rest)
        self.socket.send(frame if self.socket.is_v1 else as_text(frame))
        return msg_id

    def expect(self, wanted: Callable[[Message], bool]) -> asyncio.Future[Message]:
        """Return a future of the next message that is ``wanted``."""
        future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._waiting.append((wanted, future))
        return future

    async def request(
        self, kind: str, content: dict[str, Any], patience: float = PATIENCE
    ) -> Message:
        """
        Send a request on the shell, and wait for its reply and its idle, as a page does.

        Args:
            kind: its type.
            content: its content.
            patience: seconds to wait.

        Returns:
            The reply.

        Raises:
            TimeoutError: the kernel was not done in time.
        """
        msg_id = self.send("shell", kind, content)
        reply = self.expect(
            lambda message: message.channel == "shell" and message.answers == msg_id
        )
        idle = self.expect(lambda message: is_idle(message, msg_id))
        await asyncio.wait_for(idle, patience)
        return await asyncio.wait_for(reply, patience)

    async def kernel_info(self) -> Message:
        """Ask for the kernel_info, as every page does first. Returns the reply."""
        return await self.request("kernel_info_request", {})

    async def run(self, code: str) -> Message:
        """Run a cell, and wait for its end. Returns the reply."""
        reply = await self.request("execute_request", execution(code))
        return _right(reply)

    async def run_until_reply(self, code: str) -> Message:
        """
        Run a cell that floods, and wait for its reply. Returns the reply.

        A page of a stock server may lack the idle: the kernel dropped it (fact 2.3.12).
        """
        msg_id = self.send("shell", "execute_request", execution(code))
        reply = self.expect(
            lambda message: message.channel == "shell" and message.answers == msg_id
        )
        return _right(await asyncio.wait_for(reply, PATIENCE))

    def start(self, code: str) -> str:
        """Send a cell without waiting for it. Returns the request's id."""
        return self.send("shell", "execute_request", execution(code))

    async def reach(self, mark: int, patience: float = PATIENCE) -> None:
        """Wait until the message with this number, or a later one, has come."""
        if self.last_mark >= mark:
            return
        self._goal = mark
        self._reached = asyncio.get_running_loop().create_future()
        try:
            await asyncio.wait_for(self._reached, patience)
        except asyncio.TimeoutError:
            raise LostMessagesError(
                f"{self.session_id} waited {patience} s for message {mark}, "
                f"has {self.marks}, last {self.last_mark}"
            ) from None

    def _on_frame(self, payload: bytes, begun: float, arrived: float) -> None:
        if self.hears is not None:
            self.hears(payload)
        found = MARK.search(payload)
        if found is not None:
            mark = int(found[1])
            if mark > self.last_mark:
                self.marks += 1
                self.last_mark = mark
            else:
                self.disorder += 1
            if mark >= self._goal and self._reached is not None:
                if not self._reached.done():
                    self._reached.set_result(None)
                self._reached = None
        if self._waiting:
            message = decode(payload, begun, arrived)
            for entry in self._waiting[:]:
                wanted, future = entry
                if future.done():
                    self._waiting.remove(entry)
                elif wanted(message):
                    future.set_result(message)
                    self._waiting.remove(entry)


def channels(kernel_id: str, session_id: str) -> str:
    """Return the path of a page's WebSocket."""
    return f"/api/kernels/{kernel_id}/channels?session_id={session_id}"


def is_idle(message: Message, msg_id: str) -> bool:
    """Return whether a message is the idle of a request."""
    return (
        message.kind == "status"
        and message.answers == msg_id
        and message.content.get("execution_state") == "idle"
    )


def execution(code: str) -> dict[str, Any]:
    """Return the content of an execute_request that runs a cell."""
    return {
        "code": code,
        "silent": False,
        "store_history": False,
        "user_expressions": {},
        "allow_stdin": False,
        "stop_on_error": True,
    }


def _right(reply: Message) -> Message:
    """Return the reply of a cell. Raises CellFailedError."""
    if reply.content["status"] != "ok":
        raise CellFailedError("\n".join(reply.content.get("traceback", [])))
    return reply
