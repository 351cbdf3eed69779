"""
Which manager a Comm belongs to when nobody says.

In a kernel there is one. Outside of it that is the manager whose callback runs, or the one
that a ``with`` names, or the only one that is open in this process.
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
    Return the manager that a new comm belongs to.

    Raises:
        NoCommManagerError: there is none, or several.
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
    """Let new comms belong to ``manager``."""
    before = _used.set(manager)
    try:
        yield
    finally:
        _used.reset(before)


def opened(manager: CommManager) -> None:
    """Note a manager that comms can be opened with."""
    with _lock:
        _open[id(manager)] = manager


def closed(manager: CommManager) -> None:
    """Note that a manager takes no more comms; safe twice."""
    with _lock:
        _open.pop(id(manager), None)
