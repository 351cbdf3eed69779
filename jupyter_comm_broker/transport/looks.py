"""Waits until a kernel has answered questions about some comms."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable


class Looks:
    """The callers that wait for looks at one kernel. A look is a question about some comms."""

    def __init__(self) -> None:
        self._waiting: dict[int, asyncio.Future[None]] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    async def until_over(self, number: int, seconds: float) -> bool:
        """Wait for a look. Returns ``False`` if it was not over in time, as in a busy kernel."""
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            await asyncio.wait_for(future, seconds)
        except (TimeoutError, asyncio.TimeoutError):
            return False
        finally:
            self._waiting.pop(number, None)
        return True

    def over(self, numbers: Iterable[int]) -> None:
        """Note that these looks are over."""
        for number in numbers:
            future = self._waiting.get(number)
            if future is not None and not future.done():
                future.set_result(None)

    def close(self) -> None:
        """End every wait, because the kernel is gone."""
        self.over(list(self._waiting))
