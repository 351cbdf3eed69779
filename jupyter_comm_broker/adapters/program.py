"""
A program in the server that sends to one kernel and gets the replies.

REST uses one program for each kernel, so its messages are sent in the order in which they came.
Answers are collected only while somebody waits for them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from jupyter_comm_broker.adapters.reply_collector import ReplyCollector
from jupyter_comm_broker.core.outboxes.outbox import Outbox
from jupyter_comm_broker.core.pages.shared_outbox import SharedBatch
from jupyter_comm_broker.core.state.changes import KernelChange, ProcessEnded
from jupyter_comm_broker.errors import KernelUnavailableError, RefusedMessageError, TooLargeError
from jupyter_comm_broker.protocol.message import Message, Part
from jupyter_comm_broker.protocol.synthesis import Author
from jupyter_comm_broker.transport.driver import KernelDriver

EVERYTHING = 1 << 62
"""More bytes than any outbox holds."""

GATEWAY_SETTING = "CommBroker.gateway_message_bytes, less room for the frame,"

BACKLOG_SETTING = "CommBroker.backlog_bytes"


class Program:
    """Sends comm messages to one kernel. For the kernel's driver it is a frontend."""

    def __init__(self, driver: KernelDriver) -> None:
        self.driver = driver
        self._session = f"rest-{uuid.uuid4().hex}"
        self._author = Author(self._session, driver.wall_clock.epoch)
        self._asked: dict[str, ReplyCollector] = {}
        driver.attach_program(self._session, self)

    @property
    def session_id(self) -> str:
        """The session id that its messages carry."""
        return self._session

    # -- sending ---------------------------------------------------------------------------------

    def send(
        self, msg_type: str, content: Any, metadata: Any = None, buffers: Sequence[Part] = ()
    ) -> str:
        """
        Send a message to the kernel's shell.

        Args:
            msg_type: its type.
            content: its content.
            metadata: its metadata.
            buffers: its buffers.

        Returns:
            The message's id.

        Raises:
            RefusedMessageError: messages of this type are not allowed.
            KernelUnavailableError: the kernel is dead, restarting or not connected.
            TooLargeError: too much already waits for the kernel.
        """
        return self.send_all(msg_type, [(content, metadata, buffers)])[0]

    def send_all(
        self, msg_type: str, messages: Sequence[tuple[Any, Any, Sequence[Part]]]
    ) -> list[str]:
        """
        Send several messages in order. If it raises, as :meth:`send` does, none was sent.

        Args:
            msg_type: the type of all of them.
            messages: content, metadata and buffers of each.

        Returns:
            The messages' ids.
        """
        written = [self._written(msg_type, *each) for each in messages]
        self._check(msg_type, sum(each.size for each in written))
        for each in written:
            self.driver.frontend_sent(self._session, each)
        return [each.header.msg_id for each in written]

    @contextmanager
    def asking(
        self, msg_type: str, content: Any, metadata: Any = None, buffers: Sequence[Part] = ()
    ) -> Iterator[ReplyCollector]:
        """
        Send a message, and collect its answers until the ``with`` block ends.

        Args:
            msg_type: its type.
            content: its content.
            metadata: its metadata; ``None`` for none.
            buffers: its buffers.

        Yields:
            The collector of the answers.

        Raises:
            CommBrokerError: the message cannot be sent: see :meth:`send`.
        """
        message = self._written(msg_type, content, metadata, buffers)
        self._check(msg_type, message.size)
        msg_id = message.header.msg_id
        asked = self._asked[msg_id] = ReplyCollector(self.driver.kernel_id, msg_id)
        try:
            self.driver.frontend_sent(self._session, message)
            yield asked
        finally:
            del self._asked[msg_id]
            asked.leave()

    @property
    def waiting(self) -> int:
        """The number of messages whose answers are being collected."""
        return len(self._asked)

    def _written(
        self, msg_type: str, content: Any, metadata: Any, buffers: Sequence[Part]
    ) -> Message:
        return self._author.write(
            "shell", msg_type, content, now=self.driver.now, metadata=metadata, buffers=buffers
        )

    def _check(self, msg_type: str, size: int) -> None:
        # Checked before the core gets the message, because the core notes every message.
        driver, broker = self.driver, self.driver.broker
        if not broker.known.policy.allows(msg_type):
            raise RefusedMessageError(msg_type)
        state = broker.known.execution_state
        if driver.closed or state in ("dead", "restarting"):
            raise KernelUnavailableError(driver.kernel_id, state)
        link = driver.link
        # A link that nobody used is released. It opens while the message waits.
        if not link.is_open and not (link.opens_later and link.is_opening):
            why = f"not connected now{f' ({link.why})' if link.why else ''}"
            raise KernelUnavailableError(driver.kernel_id, why)
        if (most := broker.known.policy.largest_message) and size > most:
            raise TooLargeError("the request", size, most, GATEWAY_SETTING)
        waiting, limit = self._backlog(), broker.known.limits.backlog_bytes
        if waiting + size > limit:
            what = f"the request, with the {waiting} bytes that already wait for the kernel,"
            raise TooLargeError(what, waiting + size, limit, BACKLOG_SETTING)

    def _backlog(self) -> int:
        known = self.driver.broker.known
        unsent = known.backlog() if known.is_held else self.driver.link.unsent_bytes()
        return unsent.get("shell", 0)

    # -- what the driver needs of a frontend -------------------------------------------------------

    def flush(self, outbox: Outbox) -> None:
        """Take the messages that wait. Keep those that somebody collects."""
        while outbox:
            for message in outbox.take(EVERYTHING):
                if (asked := self._asked.get(message.parent.msg_id)) is not None:
                    asked.hears(message)

    @property
    def ready(self) -> bool:
        """Always true: a program takes any message at any time."""
        return True

    def offer(self, batch: SharedBatch, wire: dict[str, bytes], outbox: Outbox) -> bool:
        """
        Take nothing, because a batch for all pages is not for programs.

        Args:
            batch: the messages.
            wire: their frames by subprotocol.
            outbox: the program's outbox.

        Returns:
            ``False``.
        """
        return False

    @property
    def page_closed(self) -> bool:
        """Always false: a program is no page."""
        return False

    def close(self, reason: str) -> None:
        """End every wait, and send nothing more. May be called twice."""
        self.ended(reason)
        self.driver.detach_program(self._session)

    def ended(self, how: str) -> None:
        """End every wait, because the kernel's process has ended."""
        for asked in list(self._asked.values()):
            asked.ended(how)


class Programs:
    """The programs of all kernels. Each is made on first use, and closed with its driver."""

    def __init__(self) -> None:
        self._programs: dict[str, Program] = {}

    def on(self, driver: KernelDriver) -> Program:
        """Return the program on a kernel."""
        program = self._programs.get(driver.kernel_id)
        if program is None or program.driver is not driver:
            if program is not None:
                program.close("gone")
            program = self._programs[driver.kernel_id] = Program(driver)
        return program

    def watch(self, driver: KernelDriver, changes: Sequence[KernelChange]) -> None:
        """Follow when the processes of kernels end."""
        program = self._programs.get(driver.kernel_id)
        if program is None or program.driver is not driver:
            return
        if driver.closed:
            del self._programs[driver.kernel_id]
            program.close("gone")
        elif any(isinstance(each, ProcessEnded) for each in changes):
            program.ended(driver.broker.known.execution_state)

    def close(self) -> None:
        """Close all programs. May be called twice."""
        while self._programs:
            self._programs.popitem()[1].close("gone")
