"""Descriptors of the server per kernel and per WebSocket, and how many stay open afterwards."""

from __future__ import annotations

from benchmarks.crowd import crowd
from benchmarks.figures import Figure, Size
from benchmarks.meter import descriptors
from benchmarks.target import Target


async def measure(target: Target, size: Size) -> list[Figure]:
    """Return the descriptors of a used kernel, of each socket, and those left after all pages."""
    before = descriptors(target.pid)
    async with target.kernel() as kernel_id:
        # A first page comes and goes. What is opened once for a kernel belongs to the kernel.
        async with crowd(target, kernel_id, 1):
            pass
        await target.settle(0.5)
        kernel = descriptors(target.pid)
        # Stock keeps the sockets of the last page until another comes. So one page is the base.
        async with crowd(target, kernel_id, 1):
            await target.settle()
            one = descriptors(target.pid)
            async with crowd(target, kernel_id, size.sockets):
                await target.settle()
                many = descriptors(target.pid)
        await target.settle(1.0)
        left = descriptors(target.pid)
    return [
        Figure(
            "descriptors.socket",
            "descriptors per WebSocket",
            "",
            ((many - one) / size.sockets,),
            limit_goal=1,
        ),
        Figure(
            "descriptors.kernel", "descriptors of a kernel whose page left", "", (kernel - before,)
        ),
        Figure("descriptors.left", "descriptors left by pages that went", "", (left - kernel,)),
    ]
