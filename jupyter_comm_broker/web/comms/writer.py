"""What the handlers that change something share: one message to the kernel, and the wait for it."""

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
from jupyter_comm_broker.web.port import AskedPort

WEBSOCKET_LIMIT = 10 * 1024 * 1024
"""What tornado takes in a WebSocket message where no setting says more."""

LIMIT_SETTING = 'ServerApp.tornado_settings["websocket_max_message_size"]'

Timeout = Annotated[
    float, Meta(gt=0, le=600, description="Seconds to wait for the kernel; then 504.")
]
TIMEOUT = 10.0

SEND_FAILURES = (404, 410, 413, 415, 503)


class WritingHandler(CommBrokerHandler):
    """A handler that sends something to a kernel."""

    _asked: AskedPort | None = None

    def live_kernel(self, kernel_id: str) -> KernelBroker:
        """
        Return the broker of a kernel that takes messages.

        Raises:
            KernelNotFoundError: no such kernel.
            KernelUnavailableError: it is dead or restarting.
        """
        broker = self.kernel(kernel_id)
        state = broker.context.execution.state
        if state in ("dead", "restarting"):
            raise KernelUnavailableError(kernel_id, state)
        return broker

    def message_limit(self) -> int:
        """Return how many bytes a message may have, over a WebSocket and here."""
        limit: int = self.settings.get("websocket_max_message_size", WEBSOCKET_LIMIT)
        return limit

    def check_body(self) -> None:
        """
        Refuse a body that holds too large a message in any case, before it is taken apart.

        Raises:
            TooLargeError: as buffers in base64 and escapes in texts it would be.
        """
        size, limit = len(self.request.body), self.message_limit()
        if size > 6 * limit:
            raise TooLargeError("the body", size, limit, LIMIT_SETTING)

    def content(
        self, content: dict[str, Any], is_widgets: bool, metadata: Any, buffers: Sequence[bytes]
    ) -> bytes:
        """
        Return the JSON of a message's content, checked before anybody hears of it.

        Raises:
            InvalidFieldError: its buffers have no place in it.
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
        """Close a comm, and return the msg_id of what tells the kernel."""
        content = {"comm_id": comm_id, "data": {}}
        return self.port.program(kernel_id).send("comm_close", content, {}, ())

    @contextmanager
    def asking(
        self, kernel_id: str, msg_type: str, content: bytes, metadata: Any, buffers: Sequence[bytes]
    ) -> Iterator[AskedPort]:
        """Send a message and collect what answers it, while the client is there."""
        program = self.port.program(kernel_id)
        with program.asking(msg_type, content, metadata, buffers) as asked:
            self._asked = asked
            try:
                yield asked
            finally:
                self._asked = None

    async def until_done(self, broker: KernelBroker, asked: AskedPort, seconds: float) -> None:
        """Wait for the kernel. Raises UnansweredError, or KernelUnavailableError if it ended."""
        if not await asked.until_done(seconds):
            running = queued_behind(broker, self.port.now())
            raise UnansweredError(asked.msg_id, seconds, running)

    def on_connection_close(self) -> None:
        """Wait no longer for who is gone."""
        if self._asked is not None:
            self._asked.leave()
        super().on_connection_close()
