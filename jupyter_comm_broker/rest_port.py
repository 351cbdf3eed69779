"""What REST may ask of one server's broker: the other side of ``web.port.BrokerPort``."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from dataclasses import asdict
from typing import Any

from jupyter_comm_broker._version import __version__
from jupyter_comm_broker.adapters.event_feed import EventFeed
from jupyter_comm_broker.adapters.program import Program
from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.errors import KernelNotFoundError
from jupyter_comm_broker.events.recordings import Recordings
from jupyter_comm_broker.inspection.list_cursors import ListWalks
from jupyter_comm_broker.inspection.views import SelfCheck
from jupyter_comm_broker.services import Services
from jupyter_comm_broker.transport.driver import KernelDriver
from jupyter_comm_broker.transport.installation import SETTING
from jupyter_comm_broker.transport.kernel_drivers import Exchange


class RestPort:
    """
    Answers handlers.

    Args:
        services: what the server's broker runs.
        settings: the web application's, where the connection class in force is to be found.
    """

    def __init__(self, services: Services, settings: MutableMapping[str, Any]) -> None:
        self._services = services
        self._settings = settings

    @property
    def walks(self) -> ListWalks:
        """The lists that readers are walking through."""
        return self._services.walks

    @property
    def events(self) -> EventFeed:
        """What happens, as it happens."""
        return self._services.events

    @property
    def recordings(self) -> Recordings:
        """The message tails that somebody switched on."""
        return self._services.recordings

    @property
    def exchange(self) -> Exchange | None:
        """The kernels; ``None`` where they are not this server's own."""
        return self._services.exchange

    def kernels(self) -> list[tuple[str, KernelBroker]]:
        """Return every linked kernel's id and broker."""
        if self.exchange is None:
            return []
        return [(driver.kernel_id, driver.broker) for driver in self.exchange.drivers()]

    def kernel(self, kernel_id: str) -> KernelBroker:
        """Return one kernel's broker. Raises KernelNotFoundError."""
        return self._driver(kernel_id).broker

    def program(self, kernel_id: str) -> Program:
        """Return what sends to a kernel for REST. Raises KernelNotFoundError."""
        return self._services.programs.on(self._driver(kernel_id))

    def transport(self, kernel_id: str) -> str:
        """Return what the link to a kernel runs over. Raises KernelNotFoundError."""
        return self._driver(kernel_id).link.transport

    def self_check(self) -> SelfCheck:
        """Return version, whether the broker is in the path or why not, and its limits."""
        in_force = self._settings.get(SETTING)
        state = self._services.installation.checked(in_force)
        return {
            "version": __version__,
            "in_path": state.in_path,
            "mode": state.mode,
            "reason": state.reason,
            "connection_class": f"{in_force.__module__}.{in_force.__qualname__}"
            if in_force
            else None,
            "limits": asdict(self.exchange.limits) if self.exchange is not None else {},
            "strategies": self._services.plugins.listed,
        }

    def now(self) -> float:
        """Return the time by the core's clock."""
        return asyncio.get_running_loop().time()

    def _driver(self, kernel_id: str) -> KernelDriver:
        if self.exchange is None:
            raise KernelNotFoundError(kernel_id)
        return self.exchange.driver(kernel_id)
