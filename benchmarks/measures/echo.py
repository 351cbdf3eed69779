"""
Round trip of a comm_msg that the kernel sends back, with 8 pages attached and the server idle.

There are two paces, because TCP behaves differently. *Dragging* sends 5 to 20 ms after the last
answer, like a slider that is moved. *Clicks* are sent 50 to 100 ms after it. Between small packets
that follow each other closely, the receiver delays its ACK. A server with Nagle's algorithm waits
for that ACK.
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
    """Return the median and the 99th percentile of one page."""
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
