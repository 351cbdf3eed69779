"""Implements ``web.port.BrokerPort``: what REST may ask of one server's broker."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping, Sequence
from dataclasses import asdict
from typing import Any

from jupyter_comm_broker._version import __version__
from jupyter_comm_broker.adapters.event_feed import EventFeed
from jupyter_comm_broker.adapters.program import Program
from jupyter_comm_broker.core.broker import KernelBroker
from jupyter_comm_broker.errors import KernelNotFoundError
from jupyter_comm_broker.events.recordings import Recordings
from jupyter_comm_broker.inspection.health_views import SelfCheck
from jupyter_comm_broker.inspection.list_cursors import ListCursors
from jupyter_comm_broker.services import Services
from jupyter_comm_broker.transport.driver import KernelDriver
from jupyter_comm_broker.transport.installation import SETTING
from jupyter_comm_broker.transport.kernel_drivers import KernelDrivers


class RestPort:
    """
    Answers the REST handlers.

    Args:
        services: the services of the server's broker.
        settings: the web application's settings, which name the connection class in force.
    """

    def __init__(self, services: Services, settings: MutableMapping[str, Any]) -> None:
        self._services = services
        self._settings = settings

    @property
    def cursors(self) -> ListCursors:
        """The lists that readers page through."""
        return self._services.cursors

    @property
    def events(self) -> EventFeed:
        """The feed of events."""
        return self._services.events

    @property
    def recordings(self) -> Recordings:
        """The recordings of messages that users switched on."""
        return self._services.recordings

    @property
    def kernel_drivers(self) -> KernelDrivers | None:
        """The drivers of the kernels; ``None`` until they are followed."""
        return self._services.kernel_drivers

    def kernels(self) -> list[tuple[str, KernelBroker]]:
        """Return every linked kernel's id and broker."""
        if self.kernel_drivers is None:
            return []
        return [(driver.kernel_id, driver.broker) for driver in self.kernel_drivers.drivers()]

    def kernel(self, kernel_id: str) -> KernelBroker:
        """Return one kernel's broker. Raises KernelNotFoundError."""
        return self._driver(kernel_id).broker

    def program(self, kernel_id: str) -> Program:
        """Return the program that sends to a kernel for REST. Raises KernelNotFoundError."""
        return self._services.programs.on(self._driver(kernel_id))

    def transport(self, kernel_id: str) -> str:
        """Return what a kernel's link runs over, as ``zmq``. Raises KernelNotFoundError."""
        return self._driver(kernel_id).link.transport

    async def look(self, kernel_id: str, comm_ids: Sequence[str], seconds: float) -> bool:
        """
        Ask a kernel about comms, and wait until it has answered or closed them.

        Args:
            kernel_id: the kernel.
            comm_ids: the comms.
            seconds: how long to wait at most.

        Returns:
            Whether that was over in time.

        Raises:
            KernelNotFoundError: there is no such kernel.
        """
        return await self._driver(kernel_id).look(comm_ids, seconds)

    def self_check(self) -> SelfCheck:
        """Return the version, whether the broker is in the path or why not, and its limits."""
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
            "limits": asdict(self.kernel_drivers.limits) if self.kernel_drivers is not None else {},
            "strategies": self._services.plugins.listed,
            "unlinked": self.kernel_drivers.unlinked() if self.kernel_drivers is not None else {},
        }

    def now(self) -> float:
        """Return the time by the core's clock."""
        return asyncio.get_running_loop().time()

    def _driver(self, kernel_id: str) -> KernelDriver:
        if self.kernel_drivers is None:
            raise KernelNotFoundError(kernel_id)
        return self.kernel_drivers.driver(kernel_id)
