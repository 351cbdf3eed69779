"""
Waits with a limit.

``asyncio.wait_for`` of Python before 3.12 does not end when its task is cancelled in the moment in
which the result is there. The task then goes on, and who waits for its end waits for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def within(seconds: float, awaited: Awaitable[T]) -> T:
    """
    Return what ``awaited`` results in. If it is given up, it is cancelled and not waited for.

    Args:
        seconds: how long to wait.
        awaited: what is waited for.

    Raises:
        asyncio.TimeoutError: there was no result in time.
        asyncio.CancelledError: the caller's task was cancelled.
        Exception: whatever ``awaited`` raises.
    """
    waited_for = asyncio.ensure_future(awaited)
    try:
        done, _ = await asyncio.wait({waited_for}, timeout=seconds)
    except asyncio.CancelledError:
        _give_up(waited_for)
        raise
    if not done:
        _give_up(waited_for)
        raise asyncio.TimeoutError
    return waited_for.result()


def _give_up(waited_for: asyncio.Future[T]) -> None:
    waited_for.cancel()
    # An error that comes now interests nobody. Without this, asyncio would log it.
    waited_for.add_done_callback(lambda done: done.cancelled() or done.exception())
