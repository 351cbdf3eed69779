"""What a driver does with that which its link tells: it hands it to the core, batch by batch."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.message import Message, Part
from jupyter_comm_broker.transport.kernel.activity import KernelActivity
from jupyter_comm_broker.transport.kernel.kernel_link import Ended


class DriverListener:
    """
    Listens to a kernel's link for the kernel's driver.

    Args:
        broker: the kernel's broker.
        activity: keeps the server's view of the kernel.
        tell: hands the core an event.
        carry_out: carries out what the core decided after a batch of messages.
        changed: called when a link that opens later is open, or is not any more.
        process_ended: called with what becomes of the kernel when its process ended.
    """

    def __init__(
        self,
        broker: KernelBroker,
        activity: KernelActivity,
        tell: Callable[..., None],
        carry_out: Callable[[], None],
        changed: Callable[[], None],
        process_ended: Callable[[Ended], None],
    ) -> None:
        self._broker = broker
        self._activity = activity
        self._tell = tell
        self._carry_out = carry_out
        self._now = asyncio.get_running_loop().time
        self.changed = changed
        self.process_ended = process_ended

    def received(self, messages: list[Message]) -> None:
        """Follow a batch of messages."""
        now = self._now()
        # Before the core reads them: afterwards it no longer knows which questions were open.
        others = self._activity.without_answers(messages)
        for message in messages:
            self._tell(self._broker.kernel_sent, message, now)
        if not self._broker.known.is_held:
            self._activity.take_over()
        self._activity.followed(others)  # also an unproven process, which nobody else watches
        self._carry_out()

    def unreadable(self, channel: str, error: MalformedMessageError) -> None:
        """Note what is no message. The effects are carried out with the batch that it came in."""
        self._tell(self._broker.kernel_sent_unreadable, channel, error, self._now())

    def flooded(self) -> None:
        """Note that messages came faster than they were read."""
        self._tell(self._broker.kernel_flooded, self._now())

    def limited(self, parent: Part) -> None:
        """Note that a gateway drops output."""
        self._tell(self._broker.gateway_limited, parent, self._now())
