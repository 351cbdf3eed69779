"""A thousand pages on one kernel that sends 100 updates a second."""

from __future__ import annotations

import time

from benchmarks.cells import SENDER, burst
from benchmarks.crowd import crowd
from benchmarks.figures import Figure, Size
from benchmarks.meter import cpu_seconds, resident_bytes
from benchmarks.multitude import multitude
from benchmarks.target import Target

PER_SECOND = 100
STOCK_MOST = 200
"""
About as many as stock can hold. It opens four ZeroMQ sockets per page, and a context has 1023.

Each new page also costs every page before it some messages. So the last one waits long.
"""

PATIENCE = 120.0


async def measure(target: Target, size: Size) -> list[Figure]:
    """Return the share of messages that was delivered, and CPU and memory per page."""
    count = min(size.many, STOCK_MOST) if target.is_stock else size.many
    note = f"{count} pages" if count != size.many else ""
    updates = max(1, int(PER_SECOND * size.many_seconds))
    async with target.kernel() as kernel_id, crowd(target, kernel_id, 1) as (owner,):
        await owner.run(SENDER)
        before = resident_bytes(target.pid)
        async with multitude(target, kernel_id, count) as pages:
            await target.settle(0.5)
            memory = resident_bytes(target.pid) - before
            spent, begun = cpu_seconds(target.pid), time.perf_counter()
            owner.start(burst(1, updates, 1 / PER_SECOND))
            got = await pages.reach(updates, PATIENCE)
            seconds = time.perf_counter() - begun
            await target.settle()
            spent = cpu_seconds(target.pid) - spent
    complete = 100 * got.total / (updates * count) if not got.disorder else 0.0
    return [
        Figure(
            "many.complete",
            f"{size.many:,} pages, 100 updates/s: delivered, in order",
            "%",
            (complete,),
            least_goal=100,
            note=note,
        ),
        Figure("many.late", "the last page has the last update after", "s", (seconds,), note=note),
        Figure(
            "many.cpu",
            "CPU per page at 100 updates/s",
            "ms/s",
            (spent * 1e3 / count / size.many_seconds,),
            note=note,
        ),
        Figure("many.delivery", "CPU per delivery", "us", (spent * 1e6 / got.total,), note=note),
        Figure("many.memory", "memory per page", "kB", (memory / 1e3 / count,), note=note),
    ]
