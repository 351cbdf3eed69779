"""
A kernel of real ZeroMQ sockets in this process, which says what a test wants it to say.

It answers what every kernel answers at once (kernel_info, comm_info, shutdown); everything
else waits until a test takes it. Nothing in it runs code.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import zmq
import zmq.asyncio
from jupyter_client.session import Session

from jupyter_comm_broker.protocol.json_text import loads
from jupyter_comm_broker.protocol.multipart import DELIMITER
from jupyter_comm_broker.transport.kernel.zmq_channel import LINGER
from tests.until import until

CHANNELS = {"shell": zmq.ROUTER, "control": zmq.ROUTER, "stdin": zmq.ROUTER, "iopub": zmq.XPUB}

KERNEL_INFO = {
    "status": "ok",
    "protocol_version": "5.4",
    "implementation": "fake",
    "implementation_version": "1",
    "language_info": {"name": "none", "version": "1", "mimetype": "text/plain"},
    "banner": "",
    "help_links": [],
}

ANSWERS: dict[str, dict[str, Any]] = {
    "kernel_info_request": KERNEL_INFO,
    "comm_info_request": {"status": "ok", "comms": {}},
    "shutdown_request": {"status": "ok", "restart": False},
}


LOOK_MS = 20
"""Milliseconds between two looks at a socket that nothing was heard of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A message that somebody sent to the kernel."""

    channel: str
    identity: bytes
    parts: list[bytes]

    @property
    def header(self) -> dict[str, Any]:
        """Its header."""
        header: dict[str, Any] = loads(self.parts[0])
        return header

    @property
    def msg_type(self) -> str:
        """Its type."""
        return str(self.header["msg_type"])

    @property
    def content(self) -> Any:
        """Its content."""
        return loads(self.parts[3])


class ZmqKernel:
    """Bound until :meth:`stop`. Runs on the event loop that makes it."""

    def __init__(
        self,
        *,
        key: bytes = b"a key",
        ports: dict[str, int] | None = None,
        curve: tuple[bytes, bytes] | None = None,
        answers: bool = True,
    ) -> None:
        self.answers = answers
        self.session = Session(key=key)
        self.requests: list[Request] = []
        """What no test has taken yet."""
        self.forged = 0
        """How many requests had a wrong signature; a kernel ignores them."""
        self.subscriptions = 0
        self.on_shutdown: Callable[[], None] | None = None
        self.stopped = False
        self._key = key
        self._curve = curve
        self._context = zmq.asyncio.Context()
        self._sockets: dict[str, zmq.asyncio.Socket] = {}
        self._ports: dict[str, int] = {}
        for name, kind in {**CHANNELS, "hb": zmq.ROUTER}.items():
            self._sockets[name] = socket = self._context.socket(kind)
            socket.linger = LINGER
            if kind == zmq.XPUB:
                # Every subscription is reported, not only the first of a topic.
                socket.xpub_verbose = True
            # Replies to a client that is gone are dropped, as by every kernel.
            if name == "stdin":
                socket.router_mandatory = True
            if curve is not None:
                socket.curve_server = True
                socket.curve_publickey, socket.curve_secretkey = curve
            if ports is not None:
                socket.bind(f"tcp://127.0.0.1:{ports[name]}")
                self._ports[name] = ports[name]
            else:
                self._ports[name] = socket.bind_to_random_port("tcp://127.0.0.1")
        loop = asyncio.get_running_loop()
        self._tasks = [
            loop.create_task(self._listen(name)) for name in ("shell", "control", "stdin")
        ]
        self._tasks.append(loop.create_task(self._subscribed()))

    @property
    def connection_info(self) -> dict[str, Any]:
        """What a kernel manager needs to connect."""
        info: dict[str, Any] = {
            "transport": "tcp",
            "ip": "127.0.0.1",
            "key": self._key,
            "signature_scheme": "hmac-sha256",
            **{f"{name}_port": port for name, port in self._ports.items()},
        }
        if self._curve is not None:
            info["curve_publickey"], info["curve_secretkey"] = self._curve
        return info

    def stop(self) -> None:
        """Close everything; the ports are free afterwards."""
        if self.stopped:
            return
        self.stopped = True
        for task in self._tasks:
            task.cancel()
        for socket in self._sockets.values():
            # Not 0: ZeroMQ would end the process now and then (zmq_channel.LINGER).
            socket.close(linger=LINGER)
        self._context.term()

    # -- hearing ---------------------------------------------------------------------------------

    async def taken(self, msg_type: str, session: str | None = None) -> Request:
        """Wait for a request of this type (from this session, if given) and take it."""

        def found() -> Request | None:
            alike = (each for each in self.requests if each.msg_type == msg_type)
            return next((each for each in alike if session in (None, each.header["session"])), None)

        request = await until(found)
        self.requests.remove(request)
        return request

    async def subscribed(self, times: int = 1) -> None:
        """Wait until this many subscribers have come to iopub in all."""
        await until(lambda: self.subscriptions >= times)

    async def _listen(self, channel: str) -> None:
        socket = self._sockets[channel]
        while True:
            # Checked repeatedly, because sending without zmq.asyncio can use up a wake-up.
            if not await socket.poll(LOOK_MS):
                continue
            identity, *rest = await socket.recv_multipart()
            if rest[0] != DELIMITER or rest[1] != self.session.sign(rest[2:6]):
                self.forged += 1
                continue
            self._heard(Request(channel=channel, identity=identity, parts=rest[2:]))

    async def _subscribed(self) -> None:
        while True:
            (frame,) = await self._sockets["iopub"].recv_multipart()
            self.subscriptions += 1 if frame[:1] == b"\1" else 0

    def _heard(self, request: Request) -> None:
        answer = ANSWERS.get(request.msg_type)
        if answer is None or not self.answers:
            self.requests.append(request)
            return
        self.answer(request, answer)
        if request.msg_type == "shutdown_request" and self.on_shutdown is not None:
            self.on_shutdown()

    # -- saying ----------------------------------------------------------------------------------

    def answer(self, request: Request, content: dict[str, Any]) -> None:
        """Say busy, reply, and say idle, as every kernel does for every request."""
        self.status("busy", request)
        self.reply(request, content)
        self.status("idle", request)

    def status(self, state: str, parent: Request | None = None) -> None:
        """Say a state on iopub."""
        self.publish("status", {"execution_state": state}, parent)

    def publish(
        self,
        msg_type: str,
        content: dict[str, Any],
        parent: Request | None = None,
        buffers: Sequence[bytes] = (),
    ) -> list[bytes]:
        """Send on iopub. Returns the parts behind the signature."""
        multipart = self._written(msg_type, content, parent, buffers)
        self.send("iopub", [b"kernel.fake." + msg_type.encode(), *multipart])
        return multipart[2:]

    def reply(self, request: Request, content: dict[str, Any]) -> list[bytes]:
        """Reply on the channel a request came on. Returns the parts behind the signature."""
        reply_type = request.msg_type.removesuffix("_request") + "_reply"
        multipart = self._written(reply_type, content, request, ())
        self.send(request.channel, [request.identity, *multipart])
        return multipart[2:]

    def asks_for_input(self, request: Request, prompt: str) -> bool:
        """
        Ask who sent ``request`` for a line, on stdin.

        Returns False if nobody of that identity is connected to stdin (yet).
        """
        content = {"prompt": prompt, "password": False}
        try:
            self.send(
                "stdin", [request.identity, *self._written("input_request", content, request, ())]
            )
        except zmq.ZMQError as error:
            if error.errno == zmq.EHOSTUNREACH:
                return False
            raise
        return True

    def send(self, channel: str, multipart: Sequence[bytes]) -> None:
        """Send any bytes on a channel."""
        # Past zmq.asyncio: its send may wait for a turn of the loop, and the order would be lost.
        zmq.Socket.shadow(self._sockets[channel]).send_multipart(multipart, zmq.NOBLOCK)

    def _written(
        self,
        msg_type: str,
        content: dict[str, Any],
        parent: Request | None,
        buffers: Sequence[bytes],
    ) -> list[bytes]:
        header = self.session.msg_header(msg_type)
        parts = [
            self.session.pack(header),
            parent.parts[0] if parent is not None else b"{}",
            b"{}",
            self.session.pack(content),
        ]
        return [DELIMITER, self.session.sign(parts), *parts, *buffers]
