"""
Echo round trip: a page's comm_msg, sent back by the kernel; 8 pages attached, server idle.

Measured at two paces, because TCP answers differently: *dragging* sends 5 to 20 ms after the last
answer, as a slider that is moved does, *clicks* 50 to 100 ms after it. Between small packets that
come close together the receiver delays its ACK, and a server with Nagle's algorithm waits for it.
"""

from __future__ import annotations

import statistics

from benchmarks.cells import ECHO
from benchmarks.crowd import crowd
from benchmarks.echoes import CLICKS, DRAGGING, open_comm, p99, round_trips
from benchmarks.figures import Figure, Size
from benchmarks.target import Target

WARM_UP = 10


async def measure(target: Target, size: Size) -> list[Figure]:
    """Return median and 99th of one page, which has the idle of each before it sends the next."""
    async with target.kernel() as kernel_id, crowd(target, kernel_id, size.few) as frontends:
        page = frontends[0]
        await page.run(ECHO)
        comm_id = await open_comm(page)
        await round_trips(page, comm_id, WARM_UP, DRAGGING)
        dragging = await round_trips(page, comm_id, size.echoes, DRAGGING)
        clicks = await round_trips(page, comm_id, size.echoes // 4, CLICKS)
    return [
        Figure(
            "echo.median",
            "echo while dragging, median",
            "ms",
            (statistics.median(dragging),),
            ratio_goal=1 / 10,
        ),
        Figure("echo.p99", "echo while dragging, 99th", "ms", (p99(dragging),), ratio_goal=1 / 5),
        Figure("echo.click.median", "echo of a click, median", "ms", (statistics.median(clicks),)),
        Figure("echo.click.p99", "echo of a click, 99th", "ms", (p99(clicks),)),
    ]
