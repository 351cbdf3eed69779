"""
The drivers of all kernels of one server.

Kernels are found in three ways: the server emits an event that one was started, a page connects
to one, or the list of kernels has a new one. External kernels, and the kernels of managers that
emit no events, are found only by the list.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from functools import partial
from typing import Any

from tornado.ioloop import PeriodicCallback

from jupyter_comm_broker.core.limits import Limits
from jupyter_comm_broker.core.policy import Policy
from jupyter_comm_broker.errors import KernelNotFoundError, LinkNotOpenedError
from jupyter_comm_broker.transport.driver import Greeter, KernelDriver, Watcher
from jupyter_comm_broker.transport.links import Links
from jupyter_comm_broker.transport.page_ports import FrontendPort

LOOK_SECONDS = 5.0
"""How often the list of kernels is compared with our links."""


class KernelDrivers:
    """
    Owns a driver for each kernel, until the kernel or the server ends.

    Args:
        kernels: jupyter_server's kernel manager.
        links: makes the links to kernels.
        policy: what the stock settings allow.
        limits: the operators' limits.
        log: the server's log.
    """

    def __init__(
        self, kernels: Any, links: Links, policy: Policy, limits: Limits, log: logging.Logger
    ) -> None:
        self._kernels = kernels
        self.links = links
        self._policy = policy
        self.limits = limits
        self._log = log
        self._drivers: dict[str, KernelDriver] = {}
        self._callbacks: dict[str, list[tuple[Any, str]]] = {}
        self.connections: set[FrontendPort] = set()
        """Every open frontend connection of this server."""
        self.watchers: list[Watcher] = []
        """Are told what happens on every kernel."""
        self.greeters: list[Greeter] = []
        """Are told of each kernel before its first message is read."""
        self._unlinked: dict[str, str] = {}
        """Kernels that cannot be connected to, each with the reason that was logged."""
        self._looking: PeriodicCallback | None = None
        self.closed = False

    # -- finding kernels -------------------------------------------------------------------------

    def drivers(self) -> list[KernelDriver]:
        """Return the drivers of all kernels that run now."""
        self.look()
        return list(self._drivers.values())

    def linked(self) -> list[KernelDriver]:
        """Return the drivers of the kernels that are known, without looking for others."""
        return list(self._drivers.values())

    def unlinked(self) -> dict[str, str]:
        """Return the kernels that could not be connected to at the last attempt, and why."""
        return dict(self._unlinked)

    def driver(self, kernel_id: str, *, started: bool = False) -> KernelDriver:
        """
        Return the driver of a kernel. The kernel is connected on first use.

        Args:
            kernel_id: which kernel.
            started: whether the kernel was only just started, and cannot have comms yet.

        Raises:
            KernelNotFoundError: there is no such kernel.
            LinkNotOpenedError: it cannot be connected to now. The broker tries again by itself.
        """
        driver = self._drivers.get(kernel_id)
        if driver is None:
            return self._connected(kernel_id, started=started)
        driver.want()
        return driver

    def _connected(self, kernel_id: str, *, started: bool) -> KernelDriver:
        if self.closed or kernel_id not in self._kernels:
            raise KernelNotFoundError(kernel_id)
        manager = self._kernels.get_kernel(kernel_id)
        driver = KernelDriver(
            manager,
            self.links.maker(manager, self.limits, partial(self._pages_of, kernel_id)),
            self._policy,
            self.limits,
            self._log,
            self.watchers,
        )
        driver.when_gone(partial(self._vanished, kernel_id))
        # Before anything can fail, so that a kernel that cannot be connected is tried again.
        self._start_looking()
        try:
            running = not (started or is_starting(manager))
            driver.open(running=running, greeters=self.greeters)
            self._watch(driver)
        except BaseException as error:
            # A driver with half a link must not stay.
            self._let_go(driver)
            self._note_unlinked(kernel_id, error)
            raise
        self._drivers[kernel_id] = driver
        self._unlinked.pop(kernel_id, None)
        return driver

    def _pages_of(self, kernel_id: str) -> int:
        driver = self._drivers.get(kernel_id)
        return len(driver.broker.known.attached()) if driver is not None else 0

    def _note_unlinked(self, kernel_id: str, error: BaseException) -> None:
        reason, known = str(error) or repr(error), self._unlinked.get(kernel_id)
        self._unlinked[kernel_id] = reason
        # The kernel is tried every few seconds. Each reason is logged once.
        if known != reason:
            self._log.log(
                logging.DEBUG
                if isinstance(error, LinkNotOpenedError) and error.soon
                else logging.ERROR,
                "comm broker: %s. Its pages are refused meanwhile. The broker tries again.",
                reason,
            )

    def look(self) -> None:
        """Connect new kernels, close the links to ended ones, and follow those that moved."""
        running = set(self._kernels.list_kernel_ids())
        for kernel_id in set(self._drivers) - running:
            self.kernel_gone(kernel_id)
        for kernel_id in set(self._unlinked) - running:
            del self._unlinked[kernel_id]
        for kernel_id in running:
            try:
                if (driver := self._drivers.get(kernel_id)) is not None:
                    driver.follow_moves()
                else:
                    self._connected(kernel_id, started=False)
            except Exception:  # noqa: BLE001, PERF203 - one kernel must not hide the others
                # A kernel that is being started or removed has no ports. It is tried again.
                self._log.debug(
                    "comm broker: kernel %s cannot be connected yet", kernel_id, exc_info=True
                )

    def _start_looking(self) -> None:
        if self._looking is None and not self.closed:
            self._looking = PeriodicCallback(self.look, LOOK_SECONDS * 1000)
            self._looking.start()

    # -- what happens to kernels -----------------------------------------------------------------

    async def kernel_action(self, logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        """
        Follow the server's ``kernel_actions`` event.

        Args:
            logger: the server's event logger.
            schema_id: the event's schema.
            data: the event: its action, kernel and status.
        """
        kernel_id, action = data.get("kernel_id"), data.get("action")
        if kernel_id is None or data.get("status") != "success" or self.closed:
            return
        if action == "start" and kernel_id in self._kernels:
            # A gateway's kernel that a server adopts is said to be started, too (fact 6.13).
            adopted = self.links.open_later and not is_starting(self._kernels.get_kernel(kernel_id))
            with suppress(LinkNotOpenedError):  # It was logged, and is tried again.
                self.driver(kernel_id, started=not adopted)
        elif action == "restart" and kernel_id in self._drivers:
            self._drivers[kernel_id].kernel_restarted()
        elif action == "shutdown" and kernel_id not in self._kernels:
            self.kernel_gone(kernel_id)

    def _vanished(self, kernel_id: str) -> None:
        """Forget a kernel that its gateway does not have any more, as jupyter_server does."""
        self._kernels.remove_kernel(kernel_id)
        self.kernel_gone(kernel_id)

    def kernel_gone(self, kernel_id: str) -> None:
        """Close the link to a kernel that has ended."""
        driver = self._drivers.pop(kernel_id, None)
        if driver is not None:
            self._let_go(driver)

    def _let_go(self, driver: KernelDriver) -> None:
        for step in (partial(self._unwatch, driver), driver.close):
            try:
                step()
            except Exception:  # noqa: BLE001, PERF203 - one kernel's end must not hide others'
                self._log.exception("comm broker: letting go of kernel %s failed", driver.kernel_id)

    def _watch(self, driver: KernelDriver) -> None:
        # The restarter of a sync kernel manager calls these on a thread of its own.
        callbacks = [
            (partial(driver.at_home, driver.kernel_restarting), "restart"),
            (partial(driver.at_home, driver.kernel_restarting, "dead"), "dead"),
        ]
        added = self._callbacks[driver.kernel_id] = []
        for callback, event in callbacks:
            self._kernels.add_restart_callback(driver.kernel_id, callback, event)
            added.append((callback, event))

    def _unwatch(self, driver: KernelDriver) -> None:
        for callback, event in self._callbacks.pop(driver.kernel_id, []):
            driver.kernel_manager.remove_restart_callback(callback, event)

    # -- end -------------------------------------------------------------------------------------

    def close_connections(self) -> None:
        """Close every frontend connection, as the server does when it stops."""
        for connection in list(self.connections):
            connection.close("the server is stopping")

    def close(self) -> None:
        """Close the links to all kernels. May be called twice."""
        self.closed = True
        if self._looking is not None:
            self._looking.stop()
            self._looking = None
        for kernel_id, driver in list(self._drivers.items()):
            # The server ends, and perhaps not the kernel. As on a stock server, pages go on showing
            # their widgets.
            driver.forget_pages()
            self.kernel_gone(kernel_id)


def is_starting(manager: Any) -> bool:
    """
    Return whether a kernel was only just started, and may not read its control channel yet.

    A server knows a kernel for a moment before it gives it a state. ipykernel 6 fails at a control
    message that waits when it starts, and prints the error to every page.

    Args:
        manager: the server's manager of the kernel.
    """
    state = getattr(manager, "execution_state", None)
    return state == "starting" or (state is None and bool(getattr(manager, "owns_kernel", False)))
