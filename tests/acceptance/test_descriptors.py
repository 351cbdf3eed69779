"""What a server has open: as much as its pages and kernels need, and no more when they left."""

import asyncio
import os
from dataclasses import dataclass

import pytest

from jupyter_comm_broker.testing.page import Page
from jupyter_comm_broker.testing.server import Server

from .held import descriptors, sockets_to, threads

PAGES = 200
ROUNDS = 20 if os.environ.get("JCB_LONG") else 4


@dataclass(frozen=True)
class Open:
    """What a server has open."""

    descriptors: int
    to_kernel: int
    threads: int


async def at_rest(server: Server, kernel_id: str = "", within: float = 15.0) -> Open:
    """Return what is open once that has not changed for a second: sockets come and go late."""
    loop = asyncio.get_running_loop()
    end = loop.time() + within
    last, since = None, loop.time()
    while True:
        now = Open(
            descriptors(server),
            sockets_to(server, kernel_id) if kernel_id else 0,
            threads(server),
        )
        if now != last:
            last, since = now, loop.time()
        if loop.time() >= min(end, since + 1.0):
            return now
        await asyncio.sleep(0.1)


async def restart_settled(server: Server, kernel_id: str, alone: Open) -> None:
    """
    Wait until nobody has more sockets to a restarted kernel than before.

    For each restart jupyter_server opens a shell socket of its own and waits on it for a
    ``kernel_info_reply``. It answers before that comes; restarted again by then, the process
    that was asked is gone, and the socket stays until ``kernel_info_timeout`` (60 s) is over.
    """
    loop = asyncio.get_running_loop()
    now = since = loop.time()
    end = now + 30
    # For half a second: ZeroMQ tries again every 0.2 s at the latest, so that by then all who
    # want to talk to the new process do.
    while now < since + 0.5:
        await asyncio.sleep(0.02)
        now = loop.time()
        if (found := sockets_to(server, kernel_id)) != alone.to_kernel:
            since = now
            assert now < end, f"{found} sockets to a restarted kernel, not {alone.to_kernel}"


@pytest.mark.timeout(300)
async def test_two_hundred_pages_cost_a_socket_each_and_none_when_they_left(
    server: Server, kernel_id: str
) -> None:
    """Stock: 806 sockets to the kernel instead of 6, and 8.6 descriptors a page."""
    async with Page(server, kernel_id) as first:
        await first.kernel_info()
        start = await at_rest(server, kernel_id)
        for number in range(ROUNDS):
            pages = [Page(server, kernel_id) for _ in range(PAGES)]
            for page in pages:
                await page.open()
            await asyncio.gather(*(page.kernel_info(60) for page in pages))
            await pages[number].run("1 + 1")
            assert sockets_to(server, kernel_id) == start.to_kernel
            assert descriptors(server) - start.descriptors <= 2 * PAGES
            await asyncio.gather(*(page.close() for page in pages))
        end = await at_rest(server, kernel_id)
        assert end.to_kernel == start.to_kernel
        assert end.descriptors <= start.descriptors + 5


@pytest.mark.timeout(300)
async def test_a_hundred_kernels_lives_leave_nothing_open(server: Server) -> None:
    """
    Connect, restart and disconnect 100 times, with a new kernel every 20 times.

    A task that was not ended would hold its page's or its kernel's sockets.
    """
    start = await at_rest(server)
    for _ in range(5):
        kernel_id = server.start_kernel()
        async with Page(server, kernel_id) as page:
            await page.kernel_info()
            await server.ask("POST", f"/api/kernels/{kernel_id}/restart")
            # A kernel that takes long to start would be at rest without a socket.
            await page.kernel_info()
        alone = await at_rest(server, kernel_id)
        for _ in range(4):
            async with Page(server, kernel_id) as page:
                await page.kernel_info()
                answer = await server.ask("POST", f"/api/kernels/{kernel_id}/restart")
                assert answer.status == 200
                await page.kernel_info()
                await restart_settled(server, kernel_id, alone)
            for _ in range(4):
                async with Page(server, kernel_id) as page:
                    await page.kernel_info()
        now = await at_rest(server, kernel_id)
        assert now.to_kernel == alone.to_kernel
        assert now.descriptors <= alone.descriptors + 5
        server.end_kernel(kernel_id)
    end = await at_rest(server)
    assert end.descriptors <= start.descriptors + 5
    assert end.threads <= start.threads + 2
