"""
Server CPU per message where servers spend their days: a bar that moves, a plot that is updated.

An update comes every few milliseconds, so each finds the processor's caches cold. What a message
costs at full speed says little about it.
"""

from __future__ import annotations

import asyncio
import re
import statistics
import time
from datetime import datetime

from benchmarks.bursts import check, one_burst, received
from benchmarks.cells import SENDER, burst
from benchmarks.crowd import crowd
from benchmarks.echoes import p99
from benchmarks.figures import Figure, Size
from benchmarks.frontend import MARK, Frontend
from benchmarks.meter import cpu_seconds
from benchmarks.target import Target

RATES = (50, 200, 1000)
"""Updates per second."""

GOALS = {(200, 1): 1 / 3, (200, 8): 1 / 5}
"""By rate and number of pages, the goal as a share of stock's cost."""

MOST = 600
"""Updates at a rate. A stock server that cannot keep up drops what is above 1,000."""

DATE = re.compile(rb'"date": ?"([^"]+)"')
"""When the kernel made a message. Its header comes first in a frame."""


async def measure(target: Target, size: Size) -> list[Figure]:
    """Return the CPU per delivery for each rate and crowd, and how long messages are under way."""
    figures = []
    for pages in size.everyday_crowds:
        async with target.kernel() as kernel_id, crowd(target, kernel_id, pages) as frontends:
            await frontends[0].run(SENDER)
            await one_burst(frontends, burst, 1, size.burst)
            sent = size.burst
            for rate in RATES:
                count = max(2, min(MOST, int(rate * size.everyday_seconds)))
                spent, delays = await _paced(target, frontends, sent + 1, count, rate)
                sent += count
                figures += _figures(rate, pages, spent, delays)
    return figures


def _figures(rate: int, pages: int, spent: float, delays: list[float]) -> list[Figure]:
    key, which = f"{rate}.{pages}", f"at {rate}/s, {pages} pages"
    cpu = (spent * 1e6,)
    goal = GOALS.get((rate, pages))
    median, worst = (statistics.median(delays),), (p99(delays),)
    return [
        Figure(f"everyday.cpu.{key}", f"CPU per delivery {which}", "us", cpu, ratio_goal=goal),
        Figure(f"everyday.delay.{key}", f"from kernel to page {which}, median", "ms", median),
        Figure(f"everyday.delay99.{key}", f"from kernel to page {which}, 99th", "ms", worst),
    ]


async def _paced(
    target: Target, frontends: list[Frontend], first: int, count: int, rate: int
) -> tuple[float, list[float]]:
    """Return the CPU seconds per delivery, and the milliseconds of each message to one page."""
    await target.settle()
    came: list[tuple[bytes, float]] = []
    frontends[-1].hears = lambda frame: came.append((frame, time.time()))
    before, had = cpu_seconds(target.pid), received(frontends)
    frontends[0].start(burst(first, count, 1 / rate))
    await asyncio.gather(*(each.reach(first + count - 1) for each in frontends))
    await target.settle()
    frontends[-1].hears = None
    delivered = received(frontends) - had
    check(frontends, delivered, count * len(frontends))
    delays = [_delay(frame, at) for frame, at in came if MARK.search(frame)]
    return (cpu_seconds(target.pid) - before) / delivered, delays


def _delay(frame: bytes, arrived: float) -> float:
    """Return the milliseconds from the making of a message to its arrival."""
    found = DATE.search(frame)
    if found is None:
        raise ValueError(f"a message without a date: {frame[:200]!r}")
    made = datetime.fromisoformat(found[1].decode().replace("Z", "+00:00"))
    return (arrived - made.timestamp()) * 1000
