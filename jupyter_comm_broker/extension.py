"""The composition root: settings in, parts wired, parts stopped. It alone knows every room."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import asdict
from typing import cast

from jupyter_events import EventLogger
from jupyter_server.extension.application import ExtensionApp
from jupyter_server.serverapp import ServerApp
from traitlets import Bool, Float, Integer

from jupyter_comm_broker._version import __version__
from jupyter_comm_broker.comms.by_kernel import CommManagers
from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.core.context import Policy
from jupyter_comm_broker.core.happenings import Happening
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.list_walks import ListWalks
from jupyter_comm_broker.core.recordings import Recordings
from jupyter_comm_broker.core.views import SelfCheck
from jupyter_comm_broker.errors import KernelNotFoundError
from jupyter_comm_broker.transport.comm_port import CommPorts, ServerCommPort
from jupyter_comm_broker.transport.driver import KernelDriver, Watcher
from jupyter_comm_broker.transport.event_feed import EventFeed
from jupyter_comm_broker.transport.event_log import EventLog
from jupyter_comm_broker.transport.exchange import Exchange
from jupyter_comm_broker.transport.frontend_connection import bound_to
from jupyter_comm_broker.transport.heap import freeze_once
from jupyter_comm_broker.transport.installation import Installation, install
from jupyter_comm_broker.transport.ledger import Ledger
from jupyter_comm_broker.transport.program import Program, Programs
from jupyter_comm_broker.transport.stock_settings import StockSettings
from jupyter_comm_broker.web.handler import SETTING
from jupyter_comm_broker.web.metrics import COLLECTOR
from jupyter_comm_broker.web.routes import default_handlers

COMM_MANAGERS = "comm_managers"
"""Where the web application's settings hold the managers, for other server extensions."""

KERNEL_ACTIONS = "https://events.jupyter.org/jupyter_server/kernel_actions/v1"

UNTRACKED_WHERE_UNLISTED = (
    "comm_info_request",
    "kernel_info_request",
    "shutdown_request",
    "interrupt_request",
    "debug_request",
)
"""Request types whose statuses pages do not show, for servers too old to list them."""

SETTLED = 2.0
"""Seconds after which a server listens and has imported what it needs."""

_DEFAULTS = Limits()


class CommBroker(ExtensionApp):
    """Jupyter comms that survive: mirrored, restored at once, inspectable."""

    name = "jupyter_comm_broker"
    description = __doc__ or ""
    handlers = default_handlers

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

    _freezing: object | None = None
    exchange: Exchange | None = None
    installation: Installation
    walks: ListWalks
    recordings: Recordings
    programs: Programs
    events: EventFeed
    event_log: EventLog
    ledger: Ledger
    comm_managers: CommManagers
    comm_ports: CommPorts

    # -- life ------------------------------------------------------------------------------------

    @property
    def _server(self) -> ServerApp:
        """The server that loaded us; ExtensionApp sets it before anything here is called."""
        return cast("ServerApp", self.serverapp)

    @property
    def _events(self) -> EventLogger:
        return cast("EventLogger", self._server.event_logger)

    def initialize_settings(self) -> None:
        """Wire the parts and take the place of the connection class, if it is ours to take."""
        app = self._server
        self.walks = ListWalks(uuid.uuid4().hex)
        self.recordings, self.programs = Recordings(), Programs()
        self.events = EventFeed(uuid.uuid4().hex[:8], self._limits())
        self.comm_managers = CommManagers(self._comm_port, self.log)
        self.settings[COMM_MANAGERS] = self.comm_managers
        self.settings[SETTING] = self
        if getattr(app, "gateway_config", None) is not None and app.gateway_config.gateway_enabled:
            self.installation = Installation.behind_gateway()
            self.log.info("comm broker: %s", self.installation.reason)
            return
        stock = StockSettings(config=self.config, parent=app)
        self.exchange = Exchange(app.kernel_manager, self._policy(stock), self._limits(), self.log)
        self.exchange.watchers += [self.programs.watch, recorder(self.recordings)]
        self.events.follow(self.exchange)
        self.event_log = EventLog(self._events, self.log)
        self.exchange.watchers.append(self.event_log.watch)
        self.ledger = Ledger(self.exchange, self.events.journal)
        COLLECTOR.add(self.ledger.tally)
        self.comm_ports = CommPorts(self.exchange, self.log)
        self.installation = install(app, bound_to(self.exchange), self.log)
        self.settings["kernel_websocket_connection_class"] = app.web_app.settings[
            "kernel_websocket_connection_class"
        ]
        self._events.add_listener(schema_id=KERNEL_ACTIONS, listener=self.exchange.kernel_action)
        if self.freeze_heap:
            self._freezing = app.io_loop.call_later(SETTLED, freeze_once)

    async def stop_extension(self) -> None:
        """Let go of every kernel."""
        if self._freezing is not None:
            self._server.io_loop.remove_timeout(self._freezing)
        self.comm_managers.close()
        if self.exchange is not None:
            self._events.remove_listener(listener=self.exchange.kernel_action)
            self.exchange.close()
            self.programs.close()
            self.event_log.close()
            COLLECTOR.remove(self.ledger.tally)
        self.events.close()

    def _comm_port(self, kernel_id: str) -> ServerCommPort:
        if self.exchange is None:
            raise KernelNotFoundError(kernel_id)
        return self.comm_ports.open(kernel_id)

    # -- settings --------------------------------------------------------------------------------

    def _policy(self, stock: StockSettings) -> Policy:
        kernels = self._server.kernel_manager
        return Policy(
            allowed_message_types=frozenset(kernels.allowed_message_types),
            hide_tracebacks=None
            if kernels.allow_tracebacks
            else kernels.traceback_replacement_message,
            untracked_message_types=frozenset(
                getattr(kernels, "untracked_message_types", UNTRACKED_WHERE_UNLISTED)
            ),
            limit_rate=stock.limit_rate,
            message_rate=stock.iopub_msg_rate_limit,
            data_rate=stock.iopub_data_rate_limit,
            rate_window=stock.rate_limit_window,
        )

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

    # -- what REST asks (web.port.BrokerPort) ------------------------------------------------------

    def kernels(self) -> list[tuple[str, KernelBroker]]:
        """Return every linked kernel's id and broker."""
        if self.exchange is None:
            return []
        return [(driver.kernel_id, driver.broker) for driver in self.exchange.drivers()]

    def kernel(self, kernel_id: str) -> KernelBroker:
        """Return one kernel's broker. Raises KernelNotFoundError."""
        if self.exchange is None:
            raise KernelNotFoundError(kernel_id)
        return self.exchange.driver(kernel_id).broker

    def program(self, kernel_id: str) -> Program:
        """Return what sends to a kernel for REST. Raises KernelNotFoundError."""
        if self.exchange is None:
            raise KernelNotFoundError(kernel_id)
        return self.programs.on(self.exchange.driver(kernel_id))

    def transport(self, kernel_id: str) -> str:
        """Return what the link to a kernel runs over. Raises KernelNotFoundError."""
        if self.exchange is None:
            raise KernelNotFoundError(kernel_id)
        return self.exchange.driver(kernel_id).link.transport

    def self_check(self) -> SelfCheck:
        """Return version, whether the broker is in the path or why not, and its limits."""
        in_force = self._server.web_app.settings.get("kernel_websocket_connection_class")
        state = self.installation.checked(in_force)
        return {
            "version": __version__,
            "in_path": state.in_path,
            "mode": state.mode,
            "reason": state.reason,
            "connection_class": f"{in_force.__module__}.{in_force.__qualname__}"
            if in_force
            else None,
            "limits": asdict(self.exchange.limits) if self.exchange is not None else {},
        }

    def now(self) -> float:
        """Return the time by the core's clock."""
        return asyncio.get_running_loop().time()


def recorder(recordings: Recordings) -> Watcher:
    """Return what lets recordings follow the kernels."""

    def watch(driver: KernelDriver, happenings: Sequence[Happening]) -> None:
        if driver.closed:
            recordings.kernel_gone(driver.kernel_id)
        else:
            recordings.happened(driver.kernel_id, driver.broker, happenings, driver.now)

    return watch
