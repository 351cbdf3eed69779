"""What answers one message of a program, collected until the kernel is done with it."""

from __future__ import annotations

import asyncio

from jupyter_comm_broker.errors import KernelUnavailableError, MalformedMessageError
from jupyter_comm_broker.protocol.message import Message

MOST_BYTES = 16 * 1024 * 1024
"""What is collected of the answers to one message: a callback may print without end."""

STATUSLESS_SECONDS = 1.0
"""
How long after its first word on a message a kernel that said no status is taken to be done.

ipykernel 7.4 says none about comm messages that come while a cell awaits something.
"""


class Asked:
    """A message whose answers somebody waits for."""

    def __init__(self, kernel_id: str, msg_id: str) -> None:
        self._kernel_id = kernel_id
        self._loop = asyncio.get_running_loop()
        self._waiter: asyncio.Future[None] | None = None
        self._over = False
        self._timer: asyncio.TimerHandle | None = None
        self._has_status = self._done = False
        self._ended = ""
        self._bytes = 0
        self.msg_id = msg_id
        self.heard: list[Message] = []
        """What answered it, in order, but for statuses."""
        self.truncated = False
        """Whether that was more than is collected."""

    async def until_done(self, seconds: float) -> bool:
        """
        Wait until the kernel is done with the message; ``False`` if it was not in time.

        Raises:
            KernelUnavailableError: the kernel's process ended before.
        """
        if not self._over:
            # Not asyncio.wait_for: its task costs turns of the loop in every round trip.
            self._waiter = self._loop.create_future()
            late = self._loop.call_later(seconds, _release, self._waiter)
            try:
                await self._waiter
            finally:
                late.cancel()
        if self._ended:
            raise KernelUnavailableError(self._kernel_id, self._ended)
        return self._done

    def hears(self, message: Message) -> None:
        """Take in one answer."""
        if message.header.msg_type == "status":
            self._has_status = True
            if _says_idle(message):
                self._finish()
            return
        if self._bytes + message.size > MOST_BYTES:
            self.truncated = True
        else:
            self._bytes += message.size
            self.heard.append(message)
        if not self._has_status and self._timer is None:
            self._timer = self._loop.call_later(STATUSLESS_SECONDS, self._quiet)

    def ended(self, how: str) -> None:
        """The kernel's process is no more."""
        if not self._over:
            self._ended = how
            self.leave()

    def leave(self) -> None:
        """Wait no longer, answered or not; safe twice."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._over = True
        if self._waiter is not None:
            _release(self._waiter)

    def _quiet(self) -> None:
        if not self._has_status:
            self._finish()

    def _finish(self) -> None:
        self._done = True
        self.leave()


def _says_idle(message: Message) -> bool:
    try:
        return message.content.get("execution_state") == "idle"
    except MalformedMessageError:
        # The core passes on what it cannot read; other answers must not be lost over it.
        return False


def _release(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
