"""A manager over a port that a test drives, and servers for those that need a real one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_comm_broker.comms.comm_manager import CommManager
from jupyter_comm_broker.comms.remote.address import Address
from tests.fakes.provisioner import offer, stop_all
from tests.fakes.server import EXTENSIONS, Desk

from .fake_port import FakePort


@pytest.fixture
def port() -> FakePort:
    return FakePort()


@pytest.fixture
def manager(port: FakePort) -> Iterator[CommManager]:
    manager = CommManager(port)
    yield manager
    manager.close()


@pytest.fixture
def jp_server_config() -> dict[str, Any]:
    return EXTENSIONS


@pytest.fixture
def desk(
    jp_environ: None,
    jp_data_dir: Path,
    jp_serverapp: Any,
    jp_fetch: Any,
    jp_ws_fetch: Any,
    jp_asyncio_loop: asyncio.AbstractEventLoop,
) -> Iterator[Desk]:
    """A server with the broker, whose kernels are of this process."""
    offer(jp_data_dir)
    desk = Desk(jp_serverapp, jp_fetch, jp_ws_fetch)
    yield desk

    async def close() -> None:
        await desk.close()
        stop_all()

    jp_asyncio_loop.run_until_complete(close())


@pytest.fixture
def address(desk: Desk) -> Address:
    return Address.of(desk.app.connection_url, desk.app.identity_provider.token)
