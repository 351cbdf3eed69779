"""Server CPU per delivered comm message, at full speed: updates of 200 bytes to many frontends."""

from __future__ import annotations

from benchmarks.bursts import full_speed
from benchmarks.cells import SENDER, burst
from benchmarks.crowd import crowd
from benchmarks.figures import Figure, Size
from benchmarks.target import Target

GOALS = {1: 1 / 4, 8: 1 / 10, 32: 1 / 16, 200: 1 / 20}
"""By number of pages, the goal as a share of stock's cost."""

MOST = 200_000
"""Deliveries after which a figure changes little."""


async def measure(target: Target, size: Size) -> list[Figure]:
    """Return the CPU per delivery at full speed for each crowd."""
    figures = []
    for count in size.crowds:
        per_delivery, per_second = await _full_speed(target, size, count)
        figures += [
            Figure(
                f"delivery.cpu.{count}",
                f"CPU per delivery, 200 bytes, {count} frontends",
                "us",
                (per_delivery * 1e6,),
                ratio_goal=GOALS.get(count),
            ),
            Figure(
                f"delivery.rate.{count}", f"deliveries, {count} frontends", "1/s", (per_second,)
            ),
        ]
    return figures


async def _full_speed(target: Target, size: Size, count: int) -> tuple[float, float]:
    bursts = max(1, min(size.bursts, MOST // (size.burst * count)))
    async with target.kernel() as kernel_id, crowd(target, kernel_id, count) as frontends:
        await frontends[0].run(SENDER)
        return await full_speed(target, frontends, burst, bursts, size.burst)
