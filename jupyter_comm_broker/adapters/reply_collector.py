"""Collects the answers to one message of a program, until the kernel is done with it."""

from __future__ import annotations

import asyncio

from jupyter_comm_broker.errors import KernelUnavailableError, MalformedMessageError
from jupyter_comm_broker.protocol.message import Message

MOST_BYTES = 16 * 1024 * 1024
"""The most bytes of answers that are collected. A callback may print without end."""

STATUSLESS_SECONDS = 1.0
"""
Seconds after its first answer until a kernel that sent no status counts as done.

ipykernel 7.4 sends no status for comm messages that come while a cell awaits something.
"""


class ReplyCollector:
    """The answers to one message that somebody waits for."""

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
        """The answers in order, without statuses."""
        self.truncated = False
        """Whether there were more answers than are collected."""

    async def until_done(self, seconds: float) -> bool:
        """Wait until the kernel is done with the message: see :class:`ReplyCollectorPort`."""
        if not self._over:
            # Not asyncio.wait_for: its task costs turns of the event loop in every round trip.
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
        """Collect an answer."""
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
        """End the wait, because the kernel's process has ended."""
        if not self._over:
            self._ended = how
            self.leave()

    def leave(self) -> None:
        """End the wait, answered or not. May be called twice."""
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
        # The core passes on what it cannot read. The other answers must not be lost.
        return False


def _release(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
