"""The composition root: settings in, services wired, services stopped."""

from __future__ import annotations

from typing import cast

from jupyter_server.extension.application import ExtensionApp
from jupyter_server.serverapp import ServerApp
from traitlets import Bool, Float, Integer

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.rest_port import RestPort
from jupyter_comm_broker.services import Services
from jupyter_comm_broker.transport.heap import freeze_once
from jupyter_comm_broker.transport.installation import SETTING as CONNECTION_CLASS
from jupyter_comm_broker.transport.stock_settings import StockSettings
from jupyter_comm_broker.web.dashboard.page import PATH, page_handlers
from jupyter_comm_broker.web.dashboard.preview import preview_handlers
from jupyter_comm_broker.web.handler import SETTING
from jupyter_comm_broker.web.routes import default_handlers

COMM_MANAGERS = "comm_managers"
"""Where the web application's settings hold the managers, for other server extensions."""

SETTLED = 2.0
"""Seconds after which a server listens and has imported what it needs."""

_DEFAULTS = Limits()


class CommBroker(ExtensionApp):
    """Jupyter comms that survive: mirrored, restored at once, inspectable."""

    name = "jupyter_comm_broker"
    description = __doc__ or ""
    handlers = default_handlers + page_handlers + preview_handlers

    comm_state_bytes = Integer(
        _DEFAULTS.comm_state_bytes,
        config=True,
        help="Bytes of state kept for one comm; with a larger one a restore asks the kernel.",
    )
    kernel_state_bytes = Integer(
        _DEFAULTS.kernel_state_bytes,
        config=True,
        help="Bytes of state kept for all comms of one kernel; past it the oldest are given up.",
    )
    outbox_high_bytes = Integer(
        _DEFAULTS.outbox_high_bytes,
        config=True,
        help="From so many waiting bytes on, a page's widget updates are merged.",
    )
    outbox_cap_bytes = Integer(
        _DEFAULTS.outbox_cap_bytes,
        config=True,
        help="A page with so many waiting bytes is cut off and gets state when it returns.",
    )
    backlog_bytes = Integer(
        _DEFAULTS.backlog_bytes,
        config=True,
        help="Bytes that may wait for a kernel that takes nothing; past it messages are refused.",
    )
    absent_bytes = Integer(
        _DEFAULTS.absent_bytes,
        config=True,
        help="Bytes kept for a page whose socket dropped, until it returns.",
    )
    absent_seconds = Float(
        _DEFAULTS.absent_seconds,
        config=True,
        help="Seconds for which what an absent page misses is kept.",
    )
    verify_interval = Float(
        _DEFAULTS.verify_interval,
        config=True,
        help="Least seconds between two looks for changes no message told of; 0 switches them off.",
    )

    events_kept = Integer(
        _DEFAULTS.events_kept,
        config=True,
        help="Events kept for readers of /api/comms/events that come back.",
    )
    events_kept_bytes = Integer(
        _DEFAULTS.events_kept_bytes,
        config=True,
        help="Bytes of events kept for all readers together, and that may wait for each of them.",
    )
    event_data_bytes = Integer(
        _DEFAULTS.event_data_bytes,
        config=True,
        help="Bytes told of one message's data, or of one change of state.",
    )
    event_heartbeat = Float(
        _DEFAULTS.event_heartbeat,
        config=True,
        help="Seconds of silence after which a reader of events is told that it still reads.",
    )

    freeze_heap = Bool(
        True,
        config=True,
        help="Whether what lives after start is put out of the garbage collector's way, once: "
        "its full collections hold up everybody for a tenth of a second.",
    )

    services: Services
    _freezing: object | None = None

    # -- life ------------------------------------------------------------------------------------

    @property
    def _server(self) -> ServerApp:
        """The server that loaded us; ExtensionApp sets it before anything here is called."""
        return cast("ServerApp", self.serverapp)

    def initialize_settings(self) -> None:
        """Wire the services and take the place of the connection class, if it is ours to take."""
        app = self._server
        self.services = services = Services(app, self._limits(), self.log)
        self.settings[COMM_MANAGERS] = services.comm_managers
        self.settings[SETTING] = RestPort(services, app.web_app.settings)
        # Only when the loop runs does the server know its port.
        app.io_loop.add_callback(self._say_where)
        if getattr(app, "gateway_config", None) is not None and app.gateway_config.gateway_enabled:
            self.log.info("comm broker: %s", services.installation.reason)
            return
        stock = StockSettings(config=self.config, parent=app)
        services.connect(stock.policy(app.kernel_manager))
        self.settings[CONNECTION_CLASS] = app.web_app.settings[CONNECTION_CLASS]
        if self.freeze_heap:
            self._freezing = app.io_loop.call_later(SETTLED, freeze_once)

    async def stop_extension(self) -> None:
        """Let go of every kernel."""
        if self._freezing is not None:
            self._server.io_loop.remove_timeout(self._freezing)
        self.services.close()

    def _say_where(self) -> None:
        # Without a token: logs are passed on.
        self.log.info("Comm broker dashboard: %s%s", self._server.connection_url, PATH)

    def _limits(self) -> Limits:
        return Limits(
            comm_state_bytes=self.comm_state_bytes,
            kernel_state_bytes=self.kernel_state_bytes,
            outbox_high_bytes=self.outbox_high_bytes,
            outbox_cap_bytes=self.outbox_cap_bytes,
            backlog_bytes=self.backlog_bytes,
            absent_bytes=self.absent_bytes,
            absent_seconds=self.absent_seconds,
            verify_interval=self.verify_interval,
            events_kept=self.events_kept,
            events_kept_bytes=self.events_kept_bytes,
            event_data_bytes=self.event_data_bytes,
            event_heartbeat=self.event_heartbeat,
        )
