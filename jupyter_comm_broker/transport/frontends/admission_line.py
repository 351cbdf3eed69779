"""
Keeps a page's messages in order while an authorizer is asked about one of them.

The messages behind that one wait here. Stock jupyter_server sends what a page sent before it
closed. So the line also goes on after its page has closed, for a limited time.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from jupyter_comm_broker.core.gate.rights import Right
from jupyter_comm_broker.errors import MalformedMessageError
from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.transport.driver import KernelDriver
from jupyter_comm_broker.transport.frontends.admission import PATIENCE, Admission

MOST_BYTES = 1024 * 1024
"""
Bytes in the line from which no more is read from the page.

That is more than a slider sends in a second of dragging.
"""

LAST_SECONDS = 2 * PATIENCE
"""How long the line of a closed page goes on: long enough for two answers of the authorizer."""

_ASKING: dict[tuple[str, str], asyncio.Task[None]] = {}
"""
The tasks of the lines that wait for an authorizer, by kernel and session id.

Each ends by itself. A page that comes back must not overtake its own earlier messages.
"""


class AdmissionLine:
    """
    The line of one socket.

    Args:
        driver: the driver of the page's kernel.
        session_id: the page's session id.
        admission: asks what the page's user may do.
        malformed: called with the driver and the error of a malformed message.
        log: the log for messages that were not sent.
    """

    def __init__(
        self,
        driver: KernelDriver,
        session_id: str,
        admission: Admission,
        malformed: Callable[[KernelDriver, Exception], None],
        log: logging.Logger | Any,
    ) -> None:
        self._driver = driver
        self._key = (driver.kernel_id, session_id)
        self._session_id = session_id
        self._admission = admission
        self._malformed = malformed
        self._log = log
        self._waiting: deque[Message] = deque()
        self._bytes = 0
        self._asking: asyncio.Task[None] | None = None

    def take(self, message: Message) -> None:
        """Send a message to the kernel, deny it, or let it wait for its turn."""
        if self._asking is not None:
            self._wait(message)
        elif (before := _ASKING.get(self._key)) is not None:
            self._wait(message)
            self._start(self._go_on_after(before))
        elif (question := self._settle(message)) is not None:
            self._start(self._go_on_with(message, *question))

    def _wait(self, message: Message) -> None:
        self._waiting.append(message)
        self._bytes += message.size

    def _start(self, settling: Coroutine[Any, Any, None]) -> None:
        self._asking = _ASKING[self._key] = asyncio.create_task(settling)
        self._asking.add_done_callback(self._ended)

    def _ended(self, asking: asyncio.Task[None]) -> None:
        self._asking = None
        if _ASKING.get(self._key) is asking:
            del _ASKING[self._key]
        if asking.cancelled():
            self._give_up()
        elif self._waiting:
            # They came after the task had looked, and before this was called.
            self._start(self._go_on())

    def is_full(self) -> Awaitable[object] | None:
        """Return what the page's next message must wait for; ``None`` if the line has room."""
        if self._asking is None or self._bytes < MOST_BYTES:
            return None
        return asyncio.wait({self._asking})

    def leave(self) -> None:
        """The page is gone. Its messages in the line are still handled, for a limited time."""
        if self._asking is not None:
            asking = self._asking
            late = asyncio.get_running_loop().call_later(LAST_SECONDS, asking.cancel)
            asking.add_done_callback(lambda _: late.cancel())

    def _settle(self, message: Message) -> tuple[Right, Awaitable[bool]] | None:
        """Decide about a message. Returns the right and the open question if that takes time."""
        driver = self._driver
        if driver.closed:
            return None
        try:
            right = driver.broker.right_for(self._session_id, message)
            if right is None:
                driver.frontend_sent(self._session_id, message)
            elif isinstance(allowed := self._admission.allows(right), bool):
                self._decided(message, right, allowed)
            else:
                return right, allowed
        except MalformedMessageError as error:
            self._malformed(driver, error)
        except Exception:  # noqa: BLE001 - an error must not cost the page its next messages
            self._log.exception("comm broker: a page's message could not be handed on")
        return None

    def _decided(self, message: Message, right: Right, allowed: bool) -> None:
        if self._driver.closed:
            return
        if allowed:
            self._driver.frontend_sent(self._session_id, message)
        else:
            who = self._admission.who
            self._driver.frontend_denied(self._session_id, message, right, who)

    async def _go_on_with(self, message: Message, right: Right, asked: Awaitable[bool]) -> None:
        await self._settle_late(message, right, asked)
        await self._go_on()

    async def _go_on_after(self, before: asyncio.Task[None]) -> None:
        await asyncio.wait({before})
        await self._go_on()

    async def _go_on(self) -> None:
        """Decide about all messages that came meanwhile."""
        while self._waiting:
            message = self._waiting.popleft()
            self._bytes -= message.size
            if (question := self._settle(message)) is not None:
                await self._settle_late(message, *question)

    async def _settle_late(self, message: Message, right: Right, asked: Awaitable[bool]) -> None:
        allowed = await asked
        try:
            self._decided(message, right, allowed)
        except MalformedMessageError as error:
            self._malformed(self._driver, error)
        except Exception:  # noqa: BLE001 - as above
            self._log.exception("comm broker: a page's message could not be handed on")

    def _give_up(self) -> None:
        lost = 1 + len(self._waiting)
        self._waiting.clear()
        self._bytes = 0
        self._driver.broker.count("unanswered_at_leaving", lost)
        self._log.warning(
            "comm broker: the authorizer did not answer in %g s for session %s, which is gone; "
            "%d of its messages were not sent to kernel %s",
            LAST_SECONDS,
            alias(self._session_id),
            lost,
            self._driver.kernel_id,
        )
