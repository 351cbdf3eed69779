"""One gateway, and servers in front of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_comm_broker.testing.server import Server

from ..conftest import SUBJECT
from .gateway import Gateway
from .wire import Wire


@pytest.fixture(scope="package")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway with nobody's settings, shared."""
    with Gateway(tmp_path_factory.mktemp("gateway") / "shared") as running:
        yield running


@pytest.fixture(scope="package")
def front(gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server in front of the gateway, shared."""
    folder = tmp_path_factory.mktemp("front") / "shared"
    with Server(folder, SUBJECT, options=gateway.front()) as running:
        yield running


@pytest.fixture
def wire(gateway: Gateway) -> Iterator[Wire]:
    """A wire to the gateway that can be cut."""
    wire = Wire(gateway.port)
    wire.open()
    yield wire
    wire.close()


@pytest.fixture
def start_front(gateway: Gateway, start_server: Callable[..., Server]) -> Callable[..., Server]:
    """Start a server in front of the gateway, made to order; it reaches it through ``wire``."""

    def start(wire: Wire | None = None, *, options: tuple[str, ...] = (), **how: Any) -> Server:
        port = wire.port if wire is not None else None
        return start_server(options=[*gateway.front(port), *options], **how)

    return start


@pytest.fixture
def kernel_id(front: Server) -> Iterator[str]:
    """A fresh kernel of the shared server in front."""
    kernel_id = front.start_kernel()
    yield kernel_id
    front.end_kernel(kernel_id)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A folder that kernels and the test share."""
    return tmp_path
