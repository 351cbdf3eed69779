"""The server extension: reads the settings, starts the services and stops them."""

from __future__ import annotations

import asyncio
import os
import uuid
from logging import Logger
from typing import cast

from jupyter_server.extension.application import ExtensionApp
from jupyter_server.serverapp import ServerApp
from traitlets import Bool, Float, Integer, Unicode, default

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.fleet.destination import URL as FLEET_URL
from jupyter_comm_broker.fleet.destination import destination
from jupyter_comm_broker.fleet.refusals import FleetSettingError
from jupyter_comm_broker.fleet.report_maker import ReportMaker
from jupyter_comm_broker.fleet.reporter import Reporter
from jupyter_comm_broker.leaving.leaving import Leaving
from jupyter_comm_broker.log_lines import OneLineLog
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
"""The key of the web application's settings under which other extensions find the managers."""

SETTLED = 2.0
"""Seconds after the start. By then a server listens and has imported its modules."""

_DEFAULTS = Limits()


class CommBroker(ExtensionApp):
    """Jupyter comms that survive: they are mirrored, restored at once, and can be inspected."""

    name = "jupyter_comm_broker"
    description = __doc__ or ""
    handlers = default_handlers + page_handlers + preview_handlers

    comm_state_bytes = Integer(
        _DEFAULTS.comm_state_bytes,
        config=True,
        help="Bytes of state kept for one comm. A larger state is not kept: a restore asks the "
        "kernel for it.",
    )
    kernel_state_bytes = Integer(
        _DEFAULTS.kernel_state_bytes,
        config=True,
        help="Bytes of state kept for all comms of one kernel. Past it, the states that changed "
        "longest ago are given up.",
    )
    outbox_high_bytes = Integer(
        _DEFAULTS.outbox_high_bytes,
        config=True,
        help="Bytes that wait for a page. Past it, its widget updates are merged.",
    )
    outbox_cap_bytes = Integer(
        _DEFAULTS.outbox_cap_bytes,
        config=True,
        help="Bytes that wait for a page. Past it, the page is disconnected and gets the current "
        "state when it returns.",
    )
    backlog_bytes = Integer(
        _DEFAULTS.backlog_bytes,
        config=True,
        help="Bytes that may wait on each channel for a kernel that reads nothing. Past it, "
        "messages are refused.",
    )
    receive_limit = Integer(
        _DEFAULTS.receive_limit,
        min=0,
        config=True,
        help="Messages of a kernel that may wait unread in the server, whatever their size. Past "
        "it, the kernel drops messages, and the broker notices the loss. 0: no limit.",
    )
    absent_bytes = Integer(
        _DEFAULTS.absent_bytes,
        config=True,
        help="Bytes of messages kept for a page whose socket dropped, until the page returns.",
    )
    absent_seconds = Float(
        _DEFAULTS.absent_seconds,
        config=True,
        help="Seconds for which messages are kept for a page whose socket dropped.",
    )
    absent_pages_bytes = Integer(
        _DEFAULTS.absent_pages_bytes,
        config=True,
        help="Bytes of messages kept for all absent pages of a kernel. Past it, the pages that "
        "are away longest are given up.",
    )
    in_flight_bytes = Integer(
        _DEFAULTS.in_flight_bytes,
        config=True,
        help="Bytes of messages kept after they were written to a page's socket, until the page "
        "is known to have them.",
    )
    gateway_message_bytes = Integer(
        _DEFAULTS.gateway_message_bytes,
        min=0,
        config=True,
        help="Bytes of the largest message that the gateway takes. A larger one is refused: the "
        "gateway would cut the connection of every page. 0: no limit.",
    )
    gateway_release_seconds = Float(
        _DEFAULTS.gateway_release_seconds,
        min=0.0,
        config=True,
        help="Seconds after which a gateway's kernel is disconnected if no page, program or "
        "recording uses it, so that the gateway can end idle kernels. 0: never.",
    )
    verify_interval = Float(
        _DEFAULTS.verify_interval,
        config=True,
        help="Least seconds between two checks for changes that the kernel sent no message about. "
        "0: no such checks.",
    )

    events_kept = Integer(
        _DEFAULTS.events_kept,
        config=True,
        help="Events kept for readers of /api/comms/events that come back.",
    )
    events_kept_bytes = Integer(
        _DEFAULTS.events_kept_bytes,
        config=True,
        help="Bytes of events kept for all readers together. As many may wait for each reader.",
    )
    event_data_bytes = Integer(
        _DEFAULTS.event_data_bytes,
        config=True,
        help="Most bytes shown of one message's data, or of one change of state.",
    )
    event_heartbeat = Float(
        _DEFAULTS.event_heartbeat,
        config=True,
        help="Seconds of silence after which a reader of events is sent a heartbeat.",
    )

    event_readers = Integer(
        _DEFAULTS.event_readers,
        config=True,
        help="Most readers of /api/comms/events at a time. One more gets a 503.",
    )
    event_readers_per_user = Integer(
        _DEFAULTS.event_readers_per_user,
        config=True,
        help="Most readers of /api/comms/events of one user at a time. One more gets a 429.",
    )

    leave_kernels = Bool(
        False,
        config=True,
        help="Whether kernels of a gateway, and external kernels, stay when the server ends. The "
        "next server adopts them with their sessions. Local kernels always end with the server.",
    )
    adopt_seconds = Float(
        300.0,
        min=0.0,
        config=True,
        help="Seconds for which a gateway may give no answer when the server starts. Meanwhile "
        "requests for the kernels of an earlier server get a 503, and then a 404.",
    )
    left_kernels_file = Unicode(
        config=True,
        help="The file in which the server writes down which kernels it leaves. Empty: a file in "
        "Jupyter's data folder, which depends on root_dir, base_url and the gateway's URL.",
    )

    freeze_heap = Bool(
        True,
        config=True,
        help="Whether to exempt the objects that live after the start from garbage collection. "
        "Otherwise full collections hold up the server for a tenth of a second.",
    )

    fleet_url = Unicode(
        config=True,
        help="The URL of the fleet service of a JupyterHub, to which this server reports counts, "
        "ages and versions. Empty: it does not report. By default the environment variable "
        "JUPYTER_COMM_FLEET_URL.",
    )

    services: Services
    reporter: Reporter | None = None
    """Reports to the fleet service; ``None`` if there is none to report to."""
    leaving: Leaving | None = None
    """Lets kernels outlive the server; ``None`` if they end with it."""
    _freezing: object | None = None

    # -- life ------------------------------------------------------------------------------------

    @property
    def _server(self) -> ServerApp:
        """The server that loaded the extension. ExtensionApp sets it before it calls anything."""
        return cast("ServerApp", self.serverapp)

    def initialize_settings(self) -> None:
        """Wire the services, and install the connection class if nobody set another."""
        app = self._server
        self.services = services = Services(
            app, self._limits(), cast("Logger", OneLineLog(self.log))
        )
        self.settings[COMM_MANAGERS] = services.comm_managers
        self.settings[SETTING] = port = RestPort(services, app.web_app.settings)
        # The server knows its port only once the loop runs.
        app.io_loop.add_callback(self._say_where)
        stock = StockSettings(config=self.config, parent=app)
        services.connect(stock.policy(app.kernel_manager), self._begin_to_leave())
        self.settings[CONNECTION_CLASS] = app.web_app.settings[CONNECTION_CLASS]
        if self.fleet_url:
            self._report(port)
        if self.freeze_heap:
            self._freezing = app.io_loop.call_later(SETTLED, freeze_once)

    async def stop_extension(self) -> None:
        """Stop the services."""
        if self._freezing is not None:
            self._server.io_loop.remove_timeout(self._freezing)
        if self.reporter is not None:
            await self.reporter.close()
        # The links first: what kernels say from now on, the gateway keeps for the next server.
        self.services.close()
        if self.leaving is not None:
            await self.leaving.close()
        # The tasks of tornado's connections to a gateway end in the next turn.
        await asyncio.sleep(0)

    @default("fleet_url")
    def _default_fleet_url(self) -> str:
        return os.environ.get(FLEET_URL, "")

    def _begin_to_leave(self) -> uuid.UUID:
        """Leave kernels from now on, if asked to. Returns what names this server to a gateway."""
        if not self.leave_kernels:
            return uuid.uuid4()
        log = cast("Logger", OneLineLog(self.log))
        self.leaving = Leaving(self._server, self.left_kernels_file, self.adopt_seconds, log)
        self.leaving.begin()
        return self.leaving.front_id

    def _report(self, port: RestPort) -> None:
        """Report to the fleet service from now on, or log why not."""
        drivers, log = self.services.kernel_drivers, cast("Logger", OneLineLog(self.log))
        try:
            where = destination(self.fleet_url, os.environ)
        except FleetSettingError as error:
            log.error("comm broker: no reports to a fleet service: %s", error)
            return
        if drivers is None:
            return
        maker = ReportMaker(
            uuid.uuid4().hex[:8],
            where,
            check=port.self_check,
            brokers=lambda: [driver.broker.known for driver in drivers.linked()],
            now=port.now,
        )
        self.reporter = Reporter(where, maker, log)
        drivers.watchers.append(self.reporter.watch)
        drivers.greeters.append(self.reporter.greet)
        self._server.io_loop.add_callback(self.reporter.start)

    def _say_where(self) -> None:
        # Without the token, because people pass logs on.
        self.log.info("Comm broker dashboard: %s%s", self._server.connection_url, PATH)

    def _limits(self) -> Limits:
        return Limits(
            comm_state_bytes=self.comm_state_bytes,
            kernel_state_bytes=self.kernel_state_bytes,
            outbox_high_bytes=self.outbox_high_bytes,
            outbox_cap_bytes=self.outbox_cap_bytes,
            backlog_bytes=self.backlog_bytes,
            receive_limit=self.receive_limit,
            absent_bytes=self.absent_bytes,
            absent_seconds=self.absent_seconds,
            absent_pages_bytes=self.absent_pages_bytes,
            in_flight_bytes=self.in_flight_bytes,
            gateway_message_bytes=self.gateway_message_bytes,
            gateway_release_seconds=self.gateway_release_seconds,
            verify_interval=self.verify_interval,
            events_kept=self.events_kept,
            events_kept_bytes=self.events_kept_bytes,
            event_data_bytes=self.event_data_bytes,
            event_heartbeat=self.event_heartbeat,
            event_readers=self.event_readers,
            event_readers_per_user=self.event_readers_per_user,
        )
