"""
A program inside the server that sends to one kernel and hears what answers it.

REST speaks through one program for each kernel, so that its messages go out in the order in
which they came. Answers are collected only while somebody waits for them.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from jupyter_comm_broker.adapters.reply_collector import Asked
from jupyter_comm_broker.core.pages.outbox import Outbox
from jupyter_comm_broker.core.pages.shared_outbox import SharedBatch
from jupyter_comm_broker.core.state.changes import Happening, ProcessEnded
from jupyter_comm_broker.errors import KernelUnavailableError, RefusedMessageError, TooLargeError
from jupyter_comm_broker.protocol.message import Message, Part
from jupyter_comm_broker.protocol.synthesis import Author
from jupyter_comm_broker.transport.driver import KernelDriver

EVERYTHING = 1 << 62

ALLOWED_SETTING = "MappingKernelManager.allowed_message_types"
BACKLOG_SETTING = "CommBroker.backlog_bytes"


class Program:
    """Sends comm messages to one kernel; a frontend port of its driver."""

    def __init__(self, driver: KernelDriver) -> None:
        self.driver = driver
        self._session = f"rest-{uuid.uuid4().hex}"
        self._author = Author(self._session, time.time() - driver.now)
        self._asked: dict[str, Asked] = {}
        driver.attach_program(self._session, self)

    @property
    def session_id(self) -> str:
        """Whom the kernel and the broker take it for."""
        return self._session

    # -- sending ---------------------------------------------------------------------------------

    def send(
        self, msg_type: str, content: Any, metadata: Any = None, buffers: Sequence[Part] = ()
    ) -> str:
        """
        Send a message to the kernel's shell. Returns its msg_id.

        Raises:
            RefusedMessageError: messages of this type are not allowed.
            KernelUnavailableError: the kernel is dead or restarting.
            TooLargeError: too much waits for the kernel already.
        """
        return self.send_all(msg_type, [(content, metadata, buffers)])[0]

    def send_all(
        self, msg_type: str, messages: Sequence[tuple[Any, Any, Sequence[Part]]]
    ) -> list[str]:
        """
        Send several messages in their order, or none where it raises as :meth:`send` does.

        Args:
            msg_type: of all of them.
            messages: content, metadata and buffers of each.
        """
        written = [self._written(msg_type, *each) for each in messages]
        self._check(msg_type, sum(each.size for each in written))
        for each in written:
            self.driver.frontend_sent(self._session, each)
        return [each.header.msg_id for each in written]

    @contextmanager
    def asking(
        self, msg_type: str, content: Any, metadata: Any = None, buffers: Sequence[Part] = ()
    ) -> Iterator[Asked]:
        """Send a message as :meth:`send` does, and collect what answers it until the block ends."""
        message = self._written(msg_type, content, metadata, buffers)
        self._check(msg_type, message.size)
        msg_id = message.header.msg_id
        asked = self._asked[msg_id] = Asked(self.driver.kernel_id, msg_id)
        try:
            self.driver.frontend_sent(self._session, message)
            yield asked
        finally:
            del self._asked[msg_id]
            asked.leave()

    @property
    def waiting(self) -> int:
        """For how many messages answers are collected."""
        return len(self._asked)

    def _written(
        self, msg_type: str, content: Any, metadata: Any, buffers: Sequence[Part]
    ) -> Message:
        return self._author.write(
            "shell", msg_type, content, now=self.driver.now, metadata=metadata, buffers=buffers
        )

    def _check(self, msg_type: str, size: int) -> None:
        # All this before the core hears of it, which would take a refused message into account.
        driver, broker = self.driver, self.driver.broker
        allowed = broker.context.policy.allowed_message_types
        if allowed and msg_type not in allowed:
            raise RefusedMessageError(msg_type, ALLOWED_SETTING)
        state = broker.context.execution.state
        if driver.closed or state in ("dead", "restarting"):
            raise KernelUnavailableError(driver.kernel_id, state)
        waiting, limit = self._backlog(), broker.context.limits.backlog_bytes
        if waiting + size > limit:
            what = f"what is sent, with the {waiting} that wait for the kernel already,"
            raise TooLargeError(what, waiting + size, limit, BACKLOG_SETTING)

    def _backlog(self) -> int:
        held = self.driver.broker.proof.held
        unsent = self.driver.broker.context.backlog if held else self.driver.link.unsent_bytes()
        return unsent.get("shell", 0)

    # -- what the driver needs of a frontend -------------------------------------------------------

    def flush(self, outbox: Outbox) -> None:
        """Take what came; what nobody waits for is forgotten."""
        while outbox:
            for message in outbox.take(EVERYTHING):
                if (asked := self._asked.get(message.parent.msg_id)) is not None:
                    asked.hears(message)

    @property
    def ready(self) -> bool:
        """It takes anything at any time."""
        return True

    def offer(self, batch: SharedBatch, wire: dict[str, bytes], outbox: Outbox) -> bool:
        """Take nothing: what all pages get is not for programs."""
        return False

    def close(self, reason: str) -> None:
        """End every wait, and send no more; safe twice."""
        self.ended(reason)
        self.driver.detach_program(self._session)

    def ended(self, how: str) -> None:
        """Tell all who wait that the kernel's process is no more."""
        for asked in list(self._asked.values()):
            asked.ended(how)


class Programs:
    """The programs of all kernels: each made on first use, and closed with its driver."""

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

    def watch(self, driver: KernelDriver, happenings: Sequence[Happening]) -> None:
        """Follow the ends of kernels' processes."""
        program = self._programs.get(driver.kernel_id)
        if program is None or program.driver is not driver:
            return
        if driver.closed:
            del self._programs[driver.kernel_id]
            program.close("gone")
        elif any(isinstance(each, ProcessEnded) for each in happenings):
            program.ended(driver.broker.context.execution.state)

    def close(self) -> None:
        """Close all of them; safe twice."""
        while self._programs:
            self._programs.popitem()[1].close("gone")
