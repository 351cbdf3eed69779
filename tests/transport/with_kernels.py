"""jupyter_server's own kernel manager with kernel drivers, and no server around them."""

from __future__ import annotations

import logging
from typing import Any

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from traitlets.config import Config

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.transport.driver import KernelDriver
from jupyter_comm_broker.transport.kernel_drivers import KernelDrivers
from jupyter_comm_broker.transport.links import ZmqLinks
from tests.fakes.provisioner import SPEC

KERNEL_ACTIONS = "https://events.jupyter.org/jupyter_server/kernel_actions/v1"


class Server:
    """jupyter_server's own kernel manager, and the drivers of its kernels."""

    def __init__(self) -> None:
        config = Config({"AsyncIOLoopKernelRestarter": {"time_to_dead": 0.1}})
        log = logging.getLogger("kernels")
        self.kernels: Any = AsyncMappingKernelManager(config=config, log=log)
        self.kernel_drivers = KernelDrivers(
            self.kernels, ZmqLinks(), Policy(), Limits(), logging.getLogger("broker")
        )

    async def starts(self) -> str:
        kernel_id: str = await self.kernels.start_kernel(kernel_name=SPEC)
        return kernel_id

    def listens(self, kernel_id: str) -> None:
        """Let the drivers follow the events of a kernel, as the extension does."""
        self.kernels.get_kernel(kernel_id).event_logger.add_listener(
            schema_id=KERNEL_ACTIONS, listener=self.kernel_drivers.kernel_action
        )

    def linked(self) -> dict[str, KernelDriver]:
        return dict(self.kernel_drivers._drivers)

    def callbacks(self, kernel_id: str) -> int:
        """Return how many callbacks the kernel's restarter has."""
        callbacks = self.kernels.get_kernel(kernel_id)._restarter.callbacks
        return sum(map(len, callbacks.values()))
