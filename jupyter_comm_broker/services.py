"""The services of one server's broker: how they are wired, and how they are stopped."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from jupyter_events import EventLogger
from jupyter_server.serverapp import ServerApp

from jupyter_comm_broker.adapters.comm_port import CommPorts, ServerCommPort
from jupyter_comm_broker.adapters.event_feed import EventFeed
from jupyter_comm_broker.adapters.event_log import EventLog
from jupyter_comm_broker.adapters.metrics_totals import MetricsTotals
from jupyter_comm_broker.adapters.program import Programs
from jupyter_comm_broker.adapters.saved_notebooks import CONTENTS, SavedNotebooks
from jupyter_comm_broker.comms.by_kernel import CommManagers
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.core.state.changes import KernelChange
from jupyter_comm_broker.errors import KernelNotFoundError
from jupyter_comm_broker.events.recordings import Recordings
from jupyter_comm_broker.inspection.list_cursors import ListCursors
from jupyter_comm_broker.plugins import Plugins
from jupyter_comm_broker.transport.driver import KernelDriver, Watcher
from jupyter_comm_broker.transport.frontends.frontend_connection import bound_to
from jupyter_comm_broker.transport.installation import PIPES, Installation, install
from jupyter_comm_broker.transport.kernel_drivers import KernelDrivers
from jupyter_comm_broker.transport.links import Links, links_of
from jupyter_comm_broker.web.metrics import COLLECTOR

KERNEL_ACTIONS = "https://events.jupyter.org/jupyter_server/kernel_actions/v1"


class Services:
    """
    The services that a server has before it is known which kernels it has.

    Args:
        app: the server.
        limits: the operators' settings.
        log: the log of all services.
    """

    def __init__(self, app: ServerApp, limits: Limits, log: logging.Logger) -> None:
        self._app = app
        self._log = log
        self.limits = limits
        self.plugins = Plugins(log)
        self.cursors = ListCursors(uuid.uuid4().hex)
        self.recordings, self.programs = Recordings(), Programs()
        self.events = EventFeed(uuid.uuid4().hex[:8], limits)
        self.comm_managers = CommManagers(self._comm_port, log)
        self.installation = Installation("off", "the extension is being loaded")
        self.kernels: KernelServices | None = None

    @property
    def kernel_drivers(self) -> KernelDrivers | None:
        """The drivers of the kernels; ``None`` until :meth:`connect`."""
        return self.kernels.kernel_drivers if self.kernels is not None else None

    def connect(
        self, policy: Policy, front_id: uuid.UUID, pipes: Mapping[str, str] = PIPES
    ) -> None:
        """
        Follow the server's kernels, and install the connection class if nobody set another.

        Args:
            policy: what the stock settings allow.
            front_id: names this server to its gateway, if it has one.
            pipes: the connection classes of other extensions that the broker stands in for.
        """
        links = links_of(self._app, front_id)
        policy = links.policy(replace(policy, strategies=self.plugins.strategies), self.limits)
        self.kernels = KernelServices(self._app, links, policy, self, self._log)
        ours = bound_to(self.kernels.kernel_drivers)
        self.installation = install(self._app, links.stock, ours, self._log, pipes)

    def close(self) -> None:
        """Close every link and end every reader. May be called twice."""
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
    """
    The services that follow the kernels of this server.

    Args:
        app: the server.
        links: the kind of link that its kernels have.
        policy: what the stock settings allow.
        services: the services that every server has.
        log: the log of all services.
    """

    def __init__(
        self,
        app: ServerApp,
        links: Links,
        policy: Policy,
        services: Services,
        log: logging.Logger,
    ) -> None:
        self._logger = cast("EventLogger", app.event_logger)
        self.kernel_drivers = KernelDrivers(app.kernel_manager, links, policy, services.limits, log)
        self.kernel_drivers.watchers += [services.programs.watch, recorder(services.recordings)]
        services.events.follow(self.kernel_drivers)
        self.event_log = EventLog(self._logger, log)
        self.kernel_drivers.watchers.append(self.event_log.watch)
        self.metrics_totals = MetricsTotals(self.kernel_drivers, services.events.journal)
        COLLECTOR.add(self.metrics_totals.tally)
        self.comm_ports = CommPorts(self.kernel_drivers, log)
        self._logger.add_listener(
            schema_id=KERNEL_ACTIONS, listener=self.kernel_drivers.kernel_action
        )
        self.saved_notebooks = SavedNotebooks(app.session_manager, self.kernel_drivers.linked)
        self._logger.add_listener(schema_id=CONTENTS, listener=self.saved_notebooks.heard)

    def close(self) -> None:
        """Close every link. May be called twice."""
        self._logger.remove_listener(listener=self.kernel_drivers.kernel_action)
        self._logger.remove_listener(listener=self.saved_notebooks.heard)
        self.kernel_drivers.close()
        self.event_log.close()
        COLLECTOR.remove(self.metrics_totals.tally)


def recorder(recordings: Recordings) -> Watcher:
    """Return a watcher through which recordings follow the kernels."""

    def watch(driver: KernelDriver, changes: Sequence[KernelChange]) -> None:
        if driver.closed:
            recordings.kernel_gone(driver.kernel_id)
        else:
            recordings.happened(driver.kernel_id, driver.broker, changes, driver.now)

    return watch
