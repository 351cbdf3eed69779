"""
One page's WebSocket, in the place of jupyter_server's ``ZMQChannelsWebsocketConnection``.

jupyter_server makes one for each socket and calls ``prepare``, ``connect``,
``handle_incoming_message`` and ``disconnect``. It holds no state but the socket's: what the
page gets waits in its outbox, which outlives the socket.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from typing import ClassVar, cast

from jupyter_core.utils import ensure_async
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.services.kernels.connection.base import BaseKernelWebsocketConnection
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from tornado import web

from jupyter_comm_broker.core.gate.rights import Right
from jupyter_comm_broker.core.pages.outbox import Outbox
from jupyter_comm_broker.core.pages.shared_outbox import SharedBatch
from jupyter_comm_broker.errors import (
    KernelNotFoundError,
    MalformedFrameError,
    MalformedMessageError,
)
from jupyter_comm_broker.protocol import framing
from jupyter_comm_broker.protocol.message import Message
from jupyter_comm_broker.transport.driver import KernelDriver
from jupyter_comm_broker.transport.frontends.admission import Admission
from jupyter_comm_broker.transport.frontends.fair_turns import take_turns
from jupyter_comm_broker.transport.frontends.socket_writer import SocketWriter
from jupyter_comm_broker.transport.kernel_drivers import Exchange
from jupyter_comm_broker.transport.stock_settings import RateLimits

TRY_AGAIN_LATER = 1013
"""The WebSocket close code for a page that could not keep up (IANA registry)."""


class FrontendConnection(RateLimits, BaseKernelWebsocketConnection):
    """Between one WebSocket and the driver of its kernel."""

    exchange: ClassVar[Exchange]
    """Set by :func:`bound_to`: the kernels of the server that this class was made for."""

    _driver: KernelDriver | None = None
    _writer: SocketWriter | None = None
    _admission: Admission | None = None
    _asking: asyncio.Task[None] | None = None
    _counted = False
    _malformed = 0

    @classmethod
    def section_names(cls) -> list[str]:
        """Read the settings that users gave the stock class, then those of this one."""
        return [*super().section_names(), ZMQChannelsWebsocketConnection.__name__]

    @classmethod
    async def close_all(cls) -> None:
        """Close every open connection; jupyter_server calls it when it stops."""
        cls.exchange.close_connections()

    @property
    def subprotocol(self) -> str:
        """The negotiated subprotocol, empty for the default."""
        return self.websocket_handler.selected_subprotocol or framing.DEFAULT

    async def prepare(self) -> None:
        """
        Wait until there is a kernel to connect to, but not until it answers (B1).

        Raises:
            tornado.web.HTTPError: 500, the kernel failed to start; said before the handshake,
                because a page reconnects without pause to a socket that closes after it.
        """
        manager = self.kernel_manager
        ready = getattr(manager, "ready", None)
        if ready is not None:
            try:
                await (ready if isinstance(ready, asyncio.Future) else asyncio.wrap_future(ready))
            except Exception as error:
                manager.execution_state, manager.reason = "dead", str(error)
                raise web.HTTPError(500, str(error)) from error
        give_up = time.monotonic() + self.kernel_info_timeout
        while not await ensure_async(manager.is_alive()):
            if time.monotonic() > give_up:
                raise TimeoutError("Kernel never reached an 'alive' state.")
            await asyncio.sleep(0.1)

    async def connect(self) -> None:
        """Attach the page to its kernel. It can send at once, also while the kernel is busy."""
        # Small messages in a row (busy, comm_msg, idle) wait for each other's ACK without this.
        self.websocket_handler.set_nodelay(True)
        take_turns(self.websocket_handler, self._until_admitted)
        handler = cast("JupyterHandler", self.websocket_handler)
        self._admission = Admission.needed_by(handler, self.log)
        self.multi_kernel_manager.notify_connect(self.kernel_id)
        self._counted = True
        self._writer = SocketWriter(self.websocket_handler, self.subprotocol, self.log)
        try:
            self._driver = self.exchange.driver(self.kernel_id)
        except KernelNotFoundError:
            self.log.warning(
                "no kernel %s to connect session %s to", self.kernel_id, self.session_id
            )
            self.websocket_handler.close()
            return
        self.exchange.connections.add(self)
        self._driver.attach(self.session_id, self)

    def disconnect(self) -> None:  # type: ignore[override]  # the handler calls it without await
        """Detach the page; safe twice and before :meth:`connect`."""
        if self._counted:
            self._counted = False
            self.multi_kernel_manager.notify_disconnect(self.kernel_id)
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
        self.exchange.connections.discard(self)
        if self._driver is not None:
            self._driver.detach(self.session_id, self)
            self._driver = None

    # -- the page's frames -----------------------------------------------------------------------

    def handle_incoming_message(self, incoming_msg: str | bytes) -> None:
        """Take one frame. One that cannot be read is logged; the connection stays usable."""
        driver = self._driver
        if driver is None:
            return
        try:
            message = framing.decode(self.subprotocol, incoming_msg)
            if self._admission is None:
                driver.frontend_sent(self.session_id, message)
            else:
                self._admit(driver, self._admission, message)
        except (MalformedFrameError, MalformedMessageError) as error:
            self._note_malformed(driver, error)

    def _note_malformed(self, driver: KernelDriver, error: Exception) -> None:
        self._malformed += 1
        driver.broker.context.counters["malformed_from_frontends"] += 1
        if self._malformed == 1:
            self.log.warning(
                "comm broker: ignored a malformed message of session %s on kernel %s: %s "
                "(further ones of this connection are only counted)",
                self.session_id,
                self.kernel_id,
                error,
            )

    # -- the page's rights -----------------------------------------------------------------------

    def _admit(self, driver: KernelDriver, admission: Admission, message: Message) -> None:
        right = driver.broker.right_for(self.session_id, message)
        if right is None:
            driver.frontend_sent(self.session_id, message)
        elif isinstance(allowed := admission.allows(right), bool):
            self._decided(driver, admission, message, right, allowed)
        else:
            self._asking = asyncio.create_task(
                self._decide(driver, admission, message, right, allowed)
            )

    async def _decide(
        self,
        driver: KernelDriver,
        admission: Admission,
        message: Message,
        right: Right,
        asked: Awaitable[bool],
    ) -> None:
        allowed = await asked
        try:
            self._decided(driver, admission, message, right, allowed)
        except MalformedMessageError as error:
            self._note_malformed(driver, error)

    def _decided(
        self,
        driver: KernelDriver,
        admission: Admission,
        message: Message,
        right: Right,
        allowed: bool,
    ) -> None:
        if allowed:
            driver.frontend_sent(self.session_id, message)
        else:
            driver.frontend_denied(self.session_id, message, right, admission.who)

    def _until_admitted(self) -> Awaitable[object] | None:
        """Return what the page's next message waits for, so that none overtakes another."""
        asking = self._asking
        return None if asking is None or asking.done() else asyncio.wait({asking})

    # -- the page's outbox -----------------------------------------------------------------------

    def flush(self, outbox: Outbox) -> None:
        """Write what waits, as much as the socket takes."""
        if self._writer is not None:
            self._writer.flush(outbox)

    def offer(self, batch: SharedBatch, wire: dict[str, bytes], outbox: Outbox) -> bool:
        """Write what all pages get. ``False`` if something else has to be written first."""
        return self._writer is not None and self._writer.offer(batch, wire, outbox)

    @property
    def ready(self) -> bool:
        """Whether the socket takes more."""
        return self._writer is not None and self._writer.ready

    def close(self, reason: str) -> None:
        """Close the socket and say why."""
        self.websocket_handler.close(TRY_AGAIN_LATER, reason[:120])
        self.disconnect()


def bound_to(exchange: Exchange) -> type[FrontendConnection]:
    """Return the connection class for one server: jupyter_server only passes classes around."""
    body = {"exchange": exchange, "__module__": __name__, "__doc__": FrontendConnection.__doc__}
    return type("CommBrokerWebsocketConnection", (FrontendConnection,), body)
