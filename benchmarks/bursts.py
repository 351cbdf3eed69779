"""What deliveries cost the server: cells send bursts, every page has each before the next."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from benchmarks.frontend import Frontend, LostMessagesError
from benchmarks.meter import cpu_seconds
from benchmarks.target import Target

Cell = Callable[[int, int], str]
"""From the first number and how many to a cell that sends them."""


async def full_speed(
    target: Target, frontends: list[Frontend], cell: Cell, bursts: int, burst: int
) -> tuple[float, float]:
    """Return CPU seconds per delivery, and deliveries a second."""
    # The first burst pays for what is done once: imports, first allocations, caches.
    await one_burst(frontends, cell, 1, burst)
    await target.settle()
    before, had = cpu_seconds(target.pid), received(frontends)
    begun = asyncio.get_running_loop().time()
    for number in range(1, bursts + 1):
        await one_burst(frontends, cell, number * burst + 1, burst)
    seconds = asyncio.get_running_loop().time() - begun
    await target.settle()
    spent = cpu_seconds(target.pid) - before
    delivered = received(frontends) - had
    check(frontends, delivered, bursts * burst * len(frontends))
    return spent / delivered, delivered / seconds


def received(frontends: list[Frontend]) -> int:
    """Return how many numbered messages came, at all pages together."""
    return sum(each.marks for each in frontends)


def check(frontends: list[Frontend], delivered: int, sent: int) -> None:
    """Refuse a figure that was bought with lost or shuffled messages."""
    disorder = sum(each.disorder for each in frontends)
    if delivered != sent or disorder:
        raise LostMessagesError(f"{delivered} of {sent} delivered, {disorder} out of order")


async def one_burst(frontends: list[Frontend], cell: Cell, first: int, count: int) -> None:
    """Let the kernel send so many numbered messages, and wait until every page has the last."""
    frontends[0].start(cell(first, count))
    await asyncio.gather(*(each.reach(first + count - 1) for each in frontends))
