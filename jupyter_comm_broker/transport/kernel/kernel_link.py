"""
The broker's one connection to a kernel, shared by all its pages, as a driver needs it.

:class:`~.zmq_link.ZmqKernelLink` implements it over ZeroMQ, and
:class:`~..gateway.gateway_link.GatewayKernelLink` over the WebSocket of a gateway.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import Message, Part

Ended = Literal["restarting", "dead"]
"""What becomes of a kernel whose process ended by itself."""


class LinkListener(Protocol):
    """What a link tells its driver."""

    def received(self, messages: list[Message]) -> None:
        """Take the messages of one batch, in the order in which they came."""

    def unreadable(self, channel: str, error: MalformedMessageError) -> None:
        """Take note of something that is no message, and of the channel that it came on."""

    def flooded(self) -> None:
        """Note that 1,000 messages of iopub came faster than they were read."""

    def changed(self) -> None:
        """Note that a link that opens later is open now, or is not any more."""

    def process_ended(self, state: Ended) -> None:
        """Note that the other end of the link says that the kernel's process ended."""

    def limited(self, parent: Part) -> None:
        """Note that the other end drops output of the request with this header, as JSON."""


class KernelLink(Protocol):
    """A connection to one kernel."""

    transport: str
    """What the link runs over, as the self-check shows it."""

    opens_later: bool
    """Whether :meth:`open` returns before the link is open. The listener is told then."""

    @property
    def is_opening(self) -> bool:
        """Whether an attempt to open it is under way."""

    @property
    def why(self) -> str:
        """Why it is not open, for people; empty for a link that raises the reason."""

    @property
    def is_gone(self) -> bool:
        """Whether the other end says for certain that it has no such kernel."""

    def open(self) -> None:
        """
        Connect, and hand on messages from now on. An older connection is closed first.

        Raises:
            LinkNotOpenedError: it cannot connect; the error says why and what to do. Nothing is
                left open.
        """

    @property
    def is_open(self) -> bool:
        """Whether all channels are connected, and nobody else has closed one."""

    def send(self, message: Message) -> bool:
        """Send a message on its channel. Returns ``False`` if that is not connected."""

    def take_unsent(self) -> list[Message]:
        """Return the messages that the kernel has not taken, and forget them."""

    def drain(self) -> bool:
        """Hand on what arrived on iopub, for one turn of the loop. Returns whether that was all."""

    def received(self) -> tuple[int, int]:
        """Return how many messages and bytes came over iopub since the link was opened."""

    def unsent_bytes(self) -> dict[str, int]:
        """Return the bytes that the kernel has not taken yet, by channel."""

    def moved(self) -> bool:
        """Whether the kernel's address has changed since the link was opened."""

    def close(self) -> None:
        """Disconnect. May be called twice."""


MakeLink = Callable[[LinkListener], KernelLink]
"""Makes the link to one kernel."""
