"""
Connecting a page to an idle kernel: the time to the 101, and to the first kernel_info_reply.

Both begin before the TCP connection. The page sends its kernel_info_request after the 101, as
JupyterLab does. A server may open the socket early and let requests wait (stock nudges the kernel
after the 101). That wait counts in the second figure.
"""

from __future__ import annotations

import asyncio
import statistics
import time

from benchmarks.figures import Figure, Size
from benchmarks.frontend import PATIENCE, Frontend
from benchmarks.target import Target


async def measure(target: Target, size: Size) -> list[Figure]:
    """Return a kernel's first connection, and the median of later ones with new session ids."""
    async with target.kernel() as kernel_id:
        # REST may say "starting" until somebody asks the kernel something. So this only waits.
        await asyncio.sleep(size.kernel_start)
        first_open, first_ready = await _connect(target, kernel_id)
        opens, readies = [], []
        for _ in range(size.connects):
            opened, ready = await _connect(target, kernel_id)
            opens.append(opened)
            readies.append(ready)
            # The work after a page has left is not part of the next connection.
            await asyncio.sleep(0.05)
    return [
        Figure("connect.first.open", "connect, first page: 101", "ms", (first_open,)),
        Figure(
            "connect.first.ready", "connect, first page: kernel_info_reply", "ms", (first_ready,)
        ),
        Figure("connect.open", "connect: 101", "ms", (statistics.median(opens),)),
        Figure(
            "connect.ready",
            "connect: kernel_info_reply",
            "ms",
            (statistics.median(readies),),
            ratio_goal=1 / 10,
            limit_goal=5,
        ),
    ]


async def _connect(target: Target, kernel_id: str) -> tuple[float, float]:
    begun = time.perf_counter()
    frontend = await Frontend.open(target, kernel_id)
    reply = frontend.expect(lambda message: message.kind == "kernel_info_reply")
    frontend.send("shell", "kernel_info_request", {})
    arrived = (await asyncio.wait_for(reply, PATIENCE)).arrived
    await frontend.close()
    return frontend.handshake * 1000, (arrived - begun) * 1000
