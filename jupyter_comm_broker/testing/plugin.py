"""
Fixtures for pytest: a server with the broker, a kernel of it, and a page on the kernel.

If the package is installed, pytest loads this module in every run. So it imports only pytest, and
does nothing before a test asks for one of its fixtures.
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
    """Returns servers. There is one in a run for each set of options."""

    def __call__(self, **options: Any) -> Server:
        """Return the server with these options. The first call starts it."""


@pytest.fixture(scope="session")
def comm_broker_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Real Jupyter servers by their options. These are the arguments of ``testing.Server``."""
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
    """The options of the server. Override it to return arguments of ``testing.Server``."""
    return {}


@pytest.fixture(scope="module")
def comm_broker_server(
    comm_broker_servers: Servers, comm_broker_server_options: dict[str, Any]
) -> Server:
    """A real Jupyter server with the broker. Modules with the same options share one."""
    return comm_broker_servers(**comm_broker_server_options)


@pytest.fixture
def comm_broker_kernel(comm_broker_server: Server) -> Iterator[Kernel]:
    """A new kernel of the server. It ends with the test."""
    from jupyter_comm_broker.testing.kernel import Kernel

    with Kernel(comm_broker_server) as kernel:
        yield kernel


@pytest.fixture
def comm_broker_page_options() -> dict[str, Any]:
    """The options of the page. Override it to return arguments of ``testing.Page``."""
    return {}


@pytest.fixture
def comm_broker_page(
    comm_broker_kernel: Kernel, comm_broker_page_options: dict[str, Any]
) -> Iterator[BlockingPage]:
    """A page that has loaded on the kernel. Its methods wait. It is closed with the test."""
    with comm_broker_kernel.blocking_page(**comm_broker_page_options) as page:
        page.arrive()
        yield page
