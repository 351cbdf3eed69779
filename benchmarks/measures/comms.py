"""Memory of the server for each of 10,000 comms without a state: the registry alone."""

from __future__ import annotations

from benchmarks.cells import PLAIN
from benchmarks.crowd import crowd
from benchmarks.figures import Figure, Size
from benchmarks.meter import resident_bytes
from benchmarks.target import Target

GOAL_KB = 2
STEP = 200
"""Comms that a cell opens: few enough that a page keeps up and only the registry grows."""


async def measure(target: Target, size: Size) -> list[Figure]:
    """Return the memory per comm, without the first cell's comms, which pay the first costs."""
    step = min(STEP, size.comms)
    async with target.kernel() as kernel_id, crowd(target, kernel_id, 1) as (page,):
        await page.run(PLAIN)
        await page.run(f"bench_open({step})")
        await target.settle()
        before = resident_bytes(target.pid)
        for _ in range(size.comms // step):
            await page.run(f"bench_open({step})")
        await target.settle(0.5)
        grown = resident_bytes(target.pid) - before
    return [
        Figure(
            "comms.memory",
            f"memory per comm beside its state, {size.comms:,} comms",
            "kB",
            (grown / 1e3 / (size.comms // step * step),),
            limit_goal=GOAL_KB,
        )
    ]
