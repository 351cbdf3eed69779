"""Descriptors of the server per kernel and per WebSocket, and how many stay behind."""

from __future__ import annotations

from benchmarks.crowd import crowd
from benchmarks.figures import Figure, Size
from benchmarks.meter import descriptors
from benchmarks.target import Target


async def measure(target: Target, size: Size) -> list[Figure]:
    """Return descriptors of a used kernel, of each socket, and those left after the pages went."""
    before = descriptors(target.pid)
    async with target.kernel() as kernel_id:
        # A first page comes and goes: what a kernel opens once belongs to the kernel.
        async with crowd(target, kernel_id, 1):
            pass
        await target.settle(0.5)
        kernel = descriptors(target.pid)
        # Stock keeps the sockets of the page that left last until another comes: count from one on.
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
