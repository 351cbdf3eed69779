"""What idle kernels cost: a hundred kernels with a page each, of which five are active."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from benchmarks.bursts import received
from benchmarks.cells import SENDER, burst
from benchmarks.crowd import crowd
from benchmarks.figures import Figure, Size
from benchmarks.frontend import Frontend
from benchmarks.meter import cpu_seconds
from benchmarks.servers import LIGHT
from benchmarks.target import Target

PER_SECOND = 200
SETTLED = 3.0
"""Seconds after which a new kernel and its page send nothing more."""

GOAL = 1.1
"""
The goal as a share of stock's cost: no more than stock, where two runs differ by a tenth.

jupyter_server itself checks every 3 s whether a kernel lives.
"""


async def measure(target: Target, size: Size) -> list[Figure]:
    """Return the CPU of an idle kernel, and per delivery of active ones, alone and beside idle."""
    count = size.idle_kernels
    async with AsyncExitStack() as stack:
        active = [await _attach(target, stack, "python3") for _ in range(size.active_kernels)]
        for page in active:
            await page.run(SENDER)
        alone = await _delivery(target, active, size.idle_seconds / 2, 1)
        before = await _at_rest(target, size.idle_seconds)
        for _ in range(count):
            await _attach(target, stack, LIGHT)
        after = await _at_rest(target, size.idle_seconds)
        beside = await _delivery(target, active, size.idle_seconds / 2, 10**6)
    return [
        Figure(
            "kernels.idle",
            f"CPU of an idle kernel with a page, one of {count}",
            "us/s",
            ((after - before) * 1e6 / count,),
            ratio_goal=GOAL,
        ),
        Figure(
            "kernels.rest", f"CPU of the server with {count} idle kernels", "ms/s", (after * 1e3,)
        ),
        Figure(
            "kernels.alone",
            f"CPU per delivery, {len(active)} active kernels at 200/s",
            "us",
            (alone * 1e6,),
        ),
        Figure("kernels.beside", f"the same beside {count} idle kernels", "us", (beside * 1e6,)),
    ]


async def _attach(target: Target, stack: AsyncExitStack, name: str) -> Frontend:
    """Start a kernel with a page. Both end with the stack."""
    kernel_id = await stack.enter_async_context(target.kernel(name))
    (page,) = await stack.enter_async_context(crowd(target, kernel_id, 1))
    return page


async def _at_rest(target: Target, seconds: float) -> float:
    """Return the CPU seconds per second while nothing happens."""
    await target.settle(min(SETTLED, seconds))
    before = cpu_seconds(target.pid)
    await asyncio.sleep(seconds)
    return (cpu_seconds(target.pid) - before) / seconds


async def _delivery(target: Target, active: list[Frontend], seconds: float, first: int) -> float:
    """Return the CPU seconds per delivery while each kernel sends to its page."""
    count = max(1, int(PER_SECOND * seconds))
    before, had = cpu_seconds(target.pid), received(active)
    for page in active:
        page.start(burst(first, count, 1 / PER_SECOND))
    await asyncio.gather(*(page.reach(first + count - 1) for page in active))
    await target.settle()
    return (cpu_seconds(target.pid) - before) / (received(active) - had)
