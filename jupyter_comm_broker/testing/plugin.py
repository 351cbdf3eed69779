"""
Fixtures for pytest: a server with the broker, a kernel of it, and a page on the kernel.

Pytest loads this module in every run of everybody who has the package installed. So it imports
nothing but pytest, and does nothing before a test asks for one of its fixtures.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from jupyter_comm_broker.testing.blocking_page import BlockingPage
    from jupyter_comm_broker.testing.kernel import Kernel
    from jupyter_comm_broker.testing.server import Server


class Servers(Protocol):
    """Gives the one server of this run that has certain options."""

    def __call__(self, **options: Any) -> Server:
        """Return it, started before if it was asked for before."""


@pytest.fixture(scope="session")
def comm_broker_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Real Jupyter servers by their options, which are those of ``testing.Server``."""
    from jupyter_comm_broker.testing.server import Server

    running: list[tuple[dict[str, Any], Server]] = []
    with ExitStack() as ends:

        def serve(**options: Any) -> Server:
            for known, server in running:
                if known == options:
                    return server
            folder = tmp_path_factory.mktemp("comm_broker") / "server"
            server = ends.enter_context(Server(folder, **options))
            running.append((options, server))
            return server

        yield serve


@pytest.fixture(scope="module")
def comm_broker_server_options() -> dict[str, Any]:
    """Options for the server: override it to return arguments of ``testing.Server``."""
    return {}


@pytest.fixture(scope="module")
def comm_broker_server(
    comm_broker_servers: Servers, comm_broker_server_options: dict[str, Any]
) -> Server:
    """A real Jupyter server with the broker, one for all modules that have the same options."""
    return comm_broker_servers(**comm_broker_server_options)


@pytest.fixture
def comm_broker_kernel(comm_broker_server: Server) -> Iterator[Kernel]:
    """A fresh kernel of the server, which ends with the test."""
    from jupyter_comm_broker.testing.kernel import Kernel

    with Kernel(comm_broker_server) as kernel:
        yield kernel


@pytest.fixture
def comm_broker_page_options() -> dict[str, Any]:
    """Options for the page: override it to return arguments of ``testing.Page``."""
    return {}


@pytest.fixture
def comm_broker_page(
    comm_broker_kernel: Kernel, comm_broker_page_options: dict[str, Any]
) -> Iterator[BlockingPage]:
    """A page that has loaded on the kernel, with methods that wait; closed with the test."""
    with comm_broker_kernel.blocking_page(**comm_broker_page_options) as page:
        page.arrive()
        yield page
