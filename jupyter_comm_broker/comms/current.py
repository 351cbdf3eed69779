"""
The manager of a new Comm that names none.

In a kernel there is only one manager. Outside, the first of these counts:

* the manager whose callback runs, or that a ``with`` block sets;
* the only manager that is open in this process.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from jupyter_comm_broker.errors import NoCommManagerError

if TYPE_CHECKING:
    from jupyter_comm_broker.comms.comm_manager import CommManager

_used: ContextVar[CommManager | None] = ContextVar("comm_manager", default=None)
_open: dict[int, CommManager] = {}
_lock = threading.Lock()


def current_manager() -> CommManager:
    """
    Return the manager of a new comm.

    Raises:
        NoCommManagerError: there is none, or there are several.
    """
    used = _used.get()
    if used is not None:
        return used
    with _lock:
        managers = list(_open.values())
    if len(managers) != 1:
        raise NoCommManagerError(len(managers))
    return managers[0]


@contextmanager
def using(manager: CommManager) -> Iterator[None]:
    """Let new comms in this context belong to ``manager``."""
    before = _used.set(manager)
    try:
        yield
    finally:
        _used.reset(before)


def opened(manager: CommManager) -> None:
    """Note that a manager is open."""
    with _lock:
        _open[id(manager)] = manager


def closed(manager: CommManager) -> None:
    """Note that a manager is closed. May be called twice."""
    with _lock:
        _open.pop(id(manager), None)
