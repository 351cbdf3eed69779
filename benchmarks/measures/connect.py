"""
Connecting a page to an idle kernel, as time to the 101 and as time to the first kernel_info_reply.

Both begin before the TCP connection. The page sends kernel_info_request with the 101 in hand, as
JupyterLab does; a server that opens the socket early but lets requests wait (stock nudges the
kernel after the 101) has its waiting counted in the second figure.
"""

from __future__ import annotations

import asyncio
import statistics
import time

from benchmarks.figures import Figure, Size
from benchmarks.frontend import PATIENCE, Frontend
from benchmarks.target import Target


async def measure(target: Target, size: Size) -> list[Figure]:
    """Return a kernel's first connection and the median of further ones, each a new session."""
    async with target.kernel() as kernel_id:
        # Until someone asks a kernel something, REST may say "starting" for ever: so just wait.
        await asyncio.sleep(size.kernel_start)
        first_open, first_ready = await _connect(target, kernel_id)
        opens, readies = [], []
        for _ in range(size.connects):
            opened, ready = await _connect(target, kernel_id)
            opens.append(opened)
            readies.append(ready)
            # What follows a page's leaving is not part of the next one's coming.
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
