"""The comm managers of a server's kernels. Each is made when it is first asked for."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping

from jupyter_comm_broker.comms.comm_manager import CommManager
from jupyter_comm_broker.comms.port import CommPort
from jupyter_comm_broker.errors import KernelNotFoundError


class CommManagers(Mapping[str, CommManager]):
    """
    The comm managers by kernel id. ``managers[kernel_id]`` raises KeyError if no kernel has the id.

    Iteration yields the ids of the managers that were made. :meth:`close` closes them all.

    Args:
        port: makes the port to a kernel, or raises KernelNotFoundError.
        log: the log for callbacks that raise.
    """

    def __init__(self, port: Callable[[str], CommPort], log: logging.Logger) -> None:
        self._port = port
        self._log = log
        self._managers: dict[str, CommManager] = {}
        self._over: list[CommManager] = []
        """Managers of kernels that are gone. Their last callbacks still run."""

    def __getitem__(self, kernel_id: str) -> CommManager:
        self._sort_out()
        manager = self._managers.get(kernel_id)
        if manager is None:
            try:
                port = self._port(kernel_id)
            except KernelNotFoundError as error:
                raise KeyError(str(error)) from error
            manager = self._managers[kernel_id] = CommManager(port, log=self._log)
        return manager

    def __iter__(self) -> Iterator[str]:
        self._sort_out()
        return iter(list(self._managers))

    def __len__(self) -> int:
        self._sort_out()
        return len(self._managers)

    def __contains__(self, kernel_id: object) -> bool:
        self._sort_out()
        return kernel_id in self._managers

    def close(self) -> None:
        """Close all managers. May be called twice."""
        for manager in [*self._over, *self._managers.values()]:
            manager.close()
        self._over.clear()
        self._managers.clear()

    def _sort_out(self) -> None:
        """Set aside the managers of kernels that are gone, and close those that are done."""
        for kernel_id, manager in list(self._managers.items()):
            if not manager.is_open:
                self._over.append(self._managers.pop(kernel_id))
        for manager in [each for each in self._over if not each.waiting]:
            manager.close()
            self._over.remove(manager)
