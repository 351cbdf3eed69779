"""Kernels to link to: of this process, and one real ipykernel for all tests of the folder."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fakes.kernel import ZmqKernel
from tests.transport.sockets import Line
from tests.transport.with_kernels import Server
from tests.transport.zmq_pairs import Sockets


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
def line(jp_asyncio_loop: asyncio.AbstractEventLoop) -> Any:
    line = Line()
    yield line
    jp_asyncio_loop.run_until_complete(line.close())


@pytest.fixture
def server(
    in_process_kernels: None, jp_asyncio_loop: asyncio.AbstractEventLoop
) -> Iterator[Server]:
    server = Server()
    yield server

    async def stop() -> None:
        server.kernel_drivers.close()
        await server.kernels.shutdown_all(now=True)
        # Otherwise the garbage collector does it, at any time and in any test.
        server.kernels.context.destroy(linger=0)

    jp_asyncio_loop.run_until_complete(stop())


@pytest.fixture
def sockets() -> Iterator[Sockets]:
    made = Sockets()
    yield made
    made.close()
