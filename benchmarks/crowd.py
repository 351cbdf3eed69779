"""Many frontends on one kernel. Each has got its first kernel_info. All close at the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.frontend import Frontend
from benchmarks.target import Target


@asynccontextmanager
async def crowd(target: Target, kernel_id: str, count: int) -> AsyncIterator[list[Frontend]]:
    """
    Attach frontends one after the other, as pages come.

    Args:
        target: the server.
        kernel_id: the kernel.
        count: how many frontends.

    Yields:
        The frontends.
    """
    frontends: list[Frontend] = []
    try:
        for _ in range(count):
            frontend = await Frontend.open(target, kernel_id)
            frontends.append(frontend)
            await frontend.kernel_info()
        yield frontends
    finally:
        await asyncio.gather(*(each.close() for each in frontends))
