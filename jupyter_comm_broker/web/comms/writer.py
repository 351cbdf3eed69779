"""What the handlers that send share: checks, a message to the kernel, and the wait for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

from msgspec import Meta

from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.errors import KernelUnavailableError, TooLargeError, UnansweredError
from jupyter_comm_broker.inspection.message_views import queued_behind
from jupyter_comm_broker.web.bodies import check_paths, written
from jupyter_comm_broker.web.handler import CommBrokerHandler
from jupyter_comm_broker.web.port import ReplyCollectorPort

WEBSOCKET_LIMIT = 10 * 1024 * 1024
"""Bytes of the largest WebSocket message that tornado takes by default."""

LIMIT_SETTING = 'ServerApp.tornado_settings["websocket_max_message_size"]'

Timeout = Annotated[
    float, Meta(gt=0, le=600, description="Seconds to wait for the kernel. After that, a 504.")
]
TIMEOUT = 10.0
"""Seconds to wait by default. A person can wait so long, and most cells run shorter."""

SEND_FAILURES = (404, 410, 413, 415, 503)


class WritingHandler(CommBrokerHandler):
    """A handler that sends something to a kernel."""

    _asked: ReplyCollectorPort | None = None

    def live_kernel(self, kernel_id: str) -> KernelBroker:
        """
        Return the broker of a kernel that takes messages.

        Raises:
            KernelNotFoundError: there is no such kernel.
            KernelUnavailableError: the kernel is dead or restarting.
        """
        broker = self.kernel(kernel_id)
        state = broker.known.execution_state
        if state in ("dead", "restarting"):
            raise KernelUnavailableError(kernel_id, state)
        return broker

    def message_limit(self) -> int:
        """Return the most bytes of a message, over a WebSocket and over REST."""
        limit: int = self.settings.get("websocket_max_message_size", WEBSOCKET_LIMIT)
        return limit

    def check_body(self) -> None:
        """
        Refuse a body that must hold too large a message, before it is read.

        Raises:
            TooLargeError: the body is too large even if base64 and escapes make up most of it.
        """
        size, limit = len(self.request.body), self.message_limit()
        if size > 6 * limit:
            raise TooLargeError("the body", size, limit, LIMIT_SETTING)

    def content(
        self, content: dict[str, Any], is_widgets: bool, metadata: Any, buffers: Sequence[bytes]
    ) -> bytes:
        """
        Check a message before it is sent, and return the JSON of its content.

        Args:
            content: the content.
            is_widgets: whether the comm is a widget's.
            metadata: the message's metadata.
            buffers: the message's buffers.

        Raises:
            InvalidFieldError: the content and the buffers do not fit together, or the content or
                the metadata are nested too deeply.
            TooLargeError: the message is larger than one over a WebSocket may be.
        """
        data = content["data"]
        if is_widgets and data.get("method") != "custom":
            check_paths(data, len(buffers))
        text = written(content)
        size = len(text) + len(written(metadata, "metadata")) + sum(map(len, buffers))
        if size > (limit := self.message_limit()):
            raise TooLargeError("the message", size, limit, LIMIT_SETTING)
        return text

    def close_comm(self, kernel_id: str, comm_id: str) -> str:
        """Close a comm. Returns the id of the ``comm_close`` to the kernel."""
        content = {"comm_id": comm_id, "data": {}}
        return self.port.program(kernel_id).send("comm_close", content, {}, ())

    @contextmanager
    def asking(
        self, kernel_id: str, msg_type: str, content: bytes, metadata: Any, buffers: Sequence[bytes]
    ) -> Iterator[ReplyCollectorPort]:
        """
        Send a message, and collect its answers until the ``with`` block ends.

        Args:
            kernel_id: the kernel.
            msg_type: the message's type.
            content: its content, as JSON text.
            metadata: its metadata.
            buffers: its buffers.

        Raises:
            CommBrokerError: the message cannot be sent: see :meth:`ProgramPort.send`.
        """
        program = self.port.program(kernel_id)
        with program.asking(msg_type, content, metadata, buffers) as asked:
            self._asked = asked
            try:
                yield asked
            finally:
                self._asked = None

    async def until_done(
        self, broker: KernelBroker, asked: ReplyCollectorPort, seconds: float
    ) -> None:
        """
        Wait until the kernel is done with a message.

        Args:
            broker: the kernel's broker.
            asked: the message whose answers are collected.
            seconds: how long to wait at most.

        Raises:
            UnansweredError: the kernel was not done in time.
            KernelUnavailableError: the kernel's process ended.
        """
        if not await asked.until_done(seconds):
            running = queued_behind(broker, self.port.now())
            raise UnansweredError(asked.msg_id, seconds, running)

    def on_connection_close(self) -> None:
        """End the wait, because the client is gone."""
        if self._asked is not None:
            self._asked.leave()
        super().on_connection_close()
