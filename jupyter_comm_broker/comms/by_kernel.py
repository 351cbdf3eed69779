"""The managers of a server's kernels, each made when somebody first asks for it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping

from jupyter_comm_broker.comms.comm_manager import CommManager
from jupyter_comm_broker.comms.port import CommPort
from jupyter_comm_broker.errors import KernelNotFoundError


class CommManagers(Mapping[str, CommManager]):
    """
    By kernel id, the kernel's manager: ``managers[kernel_id]``, or KeyError if it does not run.

    Iterating shows those that were made. Owns them until :meth:`close`.

    Args:
        port: makes the way to a kernel, or raises KernelNotFoundError.
        log: where callbacks that raise are written to.
    """

    def __init__(self, port: Callable[[str], CommPort], log: logging.Logger) -> None:
        self._port = port
        self._log = log
        self._managers: dict[str, CommManager] = {}
        self._over: list[CommManager] = []
        """Managers of kernels that are gone, whose last callbacks still run."""

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
        """Let go of all; safe twice."""
        for manager in [*self._over, *self._managers.values()]:
            manager.close()
        self._over.clear()
        self._managers.clear()

    def _sort_out(self) -> None:
        """Put aside the managers whose kernels are gone, and forget those that are done."""
        for kernel_id, manager in list(self._managers.items()):
            if not manager.is_open:
                self._over.append(self._managers.pop(kernel_id))
        for manager in [each for each in self._over if not each.waiting]:
            manager.close()
            self._over.remove(manager)
