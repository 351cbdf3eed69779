"""
Keeps one kernel's link whole: when the kernel moves, a socket breaks, or none can be opened.

A link to a gateway opens later than it is told to, and is released while nobody uses it.

While the link is not whole, pages' messages wait in the core. When a process ends, its last
messages are read before the core is told of the end. So the core does not take them for messages
of the next process.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.errors import LinkNotOpenedError
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.transport.kernel.kernel_link import KernelLink
from jupyter_comm_broker.transport.kernel.link_use import LinkUse

PAUSE, LONGEST_PAUSE = 0.5, 5.0
"""
Seconds before the next attempt to connect. The pause doubles each time.

File descriptors may be free again soon, but each attempt costs four sockets. The longest pause is
that between two looks at the list of kernels.
"""

LONGEST_PAUSE_AWAY = 30.0
"""The same for a gateway, which many servers may be waiting for."""

LAST_WORDS_SECONDS = 0.5
"""
How long the last messages of a process are read.

The next process takes longer until its first message.
"""

LAST_WORDS = 20_000
"""
The most messages that are read as the last ones of a process.

That is more than can wait unread here and in the kernel together, with the limits of both.
"""

LAST_WORDS_BYTES = 256 * 1024 * 1024
"""The most bytes of these messages. More would cut off every page that reads more slowly."""


class LinkKeeper:
    """
    Opens a driver's link again when it is not whole.

    Args:
        link: the driver's link.
        broker: the kernel's broker.
        tell: hands the core an event.
        carry_out: carries out what the core decided.
        log: takes a level and a line.
        use: says whether anybody uses the link.
    """

    def __init__(
        self,
        link: KernelLink,
        broker: KernelBroker,
        tell: Callable[..., None],
        carry_out: Callable[[], None],
        log: Callable[[str, str], None],
        use: LinkUse,
    ) -> None:
        self._link = link
        self._broker = broker
        self._tell = tell
        self._carry_out = carry_out
        self._log = log
        self._use = use
        self._loop = asyncio.get_running_loop()
        self._ends: list[tuple[Callable[..., None], tuple[object, ...]]] = []
        self._turn: asyncio.Handle | None = None
        """The next turn of reading the last messages of a process."""
        self._begun, self._before = 0.0, (0, 0)
        self._failures, self._not_before, self._said = 0, 0.0, ""
        self._fresh = False
        """Whether the kernel was restarted since the link was last open."""
        self._closed = self._released = False
        self.gone: Callable[[], None] = lambda: None
        """Called when the other end of the link says that it has no such kernel."""

    def opened(self, *, running: bool) -> None:
        """Note that the link was opened for the first time, or is opening."""
        self._fresh = not running and not self._link.is_open

    def next_due(self) -> float | None:
        """Return the time of the next :meth:`wake`; ``None`` for never."""
        if self._turn is not None or self._link.is_opening:
            return None
        if self._released:
            return self._not_before if self._use.is_used else None
        if self._link.is_open:
            return self._use.release_at(self._loop.time())
        return self._not_before

    def wake(self) -> None:
        """Connect again if the link is not whole, or release it if nobody uses it."""
        now = self._loop.time()
        if self._closed or self._turn is not None or self._link.is_opening:
            return
        # A page may have been let in just before the link was released.
        self._released = self._released and not self._use.is_used
        if self._released:
            return
        if not self._link.is_open:
            if now >= self._not_before:
                self._mend()
                self._carry_out()
        elif (release_at := self._use.release_at(now)) is not None and now >= release_at:
            self._release()

    def look(self) -> None:
        """Connect again if the kernel's address changed or the link broke."""
        self.wake()
        if self._link.is_open and self._turn is None and not self._closed and self._link.moved():
            self.process_ended(self._broker.kernel_restarted)

    def want(self) -> None:
        """Look after the link, also if it was released, because somebody uses it now."""
        self._released = False
        self.look()

    def link_changed(self) -> None:
        """Follow a link that opened later, or that is not open any more."""
        if self._closed:
            return
        if self._link.is_open:
            self._succeeded()
            self._tell(self._broker.link_mended, self._loop.time(), not self._fresh)
            self._fresh = False
        elif self._link.is_gone:
            self._log("info", f"the kernel is gone: {self._link.why}")
            self._tell(self._broker.kernel_restarting, self._loop.time(), "dead")
            self._carry_out()
            self.gone()
            return
        else:
            self._broke()
        self._carry_out()

    def _broke(self) -> None:
        """Follow a link that is not open any more, or that could not be opened."""
        now = self._loop.time()
        self._tell(self._broker.link_broken, now, self._link.take_unsent())
        self._tell(self._broker.link_unreachable, self._link.why, now)
        self._failed(self._link.why)

    def _release(self) -> None:
        self._released = True
        self._link.close()
        self._broker.count("links_released")
        self._tell(self._broker.link_broken, self._loop.time(), self._link.take_unsent())
        self._tell(self._broker.link_released)
        self._carry_out()

    def send(self, messages: Sequence[Message]) -> None:
        """Send messages to the kernel. Those that cannot be sent now wait in the core."""
        # While a channel is missing, the reply to a request could be lost.
        whole = self._link.is_open
        unsent = [each for each in messages if not (whole and self._link.send(each))]
        if unsent and self._closed:
            # As on a stock server, pages learn of the end from the server's list of kernels.
            self._broker.count("sent_to_gone_kernel", len(unsent))
        elif unsent:
            self._tell(self._broker.link_broken, self._loop.time(), unsent)

    def close(self) -> None:
        """Do nothing more. May be called twice."""
        self._closed = True
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None

    # -- ends of processes -----------------------------------------------------------------------

    def process_ended(self, event: Callable[..., None], *facts: object) -> None:
        """Tell the core of the end of a process, after the process's last messages are read."""
        if self._closed:
            return
        self._ends.append((event, facts))
        if self._turn is None:
            self._begun, self._before = self._loop.time(), self._link.received()
            self._hear_out()

    def _hear_out(self) -> None:
        self._turn = None
        try:
            heard_all = self._link.drain()
        except Exception as fault:  # noqa: BLE001 - the core is told of the end in any case
            self._log("error", f"handling a process's last messages failed: {fault!r}")
            heard_all = True
        if not heard_all and not self._heard_enough():
            self._tell(self._broker.link_waits, self._loop.time())
            self._turn = self._loop.call_soon(self._hear_out)
            return
        if not heard_all:
            # Closed, so that the rest is not taken for messages of the next process.
            self._link.close()
            self._broker.count("last_words_cut")
            self._log(
                "warning",
                "the kernel's process ended in a flood of messages; the last of them are not read",
            )
        ends, self._ends = self._ends, []
        # First the sockets: the core's questions to the next process go over them.
        whole = (self._link.is_open and not self._link.moved()) or self._connect()
        for event, facts in ends:
            self._tell(event, self._loop.time(), *facts)
        if not whole:
            self._fresh = True
            self._tell(self._broker.link_broken, self._loop.time())
        self._carry_out()

    def _heard_enough(self) -> bool:
        messages, size = self._link.received()
        return (
            self._loop.time() - self._begun >= LAST_WORDS_SECONDS
            or messages - self._before[0] >= LAST_WORDS
            or size - self._before[1] >= LAST_WORDS_BYTES
        )

    # -- opening again ---------------------------------------------------------------------------

    def _mend(self) -> None:
        moved = self._link.moved()
        if not self._failures and not self._link.opens_later:
            self._log("warning", "its sockets were closed by somebody else; connecting again")
        if not self._connect():
            return
        if moved and not self._fresh:
            self._tell(self._broker.kernel_restarted, self._loop.time())
        else:
            self._tell(self._broker.link_mended, self._loop.time(), not self._fresh)
        self._fresh = False

    def _connect(self) -> bool:
        """Open the link again. Returns whether it is open. If not, it is tried again later."""
        if self._link.is_opening:
            return False
        self._tell(self._broker.link_broken, self._loop.time(), self._link.take_unsent())
        try:
            self._link.open()
        except LinkNotOpenedError as error:
            self._failed(error.why)
            return False
        if not self._link.is_open:
            return False
        self._succeeded()
        return True

    def _failed(self, why: str) -> None:
        self._failures += 1
        longest = LONGEST_PAUSE_AWAY if self._link.opens_later else LONGEST_PAUSE
        # The exponent is bounded. Otherwise the product overflows after many failures.
        pause = min(PAUSE * 2 ** min(self._failures - 1, 10), longest)
        if self._link.opens_later:
            # All links of many servers break at once when a gateway is restarted.
            pause *= random.uniform(0.5, 1.0)  # noqa: S311 - nothing secret
        self._not_before = self._loop.time() + pause
        self._broker.count("link_failures")
        if self._said != why:
            self._said = why
            self._log(
                "error",
                f"it cannot be connected to: {why}. Pages' messages wait. The broker tries again.",
            )

    def _succeeded(self) -> None:
        if self._failures:
            self._log("info", f"connected after {self._failures} failed attempts")
        self._failures, self._said = 0, ""
