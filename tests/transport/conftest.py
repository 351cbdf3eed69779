"""Kernels to link to: of this process, and one real ipykernel for all tests of the folder."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.kernel import ZmqKernel
from tests.fakes.managers import ipykernel
from tests.fakes.provisioner import offer, stop_all
from tests.fakes.server import EXTENSIONS, Desk
from tests.transport.sockets import Line


@pytest.fixture(scope="session")
def real_kernel(nobodys_settings: None) -> Iterator[Mapping[str, Any]]:
    with ipykernel() as info:
        yield info


@pytest.fixture
def kernel(jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[ZmqKernel]:
    """A kernel of this process, on the loop that the test runs on."""

    async def made() -> ZmqKernel:
        return ZmqKernel()

    made_kernel = jp_asyncio_loop.run_until_complete(made())

    async def stopped() -> None:
        made_kernel.stop()

    yield made_kernel
    jp_asyncio_loop.run_until_complete(stopped())


@pytest.fixture
def in_process_kernels(
    jp_environ: None, jp_data_dir: Path, jp_asyncio_loop: asyncio.AbstractEventLoop
) -> Iterator[None]:
    """Let kernel managers start kernels in this process."""
    offer(jp_data_dir)
    yield

    async def stopped() -> None:
        stop_all()

    jp_asyncio_loop.run_until_complete(stopped())


@pytest.fixture
def jp_server_config() -> dict[str, Any]:
    return EXTENSIONS


@pytest.fixture
def desk(
    in_process_kernels: None,
    jp_serverapp: Any,
    jp_fetch: Any,
    jp_ws_fetch: Any,
    jp_asyncio_loop: asyncio.AbstractEventLoop,
) -> Iterator[Desk]:
    desk = Desk(jp_serverapp, jp_fetch, jp_ws_fetch)
    yield desk
    jp_asyncio_loop.run_until_complete(desk.close())


@pytest.fixture
def line(jp_asyncio_loop: asyncio.AbstractEventLoop) -> Any:
    line = Line()
    yield line
    jp_asyncio_loop.run_until_complete(line.close())
