"""Memory of the server: at rest with one kernel, and per attached page."""

from __future__ import annotations

from benchmarks.crowd import crowd
from benchmarks.figures import Figure, Size
from benchmarks.meter import resident_bytes
from benchmarks.target import Target


async def measure(target: Target, size: Size) -> list[Figure]:
    """Return the resident memory with one page, and what each further page adds."""
    async with target.kernel() as kernel_id, crowd(target, kernel_id, 1):
        await target.settle()
        one = resident_bytes(target.pid)
        async with crowd(target, kernel_id, size.sockets):
            await target.settle()
            many = resident_bytes(target.pid)
    return [
        Figure("memory.one", "server memory, 1 kernel, 1 page", "MB", (one / 1e6,)),
        Figure(
            "memory.page",
            "server memory per further page",
            "kB",
            ((many - one) / size.sockets / 1e3,),
        ),
    ]
