"""A page without a WebSocket, which takes at once what its driver has for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jupyter_comm_broker.core.outboxes.outbox import Outbox
from jupyter_comm_broker.core.pages.shared_outbox import SharedBatch
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.protocol.synthesis import Author
from jupyter_comm_broker.transport.driver import KernelDriver
from tests.until import until


class Page:
    """What a driver sees of a frontend connection."""

    def __init__(self, session: str) -> None:
        self.session = session
        self.heard: list[Message] = []
        self.closed: list[str] = []
        """The reasons for which it was closed."""
        self._author = Author(session)

    # -- jupyter_comm_broker.transport.driver.FrontendPort -----------------------------------------

    def flush(self, outbox: Outbox) -> None:
        while outbox:
            self.heard += outbox.take(1 << 40)

    ready = True
    page_closed = False

    def offer(self, batch: SharedBatch, wire: dict[str, bytes], outbox: Outbox) -> bool:
        self.heard += [message for message, _, _ in batch.items]
        return True

    def close(self, reason: str) -> None:
        self.closed.append(reason)

    # -- what a test does with it ------------------------------------------------------------------

    def sends(
        self,
        driver: KernelDriver,
        msg_type: str,
        content: Any,
        channel: str = "shell",
        buffers: Sequence[bytes] = (),
    ) -> Message:
        """Send a message, as a socket of this page would."""
        message = self._author.write(channel, msg_type, content, now=0.0, buffers=buffers)
        driver.frontend_sent(self.session, message)
        return message

    def contents(self, msg_type: str) -> list[dict[str, Any]]:
        """Return the contents of all messages of a type heard so far."""
        return [each.content for each in self.heard if each.header.msg_type == msg_type]

    async def hears(self, msg_type: str, **content: Any) -> Message:
        """Wait for a message of this type that has at least this in its content."""

        def found() -> Message | None:
            for message in self.heard:
                if (
                    message.header.msg_type == msg_type
                    and content.items() <= message.content.items()
                ):
                    return message
            return None

        return await until(found)
