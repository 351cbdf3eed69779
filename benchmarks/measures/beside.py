"""Echo of one kernel while another kernel floods its own pages at full speed."""

from __future__ import annotations

import asyncio
import statistics

from benchmarks.cells import ECHO, SENDER
from benchmarks.crowd import crowd
from benchmarks.echoes import open_comm, p99, round_trips_for
from benchmarks.figures import Figure, Size
from benchmarks.frontend import Frontend
from benchmarks.multitude import multitude
from benchmarks.target import Target

FLOODED = 2
"""Pages of the kernel that floods. Another process reads for them, so that this one has time."""

UNDER_WAY = 0.3


async def measure(target: Target, size: Size) -> list[Figure]:
    """Return the median and the 99th percentile, and the rate of the flood at its pages."""
    async with (
        target.kernel() as calm_id,
        target.kernel() as flooding_id,
        crowd(target, calm_id, 1) as (page,),
        multitude(target, flooding_id, FLOODED) as flooded,
    ):
        await page.run(ECHO)
        comm_id = await open_comm(page)
        source = await Frontend.open(target, flooding_id)
        await source.run(SENDER)
        source.start(f"bench_flood({size.beside_seconds + 2 * UNDER_WAY})")
        await asyncio.sleep(UNDER_WAY)
        await source.close()
        before = (await flooded.count()).total
        taken = await round_trips_for(size.beside_seconds, page, comm_id)
        heard = (await flooded.count()).total - before
    return [
        Figure(
            "beside.median",
            "echo beside another kernel's flood, median",
            "ms",
            (statistics.median(taken),),
        ),
        Figure(
            "beside.p99",
            "echo beside another kernel's flood, 99th",
            "ms",
            (p99(taken),),
            ratio_goal=1 / 5,
        ),
        Figure(
            "beside.rate",
            "the flood: messages a page of it got",
            "1/s",
            (heard / FLOODED / size.beside_seconds,),
        ),
    ]
