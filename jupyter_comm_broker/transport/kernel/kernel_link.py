"""
The broker's one connection to a kernel, shared by all its pages.

:class:`KernelLink` is what a driver needs; :class:`ZmqKernelLink` is the one over ZeroMQ. A
second kind, over a gateway's WebSocket, only has to do the same.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, Protocol

from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import CHANNELS, Message, Part
from jupyter_comm_broker.protocol.multipart import Signer, cut
from jupyter_comm_broker.transport.kernel.zmq_channel import (
    ZmqChannel,
    bare_socket,
    with_send_limit,
    without_receive_limit,
)

Receive = Callable[[list[Message]], None]
"""Takes the messages of one batch, in the order in which they came."""

Unreadable = Callable[[str, MalformedMessageError], None]
"""Hears of what is no message: on which channel it came, and what is wrong with it."""


class KernelLink(Protocol):
    """A connection to one kernel."""

    transport: str
    """What it runs over, as the self-check says it."""

    def open(self) -> None:
        """Connect. Messages are handed on from now on."""

    def send(self, message: Message) -> None:
        """Send a message on its channel."""

    def drain(self) -> None:
        """Hand on what has arrived on iopub so far, now."""

    def unsent_bytes(self) -> dict[str, int]:
        """Return how much the kernel's end has not taken yet, by channel."""

    def moved(self) -> bool:
        """Whether the kernel listens somewhere else than where the link is connected."""

    def close(self) -> None:
        """Disconnect; safe twice."""


class ZmqKernelLink:
    """The four ZeroMQ sockets of one kernel."""

    transport = "zmq"

    def __init__(self, kernel_manager: Any, receive: Receive, unreadable: Unreadable) -> None:
        self._kernel_manager = kernel_manager
        self._receive = receive
        self._unreadable = unreadable
        self._channels: dict[str, ZmqChannel] = {}
        self._signer = Signer(b"")
        self._ports: list[int] = []

    def open(self) -> None:
        """
        Connect all four channels.

        shell and stdin share one identity, because a kernel asks for input from whom it got
        the request; it is new each time, because a kernel other than ipykernel ignores a
        second connection under an identity it knows.
        """
        manager = self._kernel_manager
        identity = uuid.uuid4().hex.encode()
        session = manager.session
        self._signer = Signer(session.key, session.signature_scheme)
        self._ports = list(manager.ports)
        for name in CHANNELS:
            limited = without_receive_limit if name == "iopub" else with_send_limit
            with limited(manager.context):
                connected = getattr(manager, f"connect_{name}")(identity=identity)
            self._channels[name] = ZmqChannel(name, bare_socket(connected), self._received)

    def send(self, message: Message) -> None:
        """Sign a message and send it on its channel."""
        channel = self._channels.get(message.channel)
        if channel is not None:
            channel.send(self._signer.assemble(message.parts))

    def drain(self) -> None:
        """Hand on what has arrived on iopub so far, now."""
        channel = self._channels.get("iopub")
        if channel is not None:
            channel.drain()

    def unsent_bytes(self) -> dict[str, int]:
        """Return how much the kernel's end has not taken yet, by channel."""
        return {name: channel.unsent_bytes for name, channel in self._channels.items()}

    def moved(self) -> bool:
        """Whether the kernel has other ports than those we are connected to."""
        return list(self._kernel_manager.ports) != self._ports

    def close(self) -> None:
        """Close the sockets; safe twice."""
        for channel in self._channels.values():
            channel.close()
        self._channels.clear()

    def _received(self, name: str, batch: list[list[Part]]) -> None:
        messages = []
        for multipart in batch:
            try:
                messages.append(Message(name, cut(multipart)))
            except MalformedMessageError as error:  # noqa: PERF203 - one must not cost the rest
                self._unreadable(name, error)
        self._receive(messages)
