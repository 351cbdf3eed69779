"""Server CPU per delivered comm message: widget updates of 200 bytes to many frontends."""

from __future__ import annotations

import asyncio

from benchmarks.cells import SENDER, burst
from benchmarks.crowd import crowd
from benchmarks.figures import Figure, Size
from benchmarks.frontend import Frontend, LostMessagesError
from benchmarks.meter import cpu_seconds
from benchmarks.target import Target

PACE = 0.005


async def measure(target: Target, size: Size) -> list[Figure]:
    """Return CPU per delivery at full speed for each crowd, at 200/s for the middle one."""
    figures = []
    for count in size.crowds:
        per_delivery, per_second = await _full_speed(target, size, count)
        figures += [
            Figure(
                f"delivery.cpu.{count}",
                f"CPU per delivery, {count} frontends",
                "us",
                (per_delivery * 1e6,),
                ratio_goal=1 / 5 if count == 8 else None,
            ),
            Figure(
                f"delivery.rate.{count}", f"deliveries, {count} frontends", "1/s", (per_second,)
            ),
        ]
    middle = size.crowds[len(size.crowds) // 2]
    paced = await _paced(target, size, middle)
    figures.append(
        Figure(
            f"delivery.paced.{middle}",
            f"CPU per delivery at 200/s, {middle} frontends",
            "us",
            (paced * 1e6,),
        )
    )
    return figures


async def _full_speed(target: Target, size: Size, count: int) -> tuple[float, float]:
    async with target.kernel() as kernel_id, crowd(target, kernel_id, count) as frontends:
        await frontends[0].run(SENDER)
        # The first burst pays for what is done once: imports, first allocations, caches.
        await _burst(frontends, 1, size.burst)
        await target.settle()
        before, received = cpu_seconds(target.pid), _received(frontends)
        begun = asyncio.get_running_loop().time()
        for number in range(1, size.bursts + 1):
            await _burst(frontends, number * size.burst + 1, size.burst)
        seconds = asyncio.get_running_loop().time() - begun
        await target.settle()
        spent = cpu_seconds(target.pid) - before
        delivered = _received(frontends) - received
        _check(frontends, delivered, size.bursts * size.burst * count)
        return spent / delivered, delivered / seconds


async def _paced(target: Target, size: Size, count: int) -> float:
    async with target.kernel() as kernel_id, crowd(target, kernel_id, count) as frontends:
        await frontends[0].run(SENDER)
        await _burst(frontends, 1, size.burst)
        await target.settle()
        before, received = cpu_seconds(target.pid), _received(frontends)
        frontends[0].start(burst(size.burst + 1, size.paced, PACE))
        await asyncio.gather(*(each.reach(size.burst + size.paced) for each in frontends))
        await target.settle()
        delivered = _received(frontends) - received
        _check(frontends, delivered, size.paced * count)
        return (cpu_seconds(target.pid) - before) / delivered


async def _burst(frontends: list[Frontend], first: int, count: int) -> None:
    frontends[0].start(burst(first, count))
    await asyncio.gather(*(each.reach(first + count - 1) for each in frontends))


def _received(frontends: list[Frontend]) -> int:
    return sum(each.marks for each in frontends)


def _check(frontends: list[Frontend], delivered: int, sent: int) -> None:
    """Refuse a figure that was bought with lost or shuffled messages."""
    disorder = sum(each.disorder for each in frontends)
    if delivered != sent or disorder:
        raise LostMessagesError(f"{delivered} of {sent} delivered, {disorder} out of order")
