"""A kernel manager in front of a gateway, jupyter_server's own sessions, and a log."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any

from jupyter_server.services.sessions.sessionmanager import SessionManager
from tornado.web import HTTPError

from jupyter_comm_broker.transport.gateway.far_end import GatewayUnreachableError

LOG = logging.getLogger("leaving")


class FakeKernels:
    """
    Adopts kernels as jupyter_server's manager does, also those that the gateway does not have.

    ``tests/acceptance/gateway/test_leaving.py`` runs the real one.
    """

    external_connection_dir = None

    def __init__(self) -> None:
        self.managers: dict[str, Any] = {}
        self.missing: set[str] = set()
        """Kernels that the gateway loses between a question and the adoption."""
        self.fails: dict[str, Exception] = {}
        self.shut = False

    def __contains__(self, kernel_id: str) -> bool:
        return kernel_id in self.managers

    async def start_kernel(self, *, kernel_id: str) -> str:
        if kernel_id in self.fails:
            raise self.fails.pop(kernel_id)
        self.managers[kernel_id] = SimpleNamespace(has_kernel=kernel_id not in self.missing)
        return kernel_id

    async def shutdown_kernel(self, kernel_id: str, now: bool = False) -> None:
        del self.managers[kernel_id]

    async def shutdown_all(self, now: bool = False) -> None:
        self.shut = True

    def get_kernel(self, kernel_id: str) -> Any:
        return self.managers[kernel_id]

    def remove_kernel(self, kernel_id: str) -> None:
        self.managers.pop(kernel_id, None)

    def list_kernel_ids(self) -> list[str]:
        return list(self.managers)

    def kernel_model(self, kernel_id: str) -> dict[str, str]:
        return {"id": kernel_id}


class FakeSessions(SessionManager):
    """jupyter_server's sessions, with the fake kernel manager."""

    def __init__(self, kernels: FakeKernels) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kernels = kernels

    def end(self) -> None:
        """Close the database. jupyter_server leaves it to the end of the process."""
        self.close()  # type: ignore[no-untyped-call]
        self.connection.close()

    @property
    def kernel_manager(self) -> FakeKernels:
        return self.kernels


class FakeFar:
    """A gateway that says what a test wants."""

    def __init__(self, *kernel_ids: str) -> None:
        self.kernel_ids = set(kernel_ids)
        self.down = ""
        self.asked = 0

    async def has_kernel(self, kernel_id: str) -> bool:
        self.asked += 1
        if self.down:
            raise GatewayUnreachableError(self.down)
        return kernel_id in self.kernel_ids


class RefusedError(HTTPError):
    """What jupyter_server raises when the gateway answers with an error."""

    def __init__(self) -> None:
        super().__init__(503, "the gateway is full")
