"""Tells the brokers of kernels when a notebook that uses them was saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from jupyter_server.services.sessions.sessionmanager import SessionManager

from jupyter_comm_broker.transport.driver import KernelDriver

CONTENTS = "https://events.jupyter.org/jupyter_server/contents_service/v1"
"""The event of jupyter_server's contents manager."""


class SavedNotebooks:
    """
    Listens for saves.

    Args:
        sessions: says which kernel a notebook uses.
        drivers: returns the drivers of the kernels.
    """

    def __init__(
        self, sessions: SessionManager, drivers: Callable[[], Iterable[KernelDriver]]
    ) -> None:
        self._sessions = sessions
        self._drivers = drivers

    async def heard(self, logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        """
        Follow an event of the contents manager.

        Args:
            logger: the server's event logger.
            schema_id: the event's schema.
            data: the event: its action and the path.
        """
        path = data.get("path")
        drivers = list(self._drivers())
        if data.get("action") != "save" or not isinstance(path, str) or not drivers:
            return
        # The time of the save: looking for its kernel may take a while.
        saved = {driver.kernel_id: (driver, driver.now) for driver in drivers}
        paths: dict[str, list[str]] = {}
        for session in await self._sessions.list_sessions():
            kernel_id = str((session.get("kernel") or {}).get("id"))
            paths.setdefault(kernel_id, []).append(str(session.get("path")).strip("/"))
        for kernel_id, (driver, now) in saved.items():
            # Of two notebooks with one kernel, a run may be of the one that was not saved.
            if paths.get(kernel_id) == [path.strip("/")]:
                driver.broker.notebook_saved(now)
