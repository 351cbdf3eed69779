"""What one server's broker runs: wired together here, and stopped here."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from jupyter_events import EventLogger
from jupyter_server.serverapp import ServerApp

from jupyter_comm_broker.adapters.comm_port import CommPorts, ServerCommPort
from jupyter_comm_broker.adapters.event_feed import EventFeed
from jupyter_comm_broker.adapters.event_log import EventLog
from jupyter_comm_broker.adapters.metrics_totals import Ledger
from jupyter_comm_broker.adapters.program import Programs
from jupyter_comm_broker.comms.by_kernel import CommManagers
from jupyter_comm_broker.core.context import Policy
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.state.changes import Happening
from jupyter_comm_broker.errors import KernelNotFoundError
from jupyter_comm_broker.events.recordings import Recordings
from jupyter_comm_broker.inspection.list_cursors import ListWalks
from jupyter_comm_broker.plugins import Plugins
from jupyter_comm_broker.transport.driver import KernelDriver, Watcher
from jupyter_comm_broker.transport.frontends.frontend_connection import bound_to
from jupyter_comm_broker.transport.installation import Installation, install
from jupyter_comm_broker.transport.kernel_drivers import Exchange
from jupyter_comm_broker.web.metrics import COLLECTOR

KERNEL_ACTIONS = "https://events.jupyter.org/jupyter_server/kernel_actions/v1"


class Services:
    """
    The parts of one server's broker that are there with or without kernels of its own.

    Args:
        app: the server.
        limits: the operators' settings.
        log: where everything is written to.
    """

    def __init__(self, app: ServerApp, limits: Limits, log: logging.Logger) -> None:
        self._app = app
        self._log = log
        self.limits = limits
        self.plugins = Plugins(log)
        self.walks = ListWalks(uuid.uuid4().hex)
        self.recordings, self.programs = Recordings(), Programs()
        self.events = EventFeed(uuid.uuid4().hex[:8], limits)
        self.comm_managers = CommManagers(self._comm_port, log)
        self.installation = Installation.behind_gateway()
        self.kernels: KernelServices | None = None

    @property
    def exchange(self) -> Exchange | None:
        """The kernels; ``None`` where they are not this server's own."""
        return self.kernels.exchange if self.kernels is not None else None

    def connect(self, policy: Policy) -> None:
        """Follow the server's kernels, and take the connection class's place if it is ours."""
        policy = replace(policy, strategies=self.plugins.strategies)
        self.kernels = KernelServices(self._app, policy, self, self._log)
        self.installation = install(self._app, bound_to(self.kernels.exchange), self._log)

    def close(self) -> None:
        """Let go of every kernel and end all reading; safe twice."""
        self.comm_managers.close()
        if self.kernels is not None:
            self.kernels.close()
        self.programs.close()
        self.events.close()

    def _comm_port(self, kernel_id: str) -> ServerCommPort:
        if self.kernels is None:
            raise KernelNotFoundError(kernel_id)
        return self.kernels.comm_ports.open(kernel_id)


class KernelServices:
    """The parts that follow the kernels of this server."""

    def __init__(
        self, app: ServerApp, policy: Policy, services: Services, log: logging.Logger
    ) -> None:
        self._logger = cast("EventLogger", app.event_logger)
        self.exchange = Exchange(app.kernel_manager, policy, services.limits, log)
        self.exchange.watchers += [services.programs.watch, recorder(services.recordings)]
        services.events.follow(self.exchange)
        self.event_log = EventLog(self._logger, log)
        self.exchange.watchers.append(self.event_log.watch)
        self.ledger = Ledger(self.exchange, services.events.journal)
        COLLECTOR.add(self.ledger.tally)
        self.comm_ports = CommPorts(self.exchange, log)
        self._logger.add_listener(schema_id=KERNEL_ACTIONS, listener=self.exchange.kernel_action)

    def close(self) -> None:
        """Let go of every kernel; safe twice."""
        self._logger.remove_listener(listener=self.exchange.kernel_action)
        self.exchange.close()
        self.event_log.close()
        COLLECTOR.remove(self.ledger.tally)


def recorder(recordings: Recordings) -> Watcher:
    """Return what lets recordings follow the kernels."""

    def watch(driver: KernelDriver, happenings: Sequence[Happening]) -> None:
        if driver.closed:
            recordings.kernel_gone(driver.kernel_id)
        else:
            recordings.happened(driver.kernel_id, driver.broker, happenings, driver.now)

    return watch
