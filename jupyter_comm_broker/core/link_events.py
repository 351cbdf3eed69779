"""What happens to the link, and to the kernel's process at its far end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jupyter_comm_broker.core.parts import Parts
from jupyter_comm_broker.core.runs.inheritance import InheritedCell
from jupyter_comm_broker.protocol.message import Message, Part


class LinkEvents:
    """
    The half of :class:`~jupyter_comm_broker.core.broker.KernelBroker` about the link.

    Args:
        parts: the parts of the kernel's broker.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def link_opened(self, now: float, *, running: bool, state: str = "unknown") -> None:
        """
        Note that the sockets to the kernel are connected.

        Args:
            now: the time.
            running: whether the kernel was there before the broker, with comms of its own.
            state: its execution state, as far as the server knows.
        """
        self._parts.process.found(now, running=running, state=state)
        if running:
            self._parts.delivery.expected.begin(now)

    def inherit(self, cells: Iterable[InheritedCell], now: float) -> None:
        """Take over cells of an earlier server, before :meth:`link_opened`."""
        self._parts.inheritance.take_over(cells, now)

    def kernel_restarting(self, now: float, state: str = "restarting") -> None:
        """Note that the kernel's process ended. It starts anew, unless ``state`` is ``dead``."""
        self._parts.process.died(now, state)

    def kernel_restarted(self, now: float) -> None:
        """Note that somebody restarted the kernel, so that another process answers from now on."""
        self._parts.process.replaced(now)

    def link_waits(self, now: float) -> None:
        """Hold pages' messages while the last messages of a process are read."""
        self._parts.handshake.waits("connecting")

    def link_broken(self, now: float, undelivered: Sequence[Message] = ()) -> None:
        """
        Note that the kernel is not connected. Pages' messages wait until it is, within their bound.

        Args:
            now: the time.
            undelivered: what was handed out for the kernel and did not reach it.
        """
        self._parts.held_back.link_filled({})
        self._parts.handshake.waits("broken")
        self._parts.lost_replies.broke(now)
        for message in undelivered:
            # Our own questions are asked anew.
            if message.header.session != self._parts.author.session:
                self._parts.held_back.came_back(message)

    def link_released(self) -> None:
        """Note that the link was closed because nobody uses it, and opens when somebody does."""
        self._parts.handshake.waits("released")

    def link_mended(self, now: float, running: bool) -> None:
        """Note that the link works again; ``running`` if the kernel was there when it broke."""
        self._parts.process.reached_again(now, running=running)

    def link_unreachable(self, why: str, now: float) -> None:
        """Note that the kernel cannot be reached for now, so that pages are told."""
        self._parts.unreachable.noted(why, now)

    def gateway_limited(self, parent: Part, now: float) -> None:
        """Note that a gateway drops output of the request with this header, as JSON."""
        self._parts.gateway_limit.reached(parent, now)

    def kernel_flooded(self, now: float) -> None:
        """Note a flood. So much came unread that the kernel's end or ours may have dropped some."""
        self._parts.lost.flooded()

    def link_closed(self, now: float) -> None:
        """Note that the kernel is gone for good."""
        self._parts.process.gone(now)
