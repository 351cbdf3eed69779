"""Memory while a cell sends 2,000 updates per second after its page has left."""

from __future__ import annotations

import asyncio

from benchmarks.cells import SENDER, burst
from benchmarks.figures import Figure, Size
from benchmarks.frontend import Frontend
from benchmarks.meter import resident_bytes
from benchmarks.target import Target

PER_SECOND = 2000
AHEAD = 1.0
GOAL_MB = 20


async def measure(target: Target, size: Size) -> list[Figure]:
    """Return the whole growth and the growth per second. Updates begin after the page left."""
    async with target.kernel() as kernel_id:
        page = await Frontend.open(target, kernel_id)
        await page.run(SENDER)
        count = int(PER_SECOND * size.absent_seconds)
        page.start(burst(1, count, 1 / PER_SECOND, AHEAD))
        await asyncio.sleep(AHEAD / 2)
        await page.close()
        await asyncio.sleep(AHEAD / 2)
        before = resident_bytes(target.pid)
        await asyncio.sleep(size.absent_seconds)
        grown = resident_bytes(target.pid) - before
    return [
        Figure(
            "absent.growth",
            f"memory growth, nobody attached, 2,000 updates/s for {size.absent_seconds:g} s",
            "MB",
            (grown / 1e6,),
            limit_goal=GOAL_MB,
        ),
        Figure(
            "absent.rate",
            "memory growth, nobody attached, 2,000 updates/s",
            "MB/s",
            (grown / 1e6 / size.absent_seconds,),
        ),
    ]
