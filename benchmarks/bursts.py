"""What deliveries cost the server. Every page has a cell's burst before the next one begins."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from benchmarks.frontend import Frontend, LostMessagesError
from benchmarks.meter import cpu_seconds
from benchmarks.target import Target

Cell = Callable[[int, int], str]
"""Takes the first number and how many. Returns the code of a cell that sends them."""


async def full_speed(
    target: Target, frontends: list[Frontend], cell: Cell, bursts: int, burst: int
) -> tuple[float, float]:
    """
    Send bursts at full speed.

    Args:
        target: the server.
        frontends: the pages. The first one runs the cells.
        cell: makes the cell of a burst.
        bursts: how many bursts are measured.
        burst: how many messages a burst has.

    Returns:
        The server's CPU seconds per delivery, and the deliveries per second.

    Raises:
        LostMessagesError: a message did not come, or came out of order.
    """
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
    """Return how many numbered messages came to all pages together."""
    return sum(each.marks for each in frontends)


def check(frontends: list[Frontend], delivered: int, sent: int) -> None:
    """
    Refuse a figure if messages were lost or out of order.

    Args:
        frontends: the pages.
        delivered: how many messages came to all pages together.
        sent: how many should have come.

    Raises:
        LostMessagesError: the numbers differ, or messages came out of order.
    """
    disorder = sum(each.disorder for each in frontends)
    if delivered != sent or disorder:
        raise LostMessagesError(f"{delivered} of {sent} delivered, {disorder} out of order")


async def one_burst(frontends: list[Frontend], cell: Cell, first: int, count: int) -> None:
    """
    Let the kernel send a burst, and wait until every page has its last message.

    Args:
        frontends: the pages. The first one runs the cell.
        cell: makes the cell.
        first: the first number.
        count: how many messages the burst has.

    Raises:
        LostMessagesError: a page did not get the last message in time.
    """
    frontends[0].start(cell(first, count))
    await asyncio.gather(*(each.reach(first + count - 1) for each in frontends))
