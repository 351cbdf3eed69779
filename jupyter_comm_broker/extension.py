"""The server extension: starts the services and stops them."""

from __future__ import annotations

import asyncio
import os
import uuid
from dataclasses import replace
from logging import Logger
from typing import cast

from jupyter_server.extension.application import ExtensionApp
from jupyter_server.serverapp import ServerApp

from jupyter_comm_broker.fleet.destination import destination
from jupyter_comm_broker.fleet.refusals import FleetSettingError
from jupyter_comm_broker.fleet.report_maker import ReportMaker
from jupyter_comm_broker.fleet.reporter import Reporter
from jupyter_comm_broker.leaving.leaving import Leaving
from jupyter_comm_broker.log_lines import OneLineLog
from jupyter_comm_broker.requirements import advice
from jupyter_comm_broker.rest_port import RestPort
from jupyter_comm_broker.services import Services
from jupyter_comm_broker.settings import Settings
from jupyter_comm_broker.transport.heap import freeze_more, freeze_once
from jupyter_comm_broker.transport.installation import SETTING as CONNECTION_CLASS
from jupyter_comm_broker.transport.stock_settings import StockSettings
from jupyter_comm_broker.web.dashboard.page import PATH, page_handlers
from jupyter_comm_broker.web.dashboard.preview import preview_handlers
from jupyter_comm_broker.web.handler import SETTING
from jupyter_comm_broker.web.routes import handlers_beside

COMM_MANAGERS = "comm_managers"
"""The key of the web application's settings under which other extensions find the managers."""

SETTLED = 2.0
"""Seconds after the start. By then a server listens and has imported its modules."""

RUNS_FLAG = "commBrokerRuns"
"""
The key of a page's configuration that says that the page may ask for runs.

JupyterLab and Notebook 7 give their pages what is in the server's ``page_config_data``.
"""


class CommBroker(Settings, ExtensionApp):
    """Jupyter comms that survive: they are mirrored, restored at once, and can be inspected."""

    name = "jupyter_comm_broker"
    description = __doc__ or ""

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

    def initialize_handlers(self) -> None:
        """Add the routes of the API and of the dashboard."""
        known = self._server.extension_manager.extensions
        on = [name for name, extension in known.items() if extension.enabled]
        self.handlers.extend([*handlers_beside(on), *page_handlers, *preview_handlers])

    def initialize_settings(self) -> None:
        """
        Wire the services, and install the connection class if nobody set another.

        Raises:
            RuntimeError: that failed. The server logs the text and goes on without the broker.
        """
        try:
            self._wire()
        except Exception as error:
            # Some packages that are too old can be imported, and fail only when they are used.
            raise RuntimeError(advice(error)) from error
        # The server knows its port only once the loop runs.
        self._server.io_loop.add_callback(self._say_where)

    def _wire(self) -> None:
        app = self._server
        self.services = services = Services(
            app, self.limits(), cast("Logger", OneLineLog(self.log))
        )
        self.settings[COMM_MANAGERS] = services.comm_managers
        self.settings[SETTING] = port = RestPort(services, app.web_app.settings)
        stock = StockSettings(config=self.config, parent=app)
        policy = replace(stock.policy(app.kernel_manager), hide_subshells=self.hide_subshells)
        services.connect(policy, self._begin_to_leave(), self.stand_in_for)
        if self.leaving is not None and services.kernel_drivers is not None:
            self.leaving.follow(services.kernel_drivers)
        self.settings[CONNECTION_CLASS] = app.web_app.settings[CONNECTION_CLASS]
        if services.installation.in_path:
            app.web_app.settings.setdefault("page_config_data", {})[RUNS_FLAG] = "1"
        if self.fleet_url:
            self._report(port)
        if self.freeze_heap:
            # Once the loop runs, all extensions are loaded, and nobody has been answered yet.
            app.io_loop.add_callback(self._freeze)

    def _freeze(self) -> None:
        if freeze_once():
            self._freezing = self._server.io_loop.call_later(SETTLED, freeze_more)

    async def stop_extension(self) -> None:
        """Stop the services."""
        if self._freezing is not None:
            self._server.io_loop.remove_timeout(self._freezing)
        if self.reporter is not None:
            await self.reporter.close()
        # The links first: what kernels say from now on, the gateway keeps for the next server.
        if self.leaving is not None:
            self.leaving.end()
        self.services.close()
        if self.leaving is not None:
            await self.leaving.close()
        # The tasks of tornado's connections to a gateway end in the next turn.
        await asyncio.sleep(0)

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
