"""
One page's WebSocket, in place of jupyter_server's ``ZMQChannelsWebsocketConnection``.

jupyter_server makes one connection for each socket, and calls ``prepare``, ``connect``,
``handle_incoming_message`` and ``disconnect``. The connection holds only the state of the socket.
What the page is still to get waits in its outbox, which outlives the socket.
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

from jupyter_comm_broker.core.outboxes.outbox import Outbox
from jupyter_comm_broker.core.pages.shared_outbox import SharedBatch
from jupyter_comm_broker.errors import (
    KernelNotFoundError,
    LinkNotOpenedError,
    MalformedFrameError,
    MalformedMessageError,
)
from jupyter_comm_broker.log_lines import OneLineLog, one_line
from jupyter_comm_broker.protocol import framing
from jupyter_comm_broker.protocol.alias import alias
from jupyter_comm_broker.transport.driver import KernelDriver
from jupyter_comm_broker.transport.frontends.admission import Admission
from jupyter_comm_broker.transport.frontends.admission_line import AdmissionLine
from jupyter_comm_broker.transport.frontends.fair_turns import take_turns
from jupyter_comm_broker.transport.frontends.page_user import page_user
from jupyter_comm_broker.transport.frontends.receipts import pause_for
from jupyter_comm_broker.transport.frontends.socket_writer import SocketWriter
from jupyter_comm_broker.transport.kernel_drivers import KernelDrivers
from jupyter_comm_broker.transport.stock_settings import RateLimits

GOING_AWAY = 1001
"""The WebSocket close code of a page that is closed or loaded again (RFC 6455, 7.4.1)."""

TRY_AGAIN_LATER = 1013
"""The WebSocket close code for a page that could not keep up (IANA registry)."""


ALIVE_PAUSE = 0.1
"""Seconds between two checks whether the kernel's process is alive."""

CLOSE_REASON_BYTES = 120
"""The most bytes of a reason. A close frame has room for 123 (RFC 6455, 5.5)."""


class FrontendConnection(RateLimits, BaseKernelWebsocketConnection):
    """Connects one WebSocket with the driver of its kernel."""

    kernel_drivers: ClassVar[KernelDrivers]
    """The drivers of the server that this class was made for; set by :func:`bound_to`."""

    _linked: KernelDriver
    _driver: KernelDriver | None = None
    _writer: SocketWriter | None = None
    _admission: Admission | None = None
    _line: AdmissionLine | None = None
    _counted = False
    _malformed = 0

    @classmethod
    def section_names(cls) -> list[str]:
        """Return the sections of the configuration that are read: this class's and the stock's."""
        return [*super().section_names(), ZMQChannelsWebsocketConnection.__name__]

    @classmethod
    async def close_all(cls) -> None:
        """Close every open connection. jupyter_server calls this when it stops."""
        cls.kernel_drivers.close_connections()

    @property
    def _log(self) -> OneLineLog:
        """The server's log. Each message becomes one line, because it may quote a page."""
        return OneLineLog(self.log)

    @property
    def subprotocol(self) -> str:
        """The negotiated subprotocol; empty for the default framing."""
        return self.websocket_handler.selected_subprotocol or framing.DEFAULT

    async def prepare(self) -> None:
        """
        Wait until the kernel is connected, but not until it answers (fact 1.6).

        Every error is raised here, before the WebSocket's handshake. When a socket closes after
        its handshake, the page reconnects without a pause (rule 25).

        Raises:
            tornado.web.HTTPError: 500, the kernel failed to start or the broker failed; 404, the
                kernel is gone; 503, it cannot be connected to now; 403, the session id belongs
                to another user.
        """
        if not self.kernel_drivers.links.open_later:
            await self._until_started()
        self._linked = self._link()
        self._turn_away_strangers(self._linked)

    async def _until_started(self) -> None:
        """Wait until the kernel's process was started and is alive."""
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
                raise web.HTTPError(500, "Kernel never reached an 'alive' state.")
            await asyncio.sleep(ALIVE_PAUSE)

    def _link(self) -> KernelDriver:
        try:
            driver = self.kernel_drivers.driver(self.kernel_id)
            if not (driver.link.is_open or driver.link.opens_later):
                raise LinkNotOpenedError(self.kernel_id, "its link broke; the broker tries again")
        except KernelNotFoundError as error:
            raise web.HTTPError(404, str(error)) from error
        except LinkNotOpenedError as error:
            raise web.HTTPError(503, str(error)) from error
        except web.HTTPError:
            raise
        except Exception as error:
            raise web.HTTPError(500, f"the comm broker cannot follow it: {error!r}") from error
        return driver

    def _turn_away_strangers(self, driver: KernelDriver) -> None:
        """Raise a 403 if the session id belongs to another user."""
        user = page_user(cast("JupyterHandler", self.websocket_handler))
        if reason := driver.broker.refusal(self.session_id, user):
            raise web.HTTPError(403, reason, reason=reason)

    async def connect(self) -> None:
        """Attach the page to its kernel. It can send at once, even while the kernel is busy."""
        # Without this, each of several small messages waits for the ACK of the one before.
        self.websocket_handler.set_nodelay(True)
        take_turns(self.websocket_handler, self._until_admitted)
        handler = cast("JupyterHandler", self.websocket_handler)
        self._admission = Admission.needed_by(handler, self._log)
        self.multi_kernel_manager.notify_connect(self.kernel_id)
        self._counted = True
        self._writer = SocketWriter(
            self.websocket_handler,
            self.subprotocol,
            self.log,
            lambda: pause_for(len(self.kernel_drivers.connections)),
        )
        # If the kernel has ended meanwhile, the page is told so and keeps its socket.
        self._driver = self._linked
        self.kernel_drivers.connections.add(self)
        if self._admission is not None:
            self._line = AdmissionLine(
                self._driver, self.session_id, self._admission, self._note_malformed, self._log
            )
        self._driver.attach(self.session_id, self, page_user(handler))

    def disconnect(self) -> None:  # type: ignore[override]  # the handler calls it without await
        """Detach the page. May be called twice, and before :meth:`connect`."""
        if self._counted:
            self._counted = False
            self.multi_kernel_manager.notify_disconnect(self.kernel_id)
        if self._line is not None:
            self._line.leave()
        self.kernel_drivers.connections.discard(self)
        if self._writer is not None:
            self._writer.stop()
        if self._driver is not None:
            self._driver.detach(self.session_id, self)
            self._driver = None

    # -- the page's frames -----------------------------------------------------------------------

    def handle_incoming_message(self, incoming_msg: str | bytes) -> None:
        """Take one frame. A malformed frame is logged, and the connection stays usable."""
        driver = self._driver
        if driver is None:
            return
        try:
            message = framing.decode(self.subprotocol, incoming_msg)
            if self._line is None:
                driver.frontend_sent(self.session_id, message)
            else:
                self._line.take(message)
        except (MalformedFrameError, MalformedMessageError) as error:
            self._note_malformed(driver, error)

    def _note_malformed(self, driver: KernelDriver, error: Exception) -> None:
        self._malformed += 1
        driver.broker.count("malformed_from_frontends")
        if self._malformed == 1:
            self._log.warning(
                "comm broker: ignored a malformed message of session %s on kernel %s: %s "
                "(further ones of this connection are only counted)",
                alias(self.session_id),
                self.kernel_id,
                error,
            )

    def _until_admitted(self) -> Awaitable[object] | None:
        """Return what the page's next message must wait for; ``None`` if it need not wait."""
        return None if self._line is None else self._line.is_full()

    # -- the page's outbox -----------------------------------------------------------------------

    def flush(self, outbox: Outbox) -> None:
        """Write as much of the outbox as the socket takes."""
        if self._writer is not None:
            self._writer.flush(outbox)

    def offer(self, batch: SharedBatch, wire: dict[str, bytes], outbox: Outbox) -> bool:
        """
        Write a batch that all pages get, unless something else must be written first.

        Args:
            batch: the messages.
            wire: their frames by subprotocol, to which a missing frame is added.
            outbox: the page's outbox, which is written next.

        Returns:
            Whether the batch was written, or handed to the socket's stream.
        """
        return self._writer is not None and self._writer.offer(batch, wire, outbox)

    @property
    def ready(self) -> bool:
        """Whether the socket takes more."""
        return self._writer is not None and self._writer.ready

    @property
    def page_closed(self) -> bool:
        """Whether the page itself was closed or loaded again, and will not come back."""
        return self.websocket_handler.close_code == GOING_AWAY

    def close(self, reason: str) -> None:
        """Close the socket and say why."""
        told = one_line(reason).encode()[:CLOSE_REASON_BYTES].decode(errors="ignore")
        self.websocket_handler.close(TRY_AGAIN_LATER, told)
        self.disconnect()


def bound_to(kernel_drivers: KernelDrivers) -> type[FrontendConnection]:
    """Return a connection class for one server. jupyter_server takes a class, not an object."""
    body = {
        "kernel_drivers": kernel_drivers,
        "__module__": __name__,
        "__doc__": FrontendConnection.__doc__,
    }
    return type("CommBrokerWebsocketConnection", (FrontendConnection,), body)
