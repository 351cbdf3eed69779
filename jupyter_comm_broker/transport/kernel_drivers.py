"""
All kernels of one server that the broker is linked to.

Kernels are found three ways: the server's event that one was started, a page that connects
to one, and a look through the list, which is the only way for external kernels and for
managers that emit no events.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from tornado.ioloop import PeriodicCallback

from jupyter_comm_broker.core.context import Policy
from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.errors import KernelNotFoundError
from jupyter_comm_broker.transport.driver import FrontendPort, KernelDriver, Watcher

LOOK_SECONDS = 5.0
"""How often the list of kernels is compared with our links."""


class Exchange:
    """Owns one driver for each kernel, from its first sight to its end or the server's."""

    def __init__(self, kernels: Any, policy: Policy, limits: Limits, log: logging.Logger) -> None:
        self._kernels = kernels
        self._policy = policy
        self.limits = limits
        self._log = log
        self._drivers: dict[str, KernelDriver] = {}
        self._callbacks: dict[str, list[tuple[Any, str]]] = {}
        self.connections: set[FrontendPort] = set()
        """Every open frontend connection of this server."""
        self.watchers: list[Watcher] = []
        """Who is told what happens on every kernel."""
        self.greeters: list[Callable[[KernelDriver], None]] = []
        """Who is told of each kernel before anything is heard from it."""
        self._looking: PeriodicCallback | None = None
        self.closed = False

    # -- finding kernels -------------------------------------------------------------------------

    def drivers(self) -> list[KernelDriver]:
        """Return the drivers of all kernels that run now."""
        self.look()
        return list(self._drivers.values())

    def linked(self) -> list[KernelDriver]:
        """Return the drivers that there are, without a look for others."""
        return list(self._drivers.values())

    def driver(self, kernel_id: str, *, started: bool = False) -> KernelDriver:
        """
        Return the driver of a kernel, linked on first use.

        Args:
            kernel_id: which kernel.
            started: the kernel was only just started, so that it can have no comms yet.

        Raises:
            KernelNotFoundError: no such kernel.
        """
        driver = self._drivers.get(kernel_id)
        if driver is not None:
            driver.follow_moves()
            return driver
        if self.closed or kernel_id not in self._kernels:
            raise KernelNotFoundError(kernel_id)
        driver = KernelDriver(
            self._kernels.get_kernel(kernel_id),
            self._policy,
            self.limits,
            self._log,
            self.watchers,
        )
        for greet in self.greeters:
            greet(driver)
        starting = getattr(driver.kernel_manager, "execution_state", None) == "starting"
        try:
            driver.open(running=not (started or starting))
            self._watch(driver)
        except BaseException:
            # Half a link would be taken for a whole one from then on.
            driver.close()
            raise
        self._drivers[kernel_id] = driver
        self._start_looking()
        return driver

    def look(self) -> None:
        """Link kernels that appeared, let go of those that are gone, follow those that moved."""
        running = set(self._kernels.list_kernel_ids())
        for kernel_id in set(self._drivers) - running:
            self.kernel_gone(kernel_id)
        for kernel_id in running:
            try:
                self.driver(kernel_id)
            except Exception:  # noqa: BLE001, PERF203 - one kernel must not hide the others
                # A kernel that is just being started or removed has no ports; we look again.
                self._log.debug(
                    "comm broker: kernel %s cannot be linked yet", kernel_id, exc_info=True
                )

    def _start_looking(self) -> None:
        if self._looking is None and not self.closed:
            self._looking = PeriodicCallback(self.look, LOOK_SECONDS * 1000)
            self._looking.start()

    # -- what happens to kernels -----------------------------------------------------------------

    async def kernel_action(self, logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        """Follow the server's ``kernel_actions`` event."""
        kernel_id, action = data.get("kernel_id"), data.get("action")
        if kernel_id is None or data.get("status") != "success" or self.closed:
            return
        if action == "start" and kernel_id in self._kernels:
            self.driver(kernel_id, started=True)
        elif action == "restart" and kernel_id in self._drivers:
            self._drivers[kernel_id].kernel_restarted()
        elif action == "shutdown" and kernel_id not in self._kernels:
            self.kernel_gone(kernel_id)

    def kernel_gone(self, kernel_id: str) -> None:
        """Let go of a kernel."""
        driver = self._drivers.pop(kernel_id, None)
        if driver is not None:
            self._unwatch(driver)
            driver.close()

    def _watch(self, driver: KernelDriver) -> None:
        # A sync kernel manager keeps its restarter, and thus calls these, on a thread of its own.
        callbacks = [
            (partial(driver.at_home, driver.kernel_restarting), "restart"),
            (partial(driver.at_home, driver.kernel_restarting, "dead"), "dead"),
        ]
        for callback, event in callbacks:
            self._kernels.add_restart_callback(driver.kernel_id, callback, event)
        self._callbacks[driver.kernel_id] = callbacks

    def _unwatch(self, driver: KernelDriver) -> None:
        for callback, event in self._callbacks.pop(driver.kernel_id, []):
            driver.kernel_manager.remove_restart_callback(callback, event)

    # -- end -------------------------------------------------------------------------------------

    def close_connections(self) -> None:
        """Close every frontend connection, as the server does when it stops."""
        for connection in list(self.connections):
            connection.close("the server is stopping")

    def close(self) -> None:
        """Let go of all kernels; safe twice."""
        self.closed = True
        if self._looking is not None:
            self._looking.stop()
            self._looking = None
        for kernel_id in list(self._drivers):
            self.kernel_gone(kernel_id)
