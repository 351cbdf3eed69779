"""A kernel of a server, and pages on it."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from jupyter_comm_broker.errors import ServerRefusedError
from jupyter_comm_broker.testing.blocking_page import BlockingPage
from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.server import Server


class Kernel:
    """
    One kernel, which runs inside a ``with`` block.

    Args:
        server: the server that runs it.
        name: the name of its kernel specification.
    """

    def __init__(self, server: Server, name: str = "python3") -> None:
        self.server = server
        self.name = name
        self.id = ""
        """Its id on the server; empty until it runs."""

    def __enter__(self) -> Kernel:
        self.id = self.server.start_kernel(self.name)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.server.end_kernel(self.id)

    def page(self, **options: Any) -> Page:
        """
        Return a page on the kernel for a test that is a coroutine. Open it with ``async with``.

        Args:
            options: the options of :class:`~jupyter_comm_broker.testing.Page`.
        """
        return Page(self.server, self.id, **options)

    def blocking_page(self, **options: Any) -> BlockingPage:
        """Return a page on the kernel for a test that is a plain function. Open it by ``with``."""
        return BlockingPage(self.page(**options))

    def restart(self) -> None:
        """Restart the kernel. Returns when the server has done so."""
        self._post("restart")

    def interrupt(self) -> None:
        """Interrupt the request that the kernel runs."""
        self._post("interrupt")

    def _post(self, what: str) -> None:
        path = f"/api/kernels/{self.id}/{what}"
        answer = self.server.request("POST", path, {})
        if answer.status >= 400:
            raise ServerRefusedError(path, answer.status, str(answer.body))
